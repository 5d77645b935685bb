//! Engines that skip zeros.

use std::time::Duration;

use bitweight::config;
use bitweight::data::Matrix;
use bitweight::design::Design;
use bitweight::rtl;
use bitweight::sim::{self, Job};
use bitweight::vectors::{self, Distribution};

use super::common::check_all;
use super::mutant::{CONTROL_RULES, Files, Mutant, check, mutants, texts};

/// Mutants of one file that are tried.
const MOST: usize = 2;

/// Lines that do the same as the original, and why.
const EQUIVALENT: &[(&str, &str)] = &[(
    "spread_q[1] <= 1'b0;",
    "without a reset of the other half: either is written with every chunk before it is read",
)];

/// Pairs of terms, and columns that share banks and wait for each other.
const ENGINES: &[(&str, &str, &[&str])] = &[
    (
        "pairs",
        "array: {bit_slice: {columns: 2, elements: 2, lanes: 3}}\nelement: laconic\n\
         operands: {a: {width: 5}, b: {width: 4, signed: false}}\n",
        &["_array", "_control", "_histogram", "_reduce", "_sparse_a", "_terms_b"],
    ),
    (
        "banked",
        "array: {bit_slice: {columns: 3, elements: 2, tile_k: 16, sync: tile, \
         readout: per_plane, b_memory: banked}}\nelement: opt4c\n\
         operands: {a: {width: 6}, b: {width: 3}}\n",
        &[
            "_column",
            "_encode",
            "_lane",
            "_layout",
            "_loader",
            "_operand_store",
            "_queue",
            "_scheduler",
            "_sparse",
        ],
    ),
];

/// Whether the design does not elaborate the generate block of this name.
fn is_passed_by(block: &str) -> bool {
    let small = ["gen_check_rows", "gen_check_cols", "gen_transfers", "gen_one", "gen_one_row"];
    small.contains(&block) || block.ends_with("_padding") || block.ends_with("_surplus")
}

fn random(design: &Design, (m, k, n): (usize, usize, usize), seed: u64) -> (Matrix, Matrix) {
    let draw = |rows, cols, format, stream| {
        vectors::random(rows, cols, format, Distribution::Uniform, seed, stream)
    };
    (draw(m, k, design.operand_a(), 0), draw(k, n, design.operand_b(), 1))
}

fn survives(design: &Design, files: &Files) -> Result<bool, String> {
    let (a, b) = (design.operand_a(), design.operand_b());
    let corners = vectors::corners((a, design.rows()), (b, design.cols()), 19, 1);
    // Zeros make chunks without digits and planes without digits.
    let sparse = |seed| {
        let (mut a, b) = random(design, (12, 37, 5), seed);
        for row in (0..a.rows).step_by(2) {
            for col in 0..a.cols {
                if (row + col / 3) % 4 != 0 {
                    let index = row * a.cols + col;
                    a.data[index] = 0;
                }
            }
        }
        (a, b)
    };
    let runs = [
        (random(design, (12, 8, 7), 1), 0.0),
        (sparse(2), 0.0),
        (random(design, (14, 37, 7), 3), 0.5),
        (sparse(4), 0.2),
        (random(design, (9, 1, 9), 5), 0.8),
        (corners, 0.0),
    ];
    for ((a, b), stall) in &runs {
        let job = Job {
            design,
            files: Some(files.to_vec()),
            a,
            b,
            seed: 1,
            stall: *stall,
            trace: None,
            limit: Duration::from_secs(120),
        };
        let (report, _) = sim::run(&job, &mut |_, _| {}).map_err(|error| error.to_string())?;
        if !report.passed {
            return Ok(false);
        }
    }
    Ok(true)
}

#[test]
fn mutants_of_engines_are_caught() {
    let engines: Vec<(Design, &[&str])> = ENGINES
        .iter()
        .map(|(name, text, endings)| {
            let design = config::parse(text, "mutation", name);
            (design.unwrap_or_else(|error| panic!("{error}")), *endings)
        })
        .collect();
    let mut all: Vec<(&Design, Mutant)> = Vec::new();
    for (design, endings) in &engines {
        let files = texts(rtl::modules(design));
        assert_eq!(survives(design, &files), Ok(true), "{}", design.name);
        let live = |block: &str| !is_passed_by(block);
        let found = mutants(&design.name, &files, endings, CONTROL_RULES, MOST, &live);
        all.extend(found.into_iter().map(|mutant| (design, mutant)));
    }
    all.retain(|(_, mutant)| EQUIVALENT.iter().all(|(same, _)| *same != mutant.line.trim()));
    println!("{} mutants of engines", all.len());
    assert!(all.len() >= 25, "only {} mutants", all.len());
    check_all(&all, |(design, mutant)| check(mutant, |files| survives(design, files)));
}
