//! The popcount of a word as two rows of bits, for a carry chain to add up.

use super::Netlist;
use super::carry_save::CarryLayout;
use super::compress::{self, CarrySave};
use super::delay;
use super::multiplier::Multiplier;
use super::netlist::Bit;
use super::stages;

/// Name of the word that holds both rows: a bit of the first row per column, then those of the
/// second row.
pub const ROWS: &str = "rows";

/// Netlists one after the other whose last word is two rows that add up to the product of the
/// multiplier modulo 2^width, with the columns in which the second row has a bit. The input word
/// `partial`, if it is asked for, is added. With register stages all netlists end in
/// [`stages::BETWEEN`], so that the carry chain has a stage of its own.
#[must_use]
pub fn rows(
    multiplier: &Multiplier,
    width: usize,
    partial: bool,
    register_stages: usize,
) -> (Vec<Netlist>, CarryLayout) {
    let mut netlist = Netlist::new();
    let mut heap = multiplier.heap(&mut netlist, width);
    if partial {
        let partial = netlist.input("partial", width, delay::REGISTER);
        heap.add_word(&mut netlist, 0, &partial, false);
    }
    let CarrySave { sum, carry } =
        compress::for_carry_chain(&mut netlist, heap, multiplier.compressor);
    let columns: Vec<usize> = (0..width).filter(|&column| carry[column] != Bit::Zero).collect();
    let second = columns.iter().map(|&column| carry[column]);
    let name = if register_stages > 0 { stages::BETWEEN } else { ROWS };
    netlist.output(name, sum.into_iter().chain(second).collect());
    let netlists = stages::cut(&netlist.pruned(), register_stages.saturating_sub(1), &[]);
    (netlists, CarryLayout::new(columns))
}
