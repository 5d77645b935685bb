//! Nets beyond the limits of a library are reported, with all that they drive across the hierarchy.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use bitweight::tool;
use serde_json::Value;

use crate::bench::{Bench, equipped, number};

const BROADCAST: &str = "name: tiny
array:
  matrix2d: {rows: 4, cols: 4}
element: opt1
operands:
  a: {width: 3}
  b: {width: 3}
accumulator: {width: 8}
";

/// Most readers of any net but the clock's in the netlist that was written, flattened by Yosys.
fn most_readers(bench: &Bench, top: &str) -> f64 {
    let script = format!(
        "read_verilog netlist.v; hierarchy -top {top}; flatten; clean; write_json flat.json"
    );
    let mut yosys = Command::new(tool::find("yosys", "").unwrap());
    let status = yosys.current_dir(bench.folder.path()).args(["-q", "-p", &script]).status();
    assert!(status.unwrap().success());
    let flat: Value =
        serde_json::from_str(&fs::read_to_string(bench.path("flat.json")).unwrap()).unwrap();
    let module = &flat["modules"][top];
    let clock = &module["ports"]["clk_i"]["bits"][0];
    let mut readers: BTreeMap<String, u32> = BTreeMap::new();
    for cell in module["cells"].as_object().unwrap().values() {
        for (pin, bits) in cell["connections"].as_object().unwrap() {
            // Outputs of this library; without it Yosys knows no directions.
            // Constants are strings there, and no nets.
            let net = bits[0].is_number() && bits[0] != *clock;
            if !["Y", "YC", "YS", "Q"].contains(&pin.as_str()) && net {
                *readers.entry(bits[0].to_string()).or_default() += 1;
            }
        }
    }
    f64::from(readers.into_values().max().unwrap())
}

#[test]
fn nets_beyond_the_limits_are_named() {
    if !equipped() {
        return;
    }
    let bench = Bench::of(BROADCAST);
    let limited = |limits: &str| {
        let anchor = "  default_operating_conditions : typical;";
        bench.library(|text| text.replacen(anchor, &format!("{anchor}\n{limits}"), 1))
    };
    let library = limited("  default_max_fanout : 10; default_fanout_load : 1;");
    let options = ["--scope", "array", "--vectorless", "--liberty", &library];
    let report = bench.report(&[&options[..], &["--netlist", "netlist.v"]].concat());
    let beyond = report["beyond_limits"].as_array().unwrap();
    let fan_out: Vec<&Value> = beyond.iter().filter(|net| net["quantity"] == "fan_out").collect();
    let first = fan_out.iter().find(|net| net["net"].as_str().unwrap().contains("first"));
    let first = first.unwrap_or_else(|| panic!("{beyond:?}"));
    assert!(number(&first["value"]) >= 16.0 && number(&first["limit"]) == 10.0, "{first}");
    let most = fan_out.iter().map(|net| number(&net["value"])).fold(0.0, f64::max);
    assert_eq!(most, most_readers(&bench, "tiny_array"));
    assert!(number(&report["chosen"]["nets_beyond_limits"]) >= 1.0);
    let said = String::from_utf8(bench.command(&options).output().unwrap().stdout).unwrap();
    assert!(
        said.contains("BEYOND LIMITS") && said.contains("! ") && said.contains("first"),
        "{said}"
    );
    // Where nothing is limited so tightly there is nothing to say of fan-out.
    let report = bench.report(&["--scope", "pe", "--vectorless"]);
    let none = report["beyond_limits"].as_array().unwrap();
    assert!(none.iter().all(|net| net["quantity"] != "fan_out"), "{none:?}");
    // Edges and capacitance, in the units of the library.
    let library = limited("  default_max_transition : 0.05;");
    let report = bench.report(&["--vectorless", "--liberty", &library]);
    let beyond = report["beyond_limits"].as_array().unwrap();
    let slow: Vec<&Value> = beyond.iter().filter(|net| net["quantity"] == "slew").collect();
    assert!(!slow.is_empty() && slow.iter().all(|net| number(&net["limit"]) == 0.05), "{beyond:?}");
    assert!(slow.iter().all(|net| number(&net["value"]) > 0.05 && net["unit"] == "ns"));
    let tight = bench.library(|text| {
        let lines = text.lines().map(|line| match line.trim().starts_with("max_capacitance") {
            true => "max_capacitance : 0.002;",
            false => line,
        });
        lines.collect::<Vec<_>>().join("\n")
    });
    let report = bench.report(&["--vectorless", "--liberty", &tight]);
    let beyond = report["beyond_limits"].as_array().unwrap();
    let heavy = beyond.iter().find(|net| net["quantity"] == "capacitance").unwrap();
    assert!(number(&heavy["value"]) > 0.002 && number(&heavy["limit"]) == 0.002, "{heavy}");
}
