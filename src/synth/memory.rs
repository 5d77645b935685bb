//! Memories of a mapped design: not mapped, not in its area, listed apart.
//!
//! A macro stands in their place in the end, which no library here has. In timing their pins count
//! as registers; in the written netlist and in the simulation they do what the Verilog says.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::assembly::Assembly;
use super::library::Register;
use super::netlist::{Memory, Module};
use crate::design::MEMORY_PORTS;

/// What is said of memories in reports.
pub const NOTE: &str = "bits of memories are neither in the area nor in the energy; in timing their \
                        pins count as registers: data that are read leave at the clock edge";

/// The instances of a memory module of one size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MemoryCount {
    /// Module.
    pub module: String,
    /// Instances in what was measured.
    pub instances: u64,
    /// Words.
    pub words: u64,
    /// Bits of a word.
    pub width: u64,
    /// Bits of an instance.
    pub bits: u64,
    /// Bits of all instances.
    pub total_bits: u64,
}

/// The memories of a design, by module and size.
#[must_use]
pub fn count(assembly: &Assembly) -> Vec<MemoryCount> {
    let mut found: BTreeMap<(String, u64, u64), u64> = BTreeMap::new();
    for (key, times) in assembly.counts() {
        let module = assembly.parts.get(&key).map(|part| &*part.module);
        if let Some(Module { name, memory: Some(memory), .. }) = module {
            let size = (name.clone(), memory.words as u64, memory.width as u64);
            *found.entry(size).or_insert(0) += times;
        }
    }
    let count = |((module, words, width), instances)| {
        let bits = words * width;
        MemoryCount { module, instances, words, width, bits, total_bits: instances * bits }
    };
    found.into_iter().map(count).collect()
}

/// What stands for a memory in Verilog.
#[derive(Clone, Copy, Debug)]
pub enum Stand<'a> {
    /// The memory itself.
    Behaviour,
    /// A flip-flop of the library at every pin, `r<number>`: data are written into it and read from
    /// it, addresses and enables end in it. A path thus starts or ends at the pin.
    Registers(&'a Register),
}

/// The body of a memory module.
pub fn body(module: &Module, memory: Memory, stand: Stand<'_>) -> String {
    let names = MEMORY_PORTS;
    let mut text = String::new();
    match stand {
        Stand::Behaviour => {
            let Memory { words, width } = memory;
            let (last_word, last_bit) = (words.saturating_sub(1), width.saturating_sub(1));
            let _ = write!(
                text,
                "  reg [{last_bit}:0] memory [0:{last_word}];\n  reg [{last_bit}:0] read_data_q;\n  \
                 always @(posedge {}) begin\n    if ({}) memory[{}] <= {};\n    if ({}) read_data_q \
                 <= memory[{}];\n  end\n  assign {} = read_data_q;\n",
                names.clock,
                names.write,
                names.write_address,
                names.write_data,
                names.read,
                names.read_address,
                names.read_data,
            );
        }
        Stand::Registers(Register { cell, clock, data, output, tied }) => {
            let tied = tied.iter().map(|(pin, one)| format!(", .{pin}(1'b{})", u8::from(*one)));
            let tied: String = tied.collect();
            for (index, (port, bit)) in pins(module).enumerate() {
                let pin = |port: &str| match module.width(port) {
                    1 => port.to_owned(),
                    _ => format!("{port}[{bit}]"),
                };
                let read = match port == names.write_data {
                    true => format!(", .{output}({})", pin(names.read_data)),
                    false => String::new(),
                };
                let _ = writeln!(
                    text,
                    "  {cell} r{index} (.{clock}({}), .{data}({}){read}{tied});",
                    names.clock,
                    pin(port),
                );
            }
        }
    }
    text
}

/// The input pins that stand as registers, in their order.
fn pins(module: &Module) -> impl Iterator<Item = (&'static str, usize)> {
    let names = MEMORY_PORTS;
    let ports =
        [names.write_data, names.write, names.write_address, names.read, names.read_address];
    ports.into_iter().flat_map(|port| (0..module.width(port)).map(move |bit| (port, bit)))
}

/// The pin behind a register such as `r3`, where a path starts or ends.
#[must_use]
pub fn pin(module: &Module, register: &str, starts: bool) -> Option<String> {
    module.memory?;
    let (port, bit) = pins(module).nth(register.strip_prefix('r')?.parse().ok()?)?;
    let names = MEMORY_PORTS;
    let port = if starts && port == names.write_data { names.read_data } else { port };
    Some(if module.width(port) == 1 { port.to_owned() } else { format!("{port}[{bit}]") })
}
