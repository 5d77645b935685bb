//! Properties of the modules of layers and blocks.

mod beats;
mod followed;
mod loader;
mod passing;
mod pool;
mod queue;
mod sequence;
mod walk;
mod window;

pub(super) use loader::loader;
pub(super) use passing::{fork, narrowing, repetition, widening};
pub(super) use pool::{Pooled, mean};
pub(super) use queue::queue;
pub(super) use sequence::sequence;
pub(super) use window::window;

use super::text::{literal, resize};

/// `name`, a vector of `width` bits, is below `extent`; nothing where it cannot be anything else.
fn below(name: &str, width: usize, extent: usize) -> Option<String> {
    (extent < 1 << width).then(|| format!("{name} < {}", literal(width, extent as i64)))
}

/// How many of these wires are high, as an expression of `width` bits.
fn total(width: usize, wires: &[String]) -> String {
    let terms: Vec<String> = wires.iter().map(|wire| resize(wire, 1, width)).collect();
    if terms.is_empty() { literal(width, 0) } else { terms.join(" + ") }
}

/// The remainder of an expression of `width` bits that is below `extent + most`, by `extent`.
fn remainder(name: &str, width: usize, extent: usize, most: usize) -> String {
    let by = literal(width, extent as i64);
    match extent {
        1 => literal(width, 0),
        _ if most <= extent => format!("({name} >= {by}) ? {name} - {by} : {name}"),
        _ => format!("{name} % {by}"),
    }
}
