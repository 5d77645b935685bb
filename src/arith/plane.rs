//! The datapaths of an engine that reduces one bit weight at a time (`opt2`).
//!
//! A *plane* is the sum of the products of the digits of one bit weight: `sum over k of
//! digit(k) * B(k)`, not shifted. An element keeps it as a narrow carry-save pair; behind the
//! array the pair is resolved, then extended by its sign, then shifted by its weight, then added
//! to the result. The order matters: the words of a pair that is fed back are exact only modulo
//! 2^width *together*, so neither may be extended before their carries have met.
//!
//! Source: arXiv 2503.06342, section on OPT2. The width follows from the longest plane, see
//! [`DigitFormat::sum`].

use super::adder::{self, Topology};
use super::carry_save::Terms;
use super::compress::CompressorStrategy;
use super::delay;
use super::digit::{self, DigitFormat};
use super::encode::Encoding;
use super::format::Format;
use super::gates::Place;
use super::heap::BitHeap;
use super::netlist::{Bit, Netlist, Role};

/// How the planes of a product are formed and added up.
#[derive(Clone, Copy)]
pub struct Plane {
    /// Format of operand A, the encoded one.
    pub a: Format,
    /// Format of operand B, the selected one.
    pub b: Format,
    /// Recoding of A.
    pub encoding: &'static dyn Encoding,
    /// Placement of the compressors.
    pub compressor: &'static dyn CompressorStrategy,
    /// Terms that are added up side by side.
    pub lanes: usize,
    /// Terms of the longest plane that an element accumulates.
    pub terms: u64,
}

impl Plane {
    /// The form in which a digit travels.
    #[must_use]
    pub fn digit(&self) -> DigitFormat {
        DigitFormat::new(self.encoding, self.a)
    }

    /// Bit weights of the planes, as powers of two.
    #[must_use]
    pub fn weights(&self) -> Vec<usize> {
        self.encoding.weights(self.a)
    }

    /// The format of an accumulated plane: the smallest that holds every one, but never wider than
    /// the result that it becomes a part of, modulo whose width alone it matters.
    #[must_use]
    pub fn sum(&self, result: usize) -> Format {
        let sum = self.digit().sum(self.b, self.terms);
        Format { width: sum.width.min(result), ..sum }
    }
}

impl Terms for Plane {
    /// The partial products of all lanes, given the words `digits` and `b`: lane i of a word stands
    /// at its bits `[width * i +: width]`.
    fn heap(&self, netlist: &mut Netlist, width: usize) -> BitHeap {
        let format = self.digit();
        let digits = netlist.input("digits", format.width() * self.lanes, delay::REGISTER);
        let b = netlist.input("b", self.b.width * self.lanes, delay::REGISTER);
        let mut heap = BitHeap::new(width);
        let lanes = digits.chunks(format.width()).zip(b.chunks(self.b.width));
        for (digit, b) in lanes {
            format.digit(digit).multiply(netlist, &mut heap, 0, (b, self.b));
        }
        heap
    }

    fn compressor(&self) -> &dyn CompressorStrategy {
        self.compressor
    }
}

/// `digit = encode(a)[plane]`: the encoder of an operand and the choice of one of its digits.
/// `select` has a bit per plane, at most one of which is set; the digit is zero where none is.
#[must_use]
pub fn digit(plane: &Plane) -> Netlist {
    let width = plane.digit().width();
    let mut netlist = Netlist::new();
    let a = netlist.input("a", plane.a.width, delay::REGISTER);
    let digits = digit::encode(&mut netlist, plane.encoding, (&a, plane.a));
    let select = netlist.input("select", plane.weights().len(), delay::REGISTER);
    let wire = |netlist: &mut Netlist, wire: usize| {
        let ways: Vec<[Bit; 2]> = digits
            .chunks(width)
            .zip(&select)
            .map(|(digit, &selected)| [digit[wire], selected])
            .collect();
        choose(netlist, Place::new(Role::Encoder, wire), &ways)
    };
    let chosen = (0..width).map(|index| wire(&mut netlist, index)).collect();
    netlist.output("digit", chosen);
    netlist.pruned()
}

/// `sum' = (keep ? sum : 0) + extend(plane) * 2^weight` modulo 2^width, where the bit of `select`
/// that is set tells the weight.
#[must_use]
pub fn accumulate(plane: &Plane, width: usize, topology: Topology) -> Netlist {
    let format = plane.sum(width);
    let weights = plane.weights();
    let mut netlist = Netlist::new();
    let bits = netlist.input("plane", format.width, delay::REGISTER);
    let select = match weights.len() {
        1 => vec![Bit::One],
        planes => netlist.input("select", planes, delay::REGISTER),
    };
    let sum = netlist.input("sum", width, delay::REGISTER);
    let keep = netlist.input("keep", 1, delay::REGISTER)[0];
    let extension = if format.signed { bits[bits.len() - 1] } else { Bit::Zero };
    let mut shifted = Vec::with_capacity(width);
    let mut kept = Vec::with_capacity(width);
    for column in 0..width {
        let bit = |weight: &usize| match column.checked_sub(*weight) {
            None => Bit::Zero,
            Some(index) => bits.get(index).copied().unwrap_or(extension),
        };
        let ways: Vec<[Bit; 2]> = weights
            .iter()
            .zip(&select)
            .map(|(weight, &selected)| [bit(weight), selected])
            .collect();
        shifted.push(choose(&mut netlist, Place::new(Role::Adder, column), &ways));
        kept.push(netlist.and(Place::new(Role::Feedback, column), sum[column], keep));
    }
    let result = adder::add(&mut netlist, topology, &kept, &shifted);
    netlist.output("sum", result);
    netlist.pruned()
}

/// The data bit of the way whose select bit is set, or zero: an AND-OR selector, two ways to a
/// cell.
fn choose(netlist: &mut Netlist, place: Place, ways: &[[Bit; 2]]) -> Bit {
    let mut level: Vec<Bit> = ways
        .chunks(2)
        .map(|pair| match *pair {
            [[a, b], [c, d]] => netlist.select(place, [a, b, c, d]),
            [[a, b]] => netlist.and(place, a, b),
            _ => Bit::Zero,
        })
        .collect();
    while level.len() > 1 {
        level = level
            .chunks(2)
            .map(|pair| match *pair {
                [a, b] => netlist.or(place, a, b),
                [a] => a,
                _ => Bit::Zero,
            })
            .collect();
    }
    level.first().copied().unwrap_or(Bit::Zero)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::arith::carry_save::{CarryStorage, multiply_compress, resolve};
    use crate::arith::testing::{lanes, unpack, word};
    use crate::arith::{compress, encode};

    fn plane(encoding: &'static dyn Encoding, a: Format, b: Format, lanes: usize) -> Plane {
        Plane { a, b, encoding, compressor: &compress::Timed, lanes, terms: 9 }
    }

    /// The wires of a digit, from the definition: negative, one, two, as far as they are there.
    fn code(plane: &Plane, digit: i8) -> i128 {
        let format = plane.digit();
        let mut wires = vec![];
        if format.min < 0 {
            wires.push(digit < 0);
        }
        wires.push(digit.abs() == 1);
        if format.max > 1 || format.min < -1 {
            wires.push(digit.abs() == 2);
        }
        wires.iter().enumerate().map(|(i, &wire)| i128::from(wire) << i).sum()
    }

    /// Exhaustive up to 8 bits: every digit of every operand, and zero where none is selected.
    #[test]
    fn digits_are_selected() {
        for &encoding in encode::ALL {
            for a in Format::sweep(8) {
                let plane = plane(encoding, a, a, 1);
                let netlist = digit(&plane);
                let (planes, width) = (plane.weights().len(), plane.digit().width());
                let cases: Vec<(i128, usize)> = (a.min()..=a.max())
                    .flat_map(|value| (0..=planes).map(move |index| (value, index)))
                    .collect();
                for chunk in cases.chunks(64) {
                    let values: Vec<i128> = chunk.iter().map(|case| case.0).collect();
                    let select: Vec<i128> =
                        chunk.iter().map(|case| (1 << case.1) & ((1 << planes) - 1)).collect();
                    let out = netlist.evaluate(&[lanes(&values, a.width), lanes(&select, planes)]);
                    for (vector, &(value, index)) in chunk.iter().enumerate() {
                        let digit = encoding.digits(a, value).get(index).copied().unwrap_or(0);
                        assert_eq!(out[0].len(), width);
                        let name = encoding.name();
                        assert_eq!(
                            word(&out[0], vector),
                            code(&plane, digit),
                            "{name} {a} {value}"
                        );
                    }
                }
            }
        }
    }

    /// Whole planes by the definition: digits go through the compressor beat by beat, the pair is
    /// resolved and added to a result. The longest plane of extremes is among them.
    fn check(plane: &Plane, storage: CarryStorage, width: usize, values: &[(i128, i128)]) {
        let topology = Topology::Sklansky;
        let sum = plane.sum(width);
        let (compressor, layout) = multiply_compress(plane, sum.width, storage);
        let resolver = resolve(sum.width, &layout, topology);
        let adder = accumulate(plane, width, topology);
        let weights = plane.weights();
        let bits = |value: i128, width: usize| lanes(&[value], width);
        let mut result = bits(0x5a5a, width);
        let mut expected = 0;
        for (index, &weight) in weights.iter().enumerate() {
            // What was left from before must not matter.
            let mut pair = vec![bits(-1, sum.width), bits(0x2d, layout.width())];
            for (beat, terms) in values.chunks(plane.lanes).enumerate() {
                let (mut digits, mut b) = (0, 0);
                for (lane, &(x, y)) in terms.iter().enumerate() {
                    let digit = plane.encoding.digits(plane.a, x)[index];
                    digits |= code(plane, digit) << (lane * plane.digit().width());
                    b |= unpack(y, plane.b.width) << (lane * plane.b.width);
                }
                let mut inputs = vec![
                    bits(digits, plane.digit().width() * plane.lanes),
                    bits(b, plane.b.width * plane.lanes),
                    pair[0].clone(),
                    bits(i128::from(beat > 0), 1),
                ];
                if layout.width() > 0 {
                    inputs.push(pair[1].clone());
                }
                pair = compressor.evaluate(&inputs);
            }
            let resolved = resolver.evaluate(&pair).remove(0);
            let mut inputs = vec![resolved];
            if weights.len() > 1 {
                inputs.push(bits(1 << index, weights.len()));
            }
            inputs.extend([result, bits(i128::from(index > 0), 1)]);
            result = adder.evaluate(&inputs).remove(0);
            let digit = |x: i128| i128::from(plane.encoding.digits(plane.a, x)[index]);
            let plane_sum: i128 = values.iter().map(|&(x, y)| digit(x) * y).sum();
            expected += plane_sum << weight;
            let name = plane.encoding.name();
            let what = format!("{name} {} x {} mod 2^{width}", plane.a, plane.b);
            assert_eq!(word(&result, 0), unpack(expected, width), "{what}: plane {index}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn planes_add_up_to_the_product(
            widths in (1usize..=12, 1usize..=12),
            signs in any::<(bool, bool)>(),
            lanes in 1usize..=5,
            width in 1usize..=40,
            values in prop::collection::vec(any::<(i64, i64)>(), 9),
        ) {
            let a = Format { width: widths.0, signed: signs.0 };
            let b = Format { width: widths.1, signed: signs.1 };
            let wrap = |v: i64, f: Format| {
                let bits = unpack(v.into(), f.width);
                if bits > f.max() { bits - (1 << f.width) } else { bits }
            };
            let random = values.iter().map(|&(x, y)| (wrap(x, a), wrap(y, b))).collect();
            let mut sets: Vec<Vec<(i128, i128)>> = vec![random];
            for x in [a.min(), a.max()] {
                for y in [b.min(), b.max()] {
                    sets.push(vec![(x, y); 9]);
                }
            }
            for &encoding in encode::ALL {
                for storage in [CarryStorage::Slack, CarryStorage::Every(1), CarryStorage::Every(3)] {
                    let plane = plane(encoding, a, b, lanes);
                    sets.iter().for_each(|values| check(&plane, storage, width, values));
                }
            }
        }
    }

    /// The bound of the published engine, k + 10 bits, is needed: with one bit less the corner of
    /// all -2 times all -128 wraps.
    #[test]
    fn one_bit_less_is_not_enough() {
        let int8 = Format::signed(8);
        let plane = Plane { terms: 16, ..plane(&encode::Booth, int8, int8, 4) };
        assert_eq!(plane.sum(32), Format::signed(14));
        assert_eq!(plane.sum(12), Format::signed(12), "a plane is part of the result");
        let digits = encode::Booth.digits(int8, -128);
        let largest: i128 = 16 * i128::from(digits[3]) * -128;
        assert_eq!(largest, 4096);
        assert!(largest > Format::signed(13).max() && largest <= Format::signed(14).max());
        check(&plane, CarryStorage::Slack, 32, &[(-128, -128); 16]);
    }
}
