//! Wire loads count where they are asked for, and nowhere else.

use bitweight::synth::library::DEFAULT;
use serde_json::Value;

use crate::bench::{Bench, equipped, number};

/// What a library may say of wires, in the forms that libraries use.
const WIRES: [&str; 3] = [
    "  default_wire_load : \"far off\";\n",
    "  default_wire_load_selection : by_area\n  default_wire_load_mode : top ;\n",
    "  default_wire_load:far_too;default_wire_load_selection:\"by_area\";\n",
];

// Yosys 0.23 refuses a brace in a line of its own, which our reader takes.
const GROUPS: &str = "
  wire_load (\"far off\") { capacitance : 0.1; resistance : 0.0; area : 0.0; slope : 1.0;
    fanout_length (1, 1.0); fanout_length (4, 4.0); }
  wire_load(far_too) {
    capacitance : 0.1; resistance : 0.0; area : 0.0; slope : 1.0; fanout_length (1, 1.0); }
  wire_load_selection (by_area) { wire_load_from_area (0, 1000000, far_too); }
";

fn delays(report: &Value) -> Vec<f64> {
    let points = report["points"].as_array().unwrap();
    points.iter().map(|point| number(&point["delay_ns"])).collect()
}

#[test]
fn wires_count_where_they_are_asked_for() {
    if !equipped() {
        return;
    }
    let bench = Bench::new("mac");
    let plain = bench.report(&["--vectorless", "--liberty", DEFAULT]);
    assert_eq!(plain["wire_load"], "none");
    for applied in WIRES {
        let anchor = "  default_operating_conditions : typical;";
        let library = bench.library(|text| {
            assert!(text.contains(anchor), "the library is another one");
            text.replacen(anchor, &format!("{anchor}\n{GROUPS}{applied}"), 1)
        });
        let without = bench.report(&["--vectorless", "--liberty", &library]);
        assert_eq!(without["points"], plain["points"], "{applied}");
        assert_eq!(without["wire_load"], "none");
        let options = ["--vectorless", "--liberty", &library, "--wire-load", "library"];
        let with = bench.report(&options);
        assert!(with["wire_load"].as_str().unwrap().starts_with("library, default_wire_load"));
        assert!(delays(&with)[0] > 1.05 * delays(&plain)[0], "{applied}: {with}");
        let said = bench.command(&options).output().unwrap();
        let said = String::from_utf8(said.stdout).unwrap();
        assert!(said.contains("wire load of the library, default_wire_load"), "{said}");
    }
    let said = String::from_utf8(bench.command(&[]).output().unwrap().stdout).unwrap();
    assert!(said.contains("no wire load"), "{said}");
}
