//! The cycle model of the term-serial engine: a beat takes as many cycles as its slowest lane has
//! pairs of terms.
//!
//! All times are cycles; cycle 0 is the first in which the operands are offered.

mod notation;

pub use notation::nest;

use super::bit_slice::{ColumnActivity, LaneActivity, READ_LATENCY};

/// What a lowering fixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TermSerial {
    /// Rows of elements.
    pub rows: usize,
    /// Elements of a row.
    pub cols: usize,
    /// Terms of K per beat.
    pub lanes: usize,
    /// Cycles per beat: transfers of the wider of the two operand streams.
    pub beat_interval: usize,
    /// Cycles from the issue of a pair of terms until it is accumulated.
    pub issue_latency: usize,
    /// Transfers of one row of the result.
    pub transfers_per_row: usize,
}

impl TermSerial {
    /// Fewest cycles from the acceptance of the last beat of a tile until its first row is offered:
    /// those of a beat with one pair of terms per lane.
    #[must_use]
    pub const fn fewest_latency(&self) -> usize {
        2 + self.issue_latency + self.cols + READ_LATENCY as usize + 1
    }
}

/// The schedule of successive tiles.
#[derive(Clone, Debug)]
pub struct Schedule {
    engine: TermSerial,
    next_beat: u64,
    /// Cycle of the last pair of terms of the beat before.
    ended: u64,
    /// The tile before has ended and its sums have not been handed over.
    waiting: bool,
    /// Earliest next hand-over of sums.
    handover: u64,
    emitted: u64,
    departed: Option<u64>,
    /// First cycle that the activity does not account for.
    accounted: u64,
    activity: ColumnActivity,
}

impl Schedule {
    /// An empty schedule.
    #[must_use]
    pub fn new(engine: TermSerial) -> Self {
        Self {
            engine,
            next_beat: engine.beat_interval as u64 - 1,
            ended: 0,
            waiting: false,
            handover: 0,
            emitted: 0,
            departed: None,
            accounted: 0,
            activity: ColumnActivity {
                lanes: vec![LaneActivity::default(); engine.lanes],
                ..ColumnActivity::default()
            },
        }
    }

    /// Appends a tile of `terms` terms of K, given the numbers of signed powers of two of an
    /// operand of A, by row and term, and of B, by term and column.
    ///
    /// # Panics
    /// If `terms` is 0.
    pub fn tile(
        &mut self,
        terms: usize,
        a: &dyn Fn(usize, usize) -> u64,
        b: &dyn Fn(usize, usize) -> u64,
    ) {
        assert!(terms > 0, "a tile has at least one term");
        let TermSerial { rows, cols, lanes, beat_interval, issue_latency, transfers_per_row } =
            self.engine;
        for first in (0..terms).step_by(lanes) {
            let lane = |term: usize| match term < terms {
                true => Passes::of((0..rows).map(|r| a(r, term)), (0..cols).map(|c| b(term, c))),
                false => Passes::default(),
            };
            let passes: Vec<Passes> = (first..first + lanes).map(lane).collect();
            let slowest = passes.iter().map(|lane| lane.cycles).max().unwrap_or(0);
            let cycles = slowest.max(1);
            // A beat is taken in the last cycle of the one before, and begun in the next.
            let taken = self.next_beat.max(self.ended);
            self.next_beat = taken + beat_interval as u64;
            let mut begin = taken + 1;
            self.activity.operands += begin - self.accounted;
            if std::mem::take(&mut self.waiting) {
                begin = begin.max(self.hand_over());
            }
            self.activity.readout += begin - (taken + 1);
            self.activity.busy += cycles;
            self.ended = begin + cycles - 1;
            self.accounted = self.ended + 1;
            let elements = (rows * cols) as u64;
            for (lane, passes) in self.activity.lanes.iter_mut().zip(passes) {
                lane.digits += passes.pairs;
                lane.element_sync += passes.cycles * elements - passes.pairs;
                lane.lane_sync += (slowest - passes.cycles) * elements;
                lane.empty_groups += (cycles - slowest) * elements;
            }
        }
        self.waiting = true;
        let complete = self.next_hand_over() + (issue_latency + cols) as u64 + READ_LATENCY;
        for _ in 0..rows * transfers_per_row {
            self.departed = Some(self.departed.map_or(0, |time| time + 1).max(complete));
        }
    }

    /// When the sums of the tile that has just ended are handed over.
    fn next_hand_over(&self) -> u64 {
        (self.ended + 1).max(self.handover).max(self.emitted)
    }

    fn hand_over(&mut self) -> u64 {
        let at = self.next_hand_over();
        self.handover = at + self.engine.cols as u64;
        self.emitted = self.departed.unwrap_or(0) + 1;
        at
    }

    /// Cycles from the first offer of operands to the acceptance of the last result.
    #[must_use]
    pub fn cycles(&self) -> u64 {
        self.departed.map_or(0, |time| time + 2)
    }

    /// What the elements did. They are all in step, so they are one column; its lanes are counted
    /// in cycles of elements.
    #[must_use]
    pub fn activity(&self) -> &ColumnActivity {
        &self.activity
    }
}

/// What one lane does in a beat.
#[derive(Clone, Copy, Debug, Default)]
struct Passes {
    /// Cycles until the terms of the longest operand of A have passed by those of the longest of B.
    cycles: u64,
    /// Pairs of terms, over all elements.
    pairs: u64,
}

impl Passes {
    /// Of the numbers of terms of the operands of A and of B.
    fn of(a: impl Iterator<Item = u64>, b: impl Iterator<Item = u64>) -> Self {
        let longest_and_all =
            |(longest, all): (u64, u64), terms: u64| (longest.max(terms), all + terms);
        let (a, b) = (a.fold((0, 0), longest_and_all), b.fold((0, 0), longest_and_all));
        Self { cycles: a.0 * b.0, pairs: a.1 * b.1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: two rows, two columns, two lanes, three terms. Beat 0: lane 0 has 2 and 1 terms of
    /// A and 1 and 1 of B, lane 1 none of A. Beat 1: lane 0 has no term of B, lane 1 no operands.
    #[test]
    fn a_tile_by_hand() {
        let mut schedule = Schedule::new(TermSerial {
            rows: 2,
            cols: 2,
            lanes: 2,
            beat_interval: 1,
            issue_latency: 2,
            transfers_per_row: 1,
        });
        let (a, b) = ([[2, 0, 3], [1, 0, 1]], [[1, 1], [4, 4], [0, 0]]);
        schedule.tile(3, &|row, term| a[row][term], &|term, col| b[term][col]);
        let activity = schedule.activity();
        assert_eq!((activity.operands, activity.busy, activity.readout), (1, 3, 0));
        let lane = |digits, element_sync, lane_sync, empty_groups| LaneActivity {
            digits,
            element_sync,
            lane_sync,
            empty_groups,
            ..LaneActivity::default()
        };
        assert_eq!(activity.lanes, [lane(6, 2, 0, 4), lane(0, 0, 8, 4)]);
    }
}
