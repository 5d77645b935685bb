//! Builds a simulator from Verilog: Verilator, then the C++ compiler, once per content.
//!
//! What was built is kept in a cache, keyed by sources, flags and tool versions. A build happens
//! in a folder of its own and is renamed when it is complete, under a lock per key, so parallel
//! runs neither disturb each other nor do the work twice. The least recently used simulators go
//! when the cache outgrows its limit.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::cache::{evict, lock, sweep, work_folder};
use super::compile::compile;
use super::tools::Tools;
use crate::cache;
use crate::tool::{ToolError, Version};

/// The generic driver.
pub const HARNESS: &str = include_str!("../../sim/harness.cpp");

/// Oldest Verilator whose generated C++ the driver understands.
pub const OLDEST_VERILATOR: &[u32] = &[5, 0];

/// Optimisation of the model's C++. On arrays of elements -O1 is as fast as -O3 and compiles in a
/// quarter of the time.
pub(super) const OPTIMISATION: &str = "-O1";

/// How to install what a build needs.
pub(crate) const INSTALL: &str = "install it with: apt-get install verilator g++";

/// What is to be simulated.
#[derive(Clone, Debug)]
pub struct Source {
    /// Name of the top module.
    pub top: String,
    /// File names and texts.
    pub files: Vec<(String, String)>,
    /// The C++ program around the model, [`HARNESS`] as a rule.
    pub driver: String,
    /// The port table for the driver, see [`super::ports`].
    pub ports: String,
    /// Whether it can write waveforms.
    pub trace: bool,
}

/// Why there is no simulator.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A tool is missing or failed.
    #[error(transparent)]
    Tool(#[from] ToolError),
    /// The cache cannot be used.
    #[error(
        "cannot use the simulator cache at {path}: {reason}\n  help: set BITWEIGHT_CACHE to a writable folder"
    )]
    Cache {
        /// Folder or file.
        path: PathBuf,
        /// What the system said.
        reason: io::Error,
    },
}

/// Names the file in an input or output error.
pub(super) trait At<T> {
    fn at(self, path: &Path) -> Result<T, BuildError>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, path: &Path) -> Result<T, BuildError> {
        self.map_err(|reason| BuildError::Cache { path: path.to_owned(), reason })
    }
}

/// A simulator that is ready to run.
#[derive(Clone, Debug)]
pub struct Simulator {
    /// The program.
    pub path: PathBuf,
    /// Version of the Verilator that made it.
    pub verilator: String,
}

/// A simulator of `source`, built if it is not in the cache.
///
/// # Errors
/// [`BuildError`] when a tool is missing, fails or exceeds `limit`, or the cache is not writable.
pub fn build(source: &Source, limit: Duration) -> Result<Simulator, BuildError> {
    let tools = Tools::find(limit)?;
    let flags = verilator_flags(source, &tools.version);
    let mut parts = vec![tools.verilator_text.as_str(), &tools.compiler_text, OPTIMISATION];
    parts.extend([source.driver.as_str(), &source.ports]);
    parts.extend(flags.iter().map(String::as_str));
    for (name, text) in &source.files {
        parts.extend([name.as_str(), text.as_str()]);
    }
    let key = cache::hash(&parts);
    let cache = cache::folder();
    let models = cache.join("models");
    fs::create_dir_all(&models).at(&models)?;
    let finished = models.join(&key);
    let model = finished.join("model");
    let simulator = Simulator { path: model.clone(), verilator: tools.version.to_string() };
    let _lock = lock(&cache, &key)?;
    let stamp = finished.join("used");
    if model.is_file() {
        fs::write(&stamp, "").at(&stamp)?;
        return Ok(simulator);
    }
    sweep(&cache);
    let work = work_folder(&cache, &key)?;
    compile(source, &tools, &flags, work.path(), &cache, limit)?;
    fs::create_dir_all(work.path().join("done")).at(work.path())?;
    let done = work.path().join("done");
    fs::rename(work.path().join("model"), done.join("model")).at(&done)?;
    fs::write(done.join("used"), "").at(&done)?;
    // What lies there without a model is the rest of something that was interrupted.
    let _ = fs::remove_dir_all(&finished);
    fs::rename(&done, &finished).at(&finished)?;
    evict(&models, &key);
    Ok(simulator)
}

fn verilator_flags(source: &Source, version: &Version) -> Vec<String> {
    let mut flags: Vec<String> = ["--cc", "-O3", "--noassert", "--prefix", "Vtop", "--Mdir", "cpp"]
        .map(str::to_owned)
        .to_vec();
    // Lint is checked elsewhere; a user's own edits shall simulate whatever their style.
    flags.extend(["-Wno-lint", "-Wno-style", "-Wno-fatal"].map(str::to_owned));
    // Registers start with random values, so that a missing reset shows.
    flags.extend(["--x-assign", "unique", "--x-initial", "unique"].map(str::to_owned));
    if *version >= Version::of(&[5, 2]) {
        // Compressor trees are made of many small vectors. Substituting them into each other
        // multiplies the C++ by up to fifty.
        flags.push("-fno-gate".to_owned());
        // 5.006 loses an inversion when it folds `~(a ^ b)` of single bits into a tree of XORs.
        flags.push("-fno-const-bit-op-tree".to_owned());
    }
    if source.trace {
        flags.push("--trace-fst".to_owned());
    }
    flags.extend(["--top-module".to_owned(), source.top.clone()]);
    flags
}
