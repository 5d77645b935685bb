//! Layers and blocks under pauses of every stream, alone and together, by a driver that shares
//! nothing with the one of `sim` but the transfers.
//!
//! `make soak` runs random ones for hours; see [`soak`].

#[path = "../common/mod.rs"]
mod common;
mod driver;
mod random;

use std::time::{Duration, Instant};

use bitweight::binary::{Axis, Block, Geometry, InputStage, Layer, LayerParameters, Step};
use bitweight::config;
use bitweight::rtl;
use bitweight::workload::{BlockRun, LayerRun, random_block_tiles, random_tiles};
use common::check_all;

/// Words of a vector: from one to more than the pipeline is deep.
const WORDS: [usize; 6] = [1, 2, 3, 5, 8, 13];

fn texts(modules: Vec<rtl::Module>) -> Vec<(String, String)> {
    modules.into_iter().map(|module| (module.file(), module.text)).collect()
}

fn drive_layer(layer: &Layer, seed: u64) -> Result<(), String> {
    let run = LayerRun::new(layer, &random_tiles(layer, &[2, 1], seed))
        .map_err(|error| format!("{error:?}"))?;
    let patterns = random::patterns(driver::streams(&run), seed);
    driver::drive(layer.name(), &texts(rtl::binary::modules(layer)), &run, &patterns)
        .map_err(|reason| format!("{reason}\n{:?}", layer.parameters()))
}

fn drive_block(block: &Block, seed: u64) -> Result<(), String> {
    let run = BlockRun::new(block, &random_block_tiles(block, &[2, 1], seed))
        .map_err(|error| format!("{error:?}"))?;
    let patterns = random::patterns(driver::streams(&run), seed);
    driver::drive(block.name(), &texts(rtl::binary::block_modules(block)), &run, &patterns)
        .map_err(|reason| format!("{reason}\n{:?}", block.parameters()))
}

/// A small layer with these steps, if it can be built.
fn tiny(steps: Vec<Step>, words: usize, vectors: usize) -> Option<Layer> {
    let positions = steps.iter().any(|step| step.window().is_some()) || words.is_multiple_of(2);
    let geometry = match positions {
        true => random::conv1d(Axis { input: 4, ..Axis::POINT }, words, vectors),
        false => Geometry::linear(words, vectors),
    };
    let own = random::parameters("tiny", geometry, steps);
    let staged =
        LayerParameters { input: Some(InputStage { width: 4, strict: false }), ..own.clone() };
    Layer::new(own).or_else(|_| Layer::new(staged)).ok()
}

/// All pairs of steps; those with a residual or a tee, which wait, with several numbers of words.
#[test]
fn pairs_of_steps_stand_all_pauses() {
    let steps = random::steps();
    let mut layers = Vec::new();
    for (first, a) in steps.iter().enumerate() {
        for (second, b) in steps.iter().enumerate() {
            let turn = first + second;
            let waits = [a, b].iter().any(|s| matches!(s, Step::Residual { .. } | Step::Tee));
            for repeat in 0..if waits { 3 } else { 1 } {
                let words = WORDS[(turn + 2 * repeat) % WORDS.len()];
                layers.extend(tiny(vec![a.clone(), b.clone()], words, 1 + (turn + repeat) % 3));
            }
        }
    }
    assert!(layers.len() > 150, "{} layers", layers.len());
    check_all(&layers, |layer| drive_layer(layer, 1));
}

/// The layers that once gave results twice: residual and tee in a row, more stages behind.
#[test]
fn chains_behind_a_residual_stand_all_pauses() {
    let steps = random::steps();
    let (residual, tee) = (&steps[8], &steps[9]);
    let behind = [vec![], vec![6], vec![7, 10], vec![3, 7, 0]];
    let mut layers = Vec::new();
    for (index, list) in behind.iter().enumerate() {
        for front in [
            vec![residual.clone()],
            vec![tee.clone(), residual.clone()],
            vec![residual.clone(), steps[7].clone(), tee.clone()],
        ] {
            let after = list.iter().map(|&step: &usize| steps[step].clone());
            let all: Vec<Step> = front.into_iter().chain(after).collect();
            layers.extend(tiny(all.clone(), 1 + index, 4));
            layers.extend(tiny(all, 12, 2));
        }
    }
    assert_eq!(layers.len(), 24);
    check_all(&layers, |layer| drive_layer(layer, 2));
}

/// The driver finds what it was written for: a result that stays valid after it was taken, while its
/// stage waits for a residual that belongs to the next one; and a window that takes no words while
/// a vector waits for a residual that is to come of them.
#[test]
fn the_driver_finds_results_that_come_twice_and_streams_that_wait_for_each_other() {
    let mutated = |mut files: Vec<(String, String)>, module: &str, from: &str, to: &str| {
        let (_, text) = files.iter_mut().find(|(name, _)| name == module).unwrap();
        assert!(text.contains(from), "{text}");
        *text = text.replace(from, to);
        files
    };
    let layer = tiny(vec![random::steps()[8].clone()], 1, 4).unwrap();
    let files = mutated(
        texts(rtl::binary::modules(&layer)),
        "tiny_sequence.v",
        "assign run1 = ~held;",
        "assign run1 = ~held & (r_valid_i | ~valid_q0);",
    );
    let run = LayerRun::new(&layer, &random_tiles(&layer, &[2, 1], 1)).unwrap();
    let patterns = random::patterns(driver::streams(&run), 1);
    let said = driver::drive("tiny", &files, &run, &patterns).unwrap_err();
    assert!(said.contains("wrong result"), "{said}");

    let text = "block:\n  layers:\n    - layer: {conv2d: {input: [4, 8], channels: 2, outputs: 2, kernel: 1, \
                stride: 2}}\n      input: {width: 8}\n      folding: {simd: 1, lanes: 1}\n      \
                shortcut: {from: input, avgpool: 2}\n      epilogue: [{scale: {shift: 4, width: 8}}, \
                {residual: {residual: 8, width: 9}}]\n";
    let block = config::parse_block(text, "chain.yaml", "chain").unwrap_or_else(|e| panic!("{e}"));
    drive_block(&block, 1).unwrap();
    let files = mutated(
        texts(rtl::binary::block_modules(&block)),
        "chain_layer0_window.v",
        "issued_q & ~run_i & (write_address == address_q)",
        "issued_q & ~run_i",
    );
    let run = BlockRun::new(&block, &random_block_tiles(&block, &[2, 1], 1)).unwrap();
    let patterns = random::patterns(driver::streams(&run), 1);
    let said = driver::drive("chain", &files, &run, &patterns).unwrap_err();
    assert!(said.contains("stuck"), "{said}");
}

#[test]
fn random_layers_and_blocks_stand_all_pauses() {
    let seeds: Vec<u64> = (1..=120).collect();
    check_all(&seeds, |&seed| drive(seed));
}

/// A layer or block of this seed.
fn drive(seed: u64) -> Result<(), String> {
    let result = match seed % 2 {
        0 => drive_layer(&random::layer(seed), seed),
        _ => drive_block(&random::block(seed), seed),
    };
    result.map_err(|reason| format!("{reason}\nreplay: make soak SEED={seed}"))
}

/// Random layers and blocks one after the other, from `SEED` on (the clock's when not given), for
/// `HOURS` (1 when not given); ends at the first that fails, and says how to repeat it.
#[test]
#[ignore = "runs for hours: make soak"]
fn soak() {
    let given = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
    let clock = || std::time::UNIX_EPOCH.elapsed().map_or(1, |since| since.as_secs());
    let first = given("SEED").map_or_else(clock, |seed| seed.parse().expect("SEED is a number"));
    let hours: f64 = given("HOURS").map_or(1.0, |hours| hours.parse().expect("HOURS is a number"));
    let end = Instant::now() + Duration::from_secs_f64(hours * 3600.0);
    println!("soak: SEED={first}, {hours} hours");
    let mut seed = first;
    while Instant::now() < end {
        let seeds: Vec<u64> = (seed..seed + 32).collect();
        check_all(&seeds, |&seed| drive(seed));
        seed += 32;
        println!("soak: {} designs, the next is SEED={seed}", seed - first);
    }
}
