//! `bitweight sim`

use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde_json::json;

use super::simulate_layer::Request;
use super::watch::Tiles;
use super::{Outcome, report};
use crate::binary::Layer;
use crate::config;
use crate::data::Matrix;
use crate::design::Design;
use crate::nest::bit_slice::Activity;
use crate::sim::{self, Job, Report, npy};
use crate::tool::shell_word;
use crate::vectors::{self, Distribution};

/// Longest K of the corner cases that run when no operands are given.
const LONGEST_CORNER: usize = 64;

#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// Preset name or YAML file
    design: String,
    /// Operand A (M x K): a NumPy array of integers
    #[arg(
        long,
        value_name = "A.npy",
        group = "operand_a",
        requires = "b",
        conflicts_with = "random"
    )]
    a: Option<PathBuf>,
    /// Operand A as `bitweight encode` writes it, for a design with `encoder: host`
    #[arg(
        long,
        value_name = "DIGITS.npy",
        group = "operand_a",
        requires = "b",
        conflicts_with = "random"
    )]
    digits: Option<PathBuf>,
    /// Operand B (K x N): a NumPy array of integers
    #[arg(long, value_name = "B.npy", requires = "operand_a", conflicts_with = "random")]
    b: Option<PathBuf>,
    /// Activations of a binarized layer, samples first and channels last: values, or bits of -1
    /// and +1
    #[arg(long, value_name = "X.npy", conflicts_with_all = ["a", "digits", "b", "random"])]
    x: Option<PathBuf>,
    /// Weights of a binarized layer: (outputs, kernel.., channels), of `linear` (outputs, inputs)
    #[arg(long, value_name = "W.npy", requires = "x")]
    w: Option<PathBuf>,
    /// Parameters of a layer's epilogue: a NumPy array TABLE.npy, or STEP_TABLE.npy, for each table;
    /// of a block a folder for each layer with its w.npy and its tables. One row holds for all
    /// channels
    #[arg(long, value_name = "DIR", requires = "x")]
    params: Option<PathBuf>,
    /// Residual of a layer with that step
    #[arg(long, value_name = "R.npy", requires = "x")]
    residual: Option<PathBuf>,
    /// Write the result (M x N, int64 or wider) that the hardware computed
    #[arg(long, value_name = "C.npy")]
    out: Option<PathBuf>,
    /// Random operands of this size; without any operands the corner cases of the formats are run
    #[arg(long, value_name = "M,K,N")]
    random: Option<Shape>,
    /// Distribution of random operands: uniform, or normal:SIGMA
    #[arg(long, default_value = "uniform", requires = "random")]
    dist: Distribution,
    /// Seed of random operands, stalls and initial register values
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Probability with which either end of every stream stalls in a cycle
    #[arg(long, value_name = "P", default_value_t = 0.0, value_parser = probability)]
    stall: f64,
    /// Write a waveform
    #[arg(long, value_name = "FILE.fst")]
    trace: Option<PathBuf>,
    /// Simulate the Verilog in this folder (as `gen` writes it, perhaps edited) instead
    #[arg(long, value_name = "DIR")]
    rtl: Option<PathBuf>,
    /// Seconds that each tool may take, and that the simulator may be silent
    #[arg(long, value_name = "SECONDS", default_value_t = 900, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
    /// Answer as one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Size of a matrix product, written M,K,N.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub m: usize,
    pub k: usize,
    pub n: usize,
}

/// Largest M, K or N of random operands.
const LARGEST: usize = 1 << 24;

impl FromStr for Shape {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let sizes: Option<Vec<usize>> =
            text.split(',').map(|part| part.trim().parse().ok()).collect();
        match sizes.as_deref() {
            Some(&[m, k, n]) if [m, k, n].iter().all(|size| (1..=LARGEST).contains(size)) => {
                Ok(Self { m, k, n })
            }
            _ => Err(format!("`{text}` is not three sizes M,K,N from 1 to {LARGEST}")),
        }
    }
}

fn probability(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(value) if (0.0..=0.99).contains(&value) => Ok(value),
        _ => Err(format!("`{text}` is not a probability from 0 to 0.99")),
    }
}

impl Arguments {
    pub fn run(&self) -> anyhow::Result<Outcome> {
        if let Some(out) = &self.out {
            writable_folder(out)?;
        }
        if let Some(trace) = &self.trace {
            writable_folder(trace)?;
        }
        let design = match config::describe(&self.design)? {
            config::Described::Array(design) => *design,
            config::Described::Layer(layer) => return self.layer(&layer),
            config::Described::Block(block) => {
                if self.w.is_some() || self.residual.is_some() {
                    bail!(
                        "`{}` is a block of layers\n  help: give the weights of each layer as \
                         w.npy in its folder in --params; its residuals are within the block",
                        block.name()
                    );
                }
                return self.request(block.name(), "block")?.run_block(&block);
            }
        };
        if self.x.is_some() {
            bail!(
                "--x and --w are for binarized layers\n  help: give the operands with --a and --b"
            );
        }
        let (a, b) = self.operands(&design)?;
        if a.cols != b.rows {
            bail!(
                "the shapes do not multiply: A is {} x {}, B is {} x {}\n  help: the columns of A \
                 must be as many as the rows of B{}",
                a.rows,
                a.cols,
                b.rows,
                b.cols,
                match (a.rows == b.rows, a.cols == b.cols) {
                    (true, false) => "; they are if A is transposed: save A.T",
                    (false, true) => "; they are if B is transposed: save B.T",
                    _ => "",
                }
            );
        }
        let k_max = design.accumulator.k_max;
        let may_overflow = a.cols as u64 > k_max;
        if may_overflow && !self.json {
            eprintln!(
                "note: K = {} is longer than k_max = {k_max}; sums are compared modulo 2^{}",
                a.cols, design.accumulator.width
            );
        }
        let job = Job {
            design: &design,
            files: self.rtl.as_deref().map(read_rtl).transpose()?,
            a: &a,
            b: &b,
            seed: self.seed,
            stall: self.stall,
            trace: self.trace.clone(),
            limit: Duration::from_secs(self.timeout),
        };
        let mut watch = Tiles::new(&design.name);
        let (result, words) = sim::run(&job, &mut |done, tiles| watch.tell(done, tiles))?;
        drop(watch);
        if let Some(path) = &self.out {
            npy::write(path, a.rows, b.cols, &words, design.accumulator.signed)
                .with_context(|| format!("cannot write the result to {}", path.display()))?;
        }
        self.print(&design, (&a, &b), &result)?;
        Ok(if result.passed { Outcome::Good } else { Outcome::Failed })
    }

    /// Runs a binarized layer.
    fn layer(&self, layer: &Layer) -> anyhow::Result<Outcome> {
        self.request(layer.name(), "layer")?.run(layer)
    }

    /// What is asked of a binarized layer or block.
    fn request(&self, name: &str, what: &str) -> anyhow::Result<Request<'_>> {
        if self.b.is_some() || self.random.is_some() {
            bail!(
                "`{name}` is a binarized {what}\n  help: give activations and weights with --x and \
                 --w, or nothing for random ones"
            );
        }
        Ok(Request {
            x: self.x.as_deref(),
            w: self.w.as_deref(),
            params: self.params.as_deref(),
            residual: self.residual.as_deref(),
            out: self.out.as_deref(),
            files: self.rtl.as_deref().map(read_rtl).transpose()?,
            seed: self.seed,
            stall: self.stall,
            trace: self.trace.clone(),
            limit: Duration::from_secs(self.timeout),
            json: self.json,
        })
    }

    fn operands(&self, design: &Design) -> anyhow::Result<(Matrix, Matrix)> {
        let (a, b) = (design.operand_a(), design.operand_b());
        if let (Some(path), Some(b_path)) = (&self.digits, &self.b) {
            return Ok((npy::read_digits(path, design)?, npy::operand(b_path, b)?));
        }
        if let (Some(a_path), Some(b_path)) = (&self.a, &self.b) {
            return Ok((npy::operand(a_path, a)?, npy::operand(b_path, b)?));
        }
        if let Some(Shape { m, k, n }) = self.random {
            let draw = |rows, cols, format, stream| {
                vectors::random(rows, cols, format, self.dist, self.seed, stream)
            };
            return Ok((draw(m, k, a, 0), draw(k, n, b, 1)));
        }
        let (rows, cols) = (design.tile_rows(), design.cols());
        let busy = (rows + cols).clamp(8, LONGEST_CORNER) as u64;
        let k = busy.min(design.accumulator.k_max.max(1)) as usize;
        Ok(vectors::corners((a, rows), (b, cols), k, self.seed))
    }

    fn print(
        &self,
        design: &Design,
        (a, b): (&Matrix, &Matrix),
        result: &Report,
    ) -> anyhow::Result<()> {
        let replay = (!result.passed).then(|| self.replay());
        if self.json {
            let mut object = serde_json::to_value(result)?;
            object["design"] = design.name.as_str().into();
            object["m"] = a.rows.into();
            object["k"] = a.cols.into();
            object["n"] = b.cols.into();
            object["replay"] = json!(replay);
            object["notes"] = json!(self.orientation(a, b).into_iter().collect::<Vec<_>>());
            report::print_json(&object)?;
            return Ok(());
        }
        let verdict = if result.passed { "PASS" } else { "FAIL" };
        let mut text = format!(
            "{verdict}  {}: {} x {} x {} in {} tiles, every result compared with the golden model\n",
            design.name, a.rows, a.cols, b.cols, result.tiles
        );
        if let Some(note) = self.orientation(a, b) {
            text += &format!("  note         {note}\n");
        }
        // What decides where digits are left out stands in no loop: how many there are, and which
        // lanes and columns wait for others meanwhile.
        let model = match design.bit_slice {
            None => "the loop nest says",
            Some(_) => "the schedule of the digits says",
        };
        let cycles = match (self.stall > 0.0, result.cycles == result.expected_cycles) {
            (true, _) => format!("{} without stalls", result.expected_cycles),
            (false, true) => format!("as {model}"),
            (false, false) => format!("{model} {}", result.expected_cycles),
        };
        text += &format!("  cycles       {} ({cycles})\n", result.cycles);
        text += &format!("  MACs         {}\n", result.macs);
        text += &format!(
            "  utilisation  {:.2} % of {} elements; a beat entered in {:.2} % of the cycles\n",
            100.0 * result.utilisation,
            design.elements(),
            100.0 * result.array_busy
        );
        text += &format!(
            "  simulation   {}cycles/s, simulator built in {:.1} s\n",
            report::scaled(result.cycles_per_second),
            result.build_seconds
        );
        if let Some(activity) = &result.activity {
            text += &describe(activity);
        }
        if result.mismatches > 0 {
            text += &format!("  mismatches   {}\n", result.mismatches);
            for mismatch in &result.first_mismatches {
                text += &format!("  {mismatch}\n");
            }
        }
        for fault in &result.faults {
            text += &format!("  fault        {fault}\n");
        }
        if let Some(replay) = replay {
            text +=
                &format!("  seed         {}\n  replay with a waveform:\n    {replay}\n", self.seed);
        }
        report::print_text(&text)?;
        Ok(())
    }

    /// How square operands from files were taken, which their shape does not say.
    fn orientation(&self, a: &Matrix, b: &Matrix) -> Option<String> {
        let square = |matrix: &Matrix| matrix.rows == matrix.cols && matrix.rows > 1;
        let taken = match (square(a), square(b)) {
            _ if self.b.is_none() => return None,
            (true, true) => "A and B are square, taken as (M, K) and (K, N)",
            (true, false) => "A is square, taken as (M, K)",
            (false, true) => "B is square, taken as (K, N)",
            (false, false) => return None,
        };
        Some(taken.to_owned())
    }

    /// The command that repeats this run and writes a waveform.
    fn replay(&self) -> String {
        let mut words = vec!["bitweight sim".to_owned(), shell_word(&self.design)];
        let mut path = |option: &str, path: &Option<PathBuf>| {
            if let Some(path) = path {
                words.push(format!("{option} {}", shell_word(&path.to_string_lossy())));
            }
        };
        path("--a", &self.a);
        path("--digits", &self.digits);
        path("--b", &self.b);
        path("--rtl", &self.rtl);
        if let Some(Shape { m, k, n }) = self.random {
            words.push(format!("--random {m},{k},{n} --dist {}", self.dist));
        }
        words.push(format!("--seed {}", self.seed));
        if self.stall > 0.0 {
            words.push(format!("--stall {}", self.stall));
        }
        words.push("--trace mismatch.fst".to_owned());
        words.join(" ")
    }
}

/// What the columns and lanes of an engine did.
fn describe(activity: &Activity) -> String {
    let of_b = activity.mean_nonzero_digits_b.map(|mean| format!(", {mean:.3} of one of B"));
    let mut text = format!(
        "  digits       {:.3} of an operand of A{} are not zero\n  \
         cycles       {:.3} per MAC and element: {:.3} MAC per cycle\n",
        activity.mean_nonzero_digits,
        of_b.as_deref().unwrap_or_default(),
        activity.cycles_per_mac,
        1.0 / activity.cycles_per_mac
    );
    let percent = |shares: &[f64]| {
        let shares: Vec<String> = shares.iter().map(|s| format!("{:.1}", 100.0 * s)).collect();
        shares.join(" ")
    };
    // The elements of the term-serial baseline are all in step.
    let (columns, digit) = match of_b {
        Some(_) => ("array", "pair of terms"),
        None => ("columns", "digit"),
    };
    text += &format!("  {columns:12} busy {} %\n", percent(&activity.column_utilisation));
    let lanes = activity.columns.first().map_or(0, |column| column.lanes.len());
    let count = activity.lane_utilisation.len().max(1) as f64;
    let lane = |lane: usize| {
        activity.lane_utilisation.iter().map(|column| column[lane]).sum::<f64>() / count
    };
    let shares: Vec<f64> = (0..lanes).map(lane).collect();
    text += &format!("  lanes        with a {digit} {} %\n", percent(&shares));
    for (who, causes) in [(columns, activity.causes()), ("lanes", activity.lane_causes())] {
        let list: Vec<String> =
            causes.iter().map(|(what, cycles)| format!("{what} {cycles}")).collect();
        text += &format!("  {who:12} in cycles: {}\n", list.join(", "));
    }
    text
}

/// Fails early where a long run could not save its result.
fn writable_folder(path: &Path) -> anyhow::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if path.is_dir() {
        bail!("{} is a folder\n  help: give the path of a file", path.display());
    }
    tempfile::tempfile_in(folder)
        .map(drop)
        .with_context(|| format!("cannot write into the folder {}", folder.display()))
}

/// The Verilog of a folder in the order of its manifest.
fn read_rtl(folder: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let path = folder.join("manifest.json");
    let text = fs::read_to_string(&path).with_context(|| {
        format!("cannot read {}: --rtl takes a folder that `gen` wrote", path.display())
    })?;
    let manifest: serde_json::Value = serde_json::from_str(&text)
        .with_context(|| format!("{} is not a manifest", path.display()))?;
    let files = manifest["files"].as_array().cloned().unwrap_or_default();
    let names = files.iter().filter_map(|file| file["path"].as_str());
    names
        .map(|name| {
            let path = folder.join(name);
            let text = fs::read_to_string(&path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            let file = Path::new(name).file_name().unwrap_or_default();
            Ok((file.to_string_lossy().into_owned(), text))
        })
        .collect()
}
