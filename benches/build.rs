//! What building a simulator costs, beside the same with every file compiled apart and no
//! precompiled header, as Verilator's own makefile does it.
//!
//! `cargo bench` prints processor seconds of the tools, and the ratio. Runtime and headers, which
//! all simulators share, are in the cache for either.

use std::fs;
use std::path::Path;
use std::time::Duration;

use bitweight::config;
use bitweight::design::Design;
use bitweight::rtl;
use bitweight::sim::build::{self, HARNESS, Source};
use bitweight::sim::ports;
use bitweight::tool::{self, Invocation};

/// An error of the library or a tool.
type Failure = Box<dyn std::error::Error>;

const LIMIT: Duration = Duration::from_secs(900);

const ROUNDS: usize = 3;

/// Designs by the side of their array.
const SIDES: [usize; 3] = [2, 4, 8];

fn main() -> Result<(), Failure> {
    println!("processor seconds of a build, best of {ROUNDS}");
    println!("{:24}  {:>9}  {:>9}  ratio", "design", "apart", "sim");
    for side in SIDES {
        let text = format!(
            "array: {{systolic_os: {{rows: {side}, cols: {side}}}}}\nelement: opt1\n\
             operands: {{a: {{width: 8}}, b: {{width: 8}}}}\n"
        );
        let name = format!("opt1_{side}x{side}");
        let design = config::parse(&text, "bench", &name)?;
        // The first build fills the cache with what all share.
        build::build(&source(&design, 0), LIMIT)?;
        let (mut apart, mut whole) = (f64::INFINITY, f64::INFINITY);
        for round in 1..=ROUNDS {
            let source = source(&design, round);
            apart = apart.min(processor_seconds(|| build_apart(&source))?);
            whole = whole.min(processor_seconds(|| Ok(build::build(&source, LIMIT).map(drop)?))?);
        }
        println!("{name:24}  {apart:9.2}  {whole:9.2}  {:.3}", whole / apart);
    }
    Ok(())
}

/// The design with a comment that makes it new to the cache.
fn source(design: &Design, round: usize) -> Source {
    let nonce = format!("// {} {round}\n", std::process::id());
    let modules = rtl::modules(design).into_iter();
    Source {
        top: design.name.clone(),
        files: modules.map(|module| (module.file(), nonce.clone() + &module.text)).collect(),
        driver: HARNESS.to_owned(),
        ports: ports::of_streams(&[design.stream_a(), design.stream_b()], &[design.stream_c()]),
        trace: false,
    }
}

/// Verilator, and one call of the compiler for the driver and each generated file.
fn build_apart(source: &Source) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let path = folder.path();
    for (name, text) in &source.files {
        fs::write(path.join(name), text)?;
    }
    fs::write(path.join("ports.inc"), &source.ports)?;
    fs::write(path.join("harness.cpp"), &source.driver)?;
    let verilator = tool::find("verilator", "")?;
    let compiler = tool::find("g++", "")?;
    let root = Invocation::new("asking Verilator for its folder", &verilator)
        .args(["--getenv", "VERILATOR_ROOT"])
        .run(LIMIT)?;
    let include = Path::new(root.stdout.trim()).join("include");
    Invocation::new("translating", &verilator)
        .args(["--cc", "-O3", "--noassert", "--prefix", "Vtop", "--Mdir", "cpp", "-Wno-lint"])
        .args(["-Wno-style", "-Wno-fatal", "--x-assign", "unique", "--x-initial", "unique"])
        .args(["-fno-gate", "-fno-const-bit-op-tree", "--top-module", &source.top])
        .args(source.files.iter().map(|(name, _)| name))
        .folder(path)
        .run(LIMIT)?;
    let mut units = vec!["harness.cpp".to_owned()];
    for entry in fs::read_dir(path.join("cpp"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".cpp") {
            units.push(format!("cpp/{name}"));
        }
    }
    for unit in &units {
        let slow = unit.contains("__Slow") || unit.contains("__Syms");
        Invocation::new("compiling", &compiler)
            .args(["-std=c++17", "-w", "-I.", "-Icpp", "-DVM_TRACE=0", "-DHAS_STREAMS"])
            .args(["-DMODEL_HEADER=\"Vtop.h\"", "-DMODEL=Vtop", "-c", unit])
            .arg(if slow { "-O0" } else { "-O1" })
            .arg(format!("-I{}", include.display()))
            .arg(format!("-I{}", include.join("vltstd").display()))
            .args(["-o", &format!("{}.o", unit.replace('/', "_"))])
            .folder(path)
            .run(LIMIT)?;
    }
    Ok(())
}

/// Processor time of the programs that `work` starts, in seconds.
fn processor_seconds(work: impl FnOnce() -> Result<(), Failure>) -> Result<f64, Failure> {
    let before = ticks()?;
    work()?;
    Ok((ticks()? - before) / TICKS_PER_SECOND)
}

/// Linux counts in hundredths of a second.
const TICKS_PER_SECOND: f64 = 100.0;

/// Processor time of all programs that this one has started and that have ended.
fn ticks() -> Result<f64, Failure> {
    let status = fs::read_to_string("/proc/self/stat")?;
    // The name of the program, in brackets, may contain spaces.
    let (_, fields) = status.rsplit_once(')').ok_or("no name in /proc/self/stat")?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    // User and system time of children, fields 16 and 17 of the whole line.
    let field = |number: usize| fields.get(number - 3).ok_or("too few fields in /proc/self/stat");
    Ok(field(16)?.parse::<f64>()? + field(17)?.parse::<f64>()?)
}
