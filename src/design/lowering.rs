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
        (Topology::SystolicOs | Topology::Cube, _) => None,
        (Topology::Matrix2d, Element::Behavioural | Element::Mac | Element::Opt1) => None,
        (Topology::Matrix2d, Element::Opt2) => refuse(
            "element `opt2` is not built in topology `matrix2d`: all of its elements finish a plane \
             in the same cycle, and planes are added up on their way out, so every plane would have \
             to be captured and to pass the final adders row by row before the next one ends"
                .to_owned(),
            "use `cube` or `systolic_os`, whose elements finish one after the other, or `opt1`",
        ),
        (Topology::SystolicWs, Element::Opt2) => refuse(
            "element `opt2` is not built in topology `systolic_ws`: an element adds the one product \
             of its weight, so there is no K loop inside it that the shift could leave, and a sum \
             per bit weight would have to hop instead of one pair"
                .to_owned(),
            "use `opt1`, or topology `adder_tree`, whose columns add `depth` terms of one bit weight",
        ),
        _ => refuse(
            format!(
                "element `{element}` is not built in topology `{}`: there is no weight-stationary \
                 array in this version",
                topology.name()
            ),
            "choose another element or topology",
        ),
    }
}

/// The loop nest of the topology, and the nest after the transformations of the element.
pub(super) fn nests(
    array: &Array,
    element: Element,
    weights: Vec<usize>,
    lanes: usize,
    tile_k: Option<usize>,
) -> Result<(Nest, Nest), Invalid> {
    let movement = match array.topology {
        Topology::Matrix2d => Movement::Broadcast,
        _ => Movement::Hop,
    };
    let Array { rows, cols, depth, .. } = *array;
    let base = systolic::stationary_sums(rows, cols, depth, movement, weights);
    let transformed = match (element, tile_k) {
        (Element::Behavioural | Element::Mac, _) => Ok(base.clone()),
        (Element::Opt2, Some(terms)) => {
            transform::opt1(&base).and_then(|nest| transform::opt2(&nest, lanes, terms))
        }
        (Element::Opt1 | Element::Opt2, _) => transform::opt1(&base),
    };
    let nest = transformed
        .map_err(|reason| Invalid::new("element", reason.to_string(), "choose another element"))?;
    Ok((base, nest))
}
