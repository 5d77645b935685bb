//! Plots of measurements: curves of area against delay, bars of energy.

use std::fmt::Write as _;

use crate::synth::{EnergyKind, Report};

/// Colours that remain distinct to colour-blind readers (Okabe and Ito).
pub(super) const COLOURS: &[&str] =
    &["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"];

pub(super) const WIDTH: f64 = 720.0;
pub(super) const HEIGHT: f64 = 440.0;
/// Space for labels: left, right, top, bottom.
pub(super) const MARGIN: [f64; 4] = [80.0, 24.0, 48.0, 60.0];

/// One axis: values from `low` to `high`, marked at multiples of `step`.
pub(super) struct Axis {
    low: f64,
    high: f64,
    step: f64,
}

impl Axis {
    /// An axis that holds all values, with about six marks at round numbers.
    pub(super) fn around(values: impl Iterator<Item = f64> + Clone, from_zero: bool) -> Self {
        let high = values.clone().fold(f64::MIN, f64::max);
        let low = if from_zero { 0.0 } else { values.fold(f64::MAX, f64::min) };
        let span = if high > low { high - low } else { high.abs().max(1e-9) };
        let power = 10f64.powf((span / 6.0).log10().floor());
        let steps = [1.0, 2.0, 2.5, 5.0, 10.0].map(|factor| factor * power);
        let step = steps.into_iter().find(|step| span / step <= 6.0).unwrap_or(span);
        Self { low: (low / step).floor() * step, high: (high / step).ceil() * step, step }
    }

    pub(super) fn marks(&self) -> Vec<f64> {
        let count = ((self.high - self.low) / self.step).round() as usize;
        (0..=count.min(20)).map(|index| self.low + index as f64 * self.step).collect()
    }

    /// Position from 0 to 1.
    pub(super) fn place(&self, value: f64) -> f64 {
        (value - self.low) / (self.high - self.low)
    }

    /// A mark with as many decimals as the step has.
    pub(super) fn label(&self, value: f64) -> String {
        let decimals = (-self.step.log10().floor()).clamp(0.0, 6.0) as usize;
        let extra = usize::from((self.step * 10f64.powi(decimals as i32)).fract() > 1e-6);
        format!("{value:.*}", decimals + extra)
    }
}

pub(super) fn x_of(place: f64) -> f64 {
    MARGIN[0] + place * (WIDTH - MARGIN[0] - MARGIN[1])
}

pub(super) fn y_of(place: f64, height: f64) -> f64 {
    height - MARGIN[3] - place * (height - MARGIN[2] - MARGIN[3])
}

pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

pub(super) fn head(title: &str, height: f64) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         height=\"{height}\" font-family=\"sans-serif\" font-size=\"13\">\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#ffffff\"/>\n\
         <text x=\"{}\" y=\"24\" text-anchor=\"middle\" font-size=\"16\">{}</text>\n",
        WIDTH / 2.0,
        escape(title)
    )
}

pub(super) fn text(svg: &mut String, (x, y): (f64, f64), anchor: &str, words: &str) {
    let words = escape(words);
    let _ =
        writeln!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{words}</text>");
}

pub(super) fn line(svg: &mut String, from: (f64, f64), to: (f64, f64), colour: &str) {
    let _ = writeln!(
        svg,
        "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" stroke=\"{colour}\"/>",
        from.0, from.1, to.0, to.1
    );
}

/// Area against delay, one curve per report; reports are of one library and scope.
#[must_use]
pub fn area_delay(reports: &[Report]) -> String {
    let points = || reports.iter().flat_map(|report| &report.points);
    let (library, scope) = reports.first().map_or(("", ""), |r| (&r.library, &r.scope));
    let mut svg = head(&format!("Area against delay, scope {scope}, {library}"), HEIGHT);
    let x = Axis::around(points().map(|point| point.delay_ns), false);
    let y = Axis::around(points().map(|point| point.area_um2), true);
    let (bottom, top) = (y_of(0.0, HEIGHT), y_of(1.0, HEIGHT));
    for mark in x.marks() {
        let at = x_of(x.place(mark));
        line(&mut svg, (at, top), (at, bottom), "#dddddd");
        text(&mut svg, (at, bottom + 18.0), "middle", &x.label(mark));
    }
    for mark in y.marks() {
        let at = y_of(y.place(mark), HEIGHT);
        line(&mut svg, (x_of(0.0), at), (x_of(1.0), at), "#dddddd");
        text(&mut svg, (x_of(0.0) - 8.0, at + 4.0), "end", &y.label(mark));
    }
    line(&mut svg, (x_of(0.0), bottom), (x_of(1.0), bottom), "#000000");
    line(&mut svg, (x_of(0.0), top), (x_of(0.0), bottom), "#000000");
    text(&mut svg, (x_of(0.5), HEIGHT - 16.0), "middle", "delay in ns (shortest period)");
    let middle = (top + bottom) / 2.0;
    let _ = writeln!(
        svg,
        "<text x=\"18\" y=\"{middle:.1}\" text-anchor=\"middle\" transform=\"rotate(-90 18 \
         {middle:.1})\">cell area in um2 (no wire load)</text>"
    );
    for (index, report) in reports.iter().enumerate() {
        let colour = COLOURS[index % COLOURS.len()];
        let place = |point: &crate::synth::Point| {
            (x_of(x.place(point.delay_ns)), y_of(y.place(point.area_um2), HEIGHT))
        };
        // A netlist serves every longer period, so the curve is a staircase.
        let mut path = String::new();
        for (number, point) in report.points.iter().enumerate() {
            let (px, py) = place(point);
            let _ = match number {
                0 => write!(path, "M{px:.1} {py:.1}"),
                _ => write!(path, " H{px:.1} V{py:.1}"),
            };
        }
        let _ = writeln!(
            svg,
            "<path d=\"{path} H{:.1}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
            x_of(1.0)
        );
        for point in &report.points {
            let (px, py) = place(point);
            let best = point.area_delay_um2_ns <= report.best_area_delay.area_delay_um2_ns;
            let radius = if best { 6.0 } else { 3.0 };
            let _ = writeln!(
                svg,
                "<circle cx=\"{px:.1}\" cy=\"{py:.1}\" r=\"{radius}\" fill=\"{colour}\"/>"
            );
        }
        let at = bottom - 12.0 - 18.0 * (reports.len() - 1 - index) as f64;
        let _ = writeln!(
            svg,
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"12\" height=\"12\" fill=\"{colour}\"/>",
            x_of(0.0) + 12.0,
            at - 11.0
        );
        let best = report.best_area_delay.area_delay_um2_ns;
        let words = format!("{}: best area x delay {best:.0} um2 ns (large dot)", report.design);
        text(&mut svg, (x_of(0.0) + 30.0, at), "start", &words);
    }
    svg.push_str("</svg>\n");
    svg
}

/// Energy per multiply-accumulate, one bar per report; nothing without a report.
#[must_use]
pub fn energy(reports: &[Report]) -> Option<String> {
    let first = reports.first()?;
    let height = MARGIN[2] + MARGIN[3] + 30.0 + 52.0 * reports.len() as f64;
    let title = format!("Energy per MAC on {} data, {}", first.energy.data, first.library);
    let mut svg = head(&title, height);
    let axis = Axis::around(reports.iter().map(|report| report.energy.pj_per_mac), true);
    let bottom = height - MARGIN[3];
    for mark in axis.marks() {
        let at = x_of(axis.place(mark));
        line(&mut svg, (at, MARGIN[2] + 24.0), (at, bottom), "#dddddd");
        text(&mut svg, (at, bottom + 18.0), "middle", &axis.label(mark));
    }
    text(
        &mut svg,
        (x_of(0.5), height - 16.0),
        "middle",
        "pJ per multiply-accumulate (no wires, no glitches)",
    );
    let parts = ["clock", "flip-flops", "logic", "leakage"];
    for (index, part) in parts.iter().enumerate() {
        let at = x_of(0.0) + 120.0 * index as f64;
        let _ = writeln!(
            svg,
            "<rect x=\"{at:.1}\" y=\"40\" width=\"12\" height=\"12\" fill=\"{}\"/>",
            COLOURS[index]
        );
        text(&mut svg, (at + 18.0, 51.0), "start", part);
    }
    for (index, report) in reports.iter().enumerate() {
        let energy = &report.energy;
        let top = MARGIN[2] + 30.0 + 52.0 * index as f64;
        text(&mut svg, (x_of(0.0), top + 12.0), "start", &report.design);
        let mut sum = 0.0;
        let values = [energy.clock_pj, energy.flip_flop_pj, energy.logic_pj, energy.leakage_pj];
        for (value, colour) in values.into_iter().zip(COLOURS) {
            let (from, to) = (x_of(axis.place(sum)), x_of(axis.place(sum + value)));
            let _ = writeln!(
                svg,
                "<rect x=\"{from:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"22\" fill=\"{colour}\"/>",
                top + 18.0,
                (to - from).max(0.0)
            );
            sum += value;
        }
        let guess = match energy.kind {
            EnergyKind::Simulated => "",
            EnergyKind::Vectorless => ", vectorless",
        };
        let words = format!("{sum:.3} pJ{guess}");
        // Inside the bar's end, where there is no room beside it.
        let end = x_of(axis.place(sum));
        let (x, anchor) =
            if end + 80.0 > WIDTH { (WIDTH - 4.0, "end") } else { (end + 6.0, "start") };
        let y = if anchor == "end" { top + 12.0 } else { top + 34.0 };
        text(&mut svg, (x, y), anchor, &words);
    }
    svg.push_str("</svg>\n");
    Some(svg)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_hold_their_values_at_round_marks() {
        let axis = Axis::around([0.44, 1.17].into_iter(), false);
        assert!(axis.low <= 0.44 && axis.high >= 1.17 && axis.marks().len() <= 9);
        assert_eq!(axis.label(axis.marks()[1]), "0.6");
        assert_eq!(Axis::around([1.0, 1.0].into_iter(), true).marks().len(), 6);
    }
}
