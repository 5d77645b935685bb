//! What is given to the C++ compiler at a time.

use std::fs;
use std::io;
use std::path::Path;

/// Bytes of generated C++ up to which a design is one unit. Reading headers once saves more than
/// a second processor would.
const ONE_UNIT: u64 = 1 << 20;

/// Code that runs only once is not worth optimising.
const SLOW: &str = "#pragma GCC optimize(\"O0\")\n";

/// A piece of C++ that is compiled on its own.
pub(super) struct Unit {
    /// Name without extension.
    pub name: String,
    /// The text: inclusions.
    pub text: String,
}

/// A generated file.
struct Generated {
    name: String,
    bytes: u64,
    /// Only run once, before and after the simulation.
    slow: bool,
}

/// The units of a model: `driver`, which is a text to be compiled, and the files in `generated`.
/// Small designs are one unit, large ones one for each processor and for code that runs only once.
pub(super) fn units(driver: &str, generated: &Path) -> io::Result<Vec<Unit>> {
    let files = generated_files(generated)?;
    let bytes: u64 = files.iter().map(|file| file.bytes).sum();
    if bytes <= ONE_UNIT {
        return Ok(vec![one_unit(driver, &files)]);
    }
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    Ok(many_units(driver, &files, processors))
}

fn generated_files(folder: &Path) -> io::Result<Vec<Generated>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".cpp") {
            let slow = name.contains("__Slow") || name.contains("__Syms");
            files.push(Generated { name, bytes: entry.metadata()?.len(), slow });
        }
    }
    files.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(files)
}

fn include(files: &[Generated], slow: bool) -> String {
    let chosen = files.iter().filter(|file| file.slow == slow);
    chosen.map(|file| format!("#include \"{}\"\n", file.name)).collect()
}

fn one_unit(driver: &str, files: &[Generated]) -> Unit {
    let text = [driver, &include(files, false), SLOW, &include(files, true)].concat();
    Unit { name: "whole".to_owned(), text }
}

fn many_units(driver: &str, files: &[Generated], processors: usize) -> Vec<Unit> {
    let slow = Unit { name: "slow".to_owned(), text: SLOW.to_owned() + &include(files, true) };
    let driver = Unit { name: "driver".to_owned(), text: driver.to_owned() };
    let mut fast: Vec<(u64, Unit)> = (0..processors.max(1))
        .map(|index| (0, Unit { name: format!("fast{index}"), text: String::new() }))
        .collect();
    for file in files.iter().filter(|file| !file.slow) {
        if let Some((bytes, unit)) = fast.iter_mut().min_by_key(|(bytes, _)| *bytes) {
            unit.text += &format!("#include \"{}\"\n", file.name);
            *bytes += file.bytes;
        }
    }
    let fast = fast.into_iter().map(|(_, unit)| unit).filter(|unit| !unit.text.is_empty());
    // The longest first.
    fast.chain([slow, driver]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_designs_are_one_unit_and_every_file_is_in_one() {
        let file = |name: &str, bytes, slow| Generated { name: name.to_owned(), bytes, slow };
        let fast = [("a.cpp", 9), ("b.cpp", 5), ("c.cpp", 5)];
        let mut files = Vec::from(fast.map(|(name, bytes)| file(name, bytes, false)));
        files.push(file("s__Slow.cpp", 7, true));
        let whole = one_unit("driver\n", &files).text;
        let order = ["driver", "a.cpp", "b.cpp", "c.cpp", "O0", "s__Slow.cpp"];
        let places: Vec<usize> = order.iter().map(|name| whole.find(name).unwrap()).collect();
        assert!(places.is_sorted(), "{whole}");
        let names = |unit: &Unit| (unit.name.clone(), unit.text.matches(".cpp").count());
        let split: Vec<_> = many_units("driver\n", &files, 2).iter().map(names).collect();
        let expected = [("fast0", 1), ("fast1", 2), ("slow", 1), ("driver", 0)];
        assert_eq!(split, expected.map(|(name, count)| (name.to_owned(), count)));
    }
}
