//! What the test binaries share: the designs under test, workers, tools.

// Every binary compiles this file and uses a part of it.
#![allow(dead_code)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use bitweight::config::{self, PRESETS};
use bitweight::design::{Design, Side};
use bitweight::{rtl, tool};

/// A design under test.
pub struct Case {
    pub design: Design,
    /// What the command line takes: name of the preset or path of the file.
    pub argument: String,
}

impl Case {
    pub fn name(&self) -> &str {
        &self.design.name
    }

    fn load(argument: String) -> Self {
        let design = config::load(&argument).unwrap_or_else(|error| panic!("{error}"));
        Self { design, argument }
    }
}

/// Verilog parameters of the top that override dimensions, for these numbers of rows and columns:
/// those that the design's topology has.
pub fn overrides(design: &Design, rows: usize, cols: usize) -> Vec<(&'static str, usize)> {
    let value = |side: &Side| match side {
        Side::Rows => Some((side.parameter(), rows)),
        Side::Cols => Some((side.parameter(), cols)),
        // The terms of a sum in space are unrolled.
        Side::Depth => None,
    };
    design.array.topology.sides().iter().filter_map(value).collect()
}

/// Root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files of a folder with this extension, sorted.
pub fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|found| found == extension));
    paths.sort();
    paths
}

/// All presets.
pub fn presets() -> Vec<Case> {
    PRESETS.iter().map(|preset| Case::load(preset.name.to_owned())).collect()
}

/// The small designs of `testbench/designs`.
pub fn test_designs() -> Vec<Case> {
    let paths = files(&root().join("testbench/designs"), "yaml");
    assert!(!paths.is_empty(), "testbench/designs is part of the repository");
    paths.iter().map(|path| Case::load(path.to_string_lossy().into_owned())).collect()
}

/// Everything that every check must hold for. Large designs come first: they take longest.
pub fn all_designs() -> Vec<Case> {
    let mut cases = presets();
    cases.extend(test_designs());
    cases.sort_by_key(|case| std::cmp::Reverse(case.design.array.multipliers()));
    cases
}

/// Applies `check` to all items on all processors, and fails with everything that it complained
/// about.
pub fn check_all<T: Sync>(items: &[T], check: impl Fn(&T) -> Result<(), String> + Sync) {
    assert!(!items.is_empty(), "nothing to check");
    let complaints = Mutex::new(Vec::new());
    let next = AtomicUsize::new(0);
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers.min(items.len()) {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(complaint) = check(item) {
                        complaints.lock().unwrap().push(complaint);
                    }
                }
            });
        }
    });
    let complaints = complaints.into_inner().unwrap();
    assert!(
        complaints.is_empty(),
        "{} of {} failed:\n{}",
        complaints.len(),
        items.len(),
        complaints.join("\n")
    );
}

/// What a program said.
pub struct Said {
    pub success: bool,
    /// Standard output, then standard error.
    pub text: String,
}

/// Runs a tool that the tests need in `folder`.
pub fn run_tool(program: &str, folder: &Path, arguments: &[String]) -> Said {
    let help = format!("the tests need it; install it with: apt-get install {program}");
    let path = tool::find(program, &help).unwrap_or_else(|error| panic!("{error}"));
    let output = Command::new(path).args(arguments).current_dir(folder).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    Said {
        success: output.status.success(),
        text: String::from_utf8_lossy(&text).trim().to_owned(),
    }
}

/// Writes the Verilog of a design; gives the file names in compile order.
pub fn write_verilog(design: &Design, folder: &Path) -> Vec<String> {
    let write = |module: rtl::Module| {
        fs::write(folder.join(module.file()), &module.text).unwrap();
        module.file()
    };
    rtl::modules(design).into_iter().map(write).collect()
}
