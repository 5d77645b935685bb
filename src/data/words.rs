//! Results of any width.

use num_bigint::{BigInt, BigUint};

/// Results: integers modulo 2^width as little-endian groups of 64-bit limbs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// Bits of a result.
    pub width: usize,
    /// Results, limb by limb, least significant limb first.
    pub limbs: Vec<u64>,
}

impl Words {
    /// `count` zeros.
    #[must_use]
    pub fn zeros(width: usize, count: usize) -> Self {
        Self { width, limbs: vec![0; count * Self::limbs_of(width)] }
    }

    /// Limbs of one result.
    #[must_use]
    pub const fn limbs_of(width: usize) -> usize {
        width.div_ceil(64)
    }

    /// Number of results.
    #[must_use]
    pub fn len(&self) -> usize {
        self.limbs.len() / Self::limbs_of(self.width)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.limbs.is_empty()
    }

    /// The limbs of result `index`.
    #[must_use]
    pub fn get(&self, index: usize) -> &[u64] {
        let limbs = Self::limbs_of(self.width);
        &self.limbs[limbs * index..limbs * (index + 1)]
    }

    /// Stores the limbs of result `index`.
    pub fn set(&mut self, index: usize, value: &[u64]) {
        let limbs = Self::limbs_of(self.width);
        self.limbs[limbs * index..limbs * (index + 1)].copy_from_slice(value);
    }

    /// Stores an integer as result `index`, modulo 2^width.
    pub fn set_integer(&mut self, index: usize, value: &BigInt) {
        let modulus = BigInt::from(1) << self.width;
        let residue = ((value % &modulus) + &modulus) % &modulus;
        let mut digits = residue.to_biguint().unwrap_or_default().to_u64_digits();
        digits.resize(Self::limbs_of(self.width), 0);
        self.set(index, &digits);
    }

    /// Result `index` as an integer, two's complement when `signed`.
    #[must_use]
    pub fn integer(&self, index: usize, signed: bool) -> BigInt {
        let digits = self.get(index).iter().flat_map(|limb| [*limb as u32, (limb >> 32) as u32]);
        let value = BigInt::from(BigUint::new(digits.collect()));
        let negative = signed && value.bit(self.width as u64 - 1);
        if negative { value - (BigInt::from(1) << self.width) } else { value }
    }
}
