//! Simulation of a design in Verilator against the golden model.

pub mod build;
mod cache;
mod collect;
mod compile;
mod half;
mod header;
mod mismatch;
pub mod npy;
pub mod ports;
mod run;
mod runtime;
pub mod shape;
mod tools;
mod units;

pub use mismatch::Mismatch;
pub use run::{Job, Report, SimulationError, Task, execute, run};
