//! When things happen: the cycle model of an output-stationary nest, tile by tile.
//!
//! A tile passes through three phases, which the nest spells out as the three loops inside the
//! tile loops: *accumulate* (a beat per k), *read* (one element per row and cycle) and *emit* (one
//! row after the other). The phases of successive tiles overlap. Where a phase must wait, the rule
//! is the one that the control logic applies, so the count is that of the hardware without stalls.
//!
//! All times are cycles; cycle 0 is the first in which the operands are offered.

use std::collections::VecDeque;

use super::replay::{Extents, Memory};
use super::{Dimension, Extent, Loop, Movement, Nest, Operation, Run, UnknownShape};

/// Latencies that the lowering fixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pipeline {
    /// Cycles per beat: transfers of the wider of the two operand streams.
    pub beat_interval: usize,
    /// Terms of K in a beat.
    pub terms_per_beat: usize,
    /// Cycles per beat of weights, where weights stay: transfers of their stream.
    pub load_interval: usize,
    /// Cycles from the acceptance of a beat until the accumulated value of the first element shows
    /// it.
    pub accumulate_latency: usize,
    /// Cycles between reading an element and writing its row buffer.
    pub resolve_latency: usize,
    /// Transfers of one row of the result.
    pub transfers_per_row: usize,
}

impl Pipeline {
    /// Transfers that may still be on their way when the next tile is read: so many does the
    /// output buffer hold. With this capacity a tile of K >= rows + cols beats finds the row
    /// buffers free when it ends, and the array is busy in every cycle.
    #[must_use]
    pub const fn credit(&self) -> usize {
        self.accumulate_latency + self.resolve_latency
    }

    /// Entries of the output buffer: two at least, for a transfer in every cycle.
    #[must_use]
    pub const fn output_slots(&self) -> usize {
        if self.credit() < 2 { 2 } else { self.credit() }
    }
}

/// The closed form of the cycle count, for people; [`Timeline`] is the definition.
///
/// With `rows` rows, `reads` cycles to take over the results of a row
/// ([`Nest::reads_per_row`]) and `tiles` tiles of `k` beats:
///
/// ```text
/// period = max(interval k, rows transfers + reads)
/// cycles = (tiles - 1) period + interval k + latency + resolve + rows transfers + reads
/// ```
///
/// It is exact where a tile has more transfers than the output buffer has entries
/// ([`Pipeline::credit`]); smaller arrays overlap a little more and take fewer cycles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClosedForm {
    /// Cycles from the first beat of a tile to the first beat of the next.
    pub period: u64,
    /// All cycles.
    pub cycles: u64,
    /// Whether the form is exact for these dimensions.
    pub exact: bool,
}

impl ClosedForm {
    /// Evaluates the form.
    #[must_use]
    pub fn of(pipeline: Pipeline, (rows, reads): (usize, usize), tiles: usize, k: usize) -> Self {
        let transfers = rows * pipeline.transfers_per_row;
        let beats = pipeline.beat_interval * k;
        let period = beats.max(transfers + reads);
        let tail = pipeline.accumulate_latency + pipeline.resolve_latency + transfers + reads;
        let cycles = tiles.saturating_sub(1) * period + beats + tail;
        Self {
            period: period as u64,
            cycles: cycles as u64,
            exact: tiles == 1 || transfers > pipeline.credit(),
        }
    }
}

/// Extents of the phases, taken from the nest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Phases {
    /// Elements that one row buffer takes over, one per cycle.
    reads: usize,
    /// Rows that are handed out.
    rows: usize,
    /// Every row is read one cycle later than the one above.
    staggered: bool,
    /// All elements are read at once, into registers from which the rows are handed out.
    captured: bool,
}

/// Whether a loop goes through the rows of a tile, one after the other.
fn is_row_by_row(l: &Loop) -> bool {
    let fixed = matches!(l.extent, Extent::Fixed(_));
    l.run == Run::Temporal && l.dimension == Dimension::M && fixed
}

impl Nest {
    /// Cycles for which the results of a row are taken over: one per element over a bus, or one
    /// where all are captured at once. Nothing where the nest has no such phase.
    #[must_use]
    pub fn reads_per_row(&self) -> Option<usize> {
        Phases::of(self).ok().map(|phases| phases.reads)
    }

    /// Whether the phases of a tile are those that the cycle model knows.
    pub(super) fn check_phases(&self) -> Result<(), UnknownShape> {
        Phases::of(self).map(|_| ())
    }
}

impl Phases {
    /// Reads the phases off the statements outside the K loop.
    ///
    /// # Errors
    /// [`UnknownShape`] for a loop over results whose iterations are not a fixed number, and for
    /// phases that are missing or there twice in different sizes.
    fn of(nest: &Nest) -> Result<Self, UnknownShape> {
        let (mut reads, mut rows) = (None, None);
        let (mut staggered, mut captured) = (false, false);
        let mut unknown = None;
        nest.visit(&mut |assignment, loops| {
            let mut temporal = || {
                let result = |l: &&&Loop| matches!(l.dimension, Dimension::M | Dimension::N);
                let within = loops.iter().filter(|l| l.run == Run::Temporal).filter(result);
                within.filter(|l| !matches!(l.extent, Extent::Tiles(_))).try_fold(1, |all, l| {
                    match l.extent {
                        Extent::Fixed(count) => Some(all * count),
                        _ => {
                            unknown = Some(UnknownShape::of_loop(l));
                            None
                        }
                    }
                })
            };
            let emits = assignment.operation == Operation::Emit;
            let clears = assignment.operation == Operation::Zero;
            let read = !super::in_temporal_k(loops) && !emits && !clears;
            let by_row = loops.iter().any(|l| is_row_by_row(l));
            let found = match (read && !by_row, emits) {
                (true, _) => {
                    staggered = loops.iter().any(|l| l.run == Run::Spatial(Movement::Hop));
                    &mut reads
                }
                (_, true) => &mut rows,
                _ => {
                    captured |= read && by_row;
                    return;
                }
            };
            let Some(count) = temporal() else { return };
            if found.is_some_and(|before| before != count) {
                unknown = Some(UnknownShape::new(format!(
                    "`{assignment}` stands in {count} iterations, another statement of its phase in \
                     a different number"
                )));
            }
            *found = Some(count);
        });
        match (unknown, rows) {
            (Some(unknown), _) => Err(unknown),
            (None, None) => Err(UnknownShape::new("no result is emitted".to_owned())),
            (None, Some(rows)) => {
                let reads = match (reads, captured) {
                    (Some(reads), _) => reads,
                    (None, true) => 1,
                    (None, false) => {
                        return Err(UnknownShape::new("no sum is read out".to_owned()));
                    }
                };
                Ok(Self { reads, rows, staggered, captured })
            }
        }
    }
}

/// Times of one tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tile {
    /// The first beat is accepted.
    pub first_beat: u64,
    /// The last beat is accepted.
    pub last_beat: u64,
    /// Reading is released.
    pub release: u64,
    /// The last transfer of the result is accepted by the receiver.
    pub finished: u64,
}

/// The schedule of successive tiles.
#[derive(Clone, Debug)]
pub struct Timeline {
    pipeline: Pipeline,
    phases: Phases,
    replay: Option<Extents>,
    memory: Memory,
    previous: Option<Tile>,
    /// Times at which the latest transfers left their row buffers.
    departures: VecDeque<u64>,
    transfers: u64,
}

impl Timeline {
    /// An empty schedule of `nest` on hardware with `pipeline`.
    ///
    /// # Errors
    /// [`UnknownShape`] where the phases of a tile are not those of the model.
    pub fn new(nest: &Nest, pipeline: Pipeline) -> Result<Self, UnknownShape> {
        let phases = Phases::of(nest)?;
        Ok(Self {
            pipeline,
            phases,
            replay: Extents::of(nest, pipeline),
            memory: Memory::default(),
            previous: None,
            departures: VecDeque::new(),
            transfers: 0,
        })
    }

    /// Appends a tile of `k` beats, or of `k` terms where they go through a memory.
    ///
    /// # Panics
    /// If `k` is 0.
    pub fn tile(&mut self, k: u64) -> Tile {
        assert!(k > 0, "a tile has at least one beat");
        let mut tile = match self.replay {
            None => self.accumulate(k),
            Some(extents) => self.replay(k, extents),
        };
        self.emit(&mut tile);
        self.previous = Some(tile);
        tile
    }

    /// Beats go through the array as they come.
    fn accumulate(&self, k: u64) -> Tile {
        let interval = self.pipeline.beat_interval as u64;
        let first_beat = match self.previous {
            None => interval - 1,
            // The beat is complete one interval after the one before; the first of a tile would
            // overwrite what has not been released for reading.
            Some(previous) => (previous.last_beat + interval).max(previous.release),
        };
        let last_beat = first_beat + (k - 1) * interval;
        let previous = self.previous.map(|previous| previous.release);
        let release = self.release(last_beat, previous, true);
        Tile { first_beat, last_beat, release, finished: 0 }
    }

    /// Beats go into the memory; from there every chunk goes through the array once per bit weight.
    /// To the array a plane of a chunk is a tile, and reading it out adds it to the row buffers.
    fn replay(&mut self, k: u64, extents: Extents) -> Tile {
        let k = k.div_ceil(self.pipeline.terms_per_beat as u64);
        let mut tile = Tile { first_beat: 0, last_beat: 0, release: 0, finished: 0 };
        let mut released = self.previous.map(|previous| previous.release);
        for (index, beats) in extents.chunks(k).enumerate() {
            let (first, last) = self.memory.load(beats, self.pipeline.beat_interval as u64);
            if index == 0 {
                tile.first_beat = first;
            }
            tile.last_beat = last;
            let mut read = (0, 0);
            for plane in 0..extents.planes {
                // The chunk is there; the plane before is read out, at least from here on.
                let first = (tile.last_beat + 1).max(released.unwrap_or(0));
                let last = first + extents.groups(beats) - 1;
                read = (first, last);
                let release = self.release(last, released, index == 0 && plane == 0);
                released = Some(release);
                tile.release = release;
            }
            self.memory.replayed(read.0, read.1);
        }
        tile
    }

    /// When what the beat at `last_beat` completes may be read, where `previous` was released last.
    /// The row buffers take one element per cycle. What `begins` a tile overwrites the one before.
    fn release(&self, last_beat: u64, previous: Option<u64>, begins: bool) -> u64 {
        let apart = self.spacing() + if begins { self.spread() } else { 0 };
        let spaced = previous.map_or(0, |release| release + apart).max(last_beat + 1);
        if begins { spaced.max(self.buffers_free()) } else { spaced }
    }

    /// Cycles from one release to the next.
    fn spacing(&self) -> u64 {
        if self.phases.captured { 1 } else { self.phases.reads as u64 }
    }

    /// Further cycles for the rows of a tile of so few transfers that the credit does not hold the
    /// next one back: they leave one transfer per cycle, and are overwritten one row per cycle, or
    /// all at the same time: at once where they were captured, or from the first column on.
    fn spread(&self) -> u64 {
        let (rows, transfers) = (self.phases.rows, self.pipeline.transfers_per_row);
        let cycles = match self.phases.captured {
            _ if rows * transfers > self.pipeline.credit() => 0,
            true => rows * transfers - 1,
            // With room for a third tile the transfers of each have to leave before the next ones
            // come, or they would queue up.
            false if self.phases.staggered => {
                let third = 2 * rows * transfers <= self.pipeline.credit();
                let rest = (rows * transfers).saturating_sub(self.phases.reads);
                ((rows - 1) * (transfers - 1)).max(if third { rest } else { 0 })
            }
            false => (rows - 1) * transfers,
        };
        cycles as u64
    }

    /// When all but `credit` transfers have left the output. A departed transfer is received one
    /// cycle later and counted in the next.
    fn buffers_free(&self) -> u64 {
        let waits = self.transfers > self.pipeline.credit() as u64;
        if waits { self.departures[0] + 2 } else { 0 }
    }

    /// The rows of a tile are handed out.
    fn emit(&mut self, tile: &mut Tile) {
        let Pipeline { accumulate_latency, resolve_latency, transfers_per_row, .. } = self.pipeline;
        let [latency, resolve] = [accumulate_latency, resolve_latency].map(|n| n as u64);
        // Row r is complete when its last element, `reads` cycles after its first, is written; with
        // operands that hop, every row is one cycle later than the one above.
        let complete = tile.release + (latency - 1) + self.phases.reads as u64 + resolve;
        let hop = u64::from(self.phases.staggered);
        let mut departure = self.departures.back().copied();
        for row in 0..self.phases.rows as u64 {
            let row = hop * row;
            for _ in 0..transfers_per_row {
                let next = departure.map_or(0, |time| time + 1).max(complete + row);
                departure = Some(next);
                self.departures.push_back(next);
                self.transfers += 1;
                if self.departures.len() > self.pipeline.credit() + 1 {
                    self.departures.pop_front();
                }
            }
        }
        tile.finished = departure.map_or(0, |time| time + 1);
    }

    /// Cycles from the first offer of operands to the acceptance of the last result.
    #[must_use]
    pub fn cycles(&self) -> u64 {
        self.previous.map_or(0, |tile| tile.finished + 1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::nest::systolic;

    proptest! {
        #[test]
        fn the_closed_form_is_the_timeline(
            (rows, cols, tiles, k) in (1usize..20, 1usize..20, 1usize..6, 1usize..60),
            (interval, latency, resolve, transfers) in (1usize..4, 1usize..4, 0usize..3, 1usize..4),
        ) {
            let pipeline = Pipeline {
                beat_interval: interval,
                terms_per_beat: 1,
                load_interval: 1,
                accumulate_latency: latency,
                resolve_latency: resolve,
                transfers_per_row: transfers,
            };
            let nest = systolic::output_stationary(rows, cols, vec![0]);
            let mut timeline = Timeline::new(&nest, pipeline).unwrap();
            for _ in 0..tiles {
                timeline.tile(k as u64);
            }
            let form = ClosedForm::of(pipeline, (rows, cols), tiles, k);
            if form.exact {
                prop_assert_eq!(form.cycles, timeline.cycles());
            } else {
                prop_assert!(timeline.cycles() <= form.cycles);
            }
        }
    }
}
