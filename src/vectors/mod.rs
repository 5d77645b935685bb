//! Test vectors: corner cases and random operands, what a run feeds and expects, and the packing
//! into stream transfers.

mod corners;
pub mod digits;
pub mod pack;
mod product;
mod random;
pub mod trial;
mod workload;

pub use corners::corners;
pub use product::Product;
pub use random::{Distribution, random};
pub use workload::{Expected, Frame, Place, Spot, Workload};
