//! Comparisons answer what was asked, and say what their figures are of.

use std::fs;

use assert_cmd::Command as Cli;
use bitweight::config;
use bitweight::vectors::{self, Distribution};
use bitweight::workload::{Product, Workload as _};
use serde_json::Value;

use crate::bench::{Bench, equipped, number, tiny};

const ENGINE: &str = "name: engine
array:
  bit_slice: {columns: 2, elements: 2, group: 2, tile_k: 8}
element: opt4c
operands: {a: {width: 3}, b: {width: 3}}
accumulator: {width: 8}
";

/// What a comparison of `tiny.yaml` and another design prints: standard output and error.
fn compare(bench: &Bench, arguments: &[&str]) -> (String, String) {
    let mut command = Cli::cargo_bin("bitweight").unwrap();
    command.current_dir(bench.folder.path()).env("BITWEIGHT_CACHE", bench.path("cache"));
    let output = command.args(["compare", "tiny.yaml", "other.yaml"]).args(arguments).output();
    let output = output.unwrap();
    let [said, told] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    // 1 says that a figure could not be measured: OpenSTA 2.0.17 does not survive every guess of
    // the power of a whole engine.
    assert!(matches!(output.status.code(), Some(0 | 1)), "{told}");
    (said, told)
}

#[test]
fn a_period_is_answered_by_one_table_at_that_period() {
    if !equipped() {
        return;
    }
    let bench = Bench::new("mac");
    fs::write(bench.path("other.yaml"), tiny("opt1").replace("tiny", "other")).unwrap();
    let (said, told) = compare(&bench, &["--vectorless", "--period", "6"]);
    assert!(said.contains("at 6 ns: the smallest netlist that meets it"), "{said}");
    assert!(!said.contains("smallest area x delay") && !said.contains("shortest"), "{said}");
    assert!(!said.contains("measured before"), "figures of other netlists: {said}");
    assert!(said.contains("GMAC/s/mm2 at 6 ns") && said.contains("pJ per MAC at 6 ns"), "{said}");
    // Without a terminal the steps are lines with their number and time.
    for line in ["tiny, step 1, ", "other, step 1, ", "(ABC)", "(OpenSTA)", "(Yosys)"] {
        assert!(told.contains(line), "{line} in {told}");
    }
    let (json, _) = compare(&bench, &["--vectorless", "--period", "6", "--json"]);
    let report: Value = serde_json::from_str(&json).unwrap();
    let comparison = &report["comparisons"][0];
    for design in comparison["designs"].as_array().unwrap() {
        let area = number(&design["chosen"]["area_um2"]);
        assert_eq!(design["chosen"]["period_ns"], 6.0);
        let expected = number(&design["macs_per_cycle"]) * 1e6 / (area * 6.0);
        let found = number(&design["gmacs_per_s_per_mm2"]);
        assert!((found / expected - 1.0).abs() < 1e-9, "{found} {expected}");
    }
    let area = |index: usize| number(&comparison["designs"][index]["chosen"]["area_um2"]);
    let ratio = number(&comparison["ratios"][1]["at_period"][0]["area"]);
    assert!((ratio - area(1) / area(0)).abs() < 1e-12);
    // Without periods every figure names its netlist.
    let (said, _) = compare(&bench, &["--vectorless"]);
    for words in
        ["the netlist with the smallest area x delay", "the smallest and the fastest", "spread"]
    {
        assert!(said.contains(words), "{words} in {said}");
    }
}

/// Cycles of engines that skip zeros are those of data, and an element of theirs is not the whole.
#[test]
fn engines_are_compared_with_caution_and_on_data() {
    if !equipped() {
        return;
    }
    let bench = Bench::new("opt1");
    fs::write(bench.path("other.yaml"), ENGINE).unwrap();
    let arguments = ["--vectorless", "--size", "8,16,8"];
    let (json, _) = compare(&bench, &[&arguments[..], &["--json"]].concat());
    let report: Value = serde_json::from_str(&json).unwrap();
    let design = config::parse(ENGINE, "engine", "engine").unwrap();
    let draw = |rows, cols, format, stream| {
        vectors::random(rows, cols, format, Distribution::Uniform, 1, stream)
    };
    let (a, b) = (draw(8, 16, design.operand_a(), 0), draw(16, 8, design.operand_b(), 1));
    let [plain, engine] = [0, 1].map(|index| &report["structure"][index]);
    assert_eq!(engine["cycles"], Product::new(&design, &a, &b).cycles());
    assert_eq!(engine["cycles_depend_on"], "random, uniform");
    assert_eq!(plain["cycles_depend_on"], Value::Null);
    let missing = &report["comparisons"][0]["designs"][1]["missing"];
    assert!(missing["modules"]["encoders"].is_array(), "{missing}");
    assert!(number(&missing["memory_bits"]) > 0.0, "{missing}");
    let caution = report["comparisons"][0]["caution"].as_str().unwrap();
    assert!(caution.contains("engine is without") && caution.contains("encoders"), "{caution}");
    let (said, _) = compare(&bench, &arguments);
    assert!(said.contains("CAUTION") && said.contains("engine leaves out: encoders"), "{said}");
    assert!(said.contains("cycles and utilisation of engine depend on the data"), "{said}");
    // Whole tops leave nothing out.
    let (json, _) = compare(&bench, &[&arguments[..], &["--scope", "core", "--json"]].concat());
    let report: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(report["comparisons"][0]["caution"], Value::Null);
}

/// The example of a first round names every verb once.
#[test]
fn the_help_names_synth_once() {
    let output = Cli::cargo_bin("bitweight").unwrap().arg("--help").output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said.matches("bitweight synth").count(), 1, "{said}");
}
