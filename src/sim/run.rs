//! One run: feed the tiles, compare what comes out, count cycles.

use std::collections::BTreeMap;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::PathBuf;
use std::process::ChildStdin;
use std::thread;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::build::{self, BuildError, Source};
use super::collect::Collector;
use super::mismatch::Mismatch;
use super::ports;
use crate::data::{Matrix, Words};
use crate::design::{Design, Stream};
use crate::nest::bit_slice::Activity;
use crate::rtl;
use crate::tool::{Invocation, ToolError};
use crate::vectors::pack;
use crate::workload::{Product, Workload};

/// Fewest cycles without any transfer after which a model counts as stuck.
pub(super) const PATIENCE: u64 = 100_000;

/// Mark of the summary in the driver's output.
pub(super) const END: u8 = 255;

/// What is to be run.
pub struct Job<'a> {
    /// The design.
    pub design: &'a Design,
    /// Verilog to simulate instead of the design's own: file names and texts.
    pub files: Option<Vec<(String, String)>>,
    /// M x K.
    pub a: &'a Matrix,
    /// K x N.
    pub b: &'a Matrix,
    /// Seed of stalls and initial register values.
    pub seed: u64,
    /// Probability with which either end of a stream stalls in a cycle.
    pub stall: f64,
    /// Waveform to write.
    pub trace: Option<PathBuf>,
    /// Time limit of each tool, and of silence of the simulator.
    pub limit: Duration,
}

/// What a run showed.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Versions of the tools that were used.
    pub tools: BTreeMap<String, String>,
    /// Results, protocol and cycle count are as they should be.
    pub passed: bool,
    /// Cycles from the first offer of operands to the acceptance of the last result.
    pub cycles: u64,
    /// The same by the interpretation of the loop nest, without stalls.
    pub expected_cycles: u64,
    /// Multiply-accumulate operations of the matrix product.
    pub macs: u64,
    /// Those operations by what all elements could have done in the cycles.
    pub utilisation: f64,
    /// What columns and lanes did, by the cycle model without stalls, on engines whose cycles
    /// depend on the operands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity: Option<Activity>,
    /// Cycles in which a beat entered the array, by all cycles.
    pub array_busy: f64,
    /// Wrong results.
    pub mismatches: u64,
    /// The first of them.
    pub first_mismatches: Vec<Mismatch>,
    /// What else was wrong.
    pub faults: Vec<String>,
    /// Speed of the simulation, comparison included.
    pub cycles_per_second: f64,
    /// Tiles of the result.
    pub tiles: usize,
    /// Seed of the run.
    pub seed: u64,
    /// Stall probability of the run.
    pub stall: f64,
    /// Seconds that building the simulator took; next to nothing when it was in the cache.
    pub build_seconds: f64,
}

/// Why a run gave no report.
#[derive(Debug, thiserror::Error)]
pub enum SimulationError {
    /// There is no simulator.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The simulator failed.
    #[error(transparent)]
    Tool(#[from] ToolError),
    /// The simulator ended in the middle of its output.
    #[error("the simulator stopped before its report: {0}")]
    Interrupted(io::Error),
}

/// A workload on the Verilog of a top.
pub struct Task<'a> {
    /// Name of the top.
    pub top: &'a str,
    /// Its Verilog: file names and texts.
    pub files: Vec<(String, String)>,
    /// What is fed and expected.
    pub workload: &'a dyn Workload,
    /// Seed of stalls and initial register values.
    pub seed: u64,
    /// Probability with which either end of a stream stalls in a cycle.
    pub stall: f64,
    /// Waveform to write.
    pub trace: Option<PathBuf>,
    /// Time limit of each tool, and of silence of the simulator.
    pub limit: Duration,
}

/// Runs a job; `progress` is told how many of all tiles are done. Gives the report and the result.
///
/// # Errors
/// [`SimulationError`] when there is no report: a wrong result is a report.
pub fn run(
    job: &Job<'_>,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<(Report, Words), SimulationError> {
    let own = || rtl::modules(job.design).into_iter().map(|module| (module.file(), module.text));
    let task = Task {
        top: &job.design.name,
        files: job.files.clone().unwrap_or_else(|| own().collect()),
        workload: &Product::new(job.design, job.a, job.b),
        seed: job.seed,
        stall: job.stall,
        trace: job.trace.clone(),
        limit: job.limit,
    };
    execute(&task, progress)
}

/// Runs a task; `progress` is told how many of all steps are done. Gives the report and the
/// result.
///
/// # Errors
/// [`SimulationError`] when there is no report: a wrong result is a report.
pub fn execute(
    task: &Task<'_>,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<(Report, Words), SimulationError> {
    let start = Instant::now();
    let sources = task.workload.sources();
    let sinks = [vec![task.workload.sink()], task.workload.side_sinks()].concat();
    let source = Source {
        top: task.top.to_owned(),
        files: task.files.clone(),
        driver: build::HARNESS.to_owned(),
        ports: ports::of_streams(&sources, &sinks),
        trace: task.trace.is_some(),
    };
    let simulator = build::build(&source, task.limit)?;
    let build_seconds = start.elapsed().as_secs_f64();

    let mut collector = Collector::new(task);
    let expected = collector.expected_transfers();
    let mut invocation = Invocation::new("simulating (Verilator model)", &simulator.path)
        .args(["--seed", &task.seed.to_string(), "--stall", &task.stall.to_string()])
        .args(["--expect", &expected.to_string(), "--patience", &collector.patience.to_string()]);
    if let Some(trace) = &task.trace {
        invocation = invocation.arg("--trace").arg(trace);
    }
    let mut running = invocation.dialogue()?;
    running.guard(task.limit);
    let (stdin, stdout) = running.pipes();
    let summary = thread::scope(|scope| {
        scope.spawn(|| stdin.map(|pipe| feed(task.workload, &sources, pipe)));
        let mut output = BufReader::with_capacity(1 << 20, stdout.expect("the pipe is new"));
        collector.collect(&mut output, &running, progress)
    });
    let summary = match summary {
        Ok(summary) => {
            running.finish(task.limit)?;
            summary
        }
        Err(error) => {
            // The reason is more telling than the symptom, if there is one.
            running.finish(task.limit)?;
            return Err(SimulationError::Interrupted(error));
        }
    };
    Ok(collector.report(&summary, &simulator, build_seconds))
}

/// Sends the steps in order. The driver fetches them as it needs them; when it ends early the pipe
/// breaks, which its own report explains.
fn feed(workload: &dyn Workload, sources: &[Stream], pipe: ChildStdin) -> io::Result<()> {
    let mut pipe = BufWriter::with_capacity(1 << 20, pipe);
    for step in 0..workload.steps() {
        for frame in workload.frames(step) {
            let transfers = frame.bytes.len() / pack::stride(&sources[frame.source]);
            let transfers = u32::try_from(transfers).map_err(io::Error::other)?;
            pipe.write_all(&[u8::try_from(frame.source).map_err(io::Error::other)?])?;
            pipe.write_all(&transfers.to_le_bytes())?;
            pipe.write_all(&frame.bytes)?;
        }
    }
    pipe.write_all(&[END])?;
    pipe.flush()
}
