//! Datapaths of the bit-slice engines: one digit per lane and cycle, accumulated in carry-save, and
//! the adders through which a finished sum leaves.
//!
//! A *segment* is what is accumulated without being read out: one bit-weight plane, or several
//! neighbouring ones in Horner order, from the top weight down. At the step from a plane to the
//! next lower one both accumulated words are shifted left by the width of a digit, which is exact
//! modulo 2^width as long as the words are never extended one by one.
//! Source: arXiv 2503.06342, sections on OPT3 and OPT4.

use num_bigint::BigInt;

use super::adder::{self, Topology};
use super::carry_save::CarryLayout;
use super::compress::{self, CarrySave, CompressorStrategy};
use super::delay;
use super::digit::DigitFormat;
use super::encode::Encoding;
use super::format::Format;
use super::gates::Place;
use super::heap::BitHeap;
use super::netlist::{Bit, Netlist, Role};

/// What an element of a bit-slice engine accumulates.
#[derive(Clone, Copy)]
pub struct Accumulation {
    /// The digits of A.
    pub digit: DigitFormat,
    /// Format of operand B.
    pub b: Format,
    /// Digits that are added up per cycle.
    pub lanes: usize,
    /// Bits of the accumulated words.
    pub width: usize,
    /// Distance of two planes, if the words are shifted at the step from one to the next.
    pub step: Option<usize>,
    /// Placement of the compressors.
    pub compressor: &'static dyn CompressorStrategy,
}

impl Accumulation {
    /// `sum' + carry' = kept + sum over the lanes of digit * b` modulo 2^width, where `kept` is
    /// the pair itself where `hold`, the pair times 2^step where `shift`, and else zero.
    ///
    /// Inputs: `digit` and `b` (lane by lane), `hold`, `shift` (with a step), `sum`, `carry`.
    /// Outputs: `sum`, `carry`, the latter with the columns of the layout.
    #[must_use]
    pub fn compress(&self) -> (Netlist, CarryLayout) {
        let mut layout = CarryLayout::new((1..self.width).collect());
        loop {
            let (netlist, image) = self.compress_with(&layout);
            if image == layout {
                return (netlist, layout);
            }
            layout = image;
        }
    }

    fn compress_with(&self, layout: &CarryLayout) -> (Netlist, CarryLayout) {
        let width = self.width;
        let mut netlist = Netlist::new();
        let wires = self.digit.width();
        let digits = netlist.input("digit", self.lanes * wires, delay::REGISTER);
        let b = netlist.input("b", self.lanes * self.b.width, delay::REGISTER);
        let hold = netlist.input("hold", 1, delay::REGISTER)[0];
        let shift = match self.step {
            Some(step) => Some((step, netlist.input("shift", 1, delay::REGISTER)[0])),
            None => None,
        };
        let mut heap = BitHeap::new(width);
        for (digit, b) in digits.chunks(wires).zip(b.chunks(self.b.width)) {
            self.digit.digit(digit).multiply(&mut netlist, &mut heap, 0, (b, self.b));
        }
        let sum = netlist.input("sum", width, delay::REGISTER);
        let mut words = vec![sum];
        if layout.width() > 0 {
            let carry = netlist.input("carry", layout.width(), delay::REGISTER);
            words.push(layout.expand(&carry, width));
        }
        for word in words {
            for column in 0..width {
                let place = Place::new(Role::Feedback, column);
                let kept = match shift {
                    None => netlist.and(place, word[column], hold),
                    Some((step, shift)) => {
                        let below = column.checked_sub(step).map_or(Bit::Zero, |from| word[from]);
                        netlist.select(place, [word[column], hold, below, shift])
                    }
                };
                heap.add(column, kept);
            }
        }
        let mut limits = vec![1; width];
        layout.columns().iter().for_each(|&column| limits[column] = 2);
        let CarrySave { sum, carry } =
            compress::carry_save(&mut netlist, heap, self.compressor, &limits);
        let columns = (0..width).filter(|&column| carry[column] != Bit::Zero).collect();
        let image = CarryLayout::new(columns);
        netlist.output("sum", sum);
        if image.width() > 0 {
            let stored = image.columns().iter().map(|&column| carry[column]).collect();
            netlist.output("carry", stored);
        }
        (netlist.pruned(), image)
    }
}

/// The format that holds every segment of sums of up to `terms` products: of one plane, or of any
/// neighbouring planes in Horner order. Signed, since a digit may be negative where the operand is
/// not.
#[must_use]
pub fn segment(
    encoding: &dyn Encoding,
    (a, b): (Format, Format),
    terms: u64,
    horner: bool,
) -> Format {
    let (min, max) = DigitFormat::new(encoding, a).product(b);
    let weights = encoding.weights(a);
    let lowest = weights[0];
    let planes = if horner { weights.as_slice() } else { &weights[..1] };
    let scale: BigInt = planes.iter().map(|weight| BigInt::from(1) << (weight - lowest)).sum();
    let (min, max) = (scale.clone() * min * terms, scale * max * terms);
    // -2^(w-1) holds the lower bound, 2^(w-1) - 1 the upper one.
    let negative = if min < BigInt::ZERO { (-min - 1u32).bits() + 1 } else { 1 };
    let width = negative.max(max.bits() + 1);
    Format { width: usize::try_from(width).expect("a few hundred bits"), signed: true }
}

/// `total' = (keep ? total : 0) + value * 2^weight` modulo 2^width: adds a resolved segment to what
/// was read out of the same result before. `plane` selects one of the weights, one-hot; it is
/// absent where there is only one.
#[must_use]
pub fn total(value: Format, weights: &[usize], width: usize, topology: Topology) -> Netlist {
    let mut netlist = Netlist::new();
    let bits = netlist.input("value", value.width, delay::REGISTER);
    let planes = match weights.len() {
        1 => vec![Bit::One],
        count => netlist.input("plane", count, delay::REGISTER),
    };
    let sum = netlist.input("total", width, delay::REGISTER);
    let keep = netlist.input("keep", 1, delay::REGISTER)[0];
    let mut shifted = vec![Bit::Zero; width];
    let mut kept = vec![Bit::Zero; width];
    for column in 0..width {
        let place = Place::new(Role::Feedback, column);
        let mut lines: Vec<Bit> = Vec::new();
        for (&weight, &plane) in weights.iter().zip(&planes) {
            let Some(index) = column.checked_sub(weight) else { continue };
            let top = if value.signed { bits[value.width - 1] } else { Bit::Zero };
            let bit = bits.get(index).copied().unwrap_or(top);
            lines.push(netlist.and(place, bit, plane));
        }
        shifted[column] = lines.into_iter().fold(Bit::Zero, |a, b| netlist.or(place, a, b));
        kept[column] = netlist.and(place, sum[column], keep);
    }
    let result = adder::add(&mut netlist, topology, &shifted, &kept);
    netlist.output("total", result);
    netlist.pruned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::arith::testing::{lanes, unpack, word};
    use crate::arith::{carry_save, compress as strategies, encode};

    /// Wires of a digit, from the definition of the uniform form.
    fn code(format: DigitFormat, digit: i8) -> i128 {
        let mut wires = Vec::new();
        if format.min < 0 {
            wires.push(digit < 0);
        }
        wires.push(digit.abs() == 1);
        if format.width() > wires.len() {
            wires.push(digit.abs() == 2);
        }
        wires.iter().enumerate().map(|(i, &wire)| i128::from(wire) << i).sum()
    }

    fn wrap(value: i128, format: Format) -> i128 {
        (value - format.min()).rem_euclid(1 << format.width) + format.min()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        /// One cycle, with every control: hold, shift, drop.
        #[test]
        fn pairs_accumulate_digits_times_operands(
            widths in (1usize..=9, 1usize..=9),
            signs in any::<(bool, bool)>(),
            terms in 1usize..=5,
            width in 1usize..=26,
            shifts in any::<bool>(),
            vectors in prop::collection::vec((any::<[i64; 7]>(), any::<[i64; 5]>()), 48),
        ) {
            let a = Format { width: widths.0, signed: signs.0 };
            let b = Format { width: widths.1, signed: signs.1 };
            for &encoding in encode::ALL {
                let digit = DigitFormat::new(encoding, a);
                let weights = encoding.weights(a);
                let step = match weights.as_slice() {
                    [first, second, ..] if shifts => Some(second - first),
                    _ => None,
                };
                let compressor = strategies::ALL[width % strategies::ALL.len()];
                let datapath = Accumulation { digit, b, lanes: terms, width, step, compressor };
                let (netlist, layout) = datapath.compress();
                let range = i128::from(digit.max - digit.min) + 1;
                let digit_of = |seed: i64| {
                    (i128::from(digit.min) + i128::from(seed).rem_euclid(range)) as i8
                };
                let mut inputs: Vec<Vec<i128>> = vec![Vec::new(); 6];
                let mut expected = Vec::new();
                for (values, operands) in &vectors {
                    let digits: Vec<i8> = (0..terms).map(|l| digit_of(values[l])).collect();
                    let bs: Vec<i128> =
                        (0..terms).map(|l| wrap(i128::from(operands[l]), b)).collect();
                    let pack = |items: Vec<i128>, bits: usize| {
                        items.iter().enumerate().map(|(i, &x)| unpack(x, bits) << (i * bits)).sum()
                    };
                    let codes: Vec<i128> = digits.iter().map(|&d| code(digit, d)).collect();
                    let control = values[5].rem_euclid(if step.is_some() { 3 } else { 2 });
                    let sum = unpack(i128::from(values[6]), width);
                    let carry = unpack(i128::from(values[0] ^ values[6]), layout.width());
                    inputs[0].push(pack(codes, digit.width()));
                    inputs[1].push(pack(bs.clone(), b.width));
                    inputs[2].push(i128::from(control == 1));
                    inputs[3].push(i128::from(control == 2));
                    inputs[4].push(sum);
                    inputs[5].push(carry);
                    let columns = layout.columns().iter().enumerate();
                    let held = sum + columns.map(|(i, &c)| (carry >> i & 1) << c).sum::<i128>();
                    let kept = match control {
                        1 => held,
                        2 => held << step.unwrap(),
                        _ => 0,
                    };
                    let products: i128 =
                        digits.iter().zip(&bs).map(|(&d, &b)| i128::from(d) * b).sum();
                    expected.push(unpack(kept + products, width));
                }
                let mut words = vec![
                    lanes(&inputs[0], terms * digit.width()),
                    lanes(&inputs[1], terms * b.width),
                    lanes(&inputs[2], 1),
                ];
                if step.is_some() {
                    words.push(lanes(&inputs[3], 1));
                }
                words.push(lanes(&inputs[4], width));
                if layout.width() > 0 {
                    words.push(lanes(&inputs[5], layout.width()));
                }
                let out = netlist.evaluate(&words);
                let resolver = carry_save::resolve(width, &layout, Topology::Sklansky);
                let resolved = resolver.evaluate(&out);
                for (vector, &expected) in expected.iter().enumerate() {
                    prop_assert_eq!(word(&resolved[0], vector), expected, "{}", encoding.name());
                }
            }
        }

        /// Every plane is added at its weight.
        #[test]
        fn totals_are_shifted_sums(
            value_width in 1usize..=20,
            width in 1usize..=32,
            digits in 1usize..=5,
            step in 1usize..=2,
            vectors in prop::collection::vec(any::<[i64; 4]>(), 64),
        ) {
            let value = Format { width: value_width, signed: true };
            let weights: Vec<usize> = (0..digits).map(|i| i * step).collect();
            let netlist = total(value, &weights, width, Topology::Sklansky);
            let plane = |v: &[i64; 4]| v[1].rem_euclid(digits as i64) as usize;
            let column = |f: &dyn Fn(&[i64; 4]) -> i128| vectors.iter().map(f).collect::<Vec<_>>();
            let mut words = vec![lanes(&column(&|v| i128::from(v[0])), value_width)];
            if digits > 1 {
                words.push(lanes(&column(&|v| 1 << plane(v)), digits));
            }
            words.push(lanes(&column(&|v| i128::from(v[2])), width));
            words.push(lanes(&column(&|v| i128::from(v[3] & 1)), 1));
            let out = netlist.evaluate(&words);
            for (index, v) in vectors.iter().enumerate() {
                let shifted = wrap(i128::from(v[0]), value) << weights[plane(v)];
                let kept = if v[3] & 1 == 1 { i128::from(v[2]) } else { 0 };
                prop_assert_eq!(word(&out[0], index), unpack(shifted + kept, width));
            }
        }
    }

    /// The extremes of a segment, by enumeration of digits and operands.
    #[test]
    fn segments_hold_their_extremes() {
        for &encoding in encode::ALL {
            for (a, b) in Format::sweep(5).flat_map(|a| Format::sweep(3).map(move |b| (a, b))) {
                for horner in [false, true] {
                    let format = segment(encoding, (a, b), 3, horner);
                    let weights = encoding.weights(a);
                    let planes = if horner { weights.len() } else { 1 };
                    // Any neighbouring planes of any operand, three times, times any B.
                    for value in a.min()..=a.max() {
                        let digits = encoding.digits(a, value);
                        for low in 0..digits.len() {
                            for high in low + 1..=(low + planes).min(digits.len()) {
                                let part: i128 = (low..high)
                                    .map(|p| i128::from(digits[p]) << (weights[p] - weights[low]))
                                    .sum();
                                for y in [b.min(), b.max()] {
                                    let sum = 3 * part * y;
                                    assert!(format.min() <= sum && sum <= format.max());
                                }
                            }
                        }
                    }
                }
            }
        }
        let int8 = Format::signed(8);
        assert_eq!(segment(&encode::Booth, (int8, int8), 256, false).width, 18);
        assert_eq!(segment(&encode::Booth, (int8, int8), 256, true).width, 24);
    }
}
