//! What the head of a layer's top says about its streams.

use crate::binary::frame::SectionKind;
use crate::binary::{Layer, values_of};
use crate::rtl::usage;

/// The latency, for the head of the top.
fn latency(layer: &Layer) -> Vec<String> {
    vec![
        format!(
            "Latency: {} registers from a word in the window to its result.",
            layer.pipeline_stages()
        ),
        format!(
            "A position takes {} cycles, a sample at least {}.",
            layer.cycles_of_position(),
            layer.cycles_of_sample()
        ),
    ]
}

/// The contract, for the head of the top.
pub(super) fn describe(layer: &Layer) -> Vec<String> {
    let geometry = layer.geometry();
    let shape = |shape: [usize; 3]| shape.map(|size| size.to_string()).join(" x ");
    let mut lines = vec![
        String::new(),
        format!(
            "{}: {} x {} channels in, {} x {} out, kernel {}, {} groups.",
            geometry.kind,
            shape(geometry.input()),
            geometry.channels,
            shape(layer.output_shape()),
            geometry.outputs,
            shape(geometry.axes.map(|axis| axis.kernel)),
            geometry.groups
        ),
        format!(
            "Activations {}, weights {}, {} terms; {} channels and {} outputs at a time.",
            layer.parameters().activations,
            layer.parameters().weights,
            geometry.fan_in(),
            layer.simd(),
            layer.lanes()
        ),
        String::new(),
        "  stream    beat                            lanes  bits".to_owned(),
    ];
    for (role, stream) in layer.streams() {
        let beat = match role {
            "x" => "word of channels of a position",
            "p" => "record of a parameter frame",
            "r" => "residuals of a vector",
            "t" => "second result of a vector",
            _ => "vector of output channels",
        };
        lines.push(format!(
            "  {:8}  {beat:30}  {:5}  {:4}",
            stream.name, stream.lanes, stream.lane_width
        ));
    }
    lines.extend(
        [
            "",
            "Channel-last. tlast of x ends a tile, which takes one parameter frame; tlast of y marks",
            "the last vector of a tile. A frame has these records, one a transfer; `bitweight frame`",
            "writes it, and docs/binarized.md has every bit of it:",
            "",
            "  records  bits  for each",
        ]
        .map(str::to_owned),
    );
    for section in layer.sections() {
        let of = match section.kind {
            SectionKind::Weights => "vector, word and lane: weights".to_owned(),
            SectionKind::Input => {
                "word of a position and channel of it: input thresholds".to_owned()
            }
            SectionKind::Channels(step) => format!("vector and lane: tables of step {step}"),
            SectionKind::Positions(step) => format!("position: table of step {step}"),
        };
        lines.push(format!("  {:7}  {:4}  {of}", section.depth * section.lanes, section.width));
    }
    lines.push(String::new());
    if let (Some(stage), Some(table)) = (layer.input_stage(), layer.input_table()) {
        lines.push(format!(
            "Input stage: {} bits, {} thresholds a channel ({} bits).",
            stage.width,
            values_of(&table),
            table.width
        ));
    }
    for (index, placed) in layer.steps().iter().enumerate() {
        let tables: Vec<String> = placed
            .tables
            .iter()
            .map(|table| format!("{} ({} bits)", table.name, table.width))
            .collect();
        let tables =
            if tables.is_empty() { String::new() } else { format!(": {}", tables.join(", ")) };
        lines.push(format!("Step {index}, {}{tables}.", placed.step.name()));
    }
    lines.extend(usage::of_top(
        (layer.name(), layer.reset()),
        &[],
        &layer.streams(),
        latency(layer),
    ));
    lines
}
