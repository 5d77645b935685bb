//! Lists the preset files, so that adding a preset is adding a file: those of arrays in
//! `src/presets`, those of binarized layers in `src/presets/binary`, those of blocks of them in
//! `src/presets/blocks`.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

fn main() {
    list("src/presets", "presets.rs");
    list("src/presets/binary", "layer_presets.rs");
    list("src/presets/blocks", "block_presets.rs");
}

/// Writes the list of the presets in a folder of the crate.
fn list(folder: &str, output: &str) {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("set by cargo")).join(folder);
    println!("cargo::rerun-if-changed={}", folder.display());
    let entries = fs::read_dir(&folder).expect("the folder is part of the crate");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("a readable folder").path()).collect();
    files.sort();
    let mut list = String::from("&[\n");
    for file in files.iter().filter(|file| file.extension().is_some_and(|e| e == "yaml")) {
        let name = file.file_stem().expect("a file has a name").to_string_lossy();
        let path = file.to_string_lossy();
        writeln!(list, "    Preset {{ name: {name:?}, yaml: include_str!({path:?}) }},")
            .expect("writing to a string");
    }
    list.push_str("]\n");
    let out = Path::new(&env::var("OUT_DIR").expect("set by cargo")).join(output);
    fs::write(out, list).expect("the build folder is writable");
}
