//! Gate netlists as Yosys hands them over: logic gates, flip-flops of the library, instances of
//! other modules.

use std::collections::BTreeMap;

mod read;

/// A bit: a constant or a net of its module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Signal {
    /// Constant 0.
    Zero,
    /// Constant 1.
    One,
    /// The net of this number.
    Net(u32),
}

/// A port of a module.
#[derive(Clone, Debug)]
pub struct Port {
    /// Name.
    pub name: String,
    /// Driven from outside.
    pub input: bool,
    /// Bits, least significant first.
    pub bits: Vec<Signal>,
}

/// A logic gate that is yet to be mapped.
#[derive(Clone, Debug)]
pub struct Gate {
    /// Truth table: bit i is the output where input j is bit j of i.
    pub table: u64,
    /// Inputs, at most four.
    pub inputs: Vec<Signal>,
    /// Driven net.
    pub output: u32,
}

/// A flip-flop of the library.
#[derive(Clone, Debug)]
pub struct Flop {
    /// Cell.
    pub cell: String,
    /// Name, from the register that it is a bit of.
    pub name: String,
    /// Input pins.
    pub inputs: Vec<(String, Signal)>,
    /// Output pins.
    pub outputs: Vec<(String, u32)>,
}

/// An instance of another module.
#[derive(Clone, Debug)]
pub struct Instance {
    /// Name.
    pub name: String,
    /// The module, by its key in [`Netlist::modules`].
    pub module: String,
    /// Bits by port.
    pub connections: Vec<(String, Vec<Signal>)>,
}

/// A memory with one write and one read port, as [`MEMORY_PORTS`](crate::design::MEMORY_PORTS)
/// names them. It is not mapped.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// Words.
    pub words: usize,
    /// Bits of a word.
    pub width: usize,
}

/// One module.
#[derive(Clone, Debug)]
pub struct Module {
    /// Its name in the sources, without parameters.
    pub name: String,
    /// Ports.
    pub ports: Vec<Port>,
    /// Gates.
    pub gates: Vec<Gate>,
    /// Flip-flops.
    pub flops: Vec<Flop>,
    /// Instances.
    pub instances: Vec<Instance>,
    /// The memory that it is, if it is one: there is nothing else in it then.
    pub memory: Option<Memory>,
}

/// A design of one or more modules.
#[derive(Clone, Debug)]
pub struct Netlist {
    /// The top's key.
    pub top: String,
    /// Modules by unique names that are plain words.
    pub modules: BTreeMap<String, Module>,
}

impl Module {
    /// Bits of a port; none if there is none of this name.
    #[must_use]
    pub fn width(&self, port: &str) -> usize {
        self.ports.iter().find(|found| found.name == port).map_or(0, |port| port.bits.len())
    }
}

impl Netlist {
    /// How often each module that is used occurs in the design.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<String, u64> {
        let mut counts = BTreeMap::new();
        self.count(&self.top, 1, &mut counts);
        counts
    }

    fn count(&self, module: &str, times: u64, counts: &mut BTreeMap<String, u64>) {
        *counts.entry(module.to_owned()).or_insert(0) += times;
        let mut inner: BTreeMap<&str, u64> = BTreeMap::new();
        for instance in self.modules.get(module).map_or(&[][..], |module| &module.instances) {
            *inner.entry(&instance.module).or_insert(0) += 1;
        }
        inner.into_iter().for_each(|(module, number)| self.count(module, times * number, counts));
    }
}
