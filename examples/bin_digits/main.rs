//! Classifies handwritten digits with a binarized network: both layers, for all 719 test images,
//! through the generated Verilog in Verilator.
//!
//! `cargo run --release --example bin_digits`

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use bitweight::binary::frame::LayerValues;
use bitweight::binary::{Layer, LayerParameters};
use bitweight::config::{self, Described};
use bitweight::data::Tensor;
use bitweight::export::{self, Package};
use bitweight::sim::{self, Task, npy};
use bitweight::workload::{LayerRun, Tile};

/// Images that the network classifies correctly.
const EXPECTED_CORRECT: usize = 663;

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
    let (hidden, output) = (layer("hidden")?, layer("output")?);
    // The hidden layer once more without its threshold, to see its sums.
    let parameters = LayerParameters {
        name: "bin_digits_sums".to_owned(),
        steps: Vec::new(),
        ..hidden.parameters().clone()
    };
    let sums = Layer::new(parameters).map_err(|error| anyhow::anyhow!(error.message))?;

    let x = vectors(&bipolar(&stored("x")?.1), 64);
    let (w1, w2) = (weights("w1", 64, 256)?, weights("w2", 256, 10)?);
    // A hidden bit is acc >= thr, or where the channel is flipped acc <= thr: !(acc >= thr + 1).
    let flip = stored("flip")?.1;
    let thr = stored("thr")?.1;
    let threshold = thr.iter().zip(&flip).map(|(thr, flip)| thr + flip).collect();

    // Each of them is a simulator of its own, which takes some seconds to build.
    eprintln!("step 1 of 3: the sums of the hidden layer");
    let acc1 = simulate(&sums, &x, &w1, vec![])?;
    eprintln!("step 2 of 3: the hidden layer");
    let h = simulate(&hidden, &x, &w1, vec![vec![threshold, flip]])?;
    eprintln!("step 3 of 3: the output layer");
    let acc2 = simulate(&output, &vectors(&bipolar(&h), 256), &w2, vec![])?;
    let mut good = true;
    for (name, found) in [("acc1", &acc1), ("h", &h), ("acc2", &acc2)] {
        let same = stored(name)?.1 == *found;
        let verdict = if same { "equal to" } else { "DIFFERENT from" };
        println!("{name:5} {} values, {verdict} the stored ones", found.len());
        good &= same;
    }
    let labels = stored("labels")?.1;
    let right = acc2.chunks_exact(10).zip(&labels);
    let right = right.filter(|(scores, label)| largest(scores) as i64 == **label).count();
    let percent = 100.0 * right as f64 / labels.len() as f64;
    println!("accuracy  {right} of {} images, {percent:.2} %", labels.len());
    good &= right == EXPECTED_CORRECT;
    println!("{}", if good { "PASS" } else { "FAIL" });
    Ok(good)
}

/// Where the example and its data are.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/bin_digits")
}

/// Loads a layer and writes its Verilog beside what cargo builds.
fn layer(name: &str) -> anyhow::Result<Layer> {
    let path = folder().join(format!("{name}.yaml"));
    let Described::Layer(layer) = config::describe(&path.to_string_lossy())? else {
        anyhow::bail!("{} is not a layer", path.display());
    };
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let target = target.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target"));
    let package = Package::new(&*layer);
    let out = target.join("bin_digits").join(layer.name());
    export::write(&package, &out, true)?;
    println!("generated {}", out.join(&package.top).display());
    Ok(*layer)
}

fn stored(name: &str) -> anyhow::Result<(Vec<usize>, Vec<i64>)> {
    let (shape, data) = npy::read_array(&folder().join(format!("data/{name}.npy")))?;
    let data: Result<Vec<i64>, _> = data.into_iter().map(i64::try_from).collect();
    Ok((shape, data.context("the data are small")?))
}

/// Bits as -1 and +1.
fn bipolar(bits: &[i64]) -> Vec<i64> {
    bits.iter().map(|bit| 2 * bit - 1).collect()
}

fn vectors(data: &[i64], width: usize) -> Tensor {
    Tensor { shape: [data.len() / width, 1, 1, 1, width], data: data.to_vec() }
}

/// Weights are stored as inputs x outputs.
fn weights(name: &str, inputs: usize, outputs: usize) -> anyhow::Result<Tensor> {
    let (shape, bits) = stored(name)?;
    ensure!(shape == [inputs, outputs], "{name} has shape {shape:?}");
    let values = bipolar(&bits);
    Ok(Tensor::from_fn([outputs, 1, 1, 1, inputs], |[o, _, _, _, i]| values[i * outputs + o]))
}

/// Runs all images through the hardware; gives what came out.
fn simulate(
    layer: &Layer,
    x: &Tensor,
    w: &Tensor,
    steps: Vec<Vec<Vec<i64>>>,
) -> anyhow::Result<Vec<i64>> {
    let values = LayerValues { weights: w.clone(), input: Vec::new(), steps };
    let tile = Tile { values, activations: x.clone(), residual: None };
    let run = LayerRun::new(layer, &[tile])
        .map_err(|error| anyhow::anyhow!("{}: {}", error.path, error.message))?;
    let modules = bitweight::rtl::binary::modules(layer).into_iter();
    let task = Task {
        top: layer.name(),
        files: modules.map(|module| (module.file(), module.text)).collect(),
        workload: &run,
        seed: 1,
        stall: 0.0,
        trace: None,
        limit: LIMIT,
    };
    let (report, words) = sim::execute(&task, &mut |_, _| {})?;
    println!(
        "{}: {} cycles (the schedule says {}), {:.2} % utilisation, {} mismatches with the golden \
         model",
        layer.name(),
        report.cycles,
        report.expected_cycles,
        100.0 * report.utilisation,
        report.mismatches
    );
    ensure!(report.passed, "{:?}", report.faults);
    let signed = layer.output_range().is_signed();
    let values = (0..words.len()).map(|index| words.integer(index, signed));
    values.map(|value| i64::try_from(value).context("a result of 64 bits")).collect()
}

/// Index of the largest score, the first of equal ones.
fn largest(scores: &[i64]) -> usize {
    (0..scores.len()).rev().max_by_key(|&index| scores[index]).unwrap_or_default()
}
