//! What a layer engine is described by, before validation.

use super::geometry::Geometry;
use super::input::InputStage;
use super::step::Step;
use crate::arith::operand::Operand;
use crate::design::{Reset, Target};

/// What a layer engine is built from, before validation.
#[derive(Clone, Debug)]
pub struct LayerParameters {
    /// Name of the top module and prefix of all others.
    pub name: String,
    /// One line for people.
    pub summary: String,
    /// Geometry.
    pub geometry: Geometry,
    /// Format of the activations.
    pub activations: Operand,
    /// What turns integers into activations, if they do not arrive as activations.
    pub input: Option<InputStage>,
    /// Format of the weights.
    pub weights: Operand,
    /// Channels of a word.
    pub simd: usize,
    /// Output channels that are computed at a time.
    pub lanes: usize,
    /// What the logic is mapped to.
    pub target: Target,
    /// Whether dot products accumulate in carry-save; by the target when absent.
    pub carry_save: Option<bool>,
    /// Reset style.
    pub reset: Reset,
    /// What follows the dot product.
    pub steps: Vec<Step>,
}

/// A configuration that describes no layer engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerError {
    /// Dotted path of the parameter.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl LayerError {
    pub(crate) fn new(
        path: impl Into<String>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self { path: path.into(), message: message.into(), help: help.into() }
    }
}
