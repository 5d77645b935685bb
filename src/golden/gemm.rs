//! C = A B modulo 2^width, by the definition: C\[m,n\] is the sum over k of A\[m,k\] B\[k,n\].

use std::ops::Range;

use num_bigint::BigInt;

use crate::data::{Matrix, Words};

/// A matrix product whose elements are computed when they are asked for.
#[derive(Clone, Debug)]
pub struct Gemm<'a> {
    /// M x K.
    pub a: &'a Matrix,
    /// K x N.
    pub b: &'a Matrix,
    /// The k whose products are summed: all of `0..K`, or those of a tile.
    pub terms: Range<usize>,
    /// Bits of a result.
    pub width: usize,
}

impl Gemm<'_> {
    /// Rows of the result.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.a.rows
    }

    /// Columns of the result.
    #[must_use]
    pub fn cols(&self) -> usize {
        self.b.cols
    }

    /// The elements `first..first + count` of row `row`; zeros beyond the edge of the matrix.
    #[must_use]
    pub fn row(&self, row: usize, first: usize, count: usize) -> Words {
        let mut result = Words::zeros(self.width, count);
        for index in 0..count {
            let col = first + index;
            if row >= self.rows() || col >= self.cols() {
                continue;
            }
            if self.width <= 64 {
                let mask = u64::MAX >> (64 - self.width);
                result.set(index, &[self.dot_64(row, col) & mask]);
            } else {
                result.set_integer(index, &self.dot(row, col));
            }
        }
        result
    }

    /// The sum modulo 2^64, which suffices for any narrower result: the low bits of sums and
    /// products depend on the low bits of their operands only.
    fn dot_64(&self, row: usize, col: usize) -> u64 {
        let Range { start, end } = self.terms;
        let a = &self.a.data[row * self.a.cols..(row + 1) * self.a.cols][start..end];
        let b = self.b.data[col..].iter().step_by(self.b.cols).skip(start);
        a.iter().zip(b).fold(0i64, |sum, (x, y)| sum.wrapping_add(x.wrapping_mul(*y))) as u64
    }

    /// The exact sum.
    fn dot(&self, row: usize, col: usize) -> BigInt {
        let term = |k| BigInt::from(self.a.value(row, k)) * BigInt::from(self.b.value(k, col));
        self.terms.clone().map(term).sum()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::arith::format::Format;

    proptest! {
        /// The short way agrees with exact arithmetic for all formats.
        #[test]
        fn wrapping_and_exact_sums_agree(
            widths in (1usize..=64, 1usize..=64),
            signs in any::<(bool, bool)>(),
            width in 1usize..=64,
            values in prop::collection::vec(any::<i64>(), 12),
        ) {
            let cut = |values: &[i64], format: Format| -> Vec<i64> {
                let shift = 64 - format.width;
                let extend = |v: &i64| if format.signed {
                    v << shift >> shift
                } else {
                    ((*v as u64) << shift >> shift) as i64
                };
                values.iter().map(extend).collect()
            };
            let a = Format { width: widths.0, signed: signs.0 };
            let b = Format { width: widths.1, signed: signs.1 };
            let a = Matrix { rows: 2, cols: 3, data: cut(&values[..6], a), format: a };
            let b = Matrix { rows: 3, cols: 2, data: cut(&values[6..], b), format: b };
            let gemm = Gemm { a: &a, b: &b, terms: 0..3, width };
            for row in 0..2 {
                let got = gemm.row(row, 0, 3);
                for col in 0..2 {
                    let mut exact = Words::zeros(width, 1);
                    exact.set_integer(0, &gemm.dot(row, col));
                    prop_assert_eq!(got.get(col), exact.get(0));
                }
                prop_assert_eq!(got.get(2), &[0], "beyond the edge");
            }
        }
    }
}
