// Drives a Verilated model from packed binary vectors: one file for every design.
//
// The generated table ports.inc names the ports:
//   CLOCK(name) RESET(name)                       clock, active-low reset
//   SOURCE(index, prefix, bytes, has_last)        AXI4-Stream input of the model
//   SINK(index, prefix, bytes, has_last)          AXI4-Stream output of the model
//   PIN_IN(name, bytes) PIN_OUT(name, bytes)      plain ports, driven vector by vector
// A table has either streams or pins. README.md in this folder describes the format of the
// vectors; all numbers are little-endian, as is the machine.

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include MODEL_HEADER
#include "verilated.h"
#if VM_TRACE
#include "verilated_fst_c.h"
#endif

namespace {

struct Options {
  uint64_t seed = 1;
  double stall = 0.0;
  uint64_t expect = 0;
  uint64_t patience = 100000;
  const char* trace = nullptr;
};

Options parse_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string key = argv[i];
    const char* value = argv[i + 1];
    if (key == "--seed") options.seed = std::strtoull(value, nullptr, 10);
    else if (key == "--stall") options.stall = std::strtod(value, nullptr);
    else if (key == "--expect") options.expect = std::strtoull(value, nullptr, 10);
    else if (key == "--patience") options.patience = std::strtoull(value, nullptr, 10);
    else if (key == "--trace") options.trace = value;
  }
  return options;
}

// SplitMix64: small, and the same everywhere.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  bool chance(double probability) {
    return probability > 0.0 && (next() >> 11) * 0x1.0p-53 < probability;
  }

 private:
  uint64_t state_;
};

bool read_all(void* data, size_t bytes) { return std::fread(data, 1, bytes, stdin) == bytes; }

void write_all(const void* data, size_t bytes) {
  if (std::fwrite(data, 1, bytes, stdout) != bytes) std::exit(3);
}

// Ports are integers or arrays of 32-bit words, least significant first: their first bytes are
// the vector.
template <typename Port>
void drive(Port& port, const uint8_t* data, size_t bytes) {
  std::memset(static_cast<void*>(&port), 0, sizeof(port));
  std::memcpy(static_cast<void*>(&port), data, bytes);
}

template <typename Port>
void sample(const Port& port, uint8_t* data, size_t bytes) {
  std::memcpy(data, static_cast<const void*>(&port), bytes);
}

class Simulation {
 public:
  Simulation(int argc, char** argv) : options_(parse_options(argc, argv)), random_(options_.seed) {
    context_.reset(new VerilatedContext);
    // Registers start with random values: a missing reset shows.
    context_->randReset(2);
    context_->randSeed(static_cast<int>(options_.seed & 0x3fffffff) + 1);
#if VM_TRACE
    context_->traceEverOn(options_.trace != nullptr);
#endif
    model_.reset(new MODEL(context_.get()));
#if VM_TRACE
    if (options_.trace) {
      trace_.reset(new VerilatedFstC);
      model_->trace(trace_.get(), 99);
      trace_->open(options_.trace);
    }
#endif
  }

  ~Simulation() {
#if VM_TRACE
    if (trace_) trace_->close();
#endif
    model_->final();
  }

  int run();

 private:
  void evaluate() {
    model_->eval();
#if VM_TRACE
    if (trace_) trace_->dump(time_);
#endif
    time_ += 1;
  }

  Options options_;
  Random random_;
  std::unique_ptr<VerilatedContext> context_;
  std::unique_ptr<MODEL> model_;
#if VM_TRACE
  std::unique_ptr<VerilatedFstC> trace_;
#endif
  uint64_t time_ = 0;
};

#ifdef HAS_STREAMS

// Transfers that wait to enter the model.
struct Source {
  size_t bytes;
  bool has_last;
  std::deque<std::vector<uint8_t>> frames = {};
  size_t position = 0;
  bool valid = false;
  uint64_t transfers = 0;
  uint64_t stalled = 0;

  // A transfer is its data, followed by one byte for tlast where the stream has it.
  size_t stride() const { return bytes + (has_last ? 1 : 0); }
  bool empty() const { return frames.empty(); }
  const uint8_t* data() const { return frames.front().data() + position; }
  void pop() {
    position += stride();
    if (position == frames.front().size()) {
      frames.pop_front();
      position = 0;
    }
  }
  // The outcome of a cycle: whether the transfer that was offered has been taken.
  bool settle(bool ready) {
    if (!valid) return false;
    if (!ready) {
      stalled += 1;
      return false;
    }
    pop();
    valid = false;
    transfers += 1;
    return true;
  }
};

// Where transfers leave the model.
struct Sink {
  size_t bytes;
  bool has_last;
  bool ready = false;
  std::vector<uint8_t> data = std::vector<uint8_t>(bytes);
  uint8_t last = 0;
  // What was offered and not taken in the cycle before must still be there.
  bool waiting = false;
  std::vector<uint8_t> waiting_data = {};
  uint8_t waiting_last = 0;
  uint64_t transfers = 0;
  uint64_t stalled = 0;

  bool broken(bool valid) const {
    return waiting && (!valid || data != waiting_data || last != waiting_last);
  }
  // The outcome of a cycle: whether a transfer has been taken.
  bool settle(bool valid) {
    waiting = valid && !ready;
    if (waiting) {
      waiting_data = data;
      waiting_last = last;
      stalled += 1;
    }
    transfers += valid && ready;
    return valid && ready;
  }
};

constexpr uint8_t kEnd = 255;

int Simulation::run() {
  std::vector<Source> sources = {
#define SOURCE(I, P, W, L) Source{W, L != 0},
#include "ports.inc"
#undef SOURCE
  };
  std::vector<Sink> sinks = {
#define SINK(I, P, W, L) Sink{W, L != 0},
#include "ports.inc"
#undef SINK
  };

  // The reset is held for a few cycles with nothing offered.
#define RESET(name) model_->name = 0;
#include "ports.inc"
#undef RESET
#define SOURCE(I, P, W, L) model_->P##_tvalid = 0;
#include "ports.inc"
#undef SOURCE
#define SINK(I, P, W, L) model_->P##_tready = 0;
#include "ports.inc"
#undef SINK
#define CLOCK(name)          \
  for (int i = 0; i < 4; i++) { \
    model_->name = 0;        \
    evaluate();              \
    model_->name = 1;        \
    evaluate();              \
  }
#include "ports.inc"
#undef CLOCK
#define RESET(name) model_->name = 1;
#include "ports.inc"
#undef RESET

  bool ended = false;
  uint64_t cycle = 0;
  uint64_t finished = 0;
  uint64_t received = 0;
  uint64_t violations = 0;
  uint64_t idle = 0;
  uint64_t grace = 0;
  std::chrono::steady_clock::duration waited{};
  const auto start = std::chrono::steady_clock::now();
  std::vector<uint8_t> garbage(4096);

  for (;;) {
    // Frames are fetched when a source runs dry; the model does not see the wait.
    for (Source& source : sources) {
      while (source.empty() && !ended) {
        const auto before = std::chrono::steady_clock::now();
        uint8_t index;
        uint32_t count;
        if (!read_all(&index, 1)) return 3;
        if (index == kEnd) {
          ended = true;
        } else {
          if (index >= sources.size() || !read_all(&count, 4)) return 3;
          std::vector<uint8_t> frame(sources[index].stride() * count);
          if (!read_all(frame.data(), frame.size())) return 3;
          if (count > 0) sources[index].frames.push_back(std::move(frame));
        }
        waited += std::chrono::steady_clock::now() - before;
      }
    }

    // Once offered, a transfer stays until it is taken.
    for (Source& source : sources) {
      if (!source.valid) source.valid = !source.empty() && !random_.chance(options_.stall);
    }
    for (Sink& sink : sinks) sink.ready = !random_.chance(options_.stall);
    // What is on the wires while nothing is offered must not matter.
    const uint64_t noise = random_.next();
    for (size_t i = 0; i < 8; i++) garbage[(cycle * 8 + i) % garbage.size()] = uint8_t(noise >> (8 * i));
#define SOURCE(I, P, W, L)                                                            \
  model_->P##_tvalid = sources[I].valid;                                              \
  drive(model_->P##_tdata, sources[I].valid ? sources[I].data() : garbage.data(), W); \
  DRIVE_LAST_##L(P, I, W)
#define DRIVE_LAST_0(P, I, W)
#define DRIVE_LAST_1(P, I, W) \
  model_->P##_tlast = (sources[I].valid ? sources[I].data()[W] : garbage[0]) & 1;
#include "ports.inc"
#undef SOURCE
#define SINK(I, P, W, L) model_->P##_tready = sinks[I].ready;
#include "ports.inc"
#undef SINK
#define CLOCK(name) model_->name = 0;
#include "ports.inc"
#undef CLOCK
    evaluate();

    bool progress = false;
#define SOURCE(I, P, W, L) progress |= sources[I].settle(model_->P##_tready);
#include "ports.inc"
#undef SOURCE
#define SINK(I, P, W, L)                                     \
  {                                                          \
    Sink& sink = sinks[I];                                   \
    const bool valid = model_->P##_tvalid;                   \
    if (valid) {                                             \
      sample(model_->P##_tdata, sink.data.data(), W);        \
      SAMPLE_LAST_##L(P)                                     \
    }                                                        \
    violations += sink.broken(valid);                        \
    if (sink.settle(valid)) {                                \
      const uint8_t head[2] = {I, sink.last};                \
      write_all(head, 2);                                    \
      write_all(&cycle, 8);                                  \
      write_all(sink.data.data(), W);                        \
      received += 1;                                         \
      finished = cycle + 1;                                  \
      progress = true;                                       \
    }                                                        \
  }
#define SAMPLE_LAST_0(P)
#define SAMPLE_LAST_1(P) sink.last = model_->P##_tlast & 1;
#include "ports.inc"
#undef SINK
#define CLOCK(name) model_->name = 1;
#include "ports.inc"
#undef CLOCK
    evaluate();
    cycle += 1;

    idle = progress ? 0 : idle + 1;
    if (idle > options_.patience) break;
    // A design that never stops to offer results may have stopped to take operands.
    if (options_.expect > 0 && received > options_.expect + 64) break;
    // After the last expected transfer a few more cycles would show a surplus one.
    if (ended && received >= options_.expect) {
      bool dry = true;
      for (const Source& source : sources) dry = dry && source.empty();
      if (dry && ++grace > 32) break;
    }
  }

  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start - waited).count();
  const uint8_t head[2] = {kEnd, 0};
  write_all(head, 2);
  const uint64_t stuck = idle > options_.patience;
  const uint64_t words[] = {finished, cycle, received, violations, stuck};
  write_all(words, sizeof(words));
  write_all(&seconds, sizeof(seconds));
  for (const Source& source : sources) {
    const uint64_t counts[] = {source.transfers, source.stalled};
    write_all(counts, sizeof(counts));
  }
  for (const Sink& sink : sinks) {
    const uint64_t counts[] = {sink.transfers, sink.stalled};
    write_all(counts, sizeof(counts));
  }
  return 0;
}

#else

// Plain ports: for every input vector one output vector, taken before the clock edge.
int Simulation::run() {
  size_t input_bytes = 0;
  size_t output_bytes = 0;
#define PIN_IN(P, W) input_bytes += W;
#define PIN_OUT(P, W) output_bytes += W;
#include "ports.inc"
#undef PIN_IN
#undef PIN_OUT
  std::vector<uint8_t> input(input_bytes);
  std::vector<uint8_t> output(output_bytes);
  while (read_all(input.data(), input.size())) {
    const uint8_t* in = input.data();
    uint8_t* out = output.data();
#define PIN_IN(P, W)        \
  drive(model_->P, in, W);  \
  in += W;
#define CLOCK(name) model_->name = 0;
#include "ports.inc"
#undef PIN_IN
#undef CLOCK
    evaluate();
#define PIN_OUT(P, W)         \
  sample(model_->P, out, W);  \
  out += W;
#include "ports.inc"
#undef PIN_OUT
    write_all(output.data(), output.size());
#define CLOCK(name)  \
  model_->name = 1;  \
  evaluate();
#include "ports.inc"
#undef CLOCK
  }
  return 0;
}

#endif

}  // namespace

int main(int argc, char** argv) {
  static char in_buffer[1 << 20];
  static char out_buffer[1 << 20];
  std::setvbuf(stdin, in_buffer, _IOFBF, sizeof(in_buffer));
  std::setvbuf(stdout, out_buffer, _IOFBF, sizeof(out_buffer));
  Simulation simulation(argc, argv);
  const int status = simulation.run();
  std::fflush(stdout);
  return status;
}
