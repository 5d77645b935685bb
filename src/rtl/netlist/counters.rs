//! Blocks of a netlist as modules of their own, which synthesis is asked to keep.
//!
//! What is alike is one module: a popcount has a few kinds of counters, each many times.

use super::{Printer, Reference, cell::concatenate, cell::wrap, statements};
use crate::arith::block::Block;
use crate::arith::netlist::Netlist;

/// What the module of a counter is for, in its head.
pub const PURPOSE: &str =
    "Counts ones: each output is a look-up table, as long as mappers keep the module.";

/// The blocks of a netlist.
pub(super) struct Counters {
    /// Each with the number of its kind.
    blocks: Vec<(usize, Block)>,
    /// The statements of each kind, and one of its blocks.
    kinds: Vec<(Vec<String>, Netlist)>,
}

impl Counters {
    pub(super) fn of(netlist: &Netlist) -> Self {
        let mut found = Self { blocks: Vec::new(), kinds: Vec::new() };
        for block in netlist.blocks() {
            let text = statements(&block.body, "");
            let known = found.kinds.iter().position(|(other, _)| *other == text);
            let kind = known.unwrap_or(found.kinds.len());
            if known.is_none() {
                found.kinds.push((text, block.body.clone()));
            }
            found.blocks.push((kind, block));
        }
        found
    }
}

/// The counters that [`statements`] of the module of this name has instances of, each with the name
/// of its module.
#[must_use]
pub fn modules(netlist: &Netlist, module: &str) -> Vec<(String, Netlist)> {
    let kinds = Counters::of(netlist).kinds.into_iter().enumerate();
    kinds.map(|(kind, (_, body))| (name(module, kind), body)).collect()
}

fn name(module: &str, kind: usize) -> String {
    format!("{module}_counter{kind}")
}

impl Printer {
    /// Instances of the blocks of one level.
    pub(super) fn instances(
        &mut self,
        counters: &Counters,
        levels: &[usize],
        level: usize,
        module: &str,
        lines: &mut Vec<String>,
    ) {
        let here = counters.blocks.iter().filter(|(_, block)| levels[block.cells.start] == level);
        for (index, (kind, block)) in here.enumerate() {
            if index == 0 {
                lines.push(format!("// Level {level}: counters."));
            }
            let located = |net: &u32| self.location[*net as usize].expect("of a lower level");
            let inputs: Vec<Reference> = block.inputs.iter().map(located).collect();
            let bits = concatenate(self.pieces(&inputs));
            // The index of a bit is its weight, where a weight has one bit.
            let low = block.outputs[0].1;
            let dense = block.outputs.iter().zip(low..).all(|(output, column)| output.1 == column);
            let low = if dense { low } else { 0 };
            let count = format!("l{level}_count{index}");
            let range = match block.outputs.len() {
                1 => String::new(),
                width => format!("[{}:{low}] ", low + width - 1),
            };
            lines.push(format!("wire {range}{count};"));
            let name = name(module, *kind);
            let instance =
                format!("{name} u_l{level}_{index} (.bits_i({bits}), .count_o({count}));");
            lines.extend(wrap(&instance));
            let nets: Vec<Option<u32>> = block.outputs.iter().map(|&(net, _)| Some(net)).collect();
            self.declare(count, low, &nets);
        }
    }
}
