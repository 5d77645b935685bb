//! Geometry of a layer: which inputs meet which weights in an output.
//!
//! All layers are one case of a three-dimensional convolution. A two-dimensional one has depth 1;
//! a one-dimensional one runs along the height, with depth and width 1; a linear layer has one
//! position and one tap.

use std::fmt;

/// What a tap that lies in the padding holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PaddingValue {
    /// Zero: the tap contributes nothing, also where zero is not a value of the operand.
    #[default]
    Zero,
    /// -1 in every channel.
    Minus,
    /// +1 in every channel.
    Plus,
}

/// Kind of a layer, by the number of dimensions over which its kernel slides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayerKind {
    /// Fully connected.
    Linear,
    /// Convolution over a sequence.
    Conv1d,
    /// Convolution over an image.
    Conv2d,
    /// Convolution over a volume.
    Conv3d,
}

impl LayerKind {
    /// Name in a configuration.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            LayerKind::Linear => "linear",
            LayerKind::Conv1d => "conv1d",
            LayerKind::Conv2d => "conv2d",
            LayerKind::Conv3d => "conv3d",
        }
    }

    /// The axes of [`Geometry`] over which the kernel slides.
    #[must_use]
    pub const fn axes(self) -> &'static [usize] {
        match self {
            LayerKind::Linear => &[],
            LayerKind::Conv1d => &[1],
            LayerKind::Conv2d => &[1, 2],
            LayerKind::Conv3d => &[0, 1, 2],
        }
    }
}

impl fmt::Display for LayerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One dimension of a convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axis {
    /// Positions of the input.
    pub input: usize,
    /// Taps of the kernel.
    pub kernel: usize,
    /// Steps between outputs.
    pub stride: usize,
    /// Padded positions at either end.
    pub padding: usize,
    /// Steps between taps.
    pub dilation: usize,
}

impl Axis {
    /// The axis of a layer that does not slide along it.
    pub const POINT: Self = Axis { input: 1, kernel: 1, stride: 1, padding: 0, dilation: 1 };

    /// Positions from the first tap to the last.
    #[must_use]
    pub const fn reach(&self) -> usize {
        self.dilation * (self.kernel - 1) + 1
    }

    /// Positions of the output; 0 where the kernel does not fit.
    #[must_use]
    pub const fn output(&self) -> usize {
        let padded = self.input + 2 * self.padding;
        if padded < self.reach() { 0 } else { (padded - self.reach()) / self.stride + 1 }
    }

    /// First and last position of the input between the outermost taps of an output.
    #[must_use]
    pub fn window(&self, output: usize) -> (usize, usize) {
        let low = output * self.stride;
        let last = (low + self.reach() - 1).saturating_sub(self.padding);
        (low.saturating_sub(self.padding), last.min(self.input - 1))
    }

    /// The input position of a tap, or nothing where it lies in the padding.
    #[must_use]
    pub fn tap(&self, output: usize, tap: usize) -> Option<usize> {
        let padded = output * self.stride + tap * self.dilation;
        padded.checked_sub(self.padding).filter(|position| *position < self.input)
    }
}

/// Geometry of a layer. Tensors are channel-last: inputs are \[depth, height, width, channels\],
/// weights \[outputs, depth, height, width, channels / groups\].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// Kind of the layer.
    pub kind: LayerKind,
    /// Depth, height, width.
    pub axes: [Axis; 3],
    /// Channels of the input.
    pub channels: usize,
    /// Channels of the output.
    pub outputs: usize,
    /// Groups of channels that do not mix; as many as there are channels in a depthwise layer.
    pub groups: usize,
    /// Content of the padding.
    pub padding_value: PaddingValue,
}

impl Geometry {
    /// A fully connected layer.
    #[must_use]
    pub const fn linear(inputs: usize, outputs: usize) -> Self {
        Self {
            kind: LayerKind::Linear,
            axes: [Axis::POINT; 3],
            channels: inputs,
            outputs,
            groups: 1,
            padding_value: PaddingValue::Zero,
        }
    }

    /// Depth, height and width of the input.
    #[must_use]
    pub fn input(&self) -> [usize; 3] {
        self.axes.map(|axis| axis.input)
    }

    /// Depth, height and width of the output.
    #[must_use]
    pub fn output(&self) -> [usize; 3] {
        self.axes.map(|axis| axis.output())
    }

    /// Positions of the input.
    #[must_use]
    pub fn input_positions(&self) -> usize {
        self.input().iter().product()
    }

    /// Positions of the output.
    #[must_use]
    pub fn output_positions(&self) -> usize {
        self.output().iter().product()
    }

    /// Taps of the kernel.
    #[must_use]
    pub fn taps(&self) -> usize {
        self.axes.iter().map(|axis| axis.kernel).product()
    }

    /// Input channels of a group.
    #[must_use]
    pub const fn channels_per_group(&self) -> usize {
        self.channels / self.groups
    }

    /// Output channels of a group.
    #[must_use]
    pub const fn outputs_per_group(&self) -> usize {
        self.outputs / self.groups
    }

    /// Terms of an output's dot product, the padded ones included.
    #[must_use]
    pub fn fan_in(&self) -> usize {
        self.taps() * self.channels_per_group()
    }

    /// Whether some tap of some output lies in the padding.
    #[must_use]
    pub fn is_padded(&self) -> bool {
        self.axes.iter().any(|axis| axis.padding > 0)
    }
}
