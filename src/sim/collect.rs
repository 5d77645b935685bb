//! Takes the results of a run in and compares them with the golden model.

use std::io::{self, Read};

use super::build::Simulator;
use super::mismatch::Mismatch;
use super::run::{END, Job, PATIENCE, Report};
use crate::golden::{Gemm, Words};
use crate::tool::Running;
use crate::vectors::pack;

/// Mismatches that are described; the others are only counted.
const DESCRIBED: usize = 5;

/// The driver's closing figures.
pub(super) struct Summary {
    finished: u64,
    received: u64,
    violations: u64,
    stuck: bool,
    seconds: f64,
}

/// Takes the results in, comparing them with the golden model.
pub(super) struct Collector<'a> {
    job: &'a Job<'a>,
    gemm: Gemm<'a>,
    pub tiles: Vec<(usize, usize)>,
    result: Words,
    transfers: u64,
    mismatches: u64,
    first: Vec<Mismatch>,
    wrong_lasts: u64,
    wrong_paddings: u64,
}

impl<'a> Collector<'a> {
    pub fn new(job: &'a Job<'a>) -> Self {
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
            wrong_paddings: 0,
        }
    }

    fn transfers_per_tile(&self) -> usize {
        self.job.design.rows() * self.job.design.stream_c().transfers_per_beat
    }

    pub fn expected_transfers(&self) -> u64 {
        (self.tiles.len() * self.transfers_per_tile()) as u64
    }

    pub fn collect(
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
        if !pack::padding_is_zero(&stream, part, data) {
            self.wrong_paddings += 1;
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

    pub fn report(
        self,
        summary: &Summary,
        simulator: &Simulator,
        build_seconds: f64,
    ) -> (Report, Words) {
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
            self.wrong_paddings > 0,
            format!("the padding of tdata was not zero {} times", self.wrong_paddings),
        );
        fault(
            job.stall == 0.0 && cycles != expected_cycles,
            format!("{cycles} cycles were counted, the loop nest takes {expected_cycles}"),
        );
        let beats = (self.tiles.len() * k) as f64;
        let report = Report {
            tools: [("verilator".to_owned(), simulator.verilator.clone())].into(),
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
