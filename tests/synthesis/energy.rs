//! Energy: against sense.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::bench::{Bench, equipped, number, tiny};

/// Writes a NumPy array of int64.
fn npy(path: &Path, rows: usize, cols: usize, value: impl Fn(usize, usize) -> i64) {
    let head = format!("{{'descr': '<i8', 'fortran_order': False, 'shape': ({rows}, {cols}), }}");
    let head = format!("{head:<117}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((head.len() as u16).to_le_bytes());
    bytes.extend(head.as_bytes());
    for row in 0..rows {
        bytes.extend((0..cols).flat_map(|col| value(row, col).to_le_bytes()));
    }
    fs::write(path, bytes).unwrap();
}

#[test]
fn energy_follows_the_data() {
    if !equipped() {
        return;
    }
    let place = |place: &str| Bench::of(&format!("{}sign_correction: {place}\n", tiny("mac")));
    let [none, half] = follows_the_data(&place("pe"));
    assert!(none < 0.01, "{none}");
    assert!((0.45..0.55).contains(&half), "{half}");
    // Biased sums count whatever the data are; of the rest half the activity takes half.
    let [none, half] = follows_the_data(&place("readout"));
    assert!((0.1..0.4).contains(&none), "{none}");
    let ratio = (half - none) / (1.0 - none);
    assert!((0.45..0.55).contains(&ratio), "{ratio}");
}

/// The dynamic energy on idle data and on half the activity, by that on full activity.
fn follows_the_data(bench: &Bench) -> [f64; 2] {
    let noise = |row: usize, col: usize| {
        let mixed = (row * 7919 + col * 104_729 + 12345).wrapping_mul(2_654_435_761);
        (mixed >> 13 & 7) as i64 - 4
    };
    let depth = 512;
    // Always busy; busy in every second stretch of 32 beats; idle.
    for (name, busy) in [("full", 1), ("half", 2), ("none", 0)] {
        let on = |k: usize| busy == 1 || (busy == 2 && (k / 32).is_multiple_of(2));
        npy(
            &bench.path(&format!("{name}_a.npy")),
            64,
            depth,
            |r, k| {
                if on(k) { noise(r, k) } else { 0 }
            },
        );
        npy(&bench.path(&format!("{name}_b.npy")), depth, 64, |k, c| {
            if on(k) { noise(c + 64, k) } else { 0 }
        });
    }
    let energy = |name: &str| {
        let (a, b) = (format!("{name}_a.npy"), format!("{name}_b.npy"));
        bench.report(&["--a", &a, "--b", &b])["energy"].clone()
    };
    let [full, half, none] = ["full", "half", "none"].map(energy);
    let dynamic = |e: &Value| number(&e["flip_flop_pj"]) + number(&e["logic_pj"]);
    assert_eq!(none["clock_pj"], full["clock_pj"]);
    let sum = dynamic(&full) + number(&full["clock_pj"]) + number(&full["leakage_pj"]);
    assert!((sum - number(&full["pj_per_mac"])).abs() < 1e-9);
    assert_eq!(full["kind"], "simulated");
    [none, half].map(|energy| dynamic(&energy) / dynamic(&full))
}

#[test]
fn arrays_and_cores_are_simulated_as_a_whole() {
    if !equipped() {
        return;
    }
    let bench = Bench::new("opt1");
    npy(&bench.path("zero_a.npy"), 4, 200, |_, _| 0);
    npy(&bench.path("zero_b.npy"), 200, 4, |_, _| 0);
    let dynamic = |e: &Value| number(&e["flip_flop_pj"]) + number(&e["logic_pj"]);
    let measure = |scope: &str, data: &[&str]| {
        let report = bench.report(&[&["--scope", scope], data].concat());
        assert_eq!(report["energy_kind"], "simulated");
        assert_eq!(report["energy_pj_per_mac"], report["energy"]["pj_per_mac"]);
        report["energy"].clone()
    };
    let [pe, array, core] = ["pe", "array", "core"].map(|scope| measure(scope, &[]));
    assert_eq!(pe["utilisation"], 1.0);
    for whole in [&array, &core] {
        let utilisation = number(&whole["utilisation"]);
        assert!((0.9..1.0).contains(&utilisation), "filling and draining take cycles: {whole}");
    }
    // Everything around the elements comes on top of them.
    assert!(number(&core["pj_per_mac"]) > number(&array["pj_per_mac"]), "{core} {array}");
    let ratio = number(&array["pj_per_mac"]) / number(&pe["pj_per_mac"]);
    assert!((0.8..1.3).contains(&ratio), "an array is its elements: {ratio}");
    let zeros = measure("core", &["--a", "zero_a.npy", "--b", "zero_b.npy"]);
    assert!(dynamic(&zeros) < 0.3 * dynamic(&core), "only control moves: {zeros} {core}");
    assert!((number(&zeros["clock_pj"]) / number(&core["clock_pj"]) - 1.0).abs() < 0.1);
}

#[test]
fn a_guess_is_called_one() {
    if !equipped() {
        return;
    }
    let bench = Bench::new("mac");
    let report = bench.report(&["--scope", "core", "--vectorless"]);
    assert_eq!(report["energy_kind"], "vectorless");
    assert_eq!(report["energy"]["cycles"], 0);
    let simulated = bench.report(&["--scope", "core"]);
    let ratio = number(&report["energy_pj_per_mac"]) / number(&simulated["energy_pj_per_mac"]);
    assert!((0.4..2.5).contains(&ratio), "the right order of magnitude: {ratio}");
    let output = bench.command(&["--scope", "core", "--vectorless"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("VECTORLESS"), "{text}");
    let said = bench.refusal(&["--vectorless", "--seed", "2"], 2);
    assert!(said.contains("--seed"), "{said}");
}

/// An element that adds up several terms takes no plain operands: it is run in its core.
#[test]
fn elements_of_other_arrays_are_run_in_their_place() {
    if !equipped() {
        return;
    }
    let bench = Bench::new("mac");
    let text = fs::read_to_string(bench.path("tiny.yaml")).unwrap();
    let text =
        text.replace("systolic_os: {rows: 2, cols: 2}", "cube: {rows: 2, cols: 2, depth: 2}");
    fs::write(bench.path("tiny.yaml"), text).unwrap();
    let [pe, array] = ["pe", "array"].map(|scope| bench.report(&["--scope", scope]));
    let [one, all] = [&pe, &array].map(|report| number(&report["macs_per_cycle"]));
    assert_eq!((one, all), (2.0, 8.0));
    for report in [&pe, &array] {
        assert_eq!(report["energy_kind"], "simulated");
        let utilisation = number(&report["energy"]["utilisation"]);
        assert!((0.85..1.0).contains(&utilisation), "{report}");
    }
    let ratio = number(&array["energy_pj_per_mac"]) / number(&pe["energy_pj_per_mac"]);
    assert!((0.8..1.3).contains(&ratio), "an array is its elements: {ratio}");
}
