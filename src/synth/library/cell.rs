//! Cells of a library: pins, functions, flip-flops, energy.

use std::collections::BTreeMap;

use crate::synth::function::Function;
use crate::synth::liberty::Group;

/// Direction of a pin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Driven from outside.
    Input,
    /// Driven by the cell.
    Output,
    /// Supplies, internal nodes, bidirectional pins.
    Other,
}

/// A pin of a cell.
#[derive(Clone, Debug)]
pub struct Pin {
    /// Name.
    pub name: String,
    /// Direction.
    pub direction: Direction,
    /// Function of an output.
    pub function: Option<Function>,
    /// Input capacitance in the library's unit.
    pub capacitance: f64,
    /// Whether it is a clock.
    pub clock: bool,
    /// Energy within the cell when an input changes, in the library's unit.
    pub energy: f64,
    /// Most capacitance that an output may drive, in the library's unit.
    pub max_capacitance: Option<f64>,
    /// Most readers that an output may have.
    pub max_fan_out: Option<f64>,
    /// What an input counts among the readers of a net.
    pub fan_out_load: Option<f64>,
}

/// The state of a flip-flop.
#[derive(Clone, Debug)]
pub struct FlipFlop {
    /// Names of the state and of its complement, which output functions use.
    pub state: [String; 2],
    /// Clock expression; the state is taken over when it rises.
    pub clock: Function,
    /// What is taken over.
    pub next: Function,
    /// Asynchronous clear.
    pub clear: Option<Function>,
    /// Asynchronous preset.
    pub preset: Option<Function>,
}

/// What a cell does.
#[derive(Clone, Debug)]
pub enum Kind {
    /// Its outputs are functions of its inputs.
    Logic,
    /// An edge-triggered flip-flop.
    FlipFlop(Box<FlipFlop>),
    /// Anything else: latches, clock gates, fillers, pads.
    Other,
}

/// A flip-flop without enable or scan, and its pins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Register {
    /// Cell.
    pub cell: String,
    /// Clock; it takes over when that rises.
    pub clock: String,
    /// Data.
    pub data: String,
    /// Output that shows them.
    pub output: String,
    /// Other inputs, and the values at which they neither set nor clear it.
    pub tied: Vec<(String, bool)>,
}

/// A cell.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Area in um2.
    pub area: f64,
    /// Pins.
    pub pins: Vec<Pin>,
    /// What it does.
    pub kind: Kind,
    /// The library asks not to use it.
    pub avoid: bool,
}

impl Cell {
    /// Pins of one direction.
    pub fn pins(&self, direction: Direction) -> impl Iterator<Item = &Pin> {
        self.pins.iter().filter(move |pin| pin.direction == direction)
    }

    /// The pin of this name.
    #[must_use]
    pub fn pin(&self, name: &str) -> Option<&Pin> {
        self.pins.iter().find(|pin| pin.name == name)
    }

    /// Truth table of a cell with one output and at most six inputs, with the number of inputs.
    #[must_use]
    pub fn table(&self) -> Option<(usize, u64)> {
        let inputs: Vec<&str> = self.pins(Direction::Input).map(|pin| pin.name.as_str()).collect();
        let mut outputs = self.pins(Direction::Output);
        match (outputs.next(), outputs.next(), &self.kind) {
            (Some(output), None, Kind::Logic) if inputs.len() <= 6 => {
                Some((inputs.len(), output.function.as_ref()?.table(&inputs)))
            }
            _ => None,
        }
    }

    /// The cell of this name as a plain flip-flop, if it is one.
    #[must_use]
    pub fn register(&self, name: &str) -> Option<Register> {
        let Kind::FlipFlop(kind) = &self.kind else { return None };
        let FlipFlop { state, clock, next, clear, preset } = &**kind;
        let (Function::Pin(clock), Function::Pin(data)) = (clock, next) else { return None };
        let others: Vec<&str> = self
            .pins(Direction::Input)
            .map(|pin| pin.name.as_str())
            .filter(|name| name != clock && name != data)
            .collect();
        let value = |values: u32, name: &str| {
            let index = others.iter().position(|other| *other == name);
            index.map_or(0, |index| u64::from(values >> index & 1))
        };
        let mut all = 0..1u32 << others.len().min(MOST_TIED);
        let tied = all.find(|&values| {
            let idle = |function: &Option<Function>| {
                function.as_ref().is_none_or(|f| f.evaluate(&|name| value(values, name)) & 1 == 0)
            };
            idle(clear) && idle(preset)
        })?;
        let tied = others.iter().map(|name| ((*name).to_owned(), value(tied, name) == 1)).collect();
        let shows =
            |pin: &&Pin| matches!(&pin.function, Some(Function::Pin(of)) if *of == state[0]);
        let output = self.pins(Direction::Output).find(shows)?.name.clone();
        let (clock, data) = (clock.clone(), data.clone());
        Some(Register { cell: name.to_owned(), clock, data, output, tied })
    }

    /// Whether it only passes its input on, as it is or inverted.
    #[must_use]
    pub fn is_buffer(&self) -> bool {
        matches!(self.table(), Some((1, 0b01 | 0b10)))
    }
}

/// Most inputs beside clock and data for which values are tried.
const MOST_TIED: usize = 4;

pub(super) fn read_cell(group: &Group) -> Cell {
    let function = |group: &Group, name: &str| group.attribute(name).and_then(Function::parse);
    let pin = |group: &Group| Pin {
        name: group.name().to_owned(),
        direction: match group.attribute("direction") {
            Some("input") => Direction::Input,
            Some("output") => Direction::Output,
            _ => Direction::Other,
        },
        function: function(group, "function"),
        capacitance: group.number("capacitance").unwrap_or(0.0),
        clock: group.attribute("clock") == Some("true"),
        energy: input_energy(group),
        max_capacitance: group.number("max_capacitance"),
        max_fan_out: group.number("max_fanout"),
        fan_out_load: group.number("fanout_load"),
    };
    let pins: Vec<Pin> = group.groups("pin").map(pin).collect();
    let flip_flop = group.groups("ff").next().and_then(|ff| {
        let name = |index: usize| ff.arguments.get(index).cloned().unwrap_or_default();
        Some(Kind::FlipFlop(Box::new(FlipFlop {
            state: [name(0), name(1)],
            clock: function(ff, "clocked_on")?,
            next: function(ff, "next_state")?,
            clear: function(ff, "clear"),
            preset: function(ff, "preset"),
        })))
    });
    let sequential = group.groups.iter().any(|g| {
        matches!(g.kind.as_str(), "ff" | "latch" | "statetable" | "ff_bank" | "latch_bank")
    }) || group.attribute("clock_gating_integrated_cell").is_some();
    let outputs = pins.iter().filter(|pin| pin.direction == Direction::Output);
    let functions = outputs.clone().count() > 0 && outputs.clone().all(|p| p.function.is_some());
    let kind = match (sequential, flip_flop) {
        (true, Some(kind)) => kind,
        (false, _) if functions => Kind::Logic,
        _ => Kind::Other,
    };
    let yes = |name: &str| group.attribute(name) == Some("true");
    Cell {
        area: group.number("area").unwrap_or(0.0),
        pins,
        kind,
        avoid: yes("dont_use") || yes("dont_touch") && yes("is_isolation_cell"),
    }
}

/// Energy within a cell when an input pin changes: the mean of rise and fall and of all conditions,
/// summed over supplies. Slews matter little; the tables are read at a short one.
fn input_energy(pin: &Group) -> f64 {
    // Sum and number of the energies by supply, with and without conditions.
    let mut supplies: BTreeMap<&str, [(f64, f64); 2]> = BTreeMap::new();
    for power in pin.groups("internal_power").filter(|p| p.attribute("related_pin").is_none()) {
        let tables = power.groups.iter().filter(|table| table.kind.ends_with("power"));
        let values: Vec<f64> = tables.filter_map(short_slew).collect();
        if !values.is_empty() {
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let supply = power.attribute("related_pg_pin").unwrap_or_default();
            let conditional = usize::from(power.attribute("when").is_none());
            let entry = &mut supplies.entry(supply).or_default()[conditional];
            *entry = (entry.0 + mean, entry.1 + 1.0);
        }
    }
    let mean = |[with, without]: &[(f64, f64); 2]| {
        let (sum, count) = if with.1 > 0.0 { with } else { without };
        sum / count.max(1.0)
    };
    supplies.values().map(mean).sum()
}

/// A table's value at a third of its first row.
fn short_slew(table: &Group) -> Option<f64> {
    let (_, rows) = table.attributes.iter().find(|(name, _)| name == "values")?;
    let row: Vec<f64> =
        rows.first()?.split([',', ' ']).filter_map(|word| word.trim().parse().ok()).collect();
    row.get(row.len() / 3).copied().filter(|value| value.is_finite())
}
