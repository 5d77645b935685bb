//! A result that is not what it should be, with everything needed to look into it.

use crate::workload::{Place, Spot};
use std::fmt;

use serde::Serialize;

/// One wrong lane of one transfer.
#[derive(Clone, Debug, Serialize)]
pub struct Mismatch {
    /// Cycle in which the transfer was accepted, from the first offer of operands on.
    pub cycle: u64,
    /// Where the lane belongs.
    #[serde(flatten)]
    pub place: Place,
    /// What the definition says.
    pub expected: String,
    /// What came out.
    pub actual: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cycle, place, expected, actual } = self;
        let Place { tile, origin, row, col, lane, operands, terms, spot } = place;
        if let Some(Spot { stream, sample, position, channel }) = spot {
            write!(f, "cycle {cycle}, {stream}, tile {tile}, lane {lane}: sample {sample}")?;
            if !position.is_empty() {
                let position: Vec<String> = position.iter().map(ToString::to_string).collect();
                write!(f, ", position ({})", position.join(", "))?;
            }
            return match channel {
                Some(channel) => write!(f, ", channel {channel} is {actual}, expected {expected}"),
                None => write!(f, ", beyond the last channel, is {actual}, and must be {expected}"),
            };
        }
        write!(
            f,
            "cycle {cycle}, tile {tile} (at row {}, column {}), lane {lane}: C[{row},{col}] is \
             {actual}, expected {expected}",
            origin.0, origin.1
        )?;
        let pairs: Vec<String> = operands.iter().map(|(a, b)| format!("{a}*{b}")).collect();
        let more = if *terms > pairs.len() { " + ..." } else { "" };
        match pairs.as_slice() {
            [] => write!(f, "\n    beyond the edge of the matrices, where it must be 0"),
            pairs => write!(f, "\n    {terms} terms: {}{more}", pairs.join(" + ")),
        }
    }
}
