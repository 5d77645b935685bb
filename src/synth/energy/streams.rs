//! A whole design, fed and read through the streams of its top: 64 runs at a time, each with
//! tiles of its own that follow each other without a gap.

use super::{LANES, Run};
use crate::data::Matrix;
use crate::design::{Contract, Design, Stream};
use crate::synth::assembly::Assembly;
use crate::synth::gatesim::Simulator;
use crate::synth::netlist::Netlist;
use crate::synth::solution::Solution;
use crate::vectors::pack;
use crate::workload::{Product, Workload};

/// Cells of the largest design that is simulated: more need too much memory.
const MOST_CELLS: u64 = 1_500_000;

/// Tiles that a run multiplies, one right after the other.
const TILES: usize = 2;

/// The same where operands are stored first and used then: with few tiles, waiting for the first
/// would be a large part of a run.
const TILES_OF_MEMORIES: usize = 8;

/// Evaluations of a function within which a run must end: about a minute. Longer products are cut
/// to their first terms, or rows.
const BUDGET: usize = 4_000_000_000;

/// Fewest beats of a tile.
const FEWEST: usize = 16;

/// Cycles of reset.
const RESET: usize = 4;

/// Whether a netlist is small enough, with what is around it.
pub(super) fn fits(solution: &Solution, around: Option<&Netlist>) -> bool {
    let size = |netlist: &Netlist| -> u64 {
        let counts = netlist.counts().into_iter();
        let sizes = counts.map(|(key, times)| {
            let module = netlist.modules.get(&key);
            times * module.map_or(0, |module| (module.gates.len() + module.flops.len()) as u64)
        });
        sizes.sum()
    };
    solution.area.cells.max(around.map_or(0, size)) <= MOST_CELLS
}

/// How often the mapped part stands in what is around it.
fn occurrences(assembly: &Assembly, around: Option<&Netlist>) -> u64 {
    let name = assembly.parts.get(&assembly.top).map(|part| &part.module.name);
    let Some(netlist) = around else { return 1 };
    let same = |key: &String| netlist.modules.get(key).map(|module| &module.name) == name;
    let counts = netlist.counts().into_iter();
    counts.filter(|(key, _)| same(key)).map(|(_, times)| times).sum::<u64>().max(1)
}

/// A source or a sink: what each run sends, or must receive, one transfer after the other.
struct End {
    stream: Stream,
    bytes: Vec<Vec<u8>>,
    at: Vec<usize>,
}

impl End {
    fn new(stream: Stream, bytes: Vec<Vec<u8>>) -> Self {
        let at = vec![0; bytes.len()];
        Self { stream, bytes, at }
    }

    /// The transfer at which a run is: its data, and the byte that marks the last.
    fn transfer(&self, lane: usize) -> Option<(&[u8], bool)> {
        let stride = pack::stride(&self.stream);
        let bytes = self.bytes[lane].get(self.at[lane] * stride..)?.get(..stride)?;
        let (data, last) = bytes.split_at(self.stream.data_width() / 8);
        Some((data, last.first().is_some_and(|&last| last != 0)))
    }

    /// Presents the transfers at which the runs are.
    fn offer(&self, simulator: &mut Simulator) {
        let (mut valid, mut last) = (0u64, 0u64);
        let mut data = vec![0u64; self.stream.data_width()];
        for lane in 0..LANES {
            let Some((bytes, end)) = self.transfer(lane) else { continue };
            valid |= 1 << lane;
            last |= u64::from(end) << lane;
            for (bit, word) in data.iter_mut().enumerate() {
                *word |= u64::from(bytes[bit / 8] >> (bit % 8) & 1) << lane;
            }
        }
        let name = self.stream.name;
        simulator.set_bits(&format!("{name}_tvalid"), &[valid]);
        simulator.set_bits(&format!("{name}_tdata"), &data);
        if self.stream.has_last {
            simulator.set_bits(&format!("{name}_tlast"), &[last]);
        }
    }

    /// Moves on where a transfer is taken; the number of runs that did.
    fn accepted(&mut self, simulator: &Simulator) -> usize {
        let ready = single(simulator, &format!("{}_tready", self.stream.name));
        let mut moved = 0;
        for lane in 0..LANES {
            if ready >> lane & 1 == 1 && self.transfer(lane).is_some() {
                self.at[lane] += 1;
                moved += 1;
            }
        }
        moved
    }

    /// Compares what the runs hand out with what they must; the number of runs that did.
    fn received(&mut self, simulator: &Simulator) -> Result<usize, String> {
        let name = self.stream.name;
        let valid = single(simulator, &format!("{name}_tvalid"));
        if valid == 0 {
            return Ok(0);
        }
        let last = single(simulator, &format!("{name}_tlast"));
        let data = simulator.get(&format!("{name}_tdata"));
        let mut moved = 0;
        for lane in (0..LANES).filter(|lane| valid >> lane & 1 == 1) {
            let number = self.at[lane];
            let Some((bytes, end)) = self.transfer(lane) else {
                return Err(format!("{name} hands out more than there is"));
            };
            let expected = |bit: usize| u64::from(bytes[bit / 8] >> (bit % 8) & 1);
            let wrong = (0..data.len()).find(|&bit| data[bit] >> lane & 1 != expected(bit));
            if let Some(bit) = wrong {
                return Err(format!(
                    "a simulation of the mapped netlist gives a wrong result: bit {bit} of \
                     transfer {number} of {name}, in run {lane}"
                ));
            }
            if self.stream.has_last && (last >> lane & 1 == 1) != end {
                return Err(format!("{name}_tlast is wrong in transfer {number} of run {lane}"));
            }
            self.at[lane] += 1;
            moved += 1;
        }
        Ok(moved)
    }

    fn done(&self) -> bool {
        (0..LANES).all(|lane| self.transfer(lane).is_none())
    }
}

/// An output of one bit.
fn single(simulator: &Simulator, port: &str) -> u64 {
    simulator.get(port).first().copied().unwrap_or(0)
}

/// The part of a matrix from (row, col) on, no larger than this; at most what there is.
fn part(matrix: &Matrix, (row, col): (usize, usize), (rows, cols): (usize, usize)) -> Matrix {
    let (rows, cols) = (rows.min(matrix.rows - row), cols.min(matrix.cols - col));
    let value = |index: usize| matrix.bits_or_zero(row + index / cols, col + index % cols) as i64;
    Matrix { rows, cols, data: (0..rows * cols).map(value).collect(), format: matrix.format }
}

fn tiles(design: &Design) -> usize {
    if design.bit_slice.is_some() { TILES_OF_MEMORIES } else { TILES }
}

/// The part of a product that a run computes: a few tiles, others in every run.
fn share(
    design: &Design,
    (a, b): (&Matrix, &Matrix),
    lane: usize,
    beats: usize,
) -> (Matrix, Matrix) {
    let (cols, depth) = (design.cols(), design.depth());
    let (rows, terms) = match design.contract() {
        Contract::OutputStationary => (tiles(design) * design.rows(), beats * depth),
        Contract::WeightStationary => (beats, tiles(design) * depth),
    };
    let blocks = |size: usize, block: usize| size.div_ceil(block);
    let (down, along, across) = (blocks(a.rows, rows), blocks(a.cols, terms), blocks(b.cols, cols));
    let row = lane % down * rows;
    let term = lane / down % along * terms;
    let col = lane / (down * along) % across * cols;
    (part(a, (row, term), (rows, terms)), part(b, (term, col), (terms, cols)))
}

/// Runs a design on the product of two matrices and compares what it hands out with the golden
/// model.
///
/// # Errors
/// A sentence about a wrong result, or about one that does not come.
pub(super) fn run(
    simulator: &mut Simulator,
    design: &Design,
    (a, b): (&Matrix, &Matrix),
    (assembly, around): (&Assembly, Option<&Netlist>),
) -> Result<Run, String> {
    let beats = (BUDGET / simulator.size().max(1) / tiles(design)).max(FEWEST);
    let (mut operations, mut patience) = (0, 0);
    let mut ends: Vec<End> = Vec::new();
    for lane in 0..LANES {
        let (a, b) = share(design, (a, b), lane, beats);
        let workload = Product::new(design, &a, &b);
        if ends.is_empty() {
            let streams = workload.sources().into_iter().chain([workload.sink()]);
            ends = streams.map(|stream| End::new(stream, vec![Vec::new(); LANES])).collect();
        }
        let Some((sink, sources)) = ends.split_last_mut() else { continue };
        for step in 0..workload.steps() {
            for frame in workload.frames(step) {
                sources[frame.source].bytes[lane].extend(frame.bytes);
            }
            for index in 0..workload.transfers(step) {
                let expected = workload.expected(step, index);
                let bytes = pack::pack_transfer(&sink.stream, &expected.words, expected.last);
                sink.bytes[lane].extend(bytes);
            }
        }
        operations += workload.operations();
        patience = workload.patience().max(patience);
    }
    let mut sink = ends.pop().ok_or("the design has no streams")?;
    let mut sources = ends;

    simulator.set("aresetn", &[0; LANES]);
    simulator.set(&format!("{}_tready", sink.stream.name), &[1; LANES]);
    for _ in 0..RESET {
        simulator.settle();
        simulator.clock();
    }
    simulator.set("aresetn", &[1; LANES]);
    simulator.restart();
    let mut silent = 0;
    while !sink.done() {
        sources.iter().for_each(|source| source.offer(simulator));
        simulator.settle();
        let taken: usize = sources.iter_mut().map(|source| source.accepted(simulator)).sum();
        let moved = taken + sink.received(simulator)?;
        simulator.clock();
        silent = if moved == 0 { silent + 1 } else { 0 };
        if silent > patience {
            return Err(format!(
                "a simulation of the mapped netlist is stuck: no transfer in {patience} cycles"
            ));
        }
    }
    // Each of several does its part.
    Ok(Run::of(simulator, operations / occurrences(assembly, around)))
}
