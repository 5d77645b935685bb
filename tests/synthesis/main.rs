//! Area, delay and energy: against hand-run tools, against sense, and against tools that lie.

mod bench;
mod comparison;
mod elements;
mod energy;
mod failures;
mod history;
mod limits;
mod memories;
mod wires;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use assert_cmd::Command as Cli;
use bench::{Bench, TINY, TINY_LAYER, area_by_hand, equipped, number};
use bitweight::tool;
use serde_json::Value;

#[test]
fn areas_are_those_that_yosys_counts() {
    if !equipped() {
        return;
    }
    for (element, scope, top) in
        [("opt1", "pe", "tiny_pe"), ("mac", "array", "tiny_array"), ("opt1", "core", "tiny")]
    {
        let bench = Bench::new(element);
        let report = bench.report(&["--scope", scope, "--netlist", "netlist.v"]);
        let area = number(&report["chosen"]["area_um2"]);
        let by_hand = area_by_hand(&bench, top);
        assert!((area - by_hand).abs() < 1e-6 * area, "{element} {scope}: {area}, {by_hand}");
        let parts: f64 =
            report["breakdown"].as_array().unwrap().iter().map(|r| number(&r["area_um2"])).sum();
        assert!((area - parts).abs() < 1e-6 * area, "the roles make up the area");
        assert_eq!(report["unproven"], 0);
        let points = report["points"].as_array().unwrap();
        let delays: Vec<f64> = points.iter().map(|p| number(&p["delay_ns"])).collect();
        assert!(delays.is_sorted() && delays[0] > 0.0, "{delays:?}");
    }
}

/// Binarized layers go the same way: the element is a word of popcount, the core everything.
#[test]
fn layers_are_measured() {
    if !equipped() {
        return;
    }
    let bench = Bench::of(TINY_LAYER);
    for (scope, top, operations) in [("pe", "tiny_element", 8.0), ("core", "tiny", 16.0)] {
        let report = bench.report(&["--scope", scope, "--netlist", "netlist.v"]);
        let area = number(&report["chosen"]["area_um2"]);
        let by_hand = area_by_hand(&bench, top);
        assert!((area - by_hand).abs() < 1e-6 * area, "{scope}: {area}, {by_hand}");
        assert_eq!(number(&report["macs_per_cycle"]), operations);
        assert_eq!(report["unproven"], 0);
        assert_eq!(report["energy"]["kind"], "vectorless", "{}", report["energy"]);
    }
    assert!(bench.refusal(&["--scope", "array"], 2).contains("no bare array"));
}

#[test]
fn a_repeated_run_says_the_same_at_once() {
    if !equipped() {
        return;
    }
    let bench = Bench::new("behavioural");
    let first = bench.report(&["--period", "3"]);
    let second = bench.report(&["--period", "3"]);
    for key in ["points", "at_period", "critical_path", "energy"] {
        assert_eq!(first[key], second[key], "{key}");
    }
    assert_eq!(first["at_period"][0]["met"], true);
    assert!(number(&second["seconds"]) < number(&first["seconds"]) / 4.0);
}

#[test]
fn unusable_libraries_are_refused_with_a_reason() {
    if !equipped() {
        return;
    }
    let bench = Bench::new("mac");
    let refused = |edit: &dyn Fn(&str) -> String| {
        let library = bench.library(edit);
        bench.refusal(&["--liberty", &library], 2)
    };
    let said = refused(&|text| text[..text.len() / 2].to_owned());
    assert!(said.contains("is not Liberty: line"), "{said}");
    let said = refused(&|text| text.replace("ff (", "fff ("));
    let said = if said.contains("lacks a flip-flop") {
        said
    } else {
        refused(&|text| text.replace("ff(", "fff(").replace("ff (", "fff ("))
    };
    assert!(said.contains("lacks a flip-flop"), "{said}");
    let said = bench.refusal(&["--liberty", "absent.lib"], 2);
    assert!(said.contains("absent.lib cannot be read"), "{said}");
    let said = bench.refusal(&["--period=0"], 2);
    assert!(said.contains("period"), "{said}");
    bench.refusal(&["--period", "0.001"], 1);
}

#[test]
fn missing_tools_are_named() {
    if !equipped() {
        return;
    }
    let bench = Bench::new("mac");
    for (variable, package) in [("YOSYS", "yosys"), ("STA", "opensta"), ("YOSYS_ABC", "Yosys")] {
        let mut command = bench.command(&[]);
        let output = command.env(format!("BITWEIGHT_{variable}"), "/nowhere").output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("was not found") && said.contains(package), "{said}");
    }
}

/// An ABC that maps something else than it was given: the logic with other ANDs. With
/// `hidden` it compares its result with that, too.
fn liar(bench: &Bench, hidden: bool) -> PathBuf {
    let abc = tool::find("yosys-abc", "").unwrap();
    let replace = if hidden { "s/logic.blif/other.blif/g" } else { "s/logic.blif/other.blif/" };
    let text = format!(
        "#!/bin/sh\n[ -f logic.blif ] && sed '/^.names/{{n;s/^11 1$/10 1/;}}' logic.blif > other.blif\n\
         exec {} -c \"$(echo \"$2\" | sed '{replace}')\"\n",
        abc.display()
    );
    let path = bench.path("liar");
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[test]
fn figures_of_wrong_netlists_are_not_printed() {
    if !equipped() {
        return;
    }
    let simulation = "a simulation of the mapped netlist";
    for (scope, hidden, reason) in [
        ("pe", false, "NOT EQUIVALENT"),
        ("pe", true, simulation),
        ("array", true, simulation),
        ("core", true, simulation),
    ] {
        let bench = Bench::new("mac");
        let mut command = bench.command(&["--scope", scope]);
        let output = command.env("BITWEIGHT_YOSYS_ABC", liar(&bench, hidden)).output();
        let output = output.unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{scope} {hidden} {said}");
        assert!(said.contains(reason), "{said}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_comparison_is_a_table_a_page_and_plots() {
    if !equipped() {
        return;
    }
    let bench = Bench::new("mac");
    fs::write(bench.path("other.yaml"), TINY.replace("ELEMENT", "opt1").replace("tiny", "other"))
        .unwrap();
    let mut command = Cli::cargo_bin("bitweight").unwrap();
    command.current_dir(bench.folder.path()).env("BITWEIGHT_CACHE", bench.path("cache"));
    let wide = TINY.replace("ELEMENT", "mac").replace("tiny", "wide").replacen("3}", "4}", 1);
    fs::write(bench.path("wide.yaml"), wide).unwrap();
    let designs = ["compare", "tiny.yaml", "other.yaml", "wide.yaml"];
    command.args(designs).args(["--json", "--page", "page/page.md"]);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let comparison = &report["comparisons"][0];
    let best = |index: usize| {
        number(&comparison["designs"][index]["best_area_delay"]["area_delay_um2_ns"])
    };
    let ratio = number(&comparison["ratios"][1]["best_area_delay"]);
    assert!((ratio - best(1) / best(0)).abs() < 1e-12);
    // Other operands are a group of their own, with ratios to its own first design.
    let other = &report["comparisons"][1];
    assert_eq!(other["operands"], "int4 x int3");
    assert_eq!(other["designs"].as_array().unwrap().len(), 1);
    assert_eq!(number(&other["ratios"][0]["best_area_delay"]), 1.0);
    let page = fs::read_to_string(bench.path("page/page.md")).unwrap();
    let command = "bitweight compare tiny.yaml other.yaml wide.yaml --page page/page.md";
    assert!(page.contains(command) && page.contains("int4 x int3"), "{page}");
    for plot in ["area_delay", "energy"] {
        let plot = format!("{plot}_pe_osu018_stdcells_int3_int3.svg");
        assert!(page.contains(&plot), "{page}");
        let svg = fs::read_to_string(bench.path("page").join(&plot)).unwrap();
        assert!(svg.contains("tiny") && svg.contains("other") && svg.ends_with("</svg>\n"));
    }
}

/// A Python that has the module `pyosys`, as far as its command line goes.
fn python(bench: &Bench) -> PathBuf {
    let [yosys, abc] = ["yosys", "yosys-abc"].map(|name| tool::find(name, "").unwrap());
    let text = format!(
        "#!/bin/sh\ncase \"$2\" in *yosys-abc*) echo {}; exit;; *'from pyosys import'*) ;; *) exit 1;; \
         esac\nshift 2\nexec {} \"$@\"\n",
        abc.display(),
        yosys.display()
    );
    let path = bench.path("python3");
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[test]
fn yosys_may_be_a_module_of_python() {
    if !equipped() {
        return;
    }
    let bench = Bench::new("behavioural");
    let plain = bench.report(&[]);
    let run = |variable: &str, value: PathBuf| {
        let mut command = bench.command(&["--json"]);
        let output = command.env(variable, value).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let named = run("BITWEIGHT_YOSYS", python(&bench));
    assert_eq!(plain["points"], named["points"]);
    // In a search path without a yosys the module is found by itself.
    fs::copy(tool::find("sta", "").unwrap(), bench.path("sta")).unwrap();
    let found = run("PATH", PathBuf::from(format!("{}:/bin", bench.folder.path().display())));
    assert_eq!(plain["points"], found["points"]);
}

#[test]
fn counts_on_fpgas() {
    if !equipped() {
        return;
    }
    let bench = Bench::new("opt1");
    for target in ["ice40", "ecp5", "xilinx"] {
        let count = |scope: &str| bench.report(&["--target", target, "--scope", scope]);
        let [pe, array, core] = ["pe", "array", "core"].map(count);
        // One mark, two operands, a sum and the carries that are stored.
        assert!(number(&pe["flip_flops"]) >= 1.0 + 3.0 + 3.0 + 8.0, "{pe}");
        assert!(number(&pe["luts"]) > 0.0 && number(&pe["depth"]) > 0.0, "{pe}");
        // Operands that nobody takes over at the edge of the array are not stored.
        let edge = 2.0 * (3.0 + 3.0);
        assert!(number(&array["flip_flops"]) >= 4.0 * number(&pe["flip_flops"]) - edge, "{array}");
        assert!(number(&array["luts"]) > 3.0 * number(&pe["luts"]), "{array}");
        assert!(number(&core["flip_flops"]) > number(&array["flip_flops"]), "{core}");
        assert!(number(&core["luts"]) > number(&array["luts"]), "{core}");
        for report in [&pe, &array, &core] {
            assert_eq!(report["dsps"], 0, "the element is made of gates");
        }
        // A count says which mapper made it, and what the others of the family make of the same.
        let by_mapper = pe["luts_by_mapper"].as_object().unwrap();
        assert_eq!(by_mapper[pe["mapper"].as_str().unwrap()], pe["luts"], "{pe}");
        let mappers: Vec<&str> = by_mapper.keys().map(String::as_str).collect();
        let expected: &[&str] = if target == "xilinx" { &["ABC", "ABC9"] } else { &["default"] };
        assert_eq!(mappers, expected);
        let printed = bench.command(&["--target", target, "--scope", "pe"]).output().unwrap();
        let printed = String::from_utf8_lossy(&printed.stdout).into_owned();
        let of_tool =
            format!("Yosys {}, mapper {}", pe["tools"]["yosys"].as_str().unwrap(), expected[0]);
        assert!(printed.contains(&of_tool), "{printed}");
        for other in &expected[1..] {
            let figure = format!("{} by mapper {other}", by_mapper[*other]);
            assert!(printed.contains(&figure), "{printed}");
        }
    }
}
