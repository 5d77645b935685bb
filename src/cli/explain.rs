//! `bitweight explain`

use serde_json::json;

use super::simulate::Shape;
use super::{Outcome, report};
use crate::arith::carry_save;
use crate::config;
use crate::design::Design;
use crate::nest::ClosedForm;

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
type Line = (&'static str, String, String);

impl Arguments {
    pub fn run(&self) -> anyhow::Result<Outcome> {
        let design = config::load(&self.design)?;
        let sections = [
            ("widths", widths(&design)),
            ("latency", latency(&design)),
            ("cycles", self.cycles(&design)),
        ];
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

    fn cycles(&self, design: &Design) -> Vec<Line> {
        let Shape { m, k, n } = self.size;
        let pipeline = design.pipeline();
        let (rows, cols) = (design.rows(), design.cols());
        let tiles = m.div_ceil(rows) * n.div_ceil(cols);
        let form = ClosedForm::of(pipeline, (rows, cols), tiles, design.nest.beats(k));
        let cycles = design.nest.cycles((m, k, n), pipeline);
        let beats = design.nest.beats(k);
        let macs = (m * k * n) as f64;
        let multipliers = design.array.multipliers();
        let utilisation = macs / (multipliers as f64 * cycles as f64);
        let formula = if form.exact { "=" } else { "at most" };
        vec![
            ("matrix product", "M x K x N".to_owned(), format!("{m} x {k} x {n}")),
            ("tiles", format!("ceil(M/{rows}) * ceil(N/{cols})"), tiles.to_string()),
            (
                "cycles from tile to tile",
                format!("max(interval * K, {rows} * transfers + {cols})"),
                form.period.to_string(),
            ),
            (
                "cycles by the closed form",
                format!("{formula} (tiles-1)*period + interval*K + tail"),
                form.cycles.to_string(),
            ),
            (
                "  tail",
                format!("accumulate + resolve + {rows} * transfers + {cols}"),
                (form.cycles
                    - (tiles as u64 - 1) * form.period
                    - (pipeline.beat_interval * beats) as u64)
                    .to_string(),
            ),
            ("cycles by interpreting the nest", String::new(), cycles.to_string()),
            (
                "utilisation",
                format!("M * K * N / ({multipliers} multipliers * cycles)"),
                format!("{utilisation:.4}"),
            ),
        ]
    }
}

fn widths(design: &Design) -> Vec<Line> {
    let (a, b) = (design.multiplier.a, design.multiplier.b);
    let weights = &design.nest.weights;
    let accumulator = design.accumulator;
    let digits = match weights.as_slice() {
        [only] => format!("weight 2^{only}"),
        weights => format!(
            "weights 2^{} to 2^{}",
            weights.first().copied().unwrap_or(0),
            weights.last().copied().unwrap_or(0)
        ),
    };
    let carries = match design.carry_save() {
        true => {
            let (width, storage) = (accumulator.width, design.carry_storage);
            let (multiplier, stages) = (&design.multiplier, design.pipeline_stages);
            carry_save::multiply_compress_in_stages(multiplier, width, storage, stages).1.width()
        }
        false => 0,
    };
    let register_a = match (design.element_registers(), design.multiplier.recoded) {
        (true, true) => ("select lines of the digits", design.digits_width()),
        (true, false) => ("A as it is", a.width * design.depth()),
        (false, _) => ("none in the element", 0),
    };
    vec![
        ("operands", format!("A {a}, B {b}"), format!("{} and {} bits", a.width, b.width)),
        (
            "digits of A (extent of bw)",
            format!("{}, {digits}", design.multiplier.encoding.name()),
            weights.len().to_string(),
        ),
        ("operand register of A", register_a.0.to_owned(), format!("{} bits", register_a.1)),
        ("product", "width of A + width of B".to_owned(), format!("{} bits", a.width + b.width)),
        (
            "accumulator",
            format!("exact modulo 2^{}", accumulator.width),
            format!("{} bits", accumulator.width),
        ),
        (
            "terms without overflow (k_max)",
            "longest K for which no sum overflows".to_owned(),
            accumulator.k_max.to_string(),
        ),
        (
            "accumulator register",
            if carries > 0 { "sum and stored carries" } else { "sum" }.to_owned(),
            format!("{} bits", accumulator.width + carries),
        ),
    ]
}

fn latency(design: &Design) -> Vec<Line> {
    let pipeline = design.pipeline();
    let registers = [
        (design.input_registers, "operand registers"),
        (design.product_register, "product register"),
    ];
    let mut stages: Vec<&str> =
        registers.iter().filter(|(present, _)| *present).map(|(_, name)| *name).collect();
    let cuts = format!("{} pipeline stages", design.pipeline_stages);
    if design.pipeline_stages > 0 {
        stages.push(&cuts);
    }
    stages.push("accumulator");
    let resolve = if design.carry_save() { "pair register before the final adder" } else { "none" };
    vec![
        (
            "interval (cycles per beat)",
            "transfers of the wider operand stream".to_owned(),
            pipeline.beat_interval.to_string(),
        ),
        ("accumulate", stages.join(" + "), pipeline.accumulate_latency.to_string()),
        ("resolve", resolve.to_owned(), pipeline.resolve_latency.to_string()),
        (
            "transfers (per row of C)",
            format!("{} lanes of {} bits", design.cols(), design.accumulator.width),
            pipeline.transfers_per_row.to_string(),
        ),
        (
            "last beat in to first row out",
            format!("accumulate + resolve + {} + 1", design.cols()),
            (pipeline.credit() + design.cols() + 1).to_string(),
        ),
    ]
}
