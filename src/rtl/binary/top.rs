//! The top: streams around window, lanes, sequence and loader.

use super::Writer;
use super::contract::describe;
use super::instance::{Instance, input_stage};
use super::sequence::section_address_width;
use super::stages;
use super::text::{address_bits, define, slice};
use super::window::{several_skips, skip_width};
use crate::binary::{MANTISSA, Step, is_positional};
use crate::design::{Reset, Stream};
use crate::rtl::Module;
use crate::rtl::text::{declare, stream_ports};

pub(super) fn module(writer: &Writer<'_>) -> Module {
    let layer = writer.layer;
    let dot = layer.dot();
    let list = stages::stages(layer);
    let sections = layer.sections();
    let lanes = layer.lanes();
    let tag_width = address_bits(layer.vectors());
    let weight_width = address_bits(layer.vectors() * layer.words());
    let load_width = section_address_width(writer);
    let rest = !layer.geometry().outputs_per_group().is_multiple_of(lanes);
    let masked = layer.masked() && dot.offset() != 0;
    let gated = layer.masked() && dot.gated();
    let shared = dot.shared_width();
    let data_reset = layer.reset() != Reset::None;
    let (x, p, y) = (layer.stream_x(), layer.stream_p(), layer.stream_y());
    let record = layer.lane_record_width();
    let load_lanes = layer.record_lanes();
    let code_bits = layer.simd() * layer.parameters().activations.width();
    let used = |stream: &Stream| stream.lanes * stream.lane_width;

    let ports = stream_ports(&layer.streams());
    let mut lines = vec!["// What the modules tell each other.".to_owned()];
    for (name, width) in [
        ("run", 1),
        ("loaded", 1),
        ("tile_done", 1),
        ("walking", 1),
        ("moving", 1),
        ("beat", 1),
        ("first", 1),
        ("last", 1),
        ("final_vector", 1),
        ("vector", tag_width),
        ("weight_address", weight_width),
        ("start_address", tag_width),
        ("x_word", code_bits),
        ("load_lane", load_lanes),
        ("load_section", sections.len()),
        ("load_address", load_width),
    ] {
        lines.push(declare("wire", name, width));
    }
    if !layer.preloaded() {
        lines.push("wire unused_start = &{1'b0, start_address};".to_owned());
    }

    let mut window = Instance::new(writer, "window");
    window.clock(true);
    window.connect("run_i", "run");
    window.connect("loaded_i", "loaded");
    window.connect("tile_done_o", "tile_done");
    window.connect("busy_o", "walking");
    let input = input_stage(writer, &mut window, &mut lines);
    for (port, signal) in [
        ("weight_address_o", "weight_address"),
        ("start_address_o", "start_address"),
        ("beat_o", "beat"),
        ("first_o", "first"),
        ("last_o", "last"),
        ("vector_o", "vector"),
        ("final_o", "final_vector"),
    ] {
        window.connect(port, signal);
    }
    let mut sequence = Instance::new(writer, "sequence");
    sequence.clock(true);
    sequence.connect("done_i", "beat & last");
    sequence.connect("vector_i", "vector");
    sequence.connect("final_i", "final_vector");
    if rest {
        lines.push("wire rest;".to_owned());
        lines.push("wire y_rest;".to_owned());
        window.connect("rest_o", "rest");
        sequence.connect("rest_i", "rest");
        sequence.connect("rest_o", "y_rest");
    }
    window.connect("x_o", "x_word");
    let mut lane = Instance::new(writer, "lane");
    lane.clock(data_reset);
    lane.connect("run_i", "run");
    let load = match (lanes, load_lanes) {
        (1, 1) => "load_lane",
        (1, _) => "load_lane[0]",
        _ => "load_lane[lane]",
    };
    lane.connect("load_i", load);
    lane.connect("section_i", "load_section");
    lane.connect("load_address_i", slice("load_address", 0, weight_width, load_width));
    lane.connect("load_data_i", slice("s_axis_p_tdata", 0, record, p.data_width()));
    lane.connect("weight_address_i", "weight_address");
    lane.connect("beat_i", "beat");
    lane.connect("first_i", "first");
    lane.connect("x_i", "x_word");
    if layer.preloaded() {
        lane.connect("start_address_i", "start_address");
    }
    if masked || gated {
        lines.push("wire unpadded;".to_owned());
        window.connect("inside_o", "unpadded");
        lane.connect("inside_i", "unpadded");
    }
    if masked && several_skips(layer) {
        lines.push(declare("wire", "skip", skip_width(layer)));
        window.connect("skip_o", "skip");
        lane.connect("skip_i", "skip");
    }
    if shared > 0 {
        lines.push(declare("wire", "shared", shared));
        lane.connect("shared_i", "shared");
    }

    if let Some((word, sum)) = layer.magnitude_widths() {
        lines.push(declare("wire", "word_magnitude", word));
        lines.push(declare("wire", "magnitude", sum));
        window.connect("magnitude_o", "word_magnitude");
        for (port, signal) in [
            ("beat_i", "beat"),
            ("first_i", "first"),
            ("magnitude_i", "word_magnitude"),
            ("magnitude_o", "magnitude"),
        ] {
            sequence.connect(port, signal);
        }
        lane.connect("magnitude_i", "magnitude");
    }
    sequence.connect("run_o", "run");
    for passed in 1..=stages::waits(layer).len() {
        let run = stages::run_of(passed);
        lines.push(declare("wire", &run, 1));
        sequence.connect(format!("{run}_o"), run.clone());
        lane.connect(format!("{run}_i"), run);
    }
    sequence.connect("busy_o", "moving");
    sequence.connect("y_valid_o", "m_axis_y_tvalid");
    sequence.connect("y_ready_i", "m_axis_y_tready");
    sequence.connect("y_last_o", "m_axis_y_tlast");
    for (index, stage) in list.iter().enumerate() {
        if !stages::tables(layer, *stage).is_empty() {
            lines.push(declare("wire", &format!("vector{index}"), tag_width));
            sequence.connect(format!("vector{index}_o"), format!("vector{index}"));
            lane.connect(format!("vector{index}_i"), format!("vector{index}"));
        }
        let Some(placed) = layer.steps().get(stage.step) else { continue };
        match &placed.step {
            Step::Residual { .. } => {
                sequence.connect("r_valid_i", "s_axis_r_tvalid");
                sequence.connect("r_ready_o", "s_axis_r_tready");
            }
            Step::Tee => {
                lines.push("wire tee_load;".to_owned());
                sequence.connect("tee_load_o", "tee_load");
                lane.connect("tee_load_i", "tee_load");
                sequence.connect("t_valid_o", "m_axis_t_tvalid");
                sequence.connect("t_ready_i", "m_axis_t_tready");
                if rest {
                    lines.push("wire tee_rest;".to_owned());
                    sequence.connect("tee_rest_o", "tee_rest");
                }
            }
            step if step.window().is_some() => {
                let depth = stages::pool_depth(layer, stage.step);
                for (name, width) in [("write", 1), ("first", 1), ("address", address_bits(depth))]
                {
                    let signal = format!("pool_{name}{index}");
                    lines.push(declare("wire", &signal, width));
                    sequence.connect(format!("{signal}_o"), signal.clone());
                    lane.connect(format!("{signal}_i"), signal);
                }
            }
            step if is_positional(step) && stage.part == stages::Part::Product => {
                let signal = format!("position_scale{index}");
                lines.push(declare("wire", &signal, MANTISSA));
                sequence.connect(format!("{signal}_o"), signal.clone());
                lane.connect(format!("{signal}_i"), signal);
            }
            _ => {}
        }
    }
    if layer.steps().iter().any(|placed| is_positional(&placed.step)) {
        sequence.connect("load_i", if load_lanes == 1 { "load_lane" } else { "load_lane[0]" });
        sequence.connect("section_i", "load_section");
        sequence.connect("load_address_i", "load_address");
        sequence.connect("load_data_i", slice("s_axis_p_tdata", 0, MANTISSA, p.data_width()));
    }
    if let (Some((width, _)), Some(stream)) = (layer.residual(), layer.stream_r()) {
        let lane_bits = if lanes == 1 {
            slice("s_axis_r_tdata", 0, width, stream.data_width())
        } else {
            format!("s_axis_r_tdata[{width}*lane +: {width}]")
        };
        lane.connect("residual_i", lane_bits);
        padding(&stream, &mut lines);
    }
    padding(&x, &mut lines);
    padding(&p, &mut lines);

    let mut loader = Instance::new(writer, "loader");
    loader.clock(true);
    for (port, signal) in [
        ("p_valid_i", "s_axis_p_tvalid"),
        ("p_ready_o", "s_axis_p_tready"),
        ("busy_i", "walking | moving"),
        ("tile_done_i", "tile_done"),
        ("loaded_o", "loaded"),
        ("lane_o", "load_lane"),
        ("section_o", "load_section"),
        ("address_o", "load_address"),
    ] {
        loader.connect(port, signal);
    }
    for part in [&loader, &window, &sequence].into_iter().chain(&input) {
        lines.push(String::new());
        lines.extend(part.lines(0));
    }
    if shared > 0 {
        let mut adder = Instance::new(writer, "shared");
        adder.connect("x_i", "x_word");
        adder.connect("shared_o", "shared");
        lines.push(String::new());
        lines.extend(adder.lines(0));
    }

    lines.push(String::new());
    let results: Vec<(&str, &str, Stream)> =
        [Some(("y", "value_o", y)), layer.stream_t().map(|t| ("t", "tee_o", t))]
            .into_iter()
            .flatten()
            .collect();
    for (role, port, stream) in &results {
        lines.push(declare("wire", &format!("{role}_lanes"), used(stream)));
        lane.connect(
            *port,
            match (lanes, stream.lane_width) {
                (1, _) => format!("{role}_lanes"),
                (_, 1) => format!("{role}_lanes[lane]"),
                (_, width) => format!("{role}_lanes[{width}*lane +: {width}]"),
            },
        );
    }
    if lanes == 1 {
        lines.extend(lane.lines(0));
    } else {
        lines.push("genvar lane;".to_owned());
        lines.push("generate".to_owned());
        lines.push(format!("  for (lane = 0; lane < {lanes}; lane = lane + 1) begin : gen_lane"));
        lines.extend(lane.lines(4));
        lines.push("  end".to_owned());
        lines.push("endgenerate".to_owned());
    }
    for (role, _, stream) in &results {
        let mut result = format!("{role}_lanes");
        if rest {
            let kept = layer.geometry().outputs_per_group() % lanes * stream.lane_width;
            let all = used(stream);
            let which = if *role == "y" { "y_rest" } else { "tee_rest" };
            lines.push("// Lanes beyond the last channel are zero.".to_owned());
            lines.push(define(
                &format!("{role}_used"),
                all,
                &format!("{result} & {{{{{}{{~{which}}}}}, {{{kept}{{1'b1}}}}}}", all - kept),
            ));
            result = format!("{role}_used");
        }
        let result = match stream.data_width() - used(stream) {
            0 => result,
            spare => format!("{{{{{spare}{{1'b0}}}}, {result}}}"),
        };
        lines.push(format!("assign m_axis_{role}_tdata = {result};"));
    }
    writer.module("", &layer.parameters().summary, &describe(layer), &ports, lines)
}

/// Names the bits of an input stream that pad it to whole bytes.
fn padding(stream: &Stream, lines: &mut Vec<String>) {
    let used = stream.lanes * stream.lane_width;
    let spare = stream.data_width() - used;
    if spare > 0 {
        let data = format!("{}_tdata", stream.name);
        let name = stream.name.trim_start_matches("s_axis_");
        let bits = slice(&data, used, spare, stream.data_width());
        lines.push(format!("wire unused_{name} = &{{1'b0, {bits}}};"));
    }
}
