//! What stands around a weight-stationary array: streams, control, output memory.
//!
//! ```text
//! s_axis_b -> gather ---------> skew --> shadow weights -+ swap
//! s_axis_a -> gather -+-------> skew --> array ----------+--> output memory -> m_axis_c
//! s_axis_p -> gather -+         skew --> sums
//!                  control: load, swap, write, and how many beats are on their way
//! ```
//!
//! A beat of A is accepted only if its result is sure to find room in the output memory, so nothing
//! in the array ever has to stop.

mod control;
mod output;
mod top;

pub(super) use control::control;
pub(super) use output::{memory, output};
pub(super) use top::top;

use crate::design::{Design, Topology};

/// How the modules around an array see it.
pub(super) struct Edge {
    /// Bits of what a column hands out.
    pub bus_width: usize,
    /// Whether that is a pair of words, to be resolved.
    pub pair: bool,
}

/// Whether operands hop, so that rows and columns work one cycle after their neighbours.
pub(super) fn hops(design: &Design) -> bool {
    design.array.topology == Topology::SystolicWs
}

/// Cycles from the acceptance of a beat of A until column 0 of its result is written into the
/// output memory.
pub(super) fn write_delay(design: &Design) -> usize {
    let hops = if hops(design) { design.depth() - 1 } else { 0 };
    design.pipeline().credit() + hops
}
