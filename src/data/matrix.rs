//! Matrices of operands of up to 64 bits.

use crate::arith::format::Format;

/// A row-major matrix of operands. An element is stored as its low 64 bits, which the format reads
/// as signed or unsigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix {
    /// Number of rows.
    pub rows: usize,
    /// Number of columns.
    pub cols: usize,
    /// Elements, row by row.
    pub data: Vec<i64>,
    /// How elements are read.
    pub format: Format,
}

impl Matrix {
    /// The element at (row, col) as an integer.
    ///
    /// # Panics
    /// If there is no such element.
    #[must_use]
    pub fn value(&self, row: usize, col: usize) -> i128 {
        let bits = self.data[row * self.cols + col];
        if self.format.signed { i128::from(bits) } else { i128::from(bits as u64) }
    }

    /// The low 64 bits of the element at (row, col), or zero beyond the edge.
    #[must_use]
    pub fn bits_or_zero(&self, row: usize, col: usize) -> u64 {
        if row < self.rows && col < self.cols { self.data[row * self.cols + col] as u64 } else { 0 }
    }
}
