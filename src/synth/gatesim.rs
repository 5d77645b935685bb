//! A simulator of mapped netlists: the library's functions, 64 independent runs at a time.
//!
//! Cycle-based and without delays: every net takes one value per cycle. It counts how often each
//! cell's output changes from cycle to cycle; glitches within a cycle are not seen.

use std::collections::BTreeMap;

use super::assembly::Assembly;
use super::library::Library;
use super::netlist::Netlist;

mod expression;
mod flatten;
mod memory;

use flatten::{Builder, Node, Register, Site};
use memory::Memory;

/// What drives a net: an instance, whose power depends on how often the net changes.
#[derive(Clone, Debug)]
pub struct Driver {
    /// Path of the instance, as in the Verilog of the assembly.
    pub instance: String,
    /// Whether it is a flip-flop.
    pub flip_flop: bool,
    net: usize,
}

/// A netlist that can be run.
pub struct Simulator {
    nodes: Vec<Node>,
    registers: Vec<Register>,
    memories: Vec<Memory>,
    /// One per cell.
    drivers: Vec<Driver>,
    inputs: BTreeMap<String, Vec<usize>>,
    outputs: BTreeMap<String, Vec<usize>>,
    values: Vec<u64>,
    settled: Vec<u64>,
    toggles: Vec<u64>,
    cycles: u64,
}

/// The nets of the constants.
const ZERO: usize = 0;
const ONE: usize = 1;

impl Simulator {
    /// Prepares a mapped design. Where one `around` it is given, that is what runs, with the
    /// mapped design in its place; only the cells of the mapped design are looked at.
    ///
    /// # Errors
    /// A sentence about a cell that cannot be simulated, or a combinational loop.
    pub fn new(
        assembly: &Assembly,
        around: Option<&Netlist>,
        library: &Library,
    ) -> Result<Self, String> {
        let mut builder = Builder {
            assembly,
            library,
            around,
            entered: false,
            nets: 2,
            nodes: Vec::new(),
            registers: Vec::new(),
            memories: Vec::new(),
            drivers: Vec::new(),
        };
        let module = match around {
            Some(netlist) => netlist.modules.get(&netlist.top),
            None => assembly.parts.get(&assembly.top).map(|part| &*part.module),
        };
        let mut inputs = BTreeMap::new();
        for port in module.ok_or("there is no top")?.ports.iter().filter(|port| port.input) {
            let nets: Vec<usize> = port.bits.iter().map(|_| builder.fresh()).collect();
            inputs.insert(port.name.clone(), nets);
        }
        let bind = inputs.iter().map(|(name, nets)| (name.as_str(), nets.clone())).collect();
        let outputs = match around {
            Some(netlist) => builder.module(&netlist.top, Site::Around, &bind)?,
            None => builder.module(&assembly.top, Site::Inside(""), &bind)?,
        };
        let Builder { entered, nets, nodes, registers, memories, drivers, .. } = builder;
        if around.is_some() && !entered {
            return Err("the design around it does not contain it".to_owned());
        }
        let mut values = vec![0; nets];
        values[ONE] = u64::MAX;
        Ok(Self {
            nodes: sort(nodes, nets)?,
            registers,
            memories,
            drivers,
            inputs,
            outputs,
            settled: values.clone(),
            toggles: vec![0; nets],
            values,
            cycles: 0,
        })
    }

    /// Sets an input to a value per run: `lanes[run]`, as many bits as it has, up to 64.
    pub fn set(&mut self, port: &str, lanes: &[u64; 64]) {
        let bits = self.inputs.get(port).map_or(0, Vec::len);
        let words: Vec<u64> = (0..bits)
            .map(|bit| {
                lanes.iter().enumerate().fold(0, |word, (run, value)| {
                    word | (value.checked_shr(bit as u32).unwrap_or(0) & 1) << run
                })
            })
            .collect();
        self.set_bits(port, &words);
    }

    /// Sets the bits of an input, least significant first, 64 runs each.
    pub fn set_bits(&mut self, port: &str, words: &[u64]) {
        let nets = self.inputs.get(port).map_or(&[][..], Vec::as_slice);
        for (&net, &word) in nets.iter().zip(words) {
            self.values[net] = word;
        }
    }

    /// Number of functions that are evaluated in a cycle.
    #[must_use]
    pub fn size(&self) -> usize {
        let memories: usize = self.memories.iter().map(Memory::size).sum();
        self.nodes.len() + self.registers.len() + memories
    }

    /// The bits of an output, least significant first, 64 runs each.
    #[must_use]
    pub fn get(&self, port: &str) -> Vec<u64> {
        let nets = self.outputs.get(port).map_or(&[][..], Vec::as_slice);
        nets.iter().map(|&net| self.values[net]).collect()
    }

    /// Lets the logic settle with the inputs as they are set, and counts what has changed.
    pub fn settle(&mut self) {
        for node in &self.nodes {
            self.values[node.output] = node.function.evaluate(&self.values);
        }
        for (net, value) in self.values.iter().enumerate() {
            self.toggles[net] += u64::from((value ^ self.settled[net]).count_ones());
        }
        self.settled.copy_from_slice(&self.values);
        self.cycles += 1;
    }

    /// A rising edge of the clock: flip-flops and memories take over.
    pub fn clock(&mut self) {
        let values = &self.values;
        let next = |register: &Register| {
            let mut next = register.next.evaluate(values);
            if let Some(clear) = &register.clear {
                next &= !clear.evaluate(values);
            }
            if let Some(preset) = &register.preset {
                next |= preset.evaluate(values);
            }
            next
        };
        let states: Vec<u64> = self.registers.iter().map(next).collect();
        let read: Vec<Vec<u64>> =
            self.memories.iter_mut().map(|memory| memory.clock(values)).collect();
        for (register, state) in self.registers.iter().zip(states) {
            self.values[register.state] = state;
        }
        for (memory, word) in self.memories.iter().zip(read) {
            for (&net, bit) in memory.read_data.iter().zip(word) {
                self.values[net] = bit;
            }
        }
    }

    /// Cycles since the last start.
    #[must_use]
    pub fn cycles(&self) -> u64 {
        self.cycles
    }

    /// Forgets what was counted.
    pub fn restart(&mut self) {
        self.toggles.fill(0);
        self.cycles = 0;
    }

    /// The cells with the changes of their output per cycle and run.
    pub fn activity(&self) -> impl Iterator<Item = (&Driver, f64)> {
        let all = (self.cycles * 64).max(1) as f64;
        self.drivers.iter().map(move |driver| (driver, self.toggles[driver.net] as f64 / all))
    }
}

/// Sorts nodes so that each comes after those it depends on.
fn sort(nodes: Vec<Node>, nets: usize) -> Result<Vec<Node>, String> {
    let mut driver: Vec<Option<usize>> = vec![None; nets];
    for (index, node) in nodes.iter().enumerate() {
        driver[node.output] = Some(index);
    }
    let mut waiting = vec![0usize; nodes.len()];
    let mut readers: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    for (index, node) in nodes.iter().enumerate() {
        let mut read = Vec::new();
        node.function.nets(&mut read);
        for source in read.into_iter().filter_map(|net| driver[net]) {
            waiting[index] += 1;
            readers[source].push(index);
        }
    }
    let mut ready: Vec<usize> = (0..nodes.len()).filter(|&index| waiting[index] == 0).collect();
    let mut order = Vec::with_capacity(nodes.len());
    while let Some(index) = ready.pop() {
        order.push(index);
        for &reader in &readers[index] {
            waiting[reader] -= 1;
            if waiting[reader] == 0 {
                ready.push(reader);
            }
        }
    }
    if order.len() < nodes.len() {
        return Err("the netlist has a combinational loop".to_owned());
    }
    let mut nodes: Vec<Option<Node>> = nodes.into_iter().map(Some).collect();
    Ok(order.into_iter().filter_map(|index| nodes[index].take()).collect())
}
