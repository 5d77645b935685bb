//! Timing-aware compression: in each column the earliest bits meet first, and the latest of a
//! full adder's three bits goes to its fast input.
//!
//! The number of adders in a column follows from its height alone: with `excess` bits too many,
//! `excess / 2` full adders and one half adder when `excess` is odd. That is the fewest possible.
//! What remains free is which bits meet, and taking the earliest ones puts late arrivals (Booth
//! rows, carries from below) near the root and early ones (registered sum and carry) deep in the
//! tree.
//! Sources: V. G. Oklobdzija, D. Villeger, S. S. Liu, "A method for speed optimized partial
//! product reduction", IEEE Transactions on Computers, 1996 (three-dimensional method); the
//! compressor counts as in W. Xiao et al., "UFO-MAC", ICCAD 2024, section III.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::{Columns, CompressorStrategy, full_adder, half_adder, push};
use crate::arith::netlist::{Bit, Netlist};

/// Earliest bits first, column by column.
pub struct Timed;

impl CompressorStrategy for Timed {
    fn name(&self) -> &'static str {
        "timed"
    }

    fn summary(&self) -> &'static str {
        "by arrival time: early bits deep in the tree, late ones on the fast pins; fewest adders"
    }

    fn compress(&self, netlist: &mut Netlist, mut columns: Columns, limits: &[usize]) -> Columns {
        for column in 0..columns.len() {
            let mut bits = Waiting::default();
            for bit in std::mem::take(&mut columns[column]) {
                bits.push(netlist, bit);
            }
            let mut excess = bits.len().saturating_sub(limits[column]);
            let full = |netlist: &mut Netlist, bits: &mut Waiting, columns: &mut Columns| {
                let three = [(); 3].map(|()| bits.earliest());
                let (sum, carry) = full_adder(netlist, column, three);
                push(columns, column + 1, carry);
                bits.push(netlist, sum);
            };
            // A constant one turns a full adder into one that costs no more than a half adder.
            // In a half adder it would be wasted, so it goes first where a full adder is due.
            if excess >= 2 && bits.next() == Some(Bit::One) {
                full(netlist, &mut bits, &mut columns);
                excess -= 2;
            }
            if excess % 2 == 1 {
                let pair = [bits.earliest(), bits.earliest()];
                let (sum, carry) = half_adder(netlist, column, pair);
                push(&mut columns, column + 1, carry);
                bits.push(netlist, sum);
                excess -= 1;
            }
            for _ in 0..excess / 2 {
                full(netlist, &mut bits, &mut columns);
            }
            columns[column] = bits.rest();
        }
        columns
    }
}

/// The bits of a column in the order in which adders take them: by arrival, and of several that
/// arrive together the one that has waited longest. Constants come first of all, so that they turn
/// the first adder of the column into a simpler one.
#[derive(Default)]
struct Waiting {
    queue: BinaryHeap<Reverse<(u32, usize, Bit)>>,
    pushed: usize,
}

impl Waiting {
    fn len(&self) -> usize {
        self.queue.len()
    }

    fn push(&mut self, netlist: &Netlist, bit: Bit) {
        let time = match bit {
            Bit::Net(_) => netlist.arrival(bit) + 1,
            Bit::Zero | Bit::One => 0,
        };
        self.queue.push(Reverse((time, self.pushed, bit)));
        self.pushed += 1;
    }

    fn next(&self) -> Option<Bit> {
        self.queue.peek().map(|Reverse((_, _, bit))| *bit)
    }

    fn earliest(&mut self) -> Bit {
        self.queue.pop().map_or(Bit::Zero, |Reverse((_, _, bit))| bit)
    }

    /// What is left, in the order in which it came.
    fn rest(self) -> Vec<Bit> {
        let mut bits: Vec<_> =
            self.queue.into_iter().map(|Reverse((_, at, bit))| (at, bit)).collect();
        bits.sort_unstable();
        bits.into_iter().map(|(_, bit)| bit).filter(|&bit| bit != Bit::Zero).collect()
    }
}
