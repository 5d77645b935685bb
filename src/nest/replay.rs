//! When a memory in front of the array is filled and replayed: the part of the cycle model that a
//! temporal bit-weight loop adds.
//!
//! The memory has two halves. A chunk of K is loaded into one, a beat at a time, and replayed once
//! per bit weight, a group of terms per cycle; meanwhile the next chunk is loaded into the other.
//! A half may be written again while its last plane is still being read, since reading runs ahead
//! of writing: the first beat two cycles after the first group of that plane was read, the beat
//! that completes the chunk when all of it was.

use super::{Dimension, Extent, Nest, Operation, Pipeline, Run};

/// Extents of the loops over bit weights, chunks and groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extents {
    /// Bit weights that run in time.
    pub planes: u64,
    /// Beats of the operand streams in a group.
    group: u64,
    /// Beats of a chunk.
    chunk: u64,
}

impl Extents {
    /// The extents of a nest whose bit-weight loop runs in time.
    pub fn of(nest: &Nest, pipeline: Pipeline) -> Option<Self> {
        let (chunk, group) = Self::of_loops(nest)?;
        let beats = |terms: usize| terms.div_ceil(pipeline.terms_per_beat) as u64;
        Some(Self { planes: nest.weights.len() as u64, group: beats(group), chunk: beats(chunk) })
    }

    /// Terms of a chunk and of a group.
    pub fn of_loops(nest: &Nest) -> Option<(usize, usize)> {
        let mut found = None;
        nest.visit(&mut |assignment, loops| {
            let extent = |wanted: &dyn Fn(Extent) -> Option<usize>| {
                loops.iter().find_map(|l| match l.dimension {
                    Dimension::K => wanted(l.extent),
                    _ => None,
                })
            };
            let chunk = extent(&|extent| match extent {
                Extent::Chunks(size) => Some(size),
                _ => None,
            });
            let group = extent(&|extent| match extent {
                Extent::Groups(size) => Some(size),
                _ => None,
            });
            let in_time = |l: &&super::Loop| l.dimension == Dimension::Bw && l.run == Run::Temporal;
            let temporal = loops.iter().copied().any(|l| in_time(&l));
            if let (Operation::HalfReduce, true, Some(chunk), Some(group)) =
                (assignment.operation, temporal, chunk, group)
            {
                found = Some((chunk, group));
            }
        });
        found
    }

    /// The numbers of beats of the chunks of a tile of `k` beats.
    pub fn chunks(self, k: u64) -> impl Iterator<Item = u64> {
        (0..k.div_ceil(self.chunk)).map(move |index| self.chunk.min(k - index * self.chunk))
    }

    /// Cycles in which a plane of a chunk of `beats` is read.
    pub fn groups(self, beats: u64) -> u64 {
        beats.div_ceil(self.group)
    }
}

/// A half of the memory.
#[derive(Clone, Copy, Debug, Default)]
struct Half {
    /// From here on it may be written.
    writable: u64,
    /// From here on nothing of it will be read.
    empty: u64,
}

/// Filling of the memory.
#[derive(Clone, Debug, Default)]
pub(super) struct Memory {
    halves: [Half; 2],
    next: usize,
    last_beat: Option<u64>,
}

impl Memory {
    /// Loads a chunk of `beats`, which are offered `interval` cycles apart; gives the cycles in
    /// which the first and the last of them are accepted.
    pub fn load(&mut self, beats: u64, interval: u64) -> (u64, u64) {
        let half = self.halves[self.next];
        let offered = self.last_beat.map_or(interval - 1, |beat| beat + interval);
        let first = offered.max(half.writable);
        let last = (first + (beats - 1) * interval).max(half.empty);
        self.last_beat = Some(last);
        (if beats == 1 { last } else { first }, last)
    }

    /// The last plane of the chunk that was loaded last is read from `first` to `last`.
    pub fn replayed(&mut self, first: u64, last: u64) {
        self.halves[self.next] = Half { writable: first + 2, empty: last + 1 };
        self.next = 1 - self.next;
    }
}
