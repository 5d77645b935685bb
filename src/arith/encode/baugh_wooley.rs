//! No recoding: the digits are the bits, and the partial products the AND of two bits.
//!
//! For two's complement operands the top bit has negative weight, so a product of one top bit
//! with an ordinary bit enters the sum with a minus sign: it becomes a NAND and a constant, and
//! the constants of all rows fold into one.
//! Source: C. R. Baugh and B. A. Wooley, "A two's complement parallel array multiplication
//! algorithm", IEEE Transactions on Computers, 1973.

use super::{Digit, Encoding};
use crate::arith::format::Format;
use crate::arith::heap::Sign;
use crate::arith::netlist::{Bit, Netlist};

/// Plain binary digits.
pub struct BaughWooley;

impl Encoding for BaughWooley {
    fn name(&self) -> &'static str {
        "baugh_wooley"
    }

    fn summary(&self) -> &'static str {
        "no recoding: one row per bit of A; negative terms are NANDs and one folded constant"
    }

    fn weights(&self, operand: Format) -> Vec<usize> {
        (0..operand.width).collect()
    }

    fn digits(&self, operand: Format, value: i128) -> Vec<i8> {
        let sign = operand.width - 1;
        let digit = |bit: usize| {
            let one = i8::from(value >> bit & 1 == 1);
            if operand.signed && bit == sign { -one } else { one }
        };
        (0..operand.width).map(digit).collect()
    }

    fn recode(&self, _netlist: &mut Netlist, a: &[Bit], _format: Format) -> Vec<Bit> {
        a.to_vec()
    }

    fn recover(&self, _netlist: &mut Netlist, lines: &[Bit], _format: Format) -> Vec<Bit> {
        lines.to_vec()
    }

    fn select(&self, _netlist: &mut Netlist, lines: &[Bit], format: Format) -> Vec<Digit> {
        let digit = |(index, &one): (usize, &Bit)| {
            let negative = match format.bit_sign(index) {
                Sign::Plus => Bit::Zero,
                Sign::Minus => Bit::One,
            };
            Digit { negative, one, two: Bit::Zero }
        };
        lines.iter().enumerate().map(digit).collect()
    }
}
