//! How many digits of an operand are non-zero, and how many cycles an engine that skips the others
//! needs.
//!
//! For a distribution everything is an exact expectation, up to the rounding of floating-point
//! sums; for an array it is counted.

mod cycles;
mod digits;
mod masses;
mod policy;
mod probabilities;

pub use cycles::{Cycles, Engine};
pub use digits::DigitStatistics;
pub use policy::Policy;
pub use probabilities::{MAX_VALUES, Probabilities};

/// What cannot be counted, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}\n  help: {help}")]
pub struct StatisticsError {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}
