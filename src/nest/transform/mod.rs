//! Transformations of the nest: each is a rewrite that checks that it is legal.
//!
//! Adding one is a file with a function from nest to nest, and a word in the design that asks for
//! it.

mod opt1;
mod opt2;
mod tree;

pub use opt1::opt1;
pub use opt2::opt2;
pub use tree::{tree_opt1, tree_opt2};

/// Why a transformation does not apply to a nest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{transformation}` does not apply to this nest: {reason}")]
pub struct Illegal {
    /// Name of the transformation.
    pub transformation: &'static str,
    /// What stands in its way.
    pub reason: String,
}
