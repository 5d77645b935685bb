//! Plain data that all rooms speak of: matrices of operands, results, tensors.

mod matrix;
mod tensor;
mod words;

pub use matrix::Matrix;
pub use tensor::{Tensor, Values};
pub use words::Words;
