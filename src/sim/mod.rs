//! Simulation of a design in Verilator against the golden model.

pub mod build;
mod mismatch;
pub mod npy;
pub mod ports;
mod run;

pub use mismatch::Mismatch;
pub use run::{Job, Report, SimulationError, run};
