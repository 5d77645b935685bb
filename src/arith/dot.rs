//! Dot products of operands of few bits as popcounts: XNOR for -1 and +1, AND for {0, 1}, and both
//! over bit planes, in one bit heap.
//!
//! A word is `lanes` activations `x` and as many weights `w`. What a word contributes to the dot
//! product is a sum of bits at the weights of their planes:
//!
//! | activations | weights | contribution of a word of n terms |
//! |---|---|---|
//! | bipolar | bipolar | `2 sum 2^(i+j) pc(~(x_i ^ w_j)) - n F`, `F = (2^A - 1)(2^W - 1)` |
//! | bipolar or ternary, one of them ternary | | `2 pc(same sign & both nonzero) - pc(both nonzero)` |
//! | unsigned, signed, ternary | bipolar | `2 sum +-2^(i+j) pc(x_i & w_j) - (2^W - 1) sum x` |
//! | bipolar | unsigned, signed, ternary | `2 sum +-2^(i+j) pc(x_i & w_j) - (2^A - 1) sum w` |
//! | unsigned, signed, ternary | the same | `sum +-2^(i+j) pc(x_i & w_j)` |
//!
//! In the first case the constant `n F` is left out here: what is added up is twice the popcount,
//! and the accumulator starts at `-K F`. A masked word (a tap in the padding) then counts `n F`,
//! half of what it could count, so that after all it contributes exactly nothing and no position
//! needs to know how many of its taps are valid. In the other cases a masked word is all zero, which
//! contributes nothing by itself, except for bipolar activations that meet weights with a zero:
//! these are gated by `valid`.
//!
//! In the third case the sum of the activations is the same for all outputs: it is formed once, by
//! [`Dot::shared`], and enters as the word `shared`.
//!
//! Lanes beyond the last term of a word have all planes of x clear, and of w set in the first case,
//! clear in the others: they contribute nothing.

use num_bigint::BigInt;

use super::adder::{self, Topology};
use super::carry_save::{self, CarryLayout};
use super::compress::{self, CarrySave, CompressorStrategy};
use super::delay;
use super::gates::Place;
use super::heap::{BitHeap, Sign};
use super::netlist::{Bit, Netlist, Role};
use super::operand::Operand;

/// How a word of activations meets a word of weights.
#[derive(Clone, Copy)]
pub struct Dot {
    /// Format of the activations.
    pub x: Operand,
    /// Format of the weights.
    pub w: Operand,
    /// Terms of a word.
    pub lanes: usize,
    /// Whether words may be masked.
    pub masked: bool,
    /// Placement of the compressors.
    pub compressor: &'static dyn CompressorStrategy,
}

/// The row of the table above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DotKind {
    /// Both bipolar.
    Xnor,
    /// Signs and "not zero" bits.
    Ternary,
    /// Plain planes against bipolar weights.
    AndShared,
    /// Bipolar activations against plain planes.
    AndGated,
    /// Plain planes.
    And,
}

/// Weights of the planes of an operand in a sum of products; of bipolar planes those of the bits,
/// which are twice the values without their offset.
fn planes(operand: Operand) -> Vec<(usize, Sign)> {
    let width = operand.width();
    match operand {
        Operand::Bipolar { .. } => (0..width).map(|plane| (plane + 1, Sign::Plus)).collect(),
        Operand::Unsigned { .. } => (0..width).map(|plane| (plane, Sign::Plus)).collect(),
        Operand::Signed { .. } | Operand::Ternary => {
            (0..width).map(|plane| (plane, Sign::negative(plane + 1 == width))).collect()
        }
    }
}

impl Dot {
    /// How the words meet.
    #[must_use]
    pub const fn kind(&self) -> DotKind {
        use Operand::{Bipolar, Ternary};
        match (self.x, self.w) {
            (Bipolar { .. }, Bipolar { .. }) => DotKind::Xnor,
            (Ternary | Bipolar { planes: 1 }, Ternary) | (Ternary, Bipolar { planes: 1 }) => {
                DotKind::Ternary
            }
            (_, Bipolar { .. }) => DotKind::AndShared,
            (Bipolar { .. }, _) => DotKind::AndGated,
            _ => DotKind::And,
        }
    }

    /// `F`: what a term counts that is left out of the sum, and with which it starts instead; 0
    /// where nothing is left out.
    #[must_use]
    pub const fn offset(&self) -> i64 {
        match self.kind() {
            DotKind::Xnor => self.x.max() * self.w.max(),
            _ => 0,
        }
    }

    /// Whether the netlist has the input `valid`.
    #[must_use]
    pub const fn gated(&self) -> bool {
        let bipolar_x = self.x.is_bipolar();
        self.masked && bipolar_x && !matches!(self.kind(), DotKind::Xnor)
    }

    /// Smallest and largest contribution of a word, as counted: of XNOR words half of it, without
    /// the offset.
    #[must_use]
    pub fn contribution(&self) -> (i64, i64) {
        let lanes = self.lanes as i64;
        if self.kind() == DotKind::Xnor {
            return (0, lanes * self.offset());
        }
        let products = [
            self.x.min() * self.w.min(),
            self.x.min() * self.w.max(),
            self.x.max() * self.w.min(),
            self.x.max() * self.w.max(),
        ];
        let least = products.iter().copied().min().unwrap_or_default();
        let most = products.iter().copied().max().unwrap_or_default();
        (lanes * least.min(0), lanes * most.max(0))
    }

    /// Bits of a contribution, two's complement unless the kind is XNOR.
    #[must_use]
    pub fn width(&self) -> usize {
        let (least, most) = self.contribution();
        let bits = |value: i64| 64 - value.leading_zeros() as usize;
        match self.kind() {
            DotKind::Xnor => bits(most).max(1),
            _ => 1 + bits(most).max(bits(!least)),
        }
    }

    /// Bits of the word `shared`, two's complement: minus the sum of the activations of a word
    /// times the largest weight. 0 where there is no such word.
    #[must_use]
    pub fn shared_width(&self) -> usize {
        match self.kind() {
            DotKind::AndShared => self.width(),
            _ => 0,
        }
    }

    /// The word `shared` of the activations `x`.
    #[must_use]
    pub fn shared(&self, topology: Topology) -> Netlist {
        let mut netlist = Netlist::new();
        let x = netlist.input("x", self.lanes * self.x.width(), delay::REGISTER);
        let mut heap = BitHeap::new(self.shared_width());
        // -(2^W - 1) v = v - 2^W v
        for (&bit, (plane, sign)) in x.iter().zip(planes(self.x).iter().cycle()) {
            let minus = sign.times(Sign::Minus);
            heap.add_signed(&mut netlist, *plane, bit, *sign);
            heap.add_signed(&mut netlist, plane + self.w.width(), bit, minus);
        }
        finish(&mut netlist, heap, self.compressor, topology, "shared");
        netlist.pruned()
    }

    /// Puts the contribution of a word into a heap at `shift`, with the inputs `x`, `w`, `valid`
    /// (where gated) and `shared` (where there is one).
    fn terms(&self, netlist: &mut Netlist, heap: &mut BitHeap, shift: usize) {
        let (a, b) = (self.x.width(), self.w.width());
        let x = netlist.input("x", self.lanes * a, delay::REGISTER);
        let w = netlist.input("w", self.lanes * b, delay::REGISTER);
        let valid = match self.gated() {
            true => netlist.input("valid", 1, delay::REGISTER)[0],
            false => Bit::One,
        };
        self.add(netlist, heap, shift, (&x, &w), valid);
        if self.shared_width() > 0 {
            let shared = netlist.input("shared", self.shared_width(), delay::REGISTER);
            heap.add_word(netlist, shift, &shared, true);
        }
    }

    /// Puts the contribution of the words `x` and `w` into a heap at `shift`, without that of the
    /// word `shared`; of XNOR words half of it, without the offset. `valid` gates words that
    /// [`Self::gated`] names, and is [`Bit::One`] for others.
    pub(super) fn add(
        &self,
        netlist: &mut Netlist,
        heap: &mut BitHeap,
        shift: usize,
        (x, w): (&[Bit], &[Bit]),
        valid: Bit,
    ) {
        let (a, b) = (self.x.width(), self.w.width());
        let place = |column| Place::new(Role::PartialProduct, column);
        let lanes = x.chunks_exact(a).zip(w.chunks_exact(b));
        match self.kind() {
            DotKind::Xnor => {
                for (x, w) in lanes {
                    for (i, &x) in x.iter().enumerate() {
                        for (j, &w) in w.iter().enumerate() {
                            let column = shift + i + j;
                            let same = netlist.xnor(place(column), x, w);
                            heap.add(column, same);
                        }
                    }
                }
            }
            DotKind::Ternary => {
                for (x, w) in lanes {
                    // (not zero, negative); bipolar bits are 1 for plus.
                    let mut split = |operand: Operand, bits: &[Bit]| match operand {
                        Operand::Ternary => (bits[0], bits[1]),
                        _ => (valid, netlist.not(place(shift), bits[0])),
                    };
                    let ((zx, sx), (zw, sw)) = (split(self.x, x), split(self.w, w));
                    let both = netlist.and(place(shift), zx, zw);
                    let same = netlist.xnor(place(shift + 1), sx, sw);
                    heap.add_product(netlist, shift + 1, [both, same], Sign::Plus);
                    heap.add_signed(netlist, shift, both, Sign::Minus);
                }
            }
            DotKind::AndShared | DotKind::AndGated | DotKind::And => {
                let (planes_x, planes_w) = (planes(self.x), planes(self.w));
                for (x, w) in lanes {
                    for (&x, (i, sign)) in x.iter().zip(&planes_x) {
                        for (&w, (j, other)) in w.iter().zip(&planes_w) {
                            heap.add_product(netlist, shift + i + j, [x, w], sign.times(*other));
                        }
                    }
                    if self.kind() == DotKind::AndGated {
                        // -(2^A - 1) w = w - 2^A w
                        for (&w, (j, sign)) in w.iter().zip(&planes_w) {
                            let bit = netlist.and(place(shift + j), w, valid);
                            heap.add_signed(netlist, shift + j, bit, *sign);
                            let minus = sign.times(Sign::Minus);
                            heap.add_signed(netlist, shift + j + a, bit, minus);
                        }
                    }
                }
            }
        }
    }

    /// The contribution of a word as one word `count` by an adder of the topology, or without one
    /// as the two words `sum` and `carry`, whose sum it is.
    #[must_use]
    pub fn count(&self, topology: Option<Topology>) -> Netlist {
        let mut netlist = Netlist::new();
        let width = self.width();
        let mut heap = BitHeap::new(width);
        self.terms(&mut netlist, &mut heap, 0);
        match topology {
            Some(topology) => {
                finish(&mut netlist, heap, self.compressor, topology, "count");
            }
            None => {
                let CarrySave { sum, carry } =
                    compress::for_carry_chain(&mut netlist, heap, self.compressor);
                netlist.output("sum", sum);
                netlist.output("carry", carry);
            }
        }
        netlist.pruned()
    }

    /// `sum' + carry' = sum + carry + 2^shift * contribution` modulo 2^width. Where the words are
    /// XNOR words that may be masked, the inputs `valid` and `skip` replace the contribution of a
    /// masked word by `skip`, an unsigned number of `skip_width` bits that is zero where `valid`.
    #[must_use]
    pub fn accumulate(
        &self,
        width: usize,
        shift: usize,
        skip_width: usize,
    ) -> (Netlist, CarryLayout) {
        let heap = |netlist: &mut Netlist, carries: &[usize]| {
            let mut heap = BitHeap::new(width);
            if self.masked && self.kind() == DotKind::Xnor {
                // One gate for each bit of the compressed words instead of one for each term.
                let mut terms = BitHeap::new(self.width());
                self.terms(netlist, &mut terms, 0);
                let limits = vec![2; self.width()];
                let counted = compress::carry_save(netlist, terms, self.compressor, &limits);
                let valid = netlist.input("valid", 1, delay::REGISTER)[0];
                for bits in [&counted.sum, &counted.carry] {
                    for (column, &bit) in bits.iter().enumerate() {
                        let place = Place::new(Role::PartialProduct, column + shift);
                        let kept = netlist.and(place, bit, valid);
                        heap.add(column + shift, kept);
                    }
                }
                let skip = netlist.input("skip", skip_width, delay::REGISTER);
                heap.add_word(netlist, 0, &skip, false);
            } else {
                self.terms(netlist, &mut heap, shift);
            }
            let sum = netlist.input("sum", width, delay::REGISTER);
            heap.add_word(netlist, 0, &sum, false);
            if !carries.is_empty() {
                let carry = netlist.input("carry", carries.len(), delay::REGISTER);
                carries.iter().zip(carry).for_each(|(&column, bit)| heap.add(column, bit));
            }
            heap
        };
        carry_save::accumulate(&heap, self.compressor, width)
    }

    /// What a masked word of `terms` terms counts, in units of half a term's difference.
    #[must_use]
    pub fn skip(&self, terms: usize) -> BigInt {
        BigInt::from(self.offset()) * terms
    }
}

/// Compresses a heap and adds the two words up.
fn finish(
    netlist: &mut Netlist,
    heap: BitHeap,
    compressor: &dyn CompressorStrategy,
    topology: Topology,
    name: &str,
) {
    let limits = vec![2; heap.width()];
    let CarrySave { sum, carry } = compress::carry_save(netlist, heap, compressor, &limits);
    let result = adder::add(netlist, topology, &sum, &carry);
    netlist.output(name, result);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::arith::testing::{lanes, unpack, word};

    const OPERANDS: &[Operand] = &[
        Operand::Bipolar { planes: 1 },
        Operand::Bipolar { planes: 2 },
        Operand::Bipolar { planes: 3 },
        Operand::Unsigned { planes: 1 },
        Operand::Unsigned { planes: 2 },
        Operand::Unsigned { planes: 4 },
        Operand::Signed { planes: 2 },
        Operand::Signed { planes: 3 },
        Operand::Ternary,
    ];

    /// A word of codes that are all used.
    fn codes(
        operand: Operand,
        terms: usize,
        lanes: usize,
        ragged: u64,
        seed: &mut u64,
    ) -> Vec<u64> {
        let values = operand.values();
        let mut draw = || {
            *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let value = values[(*seed >> 33) as usize % values.len()];
            operand.code(value).unwrap()
        };
        let used: Vec<u64> = (0..terms).map(|_| draw()).collect();
        used.into_iter().chain(vec![ragged; lanes - terms]).collect()
    }

    fn pack(codes: &[u64], width: usize) -> i128 {
        let codes = codes.iter().enumerate();
        codes.map(|(index, &code)| i128::from(code) << (index * width)).sum()
    }

    /// Codes of x and w, whether the word is valid, its dot product, its terms.
    type Row = (i128, i128, i128, i64, usize);

    /// Every kind, with ragged and masked words, against sums of products.
    fn check(dot: Dot, seed: &mut u64) {
        let (a, b) = (dot.x.width(), dot.w.width());
        let xnor = dot.kind() == DotKind::Xnor;
        let name = format!("{} x {}, {} lanes, masked {}", dot.x, dot.w, dot.lanes, dot.masked);
        let ones = (1 << b) - 1;
        let mut rows = Vec::new();
        for vector in 0..64 {
            let terms = 1 + vector % dot.lanes;
            let valid = !dot.masked || vector % 3 != 0;
            let x = match valid {
                true => codes(dot.x, terms, dot.lanes, 0, seed),
                false if xnor => codes(dot.x, dot.lanes, dot.lanes, 0, seed),
                false => vec![0; dot.lanes],
            };
            let w = codes(dot.w, terms, dot.lanes, if xnor { ones } else { 0 }, seed);
            let value = |(x, w): (&u64, &u64)| dot.x.value(*x).unwrap() * dot.w.value(*w).unwrap();
            let exact: i64 = x.iter().zip(&w).take(terms).map(value).sum();
            let exact = if valid { exact } else { 0 };
            rows.push((pack(&x, a), pack(&w, b), i128::from(valid), exact, terms));
        }
        let column = |f: &dyn Fn(&Row) -> i128| rows.iter().map(f).collect::<Vec<i128>>();
        let x = lanes(&column(&|row| row.0), dot.lanes * a);
        let w = lanes(&column(&|row| row.1), dot.lanes * b);
        let valid = lanes(&column(&|row| row.2), 1);
        let mut inputs = vec![x.clone(), w];
        if dot.gated() {
            inputs.push(valid.clone());
        }
        if dot.shared_width() > 0 {
            inputs.push(dot.shared(Topology::Sklansky).evaluate(&[x]).remove(0));
        }

        // Without accumulation: masked XNOR words are dealt with by whoever adds them up.
        let counts = dot.count(Some(Topology::Sklansky)).evaluate(&inputs);
        let pairs = dot.count(None).evaluate(&inputs);
        let width = dot.width();
        for (vector, &(_, _, valid, exact, terms)) in rows.iter().enumerate() {
            let sum = word(&pairs[0], vector) + word(&pairs[1], vector);
            assert_eq!(word(&counts[0], vector), unpack(sum, width), "{name}");
            if xnor && valid == 1 {
                let counted =
                    2 * word(&counts[0], vector) - i128::from(dot.offset()) * terms as i128;
                assert_eq!(counted, exact.into(), "{name}");
            } else if !xnor {
                assert_eq!(word(&counts[0], vector), unpack(exact.into(), width), "{name}");
            }
        }

        // In carry-save, from any state, in units of one.
        let (width, shift) = (width + 4, usize::from(xnor));
        let skips = column(&|&(_, _, valid, _, terms)| {
            if valid == 1 { 0 } else { i128::from(dot.offset()) * terms as i128 }
        });
        let skip_width = dot.width();
        let (netlist, layout) = dot.accumulate(width, shift, skip_width);
        if dot.masked && xnor {
            inputs.extend([valid, lanes(&skips, skip_width)]);
        }
        let state = column(&|row| (row.0 ^ row.1).wrapping_mul(0x5DEE_CE66));
        inputs.push(lanes(&state, width));
        if layout.width() > 0 {
            inputs.push(lanes(&column(&|row| row.1), layout.width()));
        }
        let out = netlist.evaluate(&inputs);
        for (vector, &(_, carry_in, _, exact, terms)) in rows.iter().enumerate() {
            let spread = |lane: i128| -> i128 {
                let columns = layout.columns().iter().enumerate();
                columns.map(|(index, &column)| (lane >> index & 1) << column).sum()
            };
            let carry = out.get(1).map_or(0, |lanes| spread(word(lanes, vector)));
            let after = unpack(word(&out[0], vector) + carry, width);
            let offset = if xnor { i128::from(dot.offset()) * terms as i128 } else { 0 };
            let before = state[vector] + spread(carry_in);
            assert_eq!(after, unpack(before + i128::from(exact) + offset, width), "{name}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]
        #[test]
        fn words_contribute_their_dot_product(count in 1usize..=21, mut seed in any::<u64>()) {
            for &x in OPERANDS {
                for &w in OPERANDS {
                    for masked in [false, true] {
                        for compressor in [&compress::Timed as &dyn CompressorStrategy, &compress::Counters] {
                            check(Dot { x, w, lanes: count, masked, compressor }, &mut seed);
                        }
                    }
                }
            }
        }
    }
}
