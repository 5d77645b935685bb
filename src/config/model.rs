//! The configuration file as typed, with the location of everything that is validated later.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_yaml::Spanned;

use crate::arith::adder;
use crate::design::{
    AccumulatorParameters, ArrayParameters, BMemory, BitSliceParameters, CompressorName, Element,
    EncoderPlace, EncodingName, FormatName, OperandParameters, OperandsParameters, Parameters,
    Policy, Readout, Reset, SignCorrection, Sync, Target, Topology,
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
    /// Width of the accumulated value. When absent it holds 65536 products, or `depth` products in a
    /// weight-stationary array without partial sums.
    pub accumulator: Option<Accumulator>,
    /// Recoding of operand A into digits; chosen by the operand widths when absent.
    #[schemars(with = "Option<EncodingName>")]
    pub encoding: Option<Spanned<EncodingName>>,
    /// Placement of the compressors; by arrival time when absent.
    #[schemars(with = "Option<CompressorName>")]
    pub compressor: Option<Spanned<CompressorName>>,
    /// Carry network of every carry-propagate adder; chosen by element and encoding when absent.
    #[schemars(with = "Option<adder::Topology>")]
    pub final_adder: Option<Spanned<adder::Topology>>,
    /// Elements `mac` and `behavioural`: register the product before it is accumulated. Off when absent.
    #[schemars(with = "Option<bool>")]
    pub product_register: Option<Spanned<bool>>,
    /// Element `xnor`: what popcounts are mapped to, cells or six-input look-up tables with carry
    /// chains. Cells when absent.
    #[schemars(with = "Option<Target>")]
    pub target: Option<Spanned<Target>>,
    /// Reset style; control state is always reset.
    #[serde(default)]
    pub reset: Reset,
    /// Whether elements register their operands before using them. On when absent.
    #[schemars(with = "Option<bool>")]
    pub input_registers: Option<Spanned<bool>>,
    /// Element `opt2`: terms of K that an element adds up in space, at most 64; as many as digits
    /// when absent. Element `xnor` in `systolic_os`: terms of a word; 64 when absent.
    #[schemars(with = "Option<i64>", range(min = 1, max = 256))]
    pub lanes: Option<Spanned<i64>>,
    /// Element `opt2`: terms of K that the operand memory holds per tile, rounded up to whole groups
    /// of `lanes`; longer sums are added up in chunks of that length. 256, or as many as the
    /// accumulator holds, when absent.
    #[schemars(with = "Option<i64>", range(min = 1, max = 65536))]
    pub tile_k: Option<Spanned<i64>>,
    /// Where operand A is encoded: in every element, or once per row at the edge of the array,
    /// which is what `matrix2d`, `adder_tree` and `bit_pairs` do when absent.
    #[schemars(with = "Option<EncoderPlace>")]
    pub encoder: Option<Spanned<EncoderPlace>>,
    /// Elements `mac` and `opt1` whose sums stay: where the constant is added that makes up for the
    /// signs of partial products, with every product in every element, or once per result where it
    /// is read. At the readout when absent.
    #[schemars(with = "Option<SignCorrection>")]
    pub sign_correction: Option<Spanned<SignCorrection>>,
    /// Which carries of a carry-save accumulator are stored; by arrival time when absent. Element
    /// `xnor` accumulates in carry-save where this is given.
    pub carry_save: Option<CarrySave>,
    /// Register stages that cut a tree or an element, beside those that are always there.
    #[schemars(with = "Option<i64>", range(min = 0, max = 16))]
    pub pipeline: Option<Spanned<i64>>,
    /// Weight-stationary arrays: whether the top adds a stream of partial sums. Off when absent.
    #[schemars(with = "Option<bool>")]
    pub partial_sums: Option<Spanned<bool>>,
}

/// Granularity of carry-save accumulation.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CarrySave {
    /// Columns per stored carry: 1 stores all of them, as published.
    #[schemars(with = "i64", range(min = 1, max = 256))]
    pub every: Spanned<i64>,
}

/// Topology of the array.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Array {
    /// Output-stationary systolic array: A moves right, B moves down, C stays.
    SystolicOs(Plane),
    /// Weight-stationary systolic array: B stays, A moves right, sums move down along K.
    SystolicWs(Columns),
    /// Output-stationary systolic array whose elements add `depth` products per beat.
    Cube(Block),
    /// One tree over `depth` products per column: B stays, A is broadcast.
    AdderTree(Columns),
    /// Output-stationary array in which A and B are broadcast along rows and columns.
    #[serde(rename = "matrix2d")]
    Matrix2d(Broadcast),
    /// Columns of elements that leave out the zero digits of A.
    BitSlice(Box<BitSlice>),
}

/// Dimensions and schedule of a bit-slice engine.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BitSlice {
    /// Columns of elements; each works on a row of A.
    #[schemars(with = "i64", range(min = 1, max = 256))]
    pub columns: Spanned<i64>,
    /// Elements of a column; each works on a column of B.
    #[schemars(with = "i64", range(min = 1, max = 256))]
    pub elements: Spanned<i64>,
    /// Element `opt4e`: digits per column and cycle, of disjoint parts of K; 4 when absent.
    #[schemars(with = "Option<i64>", range(min = 1, max = 64))]
    pub lanes: Option<Spanned<i64>>,
    /// Digits of one bit weight that a sparse encoder looks at together; 4 when absent.
    #[schemars(with = "Option<i64>", range(min = 1, max = 64))]
    pub group: Option<Spanned<i64>>,
    /// Terms of K that the operand memories hold per tile: `group` x `lanes` x a power of two; about
    /// 256 when absent. A longer K is worked off in chunks.
    #[schemars(with = "Option<i64>", range(min = 2, max = 65_536))]
    pub tile_k: Option<Spanned<i64>>,
    /// Who waits for whom after a group of digits.
    #[serde(default)]
    pub policy: Policy,
    /// Whether groups without a digit cost nothing. On when absent, except with `lockstep`.
    #[schemars(with = "Option<bool>")]
    pub skip_empty: Option<Spanned<bool>>,
    /// When columns wait for each other.
    #[serde(default)]
    pub sync: Sync,
    /// How the sums of the bit weights become one.
    #[serde(default)]
    pub readout: Readout,
    /// Where the columns read operand B.
    #[serde(default)]
    pub b_memory: BMemory,
    /// `b_memory: banked`: banks per lane, a power of two; two for a column when absent.
    #[schemars(with = "Option<i64>", range(min = 2, max = 1024))]
    pub banks: Option<Spanned<i64>>,
    /// `b_memory: banked`: terms of K that follow each other in a bank, 1 or a multiple of `group`;
    /// when absent as many as spread the chunks evenly over the banks.
    #[schemars(with = "Option<i64>", range(min = 1, max = 65_536))]
    pub bank_rows: Option<Spanned<i64>>,
}

impl BitSlice {
    fn parameters(&self) -> BitSliceParameters {
        let value = |given: &Option<Spanned<i64>>| given.as_ref().map(|given| given.value);
        BitSliceParameters {
            group: value(&self.group),
            lanes: value(&self.lanes),
            tile_k: value(&self.tile_k),
            policy: self.policy,
            skip_empty: self.skip_empty.as_ref().map(|given| given.value),
            sync: self.sync,
            readout: self.readout,
            b_memory: self.b_memory,
            banks: value(&self.banks),
            bank_rows: value(&self.bank_rows),
        }
    }

    fn locate(&self, path: &str) -> Option<serde_yaml::Location> {
        Some(match path {
            "array.group" => self.group.as_ref()?.referenced,
            "array.lanes" => self.lanes.as_ref()?.referenced,
            "array.tile_k" => self.tile_k.as_ref()?.referenced,
            "array.skip_empty" => self.skip_empty.as_ref()?.referenced,
            "array.banks" => self.banks.as_ref()?.referenced,
            "array.bank_rows" => self.bank_rows.as_ref()?.referenced,
            _ => return None,
        })
    }
}

/// Dimensions of an array that is spatial in M and N.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plane {
    /// Elements along M.
    #[schemars(with = "i64", range(min = 1, max = 256))]
    pub rows: Spanned<i64>,
    /// Elements along N.
    #[schemars(with = "i64", range(min = 1, max = 256))]
    pub cols: Spanned<i64>,
}

/// Dimensions of an array that is spatial in K and N.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    /// Terms along K.
    #[schemars(with = "i64", range(min = 1, max = 256))]
    pub depth: Spanned<i64>,
    /// Columns along N.
    #[schemars(with = "i64", range(min = 1, max = 256))]
    pub cols: Spanned<i64>,
}

/// Dimensions of an array that is spatial in M, N and K.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// Elements along M.
    #[schemars(with = "i64", range(min = 1, max = 256))]
    pub rows: Spanned<i64>,
    /// Elements along N.
    #[schemars(with = "i64", range(min = 1, max = 256))]
    pub cols: Spanned<i64>,
    /// Terms along K per element and beat.
    #[schemars(with = "i64", range(min = 1, max = 256))]
    pub depth: Spanned<i64>,
}

/// Dimensions of an array that is spatial in M and N, and in K if asked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Broadcast {
    /// Elements along M.
    #[schemars(with = "i64", range(min = 1, max = 256))]
    pub rows: Spanned<i64>,
    /// Elements along N.
    #[schemars(with = "i64", range(min = 1, max = 256))]
    pub cols: Spanned<i64>,
    /// Terms along K per element and beat; 1 when absent.
    #[schemars(with = "Option<i64>", range(min = 1, max = 256))]
    pub depth: Option<Spanned<i64>>,
}

/// Topology, rows, columns and depth of an array, where it has them.
type Sides<'a> =
    (Topology, Option<&'a Spanned<i64>>, Option<&'a Spanned<i64>>, Option<&'a Spanned<i64>>);

impl Array {
    fn sides(&self) -> Sides<'_> {
        match self {
            Self::SystolicOs(Plane { rows, cols }) => {
                (Topology::SystolicOs, Some(rows), Some(cols), None)
            }
            Self::SystolicWs(Columns { depth, cols }) => {
                (Topology::SystolicWs, None, Some(cols), Some(depth))
            }
            Self::Cube(Block { rows, cols, depth }) => {
                (Topology::Cube, Some(rows), Some(cols), Some(depth))
            }
            Self::AdderTree(Columns { depth, cols }) => {
                (Topology::AdderTree, None, Some(cols), Some(depth))
            }
            Self::Matrix2d(Broadcast { rows, cols, depth }) => {
                (Topology::Matrix2d, Some(rows), Some(cols), depth.as_ref())
            }
            Self::BitSlice(slice) => {
                (Topology::BitSlice, Some(&slice.columns), Some(&slice.elements), None)
            }
        }
    }
}

/// Formats of the operands.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Operands {
    /// Operand A, the encoded one.
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
    /// Two's complement when true, as when absent, unsigned when false; of integers only.
    #[schemars(with = "Option<bool>")]
    pub signed: Option<Spanned<bool>>,
    /// What its codes stand for; integers when absent.
    #[schemars(with = "Option<FormatName>")]
    pub format: Option<Spanned<FormatName>>,
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

impl Operand {
    /// Where it says that it is signed or not, though its format leaves no choice.
    fn idle_sign(&self) -> Option<(serde_yaml::Location, &'static str)> {
        let format = self.format.as_ref().map(|format| format.value).unwrap_or_default();
        let given = self.signed.as_ref().filter(|_| format != FormatName::Integer)?;
        Some((given.referenced, format.name()))
    }
}

impl Operand {
    /// Where the format stands, or the width that is of the default format.
    fn format_location(&self) -> serde_yaml::Location {
        self.format.as_ref().map_or(self.width.referenced, |format| format.referenced)
    }
}

impl Config {
    /// The first operand whose `signed` has no effect: where it stands, and the format.
    pub(super) fn idle_sign(&self) -> Option<(serde_yaml::Location, &'static str)> {
        self.operands.a.idle_sign().or_else(|| self.operands.b.idle_sign())
    }

    /// The values without their locations; `fallback` names a design that has no name.
    pub(super) fn parameters(&self, fallback: &str) -> Parameters {
        let (topology, rows, cols, depth) = self.array.sides();
        let side = |given: Option<&Spanned<i64>>| given.map_or(1, |side| side.value);
        let accumulator = self.accumulator.as_ref();
        let operand = |operand: &Operand| OperandParameters {
            width: operand.width.value,
            signed: operand.signed.as_ref().is_none_or(|signed| signed.value),
            format: operand.format.as_ref().map(|name| name.value).unwrap_or_default(),
        };
        let name = self.name.as_ref().map_or(fallback, |name| &name.value).to_owned();
        let summary = self.summary.as_deref().unwrap_or("Matrix multiplication array.");
        Parameters {
            name,
            // The summary becomes the first line of a Verilog comment.
            summary: summary.split_whitespace().collect::<Vec<_>>().join(" "),
            array: ArrayParameters {
                topology,
                rows: side(rows),
                cols: side(cols),
                depth: side(depth),
            },
            bit_slice: match &self.array {
                Array::BitSlice(slice) => Some(slice.parameters()),
                _ => None,
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
            encoding: self.encoding.as_ref().map(|name| name.value),
            compressor: self.compressor.as_ref().map(|name| name.value),
            final_adder: self.final_adder.as_ref().map(|name| name.value),
            target: self.target.as_ref().map(|target| target.value),
            reset: self.reset,
            input_registers: self.input_registers.as_ref().is_none_or(|on| on.value),
            lanes: self.lanes.as_ref().map(|lanes| lanes.value),
            tile_k: self.tile_k.as_ref().map(|terms| terms.value),
            encoder: self.encoder.as_ref().map(|place| place.value),
            sign_correction: self.sign_correction.as_ref().map(|place| place.value),
            carry_every: self.carry_save.as_ref().map(|given| given.every.value),
            pipeline: self.pipeline.as_ref().map_or(0, |stages| stages.value),
            partial_sums: self.partial_sums.as_ref().is_some_and(|on| on.value),
        }
    }

    /// Where the value at a dotted path of [`Parameters`] stands.
    pub(super) fn locate(&self, path: &str) -> Option<serde_yaml::Location> {
        if let Array::BitSlice(slice) = &self.array
            && let Some(location) = slice.locate(path)
        {
            return Some(location);
        }
        let (_, rows, cols, depth) = self.array.sides();
        let accumulator = self.accumulator.as_ref();
        Some(match path {
            "name" => self.name.as_ref()?.referenced,
            "array.rows" => rows?.referenced,
            "array.cols" => cols?.referenced,
            "array.depth" => depth?.referenced,
            "element" => self.element.referenced,
            "operands.a.width" => self.operands.a.width.referenced,
            "operands.b.width" => self.operands.b.width.referenced,
            "operands.a.format" => self.operands.a.format_location(),
            "operands.b.format" => self.operands.b.format_location(),
            "accumulator.width" => accumulator?.width.as_ref()?.referenced,
            "accumulator.k_max" => accumulator?.k_max.as_ref()?.referenced,
            "encoding" => self.encoding.as_ref()?.referenced,
            "compressor" => self.compressor.as_ref()?.referenced,
            "final_adder" => self.final_adder.as_ref()?.referenced,
            "product_register" => self.product_register.as_ref()?.referenced,
            "input_registers" => self.input_registers.as_ref()?.referenced,
            "lanes" => self.lanes.as_ref()?.referenced,
            "tile_k" => self.tile_k.as_ref()?.referenced,
            "encoder" => self.encoder.as_ref()?.referenced,
            "sign_correction" => self.sign_correction.as_ref()?.referenced,
            "carry_save.every" => self.carry_save.as_ref()?.every.referenced,
            "pipeline" => self.pipeline.as_ref()?.referenced,
            "target" => self.target.as_ref()?.referenced,
            "partial_sums" => self.partial_sums.as_ref()?.referenced,
            _ => return None,
        })
    }
}
