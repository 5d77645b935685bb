//! Memories: listed as the manifest lists them, in no figure of the netlist.

use std::fs;
use std::time::Duration;

use assert_cmd::Command as Cli;
use bitweight::config;
use bitweight::design::Memory;
use bitweight::rtl;
use bitweight::synth::structure;
use serde_json::Value;

use crate::bench::{Bench, area_by_hand, equipped, number};

const TINY_SLICE: &str = "name: tiny
array:
  bit_slice: {columns: 2, elements: 2, group: 2, tile_k: TERMS, b_memory: PLACE}
element: opt4c
operands:
  a: {width: 3, signed: true}
  b: {width: 3, signed: true}
";

fn tiny(terms: usize, place: &str) -> Bench {
    Bench::of(&TINY_SLICE.replace("TERMS", &terms.to_string()).replace("PLACE", place))
}

/// Module, instances, words, width, bits of all.
fn sizes(memories: &Value) -> Vec<(String, [u64; 4])> {
    let fields = ["instances", "words", "width", "total_bits"];
    let size = |memory: &Value| {
        let module = memory["module"].as_str().unwrap().to_owned();
        (module, fields.map(|field| memory[field].as_u64().unwrap()))
    };
    let mut sizes: Vec<_> = memories.as_array().unwrap().iter().map(size).collect();
    sizes.sort();
    sizes
}

#[test]
fn memories_stand_apart() {
    if !equipped() {
        return;
    }
    let mut reports = Vec::new();
    for (terms, place) in [(8, "replicated"), (32, "replicated"), (8, "banked")] {
        let bench = tiny(terms, place);
        let report = bench.report(&["--scope", "core", "--netlist", "netlist.v"]);
        let mut command = Cli::cargo_bin("bitweight").unwrap();
        command.current_dir(bench.folder.path()).args(["gen", "tiny.yaml", "-o", "out"]);
        command.assert().success();
        let manifest = fs::read_to_string(bench.path("out/manifest.json")).unwrap();
        let manifest: Value = serde_json::from_str(&manifest).unwrap();
        assert_eq!(sizes(&report["memories"]), sizes(&manifest["memories"]), "{terms} {place}");
        let bits: u64 = sizes(&report["memories"]).iter().map(|(_, size)| size[3]).sum();
        assert_eq!(report["memory_bits"], bits);
        assert!(report["memory_note"].as_str().unwrap().contains("neither in the area"));
        // The netlist holds them as they behave, which has no area; results are right with them.
        let area = number(&report["chosen"]["area_um2"]);
        let by_hand = area_by_hand(&bench, "tiny");
        assert!((area - by_hand).abs() < 1e-6 * area, "{terms} {place}: {area}, {by_hand}");
        assert_eq!(report["energy_kind"], "simulated");
        let said = bench.command(&["--scope", "core"]).output().unwrap();
        let said = String::from_utf8(said.stdout).unwrap();
        assert!(said.contains("x tiny_row_memory: ") && said.contains("in timing"), "{said}");
        reports.push(report);
    }
    // Four times as many words make addresses longer and nothing else.
    let [small, large] = [&reports[0], &reports[1]];
    let figure = |report: &Value, key: &str| number(&report["smallest_area"][key]);
    let ratio = figure(large, "area_um2") / figure(small, "area_um2");
    assert!((1.0..1.5).contains(&ratio), "{ratio}");
    assert!(number(&large["memory_bits"]) > 3.9 * number(&small["memory_bits"]));
    // What is below the memories has none.
    let report = tiny(8, "replicated").report(&["--scope", "pe"]);
    assert_eq!(report["memories"], serde_json::json!([]));
    assert_eq!(report["memory_note"], Value::Null);
}

/// On an FPGA memories are mapped. Elements, each mapped once, are as many as they are.
#[test]
fn fpgas_have_memories() {
    if !equipped() {
        return;
    }
    let bench = tiny(256, "replicated");
    for target in ["ice40", "ecp5", "xilinx"] {
        let count = |scope: &str| bench.report(&["--target", target, "--scope", scope]);
        let [pe, array, core] = ["pe", "array", "core"].map(count);
        for report in [&pe, &array] {
            assert_eq!([&report["block_rams"], &report["lut_rams"]], [0, 0], "{report}");
        }
        let flip_flops = |report: &Value| report["flip_flops"].as_u64().unwrap();
        assert_eq!(flip_flops(&array), 4 * flip_flops(&pe), "{target}");
        let of_element = number(&pe["luts"]);
        assert!((4.0 * of_element..8.0 * of_element).contains(&number(&array["luts"])), "{array}");
        // Two copies of operand B, and two planes of two rows of digits.
        let rams = number(&core["block_rams"]) + number(&core["lut_rams"]);
        assert!(rams >= 6.0, "{core}");
        assert!(target != "ice40" || number(&core["block_rams"]) >= 6.0, "{core}");
    }
}

/// What the manifest says of memories is what Yosys finds.
#[test]
fn manifests_know_all_bits_of_memories() {
    if !equipped() {
        return;
    }
    let slice = |terms, place, element| {
        let text = TINY_SLICE.replace("TERMS", terms).replace("PLACE", place);
        config::parse(&text.replace("opt4c", element), "tiny", "tiny").unwrap()
    };
    let mut designs = vec![
        slice("8", "banked", "opt3"),
        slice("16", "replicated", "opt3"),
        slice("32", "banked", "opt4e"),
        slice("8", "banked", "opt4c"),
    ];
    let presets = ["opt4c_int4", "systolic_ws_mac_int8", "systolic_os_opt2_int8"];
    designs.extend(presets.map(|name| config::load(name).unwrap()));
    for design in designs {
        let modules = rtl::modules(&design);
        let memories: Vec<&Memory> = modules.iter().flat_map(|module| &module.memories).collect();
        assert!(!memories.is_empty(), "{}", design.name);
        let listed: usize = memories.iter().map(|memory| memory.total_bits).sum();
        let found = structure::count(&design, Duration::from_secs(300)).unwrap();
        assert_eq!(listed as u64, found.memory_bits, "{} {}", design.name, design.element);
    }
}
