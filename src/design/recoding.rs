//! How operand A is recoded: which digits, where they are made, and what is stored of them.

use super::{
    Array, Contract, Element, EncoderPlace, EncodingName, Invalid, Parameters, Topology, bit_slice,
    planes,
};
use crate::arith::Format;
use crate::arith::encode::{self, Encoding, Use};
use crate::arith::recode;

/// The recoding of a design.
pub(super) struct Recoding {
    pub encoding: &'static dyn Encoding,
    pub encoder: EncoderPlace,
    /// Whether A arrives at the multiplication as stored digits.
    pub recoded: bool,
    /// Whether 3B arrives with B.
    pub tripled: bool,
    /// Whether an element works on one bit weight at a time, and its sums stay.
    pub by_plane: bool,
    /// Whether the rows are plain bits, or pairs of them.
    pub plain: bool,
}

impl Recoding {
    /// What the parameters say, or what is best for the operands `a` and `b`.
    ///
    /// # Errors
    /// [`Invalid`] for an encoding or a place that the element does not have.
    pub fn of(
        parameters: &Parameters,
        array: &Array,
        (a, b): (Format, Format),
        (slices, words, corrected): (bool, bool, bool),
    ) -> Result<Self, Invalid> {
        let element = parameters.element;
        // Who registers A registers its digits: the element, or the edge of the array.
        let keeps_operands = parameters.input_registers
            && matches!(array.topology, Topology::SystolicOs | Topology::Cube);
        let pairs = match parameters.encoding.unwrap_or_default() {
            EncodingName::Auto => {
                matches!(element, Element::Mac | Element::Opt1)
                    && keeps_operands
                    && encode::pairs_pay(a, b)
            }
            name => name == EncodingName::BitPairs,
        };
        let encoder = parameters.encoder.unwrap_or(match (element, array.topology) {
            // An adder for 3B per column is less than one per element.
            (Element::Mac | Element::Opt1, _) if pairs && keeps_operands => EncoderPlace::Edge,
            // It is the digits of one bit weight that travel.
            (Element::Opt2, _) | (_, Topology::Matrix2d | Topology::AdderTree) => {
                EncoderPlace::Edge
            }
            _ => EncoderPlace::Pe,
        });
        let stationary_sums = array.topology.contract() == Contract::OutputStationary;
        let by_plane = stationary_sums && element == Element::Opt2;
        if encoder == EncoderPlace::Pe && by_plane {
            return Err(Invalid::new(
                "encoder",
                "`encoder: pe` does not apply to element `opt2`".to_owned(),
                "its elements work on the digits of one bit weight, which are made once per row; \
                 remove the line",
            ));
        }
        let stored = match (encoder, array.topology) {
            (EncoderPlace::Edge, _) => true,
            (EncoderPlace::Host, _) => false,
            (EncoderPlace::Pe, Topology::Matrix2d | Topology::AdderTree) => false,
            (EncoderPlace::Pe, _) => parameters.input_registers,
        };
        let encoding = match (parameters.encoding.unwrap_or_default(), slices) {
            _ if words => &encode::BaughWooley,
            (EncodingName::Auto, true) => bit_slice::auto_encoding(element),
            (EncodingName::Auto, false) if by_plane => planes::auto(a),
            (EncodingName::Auto, false) if pairs => &encode::BitPairs,
            (name, _) => {
                let carry_save = element == Element::Opt1;
                resolve_encoding(name, a, b, Use { stored, biased: corrected, carry_save })
            }
        };
        if pairs && (slices || by_plane) {
            return Err(Invalid::new(
                "encoding",
                format!("`encoding: bit_pairs` does not apply to element `{element}`"),
                "it works on one bit weight at a time, and a pair has two; use `baugh_wooley` for \
                 plain bits, or a recoding",
            ));
        }
        if encoder == EncoderPlace::Host {
            bit_slice::check_digits(encoding, a)?;
        }
        let recoded = stored
            && !slices
            && !by_plane
            && !words
            && element != Element::Behavioural
            && recode::recodes(encoding, a);
        Ok(Self {
            encoding,
            encoder,
            recoded,
            tripled: recoded && pairs && keeps_operands,
            by_plane,
            plain: pairs || encoding.name() == encode::BaughWooley.name(),
        })
    }
}

fn resolve_encoding(
    name: EncodingName,
    a: Format,
    b: Format,
    product: Use,
) -> &'static dyn Encoding {
    match name {
        EncodingName::Auto => encode::auto(a, b, product),
        EncodingName::BaughWooley | EncodingName::BitSerial => &encode::BaughWooley,
        EncodingName::BitPairs => &encode::BitPairs,
        EncodingName::Booth => &encode::Booth,
        EncodingName::Ent => &encode::Ent,
        EncodingName::Csd => &encode::Csd,
        EncodingName::CsdRadix4 => &encode::CsdRadix4,
        EncodingName::SignMagnitude => &encode::SignMagnitude,
    }
}
