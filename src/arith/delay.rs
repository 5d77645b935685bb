//! Delay model of the cells, in tenths of the delay of a two-input XOR.
//!
//! The model steers the timing-aware choices (which bits meet in a full adder, and on which of
//! its inputs). It is deliberately technology-neutral: ratios follow static CMOS libraries, where
//! an XOR costs about two NANDs and a full adder is two XORs deep from its slow inputs and one
//! from its fast one.

use super::netlist::Kind;

/// Delay of a two-input XOR.
pub const XOR: u32 = 10;

/// Clock-to-output delay of a register, relative to an input that is stable at time 0.
pub const REGISTER: u32 = 0;

/// Delay from input `input` of a cell of `kind` to its output `output`.
#[must_use]
pub const fn through(kind: Kind, input: usize, output: usize) -> u32 {
    match (kind, input, output) {
        (Kind::Not, _, _) => 2,
        (Kind::Nand, _, _) => 3,
        (Kind::And | Kind::Or, _, _) => 5,
        (Kind::Xor | Kind::Xnor, _, _) => XOR,
        (Kind::OrAnd, 0, _) => 4,
        (Kind::OrAnd, _, _) => 6,
        (Kind::Select, _, _) => 7,
        (Kind::HalfAdder | Kind::HalfAdderPlusOne, _, 0) => XOR,
        (Kind::HalfAdder | Kind::HalfAdderPlusOne, _, _) => 5,
        (Kind::Xor3, 2, _) | (Kind::FullAdder, 2, 0) => XOR,
        (Kind::Majority, _, _) => 8,
        (Kind::FullAdder, 2, _) => 8,
        (Kind::Xor3, _, _) | (Kind::FullAdder, _, 0) => 2 * XOR,
        (Kind::FullAdder, _, _) => XOR + 8,
    }
}

/// Arrival of output `output` given the arrivals of the inputs.
#[must_use]
pub fn output_arrival(kind: Kind, inputs: &[u32; 4], output: usize) -> u32 {
    let paths = inputs.iter().take(kind.inputs()).enumerate();
    paths.map(|(input, arrival)| arrival + through(kind, input, output)).max().unwrap_or(0)
}
