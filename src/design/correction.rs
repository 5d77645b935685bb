//! Where the constant is added that makes up for the signs of partial products.

use num_bigint::BigUint;

use super::{Array, Contract, Element, Invalid, SignCorrection, Topology};
use crate::arith::multiplier::Multiplier;

/// What is added to a result where it is read, because elements left it out in every cycle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// Bits of the word that is added.
    pub width: usize,
    /// Column of its lowest bit.
    pub shift: usize,
    /// What a cycle counts too much, in units of 2^shift.
    pub bias: BigUint,
}

impl Correction {
    /// That of sums of `width` bits; nothing where their products are not biased.
    pub(super) fn of(multiplier: &Multiplier, width: usize) -> Option<Self> {
        let bias = multiplier.bias(width);
        let shift = usize::try_from(bias.trailing_zeros()?).ok()?;
        Some(Self { width: width - shift, shift, bias: bias >> shift })
    }
}

/// Whether sums stay in the elements of a topology, and are known to control.
fn stays(array: &Array) -> bool {
    array.topology.contract() == Contract::OutputStationary && array.topology != Topology::BitSlice
}

/// Whether a design has the choice.
pub(super) fn applies(array: &Array, element: Element) -> bool {
    stays(array) && matches!(element, Element::Mac | Element::Opt1)
}

/// Whether elements leave the constant to the readout: where sums stay in them, unless told
/// otherwise.
///
/// # Errors
/// [`Invalid`] where a place is asked for that the design does not have.
pub(super) fn at_readout(
    array: &Array,
    element: Element,
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
        Some(SignCorrection::Readout) | None => Ok(applies(array, element)),
    }
}

/// Refuses a readout that was asked for where products have no constant of their signs.
///
/// # Errors
/// [`Invalid`] where the readout would have nothing to add.
pub(super) fn check_effect(
    multiplier: &Multiplier,
    given: Option<SignCorrection>,
) -> Result<(), Invalid> {
    if given != Some(SignCorrection::Readout) || multiplier.bias > 0 {
        return Ok(());
    }
    Err(Invalid::new(
        "sign_correction",
        format!(
            "`sign_correction: readout` has no effect: products {} x {} need no constant for their \
             signs within these sums",
            multiplier.a, multiplier.b
        ),
        "remove the line",
    ))
}

/// The bias of products whose constant is left to the readout, see [`Multiplier::bias`]; none where
/// there is no constant, or where it falls outside of the sum.
pub(super) fn bias(multiplier: &Multiplier, registered: bool, width: usize) -> usize {
    let bias = match registered {
        // The multiplication is complete: with its range shifted to begin at zero, only the sign is
        // missing above it.
        true => usize::from(multiplier.product().signed),
        false => multiplier.least_bias(),
    };
    let vanishes = Multiplier { bias, ..*multiplier }.bias(width) == BigUint::ZERO;
    if vanishes { 0 } else { bias }
}
