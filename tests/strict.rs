//! Every emitted file is taken by the strictest front end, slang, as Verilog-2005 and as
//! SystemVerilog.

mod common;

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use bitweight::config::{self, BLOCK_PRESETS, LAYER_PRESETS};
use bitweight::rtl::{self, Module};
use common::{all_designs, root};

/// A Python that has pyslang: the one that `scripts/tools` sets up, or the user's.
fn python() -> Option<PathBuf> {
    let target = PathBuf::from(std::env::var_os("CARGO_TARGET_DIR").unwrap_or("target".into()));
    let own = root().join(target).join("slang/bin/python");
    [own, PathBuf::from("python3")].into_iter().find(|python| {
        let mut ask = Command::new(python);
        ask.args(["-c", "import pyslang.driver"]).stderr(Stdio::null());
        ask.status().is_ok_and(|status| status.success())
    })
}

/// Arrays, layers and blocks: the modules of each, the top last.
fn designs() -> Vec<Vec<Module>> {
    let arrays = all_designs().into_iter().map(|case| rtl::modules(&case.design));
    let layers = LAYER_PRESETS.iter().map(|preset| {
        let layer = config::parse_layer(preset.yaml, preset.name, preset.name).unwrap();
        rtl::binary::modules(&layer)
    });
    let blocks = BLOCK_PRESETS.iter().map(|preset| {
        let block = config::parse_block(preset.yaml, preset.name, preset.name).unwrap();
        rtl::binary::block_modules(&block)
    });
    arrays.chain(layers).chain(blocks).collect()
}

#[test]
fn slang_has_no_warning() {
    let Some(python) = python() else {
        println!("skipped: there is no pyslang; scripts/tools sets it up where pip works");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut jobs = String::new();
    for modules in designs() {
        let top = &modules.last().unwrap().name;
        fs::create_dir(folder.path().join(top)).unwrap();
        let mut files = String::new();
        for module in &modules {
            let file = format!("{top}/{}", module.file());
            fs::write(folder.path().join(&file), &module.text).unwrap();
            files += &format!(" {file}");
        }
        for standard in ["1364-2005", "1800-2017"] {
            jobs += &format!("{standard} {top}{files}\n");
        }
    }
    let mut slang = Command::new(python);
    slang.arg(root().join("scripts/slang.py")).current_dir(folder.path());
    slang.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = slang.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(jobs.as_bytes()));
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && errors.is_empty(), "{said}\n{errors}");
    writer.join().unwrap().unwrap();
}
