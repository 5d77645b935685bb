//! Binarized layers: one formula covers the inference operators of the known algorithms.
//!
//! ```text
//! y = epilogue(d)      d[o, position] = sum over taps and channels of w * a
//! ```
//!
//! Activations and weights are -1 and +1 as a rule, also {0, 1}, ternary, or a few bit planes, see
//! [`Operand`]. The dot product `d` is an integer; where a tap lies in the padding it contributes
//! exactly 0 unless the geometry says -1 or +1. What follows it (thresholds, scales, residuals,
//! pooling) is an ordered list of [`Step`]s on integers, each with a stated rounding. What the
//! algorithms differ in is that list, and how trained parameters are turned into it, see [`fold`].

mod block;
mod block_check;
mod check;
mod depth;
pub mod fold;
pub mod frame;
mod geometry;
mod input;
mod layer;
pub mod module_names;
mod parameters;
pub mod rational;
mod record;
mod ring;
mod schedule;
mod step;
mod streams;

pub use crate::arith::operand::{MAX_PLANES, Operand};
pub use crate::design::Target;
pub use block::{Block, BlockParameters, MAX_LAYERS, Node, Shortcut};
pub use block_check::is_direct;
pub use geometry::{Axis, Geometry, LayerKind, PaddingValue};
pub use input::InputStage;
pub use layer::{Layer, PlacedStep, is_positional, values_of};
pub use parameters::{LayerError, LayerParameters};
pub use step::{MANTISSA, Per, Range, Step, Table, TableOf};
