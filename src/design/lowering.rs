//! Which element can be built in which topology, and the loop nest that it then executes.

use super::{Array, Element, Invalid, Topology};
use crate::nest::{Movement, Nest, systolic, transform};

/// Why a pair of topology and element is not built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Dotted path of the parameter at fault.
    pub path: &'static str,
    /// What stands in the way.
    pub reason: String,
    /// What to do.
    pub help: String,
}

/// Why `element` is not built in `topology`, or nothing if it is.
#[must_use]
pub fn refusal(topology: Topology, element: Element) -> Option<Refusal> {
    let refuse = |reason: String, help: &str| {
        Some(Refusal { path: "element", reason, help: help.to_owned() })
    };
    match (topology, element) {
        (
            Topology::SystolicOs | Topology::Cube | Topology::Matrix2d,
            Element::Behavioural | Element::Mac | Element::Opt1,
        ) => None,
        _ => refuse(
            format!("element `{element}` is not built in topology `{}`", topology.name()),
            "choose another element or topology",
        ),
    }
}

/// The loop nest of the topology, and the nest after the transformations of the element.
pub(super) fn nests(
    array: &Array,
    element: Element,
    weights: Vec<usize>,
) -> Result<(Nest, Nest), Invalid> {
    let movement = match array.topology {
        Topology::Matrix2d => Movement::Broadcast,
        _ => Movement::Hop,
    };
    let Array { rows, cols, depth, .. } = *array;
    let base = systolic::stationary_sums(rows, cols, depth, movement, weights);
    let transformed = match element {
        Element::Behavioural | Element::Mac => Ok(base.clone()),
        Element::Opt1 | Element::Opt2 => transform::opt1(&base),
    };
    let nest = transformed
        .map_err(|reason| Invalid::new("element", reason.to_string(), "choose another element"))?;
    Ok((base, nest))
}
