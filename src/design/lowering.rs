//! Which element can be built in which topology, and the loop nest that it then executes.

use super::{Array, Element, Invalid, Topology};
use crate::nest::weight_stationary::{self, Shape};
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
            Topology::BitSlice,
            Element::Opt3 | Element::Opt4c | Element::Opt4e | Element::Laconic,
        )
        | (
            Topology::SystolicOs | Topology::SystolicWs | Topology::Cube | Topology::Matrix2d,
            Element::Behavioural | Element::Mac | Element::Opt1,
        )
        | (Topology::SystolicOs | Topology::Cube | Topology::Matrix2d, Element::Opt2 | Element::Xnor)
        | (
            Topology::AdderTree,
            Element::Behavioural | Element::Mac | Element::Opt1 | Element::Opt2 | Element::Xnor,
        ) => None,
        (Topology::SystolicWs, Element::Xnor) => refuse(
            "element `xnor` is not built in topology `systolic_ws`: an element holds one weight, of \
             which there is no popcount, and a chain of words is what `adder_tree` makes with \
             `partial_sums`"
                .to_owned(),
            "use `adder_tree`, whose columns hold a word of `depth` weights each; with \
             `partial_sums: true` the sums of one top go into the next",
        ),
        (Topology::SystolicWs, Element::Opt2) => refuse(
            "element `opt2` is not built in topology `systolic_ws`: an element adds the one product \
             of its weight, so there is no K loop inside it that the shift could leave, and a sum \
             per bit weight would have to hop instead of one pair"
                .to_owned(),
            "use `opt1`, or topology `adder_tree`, whose columns add `depth` terms of one bit weight",
        ),
        (Topology::BitSlice, _) => refuse(
            format!(
                "element `{element}` is not built in topology `bit_slice`: it works on all bit weights at once, and a bit-slice engine on one \
                 after the other"
            ),
            "choose `opt3`, `opt4c`, `opt4e` or `laconic`, or another topology",
        ),
        (_, Element::Opt3 | Element::Opt4c | Element::Opt4e | Element::Laconic) => refuse(
            format!(
                "element `{element}` takes as many cycles as digits are not zero, and topology `{}` \
                 has no memory from which rows or columns could run at paces of their own",
                topology.name()
            ),
            "set `array: {bit_slice: {columns: ..., elements: ...}}`, or choose another element",
        ),
    }
}

/// The loop nest of the topology, and the nest after the transformations of the element.
pub(super) fn nests(
    array: &Array,
    element: Element,
    weights: Vec<usize>,
    (lanes, tile_k): (usize, Option<usize>),
    (partial_sums, carry_save): (bool, bool),
) -> Result<(Nest, Nest), Invalid> {
    let Array { rows, cols, depth, .. } = *array;
    let shape = Shape { depth, cols, partial_sums };
    let stationary =
        |movement, weights| systolic::stationary_sums(rows, cols, depth, movement, weights);
    let base = match array.topology {
        Topology::SystolicWs => weight_stationary::systolic(shape, weights),
        Topology::AdderTree => weight_stationary::adder_tree(shape, weights),
        Topology::SystolicOs | Topology::Cube => stationary(Movement::Hop, weights),
        Topology::Matrix2d | Topology::BitSlice => stationary(Movement::Broadcast, weights),
    };
    let transformed = match (array.topology, element, tile_k) {
        (Topology::BitSlice, ..) | (_, Element::Behavioural | Element::Mac, _) => Ok(base.clone()),
        (Topology::AdderTree, Element::Xnor, _) => Ok(base.clone()),
        (_, Element::Xnor, _) if carry_save => transform::opt1(&base),
        (_, Element::Xnor, _) => Ok(base.clone()),
        (Topology::AdderTree, Element::Opt1, _) => transform::tree_opt1(&base),
        (Topology::AdderTree, Element::Opt2, _) => transform::tree_opt2(&base),
        (_, Element::Opt3 | Element::Opt4c | Element::Opt4e | Element::Laconic, _) => {
            Ok(base.clone())
        }
        (_, Element::Opt2, Some(terms)) => {
            transform::opt1(&base).and_then(|nest| transform::opt2(&nest, lanes, terms))
        }
        (_, Element::Opt1 | Element::Opt2, _) => transform::opt1(&base),
    };
    let nest = transformed
        .map_err(|reason| Invalid::new("element", reason.to_string(), "choose another element"))?;
    Ok((base, nest))
}
