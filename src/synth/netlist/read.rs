//! Netlists from the JSON that Yosys writes.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Flop, Gate, Instance, Memory, Module, Netlist, Port, Signal};
use crate::design::{self, MEMORY_PORTS};
use crate::synth::library::{Direction, Kind, Library};

#[derive(Deserialize)]
struct Document {
    modules: BTreeMap<String, RawModule>,
}

#[derive(Deserialize)]
struct RawModule {
    ports: serde_json::Map<String, serde_json::Value>,
    cells: BTreeMap<String, RawCell>,
    #[serde(rename = "netnames")]
    nets: BTreeMap<String, RawNet>,
}

#[derive(Deserialize)]
struct RawPort {
    direction: String,
    bits: Vec<RawBit>,
}

#[derive(Deserialize)]
struct RawNet {
    #[serde(default)]
    hide_name: u8,
    bits: Vec<RawBit>,
}

#[derive(Deserialize)]
struct RawCell {
    r#type: String,
    connections: BTreeMap<String, Vec<RawBit>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawBit {
    Net(u32),
    Constant(String),
}

impl RawBit {
    fn signal(&self) -> Signal {
        match self {
            Self::Net(net) => Signal::Net(*net),
            // An undefined bit may be anything.
            Self::Constant(text) if text == "1" => Signal::One,
            Self::Constant(_) => Signal::Zero,
        }
    }
}

/// The gates of Yosys: inputs in the order of the truth table.
const GATES: &[(&str, &[&str], u64)] = &[
    ("$_BUF_", &["A"], 0b10),
    ("$_NOT_", &["A"], 0b01),
    ("$_AND_", &["A", "B"], 0b1000),
    ("$_NAND_", &["A", "B"], 0b0111),
    ("$_OR_", &["A", "B"], 0b1110),
    ("$_NOR_", &["A", "B"], 0b0001),
    ("$_XOR_", &["A", "B"], 0b0110),
    ("$_XNOR_", &["A", "B"], 0b1001),
    ("$_ANDNOT_", &["A", "B"], 0b0010),
    ("$_ORNOT_", &["A", "B"], 0b1011),
    ("$_MUX_", &["A", "B", "S"], 0b1100_1010),
    ("$_NMUX_", &["A", "B", "S"], 0b0011_0101),
];

impl Netlist {
    /// Reads what `write_json` wrote. `memories` are those that the design has.
    ///
    /// # Errors
    /// A sentence about what cannot be understood or mapped.
    pub fn read(
        json: &str,
        top: &str,
        library: &Library,
        memories: &[&design::Memory],
    ) -> Result<Self, String> {
        let document: Document = serde_json::from_str(json)
            .map_err(|error| format!("Yosys wrote JSON of an unknown form: {error}"))?;
        let mut keys: BTreeMap<&str, String> = BTreeMap::new();
        for raw in document.modules.keys() {
            let base = base_name(raw);
            let taken = |key: &String| keys.values().any(|known| known == key);
            let mut key = base.clone();
            let mut number = 2;
            while taken(&key) {
                key = format!("{base}_v{number}");
                number += 1;
            }
            keys.insert(raw, key);
        }
        let mut modules = BTreeMap::new();
        for (raw, module) in &document.modules {
            let mut read = read_module(raw, module, &keys, library)?;
            read.memory = find_memory(&read, memories)?;
            modules.insert(keys[raw.as_str()].clone(), read);
        }
        let top = document.modules.keys().find(|raw| base_name(raw) == top);
        let top = top.map(|raw| keys[raw.as_str()].clone());
        let top = top.ok_or("Yosys did not write the top module")?;
        let mut netlist = Self { top, modules };
        let used = netlist.counts();
        netlist.modules.retain(|key, _| used.contains_key(key));
        Ok(netlist)
    }
}

/// The name of a module without the parameters that Yosys puts into it.
fn base_name(raw: &str) -> String {
    match raw.strip_prefix("$paramod") {
        Some(rest) => rest.split('\\').nth(1).unwrap_or(rest).to_owned(),
        None => raw.to_owned(),
    }
}

/// The memory that a module is, if it is one.
fn find_memory(module: &Module, memories: &[&design::Memory]) -> Result<Option<Memory>, String> {
    let mut sizes = memories.iter().filter(|memory| memory.module == module.name).peekable();
    if sizes.peek().is_none() {
        return Ok(None);
    }
    let size = sizes.find(|memory| {
        let same = |name, width| module.width(name) == width;
        same(MEMORY_PORTS.write_data, memory.width)
            && same(MEMORY_PORTS.write_address, memory.address_width)
    });
    let memory = size.map(|size| Memory { words: size.words, width: size.width });
    memory.map(Some).ok_or_else(|| format!("the memory `{}` has a size of its own", module.name))
}

fn read_module(
    raw: &str,
    module: &RawModule,
    keys: &BTreeMap<&str, String>,
    library: &Library,
) -> Result<Module, String> {
    let mut ports = Vec::new();
    for (name, value) in &module.ports {
        let port: RawPort = serde_json::from_value(value.clone())
            .map_err(|error| format!("Yosys wrote a port of an unknown form: {error}"))?;
        let bits = port.bits.iter().map(RawBit::signal).collect();
        ports.push(Port { name: name.clone(), input: port.direction == "input", bits });
    }
    let names = net_names(module);
    let base = base_name(raw);
    let mut read = Module {
        name: base.clone(),
        ports,
        gates: Vec::new(),
        flops: Vec::new(),
        instances: Vec::new(),
        memory: None,
    };
    for (name, cell) in &module.cells {
        let pin = |pin: &str| cell.connections.get(pin).and_then(|bits| bits.first());
        if let Some((_, inputs, table)) = GATES.iter().find(|(kind, ..)| *kind == cell.r#type) {
            let inputs: Option<Vec<Signal>> =
                inputs.iter().map(|name| pin(name).map(RawBit::signal)).collect();
            if let (Some(inputs), Some(Signal::Net(output))) =
                (inputs, pin("Y").map(RawBit::signal))
            {
                read.gates.push(Gate { table: *table, inputs, output });
            }
        } else if let Some(known) = library.cells.get(&cell.r#type) {
            if !matches!(known.kind, Kind::FlipFlop(_)) {
                return Err(format!("`{base}` contains the cell {}, no flip-flop", cell.r#type));
            }
            let (mut inputs, mut outputs) = (Vec::new(), Vec::new());
            for (pin, bits) in &cell.connections {
                let signal = bits.first().map(RawBit::signal);
                match (known.pin(pin).map(|pin| pin.direction), signal) {
                    (Some(Direction::Input), Some(signal)) => inputs.push((pin.clone(), signal)),
                    (Some(Direction::Output), Some(Signal::Net(net))) => {
                        outputs.push((pin.clone(), net));
                    }
                    _ => {}
                }
            }
            let named = outputs.iter().find_map(|(_, net)| names.get(net));
            let name = named.cloned().unwrap_or_else(|| name.clone());
            read.flops.push(Flop { cell: cell.r#type.clone(), name, inputs, outputs });
        } else if let Some(module) = keys.get(cell.r#type.as_str()) {
            let connections = cell.connections.iter().map(|(port, bits)| {
                (port.clone(), bits.iter().map(RawBit::signal).collect::<Vec<_>>())
            });
            read.instances.push(Instance {
                name: name.clone(),
                module: module.clone(),
                connections: connections.collect(),
            });
        } else if cell.r#type.contains("DFF") || cell.r#type.contains("LATCH") {
            return Err(format!(
                "the library has no flip-flop of the kind that `{base}` needs ({}, in the terms of \
                 Yosys); try another `reset` in the configuration",
                cell.r#type
            ));
        } else if !cell.r#type.starts_with("$scopeinfo") {
            return Err(format!(
                "`{base}` contains a cell `{}` that cannot be mapped",
                cell.r#type
            ));
        }
    }
    Ok(read)
}

/// The most telling name of each net: a public one, the shortest, such as `sum_q[3]`.
fn net_names(module: &RawModule) -> BTreeMap<u32, String> {
    let mut names: BTreeMap<u32, (bool, usize, String)> = BTreeMap::new();
    for (name, net) in &module.nets {
        for (index, bit) in net.bits.iter().enumerate() {
            let Signal::Net(number) = bit.signal() else { continue };
            let text = if net.bits.len() == 1 { name.clone() } else { format!("{name}[{index}]") };
            // Registers end in q; their names say more than those of the ports they drive.
            let register = name.trim_end_matches(|c: char| c.is_ascii_digit()).ends_with("_q");
            let rank = (net.hide_name != 0, usize::from(!register) * 1000 + text.len(), text);
            let entry = names.entry(number).or_insert_with(|| rank.clone());
            if rank < *entry {
                *entry = rank;
            }
        }
    }
    names.into_iter().map(|(net, (_, _, name))| (net, name)).collect()
}
