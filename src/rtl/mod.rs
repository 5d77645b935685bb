//! rtl
pub mod netlist;
