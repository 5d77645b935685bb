//! Arrays whose elements all work in every cycle.

use std::time::Duration;

use bitweight::config;
use bitweight::data::Matrix;
use bitweight::design::Design;
use bitweight::rtl;
use bitweight::sim::{self, Job};
use bitweight::vectors::{self, Distribution};

use super::common::check_all;
use super::mutant::{Files, Mutant, RULES, check, mutants, texts};

/// Mutants that do the same as the original, and why.
const EQUIVALENT: &[(&str, &str)] = &[
    (
        "wire [Depth-1:0] used_above = {1'b1, used_q[Depth-1:1]};",
        "the last entry of the buffer takes new data from above as well as directly",
    ),
    (
        "assign ready_o = last | ready_i;",
        "a beat that starts only when it could be taken can also be taken when it is complete, and \
         a tile that waits for its release has time for the transfers that start late",
    ),
    (
        "wire l1_digit1 = a_i[0] | a_i[1];",
        "the lowest digit is two where the lower bit is 0, and there both are the same",
    ),
];

/// Small designs with a mac, with carry-save elements and with popcounts, and one whose beats take
/// several transfers: in it the parts live that the others pass by.
fn subjects() -> Vec<(Design, &'static [&'static str])> {
    let subject = |name: &str, text: &str, files: &'static [&'static str]| {
        (config::parse(text, "mutation", name).unwrap(), files)
    };
    let small = "array: {systolic_os: {rows: 2, cols: 2}}\naccumulator: {k_max: 20}\n\
                 operands: {a: {width: 3}, b: {width: 3}}\n";
    // What is on its way and what a tile adds make a power of two: no counter has values to spare.
    let full = small.replace("rows: 2", "rows: 4");
    let wide = "array: {systolic_os: {rows: 2, cols: 33}}\naccumulator: {width: 67}\n\
                operands: {a: {width: 1}, b: {width: 64}}\nelement: mac\n";
    let tiles = "accumulator: {k_max: 20}\npartial_sums: true\n\
                 operands: {a: {width: 3}, b: {width: 3}}\n";
    // The output memories of the first and the last hold a power of two of beats: a counter of them
    // has no values to spare. The depths are odd where a fault in all rows could cancel out.
    let chain = format!("array: {{systolic_ws: {{depth: 2, cols: 3}}}}\nelement: mac\n{tiles}");
    let pairs = format!(
        "array: {{systolic_ws: {{depth: 3, cols: 2}}}}\nelement: opt1\nencoding: booth\n\
         encoder: edge\n{tiles}"
    );
    let tree = format!(
        "array: {{adder_tree: {{depth: 3, cols: 2}}}}\nelement: opt2\nencoding: booth\n\
         pipeline: 2\n{tiles}"
    );
    // A last word of fewer terms than lanes, and what all columns of a row share.
    let words = "array: {systolic_os: {rows: 2, cols: 2}}\naccumulator: {k_max: 20}\n\
                 element: xnor\nlanes: 3\n";
    let signs = format!(
        "{words}operands: {{a: {{width: 1, format: bipolar}}, b: {{width: 2, format: bipolar}}}}\n"
    );
    let bits = format!(
        "{words}operands: {{a: {{width: 2, signed: false}}, b: {{width: 1, format: bipolar}}}}\n"
    );
    vec![
        subject("signs", &signs, &["", "_count", "_multiply_add", "_pe"]),
        subject("bits", &bits, &["", "_shared", "_multiply_add"]),
        subject(
            "chain",
            &chain,
            &["", "_array", "_control", "_multiply_add", "_output", "_pe", "_row", "_skew"],
        ),
        subject("pairs", &pairs, &["_encode", "_multiply_compress", "_output", "_pe", "_resolve"]),
        subject("tree", &tree, &["_array", "_output", "_pe", "_tree_0", "_tree_1", "_tree_2"]),
        subject("wide", wide, &["_gather", "_drain", "_drain_row"]),
        subject(
            "mac",
            &format!("{full}element: mac\n"),
            &[
                "",
                "_array",
                "_control",
                "_correction",
                "_fifo",
                "_operand_register",
                "_multiply",
                "_accumulate",
                "_pe",
                "_resolve",
                "_row",
                "_skew",
            ],
        ),
        subject(
            "opt1",
            &format!("{small}element: opt1\nencoding: booth\n"),
            &["_decode", "_drain_row", "_encode", "_multiply_compress", "_pe", "_resolve", "_row"],
        ),
    ]
}

/// Whether the design does not elaborate the generate block of this name.
fn is_passed_by(design: &Design, block: &str) -> bool {
    let transfers = design.stream_c().transfers_per_beat;
    match block {
        // The last one is a lane that nothing reads.
        "gen_check_rows" | "gen_check_cols" | "gen_no_wave" | "gen_past" => true,
        "gen_always_spaced" => design.cols() > 1,
        "gen_one_row" => design.rows() > 1,
        "gen_one_transfer" => transfers > 1,
        "gen_transfers" => transfers == 1,
        "gen_spread" => spread(design) == 0,
        "gen_rows_leave" => spread(design) > 0,
        "gen_padding" => design.stream_c().lanes_per_transfer * transfers == design.cols(),
        _ => false,
    }
}

/// Cycles that short tiles of an array through which operands hop keep between them, beside those
/// that a row needs.
fn spread(design: &Design) -> usize {
    let (rows, transfers) = (design.rows(), design.stream_c().transfers_per_beat);
    let (added, credit) = (rows * transfers, design.pipeline().credit());
    let rest = if 2 * added <= credit { added.saturating_sub(design.cols()) } else { 0 };
    if added > credit { 0 } else { rest.max((rows - 1) * (transfers - 1)) }
}

fn corners(design: &Design) -> (Matrix, Matrix) {
    let (a, b) = (design.operand_a(), design.operand_b());
    vectors::corners((a, design.rows()), (b, design.cols()), 3, 1)
}

fn random(design: &Design, k: usize) -> (Matrix, Matrix) {
    let draw = |rows, cols, format, stream| {
        vectors::random(rows, cols, format, Distribution::Uniform, 1, stream)
    };
    (draw(40, k, design.operand_a(), 0), draw(k, 7, design.operand_b(), 1))
}

/// All kinds of extreme operands in sums of `k` terms.
fn extremes(design: &Design, k: usize) -> (Matrix, Matrix) {
    let (a, b) = (design.operand_a(), design.operand_b());
    vectors::corners((a, design.rows()), (b, design.cols()), k, 1)
}

/// Whether runs with these files show nothing wrong.
fn survives(design: &Design, files: &Files) -> Result<bool, String> {
    // Short tiles and a slow receiver fill every buffer.
    let runs = [
        (corners(design), 0.0),
        (random(design, 8), 0.0),
        (random(design, 8), 0.5),
        (random(design, 1), 0.8),
        // Sums that reach the top columns.
        (random(design, 20), 0.0),
        (extremes(design, 20), 0.0),
    ];
    for (operands, stall) in runs {
        let (a, b) = &operands;
        let limit = Duration::from_secs(120);
        let files = Some(files.to_vec());
        let job = Job { design, files, a, b, seed: 1, stall, trace: None, limit };
        let (report, _) = sim::run(&job, &mut |_, _| {}).map_err(|error| error.to_string())?;
        if !report.passed {
            return Ok(false);
        }
    }
    Ok(true)
}

#[test]
fn mutants_of_arrays_are_caught() {
    let subjects = subjects();
    let mut all: Vec<(&Design, Mutant)> = Vec::new();
    for (design, files) in &subjects {
        let modules = rtl::modules(design);
        let live = |block: &str| !is_passed_by(design, block);
        let found = mutants(&design.name, &texts(modules), files, RULES, usize::MAX, &live);
        all.extend(found.into_iter().map(|mutant| (design, mutant)));
    }
    all.retain(|(_, mutant)| EQUIVALENT.iter().all(|(same, _)| *same != mutant.line.trim()));
    assert!(all.len() >= 40, "only {} mutants", all.len());
    check_all(&all, |(design, mutant)| check(mutant, |files| survives(design, files)));
}
