//! A validated layer engine: everything that its hardware, its golden model and its drivers need.
//!
//! The engine reads a sample channel-last into a buffer of rows, and computes one position of the
//! output after the other. At a position it takes the outputs in vectors of `lanes` channels; for a
//! vector it goes through the taps of the kernel and the channels of a tap, `simd` channels in a
//! cycle. So a position takes `vectors * words` cycles, and any of the numbers may leave a rest.

use super::check::check_geometry;
use super::geometry::{Geometry, PaddingValue};
use super::parameters::{LayerError, LayerParameters};
use super::step::{MAX_VALUE_WIDTH, Per, Range, Step, Table, TableOf};
use crate::arith::adder::Topology;
use crate::arith::compress::{self, CompressorStrategy};
use crate::arith::dot::{Dot, DotKind};
use crate::cache;
use crate::design::{Reset, Target};

/// A step with what is known about it within its layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedStep {
    /// The step.
    pub step: Step,
    /// Values that reach it.
    pub input: Range,
    /// Values that leave it.
    pub output: Range,
    /// Depth, height and width of the positions that reach it.
    pub positions: [usize; 3],
    /// What it reads, in the order in which it is loaded.
    pub tables: Vec<Table>,
}

/// A validated layer engine.
#[derive(Clone, Debug)]
pub struct Layer {
    parameters: LayerParameters,
    steps: Vec<PlacedStep>,
    shape: [usize; 3],
}

impl Layer {
    /// Validates the parameters.
    ///
    /// # Errors
    /// [`LayerError`] at the first parameter that cannot be built.
    pub fn new(parameters: LayerParameters) -> Result<Self, LayerError> {
        crate::design::check_name(&parameters.name)
            .map_err(|invalid| LayerError::new(invalid.path, invalid.message, invalid.help))?;
        check_geometry(&parameters)?;
        let mut layer = Self { steps: Vec::new(), shape: parameters.geometry.output(), parameters };
        let mut range = layer.dot_range();
        for (index, step) in layer.parameters.steps.clone().into_iter().enumerate() {
            let path = format!("epilogue.{index}");
            layer.check_step(&path, index, &step, range)?;
            let output = step.output(range);
            if output.signed_width() > MAX_VALUE_WIDTH {
                return Err(LayerError::new(
                    path,
                    format!("values of {output} need more than {MAX_VALUE_WIDTH} bits"),
                    "narrow them, for example by a `scale` with a smaller `width`",
                ));
            }
            let positions = layer.shape;
            if let Some(window) = step.window() {
                layer.shape = [0, 1, 2].map(|axis| positions[axis] / window[axis]);
            }
            let tables = step.tables(range);
            layer.steps.push(PlacedStep { step, input: range, output, positions, tables });
            range = output;
        }
        layer.check_streams()?;
        Ok(layer)
    }

    /// The parameters.
    #[must_use]
    pub fn parameters(&self) -> &LayerParameters {
        &self.parameters
    }

    /// Name of the top.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.parameters.name
    }

    /// Geometry.
    #[must_use]
    pub fn geometry(&self) -> &Geometry {
        &self.parameters.geometry
    }

    /// Channels of a word.
    #[must_use]
    pub fn simd(&self) -> usize {
        self.parameters.simd
    }

    /// Outputs of a vector.
    #[must_use]
    pub fn lanes(&self) -> usize {
        self.parameters.lanes
    }

    /// Operations, of a weight and an activation each, that the engine does in a cycle when nothing
    /// waits.
    #[must_use]
    pub fn operations_per_cycle(&self) -> f64 {
        (self.simd() * self.lanes()) as f64
    }

    /// The steps after the dot product.
    #[must_use]
    pub fn steps(&self) -> &[PlacedStep] {
        &self.steps
    }

    /// Words of a tap.
    #[must_use]
    pub fn words_per_tap(&self) -> usize {
        self.geometry().channels_per_group().div_ceil(self.simd())
    }

    /// Terms of the last word of a tap.
    #[must_use]
    pub fn last_word(&self) -> usize {
        self.geometry().channels_per_group() - (self.words_per_tap() - 1) * self.simd()
    }

    /// Words of a dot product.
    #[must_use]
    pub fn words(&self) -> usize {
        self.words_per_tap() * self.geometry().taps()
    }

    /// Words of an input position.
    #[must_use]
    pub fn words_per_position(&self) -> usize {
        self.words_per_tap() * self.geometry().groups
    }

    /// Vectors of a group of outputs.
    #[must_use]
    pub fn vectors_per_group(&self) -> usize {
        self.geometry().outputs_per_group().div_ceil(self.lanes())
    }

    /// Vectors of an output position.
    #[must_use]
    pub fn vectors(&self) -> usize {
        self.vectors_per_group() * self.geometry().groups
    }

    /// The output channel of a lane of a vector, or nothing where the lane is a rest.
    #[must_use]
    pub fn channel(&self, vector: usize, lane: usize) -> Option<usize> {
        let per_group = self.geometry().outputs_per_group();
        let (group, part) = (vector / self.vectors_per_group(), vector % self.vectors_per_group());
        let within = part * self.lanes() + lane;
        (within < per_group).then(|| group * per_group + within)
    }

    /// Whether taps in the padding are masked.
    #[must_use]
    pub fn masked(&self) -> bool {
        self.geometry().is_padded() && self.geometry().padding_value == PaddingValue::Zero
    }

    /// The dot product of a word.
    #[must_use]
    pub fn dot(&self) -> Dot {
        let compressor: &'static dyn CompressorStrategy = match self.parameters.target {
            Target::Asic => &compress::Timed,
            Target::Fpga => &compress::Counters,
        };
        Dot {
            x: self.parameters.activations,
            w: self.parameters.weights,
            lanes: self.simd(),
            masked: self.masked(),
            compressor,
        }
    }

    /// Topology of carry-propagate adders.
    #[must_use]
    pub const fn topology(&self) -> Topology {
        Topology::Sklansky
    }

    /// Whether dot products accumulate in carry-save.
    #[must_use]
    pub fn carry_save(&self) -> bool {
        self.parameters.carry_save.unwrap_or(self.parameters.target == Target::Asic)
    }

    /// Reset style.
    #[must_use]
    pub const fn reset(&self) -> Reset {
        self.parameters.reset
    }

    /// All values of a dot product, for any weights.
    #[must_use]
    pub fn dot_range(&self) -> Range {
        let (x, w) = (self.parameters.activations, self.parameters.weights);
        let corners = [x.min(), x.max()].map(|x| [x * w.min(), x * w.max()]).concat();
        let terms = self.geometry().fan_in() as i64;
        let least = corners.iter().copied().min().unwrap_or_default();
        let most = corners.iter().copied().max().unwrap_or_default();
        // With padding a part of the terms may be zero.
        let zero = if self.masked() { 0 } else { least };
        Range { min: terms * least.min(zero), max: terms * most.max(zero.min(most)) }
    }

    /// What an XNOR accumulator starts with less than the dot product: K F.
    #[must_use]
    pub fn offset(&self) -> i64 {
        self.geometry().fan_in() as i64 * self.dot().offset()
    }

    /// What a masked word counts: (a full word, the last word of a tap).
    #[must_use]
    pub fn skips(&self) -> (i64, i64) {
        let factor = self.dot().offset();
        (self.simd() as i64 * factor, self.last_word() as i64 * factor)
    }

    /// Whether the accumulator counts in twos, because all that is added up is even.
    #[must_use]
    pub fn halved(&self) -> bool {
        if self.dot().kind() != DotKind::Xnor {
            return false;
        }
        let (full, last) = self.skips();
        let full = if self.words_per_tap() > 1 { full } else { 0 };
        !self.masked() || (full % 2 == 0 && last % 2 == 0)
    }

    /// Whether the first step is a threshold, which the accumulator starts from, so that its sign
    /// is the result.
    #[must_use]
    pub fn preloaded(&self) -> bool {
        matches!(self.parameters.steps.first(), Some(Step::Threshold { .. }))
    }

    /// What the accumulator holds at the end of a dot product.
    #[must_use]
    pub fn accumulator_range(&self) -> Range {
        let d = self.dot_range();
        let exact = match self.preloaded() {
            true => Range { min: d.min - (d.max + 1), max: d.max - d.min },
            false => d,
        };
        let unit = if self.halved() { 2 } else { 1 };
        Range { min: exact.min.div_euclid(unit), max: exact.max.div_euclid(unit) }
    }

    /// Bits of the accumulator.
    #[must_use]
    pub fn accumulator_width(&self) -> usize {
        self.accumulator_range().signed_width()
    }

    /// The value with which the accumulator starts, given the threshold (0 without one).
    #[must_use]
    pub fn start(&self, threshold: i64) -> i64 {
        let exact = -self.offset() - threshold;
        if self.halved() { exact.div_euclid(2) } else { exact }
    }

    /// Values of the output.
    #[must_use]
    pub fn output_range(&self) -> Range {
        self.steps.last().map_or(self.dot_range(), |step| step.output)
    }

    /// Depth, height and width of the output.
    #[must_use]
    pub const fn output_shape(&self) -> [usize; 3] {
        self.shape
    }

    /// A short hash of everything that determines the output.
    #[must_use]
    pub fn hash(&self) -> String {
        // What is left to a default is the same as the default written out.
        let carry_save = Some(self.carry_save());
        let parameters = LayerParameters { carry_save, ..self.parameters.clone() };
        let mut hash = cache::hash(&[&format!("{parameters:?}")]);
        hash.truncate(12);
        hash
    }
}

/// Entries of a table in a layer: per lane and vector, or once per position.
#[must_use]
pub fn values_of(table: &Table) -> usize {
    match table.of {
        TableOf::Channels(count) => count,
        TableOf::Positions => 1,
    }
}

/// Whether a step reads a table of positions.
#[must_use]
pub const fn is_positional(step: &Step) -> bool {
    matches!(step, Step::Scale { per: Per::Position, .. })
}
