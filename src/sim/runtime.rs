//! The objects of Verilator's own runtime, compiled once for all simulators.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::build::{At as _, BuildError, OPTIMISATION};
use super::cache::{lock, work_folder};
use super::tools::Tools;
use crate::cache;
use crate::parallel;
use crate::tool::Invocation;

/// Verilator's own runtime, compiled once per version and flags.
pub(super) fn runtime_objects(
    generated: &Path,
    tools: &Tools,
    options: &[String],
    cache: &Path,
    limit: Duration,
) -> Result<Vec<PathBuf>, BuildError> {
    // The generated makefile lists what the model needs.
    let makefile = generated.join("Vtop_classes.mk");
    let text = fs::read_to_string(&makefile).at(&makefile)?;
    let mut listing = false;
    let mut names = Vec::new();
    for line in text.lines() {
        let entry = line.trim().trim_end_matches('\\').trim();
        if line.starts_with("VM_GLOBAL_FAST") || line.starts_with("VM_GLOBAL_SLOW") {
            listing = true;
        } else if entry.is_empty() || line.starts_with('#') {
            listing = false;
        } else if listing {
            names.push(entry.to_owned());
        }
    }
    let mut parts: Vec<&str> = options.iter().map(String::as_str).collect();
    parts.extend(names.iter().map(String::as_str));
    parts.extend([OPTIMISATION, &tools.verilator_text, &tools.compiler_text]);
    let key = cache::hash(&parts);
    let folder = cache.join("runtime").join(&key);
    let objects: Vec<PathBuf> = names.iter().map(|name| folder.join(format!("{name}.o"))).collect();
    let _lock = lock(cache, &key)?;
    if objects.iter().all(|object| object.is_file()) {
        return Ok(objects);
    }
    let work = work_folder(cache, &key)?;
    parallel::map(&names, |name: &String| {
        Invocation::new("compiling the Verilator runtime (g++)", &tools.compiler)
            .args(options)
            .args([OPTIMISATION, "-c"])
            .arg(tools.include.join(format!("{name}.cpp")))
            .arg("-o")
            .arg(work.path().join(format!("{name}.o")))
            .run(limit)
    })?;
    fs::create_dir_all(&folder).at(&folder)?;
    for (name, object) in names.iter().zip(&objects) {
        fs::rename(work.path().join(format!("{name}.o")), object).at(object)?;
    }
    Ok(objects)
}
