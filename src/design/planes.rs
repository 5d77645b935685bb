//! What the element `opt2` adds to a design: lanes, the operand memory, the planes.

use super::{Array, Contract, Design, Element, Invalid, in_range};
use crate::arith::encode::{self, Encoding};
use crate::arith::format::Format;
use crate::arith::plane::Plane;

/// Most terms that an element of `opt2` may add up in space.
pub const MAX_LANES: usize = 64;

/// Most terms of K that an operand memory may hold per tile.
pub const MAX_TILE_K: usize = 1 << 16;

/// Terms that an operand memory holds when a configuration says nothing.
const DEFAULT_TILE_K: usize = 256;

/// Terms of K in space and in the operand memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Terms {
    /// Terms that an element adds up side by side; 1 but for `opt2`.
    pub lanes: usize,
    /// Terms of a chunk; nothing but for `opt2`.
    pub tile_k: Option<usize>,
}

impl Terms {
    pub fn new(
        (element, lanes, tile_k): (Element, Option<i64>, Option<i64>),
        array: &Array,
        digits: usize,
        k_max: u64,
    ) -> Result<Self, Invalid> {
        let applies =
            element == Element::Opt2 && array.topology.contract() == Contract::OutputStationary;
        if !applies {
            let given = [("lanes", lanes, "lanes"), ("tile_k", tile_k, "an operand memory")];
            return match given.into_iter().find(|(_, value, _)| value.is_some()) {
                None => Ok(Self { lanes: 1, tile_k: None }),
                Some((key, _, what)) => Err(Invalid::new(
                    key,
                    format!(
                        "`{key}` does not apply to element `{element}` in topology `{}`",
                        array.topology.name()
                    ),
                    format!(
                        "only `opt2` in an output-stationary array has {what}; remove the line"
                    ),
                )),
            };
        }
        let lanes = match lanes {
            Some(lanes) => in_range("lanes", lanes, MAX_LANES)?,
            None if array.depth > 1 => array.depth,
            None => digits,
        };
        if !lanes.is_multiple_of(array.depth) {
            return Err(Invalid::new(
                "lanes",
                format!("`lanes` is {lanes}, but a beat carries {} terms of K", array.depth),
                format!(
                    "give a multiple of the `depth` of the array, or remove the line: it is {} \
                         when absent",
                    array.depth
                ),
            ));
        }
        let tile_k = match tile_k {
            Some(terms) => in_range("tile_k", terms, MAX_TILE_K)?,
            // Room for a longer sum than the accumulator holds is of no use.
            None => match usize::try_from(k_max) {
                Ok(k_max @ 1..DEFAULT_TILE_K) => k_max,
                _ => DEFAULT_TILE_K,
            },
        };
        Ok(Self { lanes, tile_k: Some(tile_k.next_multiple_of(lanes)) })
    }
}

/// The encoding of an engine whose digits run in time, when the configuration says `auto`: fewer
/// digits are fewer cycles, so Booth wherever it has fewer.
pub(super) fn auto(a: Format) -> &'static dyn Encoding {
    match encode::Booth.weights(a).len() < a.width {
        true => &encode::Booth,
        false => &encode::BaughWooley,
    }
}

impl Design {
    /// The planes that the elements accumulate, where the bit weight runs in time.
    #[must_use]
    pub fn plane(&self) -> Option<Plane> {
        let terms = self.tile_k? as u64;
        let Self { multiplier, lanes, .. } = self;
        let (a, b) = (multiplier.a, multiplier.b);
        let (encoding, compressor) = (multiplier.encoding, multiplier.compressor);
        Some(Plane { a, b, encoding, compressor, lanes: *lanes, terms })
    }
}
