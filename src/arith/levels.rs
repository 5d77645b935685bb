//! The values of an operand, and the codes in which they travel.

use std::fmt;

use super::format::Format;
use super::operand::Operand;

/// An operand of an array: an integer format, or codes of a few bits that stand for other values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Levels {
    /// How a code is read as an integer.
    code: Format,
    /// What the codes stand for, where that is not the integer.
    operand: Option<Operand>,
}

impl From<Format> for Levels {
    fn from(code: Format) -> Self {
        Self { code, operand: None }
    }
}

impl From<Operand> for Levels {
    fn from(operand: Operand) -> Self {
        let width = operand.width();
        let signed = matches!(operand, Operand::Signed { .. } | Operand::Ternary);
        Self { code: Format { width, signed }, operand: Some(operand) }
    }
}

impl Levels {
    /// Bits of a code.
    #[must_use]
    pub const fn width(self) -> usize {
        self.code.width
    }

    /// The integer format of the codes.
    #[must_use]
    pub const fn code_format(self) -> Format {
        self.code
    }

    /// What the codes stand for, where that is not the integer.
    #[must_use]
    pub const fn operand(self) -> Option<Operand> {
        self.operand
    }

    /// Smallest value.
    #[must_use]
    pub fn min(self) -> i128 {
        self.operand.map_or_else(|| self.code.min(), |operand| operand.min().into())
    }

    /// Largest value.
    #[must_use]
    pub fn max(self) -> i128 {
        self.operand.map_or_else(|| self.code.max(), |operand| operand.max().into())
    }

    /// Whether there are negative values.
    #[must_use]
    pub fn signed(self) -> bool {
        self.min() < 0
    }

    /// An integer format that holds the values.
    #[must_use]
    pub fn value_format(self) -> Format {
        match self.operand {
            // One bit more than there are planes.
            Some(Operand::Bipolar { planes }) => Format::signed(planes + 1),
            _ => self.code,
        }
    }

    /// The low 64 bits of the value of a code that is given as an integer of the code's format.
    /// The code that a ternary operand does not use counts as -1.
    #[must_use]
    pub fn value(self, code: i64) -> i64 {
        let Some(operand) = self.operand else { return code };
        let mask = (1u64 << self.code.width) - 1;
        operand.value(code as u64 & mask).unwrap_or(-1)
    }

    /// The code of a value in the low bits, or nothing where the value is not among the levels.
    #[must_use]
    pub fn code(self, value: i64) -> Option<u64> {
        match self.operand {
            None => Some(value as u64),
            Some(operand) => operand.code(value),
        }
    }
}

impl fmt::Display for Levels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.operand {
            None => self.code.fmt(f),
            Some(operand) => operand.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_codes_are_inverse() {
        let operands = [
            Operand::BINARY,
            Operand::Bipolar { planes: 3 },
            Operand::Unsigned { planes: 1 },
            Operand::Unsigned { planes: 4 },
            Operand::Signed { planes: 3 },
            Operand::Ternary,
        ];
        for levels in operands.map(Levels::from) {
            let codes = levels.code_format();
            let range = codes.min() as i64..=codes.max() as i64;
            let unused = |code: &i64| levels.operand() == Some(Operand::Ternary) && *code == -2;
            for code in range.filter(|code| !unused(code)) {
                let value = levels.value(code);
                let bits = code as u64 & ((1 << levels.width()) - 1);
                assert_eq!(levels.code(value), Some(bits), "{levels} {code}");
                assert!((levels.min()..=levels.max()).contains(&value.into()));
                let holds = levels.value_format();
                assert!((holds.min()..=holds.max()).contains(&value.into()), "{levels}");
            }
        }
    }
}
