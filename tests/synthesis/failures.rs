//! Tools that die take their own figures with them and no others.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use assert_cmd::Command as Cli;
use bitweight::tool;
use serde_json::Value;

use crate::bench::{Bench, TINY_LAYER, equipped, number, tiny};

/// A tool that dies where a condition of the shell holds.
fn mortal(bench: &Bench, program: &str, condition: &str) -> PathBuf {
    let real = tool::find(program, "").unwrap();
    let text = format!(
        "#!/bin/sh\nif {condition}; then kill -SEGV $$; fi\nexec {} \"$@\"\n",
        real.display()
    );
    let path = bench.path(&format!("mortal-{program}"));
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// The report of a run in which something failed, and what it says to people.
fn partly(bench: &Bench, arguments: &[&str], tool: (&str, &PathBuf)) -> (Value, String) {
    let run = |arguments: &[&str]| {
        let output = bench.command(arguments).env(tool.0, tool.1).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{arguments:?} {stderr}");
        String::from_utf8(output.stdout).unwrap()
    };
    let json = run(&[arguments, &["--json"]].concat());
    let said = run(arguments);
    (serde_json::from_str(&json).unwrap(), said)
}

#[test]
fn what_was_measured_is_kept() {
    if !equipped() {
        return;
    }
    let bench = Bench::new("mac");
    let whole = bench.report(&["--vectorless"]);
    // Energy, guessed and simulated.
    let dies = mortal(&bench, "sta", "[ -f power.tcl ] && grep -q tiny power.tcl");
    for arguments in [&["--vectorless"][..], &[]] {
        fs::remove_dir_all(bench.path("cache")).unwrap();
        let (report, said) = partly(&bench, arguments, ("BITWEIGHT_STA", &dies));
        assert_eq!(report["points"], whole["points"]);
        assert_eq!([&report["energy"], &report["energy_pj_per_mac"]], [&Value::Null; 2]);
        assert_eq!(report["failures"][0]["step"], "energy");
        assert!(report["failures"][0]["reason"].as_str().unwrap().contains("power of tiny"));
        assert!(said.contains("smallest area") && said.contains("NOT MEASURED: energy"), "{said}");
    }
    // One timing of many; the next run has it.
    fs::remove_dir_all(bench.path("cache")).unwrap();
    let once = format!("[ -f timing.tcl ] && mkdir {} 2>/dev/null", bench.path("once").display());
    let dies = mortal(&bench, "sta", &once);
    let output = bench.command(&["--vectorless", "--json"]).env("BITWEIGHT_STA", &dies).output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(report["failures"][0]["step"].as_str().unwrap().starts_with("timing of tiny_pe"));
    assert!(!report["points"].as_array().unwrap().is_empty());
    assert_eq!(bench.report(&["--vectorless"])["points"], whole["points"]);
    // Where all die there is nothing to keep.
    fs::remove_dir_all(bench.path("cache")).unwrap();
    let dies = mortal(&bench, "sta", "[ -f timing.tcl ]");
    let output = bench.command(&["--vectorless"]).env("BITWEIGHT_STA", &dies).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("signal: 11"));
}

/// The bare weight-stationary array in carry-save, of which OpenSTA 2.0.17 cannot tell the power.
#[test]
fn arrays_of_which_no_power_is_told_have_areas() {
    if !equipped() {
        return;
    }
    let bench = Bench::of(
        "name: tiny\narray: {systolic_ws: {depth: 3, cols: 2}}\nelement: opt1\n\
         operands: {a: {width: 3}, b: {width: 3}}\n",
    );
    let output = bench.command(&["--scope", "array", "--vectorless", "--json"]).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(number(&report["best_area_delay"]["area_um2"]) > 0.0, "{report}");
    // Other versions may be able to.
    let failed = !report["failures"].as_array().unwrap().is_empty();
    assert_eq!(report["energy"].is_null(), failed);
    assert_eq!(output.status.code(), Some(i32::from(failed)));
}

#[test]
fn counts_of_one_part_outlive_the_other() {
    if !equipped() {
        return;
    }
    let bench = Bench::of(TINY_LAYER);
    let dies = mortal(&bench, "yosys", "grep -qs 'top tiny_element' synthesis.ys");
    let arguments = ["--target", "ice40"];
    let (report, said) = partly(&bench, &arguments, ("BITWEIGHT_YOSYS", &dies));
    assert_eq!(report["reports"].as_array().unwrap().len(), 1);
    assert!(report["failures"][0]["step"].as_str().unwrap().contains("tiny_element"));
    assert!(said.contains("LUTs") && said.contains("NOT MEASURED"), "{said}");
}

#[test]
fn a_structure_that_cannot_be_counted_leaves_the_others() {
    if !equipped() {
        return;
    }
    let bench = Bench::new("mac");
    fs::write(bench.path("other.yaml"), tiny("opt1").replace("tiny", "other")).unwrap();
    let dies = mortal(&bench, "yosys", "[ -f elaborate.ys ] && grep -q other elaborate.ys");
    for arguments in [&["--structure"][..], &["--vectorless", "--effort", "fast"]] {
        let mut command = Cli::cargo_bin("bitweight").unwrap();
        command.current_dir(bench.folder.path()).env("BITWEIGHT_CACHE", bench.path("cache"));
        command.env("BITWEIGHT_YOSYS", &dies).args([
            "compare",
            "tiny.yaml",
            "other.yaml",
            "--json",
        ]);
        let output = command.args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let [row] = &report["structure"].as_array().unwrap()[..] else { panic!("{report}") };
        assert_eq!(row["design"], "tiny");
        assert_eq!(report["failures"][0]["step"], "structure of other");
    }
}
