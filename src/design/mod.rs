//! Validated designs: plain numbers, derived widths, pipeline latencies, streams and ports.
//!
//! A [`Design`] exists only if it can be built: every refusal happens in [`Design::new`], with the
//! path of the offending parameter, and nothing below this room returns a user error.

mod accumulator;
mod manifest;
mod name;
mod parameters;
mod pipeline;
mod stream;

pub use accumulator::{Accumulator, MAX_ACCUMULATOR_WIDTH, MAX_K};
pub use manifest::{FORMAT_VERSION, Manifest, ManifestFile};
pub use name::check as check_name;
pub use parameters::{
    AccumulatorParameters, ArrayParameters, CompressorName, Element, EncodingName,
    OperandParameters, OperandsParameters, Parameters, Reset,
};
pub use stream::{MAX_PORT_WIDTH, Stream};

use sha2::{Digest, Sha256};

use crate::arith::adder::Topology;
use crate::arith::compress::{self, CompressorStrategy};
use crate::arith::datapath::Multiplier;
use crate::arith::encode::{self, Encoding};
use crate::arith::format::{Format, MAX_OPERAND_WIDTH};
use crate::arith::recode;
use crate::nest::{Nest, Pipeline, systolic, transform};

/// Largest number of rows or columns.
pub const MAX_DIMENSION: usize = 256;

/// A parameter that cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Invalid {
    /// Dotted path of the parameter, such as `operands.a.width`.
    pub path: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl Invalid {
    fn new(path: &'static str, message: String, help: impl Into<String>) -> Self {
        Self { path, message, help: help.into() }
    }
}

/// Topology of the array, with its dimensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Array {
    /// Output-stationary systolic array.
    SystolicOs {
        /// Elements along M.
        rows: usize,
        /// Elements along N.
        cols: usize,
    },
}

/// A design that can be built.
#[derive(Clone)]
pub struct Design {
    /// Name of the top module and prefix of all others.
    pub name: String,
    /// One line for people.
    pub summary: String,
    /// Topology and dimensions.
    pub array: Array,
    /// Processing element.
    pub element: Element,
    /// Whether the product is registered before it is accumulated.
    pub product_register: bool,
    /// Operands, encoding and compressor of a multiplication.
    pub multiplier: Multiplier,
    /// Width, signedness and overflow-free length of the accumulation.
    pub accumulator: Accumulator,
    /// Carry network of every carry-propagate adder.
    pub final_adder: Topology,
    /// Which registers are reset, and how.
    pub reset: Reset,
    /// Whether a processing element registers its operands before it uses them.
    pub input_registers: bool,
    /// The loop nest before the element's transformations.
    pub base_nest: Nest,
    /// The loop nest that the hardware executes.
    pub nest: Nest,
}

impl Design {
    /// Validates parameters and derives what follows from them.
    ///
    /// # Errors
    /// [`Invalid`] for the first parameter that is out of range or in conflict with another.
    pub fn new(parameters: Parameters) -> Result<Self, Invalid> {
        let Parameters { name, summary, array, element, operands, accumulator, .. } = parameters;
        check_name(&name)?;
        let ArrayParameters::SystolicOs { rows, cols } = array;
        let rows = in_range("array.systolic_os.rows", rows, MAX_DIMENSION)?;
        let cols = in_range("array.systolic_os.cols", cols, MAX_DIMENSION)?;
        let a = operand("operands.a.width", operands.a)?;
        let b = operand("operands.b.width", operands.b)?;
        let accumulator = Accumulator::new(a, b, accumulator)?;
        if parameters.product_register && element == Element::Opt1 {
            return Err(Invalid::new(
                "product_register",
                format!("`product_register` does not apply to element `{element}`"),
                "only `mac` and `behavioural` form a product that could be registered; remove the \
                 line or set `element: mac`",
            ));
        }
        let encoding = resolve_encoding(parameters.encoding, a, b, parameters.input_registers);
        let compressor = find_compressor(parameters.compressor);
        // An element that registers A registers its digits.
        let recoded = parameters.input_registers
            && element != Element::Behavioural
            && recode::recodes(encoding, a);
        let base_nest = systolic::output_stationary(rows, cols, encoding.weights(a));
        let nest = match element {
            Element::Behavioural | Element::Mac => base_nest.clone(),
            Element::Opt1 => transform::opt1(&base_nest).map_err(|reason| {
                Invalid::new("element", reason.to_string(), "choose another element")
            })?,
        };
        Ok(Self {
            name,
            summary,
            array: Array::SystolicOs { rows, cols },
            element,
            product_register: parameters.product_register,
            multiplier: Multiplier { a, b, encoding, compressor, recoded },
            accumulator,
            final_adder: parameters.final_adder,
            reset: parameters.reset,
            input_registers: parameters.input_registers,
            base_nest,
            nest,
        })
    }

    /// A short hash of everything that determines the output.
    #[must_use]
    pub fn hash(&self) -> String {
        let Self { name, summary, array, element, multiplier, accumulator, .. } = self;
        let Multiplier { a, b, encoding, compressor, .. } = multiplier;
        let (encoding, compressor) = (encoding.name(), compressor.name());
        let (adder, reset) = (self.final_adder, self.reset);
        let registers = (self.product_register, self.input_registers);
        let text = format!(
            "{name}|{summary}|{array:?}|{element}|{a}|{b}|{encoding}|{compressor}|{accumulator:?}|\
             {adder}|{reset:?}|{registers:?}"
        );
        let digest = Sha256::digest(text.as_bytes());
        digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
    }

    /// Rows of the array: elements along M.
    #[must_use]
    pub fn rows(&self) -> usize {
        let Array::SystolicOs { rows, .. } = self.array;
        rows
    }

    /// Columns of the array: elements along N.
    #[must_use]
    pub fn cols(&self) -> usize {
        let Array::SystolicOs { cols, .. } = self.array;
        cols
    }

    /// Stream of operand A: one beat per k with a lane per row.
    #[must_use]
    pub fn stream_a(&self) -> Stream {
        Stream::new("s_axis_a", self.rows(), self.multiplier.a.width, true)
    }

    /// Stream of operand B: one beat per k with a lane per column.
    #[must_use]
    pub fn stream_b(&self) -> Stream {
        Stream::new("s_axis_b", self.cols(), self.multiplier.b.width, false)
    }

    /// Stream of the result: one beat per row with a lane per column.
    #[must_use]
    pub fn stream_c(&self) -> Stream {
        Stream::new("m_axis_c", self.cols(), self.accumulator.width, true)
    }

    /// The streams of the top with the operand or result that they carry, in port order.
    #[must_use]
    pub fn streams(&self) -> Vec<(&'static str, Stream)> {
        vec![("a", self.stream_a()), ("b", self.stream_b()), ("c", self.stream_c())]
    }

    /// Name of the stream contract that the top follows.
    #[must_use]
    pub const fn contract(&self) -> &'static str {
        "output_stationary"
    }

    /// The latencies and capacities that the cycle model needs.
    #[must_use]
    pub fn pipeline(&self) -> Pipeline {
        pipeline::of(self)
    }

    /// Whether the accumulated value is a pair of words.
    #[must_use]
    pub fn carry_save(&self) -> bool {
        self.nest.accumulates_carry_save()
    }
}

fn operand(path: &'static str, operand: OperandParameters) -> Result<Format, Invalid> {
    let width = in_range(path, operand.width, MAX_OPERAND_WIDTH)?;
    Ok(Format { width, signed: operand.signed })
}

fn in_range(path: &'static str, value: i64, max: usize) -> Result<usize, Invalid> {
    match usize::try_from(value) {
        Ok(value) if (1..=max).contains(&value) => Ok(value),
        _ => {
            let key = path.rsplit('.').next().unwrap_or(path);
            let message = format!("`{key}` is {value}, out of range 1 to {max}");
            Err(Invalid::new(path, message, format!("give a whole number from 1 to {max}")))
        }
    }
}

fn resolve_encoding(
    name: EncodingName,
    a: Format,
    b: Format,
    stored: bool,
) -> &'static dyn Encoding {
    match name {
        EncodingName::Auto => encode::auto(a, b, stored),
        EncodingName::BaughWooley | EncodingName::BitSerial => &encode::BaughWooley,
        EncodingName::Booth => &encode::Booth,
        EncodingName::Ent => &encode::Ent,
        EncodingName::Csd => &encode::Csd,
        EncodingName::CsdRadix4 => &encode::CsdRadix4,
        EncodingName::SignMagnitude => &encode::SignMagnitude,
    }
}

fn find_compressor(name: CompressorName) -> &'static dyn CompressorStrategy {
    match name {
        CompressorName::Wallace => &compress::Wallace,
        CompressorName::Dadda => &compress::Dadda,
        CompressorName::Timed => &compress::Timed,
    }
}
