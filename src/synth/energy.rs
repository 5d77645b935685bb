//! Energy of an element per multiply-accumulate: its mapped netlist is run on data, and what
//! changes there is weighed with the energy of the cells.
//!
//! The same run compares the mapped netlist with integer arithmetic, which checks every step from
//! the configuration to the cells once more.

use serde::Serialize;

use super::error::SynthesisError;
use super::gatesim::{Driver, Simulator};
use super::library::Library;
use super::power;
use super::search::Solution;
use super::store::Store;
use super::tools::Tools;
use crate::design::Design;
use crate::golden::Matrix;
use crate::rtl;

/// Energy of one netlist on given data.
#[derive(Clone, Debug, Serialize)]
pub struct Energy {
    /// What the data are.
    pub data: String,
    /// Cycles that were simulated.
    pub cycles: u64,
    /// All of it, at the netlist's delay as period.
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
    /// Changes of a cell's output per cycle, mean of all cells.
    pub mean_activity: f64,
    /// What the simulation does not see.
    pub glitches: &'static str,
}

/// Runs at a time.
const LANES: usize = 64;

/// Measures a mapped element on the product of two matrices.
///
/// # Errors
/// [`SynthesisError`] when the netlist cannot be simulated or computes something wrong.
pub fn element(
    (design, solution): (&Design, &Solution),
    (a, b): (&Matrix, &Matrix),
    data: String,
    library: &Library,
    context: (&Tools, &Store),
) -> Result<Energy, SynthesisError> {
    let module = solution.assembly.top.clone();
    let wrong = |reason: String| SynthesisError::NotProven { module: module.clone(), reason };
    let mut simulator = Simulator::new(&solution.assembly, library).map_err(wrong)?;
    // A first round fills the registers, a second one counts; both must compute what they should.
    feed(&mut simulator, a, b);
    check(&mut simulator, design, a, b).map_err(wrong)?;
    simulator.restart();
    feed(&mut simulator, a, b);
    let activities: Vec<(Driver, f64)> =
        simulator.activity().map(|(driver, activity)| (driver.clone(), activity)).collect();
    check(&mut simulator, design, a, b).map_err(wrong)?;

    let energies = power::energies(&solution.assembly, library, context)?;
    let (mut clock_pj, mut flip_flop_pj, mut logic_pj, mut leakage_nw) = (0.0, 0.0, 0.0, 0.0);
    let (mut cells, mut changes) = (0.0, 0.0);
    for (driver, activity) in activities {
        let energy = energies.get(&driver.instance).copied().ok_or_else(|| {
            let reason = format!("it reports no power of {}", driver.instance);
            SynthesisError::Unknown { what: "power analysis (OpenSTA)".to_owned(), reason }
        })?;
        clock_pj += energy.clock_pj;
        leakage_nw += energy.leakage_nw;
        let sum = if driver.flip_flop { &mut flip_flop_pj } else { &mut logic_pj };
        *sum += activity * energy.change_pj;
        cells += 1.0;
        changes += activity;
    }
    clock_pj += clock_load_pf(solution, library) * library.voltage.powi(2);
    // nW in ns are 1e-6 pJ.
    let leakage_pj = leakage_nw * solution.timing.delay_ns * 1e-6;
    let pj_per_mac = clock_pj + flip_flop_pj + logic_pj + leakage_pj;
    Ok(Energy {
        data,
        cycles: (a.cols * LANES) as u64,
        pj_per_mac,
        clock_pj,
        flip_flop_pj,
        logic_pj,
        leakage_pj,
        leakage_nw,
        clock_and_flip_flop_share: (clock_pj + flip_flop_pj) / pj_per_mac,
        mean_activity: if cells > 0.0 { changes / cells } else { 0.0 },
        glitches: "not counted: every net changes at most once per cycle",
    })
}

/// Capacitance of all clock pins, which is charged once per cycle.
fn clock_load_pf(solution: &Solution, library: &Library) -> f64 {
    let mut load = 0.0;
    for (key, times) in solution.assembly.counts() {
        let flops = solution.assembly.parts.get(&key).map_or(&[][..], |p| &p.module.flops);
        for flop in flops {
            let pins = library.cells.get(&flop.cell).map_or(&[][..], |cell| &cell.pins);
            let clocks = pins.iter().filter(|pin| pin.clock).map(|pin| pin.capacitance);
            load += clocks.sum::<f64>() * times as f64;
        }
    }
    load * library.capacitance_pf
}

/// The row of A and the column of B that the element sees in a lane.
fn place(lane: usize, a: &Matrix, b: &Matrix) -> (usize, usize) {
    (lane % a.rows, (lane + lane / a.rows) % b.cols)
}

/// One beat: operands are presented, then the clock rises.
fn beat(simulator: &mut Simulator, first: u64, a: &[u64; LANES], b: &[u64; LANES]) {
    simulator.set("first_i", &[first; LANES]);
    simulator.set("a_i", a);
    simulator.set("b_i", b);
    simulator.settle();
    simulator.clock();
}

/// Presents one tile, one k per cycle.
fn feed(simulator: &mut Simulator, a: &Matrix, b: &Matrix) {
    simulator.set("rst_ni", &[1; LANES]);
    for k in 0..a.cols {
        let a_lanes = std::array::from_fn(|lane| a.bits_or_zero(place(lane, a, b).0, k));
        let b_lanes = std::array::from_fn(|lane| b.bits_or_zero(k, place(lane, a, b).1));
        beat(simulator, u64::from(k == 0), &a_lanes, &b_lanes);
    }
}

/// Waits for the last beats and compares the sums with integer arithmetic, in the low 126 bits.
fn check(simulator: &mut Simulator, design: &Design, a: &Matrix, b: &Matrix) -> Result<(), String> {
    for _ in 0..design.pipeline().accumulate_latency {
        beat(simulator, 0, &[0; LANES], &[0; LANES]);
    }
    // The outputs show the state after the last edge only when the logic has settled again.
    simulator.settle();
    let (sum, carry) = (simulator.get("sum_o"), simulator.get("carry_o"));
    let columns = rtl::carry_columns(design);
    let width = design.accumulator.width.min(126);
    let mask = (1i128 << width) - 1;
    let word = |lane: usize, bits: &[u64], column: &dyn Fn(usize) -> usize| {
        let bit = |(index, bits): (usize, &u64)| match column(index) {
            column if column < width => i128::from(bits >> lane & 1) << column,
            _ => 0,
        };
        bits.iter().enumerate().map(bit).fold(0i128, i128::wrapping_add)
    };
    for lane in 0..LANES {
        let (row, col) = place(lane, a, b);
        let stored = word(lane, &sum, &|index| index);
        let carried = word(lane, &carry, &|index| columns.get(index).copied().unwrap_or(0));
        let found = stored.wrapping_add(carried) & mask;
        let product = |k: usize| a.value(row, k).wrapping_mul(b.value(k, col));
        let expected = (0..a.cols).map(product).fold(0i128, i128::wrapping_add) & mask;
        if found != expected {
            return Err(format!(
                "a simulation of the mapped netlist gives {found} instead of {expected} for row \
                 {row} of A and column {col} of B"
            ));
        }
    }
    Ok(())
}
