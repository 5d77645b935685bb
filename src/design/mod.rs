//! Validated designs: plain numbers, derived widths, pipeline latencies, streams and ports.
//!
//! A [`Design`] exists only if it can be built: every refusal happens in [`Design::new`], with the
//! path of the offending parameter, and nothing below this room returns a user error.

mod accumulator;
mod array;
mod bit_slice;
mod correction;
mod derived;
mod latency;
mod lowering;
mod memory;
mod name;
mod pairs;
mod parameters;
mod pipeline;
mod planes;
mod recoding;
mod stream;
mod weight_stationary;
mod xnor;

pub use accumulator::{Accumulator, MAX_ACCUMULATOR_WIDTH, MAX_K};
pub use array::{Array, ArrayParameters, Contract, MAX_DIMENSION, Side, Topology};
pub use bit_slice::{
    BMemory, Banks, BitSlice, BitSliceParameters, MAX_BANKS, MAX_SLICE_LANES, Policy, Readout, Sync,
};
pub use correction::Correction;
pub use latency::{ContractLatency, Latency};
pub use lowering::{Refusal, refusal};
pub use memory::{MEMORY_PORTS, Memory};
pub use name::check as check_name;
pub use pairs::{Pair, markdown as pairs_markdown, pairs};
pub use parameters::{
    AccumulatorParameters, CompressorName, Element, EncoderPlace, EncodingName, FormatName,
    OperandParameters, OperandsParameters, Parameters, Reset, SignCorrection, Target,
};
pub use stream::{MAX_PORT_WIDTH, Port, Stream};

use sha2::{Digest, Sha256};

use crate::arith::Levels;
use crate::arith::adder;
use crate::arith::carry_save::CarryStorage;
use crate::arith::compress::{self, CompressorStrategy};
use crate::arith::format::{Format, MAX_OPERAND_WIDTH};
use crate::arith::multiplier::Multiplier;
use crate::nest::{self, Nest};
use recoding::Recoding;

/// Version of the manifest's format, and of every other report.
pub const FORMAT_VERSION: u32 = 1;

/// Most register stages that may cut a tree or an element.
pub const MAX_PIPELINE: usize = 16;

pub use planes::{MAX_CHUNK, MAX_LANES};

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

/// A design that can be built.
#[derive(Clone)]
pub struct Design {
    /// Name of the top module and prefix of all others.
    pub name: String,
    /// One line for people.
    pub summary: String,
    /// Topology and dimensions.
    pub array: Array,
    /// How digits are grouped and scheduled, where the topology is a bit-slice engine.
    pub bit_slice: Option<BitSlice>,
    /// Processing element.
    pub element: Element,
    /// Whether the product is registered before it is accumulated.
    pub product_register: bool,
    /// Operands, encoding and compressor of a multiplication.
    pub multiplier: Multiplier,
    /// Width, signedness and overflow-free length of the accumulation.
    pub accumulator: Accumulator,
    /// Carry network of every carry-propagate adder.
    pub final_adder: adder::Topology,
    /// What popcounts are mapped to.
    pub target: Target,
    /// Which registers are reset, and how.
    pub reset: Reset,
    /// Whether a processing element registers its operands before it uses them.
    pub input_registers: bool,
    /// Terms of K that an element of `opt2` adds up in space; 1 for other elements.
    pub lanes: usize,
    /// Terms of K that the operand memory of `opt2` holds per tile; nothing for other elements.
    pub tile_k: Option<usize>,
    /// Where operand A is encoded.
    pub encoder: EncoderPlace,
    /// Which carries a carry-save accumulator stores.
    pub carry_storage: CarryStorage,
    /// Register stages that cut a tree or an element.
    pub pipeline_stages: usize,
    /// Whether the top adds a stream of partial sums.
    pub partial_sums: bool,
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
        refuse_ignored(&parameters)?;
        if parameters.encoder == Some(EncoderPlace::Host)
            && parameters.array.topology != Topology::BitSlice
        {
            return Err(Invalid::new(
                "encoder",
                "`encoder: host` only applies to the topology `bit_slice`".to_owned(),
                "set `encoder: pe` or `encoder: edge`, or remove the line",
            ));
        }
        let bit_slice = match parameters.array.topology {
            Topology::BitSlice => Some(BitSlice::of(&parameters)?),
            _ => None,
        };
        check_name(&parameters.name)?;
        let words = xnor::Words::of(&parameters)?;
        let mut array = Array::new(parameters.array)?;
        array.depth = bit_slice.map_or(array.depth, |slice| slice.lanes);
        let word = words.and_then(|words| words.lanes);
        array.depth = word.unwrap_or(array.depth);
        let accumulator = weight_stationary::accumulator(&array, &parameters);
        let (element, operands) = (parameters.element, parameters.operands);
        let a = operand("operands.a.width", operands.a)?;
        let b = operand("operands.b.width", operands.b)?;
        let levels = words.map(|words| words.levels);
        let (a, b) = levels.map_or((a, b), |(a, b)| {
            (Levels::from(a).code_format(), Levels::from(b).code_format())
        });
        let values = levels.map_or((a.into(), b.into()), |(a, b)| (a.into(), b.into()));
        let accumulator = Accumulator::new(values, accumulator)?;
        if parameters.product_register && matches!(element, Element::Opt1 | Element::Opt2) {
            return Err(Invalid::new(
                "product_register",
                format!("`product_register` does not apply to element `{element}`"),
                "only `mac` and `behavioural` form a product that could be registered; remove the \
                 line or set `element: mac`",
            ));
        }
        let target = parameters.target.unwrap_or_default();
        let compressor = find_compressor(parameters.compressor.unwrap_or(match target {
            Target::Asic => CompressorName::default(),
            Target::Fpga => CompressorName::Counters,
        }));
        let corrected = correction::at_readout(&array, element, parameters.sign_correction)?;
        let registered = parameters.product_register;
        let recoding = Recoding::of(
            &parameters,
            &array,
            (a, b),
            (bit_slice.is_some(), words.is_some(), corrected),
        )?;
        let Recoding { encoding, encoder, recoded, tripled, by_plane, plain } = recoding;
        let in_loop = matches!(element, Element::Mac | Element::Xnor) && !registered && plain;
        let given = (element, parameters.lanes.filter(|_| words.is_none()), parameters.tile_k);
        let planes::Terms { lanes, tile_k } =
            planes::Terms::new(given, &array, encoding.weights(a).len(), accumulator.k_max)?;
        let lanes = word.unwrap_or(lanes);
        let mut multiplier = Multiplier {
            a,
            b,
            levels,
            encoding,
            compressor,
            recoded,
            tripled,
            terms: match array.topology.contract() {
                Contract::WeightStationary if words.is_none() => 1,
                _ => array.depth,
            },
            bias: 0,
            feedback: 0,
        };
        if corrected {
            multiplier.bias = correction::bias(&multiplier, registered, accumulator.width);
            correction::check_effect(&multiplier, parameters.sign_correction)?;
        }
        let carry_storage = match parameters.carry_every {
            None => CarryStorage::Slack,
            Some(_) if matches!(element, Element::Behavioural | Element::Mac) => {
                return Err(Invalid::new(
                    "carry_save.every",
                    format!("`carry_save` does not apply to element `{element}`"),
                    "its sums have no unresolved carries that could be stored; remove the line, or \
                     set `element: opt1`",
                ));
            }
            Some(every) => {
                CarryStorage::Every(in_range("carry_save.every", every, MAX_ACCUMULATOR_WIDTH)?)
            }
        };
        let pipeline_stages = pipeline::stages(&parameters, by_plane)?;
        if let Some(Refusal { path, reason, help }) = refusal(array.topology, element) {
            return Err(Invalid::new(path, reason, help));
        }
        let (base_nest, nest) = lowering::nests(
            &array,
            element,
            encoding.weights(a),
            (lanes, tile_k),
            (parameters.partial_sums, parameters.carry_every.is_some()),
        )?;
        let nest = match bit_slice {
            Some(_) if element == Element::Laconic => nest::term_serial::nest(
                (array.rows, array.cols, array.depth),
                (encoding.weights(a), encoding.weights(b)),
            ),
            Some(slice) => slice.nest(&array, encoding.weights(a)),
            None => {
                nest.check_shape().map_err(|unknown| {
                    Invalid::new("element", unknown.to_string(), "choose another element")
                })?;
                nest
            }
        };
        let design = Self {
            name: parameters.name,
            summary: parameters.summary,
            array,
            bit_slice,
            element,
            product_register: registered,
            multiplier,
            accumulator,
            final_adder: parameters.final_adder.unwrap_or_else(|| adder::auto(in_loop)),
            target,
            reset: parameters.reset,
            input_registers: parameters.input_registers,
            lanes,
            tile_k,
            encoder,
            carry_storage,
            pipeline_stages,
            partial_sums: parameters.partial_sums,
            base_nest,
            nest,
        };
        weight_stationary::check(&design, parameters.carry_every.is_some())?;
        Ok(design)
    }

    /// A short hash of everything that determines the output.
    #[must_use]
    pub fn hash(&self) -> String {
        let Self { name, summary, array, element, multiplier, accumulator, .. } = self;
        let Multiplier { a, b, encoding, compressor, .. } = multiplier;
        let (encoding, compressor) = (encoding.name(), compressor.name());
        let (adder, reset) = (self.final_adder, self.reset);
        let registers = (self.product_register, self.input_registers, self.pipeline_stages);
        let places = (self.lanes, self.encoder, self.carry_storage, self.partial_sums);
        let mut text = format!(
            "{name}|{summary}|{array:?}|{element}|{a}|{b}|{encoding}|{compressor}|{accumulator:?}|\
             {adder}|{reset:?}|{registers:?}|{places:?}"
        );
        if let Some(slice) = &self.bit_slice {
            text += &format!("|{slice:?}");
        }
        if let Some(terms) = self.tile_k {
            text += &format!("|{terms}");
        }
        if let Some((a, b)) = multiplier.levels {
            text += &format!("|{a}|{b}");
        }
        if self.corrects_at_readout() {
            text += &format!("|{}", SignCorrection::Readout.name());
        }
        if self.target != Target::default() {
            text += &format!("|{}", self.target.name());
        }
        let digest = Sha256::digest(text.as_bytes());
        digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Plain operators leave multiplier and adders to the synthesis tool.
fn refuse_ignored(parameters: &Parameters) -> Result<(), Invalid> {
    let given = [
        ("encoding", parameters.encoding.is_some()),
        ("compressor", parameters.compressor.is_some()),
        ("final_adder", parameters.final_adder.is_some()),
        ("encoder", parameters.encoder.is_some()),
    ];
    let ignored = given.into_iter().find(|(_, given)| *given);
    match ignored {
        Some((path, _)) if parameters.element == Element::Behavioural => Err(Invalid::new(
            path,
            format!("`{path}` does not apply to element `behavioural`"),
            "`behavioural` leaves multiplier and adders to the synthesis tool; remove the line or \
             set `element: mac`",
        )),
        _ => Ok(()),
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

fn find_compressor(name: CompressorName) -> &'static dyn CompressorStrategy {
    match name {
        CompressorName::Wallace => &compress::Wallace,
        CompressorName::Dadda => &compress::Dadda,
        CompressorName::Timed => &compress::Timed,
        CompressorName::Counters => &compress::Counters,
    }
}
