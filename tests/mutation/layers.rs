//! Engines of binarized layers.

use std::time::Duration;

use bitweight::binary::Layer;
use bitweight::config;
use bitweight::rtl;
use bitweight::sim::{self, Task};
use bitweight::workload::{LayerRun, Workload, random_tiles};

use super::common::check_all;
use super::mutant::{CONTROL_RULES, Files, Mutant, check, chosen, mutants, texts};

/// Mutants of one file that are tried.
const MOST: usize = 3;

/// Lines that do the same as the original, and why.
const EQUIVALENT: &[(&str, &str)] = &[
    (
        "wire l2_ha0_s = l1_pp0 | l1_ha0_c[4];",
        "minus a sum is 0 where its sign is clear: then there is no carry from its bits",
    ),
    (
        "wire waits = issued_q & run_i & (write_address == address_q);",
        "where other words come before that of the address: caught where rows are one word",
    ),
    (
        "wire waits = issued_q & ~run_i & (write_address != address_q);",
        "where a row is eight words, which do not come within a pause: caught where it is one word",
    ),
    (
        "if (1'b1 | run_i) issued_q <= issue;",
        "a word too many comes before the first of a dot product, which starts the sum anew",
    ),
    (
        "wire [13:0] result3 = (left3 <= low3) ? low3 : (left3 > high3) ? high3 : left3;",
        "where both are equal either is the answer",
    ),
    (
        "if (1'b1 | run) valid_q5 <= valid_q4;",
        "vectors are further apart than the pipeline is deep: nothing follows one that waits",
    ),
    (
        "wire covered0 = (pool0_window_y_q <= 1'd1);",
        "a row that is left over completes no window, and the next window begins anew",
    ),
];

/// Faults beside those of the rules: layer, file, text, and what replaces it.
const CHOSEN: &[(&str, &str, &str, &str)] = &[
    ("point", "_window", "issued_q & ~run_i &", "issued_q & run_i &"),
    ("point", "_window", " & ~waits;", ";"),
];

/// A convolution with an input stage and all that has streams of its own, one with pooling by
/// sums, and a linear layer with the steps that have tables.
const LAYERS: &[(&str, &str, &[&str])] = &[
    (
        "staged",
        "layer: {conv2d: {input: [5, 5], channels: 5, outputs: 6, kernel: 3, padding: 1}}\n\
         activations: unsigned2\ninput: {width: 6}\n\
         folding: {simd: 3, lanes: 2}\nepilogue:\n\
         - scale: {per: channel, shift: 6, width: 14}\n\
         - residual: {residual: 12, width: 13}\n\
         - tee: {}\n\
         - maxpool: {window: [2, 2]}\n\
         - multi_threshold: {bits: 2}\n",
        &[
            "",
            "_quantizer",
            "_input",
            "_window",
            "_dot",
            "_element",
            "_lane",
            "_sequence",
            "_loader",
        ],
    ),
    (
        "pooled",
        "layer: {conv2d: {input: [6, 4], channels: 4, outputs: 3, kernel: 3, stride: 2, padding: 1}}\n\
         folding: {simd: 4, lanes: 2}\nepilogue:\n\
         - avgpool: {window: [2, 1]}\n\
         - threshold: {compare: greater_equal}\n",
        &["_window", "_lane", "_sequence", "_loader"],
    ),
    (
        "tables",
        "layer: {linear: {inputs: 22, outputs: 6}}\n\
         folding: {simd: 3, lanes: 2}\nepilogue:\n\
         - bias: {width: 7}\n\
         - scale: {per: channel, shift: 6, width: 14}\n\
         - clamp: {low: -256, high: 256}\n\
         - rprelu: {shift: 8, width: 12}\n",
        &["", "_window", "_dot", "_element", "_lane", "_sequence", "_loader"],
    ),
    // Rows of one word are let go while they are read.
    (
        "point",
        "layer: {conv2d: {input: [7, 1], channels: 3, outputs: 2, kernel: 1}}\n\
         folding: {simd: 3, lanes: 2}\nepilogue:\n\
         - residual: {residual: 8, width: 9}\n",
        &["_window", "_sequence"],
    ),
];

/// Whether runs of this workload show nothing wrong.
pub fn survives_run(
    top: &str,
    files: &Files,
    runs: &[(&dyn Workload, f64)],
) -> Result<bool, String> {
    for (index, &(workload, stall)) in runs.iter().enumerate() {
        let task = Task {
            top,
            files: files.to_vec(),
            workload,
            seed: index as u64 + 1,
            stall,
            trace: None,
            limit: Duration::from_secs(120),
        };
        let (report, _) = sim::execute(&task, &mut |_, _| {}).map_err(|error| error.to_string())?;
        if !report.passed {
            return Ok(false);
        }
    }
    Ok(true)
}

fn survives(layer: &Layer, files: &Files) -> Result<bool, String> {
    let run = |samples: &[usize], seed| {
        let tiles = random_tiles(layer, samples, seed);
        LayerRun::new(layer, &tiles).map_err(|error| format!("{error:?}"))
    };
    let (short, long) = (run(&[1, 2, 1], 1)?, run(&[2, 1, 1, 3], 2)?);
    let longer = run(&[3, 1, 2, 4, 1, 2, 3, 1], 3)?;
    let runs: [(&dyn Workload, f64); 6] =
        [(&short, 0.0), (&long, 0.3), (&long, 0.7), (&short, 0.9), (&longer, 0.5), (&longer, 0.85)];
    survives_run(layer.name(), files, &runs)
}

#[test]
fn mutants_of_layers_are_caught() {
    let layers: Vec<(Layer, &[&str])> = LAYERS
        .iter()
        .map(|(name, text, endings)| {
            let layer = config::parse_layer(text, "mutation", name);
            (layer.unwrap_or_else(|error| panic!("{error}")), *endings)
        })
        .collect();
    let mut all: Vec<(&Layer, Mutant)> = Vec::new();
    for (layer, endings) in &layers {
        let files = texts(rtl::binary::modules(layer));
        assert_eq!(survives(layer, &files), Ok(true), "{}", layer.name());
        let found = mutants(layer.name(), &files, endings, CONTROL_RULES, MOST, &|_| true);
        all.extend(found.into_iter().map(|mutant| (layer, mutant)));
        for (_, ending, old, new) in CHOSEN.iter().filter(|chosen| chosen.0 == layer.name()) {
            let file = format!("{}{ending}.v", layer.name());
            all.push((layer, chosen(&files, &file, old, new)));
        }
    }
    all.retain(|(_, mutant)| EQUIVALENT.iter().all(|(same, _)| *same != mutant.line.trim()));
    println!("{} mutants of layers", all.len());
    assert!(all.len() >= 50, "only {} mutants", all.len());
    check_all(&all, |(layer, mutant)| check(mutant, |files| survives(layer, files)));
}
