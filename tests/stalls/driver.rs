//! Drives a layer or block in Icarus, written apart from the driver of `sim`: every stream pauses by
//! a rule of its own, what is not offered is unknown (X), what is offered must stay, and nothing may
//! come after the end.

use std::fmt::{self, Write as _};
use std::fs;
use std::path::Path;

use bitweight::design::Stream;
use bitweight::vectors::pack;
use bitweight::workload::Workload;

use crate::common::run_tool;

/// When an end of a stream pauses.
#[derive(Clone, Copy, Debug)]
pub enum Pause {
    /// In this many of 256 cycles, at random.
    Often(u8),
    /// Until everything else has stood still for a while: for each transfer anew.
    UntilIdle,
}

/// How a run pauses.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// For each stream: sources, then results.
    pub pauses: Vec<Pause>,
    /// Seed of the draws.
    pub seed: u32,
    /// Cycle at which a reset cuts the run off; 0 when it runs to its end.
    pub cut: u16,
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, seed {}, reset at {}", self.pauses, self.seed, self.cut)
    }
}

/// Cycles without a transfer after which a stream that pauses until then moves.
const IDLE: usize = 12;

/// Cycles after the last result in which nothing may come.
const AFTER: usize = 120;

/// A stream of the top with its transfers in hexadecimal, `tlast` on top.
struct Channel {
    stream: Stream,
    transfers: Vec<String>,
}

impl Channel {
    fn bits(&self) -> usize {
        self.stream.data_width() + usize::from(self.stream.has_last)
    }

    fn extend(&mut self, bytes: &[u8]) {
        for transfer in bytes.chunks_exact(pack::stride(&self.stream)) {
            self.transfers.push(transfer.iter().rev().map(|b| format!("{b:02x}")).collect());
        }
    }
}

/// The transfers of all steps of a workload: sources, results.
fn channels(workload: &dyn Workload) -> (Vec<Channel>, Vec<Channel>) {
    let empty = |stream: Stream| Channel { stream, transfers: Vec::new() };
    let mut sources: Vec<Channel> = workload.sources().into_iter().map(empty).collect();
    let mut sinks: Vec<Channel> = [workload.sink()].into_iter().map(empty).collect();
    sinks.extend(workload.side_sinks().into_iter().map(empty));
    for step in 0..workload.steps() {
        for frame in workload.frames(step) {
            sources[frame.source].extend(&frame.bytes);
        }
        for index in 0..workload.transfers(step) {
            let expected = workload.expected(step, index);
            let bytes = pack::pack_transfer(&sinks[0].stream, &expected.words, expected.last);
            sinks[0].extend(&bytes);
        }
        for (side, sink) in sinks.iter_mut().skip(1).enumerate() {
            for words in workload.side_results(side, step) {
                let bytes = pack::pack_transfer(&sink.stream, &words, false);
                sink.extend(&bytes);
            }
        }
    }
    (sources, sinks)
}

/// Streams of a workload: sources and results.
pub fn streams(workload: &dyn Workload) -> usize {
    workload.sources().len() + 1 + workload.side_sinks().len()
}

/// The Verilog of the driver.
fn text(top: &str, (sources, sinks): (&[Channel], &[Channel]), runs: usize, limit: u64) -> String {
    let all = || sources.iter().chain(sinks);
    let count = all().count();
    let mut declare = String::new();
    let mut connect = String::new();
    let mut read = String::new();
    let mut clear = String::new();
    for (number, channel) in all().enumerate() {
        let (bits, words) = (channel.bits(), channel.transfers.len().max(1));
        let name = channel.stream.name;
        let data = channel.stream.data_width();
        let _ = write!(
            declare,
            "  reg [{}:0] v{number} [0:{}];\n  integer i{number};\n  reg [15:0] p{number};\n",
            bits - 1,
            words - 1
        );
        let _ = writeln!(read, "    $readmemh(\"s{number}.hex\", v{number});");
        let _ = writeln!(clear, "      i{number} = 0;");
        let last = if channel.stream.has_last {
            format!("    .{name}_tlast(d{number}[{data}]),\n")
        } else {
            String::new()
        };
        let _ = write!(
            connect,
            "    .{name}_tvalid(k{number}),\n    .{name}_tready(r{number}),\n{last}    \
             .{name}_tdata(d{number}[{}:0]),\n",
            data - 1
        );
        if number < sources.len() {
            let _ = writeln!(
                declare,
                "  reg k{number};\n  wire r{number};\n  wire [{0}:0] d{number} = \
                 k{number} ? v{number}[i{number}] : {{{1}{{1'bx}}}};",
                bits - 1,
                bits
            );
            let _ = writeln!(clear, "      k{number} = 1'b0;");
        } else {
            let _ = writeln!(
                declare,
                "  wire k{number};\n  reg r{number};\n  wire [{0}:0] d{number};\n  \
                 reg w{number};\n  reg [{0}:0] o{number};",
                bits - 1
            );
            let _ = writeln!(clear, "      r{number} = 1'b0;\n      w{number} = 1'b0;");
        }
    }
    let mut offer = String::new();
    let mut check = String::new();
    let mut done = String::from("1'b1");
    for (number, channel) in all().enumerate() {
        let words = channel.transfers.len();
        let name = channel.stream.name;
        let _ = write!(done, " && i{number} >= {words}");
        let pauses = format!("pauses(p{number}, $random(seed))");
        if number < sources.len() {
            let _ = writeln!(
                offer,
                "        if (!k{number} && i{number} < {words}) k{number} = ~{pauses};"
            );
            let _ = writeln!(
                check,
                "        if (r{number} === 1'bx) fail(\"{name}: tready is unknown\");\n        \
                 t{number} = k{number} & r{number};\n        if (t{number}) moved = 1'b1;"
            );
            continue;
        }
        let _ = writeln!(offer, "        r{number} = ~{pauses};");
        let _ = writeln!(
            check,
            "        if (k{number} === 1'bx) fail(\"{name}: tvalid is unknown\");
        if (w{number} && (k{number} !== 1'b1 || d{number} !== o{number}))
          fail(\"{name}: what was offered has changed\");
        if (k{number} && i{number} >= {words}) fail(\"{name}: one result too many\");
        else if (k{number} && d{number} !== v{number}[i{number}]) fail(\"{name}: wrong result\");
        w{number} = k{number} & ~r{number};
        o{number} = d{number};
        if (k{number} & r{number}) begin
          i{number} = i{number} + 1;
          moved = 1'b1;
        end"
        );
    }
    let taken: String = (0..sources.len()).map(|n| format!("  reg t{n};\n")).collect();
    let settle: String = (0..sources.len())
        .map(|n| {
            format!("        if (t{n}) begin\n          i{n} = i{n} + 1;\n          k{n} = 1'b0;\n        end\n")
        })
        .collect();
    let pauses: Vec<String> = (0..count).rev().map(|number| format!("p{number}")).collect();
    format!(
        "module driver;
  reg aclk, aresetn, running, moved;
  integer run, cycle, idle, after, seed, failures;
  reg [{top_bit}:0] runs [0:{last_run}];
  reg [15:0] cut;
  reg [31:0] start;
{declare}{taken}
  {top} u_dut (
{connect}    .aclk(aclk),
    .aresetn(aresetn)
  );

  function pauses;
    input [15:0] how;
    input [31:0] draw;
    pauses = how[8] ? (idle < {IDLE}) : (draw[15:8] < how[7:0]);
  endfunction

  task fail;
    input [64*8-1:0] what;
    begin
      if (failures == 0) $display(\"FAIL run %0d cycle %0d: %0s\", run, cycle, what);
      failures = failures + 1;
      running = 1'b0;
    end
  endtask

  always #5 aclk = ~aclk;

  initial begin
    $readmemh(\"runs.hex\", runs);
{read}    aclk = 1'b0;
    failures = 0;
    for (run = 0; run <= {last_run} && failures == 0; run = run + 1) begin
      {{cut, {list}, start}} = runs[run];
      seed = start;
      aresetn = 1'b0;
      idle = 0;
      after = 0;
      cycle = 0;
      running = 1'b1;
{clear}      repeat (3) @(negedge aclk);
      aresetn = 1'b1;
      while (running) begin
{offer}        #4;
        moved = 1'b0;
{check}        idle = moved ? 0 : idle + 1;
        if (idle > {limit} && !({done})) fail(\"stuck\");
        if ({done}) after = after + 1;
        if (after > {AFTER} || (cut != 0 && cycle == cut)) running = 1'b0;
        @(negedge aclk);
{settle}        cycle = cycle + 1;
      end
    end
    if (failures == 0) $display(\"PASS\");
    $finish;
  end
endmodule
",
        top_bit = 16 + 16 * count + 32 - 1,
        last_run = runs - 1,
        list = pauses.join(", "),
    )
}

/// Runs a workload once for each pattern.
///
/// # Errors
/// What went wrong first, with the pattern.
pub fn drive(
    top: &str,
    files: &[(String, String)],
    workload: &dyn Workload,
    patterns: &[Pattern],
) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let (sources, sinks) = channels(workload);
    for (number, channel) in sources.iter().chain(&sinks).enumerate() {
        write(&format!("s{number}.hex"), &(channel.transfers.join("\n") + "\n"));
    }
    let runs: Vec<String> = patterns
        .iter()
        .map(|pattern| {
            let code = |pause: &Pause| match pause {
                Pause::Often(chance) => format!("{:04x}", chance),
                Pause::UntilIdle => "0100".to_owned(),
            };
            let pauses: String = pattern.pauses.iter().rev().map(code).collect();
            format!("{:04x}{pauses}{:08x}", pattern.cut, pattern.seed)
        })
        .collect();
    write("runs.hex", &(runs.join("\n") + "\n"));
    let limit = workload.patience();
    write("driver.v", &text(top, (&sources, &sinks), patterns.len(), limit));
    let mut arguments = ["-g2005", "-o", "driver.vvp", "-s", "driver", "driver.v"].to_vec();
    for (name, text) in files {
        write(name, text);
        arguments.push(name);
    }
    let said = tool("iverilog", &arguments, folder.path());
    if !said.is_empty() {
        return Err(format!("{top}: {said}"));
    }
    let said = tool("vvp", &["-n", "driver.vvp"], folder.path());
    let Some(failure) = said.lines().find(|line| line.starts_with("FAIL run ")) else {
        return if said.ends_with("PASS") { Ok(()) } else { Err(format!("{top}: {said}")) };
    };
    let run = failure.split_whitespace().nth(2).and_then(|run| run.parse::<usize>().ok());
    let pattern = run.and_then(|run| patterns.get(run));
    Err(format!("{top}: {failure}; {}", pattern.map_or(String::new(), ToString::to_string)))
}

fn tool(program: &str, arguments: &[&str], folder: &Path) -> String {
    let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
    run_tool(program, folder, &arguments).text
}
