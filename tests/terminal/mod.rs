//! The program as it is started from a terminal.

// Every binary compiles this file and uses a part of it.
#![allow(dead_code)]

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// A design in the folder that [`folder`] makes.
pub const SMALL: &str = "tiny.yaml";

/// An empty folder with a small design in it.
pub fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let yaml = "array: {systolic_os: {rows: 2, cols: 3}}\nelement: opt1\n\
                operands: {a: {width: 4}, b: {width: 3}}\naccumulator: {k_max: 50}\n";
    fs::write(folder.path().join(SMALL), yaml).unwrap();
    folder
}

/// The program, to be run in `folder`.
pub fn bitweight(folder: &Path) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("bitweight"));
    command.current_dir(folder);
    command
}

/// A shell script that finds the program in `$BITWEIGHT`.
pub fn shell(folder: &Path, script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]).current_dir(folder);
    command.env("BITWEIGHT", assert_cmd::cargo::cargo_bin!("bitweight"));
    command
}

fn run(command: &mut Command) -> (Option<i32>, String, String) {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
    let (out, error) = (text(output.stdout), text(output.stderr));
    // What takes longer than a moment tells its steps, which is a matter of the machine.
    let told = |line: &&str| !line.contains(", step ");
    let error: String = error.split_inclusive('\n').filter(told).collect();
    assert!(!error.contains("panicked"), "{error}");
    (output.status.code(), out, error)
}

/// Runs to success; gives what was printed.
pub fn succeeds(command: &mut Command) -> String {
    let (code, out, error) = run(command);
    assert_eq!(code, Some(0), "{command:?}\n{out}{error}");
    out
}

/// Runs to a failure; gives exit code, output and error.
pub fn fails(command: &mut Command) -> (i32, String, String) {
    let (code, out, error) = run(command);
    let code = code.expect("not ended by a signal");
    assert_ne!(code, 0, "{command:?}\n{out}{error}");
    (code, out, error)
}

/// Runs to an error of the user's or the system's making; gives the message.
pub fn assert_error(command: &mut Command) -> String {
    let (code, out, error) = fails(command);
    assert_eq!(code, 2, "{command:?}\n{out}{error}");
    assert!(error.starts_with("error: "), "{error}");
    assert!(out.is_empty() || out.starts_with('{'), "an error prints no result: {out}");
    error
}

/// Runs to success; gives the one JSON object that was printed.
pub fn json(command: &mut Command) -> serde_json::Value {
    let out = succeeds(command);
    let value: serde_json::Value = serde_json::from_str(&out).expect("one JSON object");
    assert_eq!(value["format_version"], 1);
    assert_eq!(value["bitweight"], env!("CARGO_PKG_VERSION"));
    value
}
