//! Wallace: every stage compresses as much as it can.
//! Source: C. S. Wallace, "A suggestion for a fast multiplier", IEEE Transactions on Electronic
//! Computers, 1964.

use super::{Columns, CompressorStrategy, full_adder, half_adder, push};
use crate::arith::netlist::Netlist;

/// In each stage, full adders on every three bits of a column and a half adder on a rest of two.
pub struct Wallace;

impl CompressorStrategy for Wallace {
    fn name(&self) -> &'static str {
        "wallace"
    }

    fn summary(&self) -> &'static str {
        "compresses as early as possible: few stages, more half adders"
    }

    fn compress(&self, netlist: &mut Netlist, mut columns: Columns, limits: &[usize]) -> Columns {
        while columns.iter().any(|bits| bits.len() > 2) {
            let mut next: Columns = vec![Vec::new(); columns.len()];
            for (column, bits) in columns.iter().enumerate() {
                // A column that is done is left alone, unless a carry of this stage joins it.
                let done = bits.len() <= 2 && (column == 0 || columns[column - 1].len() <= 2);
                for group in bits.chunks(3) {
                    match *group {
                        [a, b, c] => {
                            let (sum, carry) = full_adder(netlist, column, [a, b, c]);
                            push(&mut next, column, sum);
                            push(&mut next, column + 1, carry);
                        }
                        [a, b] if !done => {
                            let (sum, carry) = half_adder(netlist, column, [a, b]);
                            push(&mut next, column, sum);
                            push(&mut next, column + 1, carry);
                        }
                        _ => group.iter().for_each(|&bit| push(&mut next, column, bit)),
                    }
                }
            }
            columns = next;
        }
        super::timed::Timed.compress(netlist, columns, limits)
    }
}
