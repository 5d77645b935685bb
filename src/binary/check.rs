//! Which parameters describe a layer engine that can be built.

use super::geometry::PaddingValue;
use super::input::{InputStage, MAX_THRESHOLDS};
use super::layer::{Layer, PlacedStep};
use super::parameters::{LayerError, LayerParameters};
use super::step::{MAX_LEVEL_BITS, MAX_SHIFT, MAX_VALUE_WIDTH, Per, Range, Step};
use crate::design::MAX_PORT_WIDTH;

/// Largest input or output of any dimension, channels included.
const MAX_SIZE: usize = 16384;

/// Largest number of terms of a dot product.
const MAX_FAN_IN: usize = 1 << 20;

impl Layer {
    pub(super) fn check_step(
        &self,
        path: &str,
        index: usize,
        step: &Step,
        input: Range,
    ) -> Result<(), LayerError> {
        let fail = |message: String, help: &str| Err(LayerError::new(path, message, help));
        let name = step.name();
        let bits = index > 0 && matches!(self.steps()[index - 1].output, Range::BIT);
        if bits && !matches!(step, Step::MaxPool { .. }) {
            return fail(
                format!("`{name}` follows a step whose results are single bits"),
                "only `maxpool` works on bits; put the `threshold` behind it",
            );
        }
        let in_range = |key: &str, value: usize, least: usize, most: usize| {
            if (least..=most).contains(&value) {
                return Ok(());
            }
            let message = format!("`{key}` of `{name}` is {value}, out of range {least} to {most}");
            fail(message, "give a number from the range")
        };
        match *step {
            Step::Threshold { .. } | Step::Tee => Ok(()),
            Step::MultiThreshold { bits, base } => {
                in_range("bits", bits, 1, MAX_LEVEL_BITS)?;
                if base.unsigned_abs() > 1 << 15 {
                    return fail(format!("`base` is {base}"), "give a number from -32768 to 32768");
                }
                Ok(())
            }
            Step::Bias { width } => in_range("width", width, 1, MAX_VALUE_WIDTH - 1),
            Step::Scale { per: Per::Magnitude, .. } if self.input_stage().is_none() => fail(
                "the layer sees no |x| to scale by: its activations arrive as such".to_owned(),
                "give it an `input` stage",
            ),
            Step::Scale { per: Per::Magnitude, .. } if self.geometry().groups > 1 => fail(
                "the mean of |x| is over all channels, but the layer has groups".to_owned(),
                "scale by channels or by positions",
            ),
            Step::Scale { per: Per::Magnitude, .. }
                if self.steps().iter().any(|placed| placed.step.window().is_some()) =>
            {
                fail(
                    "|x| is that of a position, but the positions before have been pooled"
                        .to_owned(),
                    "scale before the pooling",
                )
            }
            Step::Scale { per: Per::Magnitude, .. }
                if self.magnitude_widths().is_some_and(|(_, width)| width >= MAX_VALUE_WIDTH) =>
            {
                fail(
                    format!("the sum of |x| takes {MAX_VALUE_WIDTH} bits or more"),
                    "make the input stage narrower",
                )
            }
            Step::Scale { shift, width, .. }
            | Step::Prelu { shift, width }
            | Step::Rprelu { shift, width } => {
                in_range("shift", shift, 0, MAX_SHIFT)?;
                in_range("width", width, 2, MAX_VALUE_WIDTH)
            }
            Step::Residual { residual, width } => {
                in_range("residual", residual, 1, MAX_VALUE_WIDTH)?;
                in_range("width", width, 2, MAX_VALUE_WIDTH)
            }
            Step::Clamp { low, high } => {
                if low >= high || low < input.min && high < input.min || low > input.max {
                    return fail(
                        format!("`clamp` from {low} to {high} leaves one value of {input}"),
                        "give limits within the range, the lower one first",
                    );
                }
                Ok(())
            }
            Step::MaxPool { window, before_threshold } => {
                self.check_window(path, window)?;
                let thresholds =
                    |placed: &PlacedStep| matches!(placed.step, Step::Threshold { .. });
                if before_threshold && !self.steps().last().is_some_and(thresholds) {
                    return fail(
                        "`before_threshold` needs a `threshold` right before".to_owned(),
                        "leave it out: values are pooled as they are",
                    );
                }
                Ok(())
            }
            Step::AvgPool { window } => {
                self.check_window(path, window)?;
                if window.iter().product::<usize>().is_power_of_two() {
                    return Ok(());
                }
                fail(
                    "the window of `avgpool` is not a power of two, so that the mean is no shift"
                        .to_owned(),
                    "choose such a window, or a `scale` after a power of two",
                )
            }
        }
    }

    fn check_window(&self, path: &str, window: [usize; 3]) -> Result<(), LayerError> {
        let axes = self.geometry().kind.axes();
        for (axis, &size) in window.iter().enumerate() {
            if size == 0 || size > self.output_shape()[axis] || (size > 1 && !axes.contains(&axis))
            {
                return Err(LayerError::new(
                    path,
                    format!(
                        "a window of {size} does not fit {} positions",
                        self.output_shape()[axis]
                    ),
                    "give one size for each dimension of the layer, at least 1",
                ));
            }
        }
        Ok(())
    }

    /// No port may be wider than [`MAX_PORT_WIDTH`].
    pub(super) fn check_streams(&self) -> Result<(), LayerError> {
        for (role, stream) in self.streams() {
            let width = stream.lanes_per_transfer * stream.lane_width;
            if width <= MAX_PORT_WIDTH {
                continue;
            }
            let path = if matches!(role, "x") { "folding.simd" } else { "folding.lanes" };
            let path = if role == "p" { "folding.simd" } else { path };
            return Err(LayerError::new(
                path,
                format!("stream `{}` is {width} bits wide, over {MAX_PORT_WIDTH}", stream.name),
                "choose a smaller number",
            ));
        }
        Ok(())
    }
}

pub(super) fn check_geometry(parameters: &LayerParameters) -> Result<(), LayerError> {
    let geometry = &parameters.geometry;
    let kind = geometry.kind;
    let fail = |key: &str, message: String, help: &str| {
        Err(LayerError::new(format!("layer.{kind}.{key}"), message, help))
    };
    let size = |key: &str, value: usize, most: usize| {
        if (1..=most).contains(&value) {
            return Ok(());
        }
        let message = format!("`{key}` is {value}, out of range 1 to {most}");
        fail(key, message, "give a number from the range")
    };
    let channels = if kind.axes().is_empty() { "inputs" } else { "channels" };
    size(channels, geometry.channels, MAX_SIZE)?;
    size("outputs", geometry.outputs, MAX_SIZE)?;
    for &axis in kind.axes() {
        let axis = geometry.axes[axis];
        size("input", axis.input, MAX_SIZE)?;
        size("kernel", axis.kernel, 63)?;
        size("stride", axis.stride, 63)?;
        size("dilation", axis.dilation, 63)?;
        if axis.padding >= axis.reach() {
            return fail(
                "padding",
                format!(
                    "`padding` is {}, but the kernel reaches over {} positions: some outputs would \
                     see nothing but padding",
                    axis.padding,
                    axis.reach()
                ),
                "give less padding than the reach of the kernel",
            );
        }
        if axis.output() == 0 {
            return fail(
                "kernel",
                format!(
                    "the kernel reaches over {} positions, but input and padding have {}",
                    axis.reach(),
                    axis.input + 2 * axis.padding
                ),
                "choose a smaller kernel or dilation, or more padding",
            );
        }
    }
    if geometry.groups == 0
        || !geometry.channels.is_multiple_of(geometry.groups)
        || !geometry.outputs.is_multiple_of(geometry.groups)
    {
        return fail(
            "groups",
            format!(
                "{} groups do not divide {} channels and {} outputs",
                geometry.groups, geometry.channels, geometry.outputs
            ),
            "every group has as many channels and as many outputs as the others",
        );
    }
    if geometry.fan_in() > MAX_FAN_IN {
        let message = format!("{} terms in a dot product", geometry.fan_in());
        return fail("kernel", message, "at most 1048576 terms are supported");
    }
    let padding = match geometry.padding_value {
        PaddingValue::Zero => 0,
        PaddingValue::Minus => -1,
        PaddingValue::Plus => 1,
    };
    if padding != 0 && parameters.activations.code(padding).is_none() {
        return fail(
            "padding_value",
            format!("{padding} is not among the values of `{}`", parameters.activations),
            "pad with zero, or with a value that activations can have",
        );
    }
    for (key, value, most) in
        [("simd", parameters.simd, MAX_PORT_WIDTH), ("lanes", parameters.lanes, 256)]
    {
        if !(1..=most).contains(&value) {
            let message = format!("`{key}` is {value}, out of range 1 to {most}");
            return Err(LayerError::new(
                format!("folding.{key}"),
                message,
                "give a number from the range",
            ));
        }
    }
    let per_group = geometry.channels_per_group();
    if parameters.simd > per_group {
        return Err(LayerError::new(
            "folding.simd",
            format!(
                "`simd` is {}, but there are only {per_group} channels to a group",
                parameters.simd
            ),
            format!("give a number from 1 to {per_group}"),
        ));
    }
    let magnitude = Step::Scale { per: Per::Magnitude, shift: 0, width: 2 };
    for (step, what, help) in [
        (
            Step::Residual { residual: 1, width: 2 },
            "`residual`",
            "a layer has one stream of a residual; split it into two layers",
        ),
        (Step::Tee, "`tee`", "a layer has one stream of a second result; split it into two layers"),
        (magnitude, "`scale` by the magnitude", "one of them scales by all there is"),
    ] {
        let is_same = |other: &Step| match (other, &step) {
            (Step::Scale { per, .. }, Step::Scale { .. }) => *per == Per::Magnitude,
            _ => other.name() == step.name(),
        };
        let mut found = parameters.steps.iter().enumerate().filter(|(_, other)| is_same(other));
        if let Some((second, _)) = found.nth(1) {
            return Err(LayerError::new(
                format!("epilogue.{second}"),
                format!("there is more than one {what}"),
                help,
            ));
        }
    }
    check_input(parameters)
}

fn check_input(parameters: &LayerParameters) -> Result<(), LayerError> {
    let Some(InputStage { width, .. }) = parameters.input else { return Ok(()) };
    if !(2..=MAX_VALUE_WIDTH).contains(&width) {
        return Err(LayerError::new(
            "input",
            format!("`width` is {width}, out of range 2 to {MAX_VALUE_WIDTH}"),
            "give a number from the range",
        ));
    }
    let count = InputStage::thresholds(parameters.activations);
    if count > MAX_THRESHOLDS {
        return Err(LayerError::new(
            "input",
            format!(
                "activations in `{}` take {count} thresholds of a channel, over {MAX_THRESHOLDS}",
                parameters.activations
            ),
            "choose a format of at most 4 bits, or leave `input` out and quantize outside",
        ));
    }
    Ok(())
}
