//! What a bit-slice engine can be told to do in one way or another.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who waits for whom after a group of digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// All lanes of all columns go on to the next group together.
    Lockstep,
    /// Every lane goes on by itself; the lanes of a column meet at the end of a plane.
    #[default]
    Decoupled,
}

/// When columns wait for each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sync {
    /// At the end of every tile, as published.
    Tile,
    /// Only for the memories: a column may be one tile ahead of another.
    #[default]
    Elastic,
}

/// How the sums of the bit weights become one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Readout {
    /// From the top weight down, the accumulated pair is shifted at every step: one readout.
    #[default]
    Horner,
    /// Every plane is read out, shifted and added outside the elements, as published.
    PerPlane,
}

/// Where the columns read operand B.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BMemory {
    /// Banks that all columns share; a column waits where another one reads the same bank.
    Banked,
    /// A copy per column: nobody waits.
    #[default]
    Replicated,
}

macro_rules! names {
    ($type:ident { $($variant:ident => $name:literal),* }) => {
        impl $type {
            /// Name in the configuration.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }
        }
    };
}

names!(Policy { Lockstep => "lockstep", Decoupled => "decoupled" });
names!(Sync { Tile => "tile", Elastic => "elastic" });
names!(Readout { Horner => "horner", PerPlane => "per_plane" });
names!(BMemory { Banked => "banked", Replicated => "replicated" });
