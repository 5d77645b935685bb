//! Parameters of the bit-slice engines: how digits are grouped and scheduled, and what is derived
//! from that.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::planes::MAX_CHUNK;
use super::{Array, Design, Element, EncoderPlace, EncodingName, Invalid, Parameters, in_range};
use crate::arith::bit_slice::{self, Accumulation};
use crate::arith::datapath::Multiplier;
use crate::arith::digit::DigitFormat;
use crate::arith::encode::{self, Encoding};
use crate::arith::format::Format;
use crate::arith::sparse::{MAX_GROUP, index_width};
use crate::arith::term_pair::TermPairs;
use crate::golden::Matrix;
use crate::nest::bit_slice::{Activity, Engine, Extents, Schedule};
use crate::nest::term_serial::{self, TermSerial};
use crate::nest::{self, Nest};

/// Most lanes of a column.
pub const MAX_SLICE_LANES: usize = 64;

/// Terms of K that the operand memories hold when a configuration says nothing, if that fits.
const DEFAULT_TILE_K: usize = 256;

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

/// The parameters as given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BitSliceParameters {
    /// Digits of a group.
    pub group: Option<i64>,
    /// Lanes of `opt4e`, or term pairs per cycle of `laconic`.
    pub lanes: Option<i64>,
    /// Terms of K that the operand memories hold per tile.
    pub tile_k: Option<i64>,
    /// Who waits for whom after a group.
    pub policy: Policy,
    /// Whether groups without a digit cost nothing.
    pub skip_empty: Option<bool>,
    /// When columns wait for each other.
    pub sync: Sync,
    /// How the sums of the bit weights become one.
    pub readout: Readout,
    /// Where the columns read operand B.
    pub b_memory: BMemory,
}

/// The parameters of a bit-slice engine after validation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BitSlice {
    /// Digits of one bit weight that are looked at together.
    pub group: usize,
    /// Lanes of a column; each has every `lanes`-th term of K.
    pub lanes: usize,
    /// Terms of K that the memories hold per tile; a longer K is worked off in chunks of so many.
    pub tile_k: usize,
    /// Who waits for whom after a group.
    pub policy: Policy,
    /// Whether groups without a digit cost nothing.
    pub skip_empty: bool,
    /// When columns wait for each other.
    pub sync: Sync,
    /// How the sums of the bit weights become one.
    pub readout: Readout,
    /// Where the columns read operand B.
    pub b_memory: BMemory,
    /// Whether every element selects digits and operands itself (`opt3`).
    pub per_element: bool,
}

impl BitSlice {
    /// Validates the parameters of a bit-slice engine.
    ///
    /// # Errors
    /// [`Invalid`] for the first parameter that is out of range or in conflict with another.
    pub(super) fn of(parameters: &Parameters) -> Result<Self, Invalid> {
        refuse_others(parameters)?;
        let given = parameters.bit_slice.unwrap_or_default();
        let per_element = parameters.element == Element::Opt3;
        if parameters.element == Element::Laconic {
            return Self::term_serial(parameters, given);
        }
        let default_lanes = if parameters.element == Element::Opt4e { 4 } else { 1 };
        let group = match given.group {
            Some(group) => in_range("array.group", group, MAX_GROUP)?,
            None => 4,
        };
        let lanes = match given.lanes {
            None => default_lanes,
            Some(lanes) => in_range("array.lanes", lanes, MAX_SLICE_LANES)?,
        };
        if lanes != 1 && default_lanes == 1 {
            return Err(Invalid::new(
                "array.lanes",
                format!("`lanes` is {lanes}, but this element has one lane per column"),
                "remove the line, or set `element: opt4e`",
            ));
        }
        // A step fills one member of a group in every lane.
        let step = group * lanes;
        let tile_k = match given.tile_k {
            Some(tile_k) => in_range("array.tile_k", tile_k, MAX_CHUNK)?,
            None => step * (DEFAULT_TILE_K / step).next_power_of_two().max(2),
        };
        let groups = tile_k / step;
        if tile_k % step != 0 || groups < 2 || !groups.is_power_of_two() {
            let fit = step * groups.next_power_of_two().max(2);
            return Err(Invalid::new(
                "array.tile_k",
                format!(
                    "`tile_k` is {tile_k}, not `group` x `lanes` = {step} times a power of two \
                     from 2 on"
                ),
                format!("set `tile_k: {fit}`"),
            ));
        }
        let lockstep = given.policy == Policy::Lockstep;
        if given.skip_empty == Some(true) && lockstep {
            return Err(Invalid::new(
                "array.skip_empty",
                "`skip_empty` does not go with `policy: lockstep`: in step, an empty group of one \
                 lane is a full one of another"
                    .to_owned(),
                "set `policy: decoupled`, or remove `skip_empty`",
            ));
        }
        if lockstep && given.b_memory == BMemory::Banked {
            return Err(Invalid::new(
                "element",
                "columns in lockstep cannot wait for a bank of B one by one".to_owned(),
                "set `policy: decoupled` or `b_memory: replicated`",
            ));
        }
        Ok(Self {
            group,
            lanes,
            tile_k,
            policy: given.policy,
            skip_empty: given.skip_empty.unwrap_or(!lockstep),
            sync: given.sync,
            readout: given.readout,
            b_memory: given.b_memory,
            per_element,
        })
    }

    /// The term-serial baseline only has lanes.
    fn term_serial(parameters: &Parameters, given: BitSliceParameters) -> Result<Self, Invalid> {
        let others = BitSliceParameters { lanes: given.lanes, ..BitSliceParameters::default() };
        if given != others {
            return Err(Invalid::new(
                "element",
                "element `laconic` takes no key of `bit_slice` but `columns`, `elements` and \
                 `lanes`"
                    .to_owned(),
                "remove the other keys, or choose `opt3`, `opt4c` or `opt4e`",
            ));
        }
        if !matches!(
            parameters.encoding.unwrap_or_default(),
            EncodingName::Auto | EncodingName::Csd
        ) {
            return Err(Invalid::new(
                "encoding",
                "element `laconic` works on signed powers of two".to_owned(),
                "remove the line `encoding`, or set `encoding: csd`",
            ));
        }
        let lanes = in_range("array.lanes", given.lanes.unwrap_or(16), MAX_SLICE_LANES)?;
        Ok(Self {
            group: 1,
            lanes,
            tile_k: lanes,
            policy: Policy::Lockstep,
            skip_empty: false,
            sync: Sync::Tile,
            readout: Readout::PerPlane,
            b_memory: BMemory::Replicated,
            per_element: false,
        })
    }

    /// The loop nest of the engine.
    pub(super) fn nest(&self, array: &Array, weights: Vec<usize>) -> Nest {
        let extents = Extents {
            columns: array.rows,
            elements: array.cols,
            lanes: self.lanes,
            group: self.group,
            tile_k: self.tile_k,
            per_element: self.per_element,
        };
        nest::bit_slice::nest(extents, weights)
    }

    /// Groups that a lane holds per tile.
    #[must_use]
    pub const fn groups(&self) -> usize {
        self.tile_k / (self.group * self.lanes)
    }

    /// Beats of a chunk that fills the memories.
    #[must_use]
    pub const fn beats(&self) -> usize {
        self.tile_k / self.lanes
    }

    /// Banks of operand B per lane: two for a column, as far as there are rows for them. With as
    /// many banks as columns a column would wait in a quarter of its cycles, with two in an eighth.
    #[must_use]
    pub const fn banks(&self, columns: usize) -> usize {
        let rows = 1 << (self.address() - 1);
        let banks = (2 * columns).next_power_of_two();
        if banks < rows { banks } else { rows }
    }

    /// Bits of the number of a group.
    #[must_use]
    pub const fn group_bits(&self) -> usize {
        self.groups().trailing_zeros() as usize
    }

    /// Bits of the address of rows of B in one lane: half of the memory, group, member.
    #[must_use]
    pub const fn address(&self) -> usize {
        1 + self.group_bits() + if self.per_element { 0 } else { index_width(self.group) }
    }

    /// Operands of B that an element gets per cycle.
    #[must_use]
    pub const fn terms(&self) -> usize {
        if self.per_element { self.group } else { self.lanes }
    }

    /// Cycles from the issue of digits until they are accumulated.
    #[must_use]
    pub const fn issue_latency(&self, input_registers: bool) -> usize {
        2 + if input_registers { 1 } else { 0 }
    }
}

/// The encoding of digits when the configuration says `auto`.
pub(super) fn auto_encoding(element: Element) -> &'static dyn Encoding {
    match element {
        Element::Laconic => &encode::Csd,
        // The fewest digits that are not zero, in as many planes as other radix-4 encodings need.
        _ => &encode::CsdRadix4,
    }
}

/// Checks that the digits of an operand fit a lane of the stream.
pub(super) fn check_digits(encoding: &dyn Encoding, a: Format) -> Result<(), Invalid> {
    let bits = encoding.weights(a).len() * DigitFormat::new(encoding, a).width();
    if bits <= 64 {
        return Ok(());
    }
    Err(Invalid::new(
        "encoder",
        format!("the digits of an operand {a} take {bits} bits, more than the 64 of a lane"),
        "remove `encoder: host`, or choose another encoding or a narrower operand",
    ))
}

/// Refuses what other topologies know.
fn refuse_others(parameters: &Parameters) -> Result<(), Invalid> {
    let element = parameters.element;
    let elsewhere = match parameters.encoder {
        Some(EncoderPlace::Host) => element == Element::Laconic,
        Some(EncoderPlace::Edge) => true,
        Some(EncoderPlace::Pe) | None => false,
    };
    let given = [
        ("product_register", parameters.product_register),
        ("encoder", elsewhere),
        ("carry_save.every", parameters.carry_every.is_some()),
        ("pipeline", parameters.pipeline != 0),
        ("partial_sums", parameters.partial_sums),
    ];
    for (path, given) in given {
        if given {
            let key = path.split('.').next().unwrap_or(path);
            return Err(Invalid::new(
                path,
                format!("`{key}` does not apply to element `{element}` of a bit-slice engine"),
                "remove the line",
            ));
        }
    }
    if element == Element::Opt3 && !parameters.input_registers {
        return Err(Invalid::new(
            "input_registers",
            "element `opt3` selects from registered digits and operands".to_owned(),
            "remove `input_registers`, or set `element: opt4c`",
        ));
    }
    Ok(())
}

impl Design {
    /// Bit-weight planes of operand A.
    #[must_use]
    pub fn planes(&self) -> usize {
        self.multiplier.encoding.weights(self.multiplier.a).len()
    }

    /// The digits of A one at a time.
    #[must_use]
    pub fn digit_format(&self) -> DigitFormat {
        DigitFormat::new(self.multiplier.encoding, self.multiplier.a)
    }

    /// Distance of neighbouring planes, where the accumulated pair is shifted from one to the next.
    #[must_use]
    pub fn horner_step(&self, slice: &BitSlice) -> Option<usize> {
        let weights = self.multiplier.encoding.weights(self.multiplier.a);
        match weights.as_slice() {
            [first, second, ..] if slice.readout == Readout::Horner => Some(second - first),
            _ => None,
        }
    }

    /// Whether A arrives as digits.
    #[must_use]
    pub fn host_encodes(&self) -> bool {
        self.encoder == EncoderPlace::Host
    }

    /// Bits of a lane of the stream of A: an operand, or its digits.
    #[must_use]
    pub fn a_lane_width(&self) -> usize {
        match self.host_encodes() {
            true => self.planes() * self.digit_format().width(),
            false => self.multiplier.a.width,
        }
    }

    /// The array of the configuration as a flow mapping of YAML.
    #[must_use]
    pub fn array_yaml(&self) -> String {
        let Some(slice) = self.bit_slice else { return self.array.yaml() };
        let BitSlice { group, lanes, tile_k, policy, skip_empty, sync, readout, b_memory, .. } =
            slice;
        let (columns, elements) = (self.rows(), self.cols());
        let lanes = match self.element {
            Element::Laconic => {
                return format!(
                    "bit_slice: {{columns: {columns}, elements: {elements}, lanes: {lanes}}}"
                );
            }
            Element::Opt4e => format!("lanes: {lanes}, "),
            _ => String::new(),
        };
        let [policy, sync, readout, b_memory] =
            [policy.name(), sync.name(), readout.name(), b_memory.name()];
        format!(
            "bit_slice: {{columns: {columns}, elements: {elements}, {lanes}group: {group}, tile_k: \
             {tile_k}, policy: {policy}, skip_empty: {skip_empty}, sync: {sync}, readout: \
             {readout}, b_memory: {b_memory}}}"
        )
    }

    /// The cycle model's view of a bit-slice engine.
    #[must_use]
    pub fn engine(&self, slice: &BitSlice) -> Engine {
        Engine {
            columns: self.rows(),
            elements: self.cols(),
            lanes: slice.lanes,
            group: slice.group,
            planes: self.planes(),
            beats: slice.beats(),
            lockstep: slice.policy == Policy::Lockstep,
            skip_empty: slice.skip_empty,
            barrier: slice.sync == Sync::Tile,
            horner: self.horner_step(slice).is_some(),
            banks: match slice.b_memory {
                BMemory::Banked => Some(slice.banks(self.rows())),
                BMemory::Replicated => None,
            },
            whole_groups: slice.per_element,
            beat_interval: self.pipeline().beat_interval,
            issue_latency: slice.issue_latency(self.input_registers),
            transfers_per_row: self.stream_c().transfers_per_beat,
        }
    }

    /// What a term-serial element works on per cycle.
    #[must_use]
    pub fn term_pairs(&self) -> TermPairs {
        let digits = |format| self.multiplier.encoding.weights(format).len();
        let Multiplier { a, b, .. } = self.multiplier;
        TermPairs { lanes: self.depth(), a: digits(a), b: digits(b) }
    }

    /// The cycles of `a` times `b` where they depend on the operands: on bit-slice engines.
    #[must_use]
    pub fn data_cycles(&self, a: &Matrix, b: &Matrix) -> Option<u64> {
        if self.element == Element::Laconic {
            return Some(self.term_schedule(a, b).cycles());
        }
        self.schedule(a, b.cols).map(|schedule| schedule.outcome().0)
    }

    /// The schedule of a product on the term-serial baseline.
    fn term_schedule(&self, a: &Matrix, b: &Matrix) -> term_serial::Schedule {
        let encoding = self.multiplier.encoding;
        let terms = |matrix: &Matrix, row: usize, col: usize| match row < matrix.rows
            && col < matrix.cols
        {
            true => {
                let digits = encoding.digits(matrix.format, matrix.value(row, col));
                digits.into_iter().filter(|&digit| digit != 0).count() as u64
            }
            false => 0,
        };
        let table = |matrix: &Matrix| -> Vec<u64> {
            let cells = (0..matrix.rows).flat_map(|row| (0..matrix.cols).map(move |c| (row, c)));
            cells.map(|(row, col)| terms(matrix, row, col)).collect()
        };
        let (of_a, of_b) = (table(a), table(b));
        let at = |table: &[u64], matrix: &Matrix, row: usize, col: usize| match row < matrix.rows
            && col < matrix.cols
        {
            true => table[row * matrix.cols + col],
            false => 0,
        };
        let mut schedule = term_serial::Schedule::new(TermSerial {
            rows: self.rows(),
            cols: self.cols(),
            lanes: self.depth(),
            beat_interval: self.pipeline().beat_interval,
            issue_latency: 2,
            transfers_per_row: self.stream_c().transfers_per_beat,
        });
        for (row, col) in self.nest.tiles(a.rows, b.cols) {
            schedule.tile(a.cols, &|r, term| at(&of_a, a, row + r, term), &|term, c| {
                at(&of_b, b, term, col + c)
            });
        }
        schedule
    }

    /// Fewest and most cycles of an M x K by K x N product: without any digit, and with all of them.
    #[must_use]
    pub fn cycle_bounds(&self, (m, k, n): (usize, usize, usize)) -> Option<(u64, u64)> {
        let slice = self.bit_slice.filter(|_| self.element != Element::Laconic)?;
        let cycles = |digit: bool| {
            let mut schedule = Schedule::new(self.engine(&slice));
            self.nest.tiles(m, n).iter().for_each(|_| schedule.tile(k, &|_, _, _| digit));
            schedule.outcome().0
        };
        Some((cycles(false), cycles(true)))
    }

    /// What columns and lanes do in a product, where the design is a bit-slice engine. The lanes of
    /// the term-serial baseline are not told apart.
    #[must_use]
    pub fn activity(&self, a: &Matrix, b: &Matrix) -> Option<Activity> {
        self.bit_slice?;
        let (cycles, columns) = match self.schedule(a, b.cols) {
            Some(schedule) => schedule.outcome(),
            None => (self.term_schedule(a, b).cycles(), Vec::new()),
        };
        let encoding = self.multiplier.encoding;
        let digits = |row, term| {
            let digits = encoding.digits(a.format, a.value(row, term));
            digits.iter().filter(|&&digit| digit != 0).count()
        };
        let of_row = |row| (0..a.cols).map(|term| digits(row, term)).sum::<usize>();
        let all: usize = (0..a.rows).map(of_row).sum();
        let operands = a.rows * a.cols;
        let elements = (self.rows() * self.cols()) as f64;
        let macs = (operands * b.cols) as f64 / elements;
        let mean = all as f64 / operands.max(1) as f64;
        Some(Activity::new(columns, cycles, macs, mean))
    }

    /// The schedule of a product of `a` and a matrix of `n` columns, where the design is a
    /// bit-slice engine: its cycles depend on the digits of A.
    #[must_use]
    pub fn schedule(&self, a: &Matrix, n: usize) -> Option<Schedule> {
        let slice = self.bit_slice.filter(|_| self.element != Element::Laconic)?;
        let multiplier = &self.multiplier;
        let digits =
            |row: usize, term: usize| multiplier.encoding.digits(multiplier.a, a.value(row, term));
        let planes = self.planes();
        let nonzero: Vec<bool> = (0..a.rows)
            .flat_map(|row| (0..a.cols).map(move |term| (row, term)))
            .flat_map(|(row, term)| digits(row, term).into_iter().map(|digit| digit != 0))
            .collect();
        let mut schedule = Schedule::new(self.engine(&slice));
        for (row, _) in self.nest.tiles(a.rows, n) {
            schedule.tile(a.cols, &|column, term, plane| {
                let row = row + column;
                row < a.rows && nonzero[(row * a.cols + term) * planes + plane]
            });
        }
        Some(schedule)
    }

    /// What the elements accumulate: exact for a full chunk, and never wider than the result.
    #[must_use]
    pub fn segment(&self, slice: &BitSlice) -> Format {
        let operands = (self.multiplier.a, self.multiplier.b);
        let horner = self.horner_step(slice).is_some();
        let format =
            bit_slice::segment(self.multiplier.encoding, operands, slice.tile_k as u64, horner);
        Format { width: format.width.min(self.accumulator.width), ..format }
    }

    /// The datapath of an element.
    #[must_use]
    pub fn accumulation(&self, slice: &BitSlice) -> Accumulation {
        Accumulation {
            digit: self.digit_format(),
            b: self.multiplier.b,
            lanes: if slice.per_element { 1 } else { slice.lanes },
            width: self.segment(slice).width,
            step: self.horner_step(slice),
            compressor: self.multiplier.compressor,
        }
    }
}
