//! The window: every beat of the walk leaves once, in its turn, with the word that belongs to it.
//!
//! Any one word of the input is followed from where it comes in to where it is read: it is in the
//! ring when the walk asks for it, and nothing has been written over it. Its row is counted from the
//! first row of the sample that the walk is at.

use super::super::text::{Counter, bits, literal, resize};
use super::beats::beats;
use super::followed::follow;
use crate::binary::{Axis, Layer};
use crate::rtl::properties::Properties;

/// The numbers of a window.
pub(super) struct Sizes {
    /// Rows of a sample, of the ring; words of a row.
    pub rows: usize,
    pub ring: usize,
    pub line: usize,
    /// Bits of all numbers that are compared.
    pub width: usize,
    /// Bits of the register that counts rows.
    pub row_width: usize,
    /// Bits of a word with what lies beside it.
    pub entry: usize,
}

impl Sizes {
    fn new(layer: &Layer) -> Self {
        let [depth, height, width] = &layer.geometry().axes;
        let rows = depth.input * height.input;
        let ring = layer.ring();
        let line = width.input * layer.words_per_position();
        let weights = layer.vectors() * layer.words();
        let padded = |axis: &Axis| axis.input + 2 * axis.padding;
        let reach = (padded(depth) * height.input + padded(height))
            .max(padded(width) * layer.words_per_position());
        let row_width = bits((rows + ring).max(padded(height)).max(padded(depth)));
        let most = (2 * (rows + ring)).max(2 * line).max(weights).max(2 * reach);
        let magnitude = layer.magnitude_widths().map_or(0, |(sum, _)| sum);
        let entry = layer.simd() * layer.parameters().activations.width() + magnitude;
        Self { rows, ring, line, width: bits(most) + 1, row_width, entry }
    }
}

/// The counters of the walk as the window has them.
pub(super) struct Counters {
    pub word: Counter,
    pub taps: [Counter; 3],
    pub tag: Counter,
    pub part: Counter,
    pub group: Counter,
    pub outputs: [Counter; 3],
    pub weight: Counter,
    pub column: Counter,
}

impl Counters {
    fn new(layer: &Layer, sizes: &Sizes) -> Self {
        let axes = &layer.geometry().axes;
        let names = |name: &str| {
            [(0, "z"), (1, "y"), (2, "x")].map(|(axis, letter)| {
                let extent = if name == "tap" { axes[axis].kernel } else { axes[axis].output() };
                Counter::new(format!("{name}_{letter}"), extent)
            })
        };
        let groups = layer.geometry().groups;
        let parts = if groups > 1 { layer.vectors_per_group() } else { 1 };
        Self {
            word: Counter::new("word", layer.words_per_tap()),
            taps: names("tap"),
            tag: Counter::new("tag", layer.vectors()),
            part: Counter::new("part", parts),
            group: Counter::new("group", groups),
            outputs: names("out"),
            weight: Counter::new("weight", layer.vectors() * layer.words()),
            column: Counter::new("column", sizes.line),
        }
    }

    pub fn all(&self) -> Vec<&Counter> {
        let mut all = vec![&self.word, &self.tag, &self.part, &self.group, &self.weight];
        all.push(&self.column);
        all.extend(self.taps.iter().chain(&self.outputs));
        all.retain(|counter| counter.exists());
        all
    }
}

/// The properties of the window of a layer.
pub(in crate::rtl::binary) fn window(layer: &Layer) -> Properties {
    let sizes = Sizes::new(layer);
    let counters = Counters::new(layer, &sizes);
    let properties = Properties::new(layer.reset());
    let properties = beats(layer, &sizes, &counters, properties);
    let properties = rows(&sizes, &counters.column, properties);
    follow(layer, &sizes, &counters, properties).reach("A beat leaves.", "beat_o & run_i")
}

/// The ring neither overflows nor underflows.
fn rows(sizes: &Sizes, column: &Counter, properties: Properties) -> Properties {
    let Sizes { rows, ring, width, row_width, .. } = *sizes;
    let number = |value: usize| literal(width, value as i64);
    let arrived = resize("arrived_q", row_width, width);
    let oldest = resize("oldest", row_width, width);
    let begun = match column.exists() {
        true => vec![format!(
            "({} == {}) | ({arrived} < {oldest} + {})",
            column.value(width),
            number(0),
            number(ring)
        )],
        false => Vec::new(),
    };
    properties
        .assert_all("A row has been begun where none is needed any more.", &begun)
        .assert(
            "No more rows than the ring holds, from the oldest that is needed on.",
            &format!("{arrived} <= {oldest} + {}", number(ring)),
        )
        .assert(
            "A row is written where none is needed any more.",
            &format!("~taken | ({arrived} < {oldest} + {})", number(ring)),
        )
        .assert(
            "A sample is done when all of it has come.",
            &format!("~sample_done | ({arrived} >= {})", number(rows)),
        )
}
