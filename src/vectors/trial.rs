//! What the packaged testbench of an array multiplies.

use super::{Distribution, corners, random};
use crate::data::Matrix;
use crate::design::Design;

/// Tiles get at most this many beats, so that the vectors of large arrays stay small.
const LONGEST: usize = 40;

/// Operands tile by tile: the corners of the formats, then random ones; short tiles, tiles without
/// a gap and tiles that keep the array busy.
#[must_use]
pub fn tiles(design: &Design) -> Vec<(Matrix, Matrix)> {
    let (rows, cols) = (design.tile_rows(), design.cols());
    let (a, b) = (design.operand_a(), design.operand_b());
    let (corner_a, corner_b) = corners((a, rows), (b, cols), 3, 1);
    let kinds = [(0, 0), (1, 1), (0, 1), (1, 0), (2, 2), (4, 6), (3, 3)];
    let mut tiles: Vec<(Matrix, Matrix)> = kinds
        .iter()
        .map(|&(of_a, of_b)| {
            (rows_of(&corner_a, of_a * rows, rows), cols_of(&corner_b, of_b * cols, cols))
        })
        .collect();
    for (number, k) in [1, 1, 2, (rows + cols).min(LONGEST), 5].into_iter().enumerate() {
        let stream = number as u64;
        let uniform = Distribution::Uniform;
        tiles.push((
            random(rows, k, a, uniform, 2, 2 * stream),
            random(k, cols, b, uniform, 2, 2 * stream + 1),
        ));
    }
    tiles
}

fn rows_of(matrix: &Matrix, first: usize, count: usize) -> Matrix {
    let data = matrix.data[first * matrix.cols..(first + count) * matrix.cols].to_vec();
    Matrix { rows: count, data, ..*matrix }
}

fn cols_of(matrix: &Matrix, first: usize, count: usize) -> Matrix {
    let rows = matrix.data.chunks_exact(matrix.cols);
    let data = rows.flat_map(|row| row[first..first + count].to_vec()).collect();
    Matrix { cols: count, data, ..*matrix }
}
