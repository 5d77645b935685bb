//! The flat netlist of an assembly, and of the design around it: functions of nets, and registers.

use std::collections::{BTreeMap, HashMap};

use super::expression::Expression;
use super::memory::Memory;
use super::{Driver, ONE, ZERO};
use crate::design::MEMORY_PORTS;
use crate::synth::assembly::Assembly;
use crate::synth::blif::Mapped;
use crate::synth::function::Function;
use crate::synth::library::{Direction, FlipFlop, Kind, Library};
use crate::synth::netlist::{Module, Netlist, Signal};

/// A net and the function that drives it.
pub(super) struct Node {
    pub output: usize,
    pub function: Expression,
}

/// A flip-flop; its state is a net.
pub(super) struct Register {
    pub state: usize,
    pub next: Expression,
    pub clear: Option<Expression>,
    pub preset: Option<Expression>,
}

/// Collects the flat netlist.
pub(super) struct Builder<'a> {
    pub assembly: &'a Assembly,
    pub library: &'a Library,
    /// The design around the assembly, in gates; its modules are run but not looked at.
    pub around: Option<&'a Netlist>,
    /// Whether the assembly has been reached.
    pub entered: bool,
    pub nets: usize,
    pub nodes: Vec<Node>,
    pub registers: Vec<Register>,
    pub memories: Vec<Memory>,
    pub drivers: Vec<Driver>,
}

/// Nets of one instance by name.
type Names = HashMap<String, usize>;

/// Where a module is: in the assembly, at this path of instances, or around it.
#[derive(Clone, Copy)]
pub(super) enum Site<'a> {
    Inside(&'a str),
    Around,
}

impl<'a> Builder<'a> {
    pub fn fresh(&mut self) -> usize {
        self.nets += 1;
        self.nets - 1
    }

    fn net(&mut self, names: &mut Names, name: &str) -> usize {
        if let Some(net) = names.get(name) {
            return *net;
        }
        let net = self.fresh();
        names.insert(name.to_owned(), net);
        net
    }

    fn signal(&mut self, names: &mut Names, signal: &Signal) -> usize {
        match signal {
            Signal::Zero => ZERO,
            Signal::One => ONE,
            Signal::Net(net) => self.net(names, &format!("n{net}")),
        }
    }

    /// The module of a key; its cells only where it is mapped.
    fn find(&self, key: &str, site: Site<'_>) -> Result<(&'a Module, Option<&'a Mapped>), String> {
        let missing = || format!("there is no module {key}");
        match (site, self.around) {
            (Site::Around, Some(netlist)) => {
                netlist.modules.get(key).map(|module| (module, None)).ok_or_else(missing)
            }
            _ => {
                let part = self.assembly.parts.get(key).ok_or_else(missing)?;
                Ok((&*part.module, Some(&*part.mapped)))
            }
        }
    }

    /// Whether this module around the assembly is the one that the assembly maps.
    fn enters(&self, key: &str) -> bool {
        let name = |module: Option<&Module>| module.map(|module| module.name.clone());
        let top = self.assembly.parts.get(&self.assembly.top).map(|part| &*part.module);
        let here = self.around.and_then(|netlist| netlist.modules.get(key));
        !self.entered && here.is_some() && name(here) == name(top)
    }

    /// Adds a module; `bind` gives the nets at its inputs. Returns those at its outputs.
    pub fn module(
        &mut self,
        key: &str,
        site: Site<'_>,
        bind: &HashMap<&str, Vec<usize>>,
    ) -> Result<BTreeMap<String, Vec<usize>>, String> {
        if matches!(site, Site::Around) && self.enters(key) {
            self.entered = true;
            let assembly = self.assembly;
            return self.module(&assembly.top, Site::Inside(""), bind);
        }
        let (module, mapped) = self.find(key, site)?;
        if let Some(memory) = module.memory {
            let data: Vec<usize> = (0..memory.width).map(|_| self.fresh()).collect();
            let memory = Memory::new(memory, bind, data.clone());
            let missing = || format!("the memory {} lacks a port", module.name);
            self.memories.push(memory.ok_or_else(missing)?);
            return Ok([(MEMORY_PORTS.read_data.to_owned(), data)].into());
        }
        let mut names = Names::new();
        for port in module.ports.iter().filter(|port| port.input) {
            let given = bind.get(port.name.as_str());
            for (index, bit) in port.bits.iter().enumerate() {
                if let Signal::Net(net) = bit {
                    let outside = given.and_then(|nets| nets.get(index)).copied();
                    names.insert(format!("n{net}"), outside.unwrap_or(ZERO));
                }
            }
        }
        for (index, instance) in module.instances.iter().enumerate() {
            let mut inner: HashMap<&str, Vec<usize>> = HashMap::new();
            for (port, bits) in &instance.connections {
                let nets = bits.iter().map(|bit| self.signal(&mut names, bit)).collect();
                inner.insert(port, nets);
            }
            let below;
            let site = match site {
                Site::Inside(path) => {
                    below = format!("{path}i{index}/");
                    Site::Inside(&below)
                }
                Site::Around => Site::Around,
            };
            let outputs = self.module(&instance.module, site, &inner)?;
            for (port, nets) in outputs {
                let outside = inner.get(port.as_str()).map_or(&[][..], Vec::as_slice);
                for (&outside, net) in outside.iter().zip(nets) {
                    self.nodes.push(Node { output: outside, function: Expression::Net(net) });
                }
            }
        }
        match mapped {
            Some(mapped) => self.cells(mapped, site, &mut names)?,
            None => {
                for gate in &module.gates {
                    let inputs: Vec<usize> =
                        gate.inputs.iter().map(|bit| self.signal(&mut names, bit)).collect();
                    let output = self.net(&mut names, &format!("n{}", gate.output));
                    let function = Expression::of_table(gate.table, &inputs);
                    self.nodes.push(Node { output, function });
                }
            }
        }
        self.flops(module, site, &mut names)?;
        let outputs = module.ports.iter().filter(|port| !port.input);
        let mut nets = BTreeMap::new();
        for port in outputs {
            let bits = port.bits.iter().map(|bit| self.signal(&mut names, bit)).collect();
            nets.insert(port.name.clone(), bits);
        }
        Ok(nets)
    }

    fn cells(&mut self, mapped: &Mapped, site: Site<'_>, names: &mut Names) -> Result<(), String> {
        for (index, used) in mapped.cells.iter().enumerate() {
            let cell = self.library.cells.get(&used.cell);
            let cell = cell.ok_or_else(|| format!("the library has no cell {}", used.cell))?;
            let pins: HashMap<&str, usize> =
                used.pins.iter().map(|(pin, net)| (pin.as_str(), self.net(names, net))).collect();
            for pin in cell.pins(Direction::Output) {
                let Some(&output) = pins.get(pin.name.as_str()) else { continue };
                let function = pin.function.as_ref();
                let bound = function.and_then(|f| Expression::bind(f, &|p| pins.get(p).copied()));
                let function =
                    bound.ok_or_else(|| format!("the function of {} is unknown", used.cell))?;
                self.nodes.push(Node { output, function });
                self.drive(site, &format!("g{index}"), false, output);
            }
        }
        for (name, one) in &mapped.constants {
            let output = self.net(names, name);
            let constant = if *one { ONE } else { ZERO };
            self.nodes.push(Node { output, function: Expression::Net(constant) });
        }
        for (name, source) in &mapped.aliases {
            let (output, source) = (self.net(names, name), self.net(names, source));
            self.nodes.push(Node { output, function: Expression::Net(source) });
        }
        Ok(())
    }

    /// Notes a cell whose output is to be looked at.
    fn drive(&mut self, site: Site<'_>, name: &str, flip_flop: bool, net: usize) {
        if let Site::Inside(path) = site {
            self.drivers.push(Driver { instance: format!("{path}{name}"), flip_flop, net });
        }
    }

    fn flops(&mut self, module: &Module, site: Site<'_>, names: &mut Names) -> Result<(), String> {
        for (index, flop) in module.flops.iter().enumerate() {
            let unknown = || format!("the flip-flop {} cannot be simulated", flop.cell);
            let cell = self.library.cells.get(&flop.cell).ok_or_else(unknown)?;
            let Kind::FlipFlop(kind) = &cell.kind else { return Err(unknown()) };
            let mut pins: HashMap<&str, usize> = HashMap::new();
            for (pin, bit) in &flop.inputs {
                pins.insert(pin, self.signal(names, bit));
            }
            let state = self.fresh();
            let register = register(kind, state, &pins).ok_or_else(unknown)?;
            self.registers.push(register);
            for (pin, net) in &flop.outputs {
                let output = self.net(names, &format!("n{net}"));
                let function = cell.pin(pin).and_then(|pin| pin.function.as_ref());
                let complement = self.fresh();
                let stored = |name: &str| match name {
                    name if name == kind.state[0] => Some(state),
                    name if name == kind.state[1] => Some(complement),
                    _ => None,
                };
                let function = function.and_then(|f| Expression::bind(f, &stored));
                let inverse = Expression::Not(Box::new(Expression::Net(state)));
                self.nodes.push(Node { output: complement, function: inverse });
                self.nodes.push(Node { output, function: function.ok_or_else(unknown)? });
            }
            self.drive(site, &format!("f{index}"), true, state);
        }
        Ok(())
    }
}

fn register(kind: &FlipFlop, state: usize, pins: &HashMap<&str, usize>) -> Option<Register> {
    // One clock, taken over at its rising edge.
    let Function::Pin(_) = kind.clock else { return None };
    // Scan inputs that are left open are 0.
    let net = |pin: &str| Some(pins.get(pin).copied().unwrap_or(ZERO));
    let bind = |function: &Option<Function>| match function {
        None => Some(None),
        Some(function) => Expression::bind(function, &net).map(Some),
    };
    Some(Register {
        state,
        next: Expression::bind(&kind.next, &net)?,
        clear: bind(&kind.clear)?,
        preset: bind(&kind.preset)?,
    })
}
