//! Memories of a design: modules of their own, so that macros can take their place.

use serde::Serialize;

use super::stream::Port;

/// Ports that every memory module has: one to write, one to read, one clock. At its rising edge
/// `write_data_i` is stored where `write_i`, and where `read_i` the word that was stored before it
/// appears at `read_data_o`, where it stays.
pub const MEMORY_PORTS: MemoryPorts = MemoryPorts {
    clock: "clk_i",
    write: "write_i",
    write_address: "write_address_i",
    write_data: "write_data_i",
    read: "read_i",
    read_address: "read_address_i",
    read_data: "read_data_o",
};

/// Names of ports by what they are for.
#[derive(Clone, Copy, Debug)]
pub struct MemoryPorts {
    /// Clock.
    pub clock: &'static str,
    /// Write enable.
    pub write: &'static str,
    /// Where it is written.
    pub write_address: &'static str,
    /// What is written.
    pub write_data: &'static str,
    /// Read enable.
    pub read: &'static str,
    /// Where it is read.
    pub read_address: &'static str,
    /// What was read, one cycle later.
    pub read_data: &'static str,
}

/// The instances of a memory module that have the same size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Memory {
    /// Module that a macro, or a wrapper of one, can take the place of.
    pub module: String,
    /// Instances in the whole design.
    pub instances: usize,
    /// Words; also the Verilog parameter `Depth`.
    pub words: usize,
    /// Bits of a word; also the Verilog parameter `Width`.
    pub width: usize,
    /// Bits of an address; also the Verilog parameter `Address`.
    pub address_width: usize,
    /// Bits of all instances.
    pub total_bits: usize,
    /// Ports.
    pub ports: Vec<Port>,
}

impl Memory {
    /// `instances` memories of `words` words of `width` bits.
    #[must_use]
    pub fn new(module: String, instances: usize, (words, width): (usize, usize)) -> Self {
        let address_width = words.next_power_of_two().ilog2().max(1) as usize;
        let names = MEMORY_PORTS;
        let ports = vec![
            Port::new(names.clock, "input", 1),
            Port::new(names.write, "input", 1),
            Port::new(names.write_address, "input", address_width),
            Port::new(names.write_data, "input", width),
            Port::new(names.read, "input", 1),
            Port::new(names.read_address, "input", address_width),
            Port::new(names.read_data, "output", width),
        ];
        let total_bits = instances * words * width;
        Self { module, instances, words, width, address_width, total_bits, ports }
    }
}
