//! The input stage: a layer takes the integers of a shortcut and binarizes them itself.
//!
//! The activation is one of the values `v_0 < v_1 < ..` of its format, chosen by counting the
//! thresholds of the channel that the input reaches:
//!
//! ```text
//! a = v_n      n = #{i : threshold[c][i] <= x}
//! ```
//!
//! With -1 and +1 that is `sign(x + t[c])` for the threshold `-t[c]`: the RSign of ReActNet, and
//! the plain sign for the threshold 0 (the sign of zero is +1, or -1 where it must be exceeded).
//! With more values it is any quantization with steps, such as that of DoReFa.
//! Source: Liu et al., "ReActNet" (ECCV 2020), section 4.2.

use super::layer::Layer;
use super::step::{Per, Range, Step, Table, TableOf};
use crate::arith::operand::Operand;

/// Most thresholds of a channel.
pub(super) const MAX_THRESHOLDS: usize = 15;

/// The input stage of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InputStage {
    /// Bits of the input, two's complement.
    pub width: usize,
    /// Whether an input that equals a threshold does not reach it.
    pub strict: bool,
}

impl InputStage {
    /// Thresholds of a channel: one less than the activations have values.
    #[must_use]
    pub fn thresholds(activations: Operand) -> usize {
        activations.values().len() - 1
    }

    /// The table of thresholds. One more than the largest input is never reached.
    #[must_use]
    pub fn table(self, activations: Operand) -> Table {
        let inputs = Range::signed(self.width);
        let range = Range { min: inputs.min, max: inputs.max + 1 };
        Table {
            name: "threshold",
            of: TableOf::Channels(Self::thresholds(activations)),
            width: range.signed_width(),
            range,
            saturates: true,
        }
    }

    /// The thresholds that mean something different from each other: from "always" to "never".
    #[must_use]
    pub fn allowed(self) -> Range {
        let inputs = Range::signed(self.width);
        let strict = i64::from(self.strict);
        Range { min: inputs.min - strict, max: inputs.max + 1 - strict }
    }
}

impl Layer {
    /// The input stage, if there is one.
    #[must_use]
    pub fn input_stage(&self) -> Option<InputStage> {
        self.parameters().input
    }

    /// The table of the input stage, if there is one.
    #[must_use]
    pub fn input_table(&self) -> Option<Table> {
        self.input_stage().map(|stage| stage.table(self.parameters().activations))
    }

    /// The input channel of a lane of a word of a position, or nothing where the lane is a rest.
    #[must_use]
    pub fn input_channel(&self, word: usize, lane: usize) -> Option<usize> {
        let per_group = self.geometry().channels_per_group();
        let (group, part) = (word / self.words_per_tap(), word % self.words_per_tap());
        let within = part * self.simd() + lane;
        (within < per_group).then(|| group * per_group + within)
    }

    /// Bits of the sum of |x| over the channels of a word, and over all terms of a dot product;
    /// nothing where no step scales by it.
    #[must_use]
    pub fn magnitude_widths(&self) -> Option<(usize, usize)> {
        let scales = |step: &Step| matches!(step, Step::Scale { per: Per::Magnitude, .. });
        self.parameters().steps.iter().find(|step| scales(step))?;
        let most = -Range::signed(self.input_stage()?.width).min;
        let width = |terms: usize| Range { min: 0, max: terms as i64 * most }.width();
        Some((width(self.simd()), width(self.geometry().fan_in())))
    }

    /// Values that the input may have: those of the activations, or all of the input stage.
    #[must_use]
    pub fn is_input(&self, value: i64) -> bool {
        match self.input_stage() {
            Some(stage) => Range::signed(stage.width).clamp(value) == value,
            None => self.parameters().activations.code(value).is_some(),
        }
    }
}
