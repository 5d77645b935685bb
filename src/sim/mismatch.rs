//! A result that is not what it should be, with everything needed to look into it.

use std::fmt;

use num_bigint::BigInt;
use serde::Serialize;

use crate::golden::Matrix;

/// Operand pairs that are shown.
const SHOWN: usize = 8;

/// One wrong lane of one transfer.
#[derive(Clone, Debug, Serialize)]
pub struct Mismatch {
    /// Cycle in which the transfer was accepted, from the first offer of operands on.
    pub cycle: u64,
    /// Number of the tile.
    pub tile: usize,
    /// Row and column of the tile within the result, in tiles' first elements.
    pub origin: (usize, usize),
    /// Row of C.
    pub row: usize,
    /// Column of C.
    pub col: usize,
    /// Lane of the beat.
    pub lane: usize,
    /// What the definition says.
    pub expected: String,
    /// What came out.
    pub actual: String,
    /// The first operand pairs of the sum.
    pub operands: Vec<(String, String)>,
    /// Number of operand pairs of the sum.
    pub terms: usize,
}

impl Mismatch {
    /// Fills in the operands of C\[row, col\].
    #[must_use]
    pub fn with_operands(mut self, a: &Matrix, b: &Matrix) -> Self {
        self.terms = a.cols;
        if self.row < a.rows && self.col < b.cols {
            let pair = |k| (a.value(self.row, k).to_string(), b.value(k, self.col).to_string());
            self.operands = (0..a.cols.min(SHOWN)).map(pair).collect();
        }
        self
    }

    /// A mismatch without its operands.
    #[must_use]
    pub fn new(
        (cycle, tile, origin): (u64, usize, (usize, usize)),
        (row, lane): (usize, usize),
        expected: &BigInt,
        actual: &BigInt,
    ) -> Self {
        Self {
            cycle,
            tile,
            origin,
            row: origin.0 + row,
            col: origin.1 + lane,
            lane,
            expected: expected.to_string(),
            actual: actual.to_string(),
            operands: Vec::new(),
            terms: 0,
        }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cycle, tile, origin, row, col, lane, expected, actual, .. } = self;
        write!(
            f,
            "cycle {cycle}, tile {tile} (at row {}, column {}), lane {lane}: C[{row},{col}] is \
             {actual}, expected {expected}",
            origin.0, origin.1
        )?;
        let pairs: Vec<String> = self.operands.iter().map(|(a, b)| format!("{a}*{b}")).collect();
        let more = if self.terms > pairs.len() { " + ..." } else { "" };
        match pairs.as_slice() {
            [] => write!(f, "\n    beyond the edge of the matrices, where it must be 0"),
            pairs => write!(f, "\n    {} terms: {}{more}", self.terms, pairs.join(" + ")),
        }
    }
}
