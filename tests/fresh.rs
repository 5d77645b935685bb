//! `rtl_out`, which shows the output of the presets to readers without the tool, is what the tool
//! writes now.

mod common;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use bitweight::config::{self, Preset};
use bitweight::export::{self, Package};
use common::{check_all, root};

/// Bytes that the folder may take in the repository, the properties of control modules included.
const LIMIT: u64 = 10_000_000;

fn presets() -> Vec<&'static Preset> {
    config::presets().collect()
}

fn package(preset: &Preset) -> Package {
    Package::new(config::describe(preset.name).unwrap().machine())
}

fn folder() -> PathBuf {
    root().join("rtl_out")
}

#[test]
fn the_checked_in_output_is_fresh() {
    check_all(&presets(), |preset| {
        let package = package(preset);
        let differences = export::check(&package, &folder().join(preset.name)).unwrap();
        if differences.is_empty() {
            return Ok(());
        }
        let list: Vec<String> = differences.iter().map(ToString::to_string).collect();
        let help = "refresh it with: cargo run -- gen --presets -o rtl_out";
        Err(format!("{}:\n  {}\n{help}", preset.name, list.join("\n  ")))
    });
}

#[test]
fn nothing_else_is_checked_in() {
    let mut expected = BTreeSet::new();
    for preset in presets() {
        let package = package(preset);
        let base = folder().join(preset.name);
        expected.extend(package.files.iter().map(|file| base.join(&file.path)));
    }
    let mut found = BTreeSet::new();
    collect(&folder(), &mut found);
    let surplus: Vec<_> = found.difference(&expected).collect();
    assert!(surplus.is_empty(), "not written by `gen --presets`: {surplus:?}");
    let size: u64 = found.iter().map(|path| path.metadata().unwrap().len()).sum();
    assert!(size < LIMIT, "rtl_out has {size} bytes");
}

fn collect(folder: &Path, found: &mut BTreeSet<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else {
            found.insert(path);
        }
    }
}
