//! The configuration file as typed, with the location of everything that is validated later.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_yaml::Spanned;

use crate::arith::adder::Topology;
use crate::design::{
    AccumulatorParameters, ArrayParameters, CompressorName, Element, EncodingName,
    OperandParameters, OperandsParameters, Parameters, Reset,
};

/// A bitweight design: an array of processing elements that multiplies matrices.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "bitweight design")]
pub struct Config {
    /// Name of the top module and prefix of all others; the file's name when absent.
    #[schemars(with = "Option<String>", regex(pattern = "^[a-z][a-z0-9_]*$"), length(max = 48))]
    pub name: Option<Spanned<String>>,
    /// One line for people.
    pub summary: Option<String>,
    /// Topology and dimensions.
    pub array: Array,
    /// Processing element.
    #[schemars(with = "Element")]
    pub element: Spanned<Element>,
    /// Formats of A and B.
    pub operands: Operands,
    /// Width of the accumulated value; holds 65536 products when absent.
    pub accumulator: Option<Accumulator>,
    /// Recoding of operand A into digits.
    #[serde(default)]
    pub encoding: EncodingName,
    /// Placement of the compressors.
    #[serde(default)]
    pub compressor: CompressorName,
    /// Carry network of every carry-propagate adder.
    #[serde(default = "default_adder")]
    pub final_adder: Topology,
    /// Elements `mac` and `behavioural`: register the product before it is accumulated. Off when absent.
    #[schemars(with = "Option<bool>")]
    pub product_register: Option<Spanned<bool>>,
    /// Reset style; control state is always reset.
    #[serde(default)]
    pub reset: Reset,
    /// Whether elements register their operands before using them. On when absent.
    pub input_registers: Option<bool>,
}

/// Topology of the array.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Array {
    /// Output-stationary systolic array: A moves right, B moves down, C stays.
    SystolicOs(Systolic),
}

/// Dimensions of a systolic array.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Systolic {
    /// Elements along M.
    #[schemars(with = "i64", range(min = 1, max = 256))]
    pub rows: Spanned<i64>,
    /// Elements along N.
    #[schemars(with = "i64", range(min = 1, max = 256))]
    pub cols: Spanned<i64>,
}

/// Formats of the operands.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Operands {
    /// Operand A, the encoded one: rows of A enter the rows of the array.
    pub a: Operand,
    /// Operand B, the selected one: columns of B enter the columns of the array.
    pub b: Operand,
}

/// Format of one operand.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Operand {
    /// Bits.
    #[schemars(with = "i64", range(min = 1, max = 64))]
    pub width: Spanned<i64>,
    /// Two's complement when true, unsigned when false.
    #[serde(default = "default_signed")]
    pub signed: bool,
}

/// What is asked of the accumulator: either key implies the other.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Accumulator {
    /// Bits; results are exact modulo 2^width.
    #[schemars(with = "Option<i64>", range(min = 1, max = 256))]
    pub width: Option<Spanned<i64>>,
    /// Number of products up to which no sum may overflow.
    #[schemars(with = "Option<i64>", range(min = 1, max = 4_294_967_296_i64))]
    pub k_max: Option<Spanned<i64>>,
}

fn default_adder() -> Topology {
    Topology::Sklansky
}

fn default_signed() -> bool {
    true
}

impl Config {
    /// The values without their locations; `fallback` names a design that has no name.
    pub(super) fn parameters(&self, fallback: &str) -> Parameters {
        let Array::SystolicOs(systolic) = &self.array;
        let accumulator = self.accumulator.as_ref();
        let operand = |operand: &Operand| OperandParameters {
            width: operand.width.value,
            signed: operand.signed,
        };
        let name = self.name.as_ref().map_or(fallback, |name| &name.value).to_owned();
        let summary = self.summary.as_deref().unwrap_or("Matrix multiplication array.");
        Parameters {
            name,
            // The summary becomes the first line of a Verilog comment.
            summary: summary.split_whitespace().collect::<Vec<_>>().join(" "),
            array: ArrayParameters::SystolicOs {
                rows: systolic.rows.value,
                cols: systolic.cols.value,
            },
            element: self.element.value,
            product_register: self.product_register.as_ref().is_some_and(|on| on.value),
            operands: OperandsParameters {
                a: operand(&self.operands.a),
                b: operand(&self.operands.b),
            },
            accumulator: AccumulatorParameters {
                width: accumulator.and_then(|a| a.width.as_ref()).map(|width| width.value),
                k_max: accumulator.and_then(|a| a.k_max.as_ref()).map(|k_max| k_max.value),
            },
            encoding: self.encoding,
            compressor: self.compressor,
            final_adder: self.final_adder,
            reset: self.reset,
            input_registers: self.input_registers.unwrap_or(true),
        }
    }

    /// Where the value at a dotted path of [`Parameters`] stands.
    pub(super) fn locate(&self, path: &str) -> Option<serde_yaml::Location> {
        let Array::SystolicOs(systolic) = &self.array;
        let accumulator = self.accumulator.as_ref();
        Some(match path {
            "name" => self.name.as_ref()?.referenced,
            "array.systolic_os.rows" => systolic.rows.referenced,
            "array.systolic_os.cols" => systolic.cols.referenced,
            "element" => self.element.referenced,
            "operands.a.width" => self.operands.a.width.referenced,
            "operands.b.width" => self.operands.b.width.referenced,
            "accumulator.width" => accumulator?.width.as_ref()?.referenced,
            "accumulator.k_max" => accumulator?.k_max.as_ref()?.referenced,
            "product_register" => self.product_register.as_ref()?.referenced,
            _ => return None,
        })
    }
}
