//! The steps of an epilogue as typed.

use schemars::JsonSchema;
use serde::Deserialize;

use super::sizes::{Sizes, sizes};
use crate::binary::{LayerError, LayerKind, Per, Step};

/// A step after the dot product.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum StepConfig {
    /// One bit per channel.
    Threshold {
        /// Whether a value that equals the threshold reaches it.
        #[serde(default)]
        compare: Compare,
    },
    /// A count of thresholds.
    MultiThreshold {
        /// Bits of the count.
        bits: usize,
        /// Added to the count.
        #[serde(default)]
        base: i64,
    },
    /// A bias before a scale.
    Bias {
        /// Bits of the bias.
        width: usize,
    },
    /// A mantissa and a shift.
    Scale {
        /// Whose mantissa.
        #[serde(default)]
        per: PerName,
        /// Binary digits that are dropped.
        shift: usize,
        /// Bits of the result.
        width: usize,
    },
    /// A slope below zero.
    Prelu {
        /// Binary digits of the slope's fraction.
        shift: usize,
        /// Bits of the result.
        width: usize,
    },
    /// A slope below zero between two shifts.
    Rprelu {
        /// Binary digits of the slope's fraction.
        shift: usize,
        /// Bits of the shifts and of the result.
        width: usize,
    },
    /// A second stream is added.
    Residual {
        /// Bits of the second stream.
        residual: usize,
        /// Bits of the result.
        width: usize,
    },
    /// The value leaves the layer as a second result, too.
    Tee {},
    /// Limits, such as those of Hardtanh.
    Clamp {
        /// Smallest result.
        low: i64,
        /// Largest result.
        high: i64,
    },
    /// The largest of a window.
    Maxpool {
        /// Positions of a window.
        window: Sizes,
        /// On bits: as if the pooling stood before the threshold.
        #[serde(default)]
        before_threshold: bool,
    },
    /// The mean of a window.
    Avgpool {
        /// Positions of a window.
        window: Sizes,
    },
}

/// What reaches a threshold.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Compare {
    /// `x >= threshold`: the sign of zero is +1.
    #[default]
    GreaterEqual,
    /// `x > threshold`: the sign of zero is -1.
    Greater,
}

/// Whose mantissa a scale takes.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PerName {
    /// The output channel's.
    #[default]
    Channel,
    /// The output position's.
    Position,
    /// The sum of |x| under the kernel, which the layer computes: K of XNOR-Net, beta of a vector.
    Magnitude,
}

/// The step of a configuration, the one of this number.
///
/// # Errors
/// [`LayerError`] for a window that pools nothing.
pub(super) fn step(index: usize, config: &StepConfig, kind: LayerKind) -> Result<Step, LayerError> {
    let path = format!("epilogue.{index}");
    let window = |name: &str, given: &Sizes| {
        let window = sizes(&path, Some(given), (1, 1), kind)?;
        let fail = |message: String, help: &str| {
            Err(LayerError { path: path.clone(), message, help: help.to_owned() })
        };
        match window {
            _ if kind.axes().is_empty() => fail(
                format!(
                    "`{name}` has no effect: `linear` has one position, over which nothing slides"
                ),
                "remove the step; over channels, or over samples, nothing is pooled",
            ),
            [1, 1, 1] => fail(
                format!("`{name}` has no effect: its window is a single position"),
                "remove the step, or give a larger window, such as `window: 2`",
            ),
            _ => Ok(window),
        }
    };
    Ok(match config {
        StepConfig::Threshold { compare } => {
            Step::Threshold { strict: matches!(compare, Compare::Greater) }
        }
        &StepConfig::MultiThreshold { bits, base } => Step::MultiThreshold { bits, base },
        &StepConfig::Bias { width } => Step::Bias { width },
        &StepConfig::Scale { per, shift, width } => {
            let per = match per {
                PerName::Channel => Per::Channel,
                PerName::Position => Per::Position,
                PerName::Magnitude => Per::Magnitude,
            };
            Step::Scale { per, shift, width }
        }
        &StepConfig::Prelu { shift, width } => Step::Prelu { shift, width },
        &StepConfig::Rprelu { shift, width } => Step::Rprelu { shift, width },
        &StepConfig::Residual { residual, width } => Step::Residual { residual, width },
        StepConfig::Tee {} => Step::Tee,
        &StepConfig::Clamp { low, high } => Step::Clamp { low, high },
        StepConfig::Maxpool { window: given, before_threshold } => {
            Step::MaxPool { window: window("maxpool", given)?, before_threshold: *before_threshold }
        }
        StepConfig::Avgpool { window: given } => {
            Step::AvgPool { window: window("avgpool", given)? }
        }
    })
}
