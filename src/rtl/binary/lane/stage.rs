//! The arithmetic of each stage of the steps.

use super::Body;
use crate::binary::{MANTISSA, Per, PlacedStep, Range, Step, values_of};
use crate::rtl::binary::stages::{self, Part, Stage};
use crate::rtl::binary::text::{
    Memory, address_bits, block, define, extend, literal, repeat, resize, slice,
};
use crate::rtl::text::{Port, declare, zero};

impl Body<'_> {
    /// A wire that holds a number saturated to `width` bits.
    fn saturate(&mut self, name: &str, value: (&str, usize), width: usize) {
        let (value, from) = value;
        if from <= width {
            self.line(define(name, width, &extend(value, from, width)));
            return;
        }
        let top = slice(value, width - 1, from - width + 1, from);
        let sign = format!("{value}[{}]", from - 1);
        self.line(define(&format!("{name}_fits"), 1, &format!("(&{top}) | ~(|{top})")));
        let limit = format!("{{{sign}, {}}}", repeat(width - 1, &format!("~{sign}")));
        let low = slice(value, 0, width, from);
        self.line(define(name, width, &format!("{name}_fits ? {low} : {limit}")));
    }

    /// A signed wire, for products and comparisons.
    fn signed(&mut self, name: &str, width: usize, value: &str) {
        let declaration = declare("wire signed", name, width);
        self.line(format!("{} = {value};", declaration.trim_end_matches(';')));
    }

    pub(super) fn stage(&mut self, index: usize, stage: Stage, placed: &PlacedStep) {
        let step = stage.step;
        let (value, width) = self.value.clone();
        let name = placed.step.name();
        self.line(format!("// {name}."));
        let wire = |what: &str| format!("{what}{index}");
        match (&placed.step, stage.part) {
            (Step::Threshold { .. }, _) => {
                let reached = if step == 0 {
                    value
                } else {
                    let threshold = self.table(index, step, 0);
                    let wide = placed.tables[0].width;
                    self.signed(&wire("left"), wide, &extend(&value, width, wide));
                    self.signed(&wire("right"), wide, &threshold);
                    format!("({} >= {})", wire("left"), wire("right"))
                };
                let invert = self.table(index, step, 1);
                self.store(index, &format!("{reached} ^ {invert}"), 1);
            }
            (Step::MultiThreshold { bits, base }, _) => {
                let thresholds = self.table(index, step, 0);
                let wide = placed.tables[0].width;
                let count = values_of(&placed.tables[0]);
                self.signed(&wire("left"), wide, &extend(&value, width, wide));
                let out = placed.output.signed_width().max(bits + 1);
                let mut terms = Vec::new();
                for level in 0..count {
                    let right = format!("level{index}_{level}");
                    self.signed(
                        &right,
                        wide,
                        &slice(&thresholds, level * wide, wide, count * wide),
                    );
                    self.line(define(
                        &format!("reached{index}_{level}"),
                        1,
                        &format!("{} >= {right}", wire("left")),
                    ));
                    terms.push(resize(&format!("reached{index}_{level}"), 1, out));
                }
                if *base != 0 {
                    terms.push(literal(out, *base));
                }
                self.line(define(&wire("count"), out, &terms.join(" + ")));
                let exact = placed.output.signed_width();
                if exact < out {
                    self.line(format!(
                        "wire unused_count{index} = &{{1'b0, {}}};",
                        slice(&wire("count"), exact, out - exact, out)
                    ));
                }
                self.store(index, &slice(&wire("count"), 0, exact, out), exact);
            }
            (Step::Bias { width: bias_width }, _) => {
                let bias = self.table(index, step, 0);
                let out = placed.output.signed_width();
                let sum =
                    format!("{} + {}", extend(&value, width, out), extend(&bias, *bias_width, out));
                self.store(index, &sum, out);
            }
            (Step::Scale { .. } | Step::Prelu { .. } | Step::Rprelu { .. }, Part::Product) => {
                let mut bits = MANTISSA;
                let factor = match &placed.step {
                    Step::Scale { per: Per::Magnitude, .. } => {
                        let (_, magnitude) =
                            stages::magnitude(self.writer.layer).unwrap_or_default();
                        self.ports.push(Port::input("magnitude_i", magnitude));
                        bits = magnitude + 1;
                        let name = wire("magnitude");
                        self.line(define(&name, bits, &resize("magnitude_i", magnitude, bits)));
                        name
                    }
                    kind if crate::binary::is_positional(kind) => {
                        let port = format!("position_scale{index}_i");
                        self.ports.push(Port::input(port.clone(), MANTISSA));
                        port
                    }
                    Step::Rprelu { .. } => self.table(index, step, 1),
                    _ => self.table(index, step, 0),
                };
                let wide = width + bits;
                self.signed(&wire("left"), wide, &extend(&value, width, wide));
                self.signed(&wire("right"), wide, &extend(&factor, bits, wide));
                self.signed(
                    &wire("product"),
                    wide,
                    &format!("{} * {}", wire("left"), wire("right")),
                );
                if !matches!(placed.step, Step::Scale { .. }) {
                    // The number itself goes along: from zero on it is the result.
                    let keep = format!("plain_q{}", index + 1);
                    self.line(declare("reg", &keep, width));
                    let run = format!("{}_i", stages::run(self.writer.layer, index + 1));
                    let registers = self.registers().load_if(&run, &keep, &zero(width), &value);
                    self.lines.extend(block(&registers));
                }
                self.store(index, &wire("product"), wide);
            }
            (Step::Scale { shift, width: out, .. }, _) => {
                // Only channels have a bias.
                let bias_width = placed.tables.get(1).map_or(1, |table| table.width);
                let wide = width.max(bias_width).max(shift + 1) + 2;
                let mut sum = extend(&value, width, wide);
                if placed.tables.len() > 1 {
                    let bias = self.table(index, step, 1);
                    sum = format!("{sum} + {}", extend(&bias, bias_width, wide));
                }
                self.shifted(&wire("scaled"), &sum, wide, *shift);
                self.saturate(&wire("result"), (&wire("scaled"), wide - shift), *out);
                self.store(index, &wire("result"), *out);
            }
            (Step::Prelu { shift, width: out }, _) => {
                let (name, wide) = self.slope(index, *shift);
                self.saturate(&wire("result"), (&name, wide), *out);
                self.store(index, &wire("result"), *out);
            }
            (Step::Rprelu { width: shifts, .. }, Part::Before) => {
                let before = self.table(index, step, 0);
                let wide = width.max(*shifts) + 1;
                let sum =
                    format!("{} + {}", extend(&value, width, wide), extend(&before, *shifts, wide));
                self.store(index, &sum, wide);
            }
            (Step::Rprelu { shift, width: out }, _) => {
                let (name, wide) = self.slope(index, *shift);
                let after = self.table(index, step, 2);
                let more = wide.max(*out) + 1;
                let sum = format!("{} + {}", extend(&name, wide, more), extend(&after, *out, more));
                self.line(define(&wire("sum"), more, &sum));
                self.saturate(&wire("result"), (&wire("sum"), more), *out);
                self.store(index, &wire("result"), *out);
            }
            (Step::Residual { residual, width: out }, _) => {
                self.ports.push(Port::input("residual_i", *residual));
                let wide = width.max(*residual) + 1;
                let sum = format!(
                    "{} + {}",
                    extend(&value, width, wide),
                    extend("residual_i", *residual, wide)
                );
                self.line(define(&wire("sum"), wide, &sum));
                self.saturate(&wire("result"), (&wire("sum"), wide), *out);
                self.store(index, &wire("result"), *out);
            }
            (Step::Tee, _) => {
                // The register of the second result, which waits for its own stream.
                let out = placed.input.signed_width();
                self.ports.extend([Port::input("tee_load_i", 1), Port::output("tee_o", out)]);
                self.line(declare("reg", "tee_q", out));
                let value_out = slice(&value, 0, out, width);
                let registers =
                    self.registers().load_if("tee_load_i", "tee_q", &zero(out), &value_out);
                self.lines.extend(block(&registers));
                self.line("assign tee_o = tee_q;");
                self.store(index, &value, width);
            }
            (Step::Clamp { low, high }, _) => {
                let out = placed.output.signed_width();
                let wide = width.max(Range { min: *low, max: *high }.signed_width());
                self.signed(&wire("left"), wide, &extend(&value, width, wide));
                self.signed(&wire("low"), wide, &literal(wide, *low));
                self.signed(&wire("high"), wide, &literal(wide, *high));
                let [left, low, high] = ["left", "low", "high"].map(wire);
                self.line(define(
                    &wire("result"),
                    wide,
                    &format!("({left} < {low}) ? {low} : ({left} > {high}) ? {high} : {left}"),
                ));
                if wide > out {
                    self.line(format!(
                        "wire unused_clamp{index} = &{{1'b0, {}}};",
                        slice(&wire("result"), out, wide - out, wide)
                    ));
                }
                self.store(index, &slice(&wire("result"), 0, out, wide), out);
            }
            (Step::MaxPool { before_threshold, .. }, _) => {
                let bit = placed.input == Range::BIT;
                self.windows(index, step, width);
                let best = if bit {
                    let either = format!("({value} | {})", wire("open"));
                    if *before_threshold {
                        // The threshold's own table, read for this stage.
                        let invert = self.invert(index, step - 1);
                        format!("{invert} ? ({value} & {}) : {either}", wire("open"))
                    } else {
                        either
                    }
                } else {
                    self.signed(&wire("left"), width, &value);
                    self.signed(&wire("right"), width, &wire("open"));
                    format!("({} > {}) ? {value} : {}", wire("left"), wire("right"), wire("open"))
                };
                self.pooled(index, &value, &best);
                self.store(index, &wire("pooled"), width);
            }
            (Step::AvgPool { window }, _) => {
                let shift = window.iter().product::<usize>().trailing_zeros() as usize;
                let wide = width + shift;
                self.windows(index, step, wide);
                let value = extend(&value, width, wide);
                self.pooled(index, &value, &format!("{value} + {}", wire("open")));
                self.shifted(
                    &wire("mean"),
                    &extend(&wire("pooled"), wide, wide + 1),
                    wide + 1,
                    shift,
                );
                let narrow = wide + 1 - shift;
                if narrow > width {
                    self.line(format!(
                        "wire unused_mean{index} = &{{1'b0, {}}};",
                        slice(&wire("mean"), width, narrow - width, narrow)
                    ));
                }
                self.store(index, &slice(&wire("mean"), 0, width, narrow), width);
            }
        }
    }

    /// Whether the threshold `step` inverts, read for stage `index`.
    fn invert(&mut self, index: usize, step: usize) -> String {
        let depth = self.writer.layer.vectors();
        let name = format!("invert{step}_table");
        let memory = Memory { name, width: 1, depth };
        let value = format!("smallest{index}");
        self.line(define(&value, 1, &memory.read(&format!("vector{index}_i"))));
        value
    }

    /// The memory of unfinished windows: `open` is what the window holds so far.
    fn windows(&mut self, index: usize, step: usize, width: usize) {
        let depth = stages::pool_depth(self.writer.layer, step);
        self.ports.extend([
            Port::input(format!("pool_write{index}_i"), 1),
            Port::input(format!("pool_first{index}_i"), 1),
            Port::input(format!("pool_address{index}_i"), address_bits(depth)),
        ]);
        let (address, pooled) = (format!("pool_address{index}_i"), format!("pooled{index}"));
        let memory = Memory { name: format!("windows{index}"), width, depth };
        self.line(declare("wire", &pooled, width));
        self.lines.extend(memory.write(&format!("pool_write{index}_i"), &address, &pooled));
        self.line(define(&format!("open{index}"), width, &memory.read(&address)));
        if depth == 1 {
            self.line(format!("wire unused_pool{index} = &{{1'b0, {address}}};"));
        }
    }

    /// What the window holds with the value that arrives: the value itself if it is the first.
    fn pooled(&mut self, index: usize, value: &str, combined: &str) {
        self.line(format!("assign pooled{index} = pool_first{index}_i ? {value} : ({combined});"));
    }

    /// `name = (sum + 2^(shift-1)) >>> shift`, of `wide - shift` bits.
    fn shifted(&mut self, name: &str, sum: &str, wide: usize, shift: usize) {
        if shift == 0 {
            self.line(define(name, wide, sum));
            return;
        }
        let half = literal(wide, 1 << (shift - 1));
        self.line(define(&format!("{name}_sum"), wide, &format!("{sum} + {half}")));
        self.line(define(
            name,
            wide - shift,
            &slice(&format!("{name}_sum"), shift, wide - shift, wide),
        ));
        self.line(format!(
            "wire unused_{name}_low = &{{1'b0, {}}};",
            slice(&format!("{name}_sum"), 0, shift, wide)
        ));
    }

    /// The number or, below zero, the rounded product with the slope; its name and bits.
    fn slope(&mut self, index: usize, shift: usize) -> (String, usize) {
        let (value, width) = self.value.clone();
        let (plain, narrow) = (format!("plain_q{index}"), width - MANTISSA);
        let wide = width.max(shift + 1) + 1;
        let name = format!("bent{index}");
        self.shifted(&format!("{name}_low"), &extend(&value, width, wide), wide, shift);
        let out = (wide - shift).max(narrow);
        let low = extend(&format!("{name}_low"), wide - shift, out);
        let sign = slice(&plain, narrow - 1, 1, narrow);
        self.line(define(&name, out, &format!("{sign} ? {low} : {}", extend(&plain, narrow, out))));
        (name, out)
    }
}
