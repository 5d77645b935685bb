//! Simulators that are missing, too old, broken or hanging: an error that says what to do, and
//! exit code 2.

mod common;
mod terminal;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use terminal::{SMALL, assert_error, bitweight, folder};

/// A stand-in for Verilator.
fn fake(folder: &Path, script: &str) -> std::path::PathBuf {
    let path = folder.join("verilator");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

fn error_with(script: &str) -> String {
    let work = folder();
    let path = fake(work.path(), script);
    let mut command = bitweight(work.path());
    // A cache of its own, so that a simulator of an earlier run does not help out.
    command.env("BITWEIGHT_VERILATOR", path).env("BITWEIGHT_CACHE", work.path().join("cache"));
    assert_error(command.args(["sim", SMALL, "--timeout", "1"]))
}

#[test]
fn missing() {
    let work = folder();
    let expected = "error: `verilator` was not found\n  help: install it with: apt-get install \
                    verilator g++\n";
    for (variable, value) in [("BITWEIGHT_VERILATOR", "/nonexistent"), ("PATH", "/nonexistent")] {
        let mut command = bitweight(work.path());
        let error = assert_error(command.env(variable, value).args(["sim", SMALL]));
        assert_eq!(error, expected);
    }
}

#[test]
fn not_executable() {
    let work = folder();
    let path = work.path().join("verilator");
    fs::write(&path, "").unwrap();
    let mut command = bitweight(work.path());
    let error = assert_error(command.env("BITWEIGHT_VERILATOR", path).args(["sim", SMALL]));
    assert!(error.contains("cannot start `") && error.contains("Permission denied"), "{error}");
}

#[test]
fn too_old() {
    let error = error_with("echo 'Verilator 4.038 2020-07-11 rev v4.036-114-g0cd4a57ad'");
    assert!(error.contains("`verilator` is version 4.038, but 5.0 or newer is needed"), "{error}");
    assert!(error.contains("help: "), "{error}");
}

#[test]
fn failing() {
    let error = error_with("echo '%Error: the licence of this tool expired' >&2; exit 1");
    assert!(error.contains("failed (exit status: 1)"), "{error}");
    assert!(error.contains("  | %Error: the licence of this tool expired"), "{error}");
    assert!(error.contains("command: "), "{error}");
}

/// The version is fine and the translation fails, which is how a Verilog error looks.
#[test]
fn failing_late() {
    let script = "case $1 in -V) echo 'Verilator 5.006 2023-01-22';; \
                  --getenv) echo /nonexistent;; *) echo '%Error: no' >&2; exit 3;; esac";
    let error = error_with(script);
    assert!(error.contains("translating the Verilog to C++ (Verilator) failed"), "{error}");
    assert!(error.contains("exit status: 3") && error.contains("| %Error: no"), "{error}");
}

#[test]
fn hanging() {
    let error = error_with("sleep 600; true");
    assert!(error.contains("did not finish within 1 s and was stopped"), "{error}");
    assert!(error.contains("help: raise the limit with --timeout"), "{error}");
}

#[test]
fn a_cache_that_cannot_be_used() {
    let work = folder();
    let mut command = bitweight(work.path());
    command.env("BITWEIGHT_CACHE", work.path().join(SMALL));
    let error = assert_error(command.args(["sim", SMALL]));
    assert!(error.contains("cannot use the simulator cache at "), "{error}");
    assert!(error.contains("help: set BITWEIGHT_CACHE to a writable folder"), "{error}");
}
