//! Moves vectors through the steps: which stage holds one, and which.

use super::Writer;
use super::stages::{self, Stage};
use super::text::{
    Counter, Memory, address_bits, block, define, literal, repeat, resize, slice, weighted,
};
use crate::binary::frame::SectionKind;
use crate::binary::{MANTISSA, Step, is_positional};
use crate::rtl::Module;
use crate::rtl::text::{Port, Registers, clock_ports, declare, zero};

pub(super) fn module(writer: &Writer<'_>) -> Module {
    let layer = writer.layer;
    let list = stages::stages(layer);
    let tag_width = address_bits(layer.vectors());
    let rest = !layer.geometry().outputs_per_group().is_multiple_of(layer.lanes());
    let sections = layer.sections();
    let mut control = Registers::control(layer.reset());
    let mut data = Registers::data(layer.reset());
    let (mut lines, mut tail) = (Vec::new(), Vec::new());
    let mut ports = clock_ports(true);
    ports.extend([
        Port::input("done_i", 1),
        Port::input("vector_i", tag_width),
        Port::input("final_i", 1),
    ]);
    if rest {
        ports.push(Port::input("rest_i", 1));
    }
    ports.extend([
        Port::output("run_o", 1),
        Port::output("busy_o", 1),
        Port::output("y_valid_o", 1),
        Port::input("y_ready_i", 1),
        Port::output("y_last_o", 1),
    ]);
    if rest {
        ports.push(Port::output("rest_o", 1));
    }

    // Stage k holds what stage k - 1 has worked on; stage 0 is the accumulator.
    let mut fields = vec![("vector", tag_width), ("final", 1)];
    if rest {
        fields.push(("rest", 1));
    }
    lines.push("// Valid: stage k holds a vector; stage 0 is the accumulator.".to_owned());
    for stage in 0..=list.len() {
        lines.push(format!("reg valid_q{stage};"));
        for (name, width) in &fields {
            lines.push(declare("reg", &format!("{name}_q{stage}"), *width));
            let source = match stage {
                0 => format!("{name}_i"),
                stage => format!("{name}_q{}", stage - 1),
            };
            data = data.load_if("run", &format!("{name}_q{stage}"), &zero(*width), &source);
        }
    }
    control = control.load_if("run", "valid_q0", "1'b0", "done_i");
    if let (Some((stage, width)), Some((word, _))) =
        (stages::magnitude(layer), layer.magnitude_widths())
    {
        lines.push("// The sum of |x| of a position: it goes along with the vectors.".to_owned());
        lines.push(declare("reg", "magnitude_q0", width));
        let kept = format!("(magnitude_q0 & {})", repeat(width, "~first_i"));
        let sum = format!("{kept} + {}", resize("magnitude_i", word, width));
        data = data.load_if("run & beat_i", "magnitude_q0", &zero(width), &sum);
        for index in 1..=stage {
            let (own, before) =
                (format!("magnitude_q{index}"), format!("magnitude_q{}", index - 1));
            lines.push(declare("reg", &own, width));
            data = data.load_if("run", &own, &zero(width), &before);
        }
        tail.push(format!("assign magnitude_o = magnitude_q{stage};"));
        ports.extend([
            Port::input("beat_i", 1),
            Port::input("first_i", 1),
            Port::input("magnitude_i", word),
            Port::output("magnitude_o", width),
        ]);
    }
    let (mut residual, mut tee) = (None, None);
    for (index, &Stage { step, .. }) in list.iter().enumerate() {
        let placed = layer.steps().get(step);
        let mut valid = format!("valid_q{index}");
        let moves = format!("run & valid_q{index}");
        match placed.map(|placed| &placed.step) {
            Some(Step::Residual { .. }) => residual = Some(format!("valid_q{index}")),
            Some(Step::Tee) => tee = Some(index),
            Some(kind) if kind.window().is_some() => {
                let placed = &layer.steps()[step];
                valid = pool(
                    (index, kind.window().unwrap_or([1; 3]), placed.positions),
                    (layer.vectors(), stages::pool_depth(layer, step)),
                    &moves,
                    &mut control,
                    (&mut lines, &mut ports),
                );
            }
            Some(kind) if is_positional(kind) && list[index].part == stages::Part::Product => {
                let depth: usize = placed.map_or(1, |placed| placed.positions.iter().product());
                let counter = Counter::new("position", depth);
                counter.declare(&mut lines);
                let last = literal(tag_width, layer.vectors() as i64 - 1);
                let step_on = match layer.vectors() {
                    1 => moves.clone(),
                    _ => format!("{moves} & (vector_q{index} == {last})"),
                };
                control = counter.count(control, &step_on);
                let section = sections
                    .iter()
                    .position(|section| section.kind == SectionKind::Positions(step))
                    .unwrap_or_default();
                let memory = Memory { name: "scales".to_owned(), width: MANTISSA, depth };
                let wide = address_bits(depth);
                let address_width = section_address_width(writer);
                lines.extend(memory.write(
                    &format!("load_i & section_i[{section}]"),
                    &slice("load_address_i", 0, wide, address_width),
                    "load_data_i",
                ));
                tail.push(format!(
                    "assign position_scale_o = {};",
                    memory.read(&counter.value(wide))
                ));
                let read: Vec<String> = unused_sections(section, sections.len());
                tail.push(format!(
                    "wire unused = &{{1'b0, load_address_i, {}}};",
                    if read.is_empty() { "section_i".to_owned() } else { read.join(", ") }
                ));
                ports.extend([
                    Port::input("load_i", 1),
                    Port::input("section_i", sections.len()),
                    Port::input("load_address_i", address_width),
                    Port::input("load_data_i", MANTISSA),
                    Port::output("position_scale_o", MANTISSA),
                ]);
            }
            _ => {}
        }
        control = control.load_if("run", &format!("valid_q{}", index + 1), "1'b0", &valid);
        if !stages::tables(layer, list[index]).is_empty() {
            ports.push(Port::output(format!("vector{index}_o"), tag_width));
            tail.push(format!("assign vector{index}_o = vector_q{index};"));
        }
    }
    let last = list.len();
    lines.push(String::new());
    lines.push("// All stages move, or none.".to_owned());
    lines.push(define("held", 1, &format!("valid_q{last} & ~y_ready_i")));
    let free = match tee {
        None => "~held".to_owned(),
        Some(index) => {
            // A vector enters the register of the second result when that is free.
            lines.push("reg tee_valid_q;".to_owned());
            let blocked = format!("valid_q{index} & tee_valid_q & ~t_ready_i");
            lines.push(define("tee_held", 1, &blocked));
            lines.push("wire tee_load;".to_owned());
            tail.push(format!("assign tee_load = run & valid_q{index};"));
            control = control.load("tee_valid_q", "1'b0", "tee_load | (tee_valid_q & ~t_ready_i)");
            tail.push("assign tee_load_o = tee_load;".to_owned());
            tail.push("assign t_valid_o = tee_valid_q;".to_owned());
            ports.extend([
                Port::output("tee_load_o", 1),
                Port::output("t_valid_o", 1),
                Port::input("t_ready_i", 1),
            ]);
            if rest {
                lines.push("reg tee_rest_q;".to_owned());
                data = data.load_if("tee_load", "tee_rest_q", "1'b0", &format!("rest_q{index}"));
                ports.push(Port::output("tee_rest_o", 1));
                tail.push("assign tee_rest_o = tee_rest_q;".to_owned());
            }
            "~held & ~tee_held".to_owned()
        }
    };
    let run = match &residual {
        None => free,
        Some(needed) => {
            ports.extend([Port::input("r_valid_i", 1), Port::output("r_ready_o", 1)]);
            tail.push(format!("assign r_ready_o = {needed} & {free};"));
            format!("{free} & (r_valid_i | ~{needed})")
        }
    };
    lines.push(define("run", 1, &run));
    lines.extend(block(&control));
    lines.extend(block(&data));
    lines.extend(tail);
    let busy: Vec<String> = (0..=last).map(|stage| format!("valid_q{stage}")).collect();
    lines.push("assign run_o = run;".to_owned());
    lines.push(format!("assign busy_o = {};", busy.join(" | ")));
    lines.push(format!("assign y_valid_o = valid_q{last};"));
    lines.push(format!("assign y_last_o = final_q{last};"));
    if rest {
        lines.push(format!("assign rest_o = rest_q{last};"));
    }
    lines.push(format!("wire unused_vector = &{{1'b0, vector_q{last}}};"));
    writer.module("sequence", "Moves vectors through the steps.", &[], &ports, lines)
}

/// Bits of the loader's address.
pub(super) fn section_address_width(writer: &Writer<'_>) -> usize {
    let depths = writer.layer.sections().into_iter().map(|section| section.depth);
    address_bits(depths.max().unwrap_or(1))
}

fn unused_sections(used: usize, all: usize) -> Vec<String> {
    (0..all).filter(|&index| index != used).map(|index| format!("section_i[{index}]")).collect()
}

/// Counts the positions of a pooling step; gives the condition under which a window is complete.
pub(super) fn pool(
    (stage, window, positions): (usize, [usize; 3], [usize; 3]),
    (vectors, depth): (usize, usize),
    moves: &str,
    control: &mut Registers,
    (lines, ports): (&mut Vec<String>, &mut Vec<Port>),
) -> String {
    // Positions within a window and whole windows, from the innermost loop to the outermost; the
    // positions that no whole window covers follow the last one.
    let width = address_bits(depth);
    let mut registers = std::mem::replace(control, Registers::control(crate::design::Reset::None));
    let mut step = moves.to_owned();
    let (mut first, mut last, mut covered) = (Vec::new(), Vec::new(), Vec::new());
    let mut address = Vec::new();
    let tag = names(stage, "vector", vectors);
    if tag.exists() {
        tag.declare(lines);
        registers = tag.count(registers, &step);
        step = format!("{step} & {}", tag.end());
        address.push((tag, 1));
    }
    let across = positions[2] / window[2];
    for (axis, letter) in [(2, "x"), (1, "y"), (0, "z")] {
        let whole = positions[axis] / window[axis];
        let position = names(stage, &format!("position_{letter}"), positions[axis]);
        if !position.exists() {
            continue;
        }
        // Within the window; starts anew with every window and with every row of positions.
        let within = names(stage, &format!("within_{letter}"), window[axis]);
        let pooled =
            names(stage, &format!("window_{letter}"), positions[axis].div_ceil(window[axis]));
        position.declare(lines);
        let row_end = position.end();
        for (counter, step) in
            [(&within, step.clone()), (&pooled, format!("{step} & ({row_end} | {})", within.end()))]
        {
            if !counter.exists() {
                continue;
            }
            counter.declare(lines);
            let wide = counter.width();
            let (zero_value, one) = (literal(wide, 0), literal(wide, 1));
            let name = format!("{}_q", counter.name);
            let start = match counter.name == within.name {
                true => format!("{row_end} | {}", counter.end()),
                false => row_end.clone(),
            };
            if counter.name == pooled.name {
                lines.push(format!("wire unused_{} = &{{1'b0, {}}};", counter.name, counter.end()));
            }
            let next = format!("({start}) ? {zero_value} : {name} + {one}");
            registers = registers.load_if(&step, &name, &zero(wide), &next);
        }
        if within.exists() {
            first.push(format!("({}_q == {})", within.name, literal(within.width(), 0)));
            last.push(within.end());
        }
        if !positions[axis].is_multiple_of(window[axis]) {
            let limit = literal(pooled.width(), whole as i64);
            covered.push(format!("({}_q < {limit})", pooled.name));
        }
        match axis {
            2 => address.push((pooled, vectors)),
            1 if window[0] > 1 => address.push((pooled, vectors * across)),
            _ => {}
        }
        registers = position.count(registers, &step);
        step = format!("{step} & {row_end}");
    }
    *control = registers;
    let all = |parts: &[String]| match parts.is_empty() {
        true => "1'b1".to_owned(),
        false => parts.join(" & "),
    };
    lines.push(define(&format!("covered{stage}"), 1, &all(&covered)));
    lines.push(define(&format!("opens{stage}"), 1, &all(&first)));
    lines.push(define(&format!("closes{stage}"), 1, &all(&last)));
    let terms: Vec<(&Counter, usize)> =
        address.iter().map(|(counter, by)| (counter, *by)).collect();
    ports.extend([
        Port::output(format!("pool_write{stage}_o"), 1),
        Port::output(format!("pool_first{stage}_o"), 1),
        Port::output(format!("pool_address{stage}_o"), width),
    ]);
    lines.push(format!("assign pool_write{stage}_o = {moves} & covered{stage};"));
    lines.push(format!("assign pool_first{stage}_o = opens{stage};"));
    lines.push(format!("assign pool_address{stage}_o = {};", weighted(width, &terms, 0)));
    format!("valid_q{stage} & covered{stage} & closes{stage}")
}

/// A counter of a stage.
fn names(stage: usize, name: &str, extent: usize) -> Counter {
    Counter::new(format!("pool{stage}_{name}"), extent)
}
