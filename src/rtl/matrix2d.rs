//! The output-stationary array with row and column broadcast, and the logic around it.
//!
//! ```text
//! s_axis_a -> gather -+-> array of rows of elements -> rows, captured -> drain -> fifo -> m_axis_c
//! s_axis_b -> gather -+     ^ first, zero between beats    ^ capture, shift
//!                  control -+------------------------------+
//! ```
//!
//! All elements finish a tile at the same time. Its results are taken over at once into a row of
//! registers per row of elements, from which they leave row by row, while the next tile
//! accumulates. A carry-save pair is resolved on its way out: one final adder per lane of a
//! transfer serves all rows.
//!
//! Planes of `opt2` are captured likewise. They leave column by column, through an adder per row,
//! into the row buffers of the systolic array, where they are added up.

mod array;
mod control;
mod drain;

use super::systolic_os::{self, resolve, top};
use super::{Module, Writer, element, planes, support, xnor};
use crate::design::Design;

/// The modules of the design, leaf modules first, the top last.
pub(super) fn modules(design: &Design) -> Vec<Module> {
    let writer = Writer::new(design);
    let element = element::build(&writer);
    let row = array::row(&writer, &element);
    let array = array::array(&writer, &element);
    let top = top::broadcast(&writer, &element);
    let mut modules: Vec<Module> = resolve(&writer, &element).into_iter().collect();
    let mut out = match design.plane() {
        Some(_) => systolic_os::drain::drain(&writer, &element).to_vec(),
        None => vec![drain::drain(&writer, &element)],
    };
    out.push(match design.plane() {
        Some(_) => systolic_os::control::control(&writer),
        None => control::control(&writer),
    });
    modules.extend(planes::around(&writer));
    modules.extend(xnor::modules(&writer));
    modules.extend(systolic_os::operand_register::operand_register(&writer));
    modules.extend(systolic_os::correction::correction(&writer));
    modules.extend(element.modules);
    modules.extend([row, array, support::gather(&writer), support::fifo(&writer)]);
    modules.extend(out);
    modules.push(top);
    modules
}
