//! Multiplier-adder trees: every column adds the products of `depth` terms in one tree.
//!
//! A is broadcast to all columns through registers, and so are the marks that load and swap
//! weights. A column, which is the element of this topology, holds its weights twice and registers
//! its sum; with `pipeline` its tree is cut into stages. What stands around the columns is
//! described in [`super::weight_stationary`].

mod array;
mod element;

use super::weight_stationary::{self, Edge};
use super::{Module, Writer, element as shared, support, xnor};
use crate::arith::recode;
use crate::design::Design;

/// The modules of the design, leaf modules first, the top last.
pub(super) fn modules(design: &Design) -> Vec<Module> {
    let writer = Writer::new(design);
    let edge = Edge { bus_width: design.accumulator.width, pair: false };
    let slots = design.output_beats();
    let mut modules = element::modules(&writer);
    if design.encodes_at_edge() {
        let purpose = format!("Digits of an operand {}.", design.multiplier.a);
        let netlist = recode::encoder(&design.multiplier);
        modules.push(shared::combinational(&writer, "encode", &purpose, &netlist));
    }
    modules.extend(xnor::modules(&writer));
    modules.extend([
        array::array(&writer),
        support::gather(&writer),
        weight_stationary::memory(&writer, slots),
        weight_stationary::output(&writer, &edge, slots),
        weight_stationary::control(&writer, slots),
        weight_stationary::top(&writer, &edge),
    ]);
    modules
}
