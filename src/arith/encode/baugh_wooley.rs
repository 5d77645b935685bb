//! No recoding: the digits are the bits, and the partial products the AND of two bits.
//!
//! For two's complement operands the top bit has negative weight, so a product of one top bit
//! with an ordinary bit enters the sum with a minus sign: it becomes a NAND and a constant, and
//! the constants of all rows fold into one.
//! Source: C. R. Baugh and B. A. Wooley, "A two's complement parallel array multiplication
//! algorithm", IEEE Transactions on Computers, 1973.

use super::Encoding;
use crate::arith::format::Format;
use crate::arith::heap::BitHeap;
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

    fn multiply(
        &self,
        netlist: &mut Netlist,
        heap: &mut BitHeap,
        (a, a_format): (&[Bit], Format),
        (b, b_format): (&[Bit], Format),
    ) {
        for (i, &a_bit) in a.iter().enumerate() {
            for (j, &b_bit) in b.iter().enumerate() {
                let sign = a_format.bit_sign(i).times(b_format.bit_sign(j));
                heap.add_product(netlist, i + j, [a_bit, b_bit], sign);
            }
        }
    }
}
