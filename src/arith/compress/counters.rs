//! 6:3 counters, for look-up tables of six inputs: each output of a counter is one table, so that
//! three tables take three bits out of the heap.
//!
//! A counter is four adders: two full adders, a half adder for their sums, a full adder for their
//! carries. A mapper to six-input tables finds the six inputs as a cut of each output.
//!
//! Bits that come out of a gate of two inputs, such as an XNOR, meet in full adders first: three
//! gates have six inputs, so that sum and carry are one table each and the gates cost nothing.
//! Source: the popcount units of BISMO (Y. Umuroglu, L. Rasnayake, M. Sjalander, FPL 2018).

use super::{Columns, CompressorStrategy, Timed, full_adder, half_adder, push};
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
        let left = absorb_gates(netlist, &mut columns);
        while columns.iter().any(|bits| bits.len() >= INPUTS) {
            let mut next: Columns = vec![Vec::new(); columns.len()];
            for (column, bits) in columns.iter_mut().enumerate() {
                bits.sort_by_key(|&bit| netlist.arrival(bit));
                let mut chunks = bits.chunks_exact(INPUTS);
                for bits in &mut chunks {
                    counter(netlist, column, bits, &mut next);
                }
                // Fewer than six wait for more of them; five are one adder too many.
                let mut rest = chunks.remainder();
                if rest.len() == INPUTS - 1 {
                    let (sum, carry) = full_adder(netlist, column, [rest[0], rest[1], rest[2]]);
                    push(&mut next, column, sum);
                    push(&mut next, column + 1, carry);
                    rest = &rest[3..];
                }
                rest.iter().for_each(|&bit| push(&mut next, column, bit));
            }
            columns = next;
        }
        columns.iter_mut().zip(left).for_each(|(bits, left)| bits.extend(left));
        full_adders(netlist, &mut columns);
        Timed.compress(netlist, columns, limits)
    }
}

/// Full adders for the earliest bits of each column until no more than two are left. There are no
/// half adders among them: the table that adds the two bits up takes a third one in.
fn full_adders(netlist: &mut Netlist, columns: &mut Columns) {
    for column in 0..columns.len() {
        let mut bits = std::mem::take(&mut columns[column]);
        while bits.len() > 2 {
            bits.sort_by_key(|&bit| (bit != Bit::One, netlist.arrival(bit)));
            let (sum, carry) = full_adder(netlist, column, [bits[0], bits[1], bits[2]]);
            bits.drain(..3);
            push(columns, column + 1, carry);
            if sum != Bit::Zero {
                bits.push(sum);
            }
        }
        columns[column] = bits;
    }
}

/// Full adders for the bits that do not come straight from a register. The one or two of a column that
/// are left over are taken out, and so are ones: neither costs anything in the adders at the end.
fn absorb_gates(netlist: &mut Netlist, columns: &mut Columns) -> Columns {
    let mut next: Columns = vec![Vec::new(); columns.len()];
    let mut left: Columns = Vec::with_capacity(columns.len());
    for (column, bits) in columns.iter().enumerate() {
        let (gates, plain): (Vec<Bit>, Vec<Bit>) =
            bits.iter().partition(|&&bit| netlist.arrival(bit) > delay::REGISTER);
        let mut threes = gates.chunks_exact(3);
        for three in &mut threes {
            let (sum, carry) = full_adder(netlist, column, [three[0], three[1], three[2]]);
            push(&mut next, column, sum);
            push(&mut next, column + 1, carry);
        }
        let (ones, plain): (Vec<Bit>, Vec<Bit>) =
            plain.into_iter().partition(|&bit| bit == Bit::One);
        left.push([threes.remainder(), &ones].concat());
        plain.iter().for_each(|&bit| push(&mut next, column, bit));
    }
    *columns = next;
    left
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
