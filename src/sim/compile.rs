//! From Verilog to a program: Verilator, then the C++ compiler.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::build::{At as _, BuildError, OPTIMISATION, Source};
use super::header::header;
use super::runtime::runtime_objects;
use super::tools::Tools;
use super::units::{Unit, units};
use crate::parallel;
use crate::tool::Invocation;

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

/// What the compiler is to know, for the runtime, the headers and the model alike.
fn options(tools: &Tools, trace: bool) -> Vec<String> {
    let flag = |name: &str, value: bool| format!("-D{name}={}", u8::from(value));
    vec![
        "-std=c++17".to_owned(),
        "-w".to_owned(),
        format!("-I{}", tools.include.display()),
        format!("-I{}", tools.include.join("vltstd").display()),
        flag("VM_COVERAGE", false),
        flag("VM_SC", false),
        flag("VM_TRACE", trace),
        flag("VM_TRACE_FST", trace),
        flag("VM_TRACE_VCD", false),
    ]
}

/// Verilates and compiles in `work`; the simulator is then `work/model`.
///
/// # Errors
/// [`BuildError`] when a tool fails or exceeds `limit`, or a folder is not writable.
pub(super) fn compile(
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
    write("driver.cpp", &source.driver)?;
    write(SHARED_CODE, &shared_code(&source.files))?;
    Invocation::new("translating the Verilog to C++ (Verilator)", &tools.verilator)
        .args(flags)
        .args([SHARED_CODE])
        .args(source.files.iter().map(|(name, _)| name))
        .folder(work)
        .run(limit)?;

    let generated = work.join("cpp");
    let options = options(tools, source.trace);
    let runtime = runtime_objects(&generated, tools, &options, cache, limit)?;
    let header = header(tools, &options, cache, limit)?;
    // In the text and not on the command line: a precompiled header is for one command line.
    let mut driver = "#define MODEL_HEADER \"Vtop.h\"\n#define MODEL Vtop\n".to_owned();
    if source.ports.contains("SOURCE(") {
        driver += "#define HAS_STREAMS\n";
    }
    driver += "#include \"driver.cpp\"\n";
    let units = units(&driver, &generated).at(&generated)?;
    for unit in &units {
        write(&format!("{}_unit.cpp", unit.name), &unit.text)?;
    }
    let compile_unit = |unit: &Unit| {
        Invocation::new("compiling the simulator (g++)", &tools.compiler)
            .args(&options)
            .args(["-I.", "-Icpp", OPTIMISATION, "-include"])
            .arg(&header.path)
            .args(["-c", &format!("{}_unit.cpp", unit.name), "-o", &format!("{}.o", unit.name)])
            .folder(work)
            .run(limit)
    };
    parallel::map(&units, compile_unit)?;
    let mut link = Invocation::new("linking the simulator (g++)", &tools.compiler)
        .args(units.iter().map(|unit| format!("{}.o", unit.name)))
        .args(&runtime)
        .args(["-o", "model", "-pthread"]);
    if source.trace {
        link = link.arg("-lz");
    }
    link.folder(work).run(limit)?;
    Ok(())
}
