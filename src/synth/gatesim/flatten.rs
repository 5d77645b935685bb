//! The flat netlist of an assembly: functions of nets, and registers.

use std::collections::{BTreeMap, HashMap};

use super::{Driver, ONE, ZERO};
use crate::synth::assembly::Assembly;
use crate::synth::function::Function;
use crate::synth::library::{Direction, FlipFlop, Kind, Library};
use crate::synth::netlist::Signal;

/// A function of nets.
pub(super) enum Expression {
    Constant(u64),
    Net(usize),
    Not(Box<Expression>),
    And(Box<Expression>, Box<Expression>),
    Or(Box<Expression>, Box<Expression>),
    Xor(Box<Expression>, Box<Expression>),
}

impl Expression {
    /// Binds the pins of a function to nets.
    fn bind(function: &Function, net: &impl Fn(&str) -> Option<usize>) -> Option<Self> {
        let inner = |f: &Function| Self::bind(f, net).map(Box::new);
        Some(match function {
            Function::Constant(one) => Self::Constant(u64::from(*one).wrapping_neg()),
            Function::Pin(name) => Self::Net(net(name)?),
            Function::Not(x) => Self::Not(inner(x)?),
            Function::And(x, y) => Self::And(inner(x)?, inner(y)?),
            Function::Or(x, y) => Self::Or(inner(x)?, inner(y)?),
            Function::Xor(x, y) => Self::Xor(inner(x)?, inner(y)?),
        })
    }

    pub fn evaluate(&self, values: &[u64]) -> u64 {
        match self {
            Self::Constant(value) => *value,
            Self::Net(net) => values[*net],
            Self::Not(x) => !x.evaluate(values),
            Self::And(x, y) => x.evaluate(values) & y.evaluate(values),
            Self::Or(x, y) => x.evaluate(values) | y.evaluate(values),
            Self::Xor(x, y) => x.evaluate(values) ^ y.evaluate(values),
        }
    }

    pub fn nets(&self, found: &mut Vec<usize>) {
        match self {
            Self::Constant(_) => {}
            Self::Net(net) => found.push(*net),
            Self::Not(x) => x.nets(found),
            Self::And(x, y) | Self::Or(x, y) | Self::Xor(x, y) => {
                x.nets(found);
                y.nets(found);
            }
        }
    }
}

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
    pub nets: usize,
    pub nodes: Vec<Node>,
    pub registers: Vec<Register>,
    pub drivers: Vec<Driver>,
}

/// Nets of one instance by name.
type Names = HashMap<String, usize>;

impl Builder<'_> {
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

    /// Adds a module; `bind` gives the nets at its inputs. Returns those at its outputs.
    pub fn module(
        &mut self,
        key: &str,
        path: &str,
        bind: &HashMap<&str, Vec<usize>>,
    ) -> Result<BTreeMap<String, Vec<usize>>, String> {
        let assembly = self.assembly;
        let part = assembly.parts.get(key).ok_or_else(|| format!("there is no module {key}"))?;
        let mut names = Names::new();
        for port in part.module.ports.iter().filter(|port| port.input) {
            let given = bind.get(port.name.as_str());
            for (index, bit) in port.bits.iter().enumerate() {
                if let Signal::Net(net) = bit {
                    let outside = given.and_then(|nets| nets.get(index)).copied();
                    names.insert(format!("n{net}"), outside.unwrap_or(ZERO));
                }
            }
        }
        for (index, instance) in part.module.instances.iter().enumerate() {
            let mut inner: HashMap<&str, Vec<usize>> = HashMap::new();
            for (port, bits) in &instance.connections {
                let nets = bits.iter().map(|bit| self.signal(&mut names, bit)).collect();
                inner.insert(port, nets);
            }
            let outputs = self.module(&instance.module, &format!("{path}i{index}/"), &inner)?;
            for (port, nets) in outputs {
                let outside = inner.get(port.as_str()).map_or(&[][..], Vec::as_slice);
                for (&outside, net) in outside.iter().zip(nets) {
                    self.nodes.push(Node { output: outside, function: Expression::Net(net) });
                }
            }
        }
        for (index, used) in part.mapped.cells.iter().enumerate() {
            let cell = self.library.cells.get(&used.cell);
            let cell = cell.ok_or_else(|| format!("the library has no cell {}", used.cell))?;
            let pins: HashMap<&str, usize> = used
                .pins
                .iter()
                .map(|(pin, net)| (pin.as_str(), self.net(&mut names, net)))
                .collect();
            for pin in cell.pins(Direction::Output) {
                let Some(&output) = pins.get(pin.name.as_str()) else { continue };
                let function = pin.function.as_ref();
                let bound = function.and_then(|f| Expression::bind(f, &|p| pins.get(p).copied()));
                let function =
                    bound.ok_or_else(|| format!("the function of {} is unknown", used.cell))?;
                self.nodes.push(Node { output, function });
                let instance = format!("{path}g{index}");
                self.drivers.push(Driver { instance, flip_flop: false, net: output });
            }
        }
        for (name, one) in &part.mapped.constants {
            let output = self.net(&mut names, name);
            let constant = if *one { ONE } else { ZERO };
            self.nodes.push(Node { output, function: Expression::Net(constant) });
        }
        for (name, source) in &part.mapped.aliases {
            let (output, source) = (self.net(&mut names, name), self.net(&mut names, source));
            self.nodes.push(Node { output, function: Expression::Net(source) });
        }
        for (index, flop) in part.module.flops.iter().enumerate() {
            let unknown = || format!("the flip-flop {} cannot be simulated", flop.cell);
            let cell = self.library.cells.get(&flop.cell).ok_or_else(unknown)?;
            let Kind::FlipFlop(kind) = &cell.kind else { return Err(unknown()) };
            let mut pins: HashMap<&str, usize> = HashMap::new();
            for (pin, bit) in &flop.inputs {
                pins.insert(pin, self.signal(&mut names, bit));
            }
            let state = self.fresh();
            let register = self.register(kind, state, &pins).ok_or_else(unknown)?;
            self.registers.push(register);
            for (pin, net) in &flop.outputs {
                let output = self.net(&mut names, &format!("n{net}"));
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
            let instance = format!("{path}f{index}");
            self.drivers.push(Driver { instance, flip_flop: true, net: state });
        }
        let outputs = part.module.ports.iter().filter(|port| !port.input);
        let mut nets = BTreeMap::new();
        for port in outputs {
            let bits = port.bits.iter().map(|bit| self.signal(&mut names, bit)).collect();
            nets.insert(port.name.clone(), bits);
        }
        Ok(nets)
    }

    fn register(
        &self,
        kind: &FlipFlop,
        state: usize,
        pins: &HashMap<&str, usize>,
    ) -> Option<Register> {
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
}
