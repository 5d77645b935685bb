//! Operands as digits, for engines whose operand A is encoded outside.
//!
//! The word of an operand holds its digits from the lowest weight up, each as `negative` (where a
//! digit of the encoding can be), `one`, and `two` (where a digit can be), least significant first.
//! Written from the digits' definition: the encoder circuits do not use it, nor it them.

use crate::arith::encode::Encoding;
use crate::arith::format::Format;
use crate::golden::{Matrix, Words};

/// The wires that the digits of an encoding need: whether one can be negative, or two.
fn wires(encoding: &dyn Encoding, format: Format) -> (bool, bool) {
    // Operands of eight or nine bits show every digit that wider ones have.
    let width = format.width.min(8 + format.width % 2);
    let format = Format { width, ..format };
    let all = (format.min()..=format.max()).flat_map(|value| encoding.digits(format, value));
    all.fold((false, false), |(negative, two), digit| {
        (negative | (digit < 0), two | (digit.abs() == 2))
    })
}

/// The word that stands for `value`.
#[must_use]
pub fn word(encoding: &dyn Encoding, format: Format, value: i128) -> u64 {
    pack(encoding, format, value, wires(encoding, format))
}

fn pack(encoding: &dyn Encoding, format: Format, value: i128, wires: (bool, bool)) -> u64 {
    let (negative, two) = wires;
    let mut word = 0;
    let mut position = 0;
    let mut put = |bit: bool| {
        word |= u64::from(bit) << position;
        position += 1;
    };
    for digit in encoding.digits(format, value) {
        if negative {
            put(digit < 0);
        }
        put(digit.abs() == 1);
        if two {
            put(digit.abs() == 2);
        }
    }
    word
}

/// The words of a matrix, row by row, of `width` bits each.
#[must_use]
pub fn words(encoding: &dyn Encoding, matrix: &Matrix, width: usize) -> Words {
    let wires = wires(encoding, matrix.format);
    let mut words = Words::zeros(width, matrix.rows * matrix.cols);
    for index in 0..matrix.rows * matrix.cols {
        let value = matrix.value(index / matrix.cols, index % matrix.cols);
        words.set(index, &[pack(encoding, matrix.format, value, wires)]);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arith::encode;

    #[test]
    fn published_examples() {
        let int8 = Format::signed(8);
        // EN-T: 91 = 64 + 32 - 4 - 1, 124 = 128 - 4; from bit 0 up negative, one, two.
        let code = |digit: i64| match digit {
            0 => 0b000,
            1 => 0b010,
            -1 => 0b011,
            2 => 0b100,
            _ => 0b101,
        };
        let pack = |digits: [i64; 4]| {
            digits.iter().rev().enumerate().map(|(i, &d)| code(d) << (3 * i)).sum::<u64>()
        };
        assert_eq!(word(&encode::Ent, int8, 91), pack([1, 2, -1, -1]));
        assert_eq!(word(&encode::Ent, int8, 124), pack([2, 0, -1, 0]));
        assert_eq!(word(&encode::Ent, int8, -128), pack([-2, 0, 0, 0]));
    }
}
