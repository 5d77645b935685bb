//! Operands of a binarized layer: what a code of a few bits stands for.

use std::fmt;

/// Most bit planes of an operand.
pub const MAX_PLANES: usize = 8;

/// Number format of activations or weights. A set bit always counts upwards: as one bit, 1 is +1
/// and 0 is -1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// Odd levels: bit i counts +2^i when set and -2^i when clear. One plane is the binarized
    /// operand, -1 or +1. Zero is not among the values, so that a padded tap needs a mask.
    Bipolar {
        /// Bit planes, 1 to 8.
        planes: usize,
    },
    /// 0 to 2^planes - 1; one plane is {0, 1}.
    Unsigned {
        /// Bit planes, 1 to 8.
        planes: usize,
    },
    /// Two's complement.
    Signed {
        /// Bit planes, 2 to 8.
        planes: usize,
    },
    /// -1, 0 or +1 as two bits: two's complement, so that bit 0 says "not zero" and bit 1
    /// "negative". The code of -2 is not used.
    Ternary,
}

impl Operand {
    /// The binarized operand, -1 or +1.
    pub const BINARY: Self = Operand::Bipolar { planes: 1 };

    /// Bits of a code.
    #[must_use]
    pub const fn width(self) -> usize {
        match self {
            Operand::Bipolar { planes }
            | Operand::Unsigned { planes }
            | Operand::Signed { planes } => planes,
            Operand::Ternary => 2,
        }
    }

    /// Smallest value.
    #[must_use]
    pub const fn min(self) -> i64 {
        match self {
            Operand::Bipolar { planes } => 1 - (1 << planes),
            Operand::Unsigned { .. } => 0,
            Operand::Signed { planes } => -(1 << (planes - 1)),
            Operand::Ternary => -1,
        }
    }

    /// Largest value.
    #[must_use]
    pub const fn max(self) -> i64 {
        match self {
            Operand::Bipolar { planes } | Operand::Unsigned { planes } => (1 << planes) - 1,
            Operand::Signed { planes } => (1 << (planes - 1)) - 1,
            Operand::Ternary => 1,
        }
    }

    /// Whether zero is not among the values, so that a padded tap must be masked.
    #[must_use]
    pub const fn is_bipolar(self) -> bool {
        matches!(self, Operand::Bipolar { .. })
    }

    /// The code of a value, or nothing where there is none.
    #[must_use]
    pub fn code(self, value: i64) -> Option<u64> {
        if !(self.min()..=self.max()).contains(&value) {
            return None;
        }
        match self {
            Operand::Bipolar { planes } => {
                let doubled = value + (1 << planes) - 1;
                (doubled % 2 == 0).then_some((doubled / 2) as u64)
            }
            _ => Some(value as u64 & ((1 << self.width()) - 1)),
        }
    }

    /// The value of a code, or nothing where the code is not used.
    #[must_use]
    pub fn value(self, code: u64) -> Option<i64> {
        let code = i64::try_from(code).ok().filter(|code| code >> self.width() == 0)?;
        let complement = |planes: usize| {
            if code >> (planes - 1) == 1 { code - (1 << planes) } else { code }
        };
        match self {
            Operand::Bipolar { planes } => Some(2 * code + 1 - (1 << planes)),
            Operand::Unsigned { .. } => Some(code),
            Operand::Signed { planes } => Some(complement(planes)),
            Operand::Ternary => Some(complement(2)).filter(|value| *value != -2),
        }
    }

    /// All values, ascending.
    #[must_use]
    pub fn values(self) -> Vec<i64> {
        (self.min()..=self.max()).filter(|value| self.code(*value).is_some()).collect()
    }
}

impl fmt::Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Operand::Bipolar { planes: 1 } => f.write_str("bipolar"),
            Operand::Bipolar { planes } => write!(f, "bipolar{planes}"),
            Operand::Unsigned { planes } => write!(f, "unsigned{planes}"),
            Operand::Signed { planes } => write!(f, "signed{planes}"),
            Operand::Ternary => f.write_str("ternary"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_one_value_and_every_value_one_code() {
        let mut all = vec![Operand::Ternary];
        for planes in 1..=MAX_PLANES {
            all.extend([Operand::Bipolar { planes }, Operand::Unsigned { planes }]);
            if planes > 1 {
                all.push(Operand::Signed { planes });
            }
        }
        for operand in all {
            let codes: Vec<u64> = (0..1 << operand.width()).collect();
            let known = codes.iter().filter_map(|&code| Some((code, operand.value(code)?)));
            let mut values: Vec<i64> = known
                .map(|(code, value)| {
                    assert_eq!(operand.code(value), Some(code), "{operand}");
                    value
                })
                .collect();
            values.sort_unstable();
            assert_eq!(values, operand.values(), "{operand}");
            let unused = usize::from(operand == Operand::Ternary);
            assert_eq!(values.len() + unused, codes.len(), "{operand}");
            assert_eq!((values[0], values[values.len() - 1]), (operand.min(), operand.max()));
        }
    }
}
