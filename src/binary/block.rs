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
use super::parameters::{LayerError, LayerParameters};
use super::step::Range;
use crate::arith::operand::Operand;
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
            if block.layers.iter().any(|layer| layer.name() == own.name) {
                return Err(LayerError::new(
                    format!("block.{index}.name"),
                    format!("two layers are called `{}`", own.name),
                    "give each layer a name of its own",
                ));
            }
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

    fn check_chain(&self, index: usize) -> Result<(), LayerError> {
        let layer = &self.layers[index];
        let fail = |key: &str, message: String, help: &str| {
            Err(LayerError::new(format!("block.{index}.{key}"), message, help))
        };
        let geometry = layer.geometry();
        let ragged =
            |channels: usize, lanes: usize| geometry.groups > 1 && !channels.is_multiple_of(lanes);
        if ragged(geometry.channels_per_group(), layer.simd())
            || ragged(geometry.outputs_per_group(), layer.lanes())
        {
            return fail(
                "folding",
                "a group of channels is no whole number of transfers".to_owned(),
                "within a block, let `simd` and `lanes` divide the channels of a group",
            );
        }
        if self.parameters.layers.iter().any(|(own, _)| own.reset != layer.reset()) {
            return fail(
                "reset",
                "the layers have different reset styles".to_owned(),
                "give all layers of a block the same `reset`",
            );
        }
        let tee_used = (0..self.layers.len())
            .any(|other| self.shortcut(other).is_some_and(|shortcut| shortcut.from == index + 1));
        if layer.tee().is_some() && !tee_used && index + 1 < self.layers.len() {
            return fail(
                "epilogue",
                "nothing takes what passes the `tee`".to_owned(),
                "let the shortcut of a later layer start here, or leave the `tee` out",
            );
        }
        if index == 0 {
            return Ok(());
        }
        let (before, node) = (&self.layers[index - 1], self.result(index - 1));
        if before.output_shape() != geometry.input() || node.channels != geometry.channels {
            return fail(
                "layer",
                format!(
                    "the input has {} positions of {} channels, but the layer before gives {} of {}",
                    sizes(geometry.input()),
                    geometry.channels,
                    sizes(before.output_shape()),
                    node.channels
                ),
                "an input is what the layer before gives",
            );
        }
        match layer.input_stage() {
            Some(stage) if node.range.signed_width() > stage.width => fail(
                "input",
                format!(
                    "the layer before gives {}, which does not fit {} bits",
                    node.range, stage.width
                ),
                "make the input stage wider",
            ),
            None if !is_direct(node.range, layer.parameters().activations) => fail(
                "activations",
                format!(
                    "the layer before gives {}, which are not the values of `{}`",
                    node.range,
                    layer.parameters().activations
                ),
                "end the layer before with a threshold, or give this one an `input` stage",
            ),
            _ => self.check_lanes(index, "folding", node.lanes, layer.simd()),
        }
    }

    fn check_lanes(
        &self,
        index: usize,
        key: &str,
        from: usize,
        to: usize,
    ) -> Result<(), LayerError> {
        if from.is_multiple_of(to) || to.is_multiple_of(from) {
            return Ok(());
        }
        Err(LayerError::new(
            format!("block.{index}.{key}"),
            format!("transfers of {from} channels are to become transfers of {to}"),
            "choose `simd` and `lanes` such that one of them divides the other",
        ))
    }

    fn check_shortcut(&self, index: usize) -> Result<(), LayerError> {
        let layer = &self.layers[index];
        let fail = |message: String, help: &str| {
            Err(LayerError::new(format!("block.{index}.shortcut"), message, help))
        };
        let (shortcut, width, placed) = match (self.shortcut(index), layer.residual()) {
            (None, None) => return Ok(()),
            (Some(_), None) => {
                return fail(
                    "the layer has no step `residual`".to_owned(),
                    "add the step where the shortcut is added, or leave the shortcut out",
                );
            }
            (None, Some(_)) => {
                return fail(
                    "nothing feeds the step `residual`".to_owned(),
                    "give the layer a `shortcut`",
                );
            }
            (Some(shortcut), Some((width, placed))) => (shortcut, width, placed),
        };
        if shortcut.from > index {
            return fail(
                "the shortcut starts behind the layer that it leads to".to_owned(),
                "let it start at `input` or behind an earlier layer, which count from 0",
            );
        }
        if shortcut.from == 0 && self.layers[0].input_stage().is_none() {
            return fail(
                "the input of the block is bits, which cannot be added".to_owned(),
                "give the first layer an `input` stage, which takes integers",
            );
        }
        let node = self.node(shortcut.from);
        if node.range == Range::BIT {
            return fail(
                "the shortcut starts at single bits".to_owned(),
                "put a `tee` before the threshold of the layer where it starts",
            );
        }
        let window = shortcut.window;
        if (0..3).any(|axis| !(1..=node.positions[axis]).contains(&window[axis])) {
            return fail(
                format!("a window of {} does not fit {}", sizes(window), sizes(node.positions)),
                "give one size for each dimension, at least 1",
            );
        }
        if !window.iter().product::<usize>().is_power_of_two() {
            return fail(
                "the window of `avgpool` is not a power of two, so that the mean is no shift"
                    .to_owned(),
                "choose such a window",
            );
        }
        let pooled = [0, 1, 2].map(|axis| node.positions[axis] / window[axis]);
        let outputs = layer.geometry().outputs;
        if pooled != placed.positions || Some(outputs) != node.channels.checked_mul(shortcut.repeat)
        {
            return fail(
                format!(
                    "the shortcut has {} positions of {} x {} channels, the step `residual` {} of \
                     {outputs}",
                    sizes(pooled),
                    shortcut.repeat,
                    node.channels,
                    sizes(placed.positions)
                ),
                "pool it by the stride of the layers around which it leads, and repeat its \
                 channels where they become more",
            );
        }
        if shortcut.repeat > 1 && !node.channels.is_multiple_of(layer.lanes()) {
            return fail(
                format!("`lanes` {} does not divide {} channels", layer.lanes(), node.channels),
                "repeated channels start with a transfer of their own",
            );
        }
        if node.range.signed_width() > width {
            return fail(
                format!("values of {} do not fit a residual of {width} bits", node.range),
                "make the residual wider",
            );
        }
        self.check_lanes(index, "shortcut", node.lanes, layer.lanes())
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

/// Whether the codes of the numbers of a range are those of the activations: bits are -1 and +1,
/// counts are counts.
#[must_use]
pub fn is_direct(range: Range, activations: Operand) -> bool {
    match activations {
        Operand::Bipolar { planes: 1 } => range == Range::BIT,
        Operand::Unsigned { planes } => !range.is_signed() && range.width() <= planes,
        Operand::Signed { planes } => range.signed_width() <= planes,
        Operand::Bipolar { .. } | Operand::Ternary => false,
    }
}

fn sizes(sizes: [usize; 3]) -> String {
    sizes.map(|size| size.to_string()).join(" x ")
}
