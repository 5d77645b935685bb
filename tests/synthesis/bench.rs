//! A tiny design in a folder with a cache of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use assert_cmd::Command as Cli;
use bitweight::synth::library::DEFAULT;
use bitweight::tool;
use serde_json::Value;

pub const TINY: &str = "name: tiny
array:
  systolic_os: {rows: 2, cols: 2}
element: ELEMENT
operands:
  a: {width: 3}
  b: {width: 3}
accumulator: {width: 8}
";

pub const TINY_LAYER: &str = "name: tiny
layer:
  linear: {inputs: 24, outputs: 4}
folding: {simd: 8, lanes: 2}
epilogue:
  - threshold: {compare: greater_equal}
";

/// Whether the tools and the default library are there; says so if not.
pub fn equipped() -> bool {
    let missing = |name: &&str| tool::find(name, "").is_err();
    let missing: Vec<&str> = ["yosys", "yosys-abc", "sta"].into_iter().filter(missing).collect();
    if missing.is_empty() && Path::new(DEFAULT).is_file() {
        return true;
    }
    eprintln!("SKIPPED: needs {DEFAULT} and {missing:?}");
    false
}

/// A folder with a tiny design and a cache of its own.
pub struct Bench {
    pub folder: tempfile::TempDir,
}

/// The configuration of a small design with this element.
pub fn tiny(element: &str) -> String {
    TINY.replace("ELEMENT", element)
}

impl Bench {
    pub fn new(element: &str) -> Self {
        Self::of(&tiny(element))
    }

    /// With a design of its own.
    pub fn of(yaml: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("tiny.yaml"), yaml).unwrap();
        Self { folder }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn command(&self, arguments: &[&str]) -> Cli {
        let mut command = Cli::cargo_bin("bitweight").unwrap();
        command.current_dir(self.folder.path()).env("BITWEIGHT_CACHE", self.path("cache"));
        command.args(["synth", "tiny.yaml"]).args(arguments);
        command
    }

    /// The report of a run that must succeed.
    pub fn report(&self, arguments: &[&str]) -> Value {
        let output = self.command(arguments).arg("--json").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// What a run that must fail with this code says.
    pub fn refusal(&self, arguments: &[&str], code: i32) -> String {
        let output = self.command(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{said}");
        said
    }

    pub fn library(&self, edit: impl Fn(&str) -> String) -> String {
        let text = fs::read_to_string(DEFAULT).unwrap();
        fs::write(self.path("edited.lib"), edit(&text)).unwrap();
        "edited.lib".to_owned()
    }
}

pub fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// Area by `yosys stat -liberty` of a netlist that was written.
pub fn area_by_hand(bench: &Bench, top: &str) -> f64 {
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
