//! Sums of many products at once: the tree over K of a column.
//!
//! Input words: `a` (or `digits`, see [`super::recode`]) and `b` with the operands of term 0
//! lowest, and `partial` where a partial sum is added; output word `sum`.

use num_bigint::{BigInt, BigUint};

use super::adder::{self, Topology};
use super::compress::{self, CarrySave};
use super::datapath;
use super::delay;
use super::encode::Digit;
use super::format::Format;
use super::heap::BitHeap;
use super::multiplier::Multiplier;
use super::netlist::{Bit, Netlist};
use super::recode::Stored;

/// `sum = partial + a[0] * b[0] + ... + a[terms-1] * b[terms-1]` modulo 2^width.
#[derive(Clone, Copy)]
pub struct DotProduct<'a> {
    /// How one product is formed.
    pub multiplier: &'a Multiplier,
    /// Number of products.
    pub terms: usize,
    /// Bits of the sum.
    pub width: usize,
    /// Whether a partial sum is added.
    pub partial: bool,
    /// Carry network of the adders.
    pub topology: Topology,
}

/// The operands of one term: the lines of A, and the bits of B.
type Term = (Vec<Bit>, Vec<Bit>);

impl DotProduct<'_> {
    /// Bits in which an operand of A arrives.
    fn a_width(&self) -> usize {
        let Multiplier { a, encoding, recoded, .. } = *self.multiplier;
        if recoded { Stored::new(encoding, a).width() } else { a.width }
    }

    /// The input words: operands term by term as they arrive, and the partial sum.
    fn inputs(&self, netlist: &mut Netlist) -> (Vec<Term>, Option<Vec<Bit>>) {
        let (a, b) = (self.a_width(), self.multiplier.b.width);
        let name = if self.multiplier.recoded { "digits" } else { "a" };
        let a_bits = netlist.input(name, a * self.terms, delay::REGISTER);
        let b_bits = netlist.input("b", b * self.terms, delay::REGISTER);
        let partial = self.partial.then(|| netlist.input("partial", self.width, delay::REGISTER));
        let terms = a_bits.chunks(a).zip(b_bits.chunks(b));
        (terms.map(|(a, b)| (a.to_vec(), b.to_vec())).collect(), partial)
    }

    /// The lines of A of every term.
    fn recoded(&self, netlist: &mut Netlist, terms: Vec<Term>) -> Vec<Term> {
        let Multiplier { a: format, encoding, recoded, .. } = *self.multiplier;
        let stored = recoded.then(|| Stored::new(encoding, format));
        let mut lines = |a: &[Bit]| match &stored {
            Some(stored) => stored.lines(a),
            None => encoding.recode(netlist, a, format),
        };
        terms.into_iter().map(|(a, b)| (lines(&a), b)).collect()
    }

    /// Compresses a heap to two words and adds them up.
    fn finish(&self, mut netlist: Netlist, heap: BitHeap) -> Netlist {
        let limits = vec![2; self.width];
        let compressor = self.multiplier.compressor;
        let CarrySave { sum, carry } =
            compress::carry_save(&mut netlist, heap, compressor, &limits);
        let sum = adder::add(&mut netlist, self.topology, &sum, &carry);
        netlist.output("sum", sum);
        netlist.pruned()
    }

    /// Multipliers and adders: every product is propagated, and so is every node of a balanced
    /// tree. A node is as wide as its largest sum, but not wider than the result.
    #[must_use]
    pub fn adders(&self) -> Netlist {
        let mut netlist = Netlist::new();
        let (terms, partial) = self.inputs(&mut netlist);
        let product = datapath::multiply(self.multiplier, self.topology);
        let format = self.multiplier.product();
        let mut nodes: Vec<(usize, Vec<Bit>)> = Vec::new();
        for (a, b) in &terms {
            let bits = netlist.embed(&product, &[a, b]).remove(0);
            nodes.push((1, bits));
        }
        while nodes.len() > 1 {
            let mut next = Vec::new();
            for pair in nodes.chunks(2) {
                next.push(match pair {
                    [(n, x), (m, y)] => (n + m, self.node(&mut netlist, n + m, x, y)),
                    rest => rest[0].clone(),
                });
            }
            nodes = next;
        }
        let (_, sum) = nodes.swap_remove(0);
        let mut sum = extend(&sum, format.signed, self.width);
        if let Some(partial) = partial {
            sum = adder::add(&mut netlist, self.topology, &sum, &partial);
        }
        netlist.output("sum", sum);
        netlist.pruned()
    }

    /// A node over `terms` products.
    fn node(&self, netlist: &mut Netlist, terms: usize, x: &[Bit], y: &[Bit]) -> Vec<Bit> {
        let signed = self.multiplier.product().signed;
        let width = sum_width(self.multiplier, terms).min(self.width);
        let [x, y] = [x, y].map(|bits| extend(bits, signed, width));
        adder::add(netlist, self.topology, &x, &y)
    }

    /// One compressor tree over the partial products of all terms, and one adder at its root.
    #[must_use]
    pub fn compressed(&self) -> Netlist {
        let mut netlist = Netlist::new();
        let (terms, partial) = self.inputs(&mut netlist);
        let terms = self.recoded(&mut netlist, terms);
        let Multiplier { a, b, encoding, .. } = *self.multiplier;
        let mut heap = BitHeap::new(self.width);
        for (lines, bits) in &terms {
            encoding.multiply(&mut netlist, &mut heap, (lines, a), (bits, b));
        }
        add_word(&mut heap, 0, partial.as_deref().unwrap_or_default());
        self.finish(netlist, heap)
    }

    /// The popcount of a word of all terms: one compressor tree, and one adder at its root.
    #[must_use]
    pub fn popcount(&self) -> Netlist {
        let mut netlist = Netlist::new();
        let mut heap = self.multiplier.heap(&mut netlist, self.width);
        if self.partial {
            let partial = netlist.input("partial", self.width, delay::REGISTER);
            add_word(&mut heap, 0, &partial);
        }
        self.finish(netlist, heap)
    }

    /// One narrow compressor tree per bit weight, whose pair is then shifted: the trees of all bit
    /// weights meet in a small compressor with one adder at the root.
    ///
    /// A plane, the sum over one bit weight, can be negative, and a pair of words must not be
    /// sign-extended word by word. It need not be: without its constants a heap is a sum of bits,
    /// its pair never overflows as many columns as that sum needs, and is extended with zeros. The
    /// constants of all planes are added at the root.
    #[must_use]
    pub fn planes(&self) -> Netlist {
        let mut netlist = Netlist::new();
        let (terms, partial) = self.inputs(&mut netlist);
        let terms = self.recoded(&mut netlist, terms);
        let Multiplier { a, b, encoding, compressor, .. } = *self.multiplier;
        let digits: Vec<Vec<Digit>> =
            terms.iter().map(|(lines, _)| encoding.select(&mut netlist, lines, a)).collect();
        let mut root = BitHeap::new(self.width);
        for (index, weight) in encoding.weights(a).into_iter().enumerate() {
            if weight >= self.width {
                continue;
            }
            // Columns that certainly hold the rows of all terms.
            let mut plane = BitHeap::new(b.width + 4);
            for (digits, (_, bits)) in digits.iter().zip(&terms) {
                digits[index].multiply(&mut netlist, &mut plane, 0, (bits, b));
            }
            root.add_constant(&(plane.take_constant() << weight));
            let width = largest(&plane.heights()).bits() as usize;
            let columns = plane.into_columns();
            let mut plane = BitHeap::new(width);
            for (column, bits) in columns.iter().enumerate() {
                bits.iter().for_each(|&bit| plane.add(column, bit));
            }
            let limits = vec![2; width];
            let pair = compress::carry_save(&mut netlist, plane, compressor, &limits);
            add_word(&mut root, weight, &pair.sum);
            add_word(&mut root, weight, &pair.carry);
        }
        add_word(&mut root, 0, partial.as_deref().unwrap_or_default());
        self.finish(netlist, root)
    }
}

/// Adds a word of bits of positive weight.
fn add_word(heap: &mut BitHeap, shift: usize, bits: &[Bit]) {
    bits.iter().enumerate().for_each(|(index, &bit)| heap.add(shift + index, bit));
}

/// The sum of all bits of a heap with these column heights when all of them are one.
fn largest(heights: &[usize]) -> BigUint {
    let columns = heights.iter().enumerate();
    columns.map(|(column, &height)| BigUint::from(height) << column).sum()
}

/// The word in `width` bits, extended by its sign or cut.
fn extend(bits: &[Bit], signed: bool, width: usize) -> Vec<Bit> {
    let fill = if signed { bits.last().copied().unwrap_or(Bit::Zero) } else { Bit::Zero };
    let mut bits = bits.to_vec();
    bits.resize(width, fill);
    bits
}

/// Bits that hold every sum of so many products.
fn sum_width(multiplier: &Multiplier, terms: usize) -> usize {
    let Format { signed, .. } = multiplier.product();
    let (a, b) = (multiplier.a, multiplier.b);
    let corners = [a.min(), a.max()].map(|x| [b.min(), b.max()].map(|y| BigInt::from(x) * y));
    let sums = corners.as_flattened().iter().map(|product| product * terms);
    let bits = |sum: BigInt| match sum.sign() {
        // -2^(w-1) fits w bits.
        num_bigint::Sign::Minus => (sum + 1u32).bits() + 1,
        _ => sum.bits() + u64::from(signed),
    };
    sums.map(bits).max().unwrap_or(1).max(1) as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::arith::testing::{lanes, unpack, word};
    use crate::arith::{compress as strategies, encode, recode};

    fn value(bits: i128, format: Format) -> i128 {
        let bits = unpack(bits, format.width);
        let negative = format.signed && bits >> (format.width - 1) == 1;
        if negative { bits - (1 << format.width) } else { bits }
    }

    /// The word of many operands, lowest term first.
    fn joined(operands: &[Vec<i128>], width: usize) -> Vec<u64> {
        operands.iter().flat_map(|term| lanes(term, width)).collect()
    }

    fn check(dot: &DotProduct<'_>, a: &[Vec<i128>], b: &[Vec<i128>], partial: &[i128]) {
        let Multiplier { a: a_format, b: b_format, encoding, .. } = *dot.multiplier;
        let mut a_lanes = joined(a, a_format.width);
        if dot.multiplier.recoded {
            let encoder = recode::encoder(dot.multiplier);
            let digits = a
                .iter()
                .flat_map(|term| encoder.evaluate(&[lanes(term, a_format.width)]).remove(0));
            a_lanes = digits.collect();
        }
        let mut inputs = vec![a_lanes, joined(b, b_format.width)];
        if dot.partial {
            inputs.push(lanes(partial, dot.width));
        }
        let forms = [("mac", dot.adders()), ("opt1", dot.compressed()), ("opt2", dot.planes())];
        for (name, netlist) in forms {
            let out = netlist.evaluate(&inputs);
            for vector in 0..partial.len() {
                let term = |k: usize| value(a[k][vector], a_format) * value(b[k][vector], b_format);
                let sum: i128 = (0..dot.terms).map(term).sum();
                let start = if dot.partial { partial[vector] } else { 0 };
                let expected = unpack(start.wrapping_add(sum), dot.width);
                let what = format!(
                    "{name} {} {a_format} x {b_format}, {} terms mod 2^{}",
                    encoding.name(),
                    dot.terms,
                    dot.width
                );
                assert_eq!(word(&out[0], vector), expected, "{what}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        /// Random operands, and all terms at the same extremes.
        #[test]
        fn trees_add_up(
            widths in (1usize..=9, 1usize..=9),
            signs in any::<(bool, bool)>(),
            terms in 1usize..=7,
            width in 1usize..=28,
            partial in any::<bool>(),
            vectors in prop::collection::vec(any::<[i64; 15]>(), 60),
        ) {
            let a = Format { width: widths.0, signed: signs.0 };
            let b = Format { width: widths.1, signed: signs.1 };
            let corners = [(a.min(), b.min()), (a.min(), b.max()), (a.max(), b.min()), (a.max(), b.max())];
            let column = |k: usize, corner: &dyn Fn(&(i128, i128)) -> i128| {
                let drawn = vectors.iter().map(|v| i128::from(v[k]));
                corners.iter().map(corner).chain(drawn).collect::<Vec<i128>>()
            };
            let a_terms: Vec<_> = (0..terms).map(|k| column(2 * k, &|c| c.0)).collect();
            let b_terms: Vec<_> = (0..terms).map(|k| column(2 * k + 1, &|c| c.1)).collect();
            let start = column(14, &|_| -1);
            for encoding in encode::rows() {
                for recoded in [false, true] {
                    let compressor = &strategies::Timed;
                    let multiplier = &Multiplier { a, b, levels: None, encoding, compressor, recoded, tripled: false, terms: 1, bias: 0, feedback: 0 };
                    let topology = Topology::Sklansky;
                    let dot = DotProduct { multiplier, terms, width, partial, topology };
                    check(&dot, &a_terms, &b_terms, &start);
                }
            }
        }
    }

    /// The corner in which the published tree overflows: all digits -2, all B the minimum.
    #[test]
    fn planes_hold_the_corner() {
        let int8 = Format::signed(8);
        for terms in [16, 64] {
            let multiplier = &Multiplier {
                levels: None,
                a: int8,
                b: int8,
                encoding: &encode::Booth,
                compressor: &strategies::Timed,
                recoded: false,
                tripled: false,
                terms: 1,
                bias: 0,
                feedback: 0,
            };
            let width = sum_width(multiplier, terms);
            let topology = Topology::Sklansky;
            let dot = DotProduct { multiplier, terms, width, partial: false, topology };
            let fill = |value: i128| vec![vec![value; 2]; terms];
            for a in [-128, -2, -1, 127] {
                check(&dot, &fill(a), &fill(-128), &[0, 0]);
                check(&dot, &fill(a), &fill(127), &[0, 0]);
            }
        }
    }
}
