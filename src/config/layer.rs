//! The configuration of a binarized layer engine as typed.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_yaml::Spanned;

use super::block::ShortcutConfig;
use super::sizes::{Sizes, sizes};
use super::step::{Compare, StepConfig, step};
use crate::binary::{
    Axis, Geometry, InputStage, LayerError, LayerKind, LayerParameters, Operand, PaddingValue,
    Target,
};
use crate::design::Reset;

/// A binarized layer engine: a dot product of operands of few bits, and what follows it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "bitweight layer")]
pub struct LayerConfig {
    /// Name of the top module and prefix of all others; the file's name when absent.
    #[schemars(with = "Option<String>", regex(pattern = "^[a-z][a-z0-9_]*$"), length(max = 48))]
    pub name: Option<Spanned<String>>,
    /// One line for people.
    pub summary: Option<String>,
    /// Kind and geometry.
    #[schemars(with = "Shape")]
    pub layer: Spanned<Shape>,
    /// What turns integers into activations, where they do not arrive as activations.
    #[schemars(with = "Option<InputConfig>")]
    pub input: Option<Spanned<InputConfig>>,
    /// Format of the activations: `bipolar`, `ternary`, `bipolarN`, `unsignedN`, `signedN`.
    #[schemars(with = "Option<String>")]
    pub activations: Option<Spanned<String>>,
    /// Format of the weights, as for the activations.
    #[schemars(with = "Option<String>")]
    pub weights: Option<Spanned<String>>,
    /// How much is computed in a cycle.
    #[schemars(with = "Folding")]
    pub folding: Spanned<Folding>,
    /// What the logic is mapped to: cells or six-input look-up tables.
    #[serde(default)]
    pub target: Target,
    /// Whether dot products accumulate in carry-save; for cells when absent.
    pub carry_save: Option<bool>,
    /// Reset style; control state is always reset.
    #[serde(default)]
    pub reset: Reset,
    /// What follows the dot product, in this order.
    #[serde(default)]
    #[schemars(with = "Vec<StepConfig>")]
    pub epilogue: Vec<Spanned<StepConfig>>,
    /// In a block: what feeds the step `residual`.
    #[schemars(with = "Option<ShortcutConfig>")]
    pub shortcut: Option<Spanned<ShortcutConfig>>,
}

/// Kind and geometry of a layer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// Fully connected.
    Linear(Linear),
    /// Convolution over a sequence.
    Conv1d(Convolution),
    /// Convolution over an image: height, width.
    Conv2d(Convolution),
    /// Convolution over a volume: depth, height, width.
    Conv3d(Convolution),
}

/// A fully connected layer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Linear {
    /// Inputs.
    pub inputs: usize,
    /// Outputs.
    pub outputs: usize,
}

/// A convolution. Sizes are one number for all dimensions, or a list.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Convolution {
    /// Positions of the input.
    pub input: Sizes,
    /// Channels of the input.
    pub channels: usize,
    /// Channels of the output.
    pub outputs: usize,
    /// Taps of the kernel.
    pub kernel: Sizes,
    /// Steps between outputs; 1 when absent.
    pub stride: Option<Sizes>,
    /// Padded positions at either end; none when absent.
    pub padding: Option<Sizes>,
    /// Steps between taps; 1 when absent.
    pub dilation: Option<Sizes>,
    /// Groups of channels that do not mix; 1 when absent.
    pub groups: Option<usize>,
    /// Content of the padding.
    #[serde(default)]
    pub padding_value: PaddingName,
}

/// Content of the padding.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaddingName {
    /// A padded tap contributes nothing.
    #[default]
    Zero,
    /// -1.
    Minus,
    /// +1.
    Plus,
}

/// Thresholds of each channel of the input: one between two values of the activations.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InputConfig {
    /// Bits of the input, two's complement.
    pub width: usize,
    /// Whether an input that equals a threshold reaches it.
    #[serde(default)]
    pub compare: Compare,
}

/// How much is computed in a cycle.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Folding {
    /// Channels.
    pub simd: usize,
    /// Output channels.
    pub lanes: usize,
}

impl LayerConfig {
    /// The parameters; a design without a name takes `fallback`.
    pub(super) fn parameters(&self, fallback: &str) -> Result<LayerParameters, LayerError> {
        let geometry = geometry(&self.layer.value)?;
        let steps = self.epilogue.iter().enumerate();
        let steps: Result<_, _> =
            steps.map(|(index, config)| step(index, &config.value, geometry.kind)).collect();
        Ok(LayerParameters {
            name: self.name.as_ref().map_or(fallback, |name| name.value.as_str()).to_owned(),
            summary: match &self.summary {
                Some(summary) => summary.split_whitespace().collect::<Vec<_>>().join(" "),
                None => format!("A binarized layer, {}.", geometry.kind),
            },
            activations: operand("activations", self.activations.as_ref())?,
            input: self.input.as_ref().map(|Spanned { value, .. }| InputStage {
                width: value.width,
                strict: matches!(value.compare, Compare::Greater),
            }),
            weights: operand("weights", self.weights.as_ref())?,
            simd: self.folding.value.simd,
            lanes: self.folding.value.lanes,
            target: self.target,
            carry_save: self.carry_save,
            reset: self.reset,
            steps: steps?,
            geometry,
        })
    }

    /// Where the parameter of a path stands.
    pub(super) fn locate(&self, path: &str) -> Option<serde_yaml::Location> {
        let mut parts = path.split('.');
        match parts.next()? {
            "name" => self.name.as_ref().map(|name| name.referenced),
            "layer" => Some(self.layer.referenced),
            "folding" => Some(self.folding.referenced),
            "input" => self.input.as_ref().map(|value| value.referenced),
            "shortcut" => self.shortcut.as_ref().map(|value| value.referenced),
            "activations" => self.activations.as_ref().map(|value| value.referenced),
            "weights" => self.weights.as_ref().map(|value| value.referenced),
            "epilogue" => {
                let index: usize = parts.next()?.parse().ok()?;
                self.epilogue.get(index).map(|step| step.referenced)
            }
            _ => None,
        }
    }
}

fn operand(path: &str, given: Option<&Spanned<String>>) -> Result<Operand, LayerError> {
    let Some(Spanned { value: name, .. }) = given else { return Ok(Operand::BINARY) };
    let kind = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let planes = match &name[kind.len()..] {
        "" if kind == "bipolar" => Some(1),
        digits => digits.parse::<usize>().ok(),
    };
    let most = crate::binary::MAX_PLANES;
    match (kind, planes) {
        ("ternary", None) => Ok(Operand::Ternary),
        ("bipolar", Some(planes)) if (1..=most).contains(&planes) => {
            Ok(Operand::Bipolar { planes })
        }
        ("unsigned", Some(planes)) if (1..=most).contains(&planes) => {
            Ok(Operand::Unsigned { planes })
        }
        ("signed", Some(planes)) if (2..=most).contains(&planes) => Ok(Operand::Signed { planes }),
        _ => Err(LayerError {
            path: path.to_owned(),
            message: format!("`{name}` is not a format"),
            help:
                "write `bipolar` (-1 and +1), `ternary`, or `bipolarN`, `unsignedN` (N from 1 to \
                   8), `signedN` (N from 2 to 8)"
                    .to_owned(),
        }),
    }
}

fn geometry(shape: &Shape) -> Result<Geometry, LayerError> {
    let (kind, given) = match shape {
        Shape::Linear(Linear { inputs, outputs }) => {
            return Ok(Geometry::linear(*inputs, *outputs));
        }
        Shape::Conv1d(given) => (LayerKind::Conv1d, given),
        Shape::Conv2d(given) => (LayerKind::Conv2d, given),
        Shape::Conv3d(given) => (LayerKind::Conv3d, given),
    };
    let all = |given: Option<&Sizes>, default, other| sizes("layer", given, (default, other), kind);
    let input = all(Some(&given.input), 1, 1)?;
    let kernel = all(Some(&given.kernel), 1, 1)?;
    let stride = all(given.stride.as_ref(), 1, 1)?;
    let padding = all(given.padding.as_ref(), 0, 0)?;
    let dilation = all(given.dilation.as_ref(), 1, 1)?;
    let idle = |key: &str, why: &str, help: &str| LayerError {
        path: "layer".to_owned(),
        message: format!("`{key}` has no effect: {why}"),
        help: help.to_owned(),
    };
    if !matches!(given.padding_value, PaddingName::Zero) && padding == [0; 3] {
        return Err(idle(
            "padding_value",
            "there is no padding",
            "set `padding`, or remove the key",
        ));
    }
    if kernel == [1; 3] && dilation.iter().any(|&steps| steps > 1) {
        let why = "a kernel of one tap has no steps between taps";
        return Err(idle("dilation", why, "remove the key, or make the kernel larger"));
    }
    // Zeros are refused by the validation, which must be able to compute with the sizes.
    let axis = |axis: usize| Axis {
        input: input[axis],
        kernel: kernel[axis],
        stride: stride[axis],
        padding: padding[axis],
        dilation: dilation[axis],
    };
    Ok(Geometry {
        kind,
        axes: [axis(0), axis(1), axis(2)],
        channels: given.channels,
        outputs: given.outputs,
        groups: given.groups.unwrap_or(1),
        padding_value: match given.padding_value {
            PaddingName::Zero => PaddingValue::Zero,
            PaddingName::Minus => PaddingValue::Minus,
            PaddingName::Plus => PaddingValue::Plus,
        },
    })
}
