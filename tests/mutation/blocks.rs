//! Chains of binarized layers: what connects them.

use bitweight::binary::Block;
use bitweight::config;
use bitweight::rtl;
use bitweight::workload::{BlockRun, Workload, random_block_tiles};

use super::common::check_all;
use super::layers::survives_run;
use super::mutant::{CONTROL_RULES, Files, Mutant, check, mutants, texts};

/// Mutants of one file that are tried.
const MOST: usize = 4;

/// Lines that do the same as the original, and why.
const EQUIVALENT: &[(&str, &str)] = &[
    (
        "count_q <= count_q + {1'b0, push} + {1'b0, pop};",
        "words come in pairs, and two that come and two that go are a whole turn of two bits",
    ),
    (".last_i(1'b1),", "nobody looks at the end of the words of a shortcut"),
];

/// A convolution and one of 1 x 1 that doubles the channels, with shortcuts that are pooled and
/// repeated, and a width that has to be adapted between them.
const TEXT: &str = "\
block:
  layers:
    - name: first
      layer:
        conv2d: {input: [4, 6], channels: 4, outputs: 4, kernel: 3, stride: 2, padding: 1}
      input: {width: 8}
      folding: {simd: 4, lanes: 2}
      epilogue:
        - scale: {per: channel, shift: 6, width: 9}
        - residual: {residual: 8, width: 8}
      shortcut: {avgpool: 2}
    - name: second
      layer:
        conv2d: {input: [2, 3], channels: 4, outputs: 8, kernel: 1}
      input: {width: 8}
      folding: {simd: 1, lanes: 2}
      epilogue:
        - scale: {per: channel, shift: 6, width: 9}
        - residual: {residual: 8, width: 8}
      shortcut: {repeat: 2}
";

fn survives(block: &Block, files: &Files) -> Result<bool, String> {
    let run = |samples: &[usize], seed| {
        let tiles = random_block_tiles(block, samples, seed);
        BlockRun::new(block, &tiles).map_err(|error| format!("{error:?}"))
    };
    let (short, long) = (run(&[1, 2, 1], 1)?, run(&[2, 1, 1, 3], 2)?);
    let longer = run(&[3, 1, 2, 4, 1, 2, 3, 1], 3)?;
    let runs: [(&dyn Workload, f64); 6] =
        [(&short, 0.0), (&long, 0.3), (&long, 0.7), (&short, 0.9), (&longer, 0.5), (&longer, 0.85)];
    survives_run(block.name(), files, &runs)
}

#[test]
fn mutants_of_blocks_are_caught() {
    let block = config::parse_block(TEXT, "mutation", "chain");
    let block = block.unwrap_or_else(|error| panic!("{error}"));
    let files = texts(rtl::binary::block_modules(&block));
    assert_eq!(survives(&block, &files), Ok(true));
    // Those of the layers have mutants of their own.
    let connects = |name: &str| !name.starts_with("_first") && !name.starts_with("_second");
    let stems = files.iter().filter_map(|(name, _)| name.strip_prefix(block.name()));
    let endings: Vec<&str> =
        stems.filter_map(|stem| stem.strip_suffix(".v")).filter(|stem| connects(stem)).collect();
    println!("connecting modules: {endings:?}");
    let mut all: Vec<Mutant> =
        mutants(block.name(), &files, &endings, CONTROL_RULES, MOST, &|_| true);
    all.retain(|mutant| EQUIVALENT.iter().all(|(same, _)| *same != mutant.line.trim()));
    println!("{} mutants of blocks", all.len());
    assert!(all.len() >= 25, "only {} mutants", all.len());
    check_all(&all, |mutant| check(mutant, |files| survives(&block, files)));
}
