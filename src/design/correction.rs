//! Where the constant is added that makes up for the signs of partial products.

use num_bigint::BigUint;

use super::{Array, Contract, Element, Invalid, SignCorrection, Topology};
use crate::arith::datapath::Multiplier;

/// Whether sums stay in the elements of a topology, and are known to control.
fn stays(array: &Array) -> bool {
    array.topology.contract() == Contract::OutputStationary && array.topology != Topology::BitSlice
}

/// Whether a design has the choice.
pub(super) fn applies(array: &Array, element: Element) -> bool {
    stays(array) && matches!(element, Element::Mac | Element::Opt1)
}

/// Whether elements leave the constant to the readout: where sums stay in them, unless told
/// otherwise or there is none.
///
/// # Errors
/// [`Invalid`] where a place is asked for that the design does not have.
pub(super) fn at_readout(
    (array, element): (&Array, Element),
    (multiplier, width): (&Multiplier, usize),
    given: Option<SignCorrection>,
) -> Result<bool, Invalid> {
    match given {
        Some(_) if !matches!(element, Element::Mac | Element::Opt1) => Err(Invalid::new(
            "sign_correction",
            format!("`sign_correction` does not apply to element `{element}`"),
            "only `mac` and `opt1` have a constant that could be added elsewhere; remove the line",
        )),
        Some(SignCorrection::Readout) if !stays(array) => Err(Invalid::new(
            "sign_correction",
            format!(
                "`sign_correction: readout` does not apply to topology `{}`: its sums move on, and \
                 every element would have to be followed",
                array.topology.name()
            ),
            "remove the line, or choose topology `systolic_os`, `cube` or `matrix2d`",
        )),
        Some(SignCorrection::Pe) => Ok(false),
        Some(SignCorrection::Readout) | None => {
            let biased = Multiplier { biased: true, ..*multiplier };
            Ok(applies(array, element) && biased.bias(width) != BigUint::ZERO)
        }
    }
}
