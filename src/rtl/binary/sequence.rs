//! Moves vectors through the steps: which stage holds one, and which.

use super::pool::pool;
use super::positions::PositionScales;
use super::stages::{self, Stage};
use super::text::{address_bits, block, define, repeat, resize};
use super::{Writer, properties};
use crate::binary::{Step, is_positional};
use crate::rtl::Module;
use crate::rtl::text::{Port, Registers, clock_ports, declare, zero};

pub(super) fn module(writer: &Writer<'_>) -> Module {
    let layer = writer.layer;
    let list = stages::stages(layer);
    let tag_width = address_bits(layer.vectors());
    let rest = !layer.geometry().outputs_per_group().is_multiple_of(layer.lanes());
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
    let waits = stages::waits(layer);
    lines.push("// Whether stages move: one that waits holds those before it.".to_owned());
    lines.extend((0..=waits.len()).map(|passed| declare("wire", &stages::run_of(passed), 1)));
    lines.push("// Valid: stage k holds a vector; stage 0 is the accumulator.".to_owned());
    for stage in 0..=list.len() {
        lines.push(format!("reg valid_q{stage};"));
        for (name, width) in &fields {
            lines.push(declare("reg", &format!("{name}_q{stage}"), *width));
            let source = match stage {
                0 => format!("{name}_i"),
                stage => format!("{name}_q{}", stage - 1),
            };
            let run = stages::run(layer, stage);
            data = data.load_if(&run, &format!("{name}_q{stage}"), &zero(*width), &source);
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
            data = data.load_if(&stages::run(layer, index), &own, &zero(width), &before);
        }
        tail.push(format!("assign magnitude_o = magnitude_q{stage};"));
        ports.extend([
            Port::input("beat_i", 1),
            Port::input("first_i", 1),
            Port::input("magnitude_i", word),
            Port::output("magnitude_o", width),
        ]);
    }
    let mut scales = PositionScales::new(writer, tag_width);
    for (index, &Stage { step, .. }) in list.iter().enumerate() {
        let placed = layer.steps().get(step);
        let mut valid = format!("valid_q{index}");
        let moves = format!("{} & valid_q{index}", stages::run(layer, index));
        match placed.map(|placed| &placed.step) {
            Some(Step::Residual { .. } | Step::Tee) => valid = moves.clone(),
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
                control = scales.add((index, step), &moves, control, &mut lines);
            }
            _ => {}
        }
        let next = format!("valid_q{}", index + 1);
        control = control.load_if(&stages::run(layer, index + 1), &next, "1'b0", &valid);
        if !stages::tables(layer, list[index]).is_empty() {
            ports.push(Port::output(format!("vector{index}_o"), tag_width));
            tail.push(format!("assign vector{index}_o = vector_q{index};"));
        }
    }
    scales.finish(&mut ports, &mut tail);
    let last = list.len();
    lines.push(String::new());
    lines.push(
        "// From the last stage to the first: what is not free to go on holds the rest.".to_owned(),
    );
    lines.push(define("held", 1, &format!("valid_q{last} & ~y_ready_i")));
    lines.push(format!("assign {} = ~held;", stages::run_of(waits.len())));
    for (passed, &index) in waits.iter().enumerate().rev() {
        let (own, behind) = (stages::run_of(passed), stages::run_of(passed + 1));
        let placed = &layer.steps()[list[index].step];
        if matches!(placed.step, Step::Residual { .. }) {
            ports.extend([Port::input("r_valid_i", 1), Port::output("r_ready_o", 1)]);
            tail.push(format!("assign r_ready_o = {behind} & valid_q{index};"));
            lines.push(format!("assign {own} = {behind} & (r_valid_i | ~valid_q{index});"));
            continue;
        }
        // A vector enters the register of the second result when that is free.
        lines.push("reg tee_valid_q;".to_owned());
        let blocked = format!("valid_q{index} & tee_valid_q & ~t_ready_i");
        lines.push(define("tee_held", 1, &blocked));
        lines.push(format!("assign {own} = {behind} & ~tee_held;"));
        lines.push(define("tee_load", 1, &format!("{own} & valid_q{index}")));
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
    }
    lines.extend(block(&control));
    lines.extend(block(&data));
    lines.extend(tail);
    let busy: Vec<String> = (0..=last).map(|stage| format!("valid_q{stage}")).collect();
    for passed in 0..=waits.len() {
        let run = stages::run_of(passed);
        lines.push(format!("assign {run}_o = {run};"));
        if passed > 0 {
            ports.push(Port::output(format!("{run}_o"), 1));
        }
    }
    lines.push(format!("assign busy_o = {};", busy.join(" | ")));
    lines.push(format!("assign y_valid_o = valid_q{last};"));
    lines.push(format!("assign y_last_o = final_q{last};"));
    if rest {
        lines.push(format!("assign rest_o = rest_q{last};"));
    }
    lines.push(format!("wire unused_vector = &{{1'b0, vector_q{last}}};"));
    let purpose = "Moves vectors through the steps.";
    properties::sequence(layer).of(writer.module("sequence", purpose, &[], &ports, lines))
}

/// Bits of the loader's address.
pub(super) fn section_address_width(writer: &Writer<'_>) -> usize {
    let depths = writer.layer.sections().into_iter().map(|section| section.depth);
    address_bits(depths.max().unwrap_or(1))
}
