//! One digit on wires, and what it does with operand B.

use crate::arith::format::Format;
use crate::arith::gates::Place;
use crate::arith::heap::{BitHeap, Sign};
use crate::arith::netlist::{Bit, Netlist, Role};

/// Select lines of one digit of -2 to 2. A digit that cannot be negative, or cannot be two, has
/// constant zeros there; one that is never positive has a constant one as `negative`.
///
/// `one` and `two` are never set together. An encoding may leave `negative` undetermined where the
/// digit is zero: the multiple is then minus zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digit {
    /// The digit is below zero.
    pub negative: Bit,
    /// Its magnitude is 1.
    pub one: Bit,
    /// Its magnitude is 2.
    pub two: Bit,
}

impl Digit {
    /// Whether the digit is not zero.
    #[must_use]
    pub fn nonzero(&self, netlist: &mut Netlist, place: Place) -> Bit {
        netlist.or(place, self.one, self.two)
    }

    /// The same digit with `negative` cleared where it is zero.
    #[must_use]
    pub fn normalised(&self, netlist: &mut Netlist, place: Place) -> Self {
        let nonzero = self.nonzero(netlist, place);
        let negative = match self.negative == nonzero {
            true => nonzero,
            false => netlist.and(place, self.negative, nonzero),
        };
        Self { negative, ..*self }
    }

    /// Adds `digit * b * 2^column` to the heap: one row of partial product.
    ///
    /// Where the sign is known the row consists of products of two bits. Otherwise it is the
    /// magnitude 0, B or 2B, complemented when the digit is negative, with a one added at its
    /// lowest bit: exact at the extremes, as -2 times the smallest B, because the complement is
    /// taken of the magnitude and the one is a bit of the heap.
    pub fn multiply(
        &self,
        netlist: &mut Netlist,
        heap: &mut BitHeap,
        column: usize,
        (b, format): (&[Bit], Format),
    ) {
        if let (Bit::Zero | Bit::One, Bit::Zero) = (self.negative, self.two) {
            let sign = Sign::negative(self.negative == Bit::One);
            for (j, &bit) in b.iter().enumerate() {
                let sign = sign.times(format.bit_sign(j));
                heap.add_product(netlist, column + j, [self.one, bit], sign);
            }
            return;
        }
        if column >= heap.width() {
            return;
        }
        // Twice B is one bit longer than B.
        let length = b.len() + usize::from(self.two != Bit::Zero);
        for j in 0..length {
            if column + j >= heap.width() {
                break;
            }
            let place = Place::new(Role::PartialProduct, column + j);
            let same = match b.get(j) {
                Some(&bit) => bit,
                None if format.signed => b[b.len() - 1],
                None => Bit::Zero,
            };
            let below = if j == 0 { Bit::Zero } else { b[j - 1] };
            let magnitude = netlist.select(place, [same, self.one, below, self.two]);
            if format.signed && j + 1 == length {
                let complement = netlist.xnor(place, magnitude, self.negative);
                heap.add_complement(column + j, complement);
            } else {
                let bit = netlist.xor(place, magnitude, self.negative);
                heap.add(column + j, bit);
            }
        }
        if !format.signed {
            // The row is non-negative before the complement, so its sign is the digit's.
            heap.add_signed(netlist, column + length, self.negative, Sign::Minus);
        }
        heap.add(column, self.negative);
    }
}

/// The low `width` bits of `sum over i of digits[i] * 2^(step * i)`, for `step` 1 or 2.
///
/// Digit by digit a borrow is carried upwards: it is set where the sum of all lower digits is
/// negative, which is where the highest digit that is not zero is negative.
pub(super) fn recover(
    netlist: &mut Netlist,
    digits: &[Digit],
    step: usize,
    width: usize,
) -> Vec<Bit> {
    let mut bits = Vec::new();
    let mut borrow = Bit::Zero;
    for (index, digit) in digits.iter().enumerate() {
        let place = Place::new(Role::Encoder, step * index);
        let Digit { negative, one, two } = digit.normalised(netlist, place);
        bits.push(netlist.xor(place, one, borrow));
        if step == 2 {
            // The digit modulo 4, less the borrow.
            let minus_one = netlist.and(place, one, negative);
            let upper = netlist.or(place, two, minus_one);
            let even = netlist.not(place, one);
            let taken = netlist.and(place, even, borrow);
            bits.push(netlist.xor(place, upper, taken));
        }
        let nonzero = netlist.or(place, one, two);
        let zero = netlist.not(place, nonzero);
        borrow = netlist.or_and(place, negative, zero, borrow);
    }
    bits.resize(width, borrow);
    bits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arith::testing::{lanes, unpack, word};

    /// Every digit, every B of up to 5 bits, every column and width: the row sums to the product,
    /// whichever of the lines are constant.
    #[test]
    fn a_row_is_the_digit_times_b() {
        for b in Format::sweep(5) {
            for (column, width) in [(0, 1), (0, b.width), (1, b.width + 2), (2, b.width + 9)] {
                for digits in [-2i128..=2, -1..=1, 0..=2, 0..=1, -1..=0] {
                    row(b, column, width, digits);
                }
            }
        }
    }

    fn row(b: Format, column: usize, width: usize, digits: std::ops::RangeInclusive<i128>) {
        let mut netlist = Netlist::new();
        let lines = netlist.input("digit", 3, 0);
        let bits = netlist.input("b", b.width, 0);
        let digit = Digit {
            negative: match (*digits.start(), *digits.end()) {
                (0, _) => Bit::Zero,
                (_, 0) => Bit::One,
                _ => lines[0],
            },
            one: lines[1],
            two: if *digits.end() == 2 { lines[2] } else { Bit::Zero },
        };
        let mut heap = BitHeap::new(width);
        digit.multiply(&mut netlist, &mut heap, column, (&bits, b));
        heap.into_columns().into_iter().for_each(|bits| netlist.output("column", bits));
        let of = |d: i128| i128::from(d < 0) | i128::from(d.abs() == 1) << 1 | (d.abs() / 2) << 2;
        // Zero as minus zero too.
        let codes = digits.map(|d| (d, of(d))).chain([(0, 1)]);
        let cases: Vec<(i128, i128, i128)> =
            codes.flat_map(|(d, code)| (b.min()..=b.max()).map(move |y| (d, code, y))).collect();
        for chunk in cases.chunks(64) {
            let codes: Vec<i128> = chunk.iter().map(|case| case.1).collect();
            let ys: Vec<i128> = chunk.iter().map(|case| case.2).collect();
            let out = netlist.evaluate(&[lanes(&codes, 3), lanes(&ys, b.width)]);
            for (vector, (d, _, y)) in chunk.iter().enumerate() {
                let ones = |lanes: &Vec<u64>| {
                    lanes.iter().map(|lane| i128::from(lane >> vector & 1)).sum::<i128>()
                };
                let sum: i128 = out.iter().enumerate().map(|(c, bits)| ones(bits) << c).sum();
                assert_eq!(unpack(sum, width), unpack((d * y) << column, width), "{d} x {y} {b}");
            }
        }
    }

    /// Every word of up to four digits, redundant ones included, with every upper bit.
    #[test]
    fn digits_are_summed_up() {
        for (step, extreme) in [(1usize, 1i128), (2, 2)] {
            let count = 4;
            let base = 2 * extreme + 1;
            let mut netlist = Netlist::new();
            let lines = netlist.input("digits", 3 * count, 0);
            let digits: Vec<Digit> = lines
                .chunks(3)
                .map(|l| Digit {
                    negative: l[0],
                    one: l[1],
                    two: if step == 2 { l[2] } else { Bit::Zero },
                })
                .collect();
            let width = step * count + 3;
            let bits = recover(&mut netlist, &digits, step, width);
            netlist.output("a", bits);
            let words: Vec<Vec<i128>> = (0..base.pow(4))
                .map(|n| (0..4).map(|i| n / base.pow(i) % base - extreme).collect())
                .collect();
            for chunk in words.chunks(64) {
                let of = |d: &i128| {
                    i128::from(*d < 0) | i128::from(d.abs() == 1) << 1 | (d.abs() / 2) << 2
                };
                let codes: Vec<i128> = chunk
                    .iter()
                    .map(|word| word.iter().enumerate().map(|(i, d)| of(d) << (3 * i)).sum())
                    .collect();
                let out = netlist.evaluate(&[lanes(&codes, 3 * count)]);
                for (vector, digits) in chunk.iter().enumerate() {
                    let sum: i128 = digits.iter().enumerate().map(|(i, d)| d << (step * i)).sum();
                    assert_eq!(word(&out[0], vector), unpack(sum, width), "{digits:?}");
                }
            }
        }
    }
}
