//! The self-checking testbench in plain Verilog, with its vectors.

use askama::Template;

use super::package::{PackageFile, file_list, render};
use crate::design::Stream;
use crate::machine::Machine;
use crate::vectors::pack;
use crate::workload::Workload;

/// What an integer of Verilog counts to.
const LONGEST_WAIT: u64 = 2_000_000_000;

/// One stream of the testbench.
struct Channel {
    /// Role of the stream, such as `a`: prefix of the signals.
    role: &'static str,
    /// The same with an upper-case letter, for constants.
    constant: String,
    port: &'static str,
    /// Transfers.
    count: usize,
    /// Bits of a transfer.
    bits: usize,
    /// Whether the topmost bit of a vector is `tlast`.
    has_last: bool,
    /// Bits of the random number that decide whether it stalls.
    stall: String,
}

impl Channel {
    fn new(number: usize, role: &'static str, stream: &Stream, count: usize) -> Self {
        Self {
            role,
            constant: role.to_uppercase(),
            port: stream.name,
            count,
            bits: stream.data_width(),
            has_last: stream.has_last,
            stall: format!("{}:{}", 8 * number % 32 + 1, 8 * number % 32),
        }
    }

    /// Bits of a vector.
    fn vector(&self) -> usize {
        self.bits + usize::from(self.has_last)
    }
}

#[derive(Template)]
#[template(path = "testbench.v")]
struct Testbench<'a> {
    name: &'a str,
    version: &'a str,
    hash: String,
    tiles: usize,
    /// Cycles without any transfer after which the design is stuck.
    patience: u64,
    sources: Vec<Channel>,
    sink: Channel,
    /// Further results, without `tlast`.
    sides: Vec<Channel>,
    taken: String,
}

/// Vectors of one stream: a word of hexadecimal digits per transfer.
#[derive(Default)]
struct Vectors {
    lines: Vec<String>,
}

impl Vectors {
    /// Appends packed transfers, least significant byte first, with a byte for `tlast`.
    fn extend(&mut self, stream: &Stream, bytes: &[u8]) {
        self.lines.extend(pack::hex_lines(stream, bytes));
    }

    fn file(&self, path: String) -> PackageFile {
        PackageFile { path, text: self.lines.join("\n") + "\n" }
    }
}

/// The testbench of a machine, its file list and its vectors; `rtl` are the design's files in
/// compile order.
pub(super) fn files(machine: &dyn Machine, rtl: &[String]) -> Vec<PackageFile> {
    // The result is called c in every testbench; what comes out beside it follows it.
    let result = |(role, _)| if role == "y" { "c" } else { role };
    let mut roles: Vec<&'static str> = machine.streams().into_iter().map(result).collect();
    roles.sort_by_key(|role| *role == "t");
    let mut files = Vec::new();
    machine.trial(&mut |workloads| {
        files = of_workloads((machine.name(), machine.hash()), &roles, workloads, rtl);
    });
    files
}

/// The testbench of a top that runs these workloads, one after the other. `roles` names the
/// streams: operands, the result, and what comes out beside it.
fn of_workloads(
    (name, hash): (&str, String),
    roles: &[&'static str],
    workloads: &[&dyn Workload],
    rtl: &[String],
) -> Vec<PackageFile> {
    let Some(first) = workloads.first() else { return Vec::new() };
    let (sources, sink, sides) = (first.sources(), first.sink(), first.side_sinks());
    let mut vectors: Vec<Vectors> = roles.iter().map(|_| Vectors::default()).collect();
    for workload in workloads {
        for step in 0..workload.steps() {
            for frame in workload.frames(step) {
                vectors[frame.source].extend(&sources[frame.source], &frame.bytes);
            }
            for index in 0..workload.transfers(step) {
                let expected = workload.expected(step, index);
                let bytes = pack::pack_transfer(&sink, &expected.words, expected.last);
                vectors[sources.len()].extend(&sink, &bytes);
            }
            for (side, stream) in sides.iter().enumerate() {
                for words in workload.side_results(side, step) {
                    let bytes = pack::pack_transfer(stream, &words, false);
                    vectors[sources.len() + 1 + side].extend(stream, &bytes);
                }
            }
        }
    }
    let channel = |(number, stream): (usize, &Stream)| {
        Channel::new(number, roles[number], stream, vectors[number].lines.len())
    };
    let sink = channel((sources.len(), &sink));
    let first_side = sources.len() + 1;
    let sides = sides.iter().enumerate().map(|(side, stream)| channel((first_side + side, stream)));
    let sides: Vec<Channel> = sides.collect();
    let sources: Vec<Channel> = sources.iter().enumerate().map(channel).collect();
    let taken = |channel: &Channel| format!("({0}_valid & {0}_ready)", channel.role);
    let text = render(&Testbench {
        name,
        version: env!("CARGO_PKG_VERSION"),
        hash,
        patience: workloads
            .iter()
            .map(|workload| workload.patience())
            .sum::<u64>()
            .min(LONGEST_WAIT),
        tiles: workloads.iter().map(|workload| workload.steps()).sum(),
        taken: sources.iter().map(taken).collect::<Vec<_>>().join(" | "),
        sources,
        sink,
        sides,
    });
    let mut list: Vec<String> = rtl.iter().map(|file| format!("../{file}")).collect();
    list.push(format!("{name}_tb.v"));
    let mut files = vec![
        PackageFile { path: format!("tb/{name}_tb.v"), text },
        PackageFile { path: format!("tb/{name}_tb.f"), text: file_list(&list) },
    ];
    let named = roles.iter().zip(&vectors);
    files.extend(named.map(|(role, vectors)| vectors.file(format!("tb/{name}_tb_{role}.hex"))));
    files
}
