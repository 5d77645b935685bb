//! Plain bits, two at a time: a row is 0, B, 2B or 3B.
//!
//! Radix 4 without recoding. An unsigned operand has half as many rows as bits, one less than
//! Booth's, and no row is ever complemented: no corrections. The price is 3B, which takes an adder;
//! it pays where 3B is formed in front of the operand register and stored with B, so that it is not
//! on the longest path. A signed operand has a top pair of -2 to 1, complemented like Booth's.
//! Source: I. Koren, "Computer Arithmetic Algorithms", 2nd edition, section 6.1 (multiplier bits
//! taken in pairs, with the multiple 3A prepared).

use super::{BaughWooley, Digit, Encoding, extended};
use crate::arith::adder::{self, Topology};
use crate::arith::format::Format;
use crate::arith::gates::Place;
use crate::arith::heap::BitHeap;
use crate::arith::netlist::{Bit, Netlist, Role};

/// Plain bits, of which two choose a row.
pub struct BitPairs;

/// Lines of a pair: one, two, and three, or in the top pair of a signed operand negative.
const LINES: usize = 3;

/// Bits of 3B above the lowest, which is that of B.
#[must_use]
pub fn triple_width(b: Format) -> usize {
    b.width + 1
}

/// The bits of 3B above the lowest.
pub fn triple(netlist: &mut Netlist, b: &[Bit], format: Format) -> Vec<Bit> {
    let word = |shift: usize| -> Vec<Bit> {
        let bit =
            |index: usize| index.checked_sub(shift).map_or(Bit::Zero, |i| extended(b, format, i));
        (0..=triple_width(format)).map(bit).collect()
    };
    adder::add(netlist, Topology::BrentKung, &word(0), &word(1)).split_off(1)
}

impl BitPairs {
    /// Whether pair `index` has the sign of the operand.
    fn signed(index: usize, format: Format) -> bool {
        format.signed && 2 * index + 2 >= format.width
    }

    /// Adds a pair times B.
    fn row(
        netlist: &mut Netlist,
        heap: &mut BitHeap,
        column: usize,
        [one, two, three]: [Bit; LINES],
        (b, triple, format): (&[Bit], &[Bit], Format),
    ) {
        let length = match (two, three) {
            (Bit::Zero, _) => format.width,
            (_, Bit::Zero) => format.width + 1,
            _ => 1 + triple_width(format),
        };
        for j in 0..length.min(heap.width().saturating_sub(column)) {
            let place = Place::new(Role::PartialProduct, column + j);
            let below = if j == 0 { Bit::Zero } else { extended(b, format, j - 1) };
            let bit = if j == 0 {
                // The lowest bit of B is that of 3B.
                let odd = netlist.or(place, one, three);
                netlist.and(place, odd, b[0])
            } else {
                let bit = netlist.select(place, [extended(b, format, j), one, below, two]);
                netlist.or_and(place, bit, three, triple.get(j - 1).copied().unwrap_or(Bit::Zero))
            };
            if format.signed && j + 1 == length {
                let complement = netlist.not(place, bit);
                heap.add_complement(column + j, complement);
            } else {
                heap.add(column + j, bit);
            }
        }
    }
}

impl Encoding for BitPairs {
    fn name(&self) -> &'static str {
        "bit_pairs"
    }

    fn summary(&self) -> &'static str {
        "no recoding: one row per two bits of A, chosen from 0, B, 2B and 3B"
    }

    fn weights(&self, operand: Format) -> Vec<usize> {
        BaughWooley.weights(operand)
    }

    fn digits(&self, operand: Format, value: i128) -> Vec<i8> {
        BaughWooley.digits(operand, value)
    }

    fn rows(&self, operand: Format) -> usize {
        operand.width.div_ceil(2)
    }

    fn recode(&self, netlist: &mut Netlist, a: &[Bit], format: Format) -> Vec<Bit> {
        let mut lines = Vec::new();
        for index in 0..self.rows(format) {
            let low = a[2 * index];
            let high = a.get(2 * index + 1).copied();
            let place = Place::new(Role::Encoder, 2 * index);
            lines.extend(match (high, Self::signed(index, format)) {
                // Of an odd number of bits the last stands alone.
                (None, signed) => [low, Bit::Zero, if signed { Bit::One } else { Bit::Zero }],
                (Some(high), signed) => {
                    let even = netlist.not(place, low);
                    let two = netlist.and(place, high, even);
                    if signed {
                        [low, two, high]
                    } else {
                        let lower = netlist.not(place, high);
                        let one = netlist.and(place, low, lower);
                        [one, two, netlist.and(place, low, high)]
                    }
                }
            });
        }
        lines
    }

    fn recover(&self, netlist: &mut Netlist, lines: &[Bit], format: Format) -> Vec<Bit> {
        let mut a = Vec::new();
        for (index, pair) in lines.chunks(LINES).enumerate() {
            let (one, two, last) = (pair[0], pair[1], pair[2]);
            let place = Place::new(Role::Encoder, 2 * index);
            if Self::signed(index, format) {
                a.extend([one, last]);
            } else {
                a.push(netlist.or(place, one, last));
                a.push(netlist.or(place, two, last));
            }
        }
        a.truncate(format.width);
        a
    }

    /// The bits, one by one.
    fn select(&self, netlist: &mut Netlist, lines: &[Bit], format: Format) -> Vec<Digit> {
        let bits = self.recover(netlist, lines, format);
        BaughWooley.select(netlist, &bits, format)
    }

    fn multiply(
        &self,
        netlist: &mut Netlist,
        heap: &mut BitHeap,
        (lines, a_format): (&[Bit], Format),
        (b, format): (&[Bit], Format),
    ) {
        let (b, stored) = b.split_at(format.width);
        let formed;
        let three_times = match stored.is_empty() {
            true => {
                formed = triple(netlist, b, format);
                formed.as_slice()
            }
            false => stored,
        };
        for (index, pair) in lines.chunks(LINES).enumerate() {
            let column = 2 * index;
            if Self::signed(index, a_format) {
                let digit = Digit { negative: pair[2], one: pair[0], two: pair[1] };
                digit.multiply(netlist, heap, column, (b, format));
            } else {
                let lines = [pair[0], pair[1], pair[2]];
                Self::row(netlist, heap, column, lines, (b, three_times, format));
            }
        }
    }
}
