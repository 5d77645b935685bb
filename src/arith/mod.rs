//! Structure as data: number formats, encodings, bit heaps, compressor trees, prefix adders.
//!
//! Nothing in this room knows Verilog, YAML or files. A structure is a [`netlist::Netlist`], which
//! can be evaluated, counted and (by `rtl`) printed.

pub mod adder;
mod addition;
pub mod bit_slice;
pub mod block;
pub mod carry_save;
pub mod chain;
pub mod compress;
pub mod count;
pub mod datapath;
pub mod delay;
pub mod digit;
pub mod dot;
pub mod encode;
pub mod format;
pub mod gates;
pub mod heap;
pub mod levels;
pub mod multiplier;
pub mod netlist;
pub mod operand;
pub mod plane;
mod prune;
pub mod recode;
pub mod rows;
pub mod sparse;
pub mod stages;
pub mod term_pair;
#[cfg(test)]
pub(crate) mod testing;
pub mod tree;

pub use format::Format;
pub use levels::Levels;
pub use netlist::{Bit, Netlist};
