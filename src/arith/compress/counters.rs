//! 6:3 counters, for look-up tables of six inputs: each output of a counter is one table, so that
//! three tables take three bits out of the heap.
//!
//! A counter is four adders: two full adders, a half adder for their sums, a full adder for their
//! carries. A mapper to six-input tables finds the six inputs as a cut of each output.
//!
//! Bits that come out of a gate of two inputs, such as an XNOR, meet in full adders first: three
//! gates have six inputs, so that sum and carry are one table each and the gates cost nothing.
//! Source: the popcount units of BISMO (Y. Umuroglu, L. Rasnayake, M. Sjalander, FPL 2018).

use super::{Columns, CompressorStrategy, KeptCounters, Timed, full_adder, half_adder, push};
use crate::arith::delay;
use crate::arith::netlist::{Bit, Netlist};

/// Bits that a counter takes.
const INPUTS: usize = 6;

/// Stages of 6:3 counters, completed by full adders.
pub struct Counters;

impl CompressorStrategy for Counters {
    fn name(&self) -> &'static str {
        "counters"
    }

    fn summary(&self) -> &'static str {
        "6:3 counters while six bits stand in a column: fewest six-input look-up tables"
    }

    fn compress(&self, netlist: &mut Netlist, mut columns: Columns, limits: &[usize]) -> Columns {
        absorb_gates(netlist, &mut columns);
        while columns.iter().any(|bits| bits.len() >= INPUTS) {
            let mut next: Columns = vec![Vec::new(); columns.len()];
            for (column, bits) in columns.iter().enumerate() {
                let mut chunks = bits.chunks_exact(INPUTS);
                for bits in &mut chunks {
                    counter(netlist, column, bits, &mut next);
                }
                let mut rest = chunks.remainder().chunks_exact(3);
                for bits in &mut rest {
                    let (sum, carry) = full_adder(netlist, column, [bits[0], bits[1], bits[2]]);
                    push(&mut next, column, sum);
                    push(&mut next, column + 1, carry);
                }
                rest.remainder().iter().for_each(|&bit| push(&mut next, column, bit));
            }
            columns = next;
        }
        Timed.compress(netlist, columns, limits)
    }

    fn before_carry_chain(&self) -> Option<&'static dyn CompressorStrategy> {
        Some(&KeptCounters)
    }
}

/// Full adders for the bits that do not come straight from a register.
fn absorb_gates(netlist: &mut Netlist, columns: &mut Columns) {
    let mut next: Columns = vec![Vec::new(); columns.len()];
    for (column, bits) in columns.iter().enumerate() {
        let (gates, plain): (Vec<Bit>, Vec<Bit>) =
            bits.iter().partition(|&&bit| netlist.arrival(bit) > delay::REGISTER);
        let mut threes = gates.chunks_exact(3);
        for three in &mut threes {
            let (sum, carry) = full_adder(netlist, column, [three[0], three[1], three[2]]);
            push(&mut next, column, sum);
            push(&mut next, column + 1, carry);
        }
        let rest = threes.remainder().iter().chain(&plain);
        rest.for_each(|&bit| push(&mut next, column, bit));
    }
    *columns = next;
}

/// The number of ones among six bits, as three bits of rising weight.
fn counter(netlist: &mut Netlist, column: usize, bits: &[Bit], next: &mut Columns) {
    let (first, carry_of_first) = full_adder(netlist, column, [bits[0], bits[1], bits[2]]);
    let (second, carry_of_second) = full_adder(netlist, column, [bits[3], bits[4], bits[5]]);
    let (ones, carry) = half_adder(netlist, column, [first, second]);
    let carries = [carry_of_first, carry_of_second, carry];
    let (twos, fours) = full_adder(netlist, column + 1, carries);
    push(next, column, ones);
    push(next, column + 1, twos);
    push(next, column + 2, fours);
}
