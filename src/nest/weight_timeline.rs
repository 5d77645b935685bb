//! When things happen in a weight-stationary array: the cycle model, tile by tile.
//!
//! A tile of B is loaded, one beat per k, into weights that stand in the shadow of those in use.
//! The first beat of A of the tile swaps them in, and from that cycle on the next tile may be
//! loaded. A beat of A gives a beat of C a fixed time later; it is accepted only when the output
//! memory is sure to have room for that. Each rule is the one that the control logic applies, so
//! the count is that of the hardware without stalls.
//!
//! All times are cycles; cycle 0 is the first in which the operands are offered.

use std::collections::VecDeque;

use super::{Dimension, Extent, Loop, Movement, Nest, Operation, Pipeline, Run};

/// Cycles from the last word of a beat of C at the array's edge until the beat is offered: the
/// write into the output memory, and the read out of it.
pub const MEMORY_LATENCY: usize = 2;

/// What the nest says of the array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weights {
    /// Beats that load a tile.
    pub beats: usize,
    /// Hops from the first element to the last.
    pub skew: usize,
}

impl Weights {
    /// The weights of a nest, or nothing if no operand stays.
    #[must_use]
    pub fn of(nest: &Nest) -> Option<Self> {
        let count = |l: &Loop| match l.extent {
            Extent::Fixed(count) => count,
            _ => 1,
        };
        let (mut beats, mut skew) = (None, 0);
        nest.visit(&mut |assignment, loops| {
            let hops = loops.iter().filter(|l| l.run == Run::Spatial(Movement::Hop));
            skew = skew.max(hops.map(|l| count(l) - 1).sum());
            if assignment.operation == Operation::Load {
                let loads =
                    loops.iter().filter(|l| l.dimension == Dimension::K && l.run == Run::Temporal);
                beats = Some(loads.map(|l| count(l)).product());
            }
        });
        beats.map(|beats| Self { beats, skew })
    }

    /// Cycles from the acceptance of a beat of A until its beat of C is offered.
    #[must_use]
    pub const fn latency(&self, pipeline: Pipeline) -> usize {
        pipeline.credit() + self.skew + MEMORY_LATENCY
    }

    /// Beats of C that the output memory holds: as many as are on their way at full rate, so that
    /// a receiver that is always ready never makes the array wait.
    #[must_use]
    pub const fn slots(&self, pipeline: Pipeline) -> usize {
        let transfers = pipeline.transfers_per_row;
        let interval =
            if pipeline.beat_interval > transfers { pipeline.beat_interval } else { transfers };
        (self.latency(pipeline) + transfers).div_ceil(interval)
    }
}

/// The schedule of successive tiles.
#[derive(Clone, Debug)]
pub struct WeightTimeline {
    pipeline: Pipeline,
    weights: Weights,
    /// Times at which the last weights were accepted, and the first and the last beat of A.
    loaded: Option<u64>,
    first_beat: u64,
    last_beat: Option<u64>,
    /// Times at which the latest beats of C had left, the oldest first.
    departures: VecDeque<u64>,
}

impl WeightTimeline {
    /// An empty schedule.
    #[must_use]
    pub fn new(weights: Weights, pipeline: Pipeline) -> Self {
        Self {
            pipeline,
            weights,
            loaded: None,
            first_beat: 0,
            last_beat: None,
            departures: VecDeque::new(),
        }
    }

    /// Appends a tile with `rows` beats of A.
    pub fn tile(&mut self, rows: u64) {
        let [interval, load, transfers] = [
            self.pipeline.beat_interval,
            self.pipeline.load_interval,
            self.pipeline.transfers_per_row,
        ]
        .map(|n| n as u64);
        let latency = self.weights.latency(self.pipeline) as u64;
        let slots = self.weights.slots(self.pipeline);
        let first_load = match self.loaded {
            None => load - 1,
            // The shadow is free from the cycle on in which its weights are swapped in.
            Some(loaded) => (loaded + load).max(self.first_beat),
        };
        let loaded = first_load + (self.weights.beats as u64 - 1) * load;
        self.loaded = Some(loaded);
        for row in 0..rows {
            let mut accepted = self.last_beat.map_or(interval - 1, |last| last + interval);
            if row == 0 {
                accepted = accepted.max(loaded + 1);
            }
            if self.departures.len() == slots {
                // The beat that left is counted one cycle later.
                let oldest = self.departures.pop_front().unwrap_or(0);
                accepted = accepted.max(oldest + 1);
            }
            if row == 0 {
                self.first_beat = accepted;
            }
            self.last_beat = Some(accepted);
            let offered = self.departures.back().map_or(0, |last| last + 1).max(accepted + latency);
            self.departures.push_back(offered + transfers - 1);
        }
    }

    /// Cycles from the first offer of operands to the acceptance of the last result.
    #[must_use]
    pub fn cycles(&self) -> u64 {
        self.departures.back().map_or(0, |last| last + 1)
    }
}

/// The closed form of the cycle count, for people; [`WeightTimeline`] is the definition.
///
/// With `tiles` tiles of `m` rows, weights of `depth` beats, and the receiver always ready:
///
/// ```text
/// period = max(interval m, load depth)      interval: transfers of a beat of A, P or C
/// cycles = load depth + max(0, interval - load depth - 1) + (tiles - 1) period
///          + interval (m - 1) + latency + transfers
/// ```
///
/// It is exact where operands and results come in one transfer per beat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WeightClosedForm {
    /// Cycles from the first beat of a tile to the first beat of the next.
    pub period: u64,
    /// All cycles.
    pub cycles: u64,
    /// Whether the form is exact for these dimensions.
    pub exact: bool,
}

impl WeightClosedForm {
    /// Evaluates the form.
    #[must_use]
    pub fn of(pipeline: Pipeline, weights: Weights, tiles: usize, m: usize) -> Self {
        let transfers = pipeline.transfers_per_row;
        let interval = pipeline.beat_interval.max(transfers);
        let load = pipeline.load_interval * weights.beats;
        let period = (interval * m).max(load);
        let start = load.max(interval - 1);
        let rest = interval * (m - 1) + weights.latency(pipeline) + transfers;
        let cycles = start + tiles.saturating_sub(1) * period + rest;
        let exact = interval == 1 && pipeline.load_interval == 1;
        Self { period: period as u64, cycles: cycles as u64, exact }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_closed_form_is_the_timeline(
            (beats, skew, tiles, m) in (1usize..20, 0usize..20, 1usize..6, 1usize..60),
            (latency, resolve) in (1usize..4, 0usize..3),
        ) {
            let pipeline = Pipeline {
                beat_interval: 1,
                terms_per_beat: 1,
                load_interval: 1,
                accumulate_latency: latency,
                resolve_latency: resolve,
                transfers_per_row: 1,
            };
            let weights = Weights { beats, skew };
            let mut timeline = WeightTimeline::new(weights, pipeline);
            (0..tiles).for_each(|_| timeline.tile(m as u64));
            let form = WeightClosedForm::of(pipeline, weights, tiles, m);
            prop_assert!(form.exact);
            prop_assert_eq!(form.cycles, timeline.cycles());
        }

        /// However beats are cut into transfers, results leave at the rate of the slowest stream.
        #[test]
        fn the_slowest_stream_sets_the_rate(
            (beats, skew, m) in (1usize..20, 0usize..20, 1usize..60),
            (interval, load, transfers) in (1usize..5, 1usize..5, 1usize..5),
        ) {
            let pipeline = Pipeline {
                beat_interval: interval,
                terms_per_beat: 1,
                load_interval: load,
                accumulate_latency: 2,
                resolve_latency: 1,
                transfers_per_row: transfers,
            };
            let mut timeline = WeightTimeline::new(Weights { beats, skew }, pipeline);
            timeline.tile(m as u64);
            let slowest = interval.max(transfers) as u64;
            let first = timeline.weights.latency(pipeline) as u64
                + (load * beats).max(interval - 1) as u64
                + transfers as u64;
            prop_assert_eq!(timeline.cycles(), first + (m as u64 - 1) * slowest);
        }
    }
}
