//! `bitweight explain`

use serde_json::json;

use super::simulate::Shape;
use super::{Outcome, explain_banks, report};
use crate::arith::carry_save;
use crate::arith::digit::DigitFormat;
use crate::config;
use crate::design::{Contract, Correction, Design, Element, Topology};
use crate::nest::{ClosedForm, MEMORY_LATENCY, WeightClosedForm, Weights};
use crate::rtl;

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
pub(super) type Line = (&'static str, String, String);

impl Arguments {
    pub fn run(&self) -> anyhow::Result<Outcome> {
        let design = match config::describe(&self.design)? {
            config::Described::Array(design) => *design,
            config::Described::Block(block) => {
                return super::explain_layer::run_block(&block, self.json);
            }
            config::Described::Layer(layer) => return super::explain_layer::run(&layer, self.json),
        };
        let mut sections = vec![
            ("widths", widths(&design)),
            ("latency", latency(&design)),
            ("cycles", self.cycles(&design)),
        ];
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

    fn cycles(&self, design: &Design) -> Vec<Line> {
        let Shape { m, k, n } = self.size;
        if design.bit_slice.is_some() {
            return data_dependent(design, self.size);
        }
        if let Some(terms) = design.tile_k {
            return replayed(design, (m, k, n), terms);
        }
        let cycles = design.nest.cycles((m, k, n), design.pipeline());
        let elements = design.array.multipliers();
        let utilisation = (m * k * n) as f64 / (design.operations_per_cycle() * cycles as f64);
        let mut lines =
            vec![("matrix product", "M x K x N".to_owned(), format!("{m} x {k} x {n}"))];
        lines.extend(match design.weights() {
            None => output_stationary_cycles(design, self.size),
            Some(weights) => weight_stationary_cycles(design, weights, self.size),
        });
        lines.extend([
            ("cycles by interpreting the nest", String::new(), cycles.to_string()),
            (
                "utilisation",
                format!("M * K * N / ({elements} multipliers * cycles)"),
                format!("{utilisation:.4}"),
            ),
        ]);
        lines
    }
}

/// Cycles of an engine that leaves zero digits out.
fn data_dependent(design: &Design, Shape { m, k, n }: Shape) -> Vec<Line> {
    let (rows, cols) = (design.rows(), design.cols());
    let tiles = m.div_ceil(rows) * n.div_ceil(cols);
    let mut lines = vec![
        ("matrix product", "M x K x N".to_owned(), format!("{m} x {k} x {n}")),
        ("tiles", format!("ceil(M/{rows}) * ceil(N/{cols})"), tiles.to_string()),
        ("cycles", "depend on the operands: see `bitweight sim`".to_owned(), String::new()),
    ];
    if let Some((fewest, most)) = design.cycle_bounds((m, k, n)) {
        lines.push(("  fewest", "no digit of A is set".to_owned(), fewest.to_string()));
        lines.push(("  most", "no digit of A is zero".to_owned(), most.to_string()));
    }
    lines
}

/// The cycles of an array whose operands are replayed once per bit weight.
fn replayed(design: &Design, (m, k, n): (usize, usize, usize), terms: usize) -> Vec<Line> {
    let (rows, cols, lanes) = (design.rows(), design.cols(), design.lanes);
    let tiles = m.div_ceil(rows) * n.div_ceil(cols);
    let planes = design.nest.weights.len();
    let cycles = design.cycles((m, k, n));
    let of_tiles = |tiles: usize| design.cycles((rows * tiles, k, cols));
    // Long after the start, from tile to tile.
    let period = of_tiles(9) - of_tiles(8);
    let utilisation = (m * k * n) as f64 / (design.operations_per_cycle() * cycles as f64);
    vec![
        ("matrix product", "M x K x N".to_owned(), format!("{m} x {k} x {n}")),
        ("tiles", format!("ceil(M/{rows}) * ceil(N/{cols})"), tiles.to_string()),
        ("chunks of a tile", format!("ceil(K/{terms})"), k.div_ceil(terms).to_string()),
        (
            "groups of the first chunk",
            format!("ceil(terms/{lanes})"),
            k.min(terms).div_ceil(lanes).to_string(),
        ),
        ("planes of a chunk", "digits of A".to_owned(), planes.to_string()),
        ("cycles from tile to tile", "by interpreting the nest".to_owned(), period.to_string()),
        ("cycles by interpreting the nest", String::new(), cycles.to_string()),
        (
            "utilisation",
            format!("M * K * N / ({} elements * {lanes}/{planes} * cycles)", rows * cols),
            format!("{utilisation:.4}"),
        ),
    ]
}

fn output_stationary_cycles(design: &Design, size: Shape) -> Vec<Line> {
    let Shape { m, k, n } = size;
    let pipeline = design.pipeline();
    let (rows, cols) = (design.rows(), design.cols());
    let reads = design.nest.reads_per_row();
    let beats = design.nest.beats(k);
    let tiles = m.div_ceil(rows) * n.div_ceil(cols);
    let form = ClosedForm::of(pipeline, (rows, reads), tiles, beats);
    let formula = if form.exact { "=" } else { "at most" };
    vec![
        ("tiles", format!("ceil(M/{rows}) * ceil(N/{cols})"), tiles.to_string()),
        ("beats of a tile", format!("ceil(K/{})", design.depth()), beats.to_string()),
        (
            "cycles from tile to tile",
            format!("max(interval * beats, {rows} * transfers + {reads})"),
            form.period.to_string(),
        ),
        (
            "cycles by the closed form",
            format!("{formula} (tiles-1)*period + interval*beats + tail"),
            form.cycles.to_string(),
        ),
        (
            "  tail",
            format!("accumulate + resolve + {rows} * transfers + {reads}"),
            (form.cycles
                - (tiles as u64 - 1) * form.period
                - (pipeline.beat_interval * beats) as u64)
                .to_string(),
        ),
    ]
}

fn weight_stationary_cycles(design: &Design, weights: Weights, size: Shape) -> Vec<Line> {
    let Shape { m, k, n } = size;
    let pipeline = design.pipeline();
    let (depth, cols) = (design.depth(), design.cols());
    let tiles = k.div_ceil(depth) * n.div_ceil(cols);
    let form = WeightClosedForm::of(pipeline, weights, tiles, m);
    let formula = if form.exact { "=" } else { "about" };
    vec![
        ("tiles", format!("ceil(K/{depth}) * ceil(N/{cols})"), tiles.to_string()),
        (
            "cycles from tile to tile",
            format!("max(interval * M, load * {depth})"),
            form.period.to_string(),
        ),
        (
            "cycles by the closed form",
            format!("{formula} load*{depth} + (tiles-1)*period + interval*(M-1) + tail"),
            form.cycles.to_string(),
        ),
        (
            "  tail",
            "beat in to row out + transfers".to_owned(),
            (weights.latency(pipeline) + pipeline.transfers_per_row).to_string(),
        ),
    ]
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
    let plane = design.plane();
    let carries = match (&plane, design.carry_save()) {
        (Some(plane), _) => {
            let storage = design.carry_storage;
            carry_save::multiply_compress(plane, design.sum_width(), storage).1.width()
        }
        (None, true) if design.contract() == Contract::WeightStationary => {
            rtl::carry_columns(design).len()
        }
        (None, true) => {
            let (width, storage) = (accumulator.width, design.carry_storage);
            let (multiplier, stages) = (&design.multiplier, design.pipeline_stages);
            carry_save::multiply_compress_in_stages(multiplier, width, storage, stages).1.width()
        }
        (None, false) => 0,
    };
    let register_a = match (design.element_registers(), design.multiplier.recoded) {
        (true, _) if design.multiplier.levels.is_some() => ("a word of A", design.a_width()),
        (true, _) if plane.is_some() => ("a digit per lane", design.a_width()),
        (true, true) => ("select lines of the digits", design.digits_width()),
        (true, false) => ("A as it is", a.width * design.depth()),
        (false, _) => ("none in the element", 0),
    };
    let register_b = match (design.element_registers(), design.multiplier.tripled) {
        (true, true) => ("B and 3B", design.b_width() + design.triple_width()),
        (true, false) => ("B as it is", design.b_width()),
        (false, _) => ("none in the element", 0),
    };
    let mut lines = vec![
        (
            "operands",
            format!("A {}, B {}", design.operand_a(), design.operand_b()),
            format!("{} and {} bits", a.width, b.width),
        ),
        (
            "digits of A (extent of bw)",
            match design.multiplier.levels {
                Some(_) => format!("bit planes, {digits}"),
                None => format!("{}, {digits}", design.multiplier.encoding.name()),
            },
            weights.len().to_string(),
        ),
        ("operand register of A", register_a.0.to_owned(), format!("{} bits", register_a.1)),
        ("operand register of B", register_b.0.to_owned(), format!("{} bits", register_b.1)),
        match design.tile_k {
            None if design.multiplier.levels.is_some() => (
                "dot product of a word",
                format!("every sum of {} products", design.multiplier.terms),
                format!("{} bits", design.multiplier.product().width),
            ),
            None => {
                let width = a.width + b.width;
                ("product", "width of A + width of B".to_owned(), format!("{width} bits"))
            }
            Some(terms) => (
                "plane",
                format!("every sum of {terms} products of a digit and B"),
                format!("{} bits", design.sum_width()),
            ),
        },
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
            format!("{} bits", design.sum_width() + carries),
        ),
    ];
    if let Some(Correction { width, shift, .. }) = design.correction() {
        lines.push((
            "sign correction at the readout",
            format!("units of 2^{shift} for every cycle of a tile"),
            format!("{width} bits"),
        ));
    }
    if design.contract() == Contract::WeightStationary {
        lines.push((
            "weight registers",
            format!(
                "{} x {} x {} bits, present and shadow",
                design.depth(),
                design.cols(),
                b.width
            ),
            format!("{} bits", 2 * design.array.multipliers() * b.width),
        ));
        lines.push((
            "output memory",
            format!("{} beats of {} sums", design.output_beats(), design.cols()),
            format!("{} bits", design.output_beats() * design.cols() * accumulator.width),
        ));
    }
    if (design.array.topology, design.element) == (Topology::AdderTree, Element::Opt2) {
        let plane = DigitFormat::new(design.multiplier.encoding, a).sum(b, design.depth() as u64);
        lines.push((
            "plane (sum over one bit weight)",
            format!("{} digits times B, {plane}", design.depth()),
            format!("{} bits", plane.width),
        ));
    }
    lines
}

fn latency(design: &Design) -> Vec<Line> {
    let reads = design.nest.reads_per_row();
    let pipeline = design.pipeline();
    let tree = design.array.topology == Topology::AdderTree;
    let mut stages = Vec::new();
    if design.tile_k.is_some() {
        stages.push("operand memory + digits");
    } else if design.operand_register() {
        stages.push("beat register");
    }
    if design.input_registers {
        stages.push(if tree { "beat + operand registers" } else { "operand registers" });
    }
    if design.product_register {
        stages.push("product register");
    }
    let cuts = format!("{} pipeline stages", design.pipeline_stages);
    if design.pipeline_stages > 0 {
        stages.push(&cuts);
    }
    stages.push(if tree { "sum" } else { "accumulator" });
    let resolve = match (design.contract(), design.carry_save()) {
        _ if design.tile_k.is_some() => "pair register + plane register",
        (_, false) if design.corrects_at_readout() => "sum register before the correction",
        (Contract::OutputStationary, true) => "pair register before the final adder",
        (Contract::WeightStationary, true) if !tree => "register behind the final adder",
        _ => "none",
    };
    let interval = match design.contract() {
        Contract::OutputStationary => "transfers of the wider operand stream",
        Contract::WeightStationary if design.partial_sums => "transfers of a beat of A or P",
        Contract::WeightStationary => "transfers of a beat of A",
    };
    let mut lines = vec![
        ("interval (cycles per beat)", interval.to_owned(), pipeline.beat_interval.to_string()),
        ("accumulate", stages.join(" + "), pipeline.accumulate_latency.to_string()),
        ("resolve", resolve.to_owned(), pipeline.resolve_latency.to_string()),
        (
            "transfers (per row of C)",
            format!("{} lanes of {} bits", design.cols(), design.accumulator.width),
            pipeline.transfers_per_row.to_string(),
        ),
    ];
    match design.weights() {
        None => lines.push((
            "last beat in to first row out",
            format!("accumulate + resolve + {reads} + 1"),
            (pipeline.credit() + reads + 1).to_string(),
        )),
        Some(weights) => lines.extend([
            (
                "load (cycles per beat of B)",
                "transfers of a beat of B".to_owned(),
                pipeline.load_interval.to_string(),
            ),
            (
                "beat in to row out",
                format!("accumulate + resolve + {} hops + {MEMORY_LATENCY}", weights.skew),
                weights.latency(pipeline).to_string(),
            ),
        ]),
    }
    lines
}
