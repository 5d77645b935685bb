//! A block: layers in a chain within one top, each with a shortcut around it where it has a
//! `residual`.
//!
//! ```text
//! x --+--> layer 0 --+--> layer 1 --> y
//!     |       ^      |       ^
//!     +-FIFO--+      +-FIFO--+
//! ```
//!
//! What enters layer i + 1 is the result of layer i. A shortcut starts at the input of the block or
//! behind any earlier layer: at its `tee` where it has one, else at its result. It may be pooled
//! (mean) and its channels repeated, as where a block of ReActNet doubles them.

use super::layer::{Layer, PlacedStep};
use super::module_names;
use super::parameters::{LayerError, LayerParameters};
use super::step::Range;
use crate::cache;
use crate::design::{Reset, Stream};

/// Most layers of a block.
pub const MAX_LAYERS: usize = 8;

/// The streams of the parameters of each layer.
const PARAMETER_STREAMS: [(&str, &str); MAX_LAYERS] = [
    ("p0", "s_axis_p0"),
    ("p1", "s_axis_p1"),
    ("p2", "s_axis_p2"),
    ("p3", "s_axis_p3"),
    ("p4", "s_axis_p4"),
    ("p5", "s_axis_p5"),
    ("p6", "s_axis_p6"),
    ("p7", "s_axis_p7"),
];

/// What feeds the step `residual` of a layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortcut {
    /// Layers before the place where it starts: 0 is the input of the block.
    pub from: usize,
    /// Depth, height and width of the windows whose mean is taken; no pooling when all are 1.
    pub window: [usize; 3],
    /// How often the channels are repeated, one copy behind the other.
    pub repeat: usize,
}

/// What a block is built from, before validation.
#[derive(Clone, Debug)]
pub struct BlockParameters {
    /// Name of the top module and prefix of all others.
    pub name: String,
    /// One line for people.
    pub summary: String,
    /// The layers with their own names, and what feeds their residual.
    pub layers: Vec<(LayerParameters, Option<Shortcut>)>,
}

/// What is known about the values at the start of a shortcut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// Their range.
    pub range: Range,
    /// Depth, height and width.
    pub positions: [usize; 3],
    /// Channels.
    pub channels: usize,
    /// Channels of a transfer.
    pub lanes: usize,
}

impl Node {
    /// Transfers of a position.
    #[must_use]
    pub const fn vectors(&self) -> usize {
        self.channels.div_ceil(self.lanes)
    }
}

/// A validated block.
#[derive(Clone, Debug)]
pub struct Block {
    parameters: BlockParameters,
    layers: Vec<Layer>,
}

impl Block {
    /// Validates the parameters.
    ///
    /// # Errors
    /// [`LayerError`] at the first parameter that cannot be built.
    pub fn new(parameters: BlockParameters) -> Result<Self, LayerError> {
        crate::design::check_name(&parameters.name)
            .map_err(|invalid| LayerError::new(invalid.path, invalid.message, invalid.help))?;
        let count = parameters.layers.len();
        if !(1..=MAX_LAYERS).contains(&count) {
            return Err(LayerError::new(
                "block",
                format!("there are {count} layers, out of range 1 to {MAX_LAYERS}"),
                "give the layers in the order in which they work",
            ));
        }
        let mut block = Self { parameters, layers: Vec::new() };
        for (index, (own, _)) in block.parameters.layers.iter().enumerate() {
            let own = LayerParameters {
                name: format!("{}_{}", block.parameters.name, own.name),
                ..own.clone()
            };
            let before: Vec<&str> =
                block.parameters.layers[..index].iter().map(|(own, _)| own.name.as_str()).collect();
            module_names::check(index, &block.parameters.layers[index].0.name, &before)?;
            let layer = Layer::new(own).map_err(|error| LayerError {
                path: format!("block.{index}.{}", error.path),
                ..error
            })?;
            block.layers.push(layer);
        }
        for index in 0..count {
            block.check_chain(index)?;
            block.check_shortcut(index)?;
        }
        Ok(block)
    }

    /// The parameters.
    #[must_use]
    pub fn parameters(&self) -> &BlockParameters {
        &self.parameters
    }

    /// Name of the top.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.parameters.name
    }

    /// The layers.
    #[must_use]
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// The last layer.
    #[must_use]
    pub fn last(&self) -> &Layer {
        &self.layers[self.layers.len() - 1]
    }

    /// The layer whose samples take longest; the first of several.
    #[must_use]
    pub fn slowest(&self) -> Option<&Layer> {
        let cycles = |index: &usize| self.layers[*index].cycles_of_sample();
        let slowest = (0..self.layers.len()).rev().max_by_key(cycles)?;
        self.layers.get(slowest)
    }

    /// Reset style of all layers.
    #[must_use]
    pub fn reset(&self) -> Reset {
        self.layers[0].reset()
    }

    /// What feeds the residual of a layer.
    #[must_use]
    pub fn shortcut(&self, index: usize) -> Option<&Shortcut> {
        self.parameters.layers[index].1.as_ref()
    }

    /// The result of a layer.
    #[must_use]
    pub fn result(&self, index: usize) -> Node {
        let layer = &self.layers[index];
        Node {
            range: layer.output_range(),
            positions: layer.output_shape(),
            channels: layer.geometry().outputs,
            lanes: layer.lanes(),
        }
    }

    /// Where shortcuts behind the first `from` layers start.
    #[must_use]
    pub fn node(&self, from: usize) -> Node {
        let Some(index) = from.checked_sub(1) else {
            let first = &self.layers[0];
            let geometry = first.geometry();
            let width = first.stream_x().lane_width;
            return Node {
                range: Range::signed(width),
                positions: geometry.input(),
                channels: geometry.channels,
                lanes: first.simd(),
            };
        };
        match self.layers[index].tee() {
            Some(PlacedStep { input, positions, .. }) => {
                Node { range: *input, positions: *positions, ..self.result(index) }
            }
            None => self.result(index),
        }
    }

    /// The streams of the top with what they carry, in port order: `x`, a stream of parameters for
    /// each layer, `y`, and `t` where the last layer has a tee.
    #[must_use]
    pub fn streams(&self) -> Vec<(&'static str, Stream)> {
        let mut streams = vec![("x", self.layers[0].stream_x())];
        for (layer, (role, name)) in self.layers.iter().zip(PARAMETER_STREAMS) {
            streams.push((role, Stream { name, ..layer.stream_p() }));
        }
        streams.extend(self.last().stream_t().map(|stream| ("t", stream)));
        streams.push(("y", self.last().stream_y()));
        streams
    }

    /// A short hash of everything that determines the output.
    #[must_use]
    pub fn hash(&self) -> String {
        let layers: Vec<String> = self.layers.iter().map(Layer::hash).collect();
        let shortcuts: Vec<_> = self.parameters.layers.iter().map(|(_, from)| from).collect();
        let Self { parameters: BlockParameters { name, summary, .. }, .. } = self;
        let mut hash = cache::hash(&[&format!("{name} {summary} {layers:?} {shortcuts:?}")]);
        hash.truncate(12);
        hash
    }
}
