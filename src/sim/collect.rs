//! Takes the results of a run in and compares them with the golden model.

use std::io::{self, Read};

use super::build::Simulator;
use super::mismatch::Mismatch;
use super::run::{END, PATIENCE, Report, Task};
use crate::data::Words;
use crate::design::Stream;
use crate::tool::Running;
use crate::vectors::pack;
use crate::workload::{Place, Workload};

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

/// A further stream of results: what is expected, and how much of it has come.
struct Side {
    stream: Stream,
    expected: Vec<Words>,
    /// Step and number within it of each expected transfer.
    places: Vec<(usize, usize)>,
    received: usize,
}

impl Side {
    fn all(workload: &dyn Workload) -> Vec<Self> {
        let side = |(sink, stream)| {
            let mut side = Self { stream, expected: vec![], places: vec![], received: 0 };
            for step in 0..workload.steps() {
                let results = workload.side_results(sink, step);
                side.places.extend((0..results.len()).map(|within| (step, within)));
                side.expected.extend(results);
            }
            side
        };
        workload.side_sinks().into_iter().enumerate().map(side).collect()
    }
}

/// Takes the results in, comparing them with the golden model.
pub(super) struct Collector<'a> {
    task: &'a Task<'a>,
    /// Cycles without any transfer after which the model counts as stuck.
    pub patience: u64,
    stream: Stream,
    result: Words,
    /// Step and transfer within it that come next.
    step: usize,
    within: usize,
    sides: Vec<Side>,
    mismatches: u64,
    first: Vec<Mismatch>,
    wrong_lasts: u64,
    wrong_paddings: u64,
}

impl<'a> Collector<'a> {
    pub fn new(task: &'a Task<'a>) -> Self {
        Self {
            task,
            patience: task.workload.patience().max(PATIENCE),
            stream: task.workload.sink(),
            result: task.workload.result(),
            step: 0,
            within: 0,
            sides: Side::all(task.workload),
            mismatches: 0,
            first: Vec::new(),
            wrong_lasts: 0,
            wrong_paddings: 0,
        }
    }

    pub fn expected_transfers(&self) -> u64 {
        let workload = self.task.workload;
        let main: u64 = (0..workload.steps()).map(|step| workload.transfers(step) as u64).sum();
        main + self.sides.iter().map(|side| side.expected.len() as u64).sum::<u64>()
    }

    pub fn collect(
        &mut self,
        output: &mut impl Read,
        running: &Running,
        progress: &mut dyn FnMut(usize, usize),
    ) -> io::Result<Summary> {
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
            let side = usize::from(head[0]).checked_sub(1);
            let stream = side.map_or(&self.stream, |side| &self.sides[side].stream);
            let mut data = vec![0; stream.data_width() / 8];
            output.read_exact(&mut data)?;
            match side {
                None => self.transfer(cycle, head[1] != 0, &data),
                Some(side) => self.side(cycle, side, &data),
            }
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
        let signed = workload.signed();
        let place = |lane| workload.place(step, within, lane);
        self.compare(cycle, &place, (&actual, &expected.words), signed);
    }

    /// Compares one transfer of a side stream.
    fn side(&mut self, cycle: u64, side: usize, data: &[u8]) {
        let index = side;
        let side = &mut self.sides[side];
        let number = side.received;
        side.received += 1;
        let (Some(expected), Some(&place)) = (side.expected.get(number), side.places.get(number))
        else {
            return;
        };
        if !pack::padding_is_zero(&side.stream, 0, data) {
            self.wrong_paddings += 1;
        }
        let actual = pack::unpack(&side.stream, 0, data);
        let expected = expected.clone();
        let workload = self.task.workload;
        let of_side = |lane| workload.side_place(index, place.0, place.1, lane);
        self.compare(cycle, &of_side, (&actual, &expected), true);
    }

    /// Compares the lanes of a transfer.
    fn compare(
        &mut self,
        cycle: u64,
        place: &dyn Fn(usize) -> Place,
        (actual, expected): (&Words, &Words),
        signed: bool,
    ) {
        for index in 0..actual.len() {
            if actual.get(index) == expected.get(index) {
                continue;
            }
            self.mismatches += 1;
            if self.first.len() < DESCRIBED {
                let text = |words: &Words| words.integer(index, signed).to_string();
                self.first.push(Mismatch {
                    cycle,
                    place: place(index),
                    expected: text(expected),
                    actual: text(actual),
                });
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
        let patience = self.patience;
        fault(summary.stuck, format!("no transfer for {patience} cycles: the design is stuck"));
        fault(
            summary.received != expected,
            format!("{} transfers came out, {expected} were expected", summary.received),
        );
        let main = self.step == workload.steps();
        let sides = self.sides.iter().all(|side| side.received == side.expected.len());
        fault(
            summary.received == expected && !(main && sides),
            "one stream gave too few transfers, another one too many".to_owned(),
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
            task.stall == 0.0 && workload.cycles_are_exact() && cycles != expected_cycles,
            format!("{cycles} cycles were counted, the loop nest takes {expected_cycles}"),
        );
        fault(
            !workload.cycles_are_exact() && cycles < expected_cycles,
            format!("{cycles} cycles were counted, it takes at least {expected_cycles}"),
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
