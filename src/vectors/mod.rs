//! Test vectors: corner cases and random operands, and their packing into stream transfers.

mod corners;
pub mod pack;
mod random;

pub use corners::corners;
pub use random::{Distribution, random};
