//! A word that is followed through the window, from where it comes in to where it is read.

use super::super::text::{Memory, address_bits, define, literal, resize, weighted};
use super::window::{Counters, Sizes};
use crate::binary::Layer;
use crate::rtl::properties::Properties;

/// A word is read as it came.
pub(super) fn follow(
    layer: &Layer,
    sizes: &Sizes,
    counters: &Counters,
    properties: Properties,
) -> Properties {
    let Sizes { rows, ring, line, width, row_width, entry } = *sizes;
    let [depth, height, across] = &layer.geometry().axes;
    let number = |value: usize| literal(width, value as i64);
    let [oz, oy, ox] = &counters.outputs;
    let [kz, ky, kx] = &counters.taps;
    let per_position = layer.words_per_position();
    // What the walk asks for, by the definition of the layer.
    let row = weighted(
        width,
        &[
            (oz, depth.stride * height.input),
            (kz, depth.dilation * height.input),
            (oy, height.stride),
            (ky, height.dilation),
        ],
        -((depth.padding * height.input + height.padding) as i64),
    );
    let column = weighted(
        width,
        &[
            (ox, across.stride * per_position),
            (kx, across.dilation * per_position),
            (&counters.group, layer.words_per_tap()),
            (&counters.word, 1),
        ],
        -((across.padding * per_position) as i64),
    );
    let mut inside = Vec::new();
    let mut at = Vec::new();
    for (letter, axis, output, tap) in
        [("z", depth, oz, kz), ("y", height, oy, ky), ("x", across, ox, kx)]
    {
        if axis.padding > 0 {
            let name = format!("check_at_{letter}");
            let value = weighted(width, &[(output, axis.stride), (tap, axis.dilation)], 0);
            at.push(define(&name, width, &value));
            inside.push(format!("({name} >= {})", number(axis.padding)));
            inside.push(format!("({name} < {})", number(axis.padding + axis.input)));
        }
    }
    let padded = !inside.is_empty();
    let inside = if padded { inside.join(" & ") } else { "1'b1".to_owned() };
    let slots = address_bits(ring);
    let address = address_bits(ring * line);
    let moving = !rows.is_multiple_of(ring);
    let slot = resize("check_row_q", width, slots);
    let slot = if moving { format!("slot_q + {slot}") } else { slot };
    let place = format!(
        "{} * {} + {}",
        resize("check_slot", slots, address),
        literal(address, line as i64),
        resize("check_column_q", width, address)
    );
    let buffer = Memory { name: "buffer".to_owned(), width: entry, depth: ring * line };
    let marks = Memory { name: "marks".to_owned(), width: 1, depth: ring };
    let arrived = resize("arrived_q", row_width, width);
    let here = counters.column.value(width);
    let data = if entry > layer.simd() * layer.parameters().activations.width() {
        "{x_magnitude_i, x_data_i}"
    } else {
        "x_data_i"
    };
    let read = if data.starts_with('{') { "read_q" } else { "x_q" };
    let entry = entry.to_string();
    let mut properties = properties.any("check_column_q", width).any("check_start_q", width);
    for line in at {
        properties = properties.declare(&line);
    }
    let all = number(rows);
    let gone = format!("sample_done ? {all} : {}", number(0));
    let at_end = format!("(check_column_q == {})", number(line - 1));
    let ends = format!("check_alive & (check_row_q == {}) & {at_end}", number(rows - 1));
    let asked = [
        "check_followed_q",
        "check_inside",
        "(check_asked_row == check_row_q)",
        "(check_asked_column == check_column_q)",
    ]
    .join(" & ");
    let insides = match padded {
        false => Vec::new(),
        true => vec![
            "~issued_q | (inside_q1 == check_inside_q1)".to_owned(),
            "~beat_q | (inside_q2 == check_inside_q2)".to_owned(),
        ],
    };
    properties
        .declare(&define("check_inside", 1, &inside))
        .declare(&define("check_asked_row", width, &row))
        .declare(&define("check_asked_column", width, &column))
        .declare(&define("check_slot", slots, &slot))
        .declare(&define("check_place", address, &place))
        .declare(&define("check_comes", 1, &format!(
            "taken & ~check_followed_q & ({arrived} == check_start_q) & ({here} == check_column_q)"
        )))
        .declare(&define("check_alive", 1, &format!(
            "check_followed_q & ((check_row_q + {0} > {arrived}) | \
             ((check_row_q + {0} == {arrived}) & ({here} <= check_column_q)))",
            number(ring)
        )))
        .declare(&define("check_goes", 1, &format!("sample_done & (check_row_q < {all})")))
        .declare(&define("check_hit", 1, &format!("issue & {asked}")))
        .bit(
            "check_followed_q",
            "1'b0",
            "check_comes | (check_followed_q & ~check_goes)",
        )
        .vector("check_row_q", &width.to_string(), &format!(
            "(check_comes ? {arrived} : check_row_q) - ({gone})"
        ))
        .vector("check_word_q", &entry, &format!("check_comes ? {data} : check_word_q"))
        .bit("check_last_q", "1'b0", "check_comes ? x_last_i : check_last_q")
        .bit("check_hit_q1", "1'b0", "run_i ? check_hit : check_hit_q1")
        .bit("check_hit_q2", "1'b0", "run_i ? check_hit_q1 : check_hit_q2")
        .bit("check_inside_q1", "1'b0", "run_i ? check_inside : check_inside_q1")
        .bit("check_inside_q2", "1'b0", "run_i ? check_inside_q1 : check_inside_q2")
        .vector("check_word_q1", &entry, "run_i ? check_word_q : check_word_q1")
        .vector("check_word_q2", &entry, "run_i ? check_word_q1 : check_word_q2")
        .assert(
            "What is asked for has come and has not been written over.",
            &format!(
                "~issue | ~check_inside | ((check_asked_row < {arrived}) & \
                 (check_asked_row + {} >= {arrived}))",
                number(ring)
            ),
        )
        .assert(
            "A word that is followed is one that has come.",
            &format!(
                "~check_followed_q | (check_row_q < {arrived}) | \
                 ((check_row_q == {arrived}) & (check_column_q < {here}))"
            ),
        )
        .assert(
            "It has a place in its row.",
            &format!("~check_followed_q | (check_column_q < {})", number(line)),
        )
        .assert(
            "It stays what it is until its place is needed.",
            &format!("~check_alive | ({} == check_word_q)", buffer.read("check_place")),
        )
        .assert_all("It is read, or not, as the padding says.", &insides)
        .assert_all("A word that is asked for waits where it is.", &[
            "~check_hit_q1 | issued_q".to_owned(),
            format!("~check_hit_q1 | ({} == check_word_q1)", buffer.read("address_q")),
        ])
        .assert_all("It leaves as it came.", &[
            "~check_hit_q2 | beat_q".to_owned(),
            format!("~check_hit_q2 | ({read} == check_word_q2)"),
        ])
        .assert(
            "The mark of a tile is kept with the last word of a row.",
            &format!(
                "~check_alive | ~{at_end} | ({} == check_last_q)",
                marks.read("check_slot")
            ),
        )
        .assert(
            "A tile is done with the sample that has its mark.",
            &format!("~({ends}) | (tile_done_o == (sample_done & check_last_q))"),
        )
}
