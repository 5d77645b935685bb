//! Classifies handwritten digits on a generated array: both layers of a small INT8 network, for
//! all 719 test images, through the Verilog in Verilator.
//!
//! `cargo run --release --example digits [DESIGN]`

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use bitweight::arith::format::Format;
use bitweight::config;
use bitweight::data::Matrix;
use bitweight::design::Design;
use bitweight::export::{self, Package};
use bitweight::nest::bit_slice::Activity;
use bitweight::sim::{self, Job, Report, npy};
use indicatif::{ProgressBar, ProgressStyle};

const DEFAULT_DESIGN: &str = "systolic_os_opt1_int8";

/// Accumulators of the first layer are divided by 2^10 before they are clipped to 0..=127.
const SHIFT: u32 = 10;
const LARGEST_ACTIVATION: i64 = 127;

/// Images that the quantised network classifies correctly.
const EXPECTED_CORRECT: usize = 700;

/// Time limit of each tool.
const LIMIT: Duration = Duration::from_secs(900);

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run() -> anyhow::Result<bool> {
    let name = std::env::args().nth(1).unwrap_or_else(|| DEFAULT_DESIGN.to_owned());
    let design = config::load(&name)?;
    let network = Network::load(&design)?;

    let folder = output_folder().join(&design.name);
    let package = Package::new(&design);
    export::write(&package, &folder, true)?;
    println!("generated  {}", folder.join(&package.top).display());
    let files = verilog(&folder, &package)?;

    eprintln!(
        "step 1 of 2: the simulator is built, then layer 1 runs (a minute at most, less from a cache)"
    );
    let (first, acc1) = layer(&design, &files, "layer 1", &network.x, &network.w1)?;
    let hidden = requantise(&acc1, &network.x, network.w1.cols);
    eprintln!("step 2 of 2: layer 2 (a second)");
    let (second, acc2) = layer(&design, &files, "layer 2", &hidden, &network.w2)?;

    let stored = |name: &str, found: &[i64]| -> anyhow::Result<bool> {
        let same = load_array(name)?.1 == found.iter().map(|&x| x.into()).collect::<Vec<i128>>();
        let verdict = if same { "equal to" } else { "DIFFERENT from" };
        println!("{name:9}  {} values, {verdict} the stored ones", found.len());
        Ok(same)
    };
    let mut good = first.passed && second.passed;
    for (name, found) in [("acc1", &acc1), ("h1", &hidden.data), ("acc2", &acc2)] {
        good &= stored(name, found)?;
    }
    let classes = network.w2.cols;
    let right = acc2.chunks_exact(classes).zip(&network.labels);
    let right = right.filter(|(scores, label)| largest(scores) == **label).count();
    let images = network.labels.len();
    let percent = 100.0 * right as f64 / images as f64;
    println!("accuracy   {right} of {images} images, {percent:.2} %");
    good &= right == EXPECTED_CORRECT;
    println!("{}", if good { "PASS" } else { "FAIL" });
    Ok(good)
}

/// The inputs of the network.
struct Network {
    x: Matrix,
    w1: Matrix,
    w2: Matrix,
    labels: Vec<usize>,
}

impl Network {
    fn load(design: &Design) -> anyhow::Result<Self> {
        let (a, b) = (design.multiplier.a, design.multiplier.b);
        let (_, labels) = load_array("labels")?;
        Ok(Self {
            x: load_matrix("x", a)?,
            w1: load_matrix("w1", b)?,
            w2: load_matrix("w2", b)?,
            labels: labels.into_iter().map(|label| label as usize).collect(),
        })
    }
}

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("examples/digits/data/{name}.npy"))
}

fn load_matrix(name: &str, format: Format) -> anyhow::Result<Matrix> {
    Ok(npy::read(&data(name), format)?)
}

fn load_array(name: &str) -> anyhow::Result<(Vec<usize>, Vec<i128>)> {
    Ok(npy::read_array(&data(name))?)
}

/// Where the generated files go: beside what cargo builds.
fn output_folder() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    target.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target")).join("digits")
}

/// The Verilog as it was written.
fn verilog(folder: &Path, package: &Package) -> anyhow::Result<Vec<(String, String)>> {
    let modules = package.files.iter().map(|file| &file.path);
    let modules = modules.filter(|path| path.ends_with(".v") && !path.contains('/'));
    let read = |path: &String| {
        let full = folder.join(path);
        let text = std::fs::read_to_string(&full)
            .with_context(|| format!("cannot read {}", full.display()))?;
        Ok((path.clone(), text))
    };
    modules.map(read).collect()
}

/// Runs a layer through the hardware; gives its accumulators.
fn layer(
    design: &Design,
    files: &[(String, String)],
    title: &str,
    a: &Matrix,
    b: &Matrix,
) -> anyhow::Result<(Report, Vec<i64>)> {
    let job = Job {
        design,
        files: Some(files.to_vec()),
        a,
        b,
        seed: 1,
        stall: 0.0,
        trace: None,
        limit: LIMIT,
    };
    let style = ProgressStyle::with_template("{msg} {bar:40} {pos}/{len} tiles")?;
    let bar = ProgressBar::new(0).with_style(style).with_message(title.to_owned());
    bar.set_message(format!("{title}: building the simulator"));
    let (report, words) = sim::run(&job, &mut |done, tiles| {
        bar.set_message(title.to_owned());
        bar.set_length(tiles as u64);
        bar.set_position(done as u64);
    })?;
    bar.finish_and_clear();
    println!(
        "{title}    {} x {} x {}: {} cycles ({} says {}), {:.2} % utilisation, {} \
         mismatches with the golden model, {:.1} kcycles/s",
        a.rows,
        a.cols,
        b.cols,
        report.cycles,
        if report.activity.is_some() { "the schedule of the digits" } else { "the loop nest" },
        report.expected_cycles,
        100.0 * report.utilisation,
        report.mismatches,
        report.cycles_per_second / 1e3,
    );
    if let Some(activity) = &report.activity {
        println!("           {}", describe(activity));
    }
    for fault in &report.faults {
        println!("  {fault}");
    }
    ensure!(design.accumulator.width <= 64, "accumulators of this network are read as 64 bits");
    let values = (0..words.len()).map(|index| words.integer(index, design.accumulator.signed));
    let values = values.map(|value| i64::try_from(value).context("an accumulator of 64 bits"));
    Ok((report, values.collect::<anyhow::Result<_>>()?))
}

/// What an engine that leaves zero digits out made of a layer.
fn describe(activity: &Activity) -> String {
    let mean = |shares: &[f64]| 100.0 * shares.iter().sum::<f64>() / shares.len().max(1) as f64;
    format!(
        "{:.3} digits of an activation are not zero, {:.3} MAC per cycle and element; columns \
         busy in {:.1} % of the cycles, lanes in {:.1} %",
        activity.mean_nonzero_digits,
        1.0 / activity.cycles_per_mac,
        mean(&activity.column_utilisation),
        mean(&activity.lane_utilisation.concat()),
    )
}

/// The hidden layer: scaled down and clipped, which is a rectifier as well.
fn requantise(accumulators: &[i64], x: &Matrix, cols: usize) -> Matrix {
    let data =
        accumulators.iter().map(|value| (value >> SHIFT).clamp(0, LARGEST_ACTIVATION)).collect();
    Matrix { rows: x.rows, cols, data, format: x.format }
}

/// Index of the largest score, the first of equal ones.
fn largest(scores: &[i64]) -> usize {
    let best = (0..scores.len()).rev().max_by_key(|&index| scores[index]);
    best.unwrap_or_default()
}
