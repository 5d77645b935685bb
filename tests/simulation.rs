//! Every design in Verilator against the definition of the matrix product: results, protocol and
//! cycles.

mod common;

use std::sync::OnceLock;
use std::time::Duration;

use bitweight::arith::Levels;
use bitweight::data::{Matrix, Words};
use bitweight::design::{Contract, Design, MAX_PORT_WIDTH};
use bitweight::rtl;
use bitweight::sim::{self, Job, Report};
use bitweight::vectors::{self, Distribution};
use common::{Case, all_designs, check_all, overrides, test_designs};
use num_bigint::BigInt;

/// Bits of all operands of a result together up to which every combination is simulated.
const EXHAUSTIVE_BITS: usize = 16;

/// All designs with their simulators built, so that tests that run side by side do not wait for
/// the same build.
fn cases() -> &'static [Case] {
    static CASES: OnceLock<Vec<Case>> = OnceLock::new();
    CASES.get_or_init(|| {
        let cases = all_designs();
        check_all(&cases, |case| run(&case.design, &random(&case.design, (1, 1, 1), 1), 0.0, 1));
        cases
    })
}

fn random(design: &Design, (m, k, n): (usize, usize, usize), seed: u64) -> (Matrix, Matrix) {
    let draw = |rows, cols, format, stream| {
        vectors::random(rows, cols, format, Distribution::Uniform, seed, stream)
    };
    (draw(m, k, design.operand_a(), 0), draw(k, n, design.operand_b(), 1))
}

fn simulate(
    design: &Design,
    files: Option<Vec<(String, String)>>,
    (a, b): &(Matrix, Matrix),
    stall: f64,
    seed: u64,
) -> Result<(Report, Words), String> {
    let limit = Duration::from_secs(600);
    let job = Job { design, files, a, b, seed, stall, trace: None, limit };
    sim::run(&job, &mut |_, _| {}).map_err(|error| format!("{}: {error}", design.name))
}

/// Simulates and checks the report; the results are compared a second time, with sums that are
/// formed here.
fn run(design: &Design, operands: &(Matrix, Matrix), stall: f64, seed: u64) -> Result<(), String> {
    let (report, words) = simulate(design, None, operands, stall, seed)?;
    let (a, b) = operands;
    let shape = (a.rows, a.cols, b.cols);
    let complain = |what: String| Err(format!("{} at {shape:?}: {what}", design.name));
    if !report.passed {
        return complain(format!("{:?} {:?}", report.faults, report.first_mismatches));
    }
    if stall == 0.0 && report.cycles != report.expected_cycles {
        return complain(format!("{} cycles, not {}", report.cycles, report.expected_cycles));
    }
    if report.cycles < report.expected_cycles {
        return complain("stalls made it faster".to_owned());
    }
    let mut expected = Words::zeros(design.accumulator.width, a.rows * b.cols);
    for row in 0..a.rows {
        for col in 0..b.cols {
            expected.set_integer(row * b.cols + col, &sum(a, b, row, col));
        }
    }
    if words != expected {
        return complain("the returned result is not the product".to_owned());
    }
    Ok(())
}

fn sum(a: &Matrix, b: &Matrix, row: usize, col: usize) -> BigInt {
    let term = |k| BigInt::from(a.value(row, k)) * BigInt::from(b.value(k, col));
    (0..a.cols).map(term).sum()
}

#[test]
fn corners_of_the_formats() {
    check_all(cases(), |Case { design, .. }| {
        let (a, b) = (design.operand_a(), design.operand_b());
        let (rows, cols) = (design.rows(), design.cols());
        [1, 2, 7, design.depth(), 2 * design.depth() + 1].iter().try_for_each(|&k| {
            run(design, &vectors::corners((a, rows), (b, cols), k, 1), 0.0, k as u64)
        })
    });
}

/// Matrices that do not fill their last tiles; tiles of one beat, and of more than the array is
/// busy with.
#[test]
fn shapes_that_no_tile_divides() {
    check_all(cases(), |Case { design, .. }| {
        let (rows, cols) = (design.rows(), design.cols());
        let long = 2 * (rows + cols) + 3;
        // Of a weight-stationary array the depth is what the rows are of another.
        let depth = design.depth();
        let shapes = [
            (depth, depth, 2 * cols),
            (depth + 1, 3 * depth + 1, cols + 1),
            (1, 1, 1),
            (rows + 1, 1, cols + 1),
            (2 * rows - 1, rows + cols - 1, 2 * cols + 1),
            (rows.div_ceil(2), long, cols + 1),
            (3 * rows + 1, 13, 1),
        ];
        shapes.into_iter().try_for_each(|shape| {
            let seed = shape.1 as u64;
            run(design, &random(design, shape, seed), 0.0, seed)
        })
    });
}

#[test]
fn stalls_on_every_stream() {
    check_all(cases(), |Case { design, .. }| {
        let (rows, cols) = (design.rows(), design.cols());
        let depth = design.depth();
        let shapes = [
            (3 * rows + 1, 1, 2 * cols),
            (2 * rows, 5, cols + 1),
            (rows, 40, 2 * cols),
            (depth + 5, 2 * depth, 2 * cols),
            (1, 3 * depth, cols),
        ];
        shapes.into_iter().zip([0.3, 0.3, 0.7, 0.4, 0.2]).try_for_each(|(shape, stall)| {
            let seed = 100 + shape.1 as u64;
            run(design, &random(design, shape, seed), stall, seed)
        })
    });
}

/// A sum of `k` products for every combination of all their operands: each row of A is one
/// combination of k values, each column of B another.
#[test]
fn all_operands_of_narrow_formats() {
    let cases: Vec<(&Case, usize)> = cases()
        .iter()
        .flat_map(|case| {
            let bits = case.design.multiplier.a.width + case.design.multiplier.b.width;
            (1..=EXHAUSTIVE_BITS / bits).map(move |k| (case, k))
        })
        .collect();
    check_all(&cases, |&(Case { design, .. }, k)| {
        let (a, b) = (design.operand_a(), design.operand_b());
        let operands = (combinations(a, k), transposed(&combinations(b, k)));
        run(design, &operands, 0.0, 1)
    });
}

/// A row for each combination of `k` values of an operand.
fn combinations(levels: Levels, k: usize) -> Matrix {
    let format = levels.code_format();
    let rows = 1usize << (format.width * k);
    let value = |row: usize, index: usize| {
        let bits = (row >> (format.width * index)) as i64 & ((1 << format.width) - 1);
        let negative = format.signed && bits >> (format.width - 1) != 0;
        levels.value(if negative { bits - (1 << format.width) } else { bits })
    };
    let data = (0..rows).flat_map(|row| (0..k).map(move |index| value(row, index))).collect();
    Matrix { rows, cols: k, data, format: levels.value_format() }
}

fn transposed(matrix: &Matrix) -> Matrix {
    let Matrix { rows, cols, format, .. } = *matrix;
    let at = |index| matrix.data[index % rows * cols + index / rows];
    Matrix { rows: cols, cols: rows, data: (0..rows * cols).map(at).collect(), format }
}

/// A sum of as many extreme products as a design says it holds is exact, not only modulo a power
/// of two.
#[test]
fn the_longest_sum_does_not_overflow() {
    let longest = 2000;
    let mut tested = 0;
    for Case { design, .. } in cases() {
        let k = design.accumulator.k_max;
        if !(1..=longest).contains(&k) {
            continue;
        }
        let (a, b) = (design.operand_a(), design.operand_b());
        let extremes = |levels: Levels| [levels.min() as i64, levels.max() as i64];
        let k = k as usize;
        let rows = extremes(a).into_iter().flat_map(|value| vec![value; k]).collect();
        let cols: Vec<i64> = (0..k).flat_map(|_| extremes(b)).collect();
        let a = Matrix { rows: 2, cols: k, data: rows, format: a.value_format() };
        let b = Matrix { rows: k, cols: 2, data: cols, format: b.value_format() };
        let (report, words) = simulate(design, None, &(a.clone(), b.clone()), 0.0, 3).unwrap();
        assert!(report.passed, "{}: {report:?}", design.name);
        for (row, col) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            let actual = words.integer(row * 2 + col, design.accumulator.signed);
            assert_eq!(actual, sum(&a, &b, row, col), "{}", design.name);
        }
        tested += 1;
    }
    assert!(tested >= 5, "only {tested} designs have a short k_max");
}

/// Registers start with random values, and what they are does not matter.
#[test]
fn initial_values_do_not_matter() {
    check_all(cases(), |Case { design, .. }| {
        let operands = random(design, (design.rows(), 3, design.cols()), 7);
        (1..=4).try_for_each(|seed| run(design, &operands, 0.0, seed))
    });
}

/// Overriding `Rows` and `Cols` of a generated design gives the design that is generated with
/// these numbers.
#[test]
fn dimensions_can_be_overridden() {
    let narrow = |case: &Case| case.design.multiplier.a.width * case.design.multiplier.b.width < 40;
    let cases: Vec<Case> = test_designs().into_iter().filter(narrow).collect();
    check_all(&cases, |Case { design, .. }| {
        // The columns are one more than a transfer of C holds, if that is a small array.
        let several = MAX_PORT_WIDTH / design.accumulator.width + 1;
        let (rows, cols) = (3, if several < 20 { several } else { 4 });
        let mut other = design.clone();
        let rows = if design.contract() == Contract::OutputStationary { rows } else { 1 };
        other.array = bitweight::design::Array { rows, cols, ..other.array };
        let new = overrides(design, rows, cols);
        let old = overrides(design, design.rows(), design.cols());
        let override_defaults = |module: rtl::Module| {
            let file = module.file();
            let mut text = module.text;
            // Only the top: it hands its parameters on.
            if module.name == design.name {
                for ((name, old), (_, new)) in old.iter().zip(&new) {
                    // The last parameter has no comma behind it.
                    let replaced = [",", "\n"].iter().fold(text.clone(), |text, end| {
                        let line = |value| format!("parameter integer {name} = {value}{end}");
                        text.replace(&line(old), &line(new))
                    });
                    assert!(replaced != text || old == new, "{name} of {}", design.name);
                    text = replaced;
                }
            }
            (file, text)
        };
        let files = rtl::modules(design).into_iter().map(override_defaults).collect();
        // The interpreter need not know: the nest of the other size is that of another design.
        let operands = random(&other, (rows + 1, 6, cols + 1), 5);
        let (report, _) = simulate(&other, Some(files), &operands, 0.2, 5)?;
        if report.passed {
            return Ok(());
        }
        Err(format!("{}: {:?} {:?}", design.name, report.faults, report.first_mismatches))
    });
}
