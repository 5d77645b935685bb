//! bitweight
#![forbid(unsafe_code)]
#![warn(missing_docs)]
pub mod arith;
pub mod cache;
pub mod cli;
pub mod config;
pub mod design;
pub mod draw;
pub mod export;
pub mod golden;
pub mod nest;
pub mod output;
pub mod parallel;
pub mod rtl;
pub mod sim;
pub mod synth;
pub mod tool;
pub mod vectors;
