//! bitweight
#![forbid(unsafe_code)]
#![warn(missing_docs)]
pub mod arith;
pub mod config;
pub mod design;
pub mod nest;
pub mod rtl;
