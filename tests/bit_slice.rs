//! The engines that leave zero digits out: operands that are hard on queues, planes and readout, and
//! the throughput that they are built for.

mod common;

use std::time::Duration;

use bitweight::config;
use bitweight::data::Matrix;
use bitweight::design::Design;
use bitweight::sim::{self, Job};
use bitweight::vectors::{self, Distribution};
use common::{Case, check_all, test_designs};

fn engines() -> Vec<Case> {
    test_designs().into_iter().filter(|case| case.design.bit_slice.is_some()).collect()
}

fn run(design: &Design, a: &Matrix, b: &Matrix, stall: f64, what: &str) -> Result<(), String> {
    let limit = Duration::from_secs(600);
    let job = Job { design, files: None, a, b, seed: 5, stall, trace: None, limit };
    let name = &design.name;
    let (report, _) = sim::run(&job, &mut |_, _| {}).map_err(|error| format!("{name}: {error}"))?;
    match report.passed {
        true => Ok(()),
        false => Err(format!(
            "{name}, {what}, stall {stall}: {:?} {:?}",
            report.faults, report.first_mismatches
        )),
    }
}

/// Operands of A, by what they are.
fn patterns(design: &Design, rows: usize, terms: usize) -> Vec<(String, Matrix)> {
    let format = design.multiplier.a;
    let fill = |value: &dyn Fn(usize, usize) -> i128| {
        let at = |index| value(index / terms, index % terms) as i64;
        Matrix { rows, cols: terms, data: (0..rows * terms).map(at).collect(), format }
    };
    let mut patterns = vec![
        ("all zero".to_owned(), fill(&|_, _| 0)),
        ("all smallest".to_owned(), fill(&|_, _| format.min())),
        ("all largest".to_owned(), fill(&|_, _| format.max())),
        ("every other row zero".to_owned(), fill(&|row, _| format.max() * (row % 2) as i128)),
        (
            "a single operand".to_owned(),
            fill(&|row, term| i128::from(row + 1 == rows && term + 1 == terms)),
        ),
        (
            "one row longer than the others".to_owned(),
            fill(&|row, term| {
                if row == 0 || term == 0 { format.max() } else { 0 }
            }),
        ),
    ];
    let weights = design.multiplier.encoding.weights(format);
    for weight in weights {
        let value = match 1i128 << weight {
            value if value <= format.max() => value,
            value => -value,
        };
        if value >= format.min() {
            patterns.push((format!("only the digit of weight {weight}"), fill(&|_, _| value)));
        }
    }
    let small = vectors::random(rows, terms, format, Distribution::Normal(1.0), 3, 0);
    patterns.push(("mostly zero".to_owned(), small));
    patterns
}

#[test]
fn digits_that_are_hard_to_schedule() {
    check_all(&engines(), |Case { design, .. }| {
        let (rows, cols) = (design.rows(), design.cols());
        for terms in [1, 41] {
            for (what, a) in patterns(design, 2 * rows + 1, terms) {
                let b = vectors::random(
                    terms,
                    cols + 1,
                    design.multiplier.b,
                    Distribution::Uniform,
                    7,
                    1,
                );
                let what = format!("{what}, K = {terms}");
                run(design, &a, &b, 0.0, &what)?;
                if terms > 1 {
                    run(design, &a, &b, 0.4, &what)?;
                }
            }
        }
        Ok(())
    });
}

/// Columns that are done early never overwrite what is still being read.
#[test]
fn long_sums_in_chunks() {
    check_all(&engines(), |Case { design, .. }| {
        let (rows, cols) = (design.rows(), design.cols());
        for (seed, sigma) in [(1, 0.6), (2, 20.0)] {
            let draw = |rows, cols, format, stream| {
                vectors::random(rows, cols, format, Distribution::Normal(sigma), seed, stream)
            };
            let a = draw(2 * rows, 150, design.multiplier.a, 0);
            let b = draw(150, 2 * cols + 1, design.multiplier.b, 1);
            run(design, &a, &b, 0.0, "long sums")?;
            run(design, &a, &b, 0.3, "long sums")?;
        }
        Ok(())
    });
}

/// `opt4e` with decoupled lanes and free empty groups, at sigma 20 and K = 256, in the simulated
/// Verilog. As many digits as there are would allow 1.94.
#[test]
fn four_lanes_do_more_than_one_and_a_half_operations_per_cycle() {
    let design = config::load("opt4e_int8").unwrap();
    let (m, k, n) = (256, 256, 256);
    let normal = Distribution::Normal(20.0);
    let a = vectors::random(m, k, design.multiplier.a, normal, 1, 0);
    let b = vectors::random(k, n, design.multiplier.b, normal, 1, 1);
    let limit = Duration::from_secs(900);
    let job =
        Job { design: &design, files: None, a: &a, b: &b, seed: 1, stall: 0.0, trace: None, limit };
    let (report, _) = sim::run(&job, &mut |_, _| {}).unwrap();
    assert!(report.passed, "{:?} {:?}", report.faults, report.first_mismatches);
    assert_eq!(report.cycles, report.expected_cycles);
    let groups = design.rows() * design.cols();
    let rate = (m * k * n) as f64 / (report.cycles as f64 * groups as f64);
    assert!((1.7..1.9).contains(&rate), "{rate} operations per cycle and group");
}

/// The accounts of columns and lanes add up: a lane does something in every cycle of its column.
#[test]
fn cycles_are_accounted_for() {
    for Case { design, .. } in engines() {
        let (rows, cols) = (design.rows(), design.cols());
        let normal = Distribution::Normal(3.0);
        let a = vectors::random(2 * rows + 1, 61, design.multiplier.a, normal, 1, 0);
        let b = vectors::random(61, 2 * cols + 1, design.multiplier.b, normal, 1, 1);
        let cycles = design.data_cycles(&a, &b).unwrap();
        let activity = design.activity(&a, &b).unwrap();
        let elements = if activity.mean_nonzero_digits_b.is_some() { rows * cols } else { 1 };
        let columns = if activity.mean_nonzero_digits_b.is_some() { 1 } else { rows };
        assert_eq!(activity.columns.len(), columns, "{}", design.name);
        for column in &activity.columns {
            let all = column.busy + column.operands + column.column_sync + column.readout;
            assert!(column.busy > 0 && all <= cycles, "{}: {column:?} {cycles}", design.name);
            for lane in &column.lanes {
                let all = lane.digits
                    + lane.empty_groups
                    + lane.lane_sync
                    + lane.bank
                    + lane.element_sync;
                assert_eq!(all, column.busy * elements as u64, "{}: {column:?}", design.name);
            }
        }
    }
}

/// The parameters of eight columns that share banks, or do not.
fn eight_columns(b_memory: &str) -> Design {
    let text = format!(
        "array:\n  bit_slice: {{columns: 8, elements: 32, b_memory: {b_memory}}}\nelement: opt4c\n\
         operands:\n  a: {{width: 8, signed: true}}\n  b: {{width: 8, signed: true}}\n"
    );
    config::parse(&text, "columns.yaml", "columns").unwrap_or_else(|error| panic!("{error}"))
}

/// Cycles of a 256 x K x 64 product of operands of sigma 20, and the share of requests that waited.
fn cycles_and_waits(design: &Design, terms: usize) -> (u64, f64) {
    let normal = Distribution::Normal(20.0);
    let a = vectors::random(256, terms, design.multiplier.a, normal, 1, 0);
    let b = vectors::random(terms, 64, design.multiplier.b, normal, 1, 1);
    let activity = design.activity(&a, &b).unwrap();
    let lanes = || activity.columns.iter().flat_map(|column| &column.lanes);
    let (waits, digits): (u64, u64) =
        (lanes().map(|lane| lane.bank).sum(), lanes().map(|lane| lane.digits).sum());
    (design.data_cycles(&a, &b).unwrap(), 100.0 * waits as f64 / (waits + digits) as f64)
}

/// Runs and rotated starts pay for long sums, and cost nothing for short ones; the page says how
/// much.
#[test]
fn columns_that_start_at_different_banks_meet_less() {
    let page = include_str!("../docs/bit_slice.md");
    let [copies, interleaved, runs] =
        ["replicated", "banked, bank_rows: 1", "banked"].map(eight_columns);
    for terms in [16, 32, 64, 128, 256, 512] {
        let (least, _) = cycles_and_waits(&copies, terms);
        let (before, before_waits) = cycles_and_waits(&interleaved, terms);
        let (cycles, waits) = cycles_and_waits(&runs, terms);
        assert!(cycles as f64 <= 1.03 * before as f64, "K = {terms}: {cycles}, {before}");
        if terms >= 128 {
            let gain = (before - cycles) as f64 / (before - least) as f64;
            assert!(gain > 0.5, "K = {terms}: {cycles}, {before}, {least}");
        }
        let row = format!(
            "| {terms} | {least} | {before} | {before_waits:.1} % | {cycles} | {waits:.1} % |"
        );
        assert!(page.contains(&row), "docs/bit_slice.md lacks `{row}`");
    }
}
