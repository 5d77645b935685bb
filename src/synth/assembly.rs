//! A mapped design: its modules with their cells, their areas, and its Verilog.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::sync::Arc;

use serde::Serialize;

use super::blif::Mapped;
use super::error::SynthesisError;
use super::library::Library;
use super::memory::{self, Stand};
use super::netlist::{Module, Port, Signal};

/// A mapped module.
#[derive(Clone, Debug)]
pub struct Part {
    /// Ports, flip-flops and instances.
    pub module: Arc<Module>,
    /// Logic.
    pub mapped: Arc<Mapped>,
}

/// A mapped design.
#[derive(Clone, Debug)]
pub struct Assembly {
    /// Key of the top.
    pub top: String,
    /// Modules by key.
    pub parts: BTreeMap<String, Part>,
}

/// Area by what it is spent on, in um2, and numbers of cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Area {
    /// All cells.
    pub area_um2: f64,
    /// Flip-flops.
    pub flip_flop_area_um2: f64,
    /// Logic other than buffers and inverters.
    pub logic_area_um2: f64,
    /// Buffers and inverters.
    pub buffer_area_um2: f64,
    /// Number of all cells.
    pub cells: u64,
    /// Number of flip-flops.
    pub flip_flops: u64,
}

impl Area {
    /// Adds `times` times another area.
    pub fn add(&mut self, other: &Self, times: u64) {
        let factor = times as f64;
        self.area_um2 += other.area_um2 * factor;
        self.flip_flop_area_um2 += other.flip_flop_area_um2 * factor;
        self.logic_area_um2 += other.logic_area_um2 * factor;
        self.buffer_area_um2 += other.buffer_area_um2 * factor;
        self.cells += other.cells * times;
        self.flip_flops += other.flip_flops * times;
    }
}

impl Part {
    /// Area of the module without its instances.
    #[must_use]
    pub fn area(&self, library: &Library) -> Area {
        let mut area = Area::default();
        for flop in &self.module.flops {
            let cell = library.cells.get(&flop.cell).map_or(0.0, |cell| cell.area);
            area.flip_flop_area_um2 += cell;
            area.flip_flops += 1;
        }
        for used in &self.mapped.cells {
            let Some(cell) = library.cells.get(&used.cell) else { continue };
            let sum =
                if cell.is_buffer() { &mut area.buffer_area_um2 } else { &mut area.logic_area_um2 };
            *sum += cell.area;
            area.cells += 1;
        }
        area.cells += area.flip_flops;
        area.area_um2 = area.flip_flop_area_um2 + area.logic_area_um2 + area.buffer_area_um2;
        area
    }
}

impl Assembly {
    /// The port of the clock.
    #[must_use]
    pub fn clock(&self) -> &str {
        self.port_of(&["clk_i", "aclk"]).unwrap_or("clk_i")
    }

    /// The port of the reset, if there is one.
    #[must_use]
    pub fn reset(&self) -> Option<&str> {
        self.port_of(&["rst_ni", "aresetn"])
    }

    fn port_of(&self, names: &[&str]) -> Option<&str> {
        let ports = self.parts.get(&self.top).map_or(&[][..], |part| &part.module.ports);
        ports.iter().map(|port| port.name.as_str()).find(|name| names.contains(name))
    }

    /// How often each module occurs.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<String, u64> {
        let mut counts = BTreeMap::new();
        let mut open = vec![(self.top.as_str(), 1)];
        while let Some((key, times)) = open.pop() {
            *counts.entry(key.to_owned()).or_insert(0) += times;
            let mut inner: BTreeMap<&str, u64> = BTreeMap::new();
            for instance in self.parts.get(key).map_or(&[][..], |part| &part.module.instances) {
                *inner.entry(&instance.module).or_insert(0) += times;
            }
            open.extend(inner);
        }
        counts
    }

    /// Area of the design.
    #[must_use]
    pub fn area(&self, library: &Library) -> Area {
        let mut total = Area::default();
        for (key, times) in self.counts() {
            if let Some(part) = self.parts.get(&key) {
                total.add(&part.area(library), times);
            }
        }
        total
    }

    /// The register behind the path of an instance such as `i3/f12`, with the modules above it, or
    /// the pin of a memory at which a path starts or ends.
    #[must_use]
    pub fn register(&self, path: &str, starts: bool) -> Option<String> {
        let mut key = self.top.as_str();
        let mut words = Vec::new();
        for step in path.split('/') {
            let module = &self.parts.get(key)?.module;
            let index =
                |prefix| step.strip_prefix(prefix).and_then(|n: &str| n.parse::<usize>().ok());
            if let Some(instance) = index('i').and_then(|index| module.instances.get(index)) {
                words.push(instance.name.clone());
                key = &instance.module;
            } else if let Some(pin) = memory::pin(module, step, starts) {
                words.push(pin);
            } else {
                words.push(module.flops.get(index('f')?)?.name.clone());
            }
        }
        Some(words.join("."))
    }

    /// The path of an instance such as `i3/g12` with the names of the modules' instances above it.
    #[must_use]
    pub fn place(&self, path: &str) -> String {
        let mut key = self.top.as_str();
        let mut words = Vec::new();
        for step in path.split('/') {
            let index = step.strip_prefix('i').and_then(|number| number.parse::<usize>().ok());
            let module = self.parts.get(key).map(|part| &part.module);
            let found = module.and_then(|module| module.instances.get(index?));
            words.push(found.map_or(step, |instance| instance.name.as_str()));
            key = found.map_or(key, |instance| instance.module.as_str());
        }
        words.join(".")
    }

    /// Structural Verilog: cells are `g<number>`, flip-flops `f<number>`, instances `i<number>`;
    /// memories as they behave.
    #[must_use]
    pub fn verilog(&self) -> String {
        self.write(Stand::Behaviour)
    }

    /// The same for tools that only know cells: registers stand at the pins of memories.
    ///
    /// # Errors
    /// [`SynthesisError::Unmapped`] when there are memories, and no register for them.
    pub fn cells_only(&self, library: &Library) -> Result<String, SynthesisError> {
        if self.parts.values().all(|part| part.module.memory.is_none()) {
            return Ok(self.verilog());
        }
        let register = library.register().ok_or_else(|| SynthesisError::Unmapped {
            design: self.top.clone(),
            library: library.name.clone(),
            reason:
                "it has no flip-flop without enable and scan, which could stand for the pins of \
                     memories"
                    .to_owned(),
        })?;
        Ok(self.write(Stand::Registers(&register)))
    }

    fn write(&self, stand: Stand<'_>) -> String {
        let mut text = String::new();
        for (key, part) in &self.parts {
            part.write(key, stand, &mut text);
        }
        text
    }
}

/// A bit of a port as an expression.
fn port_bit(port: &Port, index: usize) -> String {
    if port.bits.len() == 1 { port.name.clone() } else { format!("{}[{index}]", port.name) }
}

impl Part {
    fn write(&self, key: &str, stand: Stand<'_>, text: &mut String) {
        let module = &self.module;
        // A net that an input drives goes by the input's name.
        let mut names: HashMap<u32, String> = HashMap::new();
        for port in module.ports.iter().filter(|port| port.input) {
            for (index, bit) in port.bits.iter().enumerate() {
                if let Signal::Net(net) = bit {
                    names.insert(*net, port_bit(port, index));
                }
            }
        }
        let net = |net: u32| names.get(&net).cloned().unwrap_or_else(|| format!("n{net}"));
        let signal = |signal: &Signal| match signal {
            Signal::Zero => "1'b0".to_owned(),
            Signal::One => "1'b1".to_owned(),
            Signal::Net(number) => net(*number),
        };
        // ABC calls our nets by our names and its own differently.
        let word = |name: &str| match name.strip_prefix('n').and_then(|n| n.parse().ok()) {
            Some(number) => net(number),
            None => name.to_owned(),
        };
        let ports: Vec<&str> = module.ports.iter().map(|port| port.name.as_str()).collect();
        let _ = writeln!(text, "module {key} ({});", ports.join(", "));
        for port in &module.ports {
            let direction = if port.input { "input" } else { "output" };
            let range = match port.bits.len() {
                1 => String::new(),
                width => format!("[{}:0] ", width.saturating_sub(1)),
            };
            let _ = writeln!(text, "  {direction} {range}{};", port.name);
        }
        if let Some(memory) = module.memory {
            text.push_str(&memory::body(module, memory, stand));
            text.push_str("endmodule\n");
            return;
        }
        for (index, cell) in self.mapped.cells.iter().enumerate() {
            let pins: Vec<String> =
                cell.pins.iter().map(|(pin, net)| format!(".{pin}({})", word(net))).collect();
            let _ = writeln!(text, "  {} g{index} ({});", cell.cell, pins.join(", "));
        }
        for (index, flop) in module.flops.iter().enumerate() {
            let inputs = flop.inputs.iter().map(|(pin, bit)| format!(".{pin}({})", signal(bit)));
            let outputs = flop.outputs.iter().map(|(pin, bit)| format!(".{pin}({})", net(*bit)));
            let pins: Vec<String> = inputs.chain(outputs).collect();
            let _ = writeln!(text, "  {} f{index} ({});", flop.cell, pins.join(", "));
        }
        for (index, instance) in module.instances.iter().enumerate() {
            let ports = instance.connections.iter().map(|(port, bits)| {
                let bits: Vec<String> = bits.iter().rev().map(&signal).collect();
                match bits.as_slice() {
                    [bit] => format!(".{port}({bit})"),
                    bits => format!(".{port}({{{}}})", bits.join(", ")),
                }
            });
            let ports: Vec<String> = ports.collect();
            let _ = writeln!(text, "  {} i{index} ({});", instance.module, ports.join(", "));
        }
        for (name, one) in &self.mapped.constants {
            let _ = writeln!(text, "  assign {} = 1'b{};", word(name), u8::from(*one));
        }
        for (name, source) in &self.mapped.aliases {
            let _ = writeln!(text, "  assign {} = {};", word(name), word(source));
        }
        for port in module.ports.iter().filter(|port| !port.input) {
            for (index, bit) in port.bits.iter().enumerate() {
                let _ = writeln!(text, "  assign {} = {};", port_bit(port, index), signal(bit));
            }
        }
        text.push_str("endmodule\n");
    }
}
