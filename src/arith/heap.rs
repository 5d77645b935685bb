//! The bit heap: a sum of weighted bits modulo 2^width, waiting to be compressed.
//!
//! Signs never become wires. A bit of negative weight -2^k is replaced by its complement with
//! weight +2^k and the constant -2^k, since -x = !x - 1; all such constants are folded into one.
//! No row is ever extended with copies of its sign bit.

use num_bigint::{BigInt, BigUint};

use super::gates::Place;
use super::netlist::{Bit, Netlist, Role};

/// Sign with which a bit enters the sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// `+2^column`
    Plus,
    /// `-2^column`
    Minus,
}

impl Sign {
    /// [`Sign::Minus`] when `negative`.
    #[must_use]
    pub const fn negative(negative: bool) -> Self {
        if negative { Sign::Minus } else { Sign::Plus }
    }

    /// The sign of a product.
    #[must_use]
    pub fn times(self, other: Sign) -> Self {
        Self::negative(self != other)
    }
}

/// A sum of weighted bits and one constant, modulo 2^width.
#[derive(Clone, Debug)]
pub struct BitHeap {
    columns: Vec<Vec<Bit>>,
    constant: BigInt,
}

impl BitHeap {
    /// An empty heap of `width` columns.
    #[must_use]
    pub fn new(width: usize) -> Self {
        Self { columns: vec![Vec::new(); width], constant: BigInt::ZERO }
    }

    /// Number of columns.
    #[must_use]
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// Adds `bit * 2^column`; bits beyond the width vanish modulo 2^width.
    pub fn add(&mut self, column: usize, bit: Bit) {
        match bit {
            Bit::Zero => {}
            Bit::One => self.add_constant(&(BigInt::from(1) << column)),
            Bit::Net(_) => {
                if let Some(bits) = self.columns.get_mut(column) {
                    bits.push(bit);
                }
            }
        }
    }

    /// Adds `sign * bit * 2^column`.
    pub fn add_signed(&mut self, netlist: &mut Netlist, column: usize, bit: Bit, sign: Sign) {
        if column >= self.width() {
            return;
        }
        match sign {
            Sign::Plus => self.add(column, bit),
            Sign::Minus => {
                let place = Place::new(Role::PartialProduct, column);
                let complement = netlist.not(place, bit);
                self.add_complement(column, complement);
            }
        }
    }

    /// Adds `sign * a * b * 2^column`; a negative term costs a NAND instead of an AND.
    pub fn add_product(
        &mut self,
        netlist: &mut Netlist,
        column: usize,
        [a, b]: [Bit; 2],
        sign: Sign,
    ) {
        if column >= self.width() {
            return;
        }
        let place = Place::new(Role::PartialProduct, column);
        match sign {
            Sign::Plus => {
                let bit = netlist.and(place, a, b);
                self.add(column, bit);
            }
            Sign::Minus => {
                let complement = netlist.nand(place, a, b);
                self.add_complement(column, complement);
            }
        }
    }

    /// Adds the word `bits * 2^shift`, least significant bit first; the top bit of a `signed` word
    /// has negative weight.
    pub fn add_word(&mut self, netlist: &mut Netlist, shift: usize, bits: &[Bit], signed: bool) {
        for (index, &bit) in bits.iter().enumerate() {
            let sign = Sign::negative(signed && index + 1 == bits.len());
            self.add_signed(netlist, shift + index, bit, sign);
        }
    }

    /// Adds an integer constant.
    pub fn add_constant(&mut self, value: &BigInt) {
        self.constant += value;
    }

    /// Adds `-x * 2^column` given `complement = !x`.
    pub fn add_complement(&mut self, column: usize, complement: Bit) {
        self.add(column, complement);
        self.add_constant(&-(BigInt::from(1) << column));
    }

    /// Takes the constant out, as the integer that it is. What stays is a sum of bits and cannot be
    /// negative.
    pub fn take_constant(&mut self) -> BigInt {
        std::mem::take(&mut self.constant)
    }

    /// The folded constant, in 0..2^width.
    #[must_use]
    pub fn constant(&self) -> BigUint {
        let modulus = BigInt::from(1) << self.width();
        let residue = ((&self.constant % &modulus) + &modulus) % &modulus;
        residue.to_biguint().expect("a residue is not negative")
    }

    /// The columns with the constant's ones as their first bits, least significant column first.
    #[must_use]
    pub fn into_columns(self) -> Vec<Vec<Bit>> {
        let constant = self.constant();
        let mut columns = self.columns;
        for (column, bits) in columns.iter_mut().enumerate() {
            if constant.bit(column as u64) {
                bits.insert(0, Bit::One);
            }
        }
        columns
    }

    /// Height of each column, the constant included.
    #[must_use]
    pub fn heights(&self) -> Vec<usize> {
        let constant = self.constant();
        let ones = |column: usize| usize::from(constant.bit(column as u64));
        self.columns.iter().enumerate().map(|(c, bits)| bits.len() + ones(c)).collect()
    }
}
