//! One element on its own, fed at its ports: 64 places of the array at a time.

use super::{LANES, Run};
use crate::data::Matrix;
use crate::design::Design;
use crate::rtl;
use crate::synth::gatesim::Simulator;

/// Runs an element on the product of two matrices and compares its sums with integer arithmetic.
///
/// # Errors
/// A sentence about a wrong sum.
pub fn run(
    simulator: &mut Simulator,
    design: &Design,
    (a, b): (&Matrix, &Matrix),
) -> Result<Run, String> {
    // A first round fills the registers, a second one counts; both must compute what they should.
    feed(simulator, a, b);
    check(simulator, design, a, b)?;
    simulator.restart();
    feed(simulator, a, b);
    let run = Run::of(simulator, (a.cols * LANES) as u64);
    check(simulator, design, a, b)?;
    Ok(run)
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
    for _ in 0..design.element_latency() {
        beat(simulator, 0, &[0; LANES], &[0; LANES]);
    }
    // The outputs show the state after the last edge only when the logic has settled again.
    simulator.settle();
    let (sum, carry) = (simulator.get("sum_o"), simulator.get("carry_o"));
    let columns = rtl::carry_columns(design);
    let width = design.accumulator.width.min(126);
    let mask = (1i128 << width) - 1;
    // The last term was followed by one more cycle, which added a product of zeros.
    let bias = i128::try_from(design.multiplier.bias(width)).unwrap_or_default();
    let biases = bias.wrapping_mul(a.cols as i128 + 1);
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
        let found = stored.wrapping_add(carried).wrapping_sub(biases) & mask;
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
