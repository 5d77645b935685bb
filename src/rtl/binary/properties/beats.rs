//! The beats of the window: those of the walk, each once, in their turn.

use super::super::text::{address_bits, literal, resize, weighted};
use super::below;
use super::walk::{Loop, Walk};
use super::window::{Counters, Sizes};
use crate::binary::Layer;
use crate::rtl::properties::Properties;

/// Loops by their place in the walk.
const DOT: usize = 0;
const VECTOR: usize = 1;
/// Width, height and depth of the output follow each other.
const ACROSS: usize = 2;

fn equal((left, right): (String, String)) -> String {
    format!("{left} == {right}")
}

/// Beats are those of the walk, each once.
pub(super) fn beats(
    layer: &Layer,
    sizes: &Sizes,
    counters: &Counters,
    properties: Properties,
) -> Properties {
    let width = sizes.width;
    let [oz, oy, ox] = layer.geometry().output();
    let list = [
        ("dot", layer.words()),
        ("vector", layer.vectors()),
        ("across", ox),
        ("down", oy),
        ("deep", oz),
    ];
    let walk = Walk { loops: list.map(|(name, extent)| Loop { name, extent }).into() };
    let dot = weighted(
        width,
        &[
            (
                &counters.taps[0],
                counters.taps[1].extent * counters.taps[2].extent * counters.word.extent,
            ),
            (&counters.taps[1], counters.taps[2].extent * counters.word.extent),
            (&counters.taps[2], counters.word.extent),
            (&counters.word, 1),
        ],
        0,
    );
    let tag = counters.tag.value(width);
    let mut places = vec![
        (dot, walk.value(DOT, 2, width)),
        (tag.clone(), walk.value(VECTOR, 2, width)),
        (
            counters.weight.value(width),
            weighted(width, &[(&counters.tag, layer.words())], 0)
                + " + "
                + &walk.value(DOT, 2, width),
        ),
    ];
    for (index, axis) in [2, 1, 0].into_iter().enumerate() {
        places.push((counters.outputs[axis].value(width), walk.value(ACROSS + index, 2, width)));
    }
    if counters.group.exists() {
        let per_group = layer.vectors_per_group();
        let value = weighted(width, &[(&counters.group, per_group), (&counters.part, 1)], 0);
        places.push((tag, value));
    }
    let places: Vec<String> =
        places.into_iter().filter(|(own, other)| own != other).map(equal).collect();
    let ranges: Vec<String> = counters
        .all()
        .into_iter()
        .filter_map(|counter| {
            below(&format!("{}_q", counter.name), counter.width(), counter.extent)
        })
        .chain(walk.ranges())
        .collect();
    let first =
        |behind: usize| format!("({} == {})", walk.value(DOT, behind, width), literal(width, 0));
    let tags = address_bits(layer.vectors());
    let weights = address_bits(layer.vectors() * layer.words());
    let [last_z, last_y, last_x] = layer.last_output();
    let last = |behind: usize| {
        let at = |index: usize, last: usize| {
            format!("({} == {})", walk.value(index, behind, width), literal(width, last as i64))
        };
        let outputs = [(0, last_x), (1, last_y), (2, last_z)];
        let mut parts: Vec<String> = outputs
            .into_iter()
            .filter(|(index, _)| walk.loops[ACROSS + index].exists())
            .map(|(index, last)| at(ACROSS + index, last))
            .collect();
        parts.extend([VECTOR, DOT].map(|index| walk.ends(index, behind)));
        parts.join(" & ")
    };
    let stage = |register: usize, behind: usize, on_way: &str| {
        let vector = resize(&format!("vector_q{register}"), tags, width);
        vec![
            // Only the last beat of a sample may end a tile.
            format!("~{on_way} | ~final_q{register} | ({})", last(behind)),
            format!("~{on_way} | (first_q{register} == {})", first(behind)),
            format!("~{on_way} | (last_q{register} == {})", walk.ends(DOT, behind)),
            format!("~{on_way} | ({vector} == {})", walk.value(VECTOR, behind, width)),
        ]
    };
    let address = format!(
        "~issued_q | ({} == {} * {} + {})",
        resize("weight_address_q", weights, width),
        walk.value(VECTOR, 1, width),
        literal(width, layer.words() as i64),
        walk.value(DOT, 1, width)
    );
    let mut rests = Vec::new();
    if !layer.geometry().outputs_per_group().is_multiple_of(layer.lanes()) {
        let parts = literal(width, layer.vectors_per_group() as i64);
        let end = literal(width, layer.vectors_per_group() as i64 - 1);
        for (register, behind, on_way) in [(1, 1, "issued_q"), (2, 0, "beat_q")] {
            let vector = walk.value(VECTOR, behind, width);
            rests
                .push(format!("~{on_way} | (rest_q{register} == (({vector} % {parts}) == {end}))"));
        }
    }
    walk.declare(properties, "beat_o & run_i", ["beat_q", "issued_q"])
        .assert_all("Counters stay in their ranges.", &ranges)
        .assert_all("The walk is as far as the beats that it has issued.", &places)
        .assert("The first beat of a dot product is known.", &format!("first_q == {}", first(2)))
        .assert_all("Beats wait in their turn, with their marks.", &stage(1, 1, "issued_q"))
        .assert_all("They leave in their turn, with their marks.", &stage(2, 0, "beat_q"))
        .assert("Weights are those of the beat.", &address)
        .assert_all("The last vector of a group is marked.", &rests)
        .assert("Nothing is issued without its parameters.", "~issue | loaded_i")
}
