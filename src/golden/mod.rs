//! Reference models, written from the mathematical definition.
//!
//! They know number formats and widths, and nothing of encodings, compressors or hardware.

pub mod binary;
mod gemm;

pub use gemm::Gemm;
