//! EN-T: radix-4 digits -1, 0, 1, 2 of the magnitude, with the sign of the operand on all of them.
//!
//! A magnitude has exactly one such representation, so two wires per digit and one sign are enough
//! to carry it: n + 1 for n bits, where Booth's digits take three wires each. On average fewer of
//! the digits are non-zero than of Booth's.
//!
//! The circuit does not form the magnitude. The digits of a negative operand are the only
//! representation with digits -2, -1, 0, 1, which is read off the two's complement bits in the same
//! way: a group of two bits plus a carry, 0 to 4, is a digit as it stands or less 4 with a carry
//! to the next group. Only the limit depends on the sign: 2 and 3 for the positive, 1 and 2 for
//! the negative. The code of a digit is the digit modulo 4.
//! Source: EN-T, arXiv 2404.11887; the code of -2 and 2 is different here, so that no zero digit
//! needs a flag.

use super::{Digit, Encoding, carry, extended, radix_4_digits};
use crate::arith::format::Format;
use crate::arith::gates::Place;
use crate::arith::netlist::{Bit, Netlist, Role};

/// EN-T digits.
pub struct Ent;

impl Ent {
    /// The sign among the lines of an operand.
    fn sign(lines: &[Bit], format: Format) -> Bit {
        if format.signed { lines[lines.len() - 1] } else { Bit::Zero }
    }
}

impl Encoding for Ent {
    fn name(&self) -> &'static str {
        "ent"
    }

    fn summary(&self) -> &'static str {
        "EN-T: one row per two bits of A, digits -1 to 2 of the magnitude times the sign of A"
    }

    fn weights(&self, operand: Format) -> Vec<usize> {
        (0..radix_4_digits(operand)).map(|digit| 2 * digit).collect()
    }

    fn digits(&self, operand: Format, value: i128) -> Vec<i8> {
        let mut rest = value.abs();
        let mut next = || {
            let group = (rest % 4) as i8;
            let digit = if group == 3 { -1 } else { group };
            rest = (rest - i128::from(digit)) / 4;
            digit * value.signum() as i8
        };
        (0..radix_4_digits(operand)).map(|_| next()).collect()
    }

    /// Two wires per digit, then the sign. The top digit of a signed operand of odd width is 0 or
    /// the sign, and has no upper wire.
    fn recode(&self, netlist: &mut Netlist, a: &[Bit], format: Format) -> Vec<Bit> {
        let sign = if format.signed { a[a.len() - 1] } else { Bit::Zero };
        let count = radix_4_digits(format);
        let place = |digit: usize| Place::new(Role::Encoder, 2 * digit);
        let group =
            |digit: usize| (extended(a, format, 2 * digit), extended(a, format, 2 * digit + 1));
        let steps = (0..count - 1).map(|digit| {
            let ((low, high), place) = (group(digit), place(digit));
            let low_or_sign = netlist.or(place, low, sign);
            let generate = netlist.and(place, high, low_or_sign);
            let propagate = netlist.or_and(place, high, low, sign);
            (generate, propagate)
        });
        let steps: Vec<(Bit, Bit)> = steps.collect();
        let carries = carry::carries(netlist, &steps, 2);
        let mut lines = Vec::new();
        for (digit, &carry) in carries.iter().enumerate() {
            let ((low, high), place) = (group(digit), place(digit));
            lines.push(netlist.xor(place, low, carry));
            let narrow = format.signed && 2 * digit + 1 == format.width;
            let both = netlist.and(place, low, carry);
            lines.push(if narrow { Bit::Zero } else { netlist.xor(place, high, both) });
        }
        lines.extend(format.signed.then_some(sign));
        lines
    }

    fn select(&self, netlist: &mut Netlist, lines: &[Bit], format: Format) -> Vec<Digit> {
        let sign = Self::sign(lines, format);
        let count = radix_4_digits(format);
        let digit = |digit: usize| {
            let place = Place::new(Role::Encoder, 2 * digit);
            let (one, upper) = (lines[2 * digit], lines[2 * digit + 1]);
            let even = netlist.not(place, one);
            let two = netlist.and(place, upper, even);
            // Nothing above the top digit takes a carry, so it has the sign of the operand.
            let negative = match digit + 1 == count {
                true => sign,
                false => netlist.select(place, [upper, one, sign, even]),
            };
            Digit { negative, one, two }
        };
        (0..count).map(digit).collect()
    }

    /// The codes are the digits modulo 4, so only the borrow is missing.
    fn recover(&self, netlist: &mut Netlist, lines: &[Bit], format: Format) -> Vec<Bit> {
        let sign = Self::sign(lines, format);
        let count = radix_4_digits(format);
        let steps = (0..count - 1).map(|digit| {
            let place = Place::new(Role::Encoder, 2 * digit);
            let (low, high) = (lines[2 * digit], lines[2 * digit + 1]);
            let low_or_sign = netlist.or(place, low, sign);
            let negative = netlist.and(place, high, low_or_sign);
            // A carry through a digit that is not zero is one that it generates.
            let nonzero = netlist.or(place, low, high);
            (negative, netlist.not(place, nonzero))
        });
        let steps: Vec<(Bit, Bit)> = steps.collect();
        let borrows = carry::carries(netlist, &steps, 2);
        let mut a = Vec::new();
        for (digit, &borrow) in borrows.iter().enumerate() {
            let place = Place::new(Role::Encoder, 2 * digit);
            let (low, high) = (lines[2 * digit], lines[2 * digit + 1]);
            a.push(netlist.xor(place, low, borrow));
            let even = netlist.not(place, low);
            let taken = netlist.and(place, even, borrow);
            a.push(netlist.xor(place, high, taken));
        }
        a.truncate(format.width);
        if format.signed {
            a[format.width - 1] = sign;
        }
        a
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arith::recode::Stored;

    #[test]
    fn examples_are_the_published_ones() {
        let int8 = Format::signed(8);
        for (value, digits) in [
            (91, [-1, -1, 2, 1]),
            (124, [0, -1, 0, 2]),
            (127, [-1, 0, 0, 2]),
            (-128, [0, 0, 0, -2]),
            (-1, [-1, 0, 0, 0]),
        ] {
            assert_eq!(Ent.digits(int8, value), digits, "{value}");
        }
    }

    /// One wire more than bits.
    #[test]
    fn an_operand_is_stored_in_one_bit_more_than_it_has() {
        for format in Format::sweep(64).filter(|format| format.width > 2) {
            assert_eq!(Stored::new(&Ent, format).width(), format.width + 1, "{format}");
        }
    }
}
