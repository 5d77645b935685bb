//! What the modules of a design are for.

use serde::Serialize;

/// A role. Papers often count elements alone; the rest is needed to use them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Processing elements.
    Elements,
    /// Encoders outside the elements.
    Encoders,
    /// Control, and the glue of the top.
    Control,
    /// Reading results out, and final adders.
    ReadoutAndFinalAdders,
    /// Skew lines, stream buffers, and what is around memories; not the memories themselves.
    BuffersAndMemories,
}

impl Role {
    /// The role of a module, by the last part of its name.
    #[must_use]
    pub fn of(module: &str, design: &str) -> Self {
        let suffix = module.strip_prefix(design).unwrap_or(module).trim_start_matches('_');
        match suffix {
            "pe" | "element" | "dot" => Self::Elements,
            "encoder" | "encode" | "edge" | "digit" | "triple" | "encode_a" | "encode_b"
            | "sparse" | "sparse_a" | "sparse_b" | "terms_a" | "terms_b" => Self::Encoders,
            // A row's own logic is the bus over which its elements are read.
            "row" | "drain" | "drain_row" | "resolve" | "column" | "readout" | "add"
            | "collect" | "accumulate" | "correction" => Self::ReadoutAndFinalAdders,
            "array" | "feed" | "operand_register" | "window" | "loader" | "skew" | "gather"
            | "fifo" | "queue" | "operand_store" | "delay" => Self::BuffersAndMemories,
            _ => Self::Control,
        }
    }

    /// Words for people.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Elements => "elements",
            Self::Encoders => "encoders",
            Self::Control => "control",
            Self::ReadoutAndFinalAdders => "readout and final adders",
            Self::BuffersAndMemories => "buffers and memories",
        }
    }
}
