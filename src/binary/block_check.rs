//! Which layers form a block: what one gives the next one must be able to take.

use super::block::Block;
use super::geometry::LayerKind;
use super::parameters::LayerError;
use super::step::Range;
use crate::arith::operand::Operand;

impl Block {
    pub(super) fn check_chain(&self, index: usize) -> Result<(), LayerError> {
        let layer = &self.layers()[index];
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
        if self.parameters().layers.iter().any(|(own, _)| own.reset != layer.reset()) {
            return fail(
                "reset",
                "the layers have different reset styles".to_owned(),
                "give all layers of a block the same `reset`",
            );
        }
        let tee_used = (0..self.layers().len())
            .any(|other| self.shortcut(other).is_some_and(|shortcut| shortcut.from == index + 1));
        if layer.tee().is_some() && !tee_used && index + 1 < self.layers().len() {
            return fail(
                "epilogue",
                "nothing takes what passes the `tee`".to_owned(),
                "let the shortcut of a later layer start here, or leave the `tee` out",
            );
        }
        if index == 0 {
            return Ok(());
        }
        let (before, node) = (&self.layers()[index - 1], self.result(index - 1));
        let (map, input) = (before.output_shape(), geometry.input());
        if map != input || node.channels != geometry.channels {
            let flattens = geometry.kind == LayerKind::Linear && map != [1, 1, 1];
            let along = before.geometry().kind.axes().iter().map(|&axis| map[axis].to_string());
            return fail(
                "layer",
                format!(
                    "the input has {} positions of {} channels, but the layer before gives {} of {}",
                    sizes(input),
                    geometry.channels,
                    sizes(map),
                    node.channels
                ),
                &match flattens {
                    true => {
                        let map = along.collect::<Vec<_>>().join(", ");
                        format!(
                            "a map is not flattened; a convolution whose kernel is as large as the \
                             map is the same: `{}: {{input: [{map}], channels: {}, outputs: {}, \
                             kernel: [{map}]}}`, with the weights as (outputs, kernel, channels)",
                            before.geometry().kind,
                            node.channels,
                            geometry.outputs
                        )
                    }
                    false => "an input is what the layer before gives".to_owned(),
                },
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

    pub(super) fn check_shortcut(&self, index: usize) -> Result<(), LayerError> {
        let layer = &self.layers()[index];
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
        if shortcut.from == 0 && self.layers()[0].input_stage().is_none() {
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
        if let Some([z, y]) = self.starving_row(index) {
            return fail(
                format!(
                    "the mean for row {y} of depth {z} takes rows of the input that no layer takes \
                     in before it has given that row: both would wait for ever"
                ),
                "give a layer on the way a kernel that reaches as far as its stride",
            );
        }
        self.check_lanes(index, "shortcut", node.lanes, layer.lanes())
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
