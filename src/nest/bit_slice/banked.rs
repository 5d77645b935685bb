//! Columns that share the banks of operand B: who waits for whom decides itself cycle by cycle.
//!
//! The same rules as those of the schedule, with one more: in a lane, a bank serves one column per
//! cycle. Columns are asked in turn, from the turn downwards; the turn passes on to the next higher
//! column in every cycle in which one asks.

use super::{ColumnActivity, Engine, LOAD_LATENCY, LaneActivity, READ_LATENCY};

/// What a lane does in a cycle of a plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Issues a digit and reads a row of this bank.
    Read(usize),
    /// Issues a digit whose row has been read with those of its group.
    Digit,
    /// Passes by a group without a digit.
    Empty,
}

/// The steps of a chunk by column, plane and lane.
#[derive(Clone, Debug)]
pub(super) struct Chunk {
    /// Beats of the chunk.
    pub beats: usize,
    /// Last chunk of its tile.
    pub last: bool,
    /// Steps by column, plane and lane.
    pub steps: Vec<Vec<Vec<Vec<Step>>>>,
}

#[derive(Default)]
struct Column {
    /// Chunk that is worked on next, and whether it has begun.
    chunk: usize,
    begun: bool,
    /// Plane of the latest step, and steps taken in it by lane.
    plane: Option<usize>,
    taken: Vec<usize>,
    handover: u64,
    /// Results of this column that have been handed over, and handed out.
    finished: usize,
    emitted: usize,
    emitted_at: u64,
    fresh: bool,
    activity: ColumnActivity,
}

/// The outcome: cycles, and what the columns did.
pub(super) fn run(engine: &Engine, chunks: &[Chunk]) -> (u64, Vec<ColumnActivity>) {
    let lanes = vec![LaneActivity::default(); engine.lanes];
    let mut columns: Vec<Column> = (0..engine.columns)
        .map(|_| Column {
            taken: vec![0; engine.lanes],
            fresh: true,
            activity: ColumnActivity { lanes: lanes.clone(), ..ColumnActivity::default() },
            ..Column::default()
        })
        .collect();
    let mut loaded: Vec<u64> = Vec::new();
    let mut done: Vec<u64> = Vec::new();
    let mut next_beat = engine.beat_interval as u64 - 1;
    // Completion times of results by tile and column, in the order in which they leave.
    let mut leaving: Vec<Vec<Option<u64>>> = Vec::new();
    let mut departed: Option<u64> = None;
    let mut out = (0, 0);
    let mut turn = 0;
    let mut now = 0;
    while columns.iter().any(|column| column.chunk < chunks.len()) {
        // Chunks whose half of the memories has become free are loaded.
        while loaded.len() < chunks.len() && loaded.len() < done.len() + 2 {
            let index = loaded.len();
            let room = index.checked_sub(2).map_or(0, |before| done[before] + 1);
            let interval = engine.beat_interval as u64;
            let last = next_beat.max(room) + (chunks[index].beats as u64 - 1) * interval;
            next_beat = last + interval;
            loaded.push(last + LOAD_LATENCY);
        }
        let ready = |column: &Column, at: usize| {
            loaded.get(at).is_some_and(|&time| time <= now) && column.chunk <= at
        };
        let free = |column: &Column| {
            let all_out = column.emitted == column.finished && column.emitted_at <= now;
            let emitted = !column.fresh || all_out;
            emitted && column.handover <= now
        };
        // Ends of chunks come first: with a barrier they decide who may begin.
        let mut ends = vec![false; engine.columns];
        for (index, column) in columns.iter().enumerate() {
            let drained =
                column.begun && next_plane(engine, &chunks[column.chunk], index, column).is_none();
            ends[index] = drained && free(column);
        }
        let together = columns.iter().zip(&ends).all(|(column, &end)| !column.begun || end);
        let mut streams: Vec<Option<usize>> = vec![None; engine.columns];
        for index in 0..engine.columns {
            let column = &mut columns[index];
            if column.begun && !ends[index] {
                let chunk = &chunks[column.chunk];
                match next_plane(engine, chunk, index, column) {
                    None => column.activity.readout += 1,
                    Some(plane) if Some(plane) == column.plane => streams[index] = Some(plane),
                    Some(plane) => {
                        let continues = engine.horner && column.plane == Some(plane + 1);
                        if continues || free(column) {
                            if !continues {
                                column.handover = now + engine.elements as u64;
                                column.fresh = false;
                            }
                            streams[index] = Some(plane);
                        } else {
                            column.activity.readout += 1;
                        }
                    }
                }
                continue;
            }
            if ends[index] {
                column.handover = now + engine.elements as u64;
                let last = chunks[column.chunk].last;
                column.fresh = last;
                if last {
                    let latency = (engine.issue_latency + engine.elements) as u64 + READ_LATENCY;
                    if leaving.len() <= column.finished {
                        leaving.push(vec![None; engine.columns]);
                    }
                    leaving[column.finished][index] = Some(now + latency);
                    column.finished += 1;
                }
                column.chunk += 1;
                column.begun = false;
                column.plane = None;
            }
            if column.chunk >= chunks.len() {
                continue;
            }
            if !ready(column, column.chunk) {
                column.activity.operands += 1;
            } else if engine.barrier && !together {
                column.activity.column_sync += 1;
            } else {
                column.begun = true;
                streams[index] = next_plane(engine, &chunks[column.chunk], index, column);
            }
        }
        // A chunk is done with when the last column has ended it.
        let slowest = columns.iter().map(|column| column.chunk).min().unwrap_or(0);
        while done.len() < slowest {
            done.push(now);
        }
        turn = step(engine, chunks, &mut columns, &streams, turn);
        // Results leave in the order of tiles and columns.
        while let Some(Some(complete)) = leaving.get(out.0).map(|tile| tile[out.1]) {
            for _ in 0..engine.transfers_per_row {
                departed = Some(departed.map_or(0, |time| time + 1).max(complete));
            }
            columns[out.1].emitted += 1;
            columns[out.1].emitted_at = departed.unwrap_or(0) + 1;
            out = if out.1 + 1 == engine.columns { (out.0 + 1, 0) } else { (out.0, out.1 + 1) };
        }
        now += 1;
    }
    let cycles = departed.map_or(0, |time| time + 2);
    (cycles, columns.into_iter().map(|column| column.activity).collect())
}

/// The plane that the column works on: the present one, or the next below it that has a step.
fn next_plane(engine: &Engine, chunk: &Chunk, index: usize, column: &Column) -> Option<usize> {
    if let Some(plane) = column.plane {
        let lanes = &chunk.steps[index][plane];
        if lanes.iter().zip(&column.taken).any(|(steps, &taken)| taken < steps.len()) {
            return Some(plane);
        }
    }
    let below = column.plane.unwrap_or(engine.planes);
    let has = |plane: &usize| chunk.steps[index][*plane].iter().any(|steps| !steps.is_empty());
    (0..below).rev().find(has)
}

/// One step of every lane that gets its bank.
fn step(
    engine: &Engine,
    chunks: &[Chunk],
    columns: &mut [Column],
    streams: &[Option<usize>],
    turn: usize,
) -> usize {
    let mut asked = false;
    for (column, stream) in columns.iter_mut().zip(streams) {
        let Some(plane) = *stream else { continue };
        column.activity.busy += 1;
        if column.plane != Some(plane) {
            column.plane = Some(plane);
            column.taken = vec![0; engine.lanes];
        }
    }
    for lane in 0..engine.lanes {
        let mut banks: Vec<usize> = Vec::new();
        for offset in 0..engine.columns {
            let index = (turn + engine.columns - 1 - offset) % engine.columns;
            let column = &mut columns[index];
            let Some(plane) = streams[index] else { continue };
            let steps = &chunks[column.chunk].steps[index][plane][lane];
            let activity = &mut column.activity.lanes[lane];
            match steps.get(column.taken[lane]) {
                None => activity.lane_sync += 1,
                Some(Step::Empty) => {
                    activity.empty_groups += 1;
                    column.taken[lane] += 1;
                }
                Some(Step::Digit) => {
                    activity.digits += 1;
                    column.taken[lane] += 1;
                }
                Some(Step::Read(bank)) => {
                    asked = true;
                    if banks.contains(bank) {
                        activity.bank += 1;
                    } else {
                        activity.digits += 1;
                        column.taken[lane] += 1;
                    }
                    banks.push(*bank);
                }
            }
        }
    }
    if asked { (turn + 1) % engine.columns } else { turn }
}
