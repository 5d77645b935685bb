//! When things happen in an engine that leaves zero digits out: the cycle model of the nests with
//! `sparse` and `sync`, chunk by chunk.
//!
//! The iterations of a `sparse` loop are the digits that are not zero, so cycles depend on the data.
//! A column of elements works on one row of A. Its planes follow each other from the top weight
//! down; within a plane every lane takes its groups one after the other, one digit per cycle, and
//! the lanes of the column meet at the end. All rules are maxima and sums over counts of digits:
//! there is no cycle in which anything but those counts decides.
//!
//! All times are cycles; cycle 0 is the first in which the operands are offered.

mod activity;
mod banked;
mod banks;
mod notation;

pub use activity::{Activity, ColumnActivity, LaneActivity, Totals};
use banked::Chunk;
pub use banks::Banks;
use banks::{Layout, TileBefore};
pub use notation::{Extents, nest};

/// What a lowering fixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Engine {
    /// Columns of elements: rows of A that are worked on at a time.
    pub columns: usize,
    /// Elements of a column: columns of B.
    pub elements: usize,
    /// Lanes of a column; lane l has the terms l, l + lanes, ...
    pub lanes: usize,
    /// Digits of a group.
    pub group: usize,
    /// Bit-weight planes.
    pub planes: usize,
    /// Beats of a chunk that fills the memories; a beat is one term per lane.
    pub beats: usize,
    /// All lanes of all columns go on to the next group together.
    pub lockstep: bool,
    /// Groups without a digit cost nothing.
    pub skip_empty: bool,
    /// All columns begin a chunk together.
    pub barrier: bool,
    /// Neighbouring planes are accumulated into one another; otherwise each is read out.
    pub horner: bool,
    /// Banks of operand B that the columns share; none if each column has a copy.
    pub banks: Option<Banks>,
    /// The rows of B of a group are read together.
    pub whole_groups: bool,
    /// Cycles per beat: transfers of the wider of the two operand streams.
    pub beat_interval: usize,
    /// Cycles from the issue of digits until they are accumulated.
    pub issue_latency: usize,
    /// Transfers of one row of the result.
    pub transfers_per_row: usize,
}

/// Cycles from the acceptance of the last beat of a chunk until its first digits may be issued:
/// encode, write, read.
pub const LOAD_LATENCY: u64 = 3;

/// Cycles from the reading of an element until its result is there: read, resolve, add.
pub const READ_LATENCY: u64 = 3;

impl Engine {
    /// Fewest cycles from the acceptance of the last beat of a tile until its first row is offered:
    /// those of a chunk without digits.
    #[must_use]
    pub const fn fewest_latency(&self) -> usize {
        LOAD_LATENCY as usize + 1 + self.issue_latency + self.elements + READ_LATENCY as usize + 1
    }
}

/// The counts of a chunk: digits by group, for column, plane and lane.
struct Counts {
    groups: usize,
    /// Index ((column * planes + plane) * lanes + lane) * groups + group.
    counts: Vec<u8>,
}

/// The schedule of successive tiles.
#[derive(Clone, Debug)]
pub struct Schedule {
    engine: Engine,
    /// Cycle in which the next beat is complete, if there is room for it.
    next_beat: u64,
    /// When the columns were done with the last two chunks, the older one first.
    done: [u64; 2],
    columns: Vec<Column>,
    /// Cycle of the last departure from the row buffers.
    departed: Option<u64>,
    /// What is worked on where columns share banks, and what is known of the tile before.
    chunks: Vec<Chunk>,
    before: TileBefore,
}

/// The beats of a chunk, and the terms of its tile.
struct Beats {
    range: std::ops::Range<usize>,
    terms: usize,
}

#[derive(Clone, Debug, Default)]
struct Column {
    /// The chunk before has ended.
    ended: u64,
    /// Earliest next hand-over of sums: they leave one per cycle.
    handover: u64,
    /// The result of the tile before has been handed out.
    emitted: u64,
    /// The next hand-over is the first of a tile.
    fresh: bool,
    activity: ColumnActivity,
}

impl Schedule {
    /// An empty schedule.
    #[must_use]
    pub fn new(engine: Engine) -> Self {
        let lanes = vec![LaneActivity::default(); engine.lanes];
        let activity = ColumnActivity { lanes, ..ColumnActivity::default() };
        let column = Column { fresh: true, activity, ..Column::default() };
        Self {
            engine,
            next_beat: engine.beat_interval as u64 - 1,
            done: [0; 2],
            columns: vec![column; engine.columns],
            departed: None,
            chunks: Vec::new(),
            before: TileBefore::START,
        }
    }

    /// Appends a tile of `terms` terms; `nonzero(column, term, plane)` tells whether the digit of
    /// that weight of an operand of A is not zero.
    ///
    /// # Panics
    /// If `terms` is 0.
    pub fn tile(&mut self, terms: usize, nonzero: &dyn Fn(usize, usize, usize) -> bool) {
        assert!(terms > 0, "a tile has at least one term");
        let beats = terms.div_ceil(self.engine.lanes);
        if let Some(banks) = self.engine.banks {
            self.banked_tile(banks, terms, nonzero);
            return;
        }
        let mut complete = vec![0; self.engine.columns];
        for first in (0..beats).step_by(self.engine.beats) {
            let end = (first + self.engine.beats).min(beats);
            let counts = self.count(first..end, terms, nonzero);
            let handovers = self.chunk(end - first, end == beats, &counts);
            let (elements, latency) =
                (self.engine.elements as u64, self.engine.issue_latency as u64);
            for (complete, handover) in complete.iter_mut().zip(handovers) {
                *complete = handover + latency + elements + READ_LATENCY;
            }
        }
        for (column, complete) in self.columns.iter_mut().zip(complete) {
            for _ in 0..self.engine.transfers_per_row {
                self.departed = Some(self.departed.map_or(0, |time| time + 1).max(complete));
            }
            column.emitted = self.departed.unwrap_or(0) + 1;
        }
    }

    /// Appends a tile whose columns share banks.
    fn banked_tile(
        &mut self,
        banks: Banks,
        terms: usize,
        nonzero: &dyn Fn(usize, usize, usize) -> bool,
    ) {
        let Engine { lanes, group, beats: full, .. } = self.engine;
        let beats = terms.div_ceil(lanes);
        let mut tile = TileBefore::START;
        for (number, first) in (0..beats).step_by(full).enumerate() {
            let range = first..(first + full).min(beats);
            let (length, last) = (range.len(), range.end == beats);
            let expected = self.before.expected(number, full / group);
            let layout = Layout::new(&self.engine, banks, expected);
            let steps = layout.steps(&self.engine, &Beats { range, terms }, nonzero);
            self.chunks.push(Chunk { beats: length, last, steps });
            tile = TileBefore { chunks: number, groups: length.div_ceil(group) };
        }
        self.before = tile;
    }

    fn count(
        &self,
        beats: std::ops::Range<usize>,
        terms: usize,
        nonzero: &dyn Fn(usize, usize, usize) -> bool,
    ) -> Counts {
        let Engine { columns, lanes, planes, group, .. } = self.engine;
        let groups = beats.len().div_ceil(group);
        let mut counts = vec![0u8; columns * planes * lanes * groups];
        for column in 0..columns {
            for plane in 0..planes {
                for lane in 0..lanes {
                    for beat in beats.clone() {
                        let term = beat * lanes + lane;
                        if term < terms && nonzero(column, term, plane) {
                            let at = (beat - beats.start) / group;
                            counts[((column * planes + plane) * lanes + lane) * groups + at] += 1;
                        }
                    }
                }
            }
        }
        Counts { groups, counts }
    }

    /// Appends a chunk; gives the cycle of each column's last hand-over.
    fn chunk(&mut self, beats: usize, last: bool, counts: &Counts) -> Vec<u64> {
        let engine = self.engine;
        // Beats are taken while one half of the memories is free.
        let room = self.done[0];
        let first_beat = self.next_beat.max(room);
        let last_beat = first_beat + (beats as u64 - 1) * engine.beat_interval as u64;
        self.next_beat = last_beat + engine.beat_interval as u64;
        let loaded = last_beat + LOAD_LATENCY;
        let all_ended = self.columns.iter().map(|column| column.ended).max().unwrap_or(0);
        let slowest_handover = self.columns.iter().map(|c| c.handover).max().unwrap_or(0);
        let slowest_emission = self.columns.iter().map(|c| c.emitted).max().unwrap_or(0);
        let mut handovers = Vec::new();
        for index in 0..engine.columns {
            let column = &mut self.columns[index];
            if engine.lockstep {
                (column.handover, column.emitted) = (slowest_handover, slowest_emission);
            }
            let together = engine.barrier || engine.lockstep;
            let start = if together { all_ended } else { column.ended };
            column.activity.column_sync += start - column.ended;
            let begin = start.max(loaded);
            column.activity.operands += begin - start;
            let mut now = begin;
            let mut above: Option<usize> = None;
            for plane in (0..engine.planes).rev() {
                let Some(cycles) = self.plane(index, plane, counts) else { continue };
                let column = &mut self.columns[index];
                if let Some(above) = above {
                    let continues = engine.horner && above == plane + 1;
                    if !continues {
                        now = column.hand_over(now, false, engine.elements);
                    }
                }
                above = Some(plane);
                now += cycles;
                column.activity.busy += cycles;
            }
            // A chunk without digits still has a sum, of zero.
            if above.is_none() {
                now += 1;
            }
            let column = &mut self.columns[index];
            now = column.hand_over(now, last, engine.elements);
            column.ended = now;
            handovers.push(now);
        }
        let done = handovers.iter().copied().max().unwrap_or(0) + 1;
        self.done = [self.done[1], done];
        handovers
    }

    /// Cycles of a plane, or nothing if it has no digit.
    fn plane(&mut self, column: usize, plane: usize, counts: &Counts) -> Option<u64> {
        let Engine { columns, lanes, planes, lockstep, skip_empty, .. } = self.engine;
        let of = |column: usize, lane: usize| {
            let start = ((column * planes + plane) * lanes + lane) * counts.groups;
            &counts.counts[start..start + counts.groups]
        };
        let least = u64::from(!skip_empty);
        let cost = |count: &u8| u64::from(*count).max(least);
        let span = if lockstep { 0..columns } else { column..column + 1 };
        let streams = || span.clone().flat_map(|c| (0..lanes).map(move |lane| (c, lane)));
        if streams().all(|(c, lane)| of(c, lane).iter().all(|&count| count == 0)) {
            return None;
        }
        let cycles = if lockstep {
            (0..counts.groups)
                .map(|group| {
                    streams().map(|(c, lane)| cost(&of(c, lane)[group])).max().unwrap_or(0)
                })
                .sum()
        } else {
            let work = |(c, lane)| of(c, lane).iter().map(cost).sum::<u64>();
            streams().map(work).max().unwrap_or(0)
        };
        for lane in 0..lanes {
            let groups = of(column, lane);
            let digits: u64 = groups.iter().map(|&count| u64::from(count)).sum();
            let work: u64 = groups.iter().map(cost).sum();
            let activity = &mut self.columns[column].activity.lanes[lane];
            activity.digits += digits;
            activity.empty_groups += work - digits;
            activity.lane_sync += cycles - work;
        }
        Some(cycles)
    }

    /// Cycles from the first offer of operands to the acceptance of the last result, and what each
    /// column did.
    #[must_use]
    pub fn outcome(&self) -> (u64, Vec<ColumnActivity>) {
        if self.engine.banks.is_some() {
            return banked::run(&self.engine, &self.chunks);
        }
        let cycles = self.departed.map_or(0, |time| time + 2);
        (cycles, self.columns.iter().map(|column| column.activity.clone()).collect())
    }
}

impl Column {
    /// Hands the sums of a segment over, at `now` or when the ones before have left.
    fn hand_over(&mut self, now: u64, last: bool, elements: usize) -> u64 {
        let mut free = self.handover;
        if self.fresh {
            free = free.max(self.emitted);
        }
        let at = now.max(free);
        self.activity.readout += at - now;
        self.handover = at + elements as u64;
        self.fresh = last;
        at
    }
}
