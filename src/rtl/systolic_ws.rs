//! The weight-stationary systolic array: A hops right, sums hop down, and every element adds the
//! product of its weight.
//!
//! Element (k, c) works k + c cycles after element (0, 0). Its next weight waits in a shadow
//! register and comes into use with the first beat of A of its tile, which carries a mark. What
//! stands around the array is described in [`super::weight_stationary`].

mod array;
mod element;

use super::weight_stationary::{self, Edge};
use super::{Module, Writer, element as shared, support};
use crate::arith::carry_save;
use crate::arith::recode;
use crate::design::Design;

/// The modules of the design, leaf modules first, the top last.
pub(super) fn modules(design: &Design) -> Vec<Module> {
    let writer = Writer::new(design);
    let element = element::build(&writer);
    let edge = Edge { bus_width: element.output_width(&writer), pair: design.carry_save() };
    let slots = design.output_beats();
    let mut modules = Vec::new();
    if design.carry_save() {
        let netlist =
            carry_save::resolve(design.accumulator.width, &element.carries, design.final_adder);
        let purpose = "Final adder: resolves a carry-save pair.";
        modules.push(shared::combinational(&writer, "resolve", purpose, &netlist));
    }
    if design.encodes_at_edge() {
        let purpose = format!("Digits of an operand {}.", design.multiplier.a);
        let netlist = recode::encoder(&design.multiplier);
        modules.push(shared::combinational(&writer, "encode", &purpose, &netlist));
    }
    let row = array::row(&writer, &element);
    let array = array::array(&writer, &element);
    modules.extend(element.modules);
    modules.extend([row, array]);
    modules.extend([support::skew(&writer), support::gather(&writer)]);
    modules.extend([
        weight_stationary::memory(&writer, slots),
        weight_stationary::output(&writer, &edge, slots),
        weight_stationary::control(&writer, slots),
        weight_stationary::top(&writer, &edge),
    ]);
    modules
}

/// The bit weights of the element's output `carry_o`.
pub(super) fn carry_columns(design: &Design) -> Vec<usize> {
    element::build(&Writer::new(design)).carries.columns().to_vec()
}
