//! Takes the results of a run in and compares them with the golden model.

use std::io::{self, Read};

use super::build::Simulator;
use super::mismatch::Mismatch;
use super::run::{END, PATIENCE, Report, Task};
use crate::design::Stream;
use crate::golden::Words;
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
    task: &'a Task<'a>,
    stream: Stream,
    result: Words,
    /// Step and transfer within it that come next.
    step: usize,
    within: usize,
    mismatches: u64,
    first: Vec<Mismatch>,
    wrong_lasts: u64,
    wrong_paddings: u64,
}

impl<'a> Collector<'a> {
    pub fn new(task: &'a Task<'a>) -> Self {
        Self {
            task,
            stream: task.workload.sink(),
            result: task.workload.result(),
            step: 0,
            within: 0,
            mismatches: 0,
            first: Vec::new(),
            wrong_lasts: 0,
            wrong_paddings: 0,
        }
    }

    pub fn expected_transfers(&self) -> u64 {
        let workload = self.task.workload;
        (0..workload.steps()).map(|step| workload.transfers(step) as u64).sum()
    }

    pub fn collect(
        &mut self,
        output: &mut impl Read,
        running: &Running,
        progress: &mut dyn FnMut(usize, usize),
    ) -> io::Result<Summary> {
        let mut data = vec![0; self.stream.data_width() / 8];
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
            if self.within == 0 {
                progress(self.step, self.task.workload.steps());
            }
        }
    }

    /// Compares one transfer.
    fn transfer(&mut self, cycle: u64, last: bool, data: &[u8]) {
        let workload = self.task.workload;
        let (step, within) = (self.step, self.within);
        if step >= workload.steps() {
            return;
        }
        self.within += 1;
        if self.within == workload.transfers(step) {
            (self.step, self.within) = (step + 1, 0);
        }
        let expected = workload.expected(step, within);
        if self.stream.has_last && last != expected.last {
            self.wrong_lasts += 1;
        }
        if !pack::padding_is_zero(&self.stream, expected.part, data) {
            self.wrong_paddings += 1;
        }
        let actual = pack::unpack(&self.stream, expected.part, data);
        workload.store(&mut self.result, step, within, &actual);
        for index in 0..actual.len() {
            if actual.get(index) != expected.words.get(index) {
                self.mismatches += 1;
                if self.first.len() < DESCRIBED {
                    let text = |words: &Words| words.integer(index, workload.signed()).to_string();
                    self.first.push(Mismatch {
                        cycle,
                        place: workload.place(step, within, index),
                        expected: text(&expected.words),
                        actual: text(&actual),
                    });
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
        let (task, workload) = (self.task, self.task.workload);
        let expected_cycles = workload.cycles();
        let macs = workload.operations();
        let cycles = summary.finished;
        let capacity = workload.operations_per_cycle();
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
            task.stall == 0.0 && cycles != expected_cycles,
            format!("{cycles} cycles were counted, the loop nest takes {expected_cycles}"),
        );
        let beats = workload.beats() as f64;
        let report = Report {
            tools: [("verilator".to_owned(), simulator.verilator.clone())].into(),
            passed: self.mismatches == 0 && faults.is_empty(),
            cycles,
            expected_cycles,
            macs,
            utilisation: macs as f64 / (capacity * cycles.max(1) as f64),
            activity: workload.activity(),
            array_busy: beats / cycles.max(1) as f64,
            mismatches: self.mismatches,
            first_mismatches: self.first,
            faults,
            cycles_per_second: cycles as f64 / summary.seconds.max(1e-9),
            tiles: workload.steps(),
            seed: task.seed,
            stall: task.stall,
            build_seconds,
        };
        (report, self.result)
    }
}
