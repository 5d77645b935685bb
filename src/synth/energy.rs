//! Energy per multiply-accumulate: a mapped netlist is run on data, and what changes there is
//! weighed with the energy of the cells.
//!
//! The same run compares the netlist with the golden model, which checks every step from the
//! configuration to the cells once more. An element is fed at its ports; array and core are run
//! as a whole, fed and read through the streams of the top. What is too large for that gets the
//! figure of OpenSTA alone, and is labelled.

use serde::Serialize;

use super::assembly::Assembly;
use super::error::SynthesisError;
use super::gatesim::{Driver, Simulator};
use super::library::Library;
use super::netlist::Netlist;
use super::power::{self, INPUT_ACTIVITY};
use super::solution::Solution;
use super::store::Store;
use super::tools::Tools;
use crate::data::Matrix;
use crate::design::Design;

mod element;
mod streams;

/// Where an energy comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EnergyKind {
    /// Gate-level activity on the given data.
    Simulated,
    /// A guess of the activity, spread through the logic by OpenSTA.
    Vectorless,
}

/// Energy of one netlist.
#[derive(Clone, Debug, Serialize)]
pub struct Energy {
    /// Where it comes from.
    pub kind: EnergyKind,
    /// What the data are, or why there are none.
    pub data: String,
    /// Cycles that were simulated; 0 without a simulation.
    pub cycles: u64,
    /// Multiply-accumulate operations on these data, by those that all elements could have done in
    /// these cycles.
    pub utilisation: f64,
    /// All of it, at the period that was asked for, or else at the netlist's delay.
    pub pj_per_mac: f64,
    /// Clock: its pins' load, and what flip-flops take from it.
    pub clock_pj: f64,
    /// Flip-flops, when their data change.
    pub flip_flop_pj: f64,
    /// Logic and buffers.
    pub logic_pj: f64,
    /// Leakage during one period.
    pub leakage_pj: f64,
    /// Leakage power.
    pub leakage_nw: f64,
    /// Part of clock and flip-flops, 0 to 1.
    pub clock_and_flip_flop_share: f64,
    /// Changes of a cell's output per cycle, mean of all cells; nothing without a simulation.
    pub mean_activity: Option<f64>,
    /// What the figure leaves out.
    pub glitches: &'static str,
}

/// How fast a netlist works.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// Multiply-accumulate operations per cycle that it can do.
    pub macs_per_cycle: f64,
    /// Those that it does on the data.
    pub sustained: f64,
    /// Its period in ns: what was asked for, or its delay.
    pub period_ns: f64,
}

impl Rate {
    /// Sustained operations by time and area: GMAC/s/mm2.
    #[must_use]
    pub fn density(&self, area_um2: f64) -> f64 {
        self.sustained * 1e6 / (area_um2 * self.period_ns)
    }
}

/// Runs at a time.
const LANES: usize = 64;

/// What is run.
#[derive(Clone, Copy)]
pub enum Feed<'a> {
    /// An element, at its ports.
    Ports,
    /// The whole design through its streams. Where it is not the design itself that is mapped, the
    /// part that is stands in its place in this netlist of gates, the first one of several.
    Streams(Option<&'a Netlist>),
}

/// The activity that a run shows.
struct Run {
    activities: Vec<(Driver, f64)>,
    /// Cycles of all lanes together.
    cycles: u64,
    /// Useful multiply-accumulate operations of all lanes together.
    macs: u64,
}

impl Run {
    fn of(simulator: &Simulator, macs: u64) -> Self {
        let activities =
            simulator.activity().map(|(driver, activity)| (driver.clone(), activity)).collect();
        Self { activities, cycles: simulator.cycles() * LANES as u64, macs }
    }
}

/// Energy per cycle in pJ, and leakage in nW.
#[derive(Default)]
struct PerCycle {
    clock_pj: f64,
    flip_flop_pj: f64,
    logic_pj: f64,
    leakage_nw: f64,
}

/// Whether a mapped element takes one operand A and one operand B per cycle at its ports, so that
/// it can be run without anything around it.
#[must_use]
pub fn takes_operands(design: &Design, solution: &Solution) -> bool {
    let assembly = &solution.assembly;
    let ports = assembly.parts.get(&assembly.top).map_or(&[][..], |part| &part.module.ports);
    let has = |name: &str, width: usize| {
        ports.iter().any(|port| port.input && port.name == name && port.bits.len() == width)
    };
    // Where the bit weight runs in time, an element takes digits; popcounts take words.
    design.plane().is_none()
        && design.multiplier.levels.is_none()
        // What is formed at the edge cannot be presented.
        && !design.encodes_at_edge()
        && has("first_i", 1)
        && has("a_i", design.multiplier.a.width)
        && has("b_i", design.multiplier.b.width)
}

/// Measures a mapped netlist on the product of two matrices; `data` says what they are.
///
/// # Errors
/// [`SynthesisError`] when the netlist cannot be simulated or computes something wrong.
pub fn measure(
    (design, solution): (&Design, &Solution),
    rate: Rate,
    (a, b, data): (&Matrix, &Matrix, String),
    feed: Feed<'_>,
    library: &Library,
    context: (&Tools, &Store),
) -> Result<Energy, SynthesisError> {
    let assembly = &solution.assembly;
    let wrong = |reason: String| SynthesisError::NotProven { module: assembly.top.clone(), reason };
    let run = match feed {
        Feed::Ports => {
            let mut simulator = Simulator::new(assembly, None, library).map_err(wrong)?;
            Some(element::run(&mut simulator, design, (a, b)).map_err(wrong)?)
        }
        Feed::Streams(around) if streams::fits(solution, around) => {
            let mut simulator = Simulator::new(assembly, around, library).map_err(wrong)?;
            let place = (assembly, around);
            Some(streams::run(&mut simulator, design, (a, b), place).map_err(wrong)?)
        }
        Feed::Streams(_) => None,
    };
    let Some(run) = run else {
        return vectorless(solution, rate, "too large to be simulated: no", library, context);
    };
    let energies = power::energies(assembly, library, context)?;
    let mut per_cycle = PerCycle::default();
    let (mut cells, mut changes) = (0.0, 0.0);
    for (driver, activity) in &run.activities {
        let energy = energies.get(&driver.instance).copied().ok_or_else(|| {
            let reason = format!("it reports no power of {}", driver.instance);
            SynthesisError::Unknown { what: "power analysis (OpenSTA)".to_owned(), reason }
        })?;
        per_cycle.leakage_nw += energy.leakage_nw;
        let PerCycle { flip_flop_pj, logic_pj, .. } = &mut per_cycle;
        *(if driver.flip_flop { flip_flop_pj } else { logic_pj }) += activity * energy.change_pj;
        cells += 1.0;
        changes += activity;
    }
    per_cycle.clock_pj = clock_pj(assembly, library);
    let done = run.macs as f64 / run.cycles.max(1) as f64;
    Ok(Energy {
        kind: EnergyKind::Simulated,
        data,
        cycles: run.cycles,
        utilisation: done / rate.macs_per_cycle,
        mean_activity: Some(if cells > 0.0 { changes / cells } else { 0.0 }),
        glitches: "not counted: every net changes at most once per cycle",
        ..per_mac(&per_cycle, rate.period_ns, done)
    })
}

/// The energy of a netlist as OpenSTA guesses it, without a simulation; `reason` begins the words
/// that say so.
///
/// # Errors
/// [`SynthesisError`] when OpenSTA fails.
pub fn vectorless(
    solution: &Solution,
    rate: Rate,
    reason: &str,
    library: &Library,
    context: (&Tools, &Store),
) -> Result<Energy, SynthesisError> {
    let assembly = &solution.assembly;
    let total = power::total(assembly, library, context)?;
    let clock_pj = clock_pj(assembly, library);
    let per_cycle = PerCycle {
        clock_pj,
        flip_flop_pj: (total.sequential_pj - clock_pj).max(0.0),
        logic_pj: total.combinational_pj,
        leakage_nw: total.leakage_nw,
    };
    Ok(Energy {
        kind: EnergyKind::Vectorless,
        data: format!("{reason} data, inputs change {INPUT_ACTIVITY} times per cycle"),
        cycles: 0,
        utilisation: 1.0,
        mean_activity: None,
        glitches: "not counted, and what data do to the activity neither",
        ..per_mac(&per_cycle, rate.period_ns, rate.sustained)
    })
}

/// Energy per cycle by the operations done in it.
fn per_mac(energy: &PerCycle, period_ns: f64, macs: f64) -> Energy {
    let PerCycle { clock_pj, flip_flop_pj, logic_pj, leakage_nw } = *energy;
    // nW in ns are 1e-6 pJ.
    let leakage_pj = leakage_nw * period_ns * 1e-6;
    let pj = clock_pj + flip_flop_pj + logic_pj + leakage_pj;
    Energy {
        kind: EnergyKind::Simulated,
        data: String::new(),
        cycles: 0,
        utilisation: 0.0,
        pj_per_mac: pj / macs,
        clock_pj: clock_pj / macs,
        flip_flop_pj: flip_flop_pj / macs,
        logic_pj: logic_pj / macs,
        leakage_pj: leakage_pj / macs,
        leakage_nw,
        clock_and_flip_flop_share: (clock_pj + flip_flop_pj) / pj,
        mean_activity: None,
        glitches: "",
    }
}

/// What the clock costs in a cycle: its pins' load, and what flip-flops take from it.
fn clock_pj(assembly: &Assembly, library: &Library) -> f64 {
    let mut energy = 0.0;
    for (key, times) in assembly.counts() {
        let flops = assembly.parts.get(&key).map_or(&[][..], |p| &p.module.flops);
        for flop in flops {
            let pins = library.cells.get(&flop.cell).map_or(&[][..], |cell| &cell.pins);
            for pin in pins.iter().filter(|pin| pin.clock) {
                let load = pin.capacitance * library.capacitance_pf * library.voltage.powi(2);
                // Both edges within the cell.
                let within = 2.0 * pin.energy * library.energy_pj();
                energy += (load + within) * times as f64;
            }
        }
    }
    energy
}
