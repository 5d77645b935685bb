//! What plots are made of: axes, lines, words.

use std::fmt::Write as _;

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
