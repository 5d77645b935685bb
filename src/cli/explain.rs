//! `bitweight explain`

mod cycles;
mod latency;
mod options;
mod widths;

use serde_json::json;

use super::simulate::Shape;
use super::{Outcome, explain_banks, report};
use crate::{config, rtl};

#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// Preset name or YAML file
    design: String,
    /// Size of the matrix product for which cycles are counted
    #[arg(long, value_name = "M,K,N", default_value = "64,64,64")]
    size: Shape,
    /// Answer as one JSON object
    #[arg(long)]
    pub json: bool,
}

/// A line of the explanation: name, formula, number.
pub(super) type Line = (String, String, String);

impl Arguments {
    pub fn run(&self) -> anyhow::Result<Outcome> {
        let design = match config::describe(&self.design)? {
            config::Described::Array(design) => *design,
            config::Described::Block(block) => {
                return super::explain_layer::run_block(&block, self.json);
            }
            config::Described::Layer(layer) => return super::explain_layer::run(&layer, self.json),
        };
        let modules = rtl::modules(&design);
        let mut sections = vec![
            ("options", options::lines(&design)),
            ("widths", widths::lines(&design, &modules)),
            ("registers", widths::registers(&design, &modules)),
            ("memories", widths::memories(&design, &modules)),
            ("latency", latency::lines(&design)),
            ("cycles", cycles::lines(&design, self.size)),
        ];
        sections.retain(|(_, lines)| !lines.is_empty());
        sections.extend(explain_banks::lines(&design).map(|lines| ("banks", lines)));
        let transformed = design.nest != design.base_nest;
        if self.json {
            let mut object = json!({
                "design": design.name,
                "summary": design.summary,
                "transformations": if transformed { vec![design.element.to_string()] } else { vec![] },
                "nest_before": design.base_nest.to_string(),
                "nest": design.nest.to_string(),
            });
            for (name, lines) in &sections {
                let entry = |(what, formula, value): &Line| json!({ "name": what, "formula": formula, "value": value });
                object[*name] = lines.iter().map(entry).collect();
            }
            report::print_json(&object)?;
            return Ok(Outcome::Good);
        }
        let mut text = format!("{}: {}\n\n", design.name, design.summary);
        let indent =
            |nest: String| nest.lines().map(|line| format!("  {line}\n")).collect::<String>();
        text += "Loop nest\n";
        text += &indent(design.base_nest.to_string());
        if transformed {
            text += &format!("\nLoop nest after `{}`\n", design.element);
            text += &indent(design.nest.to_string());
        }
        for (name, lines) in &sections {
            text += &format!("\n{}{}\n", name[..1].to_uppercase(), &name[1..]);
            for (what, formula, value) in lines {
                text += &format!("  {what:34} {formula:44} {value}\n");
            }
        }
        report::print_text(
            &text.lines().map(|line| format!("{}\n", line.trim_end())).collect::<String>(),
        )?;
        Ok(Outcome::Good)
    }
}

/// A line of a name, a formula and what it gives.
pub(super) fn line(
    name: impl Into<String>,
    formula: impl Into<String>,
    value: impl Into<String>,
) -> Line {
    (name.into(), formula.into(), value.into())
}

/// Bits, as a value.
fn bits(width: usize) -> String {
    format!("{width} bits")
}
