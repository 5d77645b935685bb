//! Where the rows of operand B lie in banks that columns share, and in which order columns visit
//! them.
//!
//! The terms of a chunk follow each other through the banks in runs, and every column begins its walk
//! at another bank, so that columns of the same pace never meet. Source: arXiv 2503.06342, the layout
//! (K1, Mt, K2, Mp): K1 counts the banks, K2 the terms of a run.

use super::banked::Step;
use super::{Beats, Engine};

/// Numbers of chunks are counted modulo this when a layout is chosen.
const CHUNK_NUMBERS: usize = 256;

/// The banks of a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Banks {
    /// How many; a power of two.
    pub count: usize,
    /// Terms of a run, 1 or whole groups; without it runs follow the expected length of the chunk.
    /// With 1, rows are dealt out to the banks one by one.
    pub run: Option<usize>,
}

impl Engine {
    /// Groups of a run in a full chunk, and for every column the bank in which it starts there, where
    /// columns share banks.
    #[must_use]
    pub fn full_layout(&self) -> Option<(usize, Vec<usize>)> {
        let groups = self.beats / self.group;
        let layout = Layout::new(self, self.banks?, groups);
        let start = |column| layout.bank(layout.start(column, self.columns, groups), 0);
        Some((layout.run, (0..self.columns).map(start).collect()))
    }
}

/// The tile before, from which the length of a chunk is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TileBefore {
    /// Chunks before its last one.
    pub chunks: usize,
    /// Groups of its last chunk.
    pub groups: usize,
}

impl TileBefore {
    /// At the start the shortest chunk is expected.
    pub const START: Self = Self { chunks: 0, groups: 1 };

    /// Groups that chunk `number` of the next tile is expected to have, of at most `full`.
    pub fn expected(self, number: usize, full: usize) -> usize {
        match (number + CHUNK_NUMBERS - self.chunks % CHUNK_NUMBERS).is_multiple_of(CHUNK_NUMBERS) {
            true => self.groups,
            false => full,
        }
    }
}

/// The layout of a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    banks: usize,
    /// Banks that groups are laid out over: all, or as many as a full chunk has groups.
    slots: usize,
    /// Groups of a run.
    run: usize,
    /// Every one of so many low bits of a member's number moves it to another half, quarter, ... of
    /// the banks.
    spread: u32,
    /// Places of a group, where rows are dealt out one by one.
    dealt: Option<usize>,
}

impl Layout {
    /// The layout of a chunk of which `expected` groups are expected.
    pub fn new(engine: &Engine, banks: Banks, expected: usize) -> Self {
        let slots = banks.count.min(engine.beats / engine.group);
        let members = if engine.whole_groups { 1 } else { engine.group.next_power_of_two() };
        let most = members.min(banks.count).ilog2();
        // Few groups leave banks free: their members are spread over these.
        let free = |groups: usize| (banks.count / groups.min(banks.count)).ilog2().min(most);
        let (run, spread) = match banks.run {
            None => (expected.div_ceil(slots), free(expected)),
            Some(1) => {
                let slots = engine.beats / engine.group;
                return Self { banks: banks.count, slots, run: 1, spread: 0, dealt: Some(members) };
            }
            Some(terms) => (terms / engine.group, free(slots)),
        };
        Self { banks: banks.count, slots, run, spread, dealt: None }
    }

    /// Bank of member `member` of group `group`. A chunk that is longer than the runs provide for goes
    /// on group by group.
    fn bank(&self, group: usize, member: usize) -> usize {
        if let Some(members) = self.dealt {
            return (group * members + member) % self.banks;
        }
        let laid_out = self.run * self.slots;
        let slot = match group.checked_sub(laid_out) {
            None => group / self.run,
            Some(beyond) => beyond % self.slots,
        };
        let moved = |bit: &u32| member >> bit & 1 == 1;
        (0..self.spread).filter(moved).fold(slot, |bank, bit| bank ^ (self.banks >> (bit + 1)))
    }

    /// Group with which a column begins, in a chunk of `groups`: that of the first run in its bank.
    fn start(&self, column: usize, columns: usize, groups: usize) -> usize {
        let first = column * self.slots / columns * self.run;
        if first < groups { first } else { 0 }
    }

    /// The steps of the chunk by column, plane and lane.
    pub fn steps(
        &self,
        engine: &Engine,
        beats: &Beats,
        nonzero: &dyn Fn(usize, usize, usize) -> bool,
    ) -> Vec<Vec<Vec<Vec<Step>>>> {
        let Engine { columns, lanes, planes, group, skip_empty, whole_groups, .. } = *engine;
        let groups = beats.range.len().div_ceil(group);
        let lane_steps = |column: usize, plane: usize, lane: usize| {
            let mut steps = Vec::new();
            let start = self.start(column, columns, groups);
            for number in (start..groups).chain(0..start) {
                let first = beats.range.start + number * group;
                let here = |beat: &usize| {
                    let term = beat * lanes + lane;
                    term < beats.terms && nonzero(column, term, plane)
                };
                let digits: Vec<usize> =
                    (first..(first + group).min(beats.range.end)).filter(here).collect();
                for (index, &beat) in digits.iter().enumerate() {
                    steps.push(match whole_groups {
                        true if index > 0 => Step::Digit,
                        true => Step::Read(self.bank(number, 0)),
                        false => Step::Read(self.bank(number, beat - first)),
                    });
                }
                if digits.is_empty() && !skip_empty {
                    steps.push(Step::Empty);
                }
            }
            steps
        };
        let plane_steps = |column: usize, plane: usize| {
            let all: Vec<Vec<Step>> =
                (0..lanes).map(|lane| lane_steps(column, plane, lane)).collect();
            // A plane without any digit takes no cycle.
            match all.iter().flatten().all(|&step| step == Step::Empty) {
                true => vec![Vec::new(); lanes],
                false => all,
            }
        };
        (0..columns).map(|c| (0..planes).map(|plane| plane_steps(c, plane)).collect()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn engine(group: usize, beats: usize) -> Engine {
        Engine {
            columns: 8,
            elements: 4,
            lanes: 1,
            group,
            planes: 4,
            beats,
            lockstep: false,
            skip_empty: true,
            barrier: false,
            horner: true,
            banks: None,
            whole_groups: false,
            beat_interval: 1,
            issue_latency: 2,
            transfers_per_row: 1,
        }
    }

    /// Banks of the first `terms` terms.
    fn banks(layout: Layout, group: usize, terms: usize) -> Vec<usize> {
        (0..terms).map(|term| layout.bank(term / group, term % group)).collect()
    }

    #[test]
    fn full_chunk_lies_in_runs() {
        let layout = Layout::new(&engine(4, 256), Banks { count: 16, run: None }, 64);
        let runs: Vec<usize> = (0..256).map(|term| term / 16).collect();
        assert_eq!(banks(layout, 4, 256), runs);
        let starts: Vec<usize> = (0..8).map(|column| layout.start(column, 8, 64)).collect();
        assert_eq!(starts, [0, 8, 16, 24, 32, 40, 48, 56]);
        assert_eq!(layout.start(7, 8, 56), 0, "the chunk does not reach its bank");
    }

    /// However long a chunk turns out to be, every bank gets as many rows as it holds, and no more.
    #[test]
    fn banks_hold_what_they_get() {
        for (group, beats) in [(1, 32), (3, 24), (4, 16), (4, 64), (8, 256)] {
            let engine = engine(group, beats);
            let (groups, members) = (beats / group, group.next_power_of_two());
            let counts = (1..).map(|bits| 1usize << bits).take_while(|&n| n <= groups * members);
            for count in counts {
                let share = groups * members / count;
                let fixed = (1..=share).filter(|run| *run == 1 || run.is_multiple_of(group));
                let runs = fixed.filter(|run| run / group * count.min(groups) <= groups);
                let layouts = runs.map(|run| (Some(run), 1)).chain((1..=groups).map(|n| (None, n)));
                for (run, expected) in layouts {
                    let layout = Layout::new(&engine, Banks { count, run }, expected);
                    let mut rows = vec![0; count];
                    let all = (0..groups).flat_map(|g| (0..members).map(move |m| (g, m)));
                    all.for_each(|(group, member)| rows[layout.bank(group, member)] += 1);
                    assert_eq!(rows, vec![share; count], "{layout:?}");
                }
            }
        }
    }

    #[test]
    fn short_chunk_uses_all_banks() {
        for groups in [1, 2, 4, 8, 16] {
            let layout = Layout::new(&engine(4, 256), Banks { count: 16, run: None }, groups);
            let mut used = banks(layout, 4, 4 * groups);
            used.sort_unstable();
            used.dedup();
            assert_eq!(used.len(), (4 * groups).min(16), "{groups} groups");
        }
    }

    #[test]
    fn last_chunk_is_expected_where_it_was() {
        let before = TileBefore { chunks: 2, groups: 5 };
        let expected: Vec<usize> = (0..4).map(|number| before.expected(number, 64)).collect();
        assert_eq!(expected, [64, 64, 5, 64]);
        assert_eq!(TileBefore { chunks: 300, groups: 5 }.expected(44, 64), 5);
        assert_eq!(TileBefore::START.expected(0, 64), 1);
    }
}
