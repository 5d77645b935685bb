//! What a simulation feeds to a top and expects from it, step by step.
//!
//! A step is the work between two natural joints of the streams, such as a tile of a matrix
//! product. The driver, the comparison and the testbench know nothing else of a design, so a new
//! family of designs is an implementation of [`Workload`].

mod block;
mod layer;
mod product;
mod random;

pub use block::{BlockRun, BlockTile, random_block_tiles};
pub use layer::{LayerRun, Outputs, Tile};
pub use product::Product;
pub use random::random_tiles;

use crate::data::Words;
use crate::design::Stream;
use crate::nest::bit_slice::Activity;

/// Transfers for one input stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Index of the stream in [`Workload::sources`].
    pub source: usize,
    /// The transfers as [`crate::vectors::pack`] makes them.
    pub bytes: Vec<u8>,
}

/// What one transfer of the result must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The lanes that are defined.
    pub words: Words,
    /// Whether `tlast` is set, where the stream has it.
    pub last: bool,
    /// Number of the transfer within its beat.
    pub part: usize,
}

/// Where a lane of the result belongs, for the description of a mismatch.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Place {
    /// Number of the tile.
    pub tile: usize,
    /// Row and column of the tile within the result, in tiles' first elements.
    pub origin: (usize, usize),
    /// Row of the result.
    pub row: usize,
    /// Column of the result.
    pub col: usize,
    /// Lane of the beat.
    pub lane: usize,
    /// The first operand pairs of the sum.
    pub operands: Vec<(String, String)>,
    /// Number of operand pairs of the sum.
    pub terms: usize,
    /// Where it belongs within a tensor, where the result is one.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub spot: Option<Spot>,
}

/// Where a value belongs within a tensor of samples.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Spot {
    /// The stream on which it came.
    pub stream: &'static str,
    /// Number of the sample within its tile.
    pub sample: usize,
    /// Position: one number for each dimension along which a kernel slides, none without.
    pub position: Vec<usize>,
    /// Output channel; nothing where the lane lies beyond the last one.
    pub channel: Option<usize>,
}

/// Everything that is fed to a top in a run, and what must come out.
pub trait Workload: Sync {
    /// Input streams, in the order of the port table.
    fn sources(&self) -> Vec<Stream>;

    /// The stream of results.
    fn sink(&self) -> Stream;

    /// Further streams of results. They have no `tlast`.
    fn side_sinks(&self) -> Vec<Stream> {
        Vec::new()
    }

    /// What a step gives on a side stream, transfer by transfer; its lanes belong where those of
    /// the same transfer of the main result do.
    fn side_results(&self, sink: usize, step: usize) -> Vec<Words> {
        let _ = (sink, step);
        Vec::new()
    }

    /// Number of steps.
    fn steps(&self) -> usize;

    /// What is fed in a step, in an order in which the top can take it.
    fn frames(&self, step: usize) -> Vec<Frame>;

    /// Number of transfers of the result that a step gives.
    fn transfers(&self, step: usize) -> usize;

    /// Transfer `index` of the result of a step.
    fn expected(&self, step: usize, index: usize) -> Expected;

    /// Whether the result is read as two's complement.
    fn signed(&self) -> bool;

    /// An empty result, for [`Workload::store`].
    fn result(&self) -> Words;

    /// Puts what came out in transfer `index` of a step into the result.
    fn store(&self, result: &mut Words, step: usize, index: usize, words: &Words);

    /// Where lane `index` of transfer `transfer` of a step belongs.
    fn place(&self, step: usize, transfer: usize, index: usize) -> Place;

    /// The same for a lane of a transfer of a side stream.
    fn side_place(&self, _side: usize, step: usize, transfer: usize, index: usize) -> Place {
        self.place(step, transfer, index)
    }

    /// Cycles without stalls, from the first offer of operands to the acceptance of the last
    /// result.
    fn cycles(&self) -> u64;

    /// Whether [`Workload::cycles`] is the exact number, or what cannot be undercut.
    fn cycles_are_exact(&self) -> bool {
        true
    }

    /// Cycles without any transfer after which a design is stuck. A silence between two transfers is
    /// no longer than the work of the whole run, whatever stalls.
    fn patience(&self) -> u64 {
        1000 + 2 * self.cycles()
    }

    /// What the parts of a design did, where that depends on the operands.
    fn activity(&self) -> Option<Activity> {
        None
    }

    /// Operations of the whole run.
    fn operations(&self) -> u64;

    /// Operations that the design does per cycle when nothing waits.
    fn operations_per_cycle(&self) -> f64;

    /// Beats of operands that enter the array.
    fn beats(&self) -> u64;
}
