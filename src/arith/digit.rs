//! Digits one at a time: for engines whose bit-weight loop runs in time.
//!
//! Such an engine works on one digit per lane and cycle, and the same circuit serves all bit
//! weights: the digit stands on wires in one *uniform* form whatever its weight, its partial
//! product is not shifted, and sums of one bit weight (planes) are kept apart until they are read
//! out. Sources: arXiv 2503.06342, sections on OPT2 and OPT3.

use super::delay;
use super::encode::{Digit, Encoding};
use super::format::Format;
use super::gates::Place;
use super::netlist::{Bit, Netlist, Role};

/// The uniform form of a digit: its range, and with it the wires that it needs.
///
/// The wires are, least significant first, `negative` (where a digit can be negative), `one`, and
/// `two` (where a magnitude can be 2). All of them are zero for the digit 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DigitFormat {
    /// Smallest digit of any bit weight.
    pub min: i8,
    /// Largest digit of any bit weight.
    pub max: i8,
}

impl DigitFormat {
    /// The form of the digits of `operand`.
    #[must_use]
    pub fn new(encoding: &dyn Encoding, operand: Format) -> Self {
        // A recoding does the same at every digit but the lowest and the highest, so operands of
        // this width, in an even and an odd variant, show every digit there is.
        const ENOUGH: usize = 8;
        let width = match operand.width {
            width if width > ENOUGH => ENOUGH + width % 2,
            width => width,
        };
        let operand = Format { width, ..operand };
        let values = operand.min()..=operand.max();
        let digits = values.flat_map(|value| encoding.digits(operand, value));
        let (min, max) = digits.fold((0, 0), |(min, max), digit| (digit.min(min), digit.max(max)));
        Self { min, max }
    }

    /// Number of wires: 1 to 3.
    #[must_use]
    pub fn width(self) -> usize {
        1 + usize::from(self.negative()) + usize::from(self.two())
    }

    fn negative(self) -> bool {
        self.min < 0
    }

    fn two(self) -> bool {
        self.min < -1 || self.max > 1
    }

    /// The wires of a digit, which must have a cleared `negative` where it is zero.
    fn pack(self, digit: &Digit) -> Vec<Bit> {
        let Digit { negative, one, two } = *digit;
        let wires = [(self.negative(), negative), (true, one), (self.two(), two)];
        wires.into_iter().filter(|(there, _)| *there).map(|(_, wire)| wire).collect()
    }

    /// The digit on these wires.
    ///
    /// # Panics
    /// If there are not [`DigitFormat::width`] of them.
    #[must_use]
    pub fn digit(self, wires: &[Bit]) -> Digit {
        assert_eq!(wires.len(), self.width(), "wires of a digit");
        let one = usize::from(self.negative());
        Digit {
            negative: if self.negative() { wires[0] } else { Bit::Zero },
            one: wires[one],
            two: if self.two() { wires[one + 1] } else { Bit::Zero },
        }
    }

    /// Smallest and largest product of a digit and a value of `b`.
    #[must_use]
    pub fn product(self, b: Format) -> (i128, i128) {
        let (min, max) = (i128::from(self.min), i128::from(self.max));
        let corners = [min * b.min(), min * b.max(), max * b.min(), max * b.max()];
        corners.into_iter().fold((0, 0), |(low, high), p| (low.min(p), high.max(p)))
    }

    /// The smallest format that holds every sum of `terms` products of a digit and a value of `b`,
    /// all of one bit weight: k + 10 bits for INT8, radix 4 and 2^k terms, since -2 times -128 is
    /// +256 and every term may be that. Unsigned where no product can be negative.
    ///
    /// # Panics
    /// If there are more than 2^48 terms.
    #[must_use]
    pub fn sum(self, b: Format, terms: u64) -> Format {
        assert!(terms <= 1 << 48, "sums of at most 2^48 terms");
        let (min, max) = self.product(b);
        let (min, max) = (min * i128::from(terms), max * i128::from(terms));
        let signed = min < 0;
        let holds = |width: &usize| {
            let format = Format { width: *width, signed };
            format.min() <= min && max <= format.max()
        };
        let width = (1..).find(holds).expect("some width holds 2^120");
        Format { width, signed }
    }
}

/// `digits = encode(a)`: the digits of all bit weights in the uniform form, least significant
/// digit first, [`DigitFormat::width`] wires each.
#[must_use]
pub fn encoder(encoding: &dyn Encoding, operand: Format) -> Netlist {
    let mut netlist = Netlist::new();
    let a = netlist.input("a", operand.width, delay::REGISTER);
    let wires = encode(&mut netlist, encoding, (&a, operand));
    netlist.output("digits", wires);
    netlist.pruned()
}

/// The wires of all digits of an operand, as [`encoder`] puts them out.
pub(super) fn encode(
    netlist: &mut Netlist,
    encoding: &dyn Encoding,
    (a, operand): (&[Bit], Format),
) -> Vec<Bit> {
    let format = DigitFormat::new(encoding, operand);
    let lines = encoding.recode(netlist, a, operand);
    let digits = encoding.select(netlist, &lines, operand);
    let weights = encoding.weights(operand);
    let wires = digits.iter().zip(weights).flat_map(|(digit, weight)| {
        let digit = digit.normalised(netlist, Place::new(Role::Encoder, weight));
        format.pack(&digit)
    });
    wires.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arith::encode;
    use crate::arith::heap::BitHeap;
    use crate::arith::testing::{lanes, unpack, word};

    /// The wires that stand for a digit, written from the definition.
    fn code(format: DigitFormat, digit: i8) -> i128 {
        let mut wires = Vec::new();
        if format.min < 0 {
            wires.push(digit < 0);
        }
        wires.push(digit.abs() == 1);
        if format.max > 1 || format.min < -1 {
            wires.push(digit.abs() == 2);
        }
        wires.iter().enumerate().map(|(i, &wire)| i128::from(wire) << i).sum()
    }

    /// Exhaustive up to 10 bits: the encoder puts the digits of the definition on the wires.
    #[test]
    fn encoders_follow_the_digit_table() {
        for &encoding in encode::ALL {
            for operand in Format::sweep(10) {
                let format = DigitFormat::new(encoding, operand);
                let encoder = encoder(encoding, operand);
                let values: Vec<i128> = (operand.min()..=operand.max()).collect();
                for chunk in values.chunks(64) {
                    let out = encoder.evaluate(&[lanes(chunk, operand.width)]);
                    for (vector, &value) in chunk.iter().enumerate() {
                        let digits = encoding.digits(operand, value);
                        assert_eq!(out[0].len(), digits.len() * format.width());
                        let expected: i128 = digits
                            .iter()
                            .enumerate()
                            .map(|(i, &digit)| code(format, digit) << (i * format.width()))
                            .sum();
                        let name = encoding.name();
                        assert_eq!(word(&out[0], vector), expected, "{name} {operand} {value}");
                    }
                }
            }
        }
    }

    /// The range that is read off narrow operands is that of wide ones, and is reached.
    #[test]
    fn ranges_are_those_of_all_values() {
        for &encoding in encode::ALL {
            for operand in Format::sweep(13) {
                let values = operand.min()..=operand.max();
                let all = values.flat_map(|value| encoding.digits(operand, value));
                let (min, max) = all.fold((0, 0), |(min, max), d: i8| (d.min(min), d.max(max)));
                let found = DigitFormat::new(encoding, operand);
                assert_eq!(found, DigitFormat { min, max }, "{} {operand}", encoding.name());
            }
        }
    }

    /// Exhaustive: one digit times B, unshifted, as signed numbers of the derived width.
    #[test]
    fn products_of_every_digit_are_exact() {
        for &encoding in encode::ALL {
            for (operand, b) in Format::sweep(4).flat_map(|a| Format::sweep(8).map(move |b| (a, b)))
            {
                let format = DigitFormat::new(encoding, operand);
                let width = format.sum(b, 1).width;
                let mut netlist = Netlist::new();
                let wires = netlist.input("digit", format.width(), 0);
                let bits = netlist.input("b", b.width, 0);
                let mut heap = BitHeap::new(width);
                format.digit(&wires).multiply(&mut netlist, &mut heap, 0, (&bits, b));
                heap.into_columns().into_iter().for_each(|bits| netlist.output("column", bits));
                let cases: Vec<(i8, i128)> = (format.min..=format.max)
                    .flat_map(|digit| (b.min()..=b.max()).map(move |y| (digit, y)))
                    .collect();
                for chunk in cases.chunks(64) {
                    let codes: Vec<i128> = chunk.iter().map(|case| code(format, case.0)).collect();
                    let ys: Vec<i128> = chunk.iter().map(|case| case.1).collect();
                    let inputs = [lanes(&codes, format.width()), lanes(&ys, b.width)];
                    let out = netlist.evaluate(&inputs);
                    for (vector, &(digit, y)) in chunk.iter().enumerate() {
                        let column = |(column, bits): (usize, &Vec<u64>)| {
                            let ones = bits.iter().map(|lane| i128::from(lane >> vector & 1));
                            ones.sum::<i128>() << column
                        };
                        let sum: i128 = out.iter().enumerate().map(column).sum();
                        let expected = unpack(i128::from(digit) * y, width);
                        assert_eq!(unpack(sum, width), expected, "{digit} x {y} {b}");
                    }
                }
            }
        }
    }

    #[test]
    fn planes_are_as_wide_as_the_extremes() {
        let int8 = Format::signed(8);
        let booth = DigitFormat::new(&encode::Booth, int8);
        for k in 0..=16 {
            assert_eq!(booth.sum(int8, 1 << k), Format::signed(k + 10));
        }
        let bits = DigitFormat::new(&encode::BaughWooley, Format::unsigned(8));
        assert_eq!(bits.sum(Format::unsigned(8), 1), Format::unsigned(8));
        // Every sum of up to three terms, and nothing wider than needed.
        for &encoding in encode::ALL {
            for (a, b) in Format::sweep(4).flat_map(|a| Format::sweep(3).map(move |b| (a, b))) {
                let format = DigitFormat::new(encoding, a);
                let products = || {
                    (format.min..=format.max)
                        .flat_map(move |d| (b.min()..=b.max()).map(move |y| i128::from(d) * y))
                };
                let (min, max) = (products().min().unwrap(), products().max().unwrap());
                let sum = format.sum(b, 3);
                assert!(sum.min() <= 3 * min && 3 * max <= sum.max());
                if sum.width > 1 {
                    let narrower = Format { width: sum.width - 1, ..sum };
                    assert!(3 * min < narrower.min() || narrower.max() < 3 * max);
                }
            }
        }
    }
}
