//! A simulator of mapped netlists: the library's functions, 64 independent runs at a time.
//!
//! Cycle-based and without delays: every net takes one value per cycle. It counts how often each
//! cell's output changes from cycle to cycle; glitches within a cycle are not seen.

use std::collections::{BTreeMap, HashMap};

use super::assembly::Assembly;
use super::function::Function;
use super::library::{Direction, FlipFlop, Kind, Library};
use super::netlist::Signal;

/// A function of nets.
enum Expression {
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

    fn evaluate(&self, values: &[u64]) -> u64 {
        match self {
            Self::Constant(value) => *value,
            Self::Net(net) => values[*net],
            Self::Not(x) => !x.evaluate(values),
            Self::And(x, y) => x.evaluate(values) & y.evaluate(values),
            Self::Or(x, y) => x.evaluate(values) | y.evaluate(values),
            Self::Xor(x, y) => x.evaluate(values) ^ y.evaluate(values),
        }
    }

    fn nets(&self, found: &mut Vec<usize>) {
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
struct Node {
    output: usize,
    function: Expression,
}

/// A flip-flop; its state is a net.
struct Register {
    state: usize,
    next: Expression,
    clear: Option<Expression>,
    preset: Option<Expression>,
}

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

/// Collects the flat netlist.
struct Builder<'a> {
    assembly: &'a Assembly,
    library: &'a Library,
    nets: usize,
    nodes: Vec<Node>,
    registers: Vec<Register>,
    drivers: Vec<Driver>,
}

/// Nets of one instance by name.
type Names = HashMap<String, usize>;

impl Builder<'_> {
    fn fresh(&mut self) -> usize {
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
    fn module(
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

impl Simulator {
    /// Prepares a mapped design.
    ///
    /// # Errors
    /// A sentence about a cell that cannot be simulated, or a combinational loop.
    pub fn new(assembly: &Assembly, library: &Library) -> Result<Self, String> {
        let mut builder = Builder {
            assembly,
            library,
            nets: 2,
            nodes: Vec::new(),
            registers: Vec::new(),
            drivers: Vec::new(),
        };
        let top = assembly.parts.get(&assembly.top).ok_or("there is no top")?;
        let mut inputs = BTreeMap::new();
        for port in top.module.ports.iter().filter(|port| port.input) {
            let nets: Vec<usize> = port.bits.iter().map(|_| builder.fresh()).collect();
            inputs.insert(port.name.clone(), nets);
        }
        let bind = inputs.iter().map(|(name, nets)| (name.as_str(), nets.clone())).collect();
        let outputs = builder.module(&assembly.top, "", &bind)?;
        let Builder { nets, nodes, registers, drivers, .. } = builder;
        let mut values = vec![0; nets];
        values[ONE] = u64::MAX;
        Ok(Self {
            nodes: sort(nodes, nets)?,
            registers,
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
        let Some(nets) = self.inputs.get(port) else { return };
        for (bit, &net) in nets.iter().enumerate() {
            let word = lanes.iter().enumerate();
            let word = word.fold(0, |word, (run, value)| {
                word | (value.checked_shr(bit as u32).unwrap_or(0) & 1) << run
            });
            self.values[net] = word;
        }
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

    /// A rising edge of the clock: the flip-flops take over.
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
        for (register, state) in self.registers.iter().zip(states) {
            self.values[register.state] = state;
        }
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
