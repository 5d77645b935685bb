//! Faults in the emitted Verilog are caught: what the simulation matrix proves of a design would
//! be worth little if it held for a broken one as well.

mod arrays;
mod blocks;
#[path = "../common/mod.rs"]
mod common;
mod engines;
mod layers;
mod mutant;
