//! One run: feed the tiles, compare what comes out, count cycles.

use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::PathBuf;
use std::process::ChildStdin;
use std::thread;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::build::{self, BuildError, Source};
use super::mismatch::Mismatch;
use super::ports;
use crate::design::Design;
use crate::golden::{Gemm, Matrix, Words};
use crate::rtl;
use crate::tool::{Invocation, Running, ToolError};
use crate::vectors::pack;

/// Mismatches that are described; the others are only counted.
const DESCRIBED: usize = 5;

/// Cycles without any transfer after which the model counts as stuck.
const PATIENCE: u64 = 100_000;

/// Mark of the summary in the driver's output.
const END: u8 = 255;

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

/// Runs a job; `progress` is told how many of all tiles are done. Gives the report and the result.
///
/// # Errors
/// [`SimulationError`] when there is no report: a wrong result is a report.
pub fn run(
    job: &Job<'_>,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<(Report, Words), SimulationError> {
    let start = Instant::now();
    let own = || rtl::modules(job.design).into_iter().map(|module| (module.file(), module.text));
    let source = Source {
        top: job.design.name.clone(),
        files: job.files.clone().unwrap_or_else(|| own().collect()),
        ports: ports::of_design(job.design),
        trace: job.trace.is_some(),
    };
    let model = build::build(&source, job.limit)?;
    let build_seconds = start.elapsed().as_secs_f64();

    let mut collector = Collector::new(job);
    let expected = collector.expected_transfers();
    let mut invocation = Invocation::new("simulating (Verilator model)", &model)
        .args(["--seed", &job.seed.to_string(), "--stall", &job.stall.to_string()])
        .args(["--expect", &expected.to_string(), "--patience", &PATIENCE.to_string()]);
    if let Some(trace) = &job.trace {
        invocation = invocation.arg("--trace").arg(trace);
    }
    let mut running = invocation.dialogue()?;
    running.guard(job.limit);
    let (stdin, stdout) = running.pipes();
    let tiles = collector.tiles.clone();
    let summary = thread::scope(|scope| {
        scope.spawn(|| stdin.map(|pipe| feed(job, &tiles, pipe)));
        let mut output = BufReader::with_capacity(1 << 20, stdout.expect("the pipe is new"));
        collector.collect(&mut output, &running, progress)
    });
    let summary = match summary {
        Ok(summary) => {
            running.finish(job.limit)?;
            summary
        }
        Err(error) => {
            // The reason is more telling than the symptom, if there is one.
            running.finish(job.limit)?;
            return Err(SimulationError::Interrupted(error));
        }
    };
    Ok(collector.report(&summary, build_seconds))
}

/// Sends the tiles in the order of the nest. The driver fetches them as it needs them; when it
/// ends early the pipe breaks, which its own report explains.
fn feed(job: &Job<'_>, tiles: &[(usize, usize)], pipe: ChildStdin) -> io::Result<()> {
    let (a_stream, b_stream) = (job.design.stream_a(), job.design.stream_b());
    let mut pipe = BufWriter::with_capacity(1 << 20, pipe);
    for &(row, col) in tiles {
        let a = pack::pack_a(&a_stream, job.a, row);
        let b = pack::pack_b(&b_stream, job.b, col);
        for (index, stream, bytes) in [(0u8, &a_stream, a), (1, &b_stream, b)] {
            let transfers = job.a.cols * stream.transfers_per_beat;
            let transfers = u32::try_from(transfers).map_err(io::Error::other)?;
            pipe.write_all(&[index])?;
            pipe.write_all(&transfers.to_le_bytes())?;
            pipe.write_all(&bytes)?;
        }
    }
    pipe.write_all(&[END])?;
    pipe.flush()
}

/// The driver's closing figures.
struct Summary {
    finished: u64,
    received: u64,
    violations: u64,
    stuck: bool,
    seconds: f64,
}

/// Takes the results in, comparing them with the golden model.
struct Collector<'a> {
    job: &'a Job<'a>,
    gemm: Gemm<'a>,
    tiles: Vec<(usize, usize)>,
    result: Words,
    transfers: u64,
    mismatches: u64,
    first: Vec<Mismatch>,
    wrong_lasts: u64,
}

impl<'a> Collector<'a> {
    fn new(job: &'a Job<'a>) -> Self {
        let gemm = Gemm { a: job.a, b: job.b, width: job.design.accumulator.width };
        Self {
            job,
            gemm,
            tiles: job.design.nest.tiles(job.a.rows, job.b.cols),
            result: Words::zeros(gemm.width, gemm.rows() * gemm.cols()),
            transfers: 0,
            mismatches: 0,
            first: Vec::new(),
            wrong_lasts: 0,
        }
    }

    fn transfers_per_tile(&self) -> usize {
        self.job.design.rows() * self.job.design.stream_c().transfers_per_beat
    }

    fn expected_transfers(&self) -> u64 {
        (self.tiles.len() * self.transfers_per_tile()) as u64
    }

    fn collect(
        &mut self,
        output: &mut impl Read,
        running: &Running,
        progress: &mut dyn FnMut(usize, usize),
    ) -> io::Result<Summary> {
        let stream = self.job.design.stream_c();
        let mut data = vec![0; stream.data_width() / 8];
        loop {
            let mut head = [0; 2];
            output.read_exact(&mut head)?;
            running.alive();
            let mut word = || {
                let mut bytes = [0; 8];
                output.read_exact(&mut bytes).map(|()| u64::from_le_bytes(bytes))
            };
            if head[0] == END {
                let [finished, _, received, violations, stuck] =
                    [word()?, word()?, word()?, word()?, word()?];
                let seconds = f64::from_bits(word()?);
                return Ok(Summary { finished, received, violations, stuck: stuck != 0, seconds });
            }
            let cycle = word()?;
            output.read_exact(&mut data)?;
            self.transfer(cycle, head[1] != 0, &data);
            let per_tile = self.transfers_per_tile() as u64;
            if self.transfers.is_multiple_of(per_tile) {
                progress((self.transfers / per_tile) as usize, self.tiles.len());
            }
        }
    }

    /// Compares one transfer.
    fn transfer(&mut self, cycle: u64, last: bool, data: &[u8]) {
        let stream = self.job.design.stream_c();
        let number = self.transfers as usize;
        self.transfers += 1;
        let (tile, within) =
            (number / self.transfers_per_tile(), number % self.transfers_per_tile());
        let Some(&origin) = self.tiles.get(tile) else { return };
        let (row, part) = (within / stream.transfers_per_beat, within % stream.transfers_per_beat);
        if last != (within + 1 == self.transfers_per_tile()) {
            self.wrong_lasts += 1;
        }
        let actual = pack::unpack(&stream, part, data);
        let first_lane = part * stream.lanes_per_transfer;
        let expected = self.gemm.row(origin.0 + row, origin.1 + first_lane, actual.len());
        for index in 0..actual.len() {
            let (at_row, at_col) = (origin.0 + row, origin.1 + first_lane + index);
            if at_row < self.gemm.rows() && at_col < self.gemm.cols() {
                self.result.set(at_row * self.gemm.cols() + at_col, actual.get(index));
            }
            if actual.get(index) != expected.get(index) {
                self.mismatches += 1;
                if self.first.len() < DESCRIBED {
                    let signed = self.job.design.accumulator.signed;
                    let mismatch = Mismatch::new(
                        (cycle, tile, origin),
                        (row, first_lane + index),
                        &expected.integer(index, signed),
                        &actual.integer(index, signed),
                    );
                    self.first.push(mismatch.with_operands(self.job.a, self.job.b));
                }
            }
        }
    }

    fn report(self, summary: &Summary, build_seconds: f64) -> (Report, Words) {
        let job = self.job;
        let (m, k, n) = (job.a.rows, job.a.cols, job.b.cols);
        let pipeline = job.design.pipeline();
        let expected_cycles = job.design.nest.cycles((m, k, n), pipeline);
        let macs = m as u64 * k as u64 * n as u64;
        let cycles = summary.finished;
        let elements = (job.design.rows() * job.design.cols()) as f64;
        let mut faults = Vec::new();
        let mut fault = |wrong: bool, text: String| {
            if wrong {
                faults.push(text);
            }
        };
        let expected = self.expected_transfers();
        fault(summary.stuck, format!("no transfer for {PATIENCE} cycles: the design is stuck"));
        fault(
            summary.received != expected,
            format!("{} transfers came out, {expected} were expected", summary.received),
        );
        fault(
            summary.violations > 0,
            format!("{} times a stalled transfer was changed or withdrawn", summary.violations),
        );
        fault(self.wrong_lasts > 0, format!("tlast was wrong {} times", self.wrong_lasts));
        fault(
            job.stall == 0.0 && cycles != expected_cycles,
            format!("{cycles} cycles were counted, the loop nest takes {expected_cycles}"),
        );
        let beats = (self.tiles.len() * k) as f64;
        let report = Report {
            passed: self.mismatches == 0 && faults.is_empty(),
            cycles,
            expected_cycles,
            macs,
            utilisation: macs as f64 / (elements * cycles.max(1) as f64),
            array_busy: beats / cycles.max(1) as f64,
            mismatches: self.mismatches,
            first_mismatches: self.first,
            faults,
            cycles_per_second: cycles as f64 / summary.seconds.max(1e-9),
            tiles: self.tiles.len(),
            seed: job.seed,
            stall: job.stall,
            build_seconds,
        };
        (report, self.result)
    }
}
