//! Builds a simulator from Verilog: Verilator, then the C++ compiler, once per content.
//!
//! What was built is kept in a cache, keyed by sources, flags and tool versions. A build happens
//! in a folder of its own and is renamed when it is complete, under a lock per key, so parallel
//! runs neither disturb each other nor do the work twice. The least recently used simulators go
//! when the cache outgrows its limit.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::cache::evict;
use super::runtime::runtime_objects;
use crate::cache;
use crate::parallel;
use crate::tool::{self, Invocation, ToolError, Version};

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

/// The installed tools.
pub(super) struct Tools {
    verilator: PathBuf,
    version: Version,
    pub version_text: String,
    pub compiler: PathBuf,
    pub include: PathBuf,
}

impl Tools {
    fn find(limit: Duration) -> Result<Self, ToolError> {
        let verilator = tool::find("verilator", INSTALL)?;
        let compiler = tool::find("g++", INSTALL)?;
        let ask = |what: &str, argument: &[&str]| {
            let run = Invocation::new(what, &verilator).args(argument);
            run.run(limit).map(|output| output.stdout.trim().to_owned())
        };
        let version_text = ask("asking Verilator for its version", &["--version"])?;
        let needed = Version::of(OLDEST_VERILATOR);
        let version = Version::find(&version_text).unwrap_or(Version::of(&[0]));
        if version < needed {
            return Err(ToolError::TooOld {
                program: "verilator".to_owned(),
                found: version.to_string(),
                needed: needed.to_string(),
                help: "Debian 12 and Ubuntu 24.04 have one that is new enough".to_owned(),
            });
        }
        let root = ask("asking Verilator for its folder", &["--getenv", "VERILATOR_ROOT"])?;
        let include = Path::new(&root).join("include");
        Ok(Self { verilator, version, version_text, compiler, include })
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
    let mut parts = vec![tools.version_text.as_str(), OPTIMISATION, &source.driver, &source.ports];
    parts.extend(flags.iter().map(String::as_str));
    for (name, text) in &source.files {
        parts.extend([name.as_str(), text.as_str()]);
    }
    let key = cache::hash(&parts);
    let cache = cache::folder();
    let (models, locks) = (cache.join("models"), cache.join("locks"));
    for folder in [&models, &locks] {
        fs::create_dir_all(folder).at(folder)?;
    }
    let finished = models.join(&key);
    let model = finished.join("model");
    let simulator = Simulator { path: model.clone(), verilator: tools.version.to_string() };
    let lock_path = locks.join(&key);
    let lock = File::create(&lock_path).at(&lock_path)?;
    lock.lock().at(&lock_path)?;
    let stamp = finished.join("used");
    if model.is_file() {
        fs::write(&stamp, "").at(&stamp)?;
        return Ok(simulator);
    }
    let work = tempfile::Builder::new().prefix("build-").tempdir_in(&cache).at(&cache)?;
    compile(source, &tools, &flags, work.path(), &cache, limit)?;
    fs::create_dir_all(work.path().join("done")).at(work.path())?;
    let done = work.path().join("done");
    fs::rename(work.path().join("model"), done.join("model")).at(&done)?;
    fs::write(done.join("used"), "").at(&done)?;
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

/// File that tells Verilator which modules stay functions of their own.
const SHARED_CODE: &str = "shared.vlt";

/// Keeps the modules without a clock, the trees and adders, as functions that all their instances
/// share. All others are inlined: the clock of every instance that is not is looked at on its own in
/// every cycle, and in front of everything that depends on it.
fn shared_code(files: &[(String, String)]) -> String {
    let mut text = "`verilator_config\n".to_owned();
    for (name, _) in files.iter().filter(|(_, verilog)| !verilog.contains("clk")) {
        let module = Path::new(name).file_stem().unwrap_or_default().to_string_lossy();
        text += &format!("no_inline -module \"{module}\"\n");
    }
    text
}

/// Verilates and compiles in `work`; the simulator is then `work/model`.
fn compile(
    source: &Source,
    tools: &Tools,
    flags: &[String],
    work: &Path,
    cache: &Path,
    limit: Duration,
) -> Result<(), BuildError> {
    let write = |name: &str, text: &str| {
        let path = work.join(name);
        fs::write(&path, text).at(&path)
    };
    for (name, text) in &source.files {
        write(name, text)?;
    }
    write("ports.inc", &source.ports)?;
    write("harness.cpp", &source.driver)?;
    write(SHARED_CODE, &shared_code(&source.files))?;
    Invocation::new("translating the Verilog to C++ (Verilator)", &tools.verilator)
        .args(flags)
        .args([SHARED_CODE])
        .args(source.files.iter().map(|(name, _)| name))
        .folder(work)
        .run(limit)?;

    let generated = work.join("cpp");
    let mut units = vec![("harness".to_owned(), "#include \"harness.cpp\"\n".to_owned(), false)];
    units.extend(translation_units(&generated).at(&generated)?);
    let mut options = vec![
        "-std=c++17".to_owned(),
        "-w".to_owned(),
        "-I.".to_owned(),
        "-Icpp".to_owned(),
        format!("-I{}", tools.include.display()),
        format!("-I{}", tools.include.join("vltstd").display()),
        "-DVM_COVERAGE=0".to_owned(),
        "-DVM_SC=0".to_owned(),
        format!("-DVM_TRACE={}", u8::from(source.trace)),
        format!("-DVM_TRACE_FST={}", u8::from(source.trace)),
        "-DVM_TRACE_VCD=0".to_owned(),
    ];
    let runtime = runtime_objects(&generated, tools, &options, cache, limit)?;
    options.push("-DMODEL_HEADER=\"Vtop.h\"".to_owned());
    options.push("-DMODEL=Vtop".to_owned());
    if source.ports.contains("SOURCE(") {
        options.push("-DHAS_STREAMS".to_owned());
    }
    for (name, text, _) in &units {
        write(&format!("{name}_unit.cpp"), text)?;
    }
    let compile_unit = |(name, _, slow): &(String, String, bool)| {
        Invocation::new("compiling the simulator (g++)", &tools.compiler)
            .args(&options)
            .arg(if *slow { "-O0" } else { OPTIMISATION })
            .args(["-c", &format!("{name}_unit.cpp"), "-o", &format!("{name}.o")])
            .folder(work)
            .run(limit)
    };
    parallel::map(&units, compile_unit)?;
    let mut link = Invocation::new("linking the simulator (g++)", &tools.compiler)
        .args(units.iter().map(|(name, ..)| format!("{name}.o")))
        .args(&runtime)
        .args(["-o", "model", "-pthread"]);
    if source.trace {
        link = link.arg("-lz");
    }
    link.folder(work).run(limit)?;
    Ok(())
}

/// Groups the generated files: (name, text, only run once). One unit per processor for the code
/// that runs in every cycle.
fn translation_units(generated: &Path) -> io::Result<Vec<(String, String, bool)>> {
    let mut files: Vec<(String, u64)> = Vec::new();
    for entry in fs::read_dir(generated)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".cpp") {
            files.push((name, entry.metadata()?.len()));
        }
    }
    files.sort();
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let mut units: Vec<(String, String, u64, bool)> = Vec::new();
    units.push(("slow".to_owned(), String::new(), 0, true));
    units.extend((0..processors).map(|i| (format!("fast{i}"), String::new(), 0, false)));
    for (name, size) in files {
        let slow = name.contains("__Slow") || name.contains("__Syms");
        let candidates = units.iter_mut().filter(|unit| unit.3 == slow);
        let unit = candidates.min_by_key(|unit| unit.2).expect("there is a unit of each kind");
        unit.1.push_str(&format!("#include \"{name}\"\n"));
        unit.2 += size;
    }
    units.retain(|unit| !unit.1.is_empty());
    Ok(units.into_iter().map(|(name, text, _, slow)| (name, text, slow)).collect())
}
