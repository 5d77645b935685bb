//! Operands at the corners of their formats.

use super::random::{Distribution, random};
use crate::arith::Levels;
use crate::arith::format::Format;
use crate::data::Matrix;

/// Kinds of rows of A and columns of B.
const KINDS: usize = 7;

/// A pair of matrices whose product meets every kind of row of A with every kind of column of B:
/// all minimum, all maximum, alternating extremes, all minus one (or all ones), a single one,
/// zero, and random. Each kind fills one tile of `rows` rows or `cols` columns. Of operands whose
/// codes stand for other values these are the kinds of the codes.
#[must_use]
pub fn corners(
    (a, rows): (impl Into<Levels>, usize),
    (b, cols): (impl Into<Levels>, usize),
    k: usize,
    seed: u64,
) -> (Matrix, Matrix) {
    let (a_levels, b_levels) = (a.into(), b.into());
    let (a, b) = (a_levels.code_format(), b_levels.code_format());
    let noise_a = random(rows, k, a, Distribution::Uniform, seed, 0);
    let noise_b = random(k, cols, b, Distribution::Uniform, seed, 1);
    let mut a_data = Vec::with_capacity(KINDS * rows * k);
    for row in 0..KINDS * rows {
        for index in 0..k {
            let noise = noise_a.data[row % rows * k + index];
            a_data.push(a_levels.value(element(a, row / rows, index, row % k, noise)));
        }
    }
    let mut b_data = Vec::with_capacity(KINDS * cols * k);
    for index in 0..k {
        for col in 0..KINDS * cols {
            let noise = noise_b.data[index * cols + col % cols];
            b_data.push(b_levels.value(element(b, col / cols, index, col % k, noise)));
        }
    }
    (
        Matrix { rows: KINDS * rows, cols: k, data: a_data, format: a_levels.value_format() },
        Matrix { rows: k, cols: KINDS * cols, data: b_data, format: b_levels.value_format() },
    )
}

/// The element at position `index` of a vector of this kind.
fn element(format: Format, kind: usize, index: usize, single: usize, noise: i64) -> i64 {
    let (min, max) = (format.min() as i64, format.max() as i64);
    match kind {
        0 => min,
        1 => max,
        2 if index.is_multiple_of(2) => min,
        2 => max,
        3 if format.signed => -1,
        3 => 1,
        // A one-bit signed format has no one: its only non-zero value is -1.
        4 if index == single => max.min(1) + if max == 0 { min } else { 0 },
        4 | 5 => 0,
        _ => noise,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_fills_its_tile() {
        for format in Format::sweep(9).chain([Format::signed(64), Format::unsigned(64)]) {
            let (a, b) = corners((format, 2), (format, 3), 4, 1);
            assert_eq!((a.rows, a.cols, b.rows, b.cols), (14, 4, 4, 21));
            for row in 0..a.rows {
                for index in 0..4 {
                    let value = a.value(row, index);
                    assert!((format.min()..=format.max()).contains(&value));
                }
            }
            assert!((0..4).all(|k| a.value(1, k) == format.min() && a.value(3, k) == format.max()));
            assert!((0..3).all(|col| b.value(2, col) == format.min()));
            let single: Vec<usize> = (0..4).filter(|&k| a.value(8, k) != 0).collect();
            assert_eq!(single, [0], "row 8 is the first of the single ones");
        }
    }
}
