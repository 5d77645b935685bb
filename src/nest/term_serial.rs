//! The cycle model of the term-serial engine: a beat takes as many cycles as its slowest lane has
//! pairs of terms.
//!
//! All times are cycles; cycle 0 is the first in which the operands are offered.

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

/// Cycles from the reading of an element until its result is there: read, resolve, add.
const READ_LATENCY: u64 = 3;

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
    pairs: u64,
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
            pairs: 0,
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
            let lane = |term: usize| {
                let a = (0..rows).map(|row| a(row, term)).max().unwrap_or(0);
                let b = (0..cols).map(|col| b(term, col)).max().unwrap_or(0);
                a * b
            };
            let slowest = (first..(first + lanes).min(terms)).map(lane).max().unwrap_or(0);
            self.pairs += slowest;
            // A beat is taken in the last cycle of the one before, and begun in the next.
            let taken = self.next_beat.max(self.ended);
            self.next_beat = taken + beat_interval as u64;
            let mut begin = taken + 1;
            if std::mem::take(&mut self.waiting) {
                begin = begin.max(self.hand_over());
            }
            self.ended = begin + slowest.max(1) - 1;
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

    /// Cycles in which the slowest lane had a pair of terms.
    #[must_use]
    pub fn pairs(&self) -> u64 {
        self.pairs
    }
}
