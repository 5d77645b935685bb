//! The parameters of a design as plain values, before validation.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ArrayParameters, BitSliceParameters};
use crate::arith::adder;

/// Everything that a configuration says.
#[derive(Clone, Debug)]
pub struct Parameters {
    /// Name of the top module and prefix of all others.
    pub name: String,
    /// One line for people.
    pub summary: String,
    /// Topology and dimensions.
    pub array: ArrayParameters,
    /// Parameters of a bit-slice engine, where the topology is one.
    pub bit_slice: Option<BitSliceParameters>,
    /// Processing element.
    pub element: Element,
    /// Whether the product is registered before it is accumulated.
    pub product_register: bool,
    /// Formats of A and B.
    pub operands: OperandsParameters,
    /// Width of the accumulated value.
    pub accumulator: AccumulatorParameters,
    /// Recoding of A; chosen by the widths when absent.
    pub encoding: Option<EncodingName>,
    /// Placement of compressors; by arrival time when absent.
    pub compressor: Option<CompressorName>,
    /// Carry network of the carry-propagate adders; chosen by element and encoding when absent.
    pub final_adder: Option<adder::Topology>,
    /// What popcounts are mapped to; cells when absent.
    pub target: Option<Target>,
    /// Reset style.
    pub reset: Reset,
    /// Whether elements register their operands before using them.
    pub input_registers: bool,
    /// Spatial terms of K per element of `opt2`, as many as digits when absent, or of `xnor` in
    /// `systolic_os`, 64 when absent.
    pub lanes: Option<i64>,
    /// Terms of K that the operand memory of `opt2` holds per tile; derived when absent.
    pub tile_k: Option<i64>,
    /// Where operand A is encoded; by the topology when absent.
    pub encoder: Option<EncoderPlace>,
    /// Where the constant of the signs is added; by element and topology when absent.
    pub sign_correction: Option<SignCorrection>,
    /// Stored carries of a carry-save accumulator: every n-th; by arrival time when absent.
    pub carry_every: Option<i64>,
    /// Registers within a tree or an element, beside those that are always there.
    pub pipeline: i64,
    /// Whether a weight-stationary top takes a stream of partial sums.
    pub partial_sums: bool,
}

/// Where operand A is encoded into digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EncoderPlace {
    /// In every element.
    #[default]
    Pe,
    /// Once per row, at the edge of the array: digits travel instead of the operand. What B needs
    /// besides, as 3B of `bit_pairs`, is formed once per column likewise.
    Edge,
    /// Outside of a bit-slice engine: A arrives as digits, see `bitweight encode`.
    Host,
}

impl EncoderPlace {
    /// Name in the configuration.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pe => "pe",
            Self::Edge => "edge",
            Self::Host => "host",
        }
    }
}

/// Where the constant is added that makes up for the signs of partial products.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignCorrection {
    /// In every element, with every product.
    Pe,
    /// Once per result, where it is read: a counter follows what the elements leave out.
    Readout,
}

impl SignCorrection {
    /// Name in the configuration.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pe => "pe",
            Self::Readout => "readout",
        }
    }
}

/// Formats of the two operands.
#[derive(Clone, Copy, Debug)]
pub struct OperandsParameters {
    /// Operand A, the encoded one.
    pub a: OperandParameters,
    /// Operand B, the selected one.
    pub b: OperandParameters,
}

/// Format of one operand.
#[derive(Clone, Copy, Debug)]
pub struct OperandParameters {
    /// Bits, 1 to 64.
    pub width: i64,
    /// Two's complement when true.
    pub signed: bool,
    /// What its codes stand for.
    pub format: FormatName,
}

/// What the codes of an operand stand for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FormatName {
    /// Integers, two's complement or unsigned.
    #[default]
    Integer,
    /// Element `xnor`: bit i counts +2^i when set and -2^i when clear, so that one bit is -1 or +1.
    Bipolar,
    /// Element `xnor`: -1, 0 or +1 as two bits of two's complement.
    Ternary,
}

impl FormatName {
    /// Name in the configuration.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Integer => "integer",
            Self::Bipolar => "bipolar",
            Self::Ternary => "ternary",
        }
    }
}

/// What is known of the accumulator; the rest is derived.
#[derive(Clone, Copy, Debug, Default)]
pub struct AccumulatorParameters {
    /// Bits; derived from `k_max` when absent.
    pub width: Option<i64>,
    /// Longest sum that must not overflow; derived from `width` when absent.
    pub k_max: Option<i64>,
}

/// Processing element: which transformations are applied to the multiply-accumulate nest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Element {
    /// Multiply-accumulate as plain operators: multiplier and adder are the synthesis tool's.
    Behavioural,
    /// Multiply-accumulate with a carry-propagate adder in every element.
    Mac,
    /// Carry-save accumulation: the carry-propagate adder is hoisted out of the K loop.
    Opt1,
    /// Reduction within one bit weight: `shift` is hoisted out of the K loop too.
    Opt2,
    /// Zero digits are left out: every element selects digits and operands by itself.
    Opt3,
    /// Zero digits are left out: digits are selected once for a column of elements.
    Opt4c,
    /// As `opt4c`, with several lanes that share an accumulator.
    Opt4e,
    /// Both operands as signed powers of two, a pair of terms per lane and cycle: a baseline.
    Laconic,
    /// Popcounts of words of operands of few bits: XNOR for -1 and +1, AND for bit planes.
    Xnor,
}

impl Element {
    /// All elements.
    pub const ALL: &[Self] = &[
        Self::Behavioural,
        Self::Mac,
        Self::Opt1,
        Self::Opt2,
        Self::Opt3,
        Self::Opt4c,
        Self::Opt4e,
        Self::Laconic,
        Self::Xnor,
    ];
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Element::Behavioural => "behavioural",
            Element::Mac => "mac",
            Element::Opt1 => "opt1",
            Element::Opt2 => "opt2",
            Element::Opt3 => "opt3",
            Element::Opt4c => "opt4c",
            Element::Opt4e => "opt4e",
            Element::Laconic => "laconic",
            Element::Xnor => "xnor",
        })
    }
}

/// Recoding of operand A into digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EncodingName {
    /// Chosen by the operand widths.
    #[default]
    Auto,
    /// No recoding: one row per bit of A.
    BaughWooley,
    /// No recoding: one row per two bits of A, chosen from 0, B, 2B and 3B.
    BitPairs,
    /// Plain bits, as a bit-serial engine works on them: another name of `baugh_wooley`.
    BitSerial,
    /// Radix-4 modified Booth: one row per two bits of A, digits -2 to 2.
    Booth,
    /// EN-T: one row per two bits of A, digits -1 to 2 of the magnitude times the sign of A.
    Ent,
    /// Canonical signed digits (non-adjacent form): digits -1 to 1, one row per two bits of A.
    Csd,
    /// Canonical signed digits in pairs: digits -2 to 2, one row per two bits of A.
    CsdRadix4,
    /// Sign and magnitude: one row per bit of A, digits 0 and 1 times the sign of A.
    SignMagnitude,
}

/// Placement of the compressors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CompressorName {
    /// As early as possible.
    Wallace,
    /// As late as possible.
    Dadda,
    /// By arrival time of the bits.
    #[default]
    Timed,
    /// 6:3 counters, for six-input look-up tables.
    Counters,
}

/// What the logic is mapped to, which decides how popcounts are compressed and accumulated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Cell libraries: full adders and prefix adders.
    #[default]
    Asic,
    /// Look-up tables of six inputs: 6:3 counters, carry chains, accumulation in binary.
    Fpga,
}

impl Target {
    /// Name in a configuration.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Asic => "asic",
            Self::Fpga => "fpga",
        }
    }
}

/// Reset style. Control state is always reset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reset {
    /// All registers, synchronously.
    Sync,
    /// All registers, asynchronously.
    Async,
    /// Control registers only, synchronously: none on data paths.
    #[default]
    None,
}
