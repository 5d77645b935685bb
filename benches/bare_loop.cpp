// The least that can drive the model: a loop that offers operands in every cycle, takes every
// result and looks at none of them. The yardstick for the generic driver.

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include MODEL_HEADER
#include "verilated.h"

int main(int argc, char** argv) {
  const uint64_t cycles = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 0;
  const uint64_t length = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  VerilatedContext context;
  context.randReset(2);
  MODEL model(&context);
  uint64_t state = 1;
  model.aresetn = 0;
  model.s_axis_a_tvalid = 0;
  model.s_axis_b_tvalid = 0;
  model.m_axis_c_tready = 1;
  for (int i = 0; i < 8; i++) {
    model.aclk = i & 1;
    model.eval();
  }
  model.aresetn = 1;
  model.s_axis_a_tvalid = 1;
  model.s_axis_b_tvalid = 1;
  const auto start = std::chrono::steady_clock::now();
  for (uint64_t cycle = 0; cycle < cycles; cycle++) {
    auto* a = reinterpret_cast<unsigned char*>(&model.s_axis_a_tdata);
    auto* b = reinterpret_cast<unsigned char*>(&model.s_axis_b_tdata);
    for (size_t i = 0; i + 8 <= sizeof(model.s_axis_a_tdata); i += 8) {
      state = state * 6364136223846793005ull + 1442695040888963407ull;
      const uint64_t word = state ^ (state >> 29);
      std::memcpy(a + i, &word, 8);
      std::memcpy(b + i, &state, 8);
    }
    model.s_axis_a_tlast = (cycle + 1) % length == 0;
    model.aclk = 0;
    model.eval();
    model.aclk = 1;
    model.eval();
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  model.final();
  std::printf("%.9f\n", seconds);
  return 0;
}
