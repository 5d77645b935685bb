//! Tensors and parameters as transfers of the streams of a layer engine.
//!
//! Activations: for each sample, position and group the words of `simd` channels; a lane is the
//! code of a channel, and lanes beyond the last channel of a group are ignored. Results and
//! residuals: for each sample, position and group the vectors of `lanes` channels; lanes beyond the
//! last channel are zero in results and ignored in residuals.
//!
//! Parameters: one frame for each tile, a tile being the samples up to a `tlast` of the
//! activations. A frame is a sequence of sections, each of one record per transfer:
//!
//! 1. weights: for each vector and word one record per lane, a code of a weight after the other;
//! 2. with an input stage: for each word of a position one record per channel of the word, the
//!    thresholds of the channel from the low bits up;
//! 3. for each step that has tables of channels: for each vector one record per lane, the values
//!    of the tables of the channel from the low bits up. A threshold that is the first step is
//!    loaded as the value with which the accumulator starts, see [`Layer::start`];
//! 4. for each step with a table of positions: one record per position.

use crate::data::{Tensor, Values};
use num_bigint::{BigInt, BigUint};

use super::layer::{Layer, is_positional, values_of};
use super::parameters::LayerError;
use super::step::{Range, Step, Table, TableOf};

/// What the records of a section are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SectionKind {
    /// Words of weights.
    Weights,
    /// The thresholds of the input stage.
    Input,
    /// The channel tables of this step.
    Channels(usize),
    /// The position table of this step.
    Positions(usize),
}

/// A part of a parameter frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section {
    /// What its records are.
    pub kind: SectionKind,
    /// Bits of a record.
    pub width: usize,
    /// Addresses.
    pub depth: usize,
    /// Records of an address: one per lane of results or of the input, or 1.
    pub lanes: usize,
}

/// Trained parameters of a layer as integers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerValues {
    /// \[outputs, kernel depth, kernel height, kernel width, channels / groups\].
    pub weights: Tensor,
    /// Thresholds of the input stage, those of a channel next to each other; none without one.
    pub input: Vec<i64>,
    /// The tables of each step.
    pub steps: Vec<Values>,
}

/// Bits of a table's values of a channel, as they are loaded.
#[must_use]
pub fn loaded_width(layer: &Layer, step: usize, table: &Table) -> usize {
    if step == 0 && layer.preloaded() && table.name == "threshold" {
        return layer.accumulator_width();
    }
    table.width * values_of(table)
}

impl Layer {
    /// The sections of a parameter frame, in their order.
    #[must_use]
    pub fn sections(&self) -> Vec<Section> {
        let lanes = self.lanes();
        let mut sections = vec![Section {
            kind: SectionKind::Weights,
            width: self.simd() * self.parameters().weights.width(),
            depth: self.vectors() * self.words(),
            lanes,
        }];
        if let Some(table) = self.input_table() {
            let width = table.width * values_of(&table);
            let depth = self.words_per_position();
            sections.push(Section { kind: SectionKind::Input, width, depth, lanes: self.simd() });
        }
        for (index, placed) in self.steps().iter().enumerate() {
            if placed.tables.is_empty() || is_positional(&placed.step) {
                continue;
            }
            let widths = placed.tables.iter().map(|table| loaded_width(self, index, table));
            let kind = SectionKind::Channels(index);
            sections.push(Section { kind, width: widths.sum(), depth: self.vectors(), lanes });
        }
        for (index, placed) in self.steps().iter().enumerate() {
            if is_positional(&placed.step) {
                let depth = placed.positions.iter().product();
                let kind = SectionKind::Positions(index);
                sections.push(Section { kind, width: placed.tables[0].width, depth, lanes: 1 });
            }
        }
        sections
    }

    /// Bits of the widest record that goes to the lanes of the results.
    #[must_use]
    pub fn lane_record_width(&self) -> usize {
        let lanes = |section: &Section| {
            matches!(section.kind, SectionKind::Weights | SectionKind::Channels(_))
        };
        let sections = self.sections().into_iter().filter(lanes);
        sections.map(|section| section.width).max().unwrap_or(1)
    }

    /// Records of the address with the most of them.
    #[must_use]
    pub fn record_lanes(&self) -> usize {
        self.sections().iter().map(|section| section.lanes).max().unwrap_or(1)
    }

    /// Bits of the widest record.
    #[must_use]
    pub fn frame_width(&self) -> usize {
        self.sections().iter().map(|section| section.width).max().unwrap_or(1)
    }

    /// Checks that values fit the layer; thresholds beyond what a dot product reaches are replaced
    /// by the nearest that means the same.
    ///
    /// # Errors
    /// [`LayerError`] naming the tensor or table.
    pub fn check_values(&self, values: &LayerValues) -> Result<LayerValues, LayerError> {
        let geometry = self.geometry();
        let kernel = geometry.axes.map(|axis| axis.kernel);
        let per_group = geometry.channels_per_group();
        let shape = [geometry.outputs, kernel[0], kernel[1], kernel[2], per_group];
        let fail =
            |name: &str, message: String, help: &str| Err(LayerError::new(name, message, help));
        if values.weights.shape != shape {
            let found = values.weights.shape;
            let message = format!("the weights have shape {found:?}, the layer {shape:?}");
            return fail("weights", message, "order the axes as outputs, kernel, channels");
        }
        let format = self.parameters().weights;
        if let Some(value) = values.weights.data.iter().find(|value| format.code(**value).is_none())
        {
            let message = format!("the weight {value} is not a value of `{format}`");
            return fail("weights", message, "quantise the weights, or choose another format");
        }
        let mut checked = values.clone();
        let thresholds =
            self.input_table().map_or(0, |table| geometry.channels * values_of(&table));
        if values.input.len() != thresholds {
            let message = format!("{} values, the layer needs {thresholds}", values.input.len());
            return fail("input.threshold", message, "give those of each channel of the input");
        }
        if let Some(stage) = self.input_stage() {
            let allowed = stage.allowed();
            checked.input.iter_mut().for_each(|value| *value = allowed.clamp(*value));
        }
        if values.steps.len() != self.steps().len() {
            let message = format!("tables for {} steps", values.steps.len());
            return fail("epilogue", message, "give the tables of every step");
        }
        for (index, placed) in self.steps().iter().enumerate() {
            for (table, column) in placed.tables.iter().zip(&mut checked.steps[index]) {
                let name = format!("{}.{}", placed.step.name(), table.name);
                let count = match table.of {
                    TableOf::Channels(count) => count * geometry.outputs,
                    TableOf::Positions => placed.positions.iter().product(),
                };
                if column.len() != count {
                    let message = format!("{} values, the layer needs {count}", column.len());
                    return fail(&name, message, "give one for each channel or position");
                }
                for value in column {
                    let nearest = allowed(placed.input, &placed.step, table).clamp(*value);
                    if nearest != *value && !table.saturates {
                        let message = format!("the value {value} is outside {}", table.range);
                        return fail(&name, message, "scale the parameters down");
                    }
                    *value = nearest;
                }
            }
        }
        Ok(checked)
    }

    /// The transfers of a parameter frame for values that [`Layer::check_values`] has seen.
    #[must_use]
    pub fn frame(&self, values: &LayerValues) -> Vec<BigUint> {
        let mut transfers = Vec::new();
        for section in self.sections() {
            for address in 0..section.depth {
                for lane in 0..section.lanes {
                    transfers.push(match section.kind {
                        SectionKind::Weights => self.weight_record(values, address, lane),
                        SectionKind::Input => self.input_record(values, address, lane),
                        SectionKind::Channels(step) => {
                            self.table_record(values, step, address, lane)
                        }
                        SectionKind::Positions(step) => {
                            bits(values.steps[step][0][address], section.width)
                        }
                    });
                }
            }
        }
        transfers
    }

    /// The words of samples of activations.
    #[must_use]
    pub fn words_of(&self, activations: &Tensor) -> Vec<BigUint> {
        let format = self.parameters().activations;
        let (width, raw) = (self.stream_x().lane_width, self.input_stage().is_some());
        let code = |value: i64| match raw {
            true => bits(value, width),
            false => BigUint::from(format.code(value).unwrap_or(0)),
        };
        let per_group = self.geometry().channels_per_group();
        let mut words = Vec::new();
        for position in activations.data.chunks_exact(self.geometry().channels) {
            for group in position.chunks_exact(per_group) {
                for word in group.chunks(self.simd()) {
                    let codes = word.iter().rev().map(|&value| code(value));
                    words.push(codes.fold(BigUint::ZERO, |word, code| (word << width) | code));
                }
            }
        }
        words
    }

    /// The vectors of results or residuals of `width` bits.
    #[must_use]
    pub fn vectors_of(&self, tensor: &Tensor, width: usize) -> Vec<BigUint> {
        let mut vectors = Vec::new();
        for position in tensor.data.chunks_exact(self.geometry().outputs) {
            for vector in 0..self.vectors() {
                let lanes = (0..self.lanes()).rev().map(|lane| {
                    let channel = self.channel(vector, lane);
                    channel.map_or(BigUint::ZERO, |channel| bits(position[channel], width))
                });
                vectors.push(lanes.fold(BigUint::ZERO, |word, lane| (word << width) | lane));
            }
        }
        vectors
    }
}

/// The values of a table that mean something different from each other.
fn allowed(input: Range, step: &Step, table: &Table) -> Range {
    match step {
        // x > t: from "always" to "never".
        Step::Threshold { strict: true } if table.name == "threshold" => {
            Range { min: input.min - 1, max: input.max }
        }
        _ => table.range,
    }
}

/// The low `width` bits of a number.
pub(crate) fn bits(value: i64, width: usize) -> BigUint {
    let modulus = BigInt::from(1) << width;
    let residue = (BigInt::from(value) % &modulus + &modulus) % &modulus;
    residue.to_biguint().unwrap_or_default()
}
