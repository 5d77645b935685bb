//! Operands as digits, for engines whose operand A is encoded outside.
//!
//! The word of an operand holds its digits from the lowest weight up, each as `negative` (where a
//! digit of the encoding can be), `one`, and `two` (where a digit can be), least significant first.
//! Written from the digits' definition: the encoder circuits do not use it, nor it them.

use crate::arith::encode::Encoding;
use crate::arith::format::Format;
use crate::data::{Matrix, Words};

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

/// The operand that `word` stands for, if it is the word of one.
#[must_use]
pub fn value(encoding: &dyn Encoding, format: Format, word: u128) -> Option<i128> {
    let wires = wires(encoding, format);
    let weights = encoding.weights(format);
    let mut rest = word;
    let mut take = |there: bool| {
        let bit = there && rest & 1 == 1;
        rest >>= u32::from(there);
        bit
    };
    let mut sum = 0;
    for weight in weights {
        let (negative, one, two) = (take(wires.0), take(true), take(wires.1));
        let magnitude = (i128::from(one) + 2 * i128::from(two)) << weight;
        sum += if negative { -magnitude } else { magnitude };
    }
    // Digits of other encodings may have the same sum.
    let known = (format.min()..=format.max()).contains(&sum)
        && u128::from(pack(encoding, format, sum, wires)) == word;
    known.then_some(sum)
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

    #[test]
    fn words_are_those_of_their_operands_alone() {
        for &encoding in encode::ALL {
            for format in [Format::signed(5), Format::unsigned(4), Format::signed(2)] {
                let (values, mut words) = (format.min()..=format.max(), Vec::new());
                for operand in values {
                    let word = u128::from(word(encoding, format, operand));
                    assert_eq!(value(encoding, format, word), Some(operand), "{format}");
                    words.push(word);
                }
                let known = (0..1u128 << 20).filter(|&w| value(encoding, format, w).is_some());
                assert_eq!(known.count(), words.len(), "{} {format}", encoding.name());
            }
        }
    }
}
