//! Which of the three kinds of designs a file describes.

use super::outline::Outline;

/// What a file describes, as the key at its top says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An array that multiplies matrices.
    Array,
    /// A binarized layer engine.
    Layer,
    /// Layers in a chain.
    Block,
}

/// Keys that only arrays have, beside the one that names the kind.
const OF_ARRAYS: [&str; 15] = [
    "element",
    "operands",
    "accumulator",
    "encoding",
    "compressor",
    "final_adder",
    "product_register",
    "input_registers",
    "lanes",
    "tile_k",
    "encoder",
    "sign_correction",
    "pipeline",
    "partial_sums",
    "array",
];

/// Keys that only layers have, beside the one that names the kind.
const OF_LAYERS: [&str; 6] = ["input", "activations", "weights", "folding", "epilogue", "shortcut"];

impl Kind {
    /// All kinds, those first whose key decides.
    const ALL: [Self; 3] = [Self::Block, Self::Layer, Self::Array];

    /// What a text describes; an array where it says nothing.
    pub fn of(text: &str) -> Self {
        let stands = |kind: &Self| match Outline::read(text) {
            Ok(outline) => outline.has(kind.key()),
            // The typed reader words what is wrong; it must know what it reads.
            Err(_) => text.lines().any(|line| {
                let line = line.trim_start_matches(['{', '"', '\'']);
                let rest = line
                    .strip_prefix(kind.key())
                    .map(|rest| rest.trim_start_matches(['"', '\'', ' ']));
                rest.is_some_and(|rest| rest.starts_with(':'))
            }),
        };
        Self::ALL.into_iter().find(stands).unwrap_or(Self::Array)
    }

    /// The key at the top.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Array => "array",
            Self::Layer => "layer",
            Self::Block => "block",
        }
    }

    /// Name within a sentence.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Array => "an array",
            Self::Layer => "a binarized layer",
            Self::Block => "a block of layers",
        }
    }

    /// A preset to start from.
    pub const fn example(self) -> &'static str {
        match self {
            Self::Array => "systolic_os_opt1_int8",
            Self::Layer => "bnn_linear",
            Self::Block => "resnet18_block",
        }
    }

    /// The kind that has a key at its top which the others do not have.
    pub fn of_key(key: &str) -> Option<Self> {
        match key {
            _ if OF_ARRAYS.contains(&key) => Some(Self::Array),
            _ if key == "layer" || OF_LAYERS.contains(&key) => Some(Self::Layer),
            "block" => Some(Self::Block),
            _ => None,
        }
    }
}
