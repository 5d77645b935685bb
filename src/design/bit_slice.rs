//! Parameters of the bit-slice engines: how digits are grouped and scheduled.

mod banks;
mod choice;
mod cycles;
mod engine;

pub use banks::{Banks, MAX_BANKS};
pub use choice::{BMemory, Policy, Readout, Sync};

use super::planes::MAX_CHUNK;
use super::{Array, Element, EncoderPlace, EncodingName, Invalid, Parameters, in_range};
use crate::arith::digit::DigitFormat;
use crate::arith::encode::{self, Encoding};
use crate::arith::format::Format;
use crate::arith::sparse::{MAX_GROUP, index_width};
use crate::nest::bit_slice::Extents;
use crate::nest::{self, Nest};

/// Most lanes of a column.
pub const MAX_SLICE_LANES: usize = 64;

/// Terms of K that the operand memories hold when a configuration says nothing, if that fits.
const DEFAULT_TILE_K: usize = 256;

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
    /// Banks of operand B per lane.
    pub banks: Option<i64>,
    /// Terms of K that follow each other in a bank.
    pub bank_rows: Option<i64>,
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
    /// Banks of operand B that the columns share; a copy per column without.
    pub banks: Option<Banks>,
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
        let mut slice = Self {
            group,
            lanes,
            tile_k,
            policy: given.policy,
            skip_empty: given.skip_empty.unwrap_or(!lockstep),
            sync: given.sync,
            readout: given.readout,
            banks: None,
            per_element,
        };
        slice.banks = slice.banks_of(given, parameters.array.rows)?;
        Ok(slice)
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
            banks: None,
            per_element: false,
        })
    }

    /// The loop nest of the engine.
    pub(super) fn nest(&self, array: &Array, weights: Vec<usize>) -> Nest {
        let horner = self.readout == Readout::Horner && weights.len() > 1;
        let extents = Extents {
            columns: array.rows,
            elements: array.cols,
            lanes: self.lanes,
            group: self.group,
            tile_k: self.tile_k,
            per_element: self.per_element,
            lockstep: self.policy == Policy::Lockstep,
            skip_empty: self.skip_empty,
            barrier: self.sync == Sync::Tile,
            horner,
            banked: self.banks.is_some(),
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

    /// Bits of the number of a group.
    #[must_use]
    pub const fn group_bits(&self) -> usize {
        self.groups().trailing_zeros() as usize
    }

    /// Bits of the address of rows of B in one lane: half of the memory, group, member.
    #[must_use]
    pub const fn address(&self) -> usize {
        1 + self.group_bits() + self.member_bits()
    }

    /// Bits of the place of a row of B in its group.
    #[must_use]
    pub const fn member_bits(&self) -> usize {
        if self.per_element { 0 } else { index_width(self.group) }
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
        ("sign_correction", parameters.sign_correction.is_some()),
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
