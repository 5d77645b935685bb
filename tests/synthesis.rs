//! Area, delay and energy: against hand-run tools, against sense, and against tools that lie.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use assert_cmd::Command as Cli;
use bitweight::synth::library::DEFAULT;
use bitweight::tool;
use serde_json::Value;

const TINY: &str = "name: tiny
array:
  systolic_os: {rows: 2, cols: 2}
element: ELEMENT
operands:
  a: {width: 3}
  b: {width: 3}
accumulator: {width: 8}
";

/// Whether the tools and the default library are there; says so if not.
fn equipped() -> bool {
    let missing = |name: &&str| tool::find(name, "").is_err();
    let missing: Vec<&str> = ["yosys", "yosys-abc", "sta"].into_iter().filter(missing).collect();
    if missing.is_empty() && Path::new(DEFAULT).is_file() {
        return true;
    }
    eprintln!("SKIPPED: needs {DEFAULT} and {missing:?}");
    false
}

/// A folder with a tiny design and a cache of its own.
struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    fn new(element: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("tiny.yaml"), TINY.replace("ELEMENT", element)).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Cli {
        let mut command = Cli::cargo_bin("bitweight").unwrap();
        command.current_dir(self.folder.path()).env("BITWEIGHT_CACHE", self.path("cache"));
        command.args(["synth", "tiny.yaml"]).args(arguments);
        command
    }

    /// The report of a run that must succeed.
    fn report(&self, arguments: &[&str]) -> Value {
        let output = self.command(arguments).arg("--json").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// What a run that must fail with this code says.
    fn refusal(&self, arguments: &[&str], code: i32) -> String {
        let output = self.command(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{said}");
        said
    }

    fn library(&self, edit: impl Fn(&str) -> String) -> String {
        let text = fs::read_to_string(DEFAULT).unwrap();
        fs::write(self.path("edited.lib"), edit(&text)).unwrap();
        "edited.lib".to_owned()
    }
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// Area by `yosys stat -liberty` of a netlist that was written.
fn area_by_hand(bench: &Bench, top: &str) -> f64 {
    let script = format!(
        "read_liberty -lib {DEFAULT}; read_verilog netlist.v; hierarchy -check -top {top}; flatten; \
         stat -liberty {DEFAULT}"
    );
    let mut yosys = Command::new(tool::find("yosys", "").unwrap());
    let said = yosys.current_dir(bench.folder.path()).args(["-p", &script]).output().unwrap();
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let line = said.lines().rfind(|line| line.contains("Chip area")).expect("stat tells the area");
    line.split_whitespace().next_back().unwrap().parse().unwrap()
}

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
    let bench = Bench::new("mac");
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
    assert!(dynamic(&none) < 0.01 * dynamic(&full), "{none} {full}");
    let ratio = dynamic(&half) / dynamic(&full);
    assert!((0.45..0.55).contains(&ratio), "{ratio}");
    assert_eq!(none["clock_pj"], full["clock_pj"]);
    let sum = dynamic(&full) + number(&full["clock_pj"]) + number(&full["leakage_pj"]);
    assert!((sum - number(&full["pj_per_mac"])).abs() < 1e-9);
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
    use std::os::unix::fs::PermissionsExt as _;
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
    for (hidden, reason) in
        [(false, "NOT EQUIVALENT"), (true, "a simulation of the mapped netlist")]
    {
        let bench = Bench::new("mac");
        let output = bench.command(&[]).env("BITWEIGHT_YOSYS_ABC", liar(&bench, hidden)).output();
        let output = output.unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{hidden} {said}");
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
    command.args(["compare", "tiny.yaml", "other.yaml", "--json", "--page", "page/page.md"]);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let comparison = &report["comparisons"][0];
    let best = |index: usize| {
        number(&comparison["designs"][index]["best_area_delay"]["area_delay_um2_ns"])
    };
    let ratio = number(&comparison["ratios"][1]["best_area_delay"]);
    assert!((ratio - best(1) / best(0)).abs() < 1e-12);
    let page = fs::read_to_string(bench.path("page/page.md")).unwrap();
    assert!(page.contains("bitweight compare tiny.yaml other.yaml --page page/page.md"), "{page}");
    for plot in ["area_delay_pe_osu018_stdcells.svg", "energy_pe_osu018_stdcells.svg"] {
        assert!(page.contains(plot));
        let svg = fs::read_to_string(bench.path("page").join(plot)).unwrap();
        assert!(svg.contains("tiny") && svg.contains("other") && svg.ends_with("</svg>\n"));
    }
}

#[test]
fn counts_on_fpgas() {
    if !equipped() {
        return;
    }
    let bench = Bench::new("opt1");
    for target in ["ice40", "ecp5", "xilinx"] {
        let report = bench.report(&["--target", target]);
        // One mark, two operands, a sum and the carries that are stored.
        assert!(number(&report["flip_flops"]) >= 1.0 + 3.0 + 3.0 + 8.0, "{report}");
        assert!(number(&report["luts"]) > 0.0 && number(&report["depth"]) > 0.0, "{report}");
        assert_eq!(report["dsps"], 0, "the element is made of gates");
    }
}
