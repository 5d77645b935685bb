//! The self-checking testbench in plain Verilog, with its vectors.

use askama::Template;

use super::package::{PackageFile, file_list, render};
use crate::design::{Design, Stream};
use crate::golden::{Gemm, Matrix};
use crate::vectors::{self, Distribution, pack};

/// Tiles get at most this many beats, so that the vectors of large arrays stay small.
const LONGEST: usize = 40;

#[derive(Template)]
#[template(path = "testbench.v")]
struct Testbench<'a> {
    name: &'a str,
    version: &'a str,
    hash: String,
    tiles: usize,
    a_count: usize,
    b_count: usize,
    c_count: usize,
    a_bits: usize,
    b_bits: usize,
    c_bits: usize,
}

/// Vectors of one stream: a word of hexadecimal digits per transfer.
#[derive(Default)]
struct Vectors {
    lines: Vec<String>,
}

impl Vectors {
    /// Appends packed transfers, least significant byte first, with a byte for `tlast`.
    fn extend(&mut self, stream: &Stream, bytes: &[u8]) {
        for transfer in bytes.chunks_exact(pack::stride(stream)) {
            let digits: String = transfer.iter().rev().map(|byte| format!("{byte:02x}")).collect();
            // The byte that holds only tlast becomes one digit.
            let skip = usize::from(stream.has_last);
            self.lines.push(digits[skip..].to_owned());
        }
    }

    fn file(&self, path: String) -> PackageFile {
        PackageFile { path, text: self.lines.join("\n") + "\n" }
    }
}

/// The testbench, its file list and its vectors; `rtl` are the design's files in compile order.
pub(super) fn files(design: &Design, rtl: &[String]) -> Vec<PackageFile> {
    let name = &design.name;
    let [a_stream, b_stream, c_stream] = [design.stream_a(), design.stream_b(), design.stream_c()];
    let (mut a_vectors, mut b_vectors, mut c_vectors) =
        (Vectors::default(), Vectors::default(), Vectors::default());
    let tiles = tiles(design);
    for (a, b) in &tiles {
        a_vectors.extend(&a_stream, &pack::pack_a(&a_stream, a, 0));
        b_vectors.extend(&b_stream, &pack::pack_b(&b_stream, b, 0));
        let gemm = Gemm { a, b, width: design.accumulator.width };
        c_vectors.extend(&c_stream, &pack::pack_c(&c_stream, &gemm, design.rows()));
    }
    let text = render(&Testbench {
        name,
        version: env!("CARGO_PKG_VERSION"),
        hash: design.hash(),
        tiles: tiles.len(),
        a_count: a_vectors.lines.len(),
        b_count: b_vectors.lines.len(),
        c_count: c_vectors.lines.len(),
        a_bits: a_stream.data_width(),
        b_bits: b_stream.data_width(),
        c_bits: c_stream.data_width(),
    });
    let mut list: Vec<String> = rtl.iter().map(|file| format!("../{file}")).collect();
    list.push(format!("{name}_tb.v"));
    vec![
        PackageFile { path: format!("tb/{name}_tb.v"), text },
        PackageFile { path: format!("tb/{name}_tb.f"), text: file_list(&list) },
        a_vectors.file(format!("tb/{name}_tb_a.hex")),
        b_vectors.file(format!("tb/{name}_tb_b.hex")),
        c_vectors.file(format!("tb/{name}_tb_c.hex")),
    ]
}

/// Operands tile by tile: the corners of the formats, then random ones; short tiles, tiles without
/// a gap and tiles that keep the array busy.
fn tiles(design: &Design) -> Vec<(Matrix, Matrix)> {
    let (rows, cols) = (design.rows(), design.cols());
    let (a, b) = (design.multiplier.a, design.multiplier.b);
    let (corner_a, corner_b) = vectors::corners((a, rows), (b, cols), 3, 1);
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
            vectors::random(rows, k, a, uniform, 2, 2 * stream),
            vectors::random(k, cols, b, uniform, 2, 2 * stream + 1),
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
