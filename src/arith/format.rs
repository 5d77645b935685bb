//! The number format of an operand.

use std::fmt;

use super::heap::Sign;

/// Largest operand width.
pub const MAX_OPERAND_WIDTH: usize = 64;

/// A binary integer format: two's complement or unsigned, 1 to 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Format {
    /// Number of bits.
    pub width: usize,
    /// Two's complement when true.
    pub signed: bool,
}

impl Format {
    /// A two's complement format.
    #[must_use]
    pub const fn signed(width: usize) -> Self {
        Self { width, signed: true }
    }

    /// An unsigned format.
    #[must_use]
    pub const fn unsigned(width: usize) -> Self {
        Self { width, signed: false }
    }

    /// Smallest value.
    #[must_use]
    pub const fn min(self) -> i128 {
        if self.signed { -(1 << (self.width - 1)) } else { 0 }
    }

    /// Largest value.
    #[must_use]
    pub const fn max(self) -> i128 {
        if self.signed { (1 << (self.width - 1)) - 1 } else { (1 << self.width) - 1 }
    }

    /// Sign of the weight of bit `index`.
    #[must_use]
    pub fn bit_sign(self, index: usize) -> Sign {
        Sign::negative(self.signed && index + 1 == self.width)
    }

    /// All formats of 1 to `width` bits, for exhaustive tests.
    pub fn sweep(width: usize) -> impl Iterator<Item = Format> {
        (1..=width).flat_map(|width| [Self::signed(width), Self::unsigned(width)])
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.signed { "int" } else { "uint" }, self.width)
    }
}
