//! The output-stationary systolic array and the logic around it.
//!
//! ```text
//! s_axis_a -> gather -+-> skew -> array of rows of elements -> drain rows -> fifo -> m_axis_c
//! s_axis_b -> gather -+     ^ first, zero between beats  ^ read  ^ write
//!                  control -+----------------------------+-------+
//! ```
//!
//! Element (r, c) works r + c cycles after element (0, 0), so in each row exactly one element
//! finishes per cycle. It is read over a bus of the row, resolved by the one final adder of the
//! row, and kept in the row buffer until the row is handed out. The next tile accumulates
//! meanwhile.

mod array;
pub(super) mod control;
pub(super) mod correction;
pub(super) mod drain;
pub(super) mod operand_register;
pub(super) mod top;

use super::{Module, Writer, element, planes, support, xnor};
use crate::arith::carry_save;
use crate::design::Design;

/// The modules of the design, leaf modules first, the top last.
pub(super) fn modules(design: &Design) -> Vec<Module> {
    let writer = Writer::new(design);
    let element = element::build(&writer);
    let row = array::row(&writer, &element);
    let array = array::array(&writer, &element);
    let drain = drain::drain(&writer, &element);
    let top = top::top(&writer, &element);
    let mut modules: Vec<Module> = resolve(&writer, &element).into_iter().collect();
    modules.extend(planes::around(&writer));
    modules.extend(xnor::modules(&writer));
    modules.extend(operand_register::operand_register(&writer));
    modules.extend(correction::correction(&writer));
    modules.extend(element.modules);
    modules.extend([row, array]);
    modules.extend([support::skew(&writer), support::gather(&writer), support::fifo(&writer)]);
    modules.extend(drain);
    modules.extend([control::control(&writer), top]);
    modules
}

/// The final adder, where the accumulated value is a pair or lacks the constant of the signs.
pub(super) fn resolve(writer: &Writer<'_>, element: &element::Element) -> Option<Module> {
    let design = writer.design;
    design.resolves().then(|| {
        let (width, topology) = (design.sum_width(), design.final_adder);
        let (shift, purpose) = match design.correction() {
            Some(correction) => {
                (correction.shift, "Final adder: adds the correction to what was accumulated.")
            }
            None => (width, "Final adder: resolves a carry-save pair."),
        };
        let netlist = carry_save::resolve_biased((width, shift), &element.carries, topology);
        element::combinational(writer, "resolve", purpose, &netlist)
    })
}
