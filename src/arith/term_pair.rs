//! Datapaths of a term-serial element: both operands arrive as signed powers of two, one pair of
//! terms per lane and cycle.
//!
//! The exponents of a pair are added; the sum says into which bin of a histogram the pair counts,
//! with its sign. The histogram of all lanes is reduced once per cycle, each bin at its weight.
//! Source: S. Sharify et al., "Laconic deep learning inference acceleration", ISCA 2019.

use super::adder::{self, Topology};
use super::carry_save::CarryLayout;
use super::compress::{self, CarrySave, CompressorStrategy};
use super::delay;
use super::gates::Place;
use super::heap::{BitHeap, Sign};
use super::netlist::{Bit, Netlist, Role};
use super::sparse::index_width;

/// Extents of a term-serial element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TermPairs {
    /// Pairs per cycle.
    pub lanes: usize,
    /// Exponents of operand A: 0 to one less.
    pub a: usize,
    /// Exponents of operand B.
    pub b: usize,
}

impl TermPairs {
    /// Bins of the histogram: sums of two exponents.
    #[must_use]
    pub const fn bins(&self) -> usize {
        self.a + self.b - 1
    }

    /// Bits of a bin's count, -lanes to +lanes.
    #[must_use]
    pub const fn count_width(&self) -> usize {
        1 + (usize::BITS - self.lanes.leading_zeros()) as usize
    }

    /// Bits of a term: valid, negative, exponent.
    #[must_use]
    pub const fn term_width(exponents: usize) -> usize {
        2 + index_width(exponents)
    }

    /// `count[e] = number of positive pairs of exponent e - number of negative ones`.
    ///
    /// Inputs `a` and `b`, lane by lane, each term from bit 0 up: valid, negative, exponent.
    #[must_use]
    pub fn histogram(&self, compressor: &dyn CompressorStrategy, topology: Topology) -> Netlist {
        let mut netlist = Netlist::new();
        let widths = [Self::term_width(self.a), Self::term_width(self.b)];
        let [a, b] = [("a", widths[0]), ("b", widths[1])]
            .map(|(name, width)| netlist.input(name, self.lanes * width, delay::REGISTER));
        let mut heaps = vec![BitHeap::new(self.count_width()); self.bins()];
        for (a, b) in a.chunks(widths[0]).zip(b.chunks(widths[1])) {
            let place = Place::new(Role::Encoder, 0);
            let valid = netlist.and(place, a[0], b[0]);
            let negative = netlist.xor(place, a[1], b[1]);
            let exponent = add_exponents(&mut netlist, &a[2..], &b[2..]);
            let complements: Vec<Bit> =
                exponent.iter().map(|&bit| netlist.not(place, bit)).collect();
            for (bin, heap) in heaps.iter_mut().enumerate() {
                let place = Place::new(Role::PartialProduct, bin);
                let literal = |bit: usize| match bin >> bit & 1 {
                    1 => exponent[bit],
                    _ => complements[bit],
                };
                let hit = (0..exponent.len())
                    .fold(valid, |hit, bit| netlist.and(place, hit, literal(bit)));
                // A negative pair counts one, less two.
                heap.add(0, hit);
                let taken = netlist.and(place, hit, negative);
                heap.add_signed(&mut netlist, 1, taken, Sign::Minus);
            }
        }
        let mut counts = Vec::new();
        for heap in heaps {
            let limits = vec![2; heap.width()];
            let CarrySave { sum, carry } =
                compress::carry_save(&mut netlist, heap, compressor, &limits);
            counts.extend(adder::add(&mut netlist, topology, &sum, &carry));
        }
        netlist.output("count", counts);
        netlist.pruned()
    }

    /// `sum' + carry' = (hold ? sum + carry : 0) + sum over e of count[e] * 2^e` modulo 2^width.
    #[must_use]
    pub fn reduce(
        &self,
        width: usize,
        compressor: &dyn CompressorStrategy,
    ) -> (Netlist, CarryLayout) {
        let mut layout = CarryLayout::new((1..width).collect());
        loop {
            let (netlist, image) = self.reduce_with(width, compressor, &layout);
            if image == layout {
                return (netlist, layout);
            }
            layout = image;
        }
    }

    fn reduce_with(
        &self,
        width: usize,
        compressor: &dyn CompressorStrategy,
        layout: &CarryLayout,
    ) -> (Netlist, CarryLayout) {
        let mut netlist = Netlist::new();
        let bits = self.count_width();
        let counts = netlist.input("count", self.bins() * bits, delay::REGISTER);
        let hold = netlist.input("hold", 1, delay::REGISTER)[0];
        let mut heap = BitHeap::new(width);
        for (weight, count) in counts.chunks(bits).enumerate() {
            heap.add_word(&mut netlist, weight, count, true);
        }
        let sum = netlist.input("sum", width, delay::REGISTER);
        let mut words = vec![sum];
        if layout.width() > 0 {
            let carry = netlist.input("carry", layout.width(), delay::REGISTER);
            words.push(layout.expand(&carry, width));
        }
        for word in words {
            for (column, bit) in word.into_iter().enumerate() {
                let kept = netlist.and(Place::new(Role::Feedback, column), bit, hold);
                heap.add(column, kept);
            }
        }
        let mut limits = vec![1; width];
        layout.columns().iter().for_each(|&column| limits[column] = 2);
        let CarrySave { sum, carry } =
            compress::carry_save(&mut netlist, heap, compressor, &limits);
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

/// The sum of two exponents, one bit longer than the longer of them.
fn add_exponents(netlist: &mut Netlist, a: &[Bit], b: &[Bit]) -> Vec<Bit> {
    let mut sum = Vec::new();
    let mut carry = Bit::Zero;
    for column in 0..a.len().max(b.len()) {
        let bit = |word: &[Bit]| word.get(column).copied().unwrap_or(Bit::Zero);
        let place = Place::new(Role::Encoder, column);
        let (bit, next) = netlist.full_adder(place, bit(a), bit(b), carry);
        sum.push(bit);
        carry = next;
    }
    if carry != Bit::Zero {
        sum.push(carry);
    }
    sum
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::arith::testing::{lanes, unpack, word};
    use crate::arith::{carry_save, compress as strategies};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        /// A cycle of a term-serial element against the sum of its signed powers of two.
        #[test]
        fn pairs_are_counted_and_reduced(
            terms in 1usize..=20,
            exponents in (1usize..=10, 1usize..=10),
            width in 1usize..=28,
            vectors in prop::collection::vec(any::<([u16; 20], [u16; 20], i64, i64, bool)>(), 32),
        ) {
            let pairs = TermPairs { lanes: terms, a: exponents.0, b: exponents.1 };
            let compressor = strategies::ALL[width % strategies::ALL.len()];
            let histogram = pairs.histogram(compressor, Topology::Sklansky);
            let (reduce, layout) = pairs.reduce(width, compressor);
            // Code and value of a term that a random word stands for.
            let term = |seed: u16, exponents: usize| {
                let exponent = usize::from(seed >> 2) % exponents;
                let code = i128::from(seed & 3) | (exponent as i128) << 2;
                let sign = if seed & 2 == 0 { 1 } else { -1 };
                (code, (i128::from(seed & 1) * sign) << exponent)
            };
            // Words of more than 128 bits are put together by lane.
            let operand = |seeds: &dyn Fn(usize) -> [u16; 20], exponents: usize| {
                let bits = TermPairs::term_width(exponents);
                (0..terms).flat_map(|lane| {
                    let codes: Vec<i128> =
                        (0..vectors.len()).map(|v| term(seeds(v)[lane], exponents).0).collect();
                    lanes(&codes, bits)
                }).collect::<Vec<u64>>()
            };
            let a = operand(&|v| vectors[v].0, pairs.a);
            let b = operand(&|v| vectors[v].1, pairs.b);
            let counts = histogram.evaluate(&[a, b]);
            let column = |f: &dyn Fn(usize) -> i128| {
                (0..vectors.len()).map(f).collect::<Vec<i128>>()
            };
            let sums = column(&|v| i128::from(vectors[v].2));
            let carries = column(&|v| i128::from(vectors[v].3));
            let holds = column(&|v| i128::from(vectors[v].4));
            let mut inputs = vec![counts[0].clone(), lanes(&holds, 1), lanes(&sums, width)];
            if layout.width() > 0 {
                inputs.push(lanes(&carries, layout.width()));
            }
            let pair = reduce.evaluate(&inputs);
            let resolved =
                carry_save::resolve(width, &layout, Topology::Sklansky).evaluate(&pair);
            for (v, vector) in vectors.iter().enumerate() {
                let product = |lane: usize| {
                    term(vector.0[lane], pairs.a).1 * term(vector.1[lane], pairs.b).1
                };
                let products: i128 = (0..terms).map(product).sum();
                let columns = layout.columns().iter().enumerate();
                let carry: i128 = columns.map(|(i, &c)| (carries[v] >> i & 1) << c).sum();
                let kept = holds[v] * (unpack(sums[v], width) + carry);
                prop_assert_eq!(word(&resolved[0], v), unpack(kept + products, width));
            }
        }
    }
}
