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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synth::netlist::{Port, Signal};

    /// Every pin has a register; data that are read come from those that are written.
    #[test]
    fn registers_stand_at_the_pins() {
        let names = MEMORY_PORTS;
        let port = |name: &str, width: u32| Port {
            name: name.to_owned(),
            input: name != names.read_data,
            bits: (0..width).map(Signal::Net).collect(),
        };
        let memory = Memory { words: 4, width: 2 };
        let module = Module {
            name: "memory".to_owned(),
            ports: vec![
                port(names.clock, 1),
                port(names.write, 1),
                port(names.write_address, 2),
                port(names.write_data, 2),
                port(names.read, 1),
                port(names.read_address, 2),
                port(names.read_data, 2),
            ],
            gates: vec![],
            flops: vec![],
            instances: vec![],
            memory: Some(memory),
        };
        let [cell, clock, data, output] = ["DFF", "C", "D", "Q"].map(str::to_owned);
        let register = Register { cell, clock, data, output, tied: vec![("R".to_owned(), true)] };
        let text = body(&module, memory, Stand::Registers(&register));
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        assert_eq!(lines.len(), 2 + 1 + 2 + 1 + 2);
        let data = "DFF r1 (.C(clk_i), .D(write_data_i[1]), .Q(read_data_o[1]), .R(1'b1));";
        assert_eq!(lines[1], data);
        assert_eq!(lines[2], "DFF r2 (.C(clk_i), .D(write_i), .R(1'b1));");
        assert_eq!(pin(&module, "r1", true).unwrap(), "read_data_o[1]");
        assert_eq!(pin(&module, "r1", false).unwrap(), "write_data_i[1]");
        assert_eq!(pin(&module, "r7", false).unwrap(), "read_address_i[1]");
        assert_eq!(pin(&module, "r8", false), None);
    }
}
