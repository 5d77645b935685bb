//! The sliding window: a buffer of input rows, and the walk over outputs, vectors, taps and words.
//!
//! The buffer holds a power of two of rows as a ring. A row may be overwritten when the window of
//! the current row of outputs, and every later one, starts behind it; a row of outputs is worked
//! on when the last input row that it sees has arrived. For a linear layer a row is the whole
//! input, and the buffer holds two of them.

use super::text::{
    Counter, Memory, address_bits, bits, block, define, literal, repeat, resize, slice, weighted,
};
use super::{Writer, properties, word};
use crate::binary::{Axis, Layer};
use crate::rtl::Module;
use crate::rtl::text::{Port, Registers, clock_ports, declare, zero};

/// Oldest and newest position of an axis as wires `<name>_old` and `<name>_new`.
fn span(name: &str, axis: &Axis, output: &Counter, width: usize, lines: &mut Vec<String>) {
    let number = |value: usize| literal(width, value as i64);
    let (old, new) = if output.exists() {
        let low = format!("{name}_low");
        lines.push(define(&low, width, &weighted(width, &[(output, axis.stride)], 0)));
        let ahead = axis.reach() - 1 - axis.padding;
        let new = match ahead {
            0 => low.clone(),
            ahead => format!("{low} + {}", number(ahead)),
        };
        if axis.padding == 0 {
            (low, new)
        } else {
            let padding = number(axis.padding);
            let old = format!("({low} < {padding}) ? {} : {low} - {padding}", number(0));
            // From here on the window ends in the trailing padding.
            let new = match (axis.input + axis.padding + 1).checked_sub(axis.reach()) {
                None | Some(0) => number(axis.input - 1),
                Some(limit) => {
                    format!("({low} >= {}) ? {} : {new}", number(limit), number(axis.input - 1))
                }
            };
            (old, new)
        }
    } else {
        let (old, new) = axis.window(0);
        (number(old), number(new))
    };
    lines.push(define(&format!("{name}_old"), width, &old));
    lines.push(define(&format!("{name}_new"), width, &new));
}

pub(super) fn module(writer: &Writer<'_>) -> Module {
    let layer = writer.layer;
    let geometry = layer.geometry();
    let [depth, height, width] = &geometry.axes;
    let code = layer.parameters().activations.width();
    let word_width = layer.simd() * code;
    let per_position = layer.words_per_position();
    let line = width.input * per_position;
    let ring = layer.ring();
    let slot_width = address_bits(ring);
    let all_rows = depth.input * height.input;
    let entries = ring * line;
    let address_width = address_bits(entries);
    let vectors = layer.vectors();
    let tag_width = address_bits(vectors);
    let weight_width = address_bits(vectors * layer.words());
    let row_width = bits(
        (all_rows + ring)
            .max(height.input + 2 * height.padding)
            .max(depth.input + 2 * depth.padding),
    );

    // From the innermost loop to the outermost.
    let word = Counter::new("word", layer.words_per_tap());
    let [kz, ky, kx] = [("tap_z", depth), ("tap_y", height), ("tap_x", width)]
        .map(|(name, axis)| Counter::new(name, axis.kernel));
    let tag = Counter::new("tag", vectors);
    let part = Counter::new("part", layer.vectors_per_group());
    let group = Counter::new("group", geometry.groups);
    let [oz, oy, ox] = [("out_z", depth), ("out_y", height), ("out_x", width)]
        .map(|(name, axis)| Counter::new(name, axis.output()));
    let weight = Counter::new("weight", vectors * layer.words());
    let column = Counter::new("column", line);
    let grouped = geometry.groups > 1;

    let mut lines = vec![format!("// Ring of {ring} rows of {line} words of {word_width} bits.")];
    let mut registers = Registers::control(layer.reset());
    lines.push(declare("reg", "arrived_q", row_width));
    let moving = !all_rows.is_multiple_of(ring);
    let first_slot = if moving { "slot_q".to_owned() } else { literal(slot_width, 0) };
    if moving {
        lines.push(declare("reg", "slot_q", slot_width));
    }
    lines.push("// The walk, from the innermost loop to the outermost.".to_owned());
    let mut walk = vec![&word, &kx, &ky, &kz];
    walk.push(&tag);
    if grouped {
        walk.extend([&part, &group]);
    }
    walk.extend([&ox, &oy, &oz, &weight, &column]);
    walk.iter().for_each(|counter| counter.declare(&mut lines));
    lines.push("reg first_q;".to_owned());
    lines.push("reg issued_q;".to_owned());
    lines.push(declare("reg", "address_q", address_width));
    let inner: Vec<&Counter> = [&word, &kx, &ky, &kz].into_iter().filter(|c| c.exists()).collect();
    let end = |counters: &[&Counter]| {
        let ends: Vec<String> = counters.iter().filter(|c| c.exists()).map(|c| c.end()).collect();
        if ends.is_empty() { "1'b1".to_owned() } else { ends.join(" & ") }
    };
    lines.push(define("dot_end", 1, &end(&inner)));
    lines.push(define("position_end", 1, &format!("dot_end & {}", tag.end())));
    lines.push(define("sample_end", 1, &format!("position_end & {}", end(&[&ox, &oy, &oz]))));

    lines.push(
        "// Rows of the sample, counted over all depths, that this row of outputs needs."
            .to_owned(),
    );
    span("height", height, &oy, row_width, &mut lines);
    let (mut oldest, mut newest) = ("height_old".to_owned(), "height_new".to_owned());
    if depth.input > 1 {
        span("depth", depth, &oz, row_width, &mut lines);
        let rows = literal(row_width, height.input as i64);
        let old = if depth.padding > 0 && oz.exists() {
            let padding = literal(row_width, depth.padding as i64);
            format!("((depth_low < {padding}) ? {} : height_old)", literal(row_width, 0))
        } else if depth.padding > 0 {
            lines.push("wire unused_old = &{1'b0, height_old};".to_owned());
            literal(row_width, 0)
        } else {
            oldest
        };
        oldest = format!("depth_old * {rows} + {old}");
        newest = format!("depth_new * {rows} + height_new");
    }
    let [last_z, last_y, last_x] = layer.last_output();
    let from = |counter: &Counter, last: usize| match last {
        _ if !counter.exists() || last == 0 => None,
        last if last + 1 == counter.extent => Some(counter.end()),
        last => Some(format!("({}_q >= {})", counter.name, literal(counter.width(), last as i64))),
    };
    let whole: Vec<String> = [from(&oz, last_z), from(&oy, last_y)].into_iter().flatten().collect();
    let all = literal(row_width, all_rows as i64 - 1);
    if whole.is_empty() {
        lines.push(format!(
            "wire unused_new = &{{1'b0, {}}};",
            if depth.input > 1 { "depth_new, height_new" } else { "height_new" }
        ));
        lines.push(define("newest", row_width, &all));
    } else {
        lines.push(define(
            "newest",
            row_width,
            &format!("({}) ? {all} : {newest}", whole.join(" & ")),
        ));
    }
    lines.push(define("oldest", row_width, &oldest));
    lines.push(define("issue", 1, "loaded_i & (arrived_q > newest)"));
    lines.push(define("advance", 1, "issue & run_i"));
    lines.push(define("sample_done", 1, "advance & sample_end"));

    lines.push(String::new());
    lines.push("// The other side of the ring.".to_owned());
    let arrived = resize("arrived_q", row_width, slot_width);
    let slot = if moving { format!("slot_q + {arrived}") } else { arrived };
    lines.push(define("write_slot", slot_width, &slot));
    let in_ring = |slot: &str| match line {
        1 => resize(slot, slot_width, address_width),
        _ => format!(
            "{} * {}",
            resize(slot, slot_width, address_width),
            literal(address_width, line as i64)
        ),
    };
    let write = match column.exists() {
        true => format!("{} + {}", in_ring("write_slot"), column.value(address_width)),
        false => in_ring("write_slot"),
    };
    lines.push(define("write_address", address_width, &write));
    lines.push(
        "// A row that has just been let go may still be read: the word whose address waits is not"
            .to_owned(),
    );
    lines.push(
        "// written over. Any other is taken, also while a vector waits: for a residual, which may"
            .to_owned(),
    );
    lines.push("// come of words that are still on their way.".to_owned());
    lines.push(define("waits", 1, "issued_q & ~run_i & (write_address == address_q)"));
    lines.push(format!(
        "assign x_ready_o = (arrived_q < oldest + {}) & ~waits;",
        literal(row_width, ring as i64)
    ));
    lines.push(define("taken", 1, "x_valid_i & x_ready_o"));
    lines.push(define("row_done", 1, &format!("taken & {}", column.end())));
    // The sum of |x| of a word lies beside it.
    let magnitude = layer.magnitude_widths().map_or(0, |(sum, _)| sum);
    let entry = word_width + magnitude;
    let buffer = Memory { name: "buffer".to_owned(), width: entry, depth: entries };
    let data = if magnitude > 0 { "{x_magnitude_i, x_data_i}" } else { "x_data_i" };
    lines.extend(buffer.write("taken", "write_address", data));
    lines.push("// Whether a tile ends with the row of a slot.".to_owned());
    let marks = Memory { name: "marks".to_owned(), width: 1, depth: ring };
    lines.extend(marks.write("row_done", "write_slot", "x_last_i"));
    let last_row = (all_rows as i64 - 1).rem_euclid(ring as i64);
    let last_row = literal(slot_width, last_row);
    let last_slot = if moving { format!("slot_q + {last_row}") } else { last_row };
    lines.push(define("last_slot", slot_width, &last_slot));
    lines.push(define("mark", 1, &marks.read("last_slot")));
    lines.push("assign tile_done_o = sample_done & mark;".to_owned());

    lines.push(String::new());
    lines.push("// Where the word is.".to_owned());
    let rows = height.input;
    let row = weighted(
        slot_width,
        &[
            (&oz, depth.stride * rows),
            (&kz, depth.dilation * rows),
            (&oy, height.stride),
            (&ky, height.dilation),
        ],
        -((depth.padding * rows + height.padding) as i64),
    );
    let row = if moving { format!("{first_slot} + {row}") } else { row };
    lines.push(define("read_slot", slot_width, &row));
    let across = weighted(
        address_width,
        &[
            (&ox, width.stride * per_position),
            (&kx, width.dilation * per_position),
            (&group, layer.words_per_tap()),
            (&word, 1),
        ],
        -((width.padding * per_position) as i64),
    );
    lines.push(define(
        "read_address",
        address_width,
        &format!("{} + {across}", in_ring("read_slot")),
    ));
    let mut inside = Vec::new();
    for (name, axis, output, tap) in
        [("z", depth, &oz, &kz), ("y", height, &oy, &ky), ("x", width, &ox, &kx)]
    {
        if axis.padding == 0 {
            continue;
        }
        let limit = axis.padding + axis.input;
        let most = (axis.output() - 1) * axis.stride + axis.reach() - 1;
        let wide = bits(most.max(limit));
        let at = format!("at_{name}");
        lines.push(define(
            &at,
            wide,
            &weighted(wide, &[(output, axis.stride), (tap, axis.dilation)], 0),
        ));
        inside.push(format!(
            "({at} >= {}) & ({at} < {})",
            literal(wide, axis.padding as i64),
            literal(wide, limit as i64)
        ));
    }

    lines.push(String::new());
    lines.push("// Two stages of pipeline: address, word.".to_owned());
    let mut first_stage = vec![
        ("first", 1, "first_q".to_owned()),
        ("last", 1, "dot_end".to_owned()),
        ("vector", tag_width, tag.value(tag_width)),
        ("final", 1, {
            let at = |counter: &Counter, last: usize| match last {
                _ if !counter.exists() => None,
                last if last + 1 == counter.extent => Some(counter.end()),
                last => Some(format!(
                    "({}_q == {})",
                    counter.name,
                    literal(counter.width(), last as i64)
                )),
            };
            let here = [at(&oz, last_z), at(&oy, last_y), at(&ox, last_x)].into_iter().flatten();
            let mut parts = vec!["mark".to_owned(), "position_end".to_owned()];
            parts.extend(here);
            parts.join(" & ")
        }),
    ];
    if !inside.is_empty() {
        first_stage.push(("inside", 1, inside.join(" & ")));
    }
    let ragged = layer.last_word() != layer.simd();
    if ragged && word.exists() {
        first_stage.push(("ragged", 1, word.end()));
    }
    let rest = !geometry.outputs_per_group().is_multiple_of(layer.lanes());
    if rest {
        let counter = if grouped { &part } else { &tag };
        first_stage.push(("rest", 1, counter.end()));
    }
    lines.push("reg beat_q;".to_owned());
    lines.push(declare("reg", "weight_address_q", weight_width));
    let read = if magnitude > 0 { "read_q" } else { "x_q" };
    lines.push(declare("reg", read, entry));
    for (name, wide, _) in &first_stage {
        lines.push(declare("reg", &format!("{name}_q1"), *wide));
        lines.push(declare("reg", &format!("{name}_q2"), *wide));
    }
    if magnitude > 0 {
        lines.push(define("x_q", word_width, &slice(read, 0, word_width, entry)));
        let own = slice(read, word_width, magnitude, entry);
        let own = match inside.is_empty() {
            true => own,
            false => format!("{own} & {}", repeat(magnitude, "inside_q2")),
        };
        lines.push(format!("assign magnitude_o = {own};"));
    }
    let mut data = Registers::data(layer.reset())
        .load_if("run_i", "address_q", &zero(address_width), "read_address")
        .load_if("run_i", "weight_address_q", &zero(weight_width), &weight.value(weight_width));
    for (name, wide, value) in &first_stage {
        data = data.load_if("run_i", &format!("{name}_q1"), &zero(*wide), value).load_if(
            "run_i",
            &format!("{name}_q2"),
            &zero(*wide),
            &format!("{name}_q1"),
        );
    }
    registers = registers
        .load_if("run_i", "issued_q", "1'b0", "issue")
        .load_if("run_i", "beat_q", "1'b0", "issued_q")
        .load_if("advance", "first_q", "1'b1", "dot_end");
    let minus = format!(
        "sample_done ? {} : {}",
        literal(row_width, all_rows as i64),
        literal(row_width, 0)
    );
    registers = registers.load(
        "arrived_q",
        &zero(row_width),
        &format!("arrived_q + {} - ({minus})", resize("row_done", 1, row_width)),
    );
    if moving {
        let step = literal(slot_width, (all_rows % ring) as i64);
        registers = registers.load_if(
            "sample_done",
            "slot_q",
            &zero(slot_width),
            &format!("slot_q + {step}"),
        );
    }
    registers = column.count(registers, "taken");
    registers = weight.count(registers, "advance");
    let mut step = "advance".to_owned();
    for counter in [&word, &kx, &ky, &kz] {
        registers = counter.count(registers, &step);
        if counter.exists() {
            step = format!("{step} & {}", counter.end());
        }
    }
    registers = tag.count(registers, "advance & dot_end");
    if grouped {
        registers = part.count(registers, "advance & dot_end");
        registers = group.count(registers, &format!("advance & dot_end & {}", part.end()));
    }
    let mut step = "advance & position_end".to_owned();
    for counter in [&ox, &oy, &oz] {
        registers = counter.count(registers, &step);
        if counter.exists() {
            step = format!("{step} & {}", counter.end());
        }
    }
    lines.extend(block(&registers));
    lines.extend(block(&data));
    lines.push("always @(posedge clk_i) begin".to_owned());
    lines.push(format!("  if (run_i) {read} <= {};", buffer.read("address_q")));
    lines.push("end".to_owned());

    let mut ports = clock_ports(true);
    ports.extend([
        Port::input("run_i", 1),
        Port::input("loaded_i", 1),
        Port::output("tile_done_o", 1),
        Port::output("busy_o", 1),
        Port::input("x_valid_i", 1),
        Port::output("x_ready_o", 1),
        Port::input("x_data_i", word_width),
        Port::input("x_last_i", 1),
        Port::output("weight_address_o", weight_width),
        Port::output("start_address_o", tag_width),
        Port::output("beat_o", 1),
        Port::output("first_o", 1),
        Port::output("last_o", 1),
        Port::output("vector_o", tag_width),
        Port::output("final_o", 1),
    ]);
    if magnitude > 0 {
        ports.push(Port::input("x_magnitude_i", magnitude));
        ports.push(Port::output("magnitude_o", magnitude));
    }
    lines.push(String::new());
    lines.push("assign busy_o = issued_q | beat_q;".to_owned());
    lines.push("assign weight_address_o = weight_address_q;".to_owned());
    lines.push("assign start_address_o = vector_q1;".to_owned());
    for (port, register) in [
        ("beat", "beat_q"),
        ("first", "first_q2"),
        ("last", "last_q2"),
        ("vector", "vector_q2"),
        ("final", "final_q2"),
    ] {
        lines.push(format!("assign {port}_o = {register};"));
    }
    if rest {
        ports.push(Port::output("rest_o", 1));
        lines.push("assign rest_o = rest_q2;".to_owned());
    }

    word::leave(layer, (ragged, word.exists(), !inside.is_empty()), &mut ports, &mut lines);
    let purpose = "Sliding window over the rows of the input.";
    properties::window(layer).of(writer.module("window", purpose, &[], &ports, lines))
}

/// Bits of what a masked word counts.
pub(super) fn skip_width(layer: &Layer) -> usize {
    let (full, last) = layer.skips();
    let most = if layer.words_per_tap() > 1 { full.max(last) } else { last };
    let unit = if layer.halved() { 2 } else { 1 };
    bits((most / unit) as usize)
}

/// Whether masked words count differently, because the last of a tap has fewer terms.
pub(super) fn several_skips(layer: &Layer) -> bool {
    let (full, last) = layer.skips();
    layer.words_per_tap() > 1 && full != last
}

/// What every masked word counts, in the accumulator's unit.
pub(super) fn only_skip(layer: &Layer) -> i64 {
    layer.skips().1 / if layer.halved() { 2 } else { 1 }
}
