//! The generated self-checking testbench under a second simulator, which shares nothing with the
//! first but the Verilog.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use bitweight::config;
use bitweight::design::Design;
use bitweight::export::{self, Package};
use common::{Case, Said, all_designs, check_all, run_tool, test_designs};

/// Bits of partial products in all elements together beyond which Icarus takes too long.
const AFFORDABLE: usize = 64 * 64;

/// Writes a design as `gen` does; gives the folder of its testbench.
fn generate(design: &Design, folder: &Path) -> PathBuf {
    export::write(&Package::new(design), folder, false).unwrap();
    folder.join("tb")
}

/// Compiles and runs a testbench with the command that its first lines give.
fn run_testbench(name: &str, folder: &Path) -> Said {
    let list = format!("{name}_tb.f");
    let compile = ["-g2005", "-Wall", "-o", "tb.vvp", "-s", &format!("{name}_tb"), "-f", &list];
    let said = run_tool("iverilog", folder, &compile.map(str::to_owned));
    if !said.success || !said.text.is_empty() {
        return Said { success: false, text: format!("compiling: {}", said.text) };
    }
    run_tool("vvp", folder, &["tb.vvp".to_owned()])
}

fn verdict(said: &Said) -> &str {
    said.text.lines().next_back().unwrap_or("")
}

#[test]
fn testbenches_pass() {
    let affordable = |case: &Case| {
        let multiplier = &case.design.multiplier;
        let elements = case.design.array.multipliers();
        elements * multiplier.a.width * multiplier.b.width <= AFFORDABLE
    };
    let cases: Vec<Case> = all_designs().into_iter().filter(affordable).collect();
    check_all(&cases, |case| {
        let folder = tempfile::tempdir().unwrap();
        let said = run_testbench(case.name(), &generate(&case.design, folder.path()));
        if said.success && verdict(&said).starts_with("PASS") {
            return Ok(());
        }
        Err(format!("{}:\n{}", case.argument, said.text))
    });
}

/// A testbench that cannot fail would prove nothing: every expected transfer, every operand and
/// every `tlast` counts.
#[test]
fn testbenches_notice_wrong_vectors() {
    let cases: Vec<Case> = test_designs();
    check_all(&cases, |case| {
        let folder = tempfile::tempdir().unwrap();
        let tb = generate(&case.design, folder.path());
        let path = tb.join(format!("{}_tb_c.hex", case.name()));
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        // The first digit holds tlast, the last digit the low bits of lane 0.
        for (line, place) in [(0, lines[0].len() - 1), (lines.len() - 1, 0)] {
            let digit = lines[line].as_bytes()[place];
            let wrong = if digit == b'0' { "1" } else { "0" };
            let mut corrupted: Vec<String> = lines.iter().map(ToString::to_string).collect();
            corrupted[line].replace_range(place..=place, wrong);
            fs::write(&path, corrupted.join("\n") + "\n").unwrap();
            let said = run_testbench(case.name(), &tb);
            let expected = format!("FAIL: 1 of {} transfers are wrong", lines.len());
            if verdict(&said) != expected || said.success {
                return Err(format!("{} with a wrong line {line}: {}", case.name(), said.text));
            }
        }
        Ok(())
    });
}

/// A design that never answers must not hang the simulator.
#[test]
fn testbenches_notice_a_stuck_design() {
    let case = test_designs().into_iter().next().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let tb = generate(&case.design, folder.path());
    let control = folder.path().join(format!("{}_control.v", case.name()));
    let text = fs::read_to_string(&control).unwrap();
    let stuck = text.replace("assign fire_o = valid_i & ready_o;", "assign fire_o = 1'b0;");
    assert_ne!(text, stuck);
    fs::write(&control, stuck).unwrap();
    let said = run_testbench(case.name(), &tb);
    assert!(verdict(&said).starts_with("FAIL: stuck"), "{}", said.text);
    assert!(!said.success, "a failure ends with exit code 0");
}

/// Layers and blocks, two of which are silent for longer than any fixed patience would allow.
#[test]
fn testbenches_of_layers_and_blocks_pass() {
    let layers = [
        ("slow", "layer: {linear: {inputs: 11000, outputs: 1}}\nfolding: {simd: 1, lanes: 1}\n"),
        (
            "waits",
            "layer: {linear: {inputs: 3, outputs: 5}}\nfolding: {simd: 3, lanes: 2}\n\
             epilogue: [{residual: {residual: 8, width: 8}}, {tee: {}}, {clamp: {low: -9, high: 9}}]\n",
        ),
    ];
    let block = "block:\n  layers:\n    - layer: {linear: {inputs: 4, outputs: 4000}}\n      folding: \
                 {simd: 4, lanes: 4}\n      epilogue: [threshold: {}]\n    - layer: {linear: {inputs: 4000, \
                 outputs: 3}}\n      folding: {simd: 1, lanes: 1}\n";
    let parse = |(name, text): &(&str, &str)| {
        let layer = config::parse_layer(text, name, name).unwrap_or_else(|e| panic!("{e}"));
        (name.to_string(), Package::new(&layer))
    };
    let mut packages: Vec<(String, Package)> = layers.iter().map(parse).collect();
    let block = config::parse_block(block, "chain", "chain").unwrap_or_else(|e| panic!("{e}"));
    packages.push(("chain".to_owned(), Package::new(&block)));
    check_all(&packages, |(name, package)| {
        let folder = tempfile::tempdir().unwrap();
        export::write(package, folder.path(), false).unwrap();
        let said = run_testbench(name, &folder.path().join("tb"));
        match said.success && verdict(&said).starts_with("PASS") {
            true => Ok(()),
            false => Err(format!("{name}: {}", said.text)),
        }
    });
}

/// The exit code of a testbench says whether it passed in Verilator, too, whose lint it passes.
#[test]
fn testbenches_end_with_an_exit_code_in_verilator() {
    let case = test_designs().into_iter().next().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let tb = generate(&case.design, folder.path());
    let (list, top) = (format!("{}_tb.f", case.name()), format!("{}_tb", case.name()));
    let build =
        ["--binary", "--timing", "-Wno-fatal", "-CFLAGS", "-O0", "-o", "run", "--top-module"];
    let build: Vec<String> = build.iter().map(ToString::to_string).collect();
    let said = run_tool("verilator", &tb, &[build, vec![top, "-f".to_owned(), list]].concat());
    assert!(said.success, "{}", said.text);
    let run = || Command::new(tb.join("obj_dir/run")).current_dir(&tb).output().unwrap();
    assert!(run().status.success());
    let path = tb.join(format!("{}_tb_c.hex", case.name()));
    let text = fs::read_to_string(&path).unwrap();
    let digit = if text.starts_with('0') { "1" } else { "0" };
    fs::write(&path, digit.to_owned() + &text[1..]).unwrap();
    let failed = run();
    assert!(String::from_utf8_lossy(&failed.stdout).contains("FAIL: 1 of "));
    assert!(!failed.status.success(), "a failure ends with exit code 0");
}
