//! What the manifest says of a layer engine beside what it says of every machine.

use serde_json::{Value, json};

use crate::binary::{Layer, TableOf};
use crate::machine::Facts;

/// What is particular to a layer engine.
pub(super) fn of(layer: &Layer) -> Facts {
    Facts {
        parts: Vec::new(),
        sections: vec![("parameters", derived(layer)), ("parameter_frame", json!(frame(layer)))],
        latency: json!({
            "cycles_of_a_position": layer.cycles_of_position(),
            "cycles_of_a_sample": layer.cycles_of_sample(),
            "pipeline_stages": layer.pipeline_stages(),
            "rows_buffered": layer.ring(),
        }),
    }
}

/// The sections of a parameter frame.
pub(in crate::machine) fn frame(layer: &Layer) -> Vec<Value> {
    let sections = layer.sections();
    sections
        .iter()
        .map(|section| {
            json!({
                "section": format!("{:?}", section.kind).to_lowercase(),
                "record_width": section.width,
                "addresses": section.depth,
                "records_per_address": section.lanes,
            })
        })
        .collect()
}

/// What is derived from the configuration of a layer.
pub(in crate::machine) fn derived(layer: &Layer) -> Value {
    let geometry = layer.geometry();
    let range = layer.dot_range();
    let steps: Vec<Value> = layer
        .steps()
        .iter()
        .map(|placed| {
            let tables: Vec<Value> = placed
                .tables
                .iter()
                .map(|table| {
                    let of = match table.of {
                        TableOf::Channels(_) => "channel",
                        TableOf::Positions => "position",
                    };
                    json!({ "name": table.name, "width": table.width, "of": of })
                })
                .collect();
            json!({
                "step": placed.step.name(),
                "input": [placed.input.min, placed.input.max],
                "output": [placed.output.min, placed.output.max],
                "tables": tables,
            })
        })
        .collect();
    let output = layer.output_range();
    json!({
        "kind": geometry.kind.name(),
        "input": geometry.input(),
        "channels": geometry.channels,
        "output": layer.output_shape(),
        "outputs": geometry.outputs,
        "groups": geometry.groups,
        "input_width": layer.input_stage().map(|stage| stage.width),
        "activations": layer.parameters().activations.to_string(),
        "weights": layer.parameters().weights.to_string(),
        "fan_in": geometry.fan_in(),
        "simd": layer.simd(),
        "lanes": layer.lanes(),
        "target": layer.parameters().target.name(),
        "carry_save": layer.carry_save(),
        "dot_product": [range.min, range.max],
        "accumulator_width": layer.accumulator_width(),
        "output_width": output.width(),
        "output_signed": output.is_signed(),
        "steps": steps,
    })
}
