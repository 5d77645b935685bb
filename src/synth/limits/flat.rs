//! The flat nets of an assembly, with what drives and what loads them.

use std::collections::HashMap;

use crate::design::MEMORY_PORTS;
use crate::synth::assembly::Assembly;
use crate::synth::library::{Cell, Direction, Library, Pin};
use crate::synth::netlist::{Module, Signal};
use crate::synth::timing::SlowEdge;

/// What drives a net.
#[derive(Clone, Debug)]
pub(super) struct Driver {
    /// The net.
    pub net: usize,
    /// Path of the instance such as `i3/g12`, or name of the port.
    pub place: String,
    /// Its cell; nothing for a port, at which the library's driving cell stands.
    pub cell: Option<String>,
    /// Most capacitance in the library's unit.
    pub max_capacitance: Option<f64>,
    /// Most readers.
    pub max_fan_out: Option<f64>,
}

/// What a net has to drive.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Load {
    /// Capacitance in the library's unit.
    pub capacitance: f64,
    /// Readers as the library weighs them.
    pub fan_out: f64,
    /// Pins.
    pub readers: u64,
}

/// The flat nets.
pub(super) struct Flat<'a> {
    assembly: &'a Assembly,
    library: &'a Library,
    wanted: &'a HashMap<&'a str, &'a SlowEdge>,
    /// The net that a net is one with; its own number where it stands for itself.
    same: Vec<usize>,
    loads: Vec<Load>,
    drivers: Vec<Driver>,
    edges: HashMap<usize, &'a SlowEdge>,
    clock: Option<usize>,
}

/// Nets of one instance by name.
type Names = HashMap<String, usize>;

/// Nets at the ports of an instance; constants are none.
type Ports<'a> = HashMap<&'a str, Vec<Option<usize>>>;

impl<'a> Flat<'a> {
    /// Flattens an assembly; edges that are wanted are found by the path of their pin.
    pub fn of(
        assembly: &'a Assembly,
        library: &'a Library,
        wanted: &'a HashMap<&'a str, &'a SlowEdge>,
    ) -> Self {
        let mut flat = Self {
            assembly,
            library,
            wanted,
            same: Vec::new(),
            loads: Vec::new(),
            drivers: Vec::new(),
            edges: HashMap::new(),
            clock: None,
        };
        if let Some(part) = assembly.parts.get(&assembly.top) {
            flat.top(&part.module);
        }
        // Sums and edges of nets that are one are those of the one that stands for them.
        for net in 0..flat.same.len() {
            let root = flat.root(net);
            if root != net {
                let Load { capacitance, fan_out, readers } = flat.loads[net];
                let load = &mut flat.loads[root];
                load.capacitance += capacitance;
                load.fan_out += fan_out;
                load.readers += readers;
            }
        }
        let mut edges: HashMap<usize, &SlowEdge> = HashMap::new();
        for (net, edge) in &flat.edges {
            let worst = edges.entry(flat.root(*net)).or_insert(edge);
            if edge.slew_ns / edge.limit_ns > worst.slew_ns / worst.limit_ns {
                *worst = edge;
            }
        }
        flat.edges = edges;
        flat
    }

    pub fn drivers(&self) -> &[Driver] {
        &self.drivers
    }

    pub fn load(&self, root: usize) -> Load {
        self.loads[root]
    }

    pub fn edge(&self, root: usize) -> Option<&'a SlowEdge> {
        self.edges.get(&root).copied()
    }

    /// The net of the clock.
    pub fn clock(&self) -> Option<usize> {
        self.clock.map(|net| self.root(net))
    }

    /// The net that stands for a net and all that are one with it.
    pub fn root(&self, net: usize) -> usize {
        let mut net = net;
        while self.same[net] != net {
            net = self.same[net];
        }
        net
    }

    fn unite(&mut self, x: usize, y: usize) {
        let (x, y) = (self.root(x), self.root(y));
        // The older one stands for both, so that chains stay short.
        let (old, new) = (x.min(y), x.max(y));
        self.same[new] = old;
    }

    fn fresh(&mut self) -> usize {
        self.same.push(self.same.len());
        self.loads.push(Load::default());
        self.same.len() - 1
    }

    fn net(&mut self, names: &mut Names, name: &str) -> usize {
        if let Some(net) = names.get(name) {
            return *net;
        }
        let net = self.fresh();
        names.insert(name.to_owned(), net);
        net
    }

    fn signal(&mut self, names: &mut Names, signal: &Signal) -> Option<usize> {
        match signal {
            Signal::Zero | Signal::One => None,
            Signal::Net(net) => Some(self.net(names, &format!("n{net}"))),
        }
    }

    /// The top with the cell that drives its inputs and the load of its outputs.
    fn top(&mut self, module: &'a Module) {
        let library = self.library;
        let driver = library.cells.get(&library.driver);
        let pin = driver.and_then(|cell| cell.pins(Direction::Output).next());
        let mut bind = Ports::new();
        for port in &module.ports {
            let nets: Vec<Option<usize>> = port.bits.iter().map(|_| Some(self.fresh())).collect();
            for (bit, net) in nets.iter().copied().enumerate() {
                let Some(net) = net else { continue };
                if port.input {
                    let place = match nets.len() {
                        1 => port.name.clone(),
                        _ => format!("{}[{bit}]", port.name),
                    };
                    self.look(&place, net);
                    self.drive(net, place, None, pin);
                } else {
                    let load = &mut self.loads[net];
                    load.capacitance += library.load_pf / library.capacitance_pf;
                    load.fan_out += 1.0;
                    load.readers += 1;
                }
            }
            bind.insert(&port.name, nets);
        }
        self.clock = bind.get(self.assembly.clock()).and_then(|nets| nets.first().copied()?);
        self.module(&self.assembly.top, "", &bind);
    }

    fn module(&mut self, key: &str, path: &str, bind: &Ports<'_>) {
        let Some(part) = self.assembly.parts.get(key) else { return };
        let module: &Module = &part.module;
        if module.memory.is_some() {
            return self.memory(module, bind);
        }
        let mut names = Names::new();
        for port in &module.ports {
            let outside = bind.get(port.name.as_str()).map_or(&[][..], Vec::as_slice);
            for (bit, outside) in port.bits.iter().zip(outside) {
                if let (Signal::Net(_), Some(outside)) = (bit, outside) {
                    let Some(inside) = self.signal(&mut names, bit) else { continue };
                    self.unite(inside, *outside);
                }
            }
        }
        for (index, used) in part.mapped.cells.iter().enumerate() {
            let place = format!("{path}g{index}");
            let pins: Vec<(&str, Option<usize>)> = used
                .pins
                .iter()
                .map(|(pin, net)| (pin.as_str(), Some(self.net(&mut names, net))))
                .collect();
            self.cell(&used.cell, &place, &pins);
        }
        for (index, flop) in module.flops.iter().enumerate() {
            let place = format!("{path}f{index}");
            let mut pins: Vec<(&str, Option<usize>)> = Vec::new();
            for (pin, bit) in &flop.inputs {
                pins.push((pin, self.signal(&mut names, bit)));
            }
            for (pin, net) in &flop.outputs {
                pins.push((pin, self.signal(&mut names, &Signal::Net(*net))));
            }
            self.cell(&flop.cell, &place, &pins);
        }
        for (name, source) in &part.mapped.aliases {
            let (name, source) = (self.net(&mut names, name), self.net(&mut names, source));
            self.unite(name, source);
        }
        for (index, instance) in module.instances.iter().enumerate() {
            let mut inner = Ports::new();
            for (port, bits) in &instance.connections {
                let nets = bits.iter().map(|bit| self.signal(&mut names, bit)).collect();
                inner.insert(port, nets);
            }
            self.module(&instance.module, &format!("{path}i{index}/"), &inner);
        }
    }

    /// A memory: a register stands at each of its pins, as in timing.
    fn memory(&mut self, module: &Module, bind: &Ports<'_>) {
        let register = self.library.register();
        let cell = register.as_ref().and_then(|register| self.library.cells.get(&register.cell));
        let pin = |name: &str| cell.and_then(|cell| cell.pin(name));
        let data = register.as_ref().and_then(|register| pin(&register.data));
        let inputs =
            module.ports.iter().filter(|port| port.input && port.name != MEMORY_PORTS.clock);
        for net in inputs.filter_map(|port| bind.get(port.name.as_str())).flatten().flatten() {
            self.read(*net, data);
        }
    }

    fn cell(&mut self, name: &str, place: &str, pins: &[(&str, Option<usize>)]) {
        let library = self.library;
        let Some(cell): Option<&Cell> = library.cells.get(name) else { return };
        for (pin, net) in pins {
            let (Some(net), Some(pin)) = (*net, cell.pin(pin)) else { continue };
            if !self.wanted.is_empty() {
                self.look(&format!("{place}/{}", pin.name), net);
            }
            match pin.direction {
                Direction::Output => self.drive(net, place.to_owned(), Some(name), Some(pin)),
                Direction::Input | Direction::Other => self.read(net, Some(pin)),
            }
        }
    }

    fn drive(&mut self, net: usize, place: String, cell: Option<&str>, pin: Option<&Pin>) {
        let limits = &self.library.limits;
        self.drivers.push(Driver {
            net,
            place,
            cell: cell.map(str::to_owned),
            max_capacitance: pin.and_then(|pin| pin.max_capacitance).or(limits.capacitance),
            max_fan_out: pin.and_then(|pin| pin.max_fan_out).or(limits.fan_out),
        });
    }

    fn read(&mut self, net: usize, pin: Option<&Pin>) {
        let usual = self.library.limits.fan_out_load;
        let load = &mut self.loads[net];
        load.capacitance += pin.map_or(0.0, |pin| pin.capacitance);
        load.fan_out += pin.and_then(|pin| pin.fan_out_load).unwrap_or(usual);
        load.readers += 1;
    }

    /// Notes the edge at a pin or port, if it is one of those that are too slow.
    fn look(&mut self, place: &str, net: usize) {
        if let Some(edge) = self.wanted.get(place) {
            let worst = self.edges.entry(net).or_insert(edge);
            if edge.slew_ns > worst.slew_ns {
                *worst = edge;
            }
        }
    }
}
