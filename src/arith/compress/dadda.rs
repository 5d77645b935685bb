//! Dadda: every stage compresses only as much as the next one needs.
//! Source: L. Dadda, "Some schemes for parallel multipliers", Alta Frequenza, 1965.

use std::collections::VecDeque;

use super::{Columns, CompressorStrategy, full_adder, half_adder, push};
use crate::arith::netlist::{Bit, Netlist};

/// Stage heights 2, 3, 4, 6, 9, 13, ...: the fewest adders for the fewest stages.
pub struct Dadda;

impl Dadda {
    /// The stage heights below `height`, largest first, down to 2.
    fn targets(height: usize) -> Vec<usize> {
        let mut targets = vec![2];
        while let Some(&last) = targets.last() {
            let next = last * 3 / 2;
            if next >= height {
                break;
            }
            targets.push(next);
        }
        targets.reverse();
        targets
    }
}

impl CompressorStrategy for Dadda {
    fn name(&self) -> &'static str {
        "dadda"
    }

    fn summary(&self) -> &'static str {
        "compresses as late as possible: fewest adders for the fewest stages"
    }

    fn compress(&self, netlist: &mut Netlist, mut columns: Columns, limits: &[usize]) -> Columns {
        let height = columns.iter().map(Vec::len).max().unwrap_or(0);
        for target in Self::targets(height) {
            let mut next: Columns = vec![Vec::new(); columns.len()];
            for (column, bits) in columns.into_iter().enumerate() {
                // Bits of this stage wait in a queue; `next` already holds the carries from below.
                let mut waiting: VecDeque<Bit> = bits.into();
                loop {
                    let excess = (waiting.len() + next[column].len()).saturating_sub(target);
                    let (sum, carry) = match (excess, waiting.len()) {
                        (0, _) | (_, 0 | 1) => break,
                        (1, _) | (_, 2) => {
                            let pair = [waiting.pop_front(), waiting.pop_front()];
                            half_adder(netlist, column, pair.map(|bit| bit.unwrap_or(Bit::Zero)))
                        }
                        _ => {
                            let three =
                                [waiting.pop_front(), waiting.pop_front(), waiting.pop_front()];
                            full_adder(netlist, column, three.map(|bit| bit.unwrap_or(Bit::Zero)))
                        }
                    };
                    push(&mut next, column, sum);
                    push(&mut next, column + 1, carry);
                }
                for bit in waiting {
                    push(&mut next, column, bit);
                }
            }
            columns = next;
        }
        super::timed::Timed.compress(netlist, columns, limits)
    }
}
