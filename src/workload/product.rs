//! A matrix product as a workload: tiles in the order of the loop nest, for both stream contracts.

use std::ops::Range;

use num_bigint::BigInt;

use super::{Expected, Frame, Place, Workload};
use crate::data::{Matrix, Words};
use crate::design::{Contract, Design, Stream};
use crate::golden::Gemm;
use crate::nest::bit_slice::Activity;
use crate::vectors::{digits, pack};

/// Operand pairs that a [`Place`] names.
const SHOWN: usize = 8;

/// C = A B on a design.
pub struct Product<'a> {
    design: &'a Design,
    a: &'a Matrix,
    b: &'a Matrix,
    /// The operands up to whole tiles, where what is beyond the edge is not zero.
    filled: Option<(Matrix, Matrix)>,
    tiles: Vec<Tile>,
}

/// One step: rows, columns and terms of the product that it works on.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Tile {
    row: usize,
    rows: usize,
    col: usize,
    terms: Range<usize>,
}

impl<'a> Product<'a> {
    /// The product of two matrices.
    ///
    /// # Panics
    /// If the shapes do not multiply.
    #[must_use]
    pub fn new(design: &'a Design, a: &'a Matrix, b: &'a Matrix) -> Self {
        assert_eq!(a.cols, b.rows, "inner dimensions");
        let tiles = match design.contract() {
            Contract::OutputStationary => {
                let tile = |(row, col)| Tile { row, rows: design.rows(), col, terms: 0..a.cols };
                design.nest.tiles(a.rows, b.cols).into_iter().map(tile).collect()
            }
            Contract::WeightStationary => {
                let depth = design.depth();
                let columns = (0..b.cols).step_by(design.cols());
                let terms = |first: usize| first..(first + depth).min(a.cols);
                let tile = |col: usize| {
                    (0..a.cols).step_by(depth).map(move |first| Tile {
                        row: 0,
                        rows: a.rows,
                        col,
                        terms: terms(first),
                    })
                };
                columns.flat_map(tile).collect()
            }
        };
        let no_zero = [design.operand_a(), design.operand_b()].iter().any(|x| x.code(0).is_none());
        let filled = no_zero.then(|| filled(design, a, b));
        Self { design, a, b, filled, tiles }
    }

    /// Terms whose products are in what a tile gives: with a stream of partial sums, those of the
    /// tiles before it too.
    fn summed(&self, tile: &Tile) -> Range<usize> {
        let first = if self.design.partial_sums { 0 } else { tile.terms.start };
        first..tile.terms.end
    }

    fn gemm(&self, terms: Range<usize>) -> Gemm<'_> {
        let (a, b) = self.filled.as_ref().map_or((self.a, self.b), |(a, b)| (a, b));
        Gemm { a, b, terms, width: self.design.accumulator.width }
    }

    /// Row of the result and first lane of a transfer.
    fn locate(&self, tile: &Tile, transfer: usize) -> (usize, usize, usize) {
        let stream = self.sink();
        let part = transfer % stream.transfers_per_beat;
        (tile.row + transfer / stream.transfers_per_beat, part * stream.lanes_per_transfer, part)
    }

    /// The operands of a tile: the beats of A and B.
    fn operands(&self, tile: &Tile) -> [Vec<u8>; 2] {
        let design = self.design;
        let (rows, cols, depth) = (design.rows(), design.cols(), design.depth());
        let Range { start, end } = tile.terms;
        // Where a stream says which terms count, lanes beyond them may hold anything.
        let beyond = |width: usize, at: usize| match design.counts_terms() && !at.is_multiple_of(3)
        {
            true => (1 << width) - 1,
            false => 0,
        };
        let a_at = |row: usize, k: usize| {
            if k >= end {
                beyond(design.multiplier.a.width, row + k)
            } else if design.host_encodes() {
                let value = if row < self.a.rows { self.a.value(row, k) } else { 0 };
                digits::word(design.multiplier.encoding, self.a.format, value)
            } else {
                let bits = self.a.bits_or_zero(row, k);
                design.operand_a().code(bits as i64).unwrap_or_default()
            }
        };
        let b_at = |k: usize, col: usize| {
            if k >= end && design.counts_terms() {
                return beyond(design.multiplier.b.width, 2 * col + k);
            }
            let bits = if k < end { self.b.bits_or_zero(k, col) } else { 0 };
            design.operand_b().code(bits as i64).unwrap_or_default()
        };
        let (a_stream, b_stream) = (design.stream_a(), design.stream_b());
        match design.contract() {
            Contract::OutputStationary => {
                let beats = tile.terms.len().div_ceil(depth);
                let term =
                    |beat: usize, lane: usize, side: usize| start + beat * depth + lane / side;
                let a_width = design.multiplier.a.width;
                let a = pack::pack(&a_stream, beats, |lane, beat| {
                    match lane.checked_sub(rows * depth) {
                        None => [a_at(tile.row + lane % rows, term(beat, lane, rows))],
                        // How many terms of the beat count.
                        Some(part) => {
                            let count = (end - (start + beat * depth)).min(depth) as u64;
                            [count >> (part * a_width)]
                        }
                    }
                });
                let b = pack::pack(&b_stream, beats, |lane, beat| {
                    [b_at(term(beat, lane, cols), tile.col + lane % cols)]
                });
                [a, b]
            }
            Contract::WeightStationary => {
                let a = pack::pack(&a_stream, tile.rows, |lane, beat| {
                    [a_at(tile.row + beat, start + lane)]
                });
                let b = pack::pack(&b_stream, depth, |lane, beat| match lane < cols {
                    true => [b_at(start + beat, tile.col + lane)],
                    false => [u64::from(start + beat < end)],
                });
                [a, b]
            }
        }
    }

    /// The partial sums that a tile adds its products to.
    fn partial_sums(&self, tile: &Tile, stream: &Stream) -> Vec<u8> {
        let gemm = self.gemm(0..tile.terms.start);
        let row = |beat: usize| gemm.row(tile.row + beat, tile.col, stream.lanes);
        let rows: Vec<Words> = (0..tile.rows).map(row).collect();
        pack::pack(stream, tile.rows, |lane, beat| rows[beat].get(lane).to_vec())
    }
}

/// The operands with rows of A and columns of B up to whole tiles: all codes beyond the edge are
/// zero, whatever value that is.
fn filled(design: &Design, a: &Matrix, b: &Matrix) -> (Matrix, Matrix) {
    let rows = a.rows.next_multiple_of(design.rows());
    let cols = b.cols.next_multiple_of(design.cols());
    let mut data = a.data.clone();
    data.resize(rows * a.cols, design.operand_a().value(0));
    let a = Matrix { rows, data, ..*a };
    let beyond = vec![design.operand_b().value(0); cols - b.cols];
    let row = |row: &[i64]| [row, &beyond].concat();
    let data = b.data.chunks(b.cols).flat_map(row).collect();
    (a, Matrix { cols, data, ..*b })
}

impl Workload for Product<'_> {
    fn sources(&self) -> Vec<Stream> {
        self.design.sources().into_iter().map(|(_, stream)| stream).collect()
    }

    fn sink(&self) -> Stream {
        self.design.stream_c()
    }

    fn steps(&self) -> usize {
        self.tiles.len()
    }

    fn frames(&self, step: usize) -> Vec<Frame> {
        let tile = &self.tiles[step];
        let [a, b] = self.operands(tile);
        let mut frames = vec![Frame { source: 0, bytes: a }, Frame { source: 1, bytes: b }];
        if let Some(stream) = self.design.stream_p() {
            frames.push(Frame { source: 2, bytes: self.partial_sums(tile, &stream) });
        }
        frames
    }

    fn transfers(&self, step: usize) -> usize {
        self.tiles[step].rows * self.sink().transfers_per_beat
    }

    fn expected(&self, step: usize, index: usize) -> Expected {
        let tile = &self.tiles[step];
        let stream = self.sink();
        let (row, lane, part) = self.locate(tile, index);
        let count = stream.lanes_per_transfer.min(stream.lanes - lane);
        let words = self.gemm(self.summed(tile)).row(row, tile.col + lane, count);
        Expected { words, last: index + 1 == self.transfers(step), part }
    }

    fn signed(&self) -> bool {
        self.design.accumulator.signed
    }

    fn result(&self) -> Words {
        Words::zeros(self.design.accumulator.width, self.a.rows * self.b.cols)
    }

    /// Without a stream of partial sums, the tiles along K are added up here.
    fn store(&self, result: &mut Words, step: usize, index: usize, words: &Words) {
        let tile = &self.tiles[step];
        let (row, lane, _) = self.locate(tile, index);
        let adds = self.design.contract() == Contract::WeightStationary
            && !self.design.partial_sums
            && tile.terms.start > 0;
        for offset in 0..words.len() {
            let col = tile.col + lane + offset;
            if row < self.a.rows && col < self.b.cols {
                let at = row * self.b.cols + col;
                if adds {
                    let sum: BigInt = result.integer(at, false) + words.integer(offset, false);
                    result.set_integer(at, &sum);
                } else {
                    result.set(at, words.get(offset));
                }
            }
        }
    }

    fn place(&self, step: usize, transfer: usize, index: usize) -> Place {
        let tile = &self.tiles[step];
        let (row, lane, _) = self.locate(tile, transfer);
        let lane = lane + index;
        let col = tile.col + lane;
        let terms = self.summed(tile);
        let inside = row < self.a.rows && col < self.b.cols;
        let pair = |k| (self.a.value(row, k).to_string(), self.b.value(k, col).to_string());
        let operands = match inside {
            true => terms.clone().take(SHOWN).map(pair).collect(),
            false => Vec::new(),
        };
        let origin = (tile.row, tile.col);
        Place { tile: step, origin, row, col, lane, operands, terms: terms.len(), spot: None }
    }

    fn cycles(&self) -> u64 {
        let shape = (self.a.rows, self.a.cols, self.b.cols);
        let counted = self.design.data_cycles(self.a, self.b);
        counted
            .or_else(|| self.design.cycles(shape))
            .expect("a nest that was checked, or an engine")
    }

    fn activity(&self) -> Option<Activity> {
        self.design.activity(self.a, self.b)
    }

    fn operations(&self) -> u64 {
        self.a.rows as u64 * self.a.cols as u64 * self.b.cols as u64
    }

    fn operations_per_cycle(&self) -> f64 {
        self.design.operations_per_cycle()
    }

    fn beats(&self) -> u64 {
        let beats = |tile: &Tile| match self.design.contract() {
            Contract::OutputStationary => tile.terms.len().div_ceil(self.design.depth()),
            Contract::WeightStationary => tile.rows,
        };
        self.tiles.iter().map(|tile| beats(tile) as u64).sum()
    }
}
