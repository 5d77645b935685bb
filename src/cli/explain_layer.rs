//! `bitweight explain` of a binarized layer.

use serde_json::{Value, json};

use super::{Outcome, report};
use crate::binary::{Block, Layer};
use crate::rtl;

/// A line of the explanation: name and value.
type Line = (String, String);

/// Prints the numbers that follow from the configuration of a layer.
pub(super) fn run(layer: &Layer, as_json: bool) -> anyhow::Result<Outcome> {
    let (lines, summary) = (lines(layer), &layer.parameters().summary);
    if as_json {
        let list = entries(&lines);
        report::print_json(&json!({ "design": layer.name(), "summary": summary, "layer": list }))?;
        return Ok(Outcome::Good);
    }
    report::print_text(&format!("{}: {summary}\n\n{}", layer.name(), table(&lines)))?;
    Ok(Outcome::Good)
}

/// Prints the numbers of the layers of a block, and what stands between them.
pub(super) fn run_block(block: &Block, as_json: bool) -> anyhow::Result<Outcome> {
    let summary = &block.parameters().summary;
    let layers = block.layers().iter().enumerate().map(|(index, layer)| {
        let mut lines = lines(layer);
        if let (Some(shortcut), Some(positions), Some(depth)) =
            (block.shortcut(index), block.waiting_positions(index), block.shortcut_depth(index))
        {
            let start = match shortcut.from {
                0 => "the input".to_owned(),
                from => format!("layer {}", from - 1),
            };
            lines.push(("shortcut from".to_owned(), start));
            let text = format!("{positions} positions, {depth} transfers");
            lines.push(("shortcut waits for at most".to_owned(), text));
        }
        (layer.name(), lines)
    });
    if as_json {
        let entry =
            |(name, lines): (&str, Vec<Line>)| json!({ "name": name, "layer": entries(&lines) });
        let list: Vec<Value> = layers.map(entry).collect();
        report::print_json(&json!({ "design": block.name(), "summary": summary, "layers": list }))?;
        return Ok(Outcome::Good);
    }
    let mut text = format!("{}: {summary}\n", block.name());
    for (name, lines) in layers {
        text += &format!("\n{name}\n{}", table(&lines));
    }
    report::print_text(&text)?;
    Ok(Outcome::Good)
}

fn entries(lines: &[Line]) -> Vec<Value> {
    lines.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect()
}

fn table(lines: &[Line]) -> String {
    lines.iter().map(|(name, value)| format!("  {name:34} {value}\n")).collect()
}

/// The register of the element in which a dot product is accumulated, as it is emitted.
fn accumulator_register(layer: &Layer) -> Line {
    let element = format!("{}_element", layer.name());
    let modules = rtl::binary::modules(layer);
    let module = modules.iter().find(|module| module.name == element);
    let width = |name| module.and_then(|module| module.register(name)).unwrap_or(0);
    let (sum, carries) = (width("sum_q"), width("carry_q"));
    let value = format!("{} ({sum} of the sum, {carries} carries)", sum + carries);
    ("accumulator register, bits".to_owned(), value)
}

fn lines(layer: &Layer) -> Vec<Line> {
    let geometry = layer.geometry();
    let dot = layer.dot_range();
    let output = layer.output_range();
    let mut lines = vec![
        ("terms of a dot product".to_owned(), geometry.fan_in().to_string()),
        ("dot product".to_owned(), dot.to_string()),
        ("accumulator, bits".to_owned(), layer.accumulator_width().to_string()),
        accumulator_register(layer),
        ("accumulation in carry-save".to_owned(), layer.carry_save().to_string()),
        ("starts from minus the threshold".to_owned(), layer.preloaded().to_string()),
    ];
    if let (Some(stage), Some(table)) = (layer.input_stage(), layer.input_table()) {
        let thresholds = crate::binary::values_of(&table);
        let text = format!("{} bits, {thresholds} thresholds a channel", stage.width);
        lines.insert(0, ("input stage".to_owned(), text));
    }
    for placed in layer.steps() {
        let name = format!("after {}", placed.step.name());
        lines.push((name, placed.output.to_string()));
    }
    let records: usize = layer.sections().iter().map(|s| s.depth * s.lanes).sum();
    let positions = geometry.output_positions();
    let beats = layer.words() * layer.vectors();
    lines.extend([
        ("result, bits".to_owned(), output.width().to_string()),
        ("rows buffered".to_owned(), layer.ring().to_string()),
        ("records of a parameter frame".to_owned(), records.to_string()),
        (
            "cycles of a position".to_owned(),
            format!("{} words x {} vectors = {beats}", layer.words(), layer.vectors()),
        ),
        (
            "cycles of a sample".to_owned(),
            format!("{positions} positions x {beats} = {}", positions * beats),
        ),
        ("cycles of a tile of one sample".to_owned(), layer.cycles(&[1]).to_string()),
    ]);
    lines
}
