//! Random configurations, valid and broken, of arrays, layers and blocks: no panic; what is
//! accepted gives a sound package, and what is refused is explained.
//!
//! Every run draws the same. `FUZZ_SEED` draws others and `FUZZ_SECONDS` goes on for so long; what
//! fails is printed with its text.

#[path = "../common/mod.rs"]
mod common;
mod corrupt;
mod grammar;
mod random;
mod verdict;

use std::panic::{self, AssertUnwindSafe};
use std::time::{Duration, Instant};

use bitweight::config::{BLOCK_PRESETS, LAYER_PRESETS, PRESETS, Preset};
use common::{files, root};
use corrupt::corrupt;
use random::Random;
use verdict::{Verdict, judge};

/// Configurations that are tried when no time is given.
const CASES: u64 = 2000;

/// Complaints that are shown.
const SHOWN: usize = 10;

fn variable(name: &str) -> Option<u64> {
    std::env::var(name)
        .ok()
        .filter(|text| !text.is_empty())
        .map(|text| text.parse().unwrap_or_else(|_| panic!("{name}={text}")))
}

/// The texts that are corrupted: presets and the small designs of the tests.
fn originals() -> Vec<String> {
    let presets = PRESETS.iter().chain(LAYER_PRESETS).chain(BLOCK_PRESETS);
    let mut texts: Vec<String> = presets.map(|Preset { yaml, .. }| (*yaml).to_owned()).collect();
    let designs = files(&root().join("testbench/designs"), "yaml");
    texts.extend(designs.iter().map(|path| std::fs::read_to_string(path).unwrap()));
    texts
}

fn draw(random: &mut Random, originals: &[String]) -> String {
    match random.below(7) {
        0 | 1 => grammar::array(random),
        2 => grammar::layer(random),
        3 => grammar::block(random),
        4 => {
            let text = match random.below(3) {
                0 => grammar::array(random),
                1 => grammar::layer(random),
                _ => grammar::block(random),
            };
            corrupt(random, &text)
        }
        _ => {
            let text = random.choose(originals).clone();
            corrupt(random, &text)
        }
    }
}

#[test]
fn configurations_are_built_or_refused_with_a_reason() {
    let seed = variable("FUZZ_SEED").unwrap_or(1);
    let seconds = variable("FUZZ_SECONDS").map(Duration::from_secs);
    let start = Instant::now();
    let originals = originals();
    let folder = tempfile::tempdir().unwrap();
    let (mut accepted, mut refused, mut complaints) = (0, 0, Vec::new());
    let mut case = 0;
    // Panics are reported with the text that caused them.
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    while seconds.map_or(case < CASES, |seconds| start.elapsed() < seconds) {
        let mut random = Random::new(seed.wrapping_mul(0x0100_0003).wrapping_add(case));
        let text = draw(&mut random, &originals);
        match panic::catch_unwind(AssertUnwindSafe(|| judge(folder.path(), &text))) {
            Ok(Ok(Verdict::Accepted)) => accepted += 1,
            Ok(Ok(Verdict::Refused)) => refused += 1,
            Ok(Err(complaint)) => complaints.push(format!("case {case}: {complaint}\n{text}")),
            Err(reason) => {
                let reason = reason
                    .downcast_ref::<String>()
                    .cloned()
                    .or_else(|| reason.downcast_ref::<&str>().map(|text| (*text).to_owned()));
                let reason = reason.unwrap_or_default();
                complaints.push(format!("case {case}: panic: {reason}\n{text}"));
            }
        }
        case += 1;
    }
    panic::set_hook(hook);
    println!("seed {seed}: {accepted} accepted, {refused} refused, {:?}", start.elapsed());
    let shown = complaints.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("\n----\n");
    assert!(complaints.is_empty(), "seed {seed}: {} complaints\n{shown}", complaints.len());
    // The grammar reaches both sides.
    assert!(seconds.is_some() || (accepted > CASES / 10 && refused > CASES / 10));
}
