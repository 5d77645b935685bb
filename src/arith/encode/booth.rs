//! Radix-4 modified Booth recoding: digits -2 to 2, half as many rows as bits.
//!
//! Digit i looks at the bits 2i+1, 2i and 2i-1 of A: `d = a[2i-1] + a[2i] - 2 a[2i+1]`. A row is
//! 0, B or 2B, complemented when the digit is negative, with a one added at its lowest bit.
//! Source: O. L. MacSorley, "High-speed arithmetic in binary computers", Proceedings of the IRE,
//! 1961.

use super::{Digit, Encoding, extended, radix_4_digits};
use crate::arith::format::Format;
use crate::arith::gates::Place;
use crate::arith::netlist::{Bit, Netlist, Role};

/// Radix-4 modified Booth digits.
pub struct Booth;

/// Select lines of a digit.
const LINES: usize = 3;

impl Booth {
    fn encode(netlist: &mut Netlist, [low, middle, high]: [Bit; 3], column: usize) -> Digit {
        let place = Place::new(Role::Encoder, column);
        if high == middle {
            // The top digit of an operand of odd width: the sign stands twice, so the digit is
            // low - sign, never two.
            let one = netlist.xor(place, middle, low);
            return Digit { negative: high, one, two: Bit::Zero };
        }
        let one = netlist.xor(place, middle, low);
        let same = netlist.xnor(place, middle, low);
        let turn = netlist.xor(place, high, middle);
        let two = netlist.and(place, same, turn);
        Digit { negative: high, one, two }
    }
}

impl Encoding for Booth {
    fn name(&self) -> &'static str {
        "booth"
    }

    fn summary(&self) -> &'static str {
        "radix-4 modified Booth: one row per two bits of A, digits -2 to 2"
    }

    fn weights(&self, operand: Format) -> Vec<usize> {
        (0..radix_4_digits(operand)).map(|digit| 2 * digit).collect()
    }

    fn digits(&self, operand: Format, value: i128) -> Vec<i8> {
        let bit = |index: i64| if index < 0 { 0 } else { (value >> index & 1) as i8 };
        (0..radix_4_digits(operand) as i64)
            .map(|i| bit(2 * i - 1) + bit(2 * i) - 2 * bit(2 * i + 1))
            .collect()
    }

    fn recode(&self, netlist: &mut Netlist, a: &[Bit], format: Format) -> Vec<Bit> {
        let lines = |digit: usize| {
            let bit = |index: usize| extended(a, format, index);
            let below = if digit == 0 { Bit::Zero } else { bit(2 * digit - 1) };
            let bits = [below, bit(2 * digit), bit(2 * digit + 1)];
            let Digit { negative, one, two } = Self::encode(netlist, bits, 2 * digit);
            [negative, one, two]
        };
        (0..radix_4_digits(format)).flat_map(lines).collect()
    }

    /// `negative` of a digit is its upper bit, and `one` tells whether its middle bit differs from
    /// the bit below.
    fn recover(&self, netlist: &mut Netlist, lines: &[Bit], format: Format) -> Vec<Bit> {
        let mut a: Vec<Bit> = Vec::new();
        for bit in 0..format.width {
            let digit = &lines[LINES * (bit / 2)..];
            let below = a.last().copied().unwrap_or(Bit::Zero);
            let place = Place::new(Role::Encoder, bit);
            let recovered = match bit % 2 {
                0 if bit + 1 == format.width && format.signed => digit[0],
                0 => netlist.xor(place, digit[1], below),
                _ => digit[0],
            };
            a.push(recovered);
        }
        a
    }

    fn select(&self, _netlist: &mut Netlist, lines: &[Bit], _format: Format) -> Vec<Digit> {
        let digit = |l: &[Bit]| Digit { negative: l[0], one: l[1], two: l[2] };
        lines.chunks(LINES).map(digit).collect()
    }
}
