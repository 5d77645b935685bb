//! Canonical signed digits: digits -1, 0, 1 of which no two neighbours are non-zero, the
//! representation with the fewest non-zero digits there is (non-adjacent form).
//!
//! Of two neighbours at most one is non-zero, so a pair of them is one radix-4 digit of -2 to 2:
//! a row of partial products serves both. Taken in pairs the digits are as few as Booth's, and
//! no more of them are non-zero than of the single ones.
//! Source: G. W. Reitwiesner, "Binary arithmetic", Advances in Computers, 1960.

use super::{Digit, Encoding, carry, extended};
use crate::arith::format::Format;
use crate::arith::gates::Place;
use crate::arith::heap::BitHeap;
use crate::arith::netlist::{Bit, Netlist, Role};

/// Canonical signed digits, one per bit.
pub struct Csd;

/// Canonical signed digits in pairs: radix-4 digits.
pub struct CsdRadix4;

/// Select lines of a pair.
const LINES: usize = 3;

/// Digits of an operand; an unsigned one may need one more than it has bits.
fn count(operand: Format) -> usize {
    operand.width + usize::from(!operand.signed)
}

/// The digits of a value from the definition: an odd rest gives the digit that leaves a multiple
/// of 4.
fn digits(operand: Format, value: i128) -> Vec<i8> {
    let mut rest = value;
    let mut next = || {
        let digit = if rest % 2 == 0 { 0 } else { 2 - rest.rem_euclid(4) };
        rest = (rest - digit) / 2;
        digit as i8
    };
    (0..count(operand)).map(|_| next()).collect()
}

/// The lines of all pairs: negative, one (its lower digit is not zero), two (its upper one).
///
/// With a carry c the digit at bit i is `a[i] + c - 2 c'`, where the next carry c' is the majority of
/// `a[i]`, `a[i + 1]` and c. A digit is negative where the bit above it is set.
fn recode(netlist: &mut Netlist, a: &[Bit], format: Format) -> Vec<Bit> {
    let count = count(format);
    let bit = |index: usize| extended(a, format, index);
    let place = |index: usize| Place::new(Role::Encoder, index);
    let steps = (0..count - 1).map(|index| {
        let (low, high) = (bit(index), bit(index + 1));
        (netlist.and(place(index), low, high), netlist.or(place(index), low, high))
    });
    let steps: Vec<(Bit, Bit)> = steps.collect();
    let carries = carry::carries(netlist, &steps, 1);
    let nonzero: Vec<Bit> =
        (0..count).map(|index| netlist.xor(place(index), bit(index), carries[index])).collect();
    let pair = |low: usize| {
        let (one, two) = (nonzero[low], nonzero.get(low + 1).copied().unwrap_or(Bit::Zero));
        let negative = netlist.select(place(low), [one, bit(low + 1), two, bit(low + 2)]);
        [negative, one, two]
    };
    (0..count).step_by(2).flat_map(pair).collect()
}

/// The pairs as digits.
fn pairs(lines: &[Bit]) -> Vec<Digit> {
    lines.chunks(LINES).map(|l| Digit { negative: l[0], one: l[1], two: l[2] }).collect()
}

impl Encoding for Csd {
    fn name(&self) -> &'static str {
        "csd"
    }

    fn summary(&self) -> &'static str {
        "canonical signed digits: one row per two bits of A, digits -1 to 1, no two neighbours \
         non-zero"
    }

    fn weights(&self, operand: Format) -> Vec<usize> {
        (0..count(operand)).collect()
    }

    fn digits(&self, operand: Format, value: i128) -> Vec<i8> {
        digits(operand, value)
    }

    fn recode(&self, netlist: &mut Netlist, a: &[Bit], format: Format) -> Vec<Bit> {
        recode(netlist, a, format)
    }

    fn select(&self, _netlist: &mut Netlist, lines: &[Bit], format: Format) -> Vec<Digit> {
        let single = |negative, one| Digit { negative, one, two: Bit::Zero };
        let both = |pair: Digit| [pair.one, pair.two].map(|one| single(pair.negative, one));
        pairs(lines).into_iter().flat_map(both).take(count(format)).collect()
    }

    fn recover(&self, netlist: &mut Netlist, lines: &[Bit], format: Format) -> Vec<Bit> {
        CsdRadix4.recover(netlist, lines, format)
    }

    /// A row per pair.
    fn multiply(
        &self,
        netlist: &mut Netlist,
        heap: &mut BitHeap,
        a: (&[Bit], Format),
        b: (&[Bit], Format),
    ) {
        CsdRadix4.multiply(netlist, heap, a, b);
    }

    fn rows(&self, operand: Format) -> usize {
        CsdRadix4.rows(operand)
    }
}

impl Encoding for CsdRadix4 {
    fn name(&self) -> &'static str {
        "csd_radix4"
    }

    fn summary(&self) -> &'static str {
        "canonical signed digits in pairs: one row per two bits of A, digits -2 to 2, the fewest \
         non-zero ones"
    }

    fn weights(&self, operand: Format) -> Vec<usize> {
        (0..count(operand)).step_by(2).collect()
    }

    fn digits(&self, operand: Format, value: i128) -> Vec<i8> {
        let pair = |pair: &[i8]| pair[0] + 2 * pair.get(1).unwrap_or(&0);
        digits(operand, value).chunks(2).map(pair).collect()
    }

    fn recode(&self, netlist: &mut Netlist, a: &[Bit], format: Format) -> Vec<Bit> {
        recode(netlist, a, format)
    }

    fn select(&self, _netlist: &mut Netlist, lines: &[Bit], _format: Format) -> Vec<Digit> {
        pairs(lines)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No two neighbours are non-zero, pairs have as many non-zero digits, and no representation
    /// with digits -1, 0, 1 has fewer.
    #[test]
    fn digits_are_the_fewest() {
        // Fewest signed powers of two that sum to each value.
        let limit = 1 << 9;
        let mut fewest = vec![usize::MAX; 2 * limit as usize + 1];
        let mut reached = vec![0i128];
        fewest[limit as usize] = 0;
        for terms in 1..=5 {
            let mut next = Vec::new();
            for &value in &reached {
                for power in 0..10 {
                    for sum in [value + (1 << power), value - (1 << power)] {
                        let index = sum + limit;
                        if (0..=2 * limit).contains(&index) && fewest[index as usize] > terms {
                            fewest[index as usize] = terms;
                            next.push(sum);
                        }
                    }
                }
            }
            reached = next;
        }
        for format in [Format::signed(8), Format::unsigned(8)] {
            for value in format.min()..=format.max() {
                let digits = Csd.digits(format, value);
                assert!(digits.windows(2).all(|pair| pair[0] == 0 || pair[1] == 0), "{digits:?}");
                let nonzero = |digits: &[i8]| digits.iter().filter(|&&digit| digit != 0).count();
                assert_eq!(nonzero(&digits), fewest[(value + limit) as usize], "{value}");
                assert_eq!(nonzero(&CsdRadix4.digits(format, value)), nonzero(&digits));
            }
        }
    }
}
