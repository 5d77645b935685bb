//! Nets beyond the limits of the library: too much capacitance, too many readers, too slow an edge.
//!
//! ABC buffers within a module and knows nothing of what its ports drive elsewhere, so a flip-flop
//! that drives all elements of an array has a delay that nobody could build. Delays of such netlists
//! are printed with what is wrong with them.
//!
//! Capacitance and readers are added up over the flat netlist, pins alone; edges are those of
//! OpenSTA. The clock is ideal and is left out: its tree comes with placement.

use std::collections::HashMap;

use serde::Serialize;

use super::assembly::Assembly;
use super::library::Library;
use super::timing::SlowEdge;

mod flat;

use flat::{Driver, Flat};

/// What a limit is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// Capacitance of all pins that a net drives.
    Capacitance,
    /// Readers of a net, as `fanout_load` weighs them.
    FanOut,
    /// Time that an edge takes.
    Slew,
}

impl Quantity {
    /// Name and unit in reports.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Capacitance => ("capacitance", "pF"),
            Self::FanOut => ("fan-out", "readers"),
            Self::Slew => ("slew", "ns"),
        }
    }
}

/// A net beyond a limit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Excess {
    /// What drives it: a register by its name, a port, or a cell by its place in the netlist.
    pub net: String,
    /// What of it is beyond its limit.
    pub quantity: Quantity,
    /// How much it is: pF, readers or ns.
    pub value: f64,
    /// How much it may be.
    pub limit: f64,
    /// Unit of both.
    pub unit: &'static str,
    /// Pins that read the net.
    pub readers: u64,
}

impl Excess {
    /// The excess in one phrase.
    #[must_use]
    pub fn words(&self) -> String {
        let (name, unit) = self.quantity.words();
        let number = |value: f64| match self.quantity {
            Quantity::FanOut => format!("{value:.0}"),
            Quantity::Capacitance | Quantity::Slew => format!("{value:.4}"),
        };
        let readers = match self.quantity {
            Quantity::FanOut => String::new(),
            _ => format!(", {} readers", self.readers),
        };
        format!(
            "{}: {name} {} {unit} of {}{readers}",
            self.net,
            number(self.value),
            number(self.limit)
        )
    }
}

/// Beyond a limit by less than this part of it is no finding: tools print so many digits.
const TOLERANCE: f64 = 1e-4;

/// The nets of a design beyond the limits of the library, the worst first; `edges` are those that
/// OpenSTA finds too slow.
#[must_use]
pub fn beyond(assembly: &Assembly, library: &Library, edges: &[SlowEdge]) -> Vec<Excess> {
    let wanted: HashMap<&str, &SlowEdge> =
        edges.iter().map(|edge| (edge.pin.as_str(), edge)).collect();
    let flat = Flat::of(assembly, library, &wanted);
    let clock = flat.clock();
    let mut found = Vec::new();
    let mut note =
        |driver: &Driver, readers, quantity: Quantity, value: f64, limit: Option<f64>| {
            let Some(limit) = limit.filter(|limit| value > limit * (1.0 + TOLERANCE)) else {
                return;
            };
            let (_, unit) = quantity.words();
            let net = name(assembly, driver);
            found.push(Excess { net, quantity, value, limit, unit, readers });
        };
    for driver in flat.drivers() {
        let root = flat.root(driver.net);
        if clock == Some(root) {
            continue;
        }
        let load = flat.load(root);
        let pf = load.capacitance * library.capacitance_pf;
        let most_pf = driver.max_capacitance.map(|most| most * library.capacitance_pf);
        note(driver, load.readers, Quantity::Capacitance, pf, most_pf);
        note(driver, load.readers, Quantity::FanOut, load.fan_out, driver.max_fan_out);
        if let Some(edge) = flat.edge(root) {
            note(driver, load.readers, Quantity::Slew, edge.slew_ns, Some(edge.limit_ns));
        }
    }
    found.sort_by(|x: &Excess, y: &Excess| {
        let worse = |excess: &Excess| excess.value / excess.limit;
        worse(y).total_cmp(&worse(x)).then_with(|| (&x.net, x.quantity).cmp(&(&y.net, y.quantity)))
    });
    found
}

/// Different nets among those that are beyond a limit.
#[must_use]
pub fn nets(found: &[Excess]) -> usize {
    let mut names: Vec<&str> = found.iter().map(|excess| excess.net.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names.len()
}

/// What drives a net, for people.
fn name(assembly: &Assembly, driver: &Driver) -> String {
    let Some(cell) = &driver.cell else { return format!("port {}", driver.place) };
    let register = assembly.register(&driver.place, true);
    match register {
        Some(register) => format!("register {register}"),
        None => format!("{} {cell}", assembly.place(&driver.place)),
    }
}
