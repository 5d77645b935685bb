//! What is demanded of the answer to a configuration.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use bitweight::binary::Layer;
use bitweight::config::{self, Described};
use bitweight::export::Package;

/// How a configuration was answered.
pub enum Verdict {
    Accepted,
    Refused,
}

/// Name of the file in which a configuration is given.
const FILE: &str = "fuzz.yaml";

/// Multiplications and cells up to which a package is generated: larger ones differ in size only.
const LARGEST: usize = 4096;

/// Loads a text as a file in `folder`, and complains of an answer that is not as it should be.
pub fn judge(folder: &Path, text: &str) -> Result<Verdict, String> {
    let path = folder.join(FILE);
    fs::write(&path, text).unwrap();
    match config::describe(&path.to_string_lossy()) {
        Err(error) => explained(&error.to_string(), text).map(|()| Verdict::Refused),
        Ok(described) => sound(folder, &described).map(|()| Verdict::Accepted),
    }
}

/// What every refusal owes its reader.
fn explained(message: &str, text: &str) -> Result<(), String> {
    let complain = |what: &str| Err(format!("{what}:\n{message}"));
    if !message.starts_with("error: ") {
        return complain("no error");
    }
    if !message.contains("= help: ") {
        return complain("no help");
    }
    // An empty file has no lines, and where its name is at fault there is none to show.
    let lines = text.split_whitespace().next().is_some() && !message.contains("or rename the file");
    if lines && !message.contains(&format!("{FILE}:")) {
        return complain("no line");
    }
    for internal in ["Serde", "serde", "saphyr", "enum ", "struct ", "i64", "usize", "u64"] {
        // What the text itself says may be repeated.
        if message.contains(internal) && !text.contains(internal) {
            return complain("speaks of the program's insides");
        }
    }
    Ok(())
}

fn is_small(described: &Described) -> bool {
    match described {
        Described::Array(design) => {
            let (a, b) = (design.operand_a().width(), design.operand_b().width());
            let lanes = design.depth() * design.lanes.max(1);
            let elements = design.rows().saturating_mul(design.cols());
            lanes.saturating_mul(a * b) <= LARGEST
                && elements.saturating_mul(lanes) <= LARGEST
                && design.accumulator.width <= 96
        }
        Described::Layer(layer) => is_small_layer(layer),
        Described::Block(block) => block.layers().iter().all(is_small_layer),
    }
}

fn is_small_layer(layer: &Layer) -> bool {
    let geometry = layer.geometry();
    let sizes = [geometry.taps(), geometry.channels, geometry.outputs, geometry.output_positions()];
    let work = sizes.iter().fold(1usize, |product, size| product.saturating_mul(*size));
    let values = layer.parameters().activations.values().len();
    work <= 16 * LARGEST && layer.simd() * layer.lanes() * values <= LARGEST
}

/// A package without double names, whose configuration gives the same package.
fn sound(folder: &Path, described: &Described) -> Result<(), String> {
    if !is_small(described) {
        return Ok(());
    }
    let first = Package::new(described.machine());
    let mut names = HashSet::new();
    for file in &first.files {
        if !names.insert(file.path.as_str()) {
            return Err(format!("two files are called {}", file.path));
        }
        if file.path.ends_with(".v") && !file.path.contains('/') {
            unique_declarations(&file.path, &file.text)?;
        }
    }
    let yaml = format!("{}.yaml", described.machine().name());
    let written = first.files.iter().find(|file| file.path == yaml);
    let written = written.ok_or_else(|| format!("no {yaml} in the package"))?;
    let path = folder.join(&yaml);
    fs::write(&path, &written.text).unwrap();
    let again = config::describe(&path.to_string_lossy());
    let _ = fs::remove_file(&path);
    let again = again.map_err(|error| {
        format!("the written configuration is refused: {error}\n{}", written.text)
    })?;
    let second = Package::new(again.machine());
    for (one, other) in first.files.iter().zip(&second.files) {
        if one.path != other.path || one.text != other.text {
            let lines = one.text.lines().zip(other.text.lines());
            let differs = lines.into_iter().find(|(one, other)| one != other);
            let paths = (&one.path, &other.path);
            return Err(format!("loaded again it gives another {paths:?}: {differs:?}"));
        }
    }
    if first.files.len() != second.files.len() {
        return Err("loaded again it gives other files".to_owned());
    }
    Ok(())
}

/// The names that a module declares outside of its generate blocks.
fn unique_declarations(path: &str, text: &str) -> Result<(), String> {
    let mut names = HashSet::new();
    let mut modules = 0;
    for line in text.lines() {
        if line.starts_with("module ") {
            modules += 1;
        }
        let Some(code) = line.strip_prefix("  ").filter(|code| !code.starts_with(' ')) else {
            continue;
        };
        let Some(name) = declared(code) else { continue };
        if !names.insert(name.to_owned()) {
            return Err(format!("{path} declares `{name}` twice"));
        }
    }
    if modules == 1 { Ok(()) } else { Err(format!("{path} has {modules} modules")) }
}

/// The name that a line declares.
fn declared(code: &str) -> Option<&str> {
    let keywords = [
        "input",
        "output",
        "wire",
        "reg",
        "signed",
        "integer",
        "genvar",
        "parameter",
        "localparam",
    ];
    let mut words = code.split_whitespace().peekable();
    if !words.next().is_some_and(|word| keywords.contains(&word)) {
        return None;
    }
    let mut rest = code;
    loop {
        rest = rest.trim_start();
        if rest.starts_with('[') {
            rest = &rest[rest.find(']')? + 1..];
            continue;
        }
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        if keywords.contains(&word) {
            rest = after;
            continue;
        }
        return Some(word).filter(|word| !word.is_empty());
    }
}
