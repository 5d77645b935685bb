//! Test vectors: corner cases and random operands, and the packing into stream transfers.

mod corners;
pub mod digits;
pub mod pack;
mod random;
pub mod trial;

pub use corners::corners;
pub use random::{Distribution, random};
