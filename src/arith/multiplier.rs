//! A product of two operands, or a sum of several, as a heap of bits.

use num_bigint::{BigInt, BigUint};

use super::compress::CompressorStrategy;
use super::delay;
use super::dot::{Dot, DotKind};
use super::encode::{Encoding, bit_pairs};
use super::format::Format;
use super::heap::BitHeap;
use super::netlist::{Bit, Netlist};
use super::operand::Operand;
use super::recode::Stored;

/// Columns beyond a product within which every encoding's partial products end.
const BEYOND: usize = 8;

/// How a product is formed and added up.
#[derive(Clone, Copy)]
pub struct Multiplier {
    /// Format of operand A, the encoded one.
    pub a: Format,
    /// Format of operand B, the selected one.
    pub b: Format,
    /// What the codes of A and B stand for, where products are formed as popcounts of a word of all
    /// terms: `a` and `b` are then the formats of the codes, and the word `shared`, see
    /// [`Self::shared_width`], stands above the terms of A.
    pub levels: Option<(Operand, Operand)>,
    /// Recoding of A.
    pub encoding: &'static dyn Encoding,
    /// Placement of the compressors.
    pub compressor: &'static dyn CompressorStrategy,
    /// Whether A arrives as stored digits, see [`super::recode`], instead of as it is.
    pub recoded: bool,
    /// Whether 3B arrives with B, see [`bit_pairs::triple`], instead of being formed where it is
    /// selected.
    pub tripled: bool,
    /// Pairs of operands whose products are added up in one go: term i of a word of operands
    /// stands at its bits `[width * i +: width]`.
    pub terms: usize,
    /// What every sum of products counts too much, in units of half the range of such a sum: enough
    /// that no ones stand above it to make up for its signs. What reads the sum takes it away again,
    /// for all beats at once.
    pub bias: usize,
    /// Arrival of the accumulated words relative to the operands, see [`delay`]: later where
    /// pipeline stages stand between the operands and them.
    pub feedback: u32,
}

impl Multiplier {
    /// The words whose popcounts are the products, where they are.
    #[must_use]
    pub fn dot(&self) -> Option<Dot> {
        let (x, w) = self.levels?;
        Some(Dot { x, w, lanes: self.terms, masked: false, compressor: self.compressor })
    }

    /// Bits of the word `shared`, which is the same for all columns and added to every popcount,
    /// two's complement. Of XNOR words it is one bit, set where the number of terms that count is
    /// odd; else that of [`Dot::shared`].
    #[must_use]
    pub fn shared_width(&self) -> usize {
        let Some(dot) = self.dot() else { return 0 };
        match dot.kind() {
            DotKind::Xnor => 1,
            _ => dot.shared_width(),
        }
    }

    /// The popcount of a word as a heap.
    ///
    /// Of the terms of an XNOR word that do not count, those with an even number agree and the
    /// others do not: in pairs they contribute nothing. With them `ceil(terms / 2)` times the
    /// largest product `F` is counted twice too much, less `F` where an odd number of terms counts.
    fn popcount(&self, netlist: &mut Netlist, dot: &Dot, width: usize) -> BitHeap {
        let bits = self.a.width * self.terms;
        let a = netlist.input("a", bits + self.shared_width(), delay::REGISTER);
        let b = netlist.input("b", self.b.width * self.terms, delay::REGISTER);
        let mut heap = BitHeap::new(width);
        // Two XNOR codes that agree count up instead of down: by two.
        let shift = usize::from(dot.kind() == DotKind::Xnor);
        dot.add(netlist, &mut heap, shift, (&a[..bits], &b), Bit::One);
        let shared = &a[bits..];
        if dot.kind() == DotKind::Xnor {
            let offset = dot.offset();
            let columns = (0..i64::BITS as usize).filter(|column| offset >> column & 1 == 1);
            columns.for_each(|column| heap.add(column, shared[0]));
            heap.add_constant(&BigInt::from(-2 * offset * self.terms.div_ceil(2) as i64));
        } else {
            heap.add_word(netlist, 0, shared, true);
        }
        heap
    }

    /// Format that holds every sum of the products of all terms, without bias.
    fn unbiased(&self) -> Format {
        if let Some(dot) = self.dot() {
            // Words without an offset count from minus to plus the largest sum.
            let more = usize::from(dot.kind() == DotKind::Xnor);
            return Format::signed(dot.width() + more);
        }
        let more = self.terms.next_power_of_two().ilog2() as usize;
        Format { width: self.a.width + self.b.width + more, signed: self.a.signed || self.b.signed }
    }

    /// Format that holds every sum of the products of all terms, and the bias.
    #[must_use]
    pub fn product(&self) -> Format {
        let format = self.unbiased();
        if self.bias == 0 {
            return format;
        }
        // Of the two halves of its range a signed one has one above zero.
        let halves = if format.signed { 1 } else { 2 };
        let most = BigUint::from(self.bias + halves) << (format.width - 1);
        Format::unsigned((most - 1u8).bits() as usize)
    }

    /// What a sum of products counts too much, modulo 2^width.
    #[must_use]
    pub fn bias(&self, width: usize) -> BigUint {
        (BigUint::from(self.bias) << (self.unbiased().width - 1)) % (BigUint::from(1u8) << width)
    }

    /// The smallest bias with which what makes up for the signs is not negative.
    #[must_use]
    pub fn least_bias(&self) -> usize {
        let width = self.unbiased().width;
        let mut heap = self.products(&mut Netlist::new(), width + BEYOND);
        let short = (-heap.take_constant()).to_biguint().unwrap_or_default();
        let rest = (BigUint::from(1u8) << (width - 1)) - 1u8;
        usize::try_from((short + rest) >> (width - 1)).unwrap_or(0)
    }

    /// What is added in a beat.
    pub(super) fn heap(&self, netlist: &mut Netlist, width: usize) -> BitHeap {
        let mut heap = self.products(netlist, width);
        heap.add_constant(&BigInt::from(self.bias(width)));
        heap
    }

    fn products(&self, netlist: &mut Netlist, width: usize) -> BitHeap {
        if let Some(dot) = self.dot() {
            return self.popcount(netlist, &dot, width);
        }
        let stored = self.recoded.then(|| Stored::new(self.encoding, self.a));
        let (name, step) = match &stored {
            Some(stored) => ("digits", stored.width()),
            None => ("a", self.a.width),
        };
        let a = netlist.input(name, step * self.terms, delay::REGISTER);
        let b = netlist.input("b", self.b.width * self.terms, delay::REGISTER);
        let step_triple = if self.tripled { bit_pairs::triple_width(self.b) } else { 0 };
        let triples = match self.tripled {
            true => netlist.input("triple", step_triple * self.terms, delay::REGISTER),
            false => Vec::new(),
        };
        let mut heap = BitHeap::new(width);
        for term in 0..self.terms {
            let a = &a[step * term..step * (term + 1)];
            let b = &b[self.b.width * term..self.b.width * (term + 1)];
            let triple = &triples[step_triple * term..step_triple * (term + 1)];
            let b = [b, triple].concat();
            let lines = match &stored {
                Some(stored) => stored.lines(a),
                None => self.encoding.recode(netlist, a, self.a),
            };
            self.encoding.multiply(netlist, &mut heap, (&lines, self.a), (&b, self.b));
        }
        heap
    }
}
