//! Sign and magnitude: the bits of the magnitude, with the sign of the operand on all of them.
//!
//! Small negative numbers have few ones, where in two's complement they have many: the digits of
//! bit-serial engines that skip zeros. Unsigned operands are plain binary.

use super::{BaughWooley, Digit, Encoding, carry};
use crate::arith::format::Format;
use crate::arith::gates::Place;
use crate::arith::heap::{BitHeap, Sign};
use crate::arith::netlist::{Bit, Netlist, Role};

/// Binary digits of the magnitude with the sign of the operand.
pub struct SignMagnitude;

impl Encoding for SignMagnitude {
    fn name(&self) -> &'static str {
        "sign_magnitude"
    }

    fn summary(&self) -> &'static str {
        "sign and magnitude: one row per bit of A, digits 0 and 1 times the sign of A"
    }

    /// As many as bits; the top one of a signed operand only serves its smallest value.
    fn weights(&self, operand: Format) -> Vec<usize> {
        (0..operand.width).collect()
    }

    fn digits(&self, operand: Format, value: i128) -> Vec<i8> {
        let bit = |bit: usize| (value.abs() >> bit & 1) as i8;
        (0..operand.width).map(|index| bit(index) * value.signum() as i8).collect()
    }

    /// The magnitude, then the sign. A bit of a negative operand is inverted where a lower one is
    /// set.
    fn recode(&self, netlist: &mut Netlist, a: &[Bit], format: Format) -> Vec<Bit> {
        let mut lines = a.to_vec();
        if !format.signed {
            return lines;
        }
        let sign = a[a.len() - 1];
        let steps: Vec<(Bit, Bit)> = a[..a.len() - 1].iter().map(|&bit| (bit, Bit::One)).collect();
        let lower = carry::carries(netlist, &steps, 1);
        for (index, line) in lines.iter_mut().enumerate() {
            let place = Place::new(Role::Encoder, index);
            let invert = netlist.and(place, sign, lower[index]);
            *line = netlist.xor(place, *line, invert);
        }
        lines.push(sign);
        lines
    }

    fn select(&self, _netlist: &mut Netlist, lines: &[Bit], format: Format) -> Vec<Digit> {
        let negative = if format.signed { lines[format.width] } else { Bit::Zero };
        let digit = |&one: &Bit| Digit { negative, one, two: Bit::Zero };
        lines[..format.width].iter().map(digit).collect()
    }

    /// The rows are those of the magnitude with B or -B: one inversion of B for all of them, and
    /// one more row of the magnitude where B was inverted.
    fn multiply(
        &self,
        netlist: &mut Netlist,
        heap: &mut BitHeap,
        (lines, a): (&[Bit], Format),
        (b, b_format): (&[Bit], Format),
    ) {
        if !a.signed {
            return BaughWooley.multiply(netlist, heap, (lines, a), (b, b_format));
        }
        let (magnitude, sign) = (&lines[..a.width], lines[a.width]);
        let mut turned: Vec<(Bit, Sign)> = Vec::new();
        for (index, &bit) in b.iter().enumerate() {
            let place = Place::new(Role::PartialProduct, index);
            turned.push((netlist.xor(place, bit, sign), b_format.bit_sign(index)));
        }
        if !b_format.signed {
            // The sign that an inverted unsigned number gets.
            turned.push((sign, Sign::Minus));
        }
        for (i, &bit) in magnitude.iter().enumerate() {
            for (j, &(selected, weight)) in turned.iter().enumerate() {
                heap.add_product(netlist, i + j, [bit, selected], weight);
            }
            heap.add_product(netlist, i, [bit, sign], Sign::Plus);
        }
    }
}
