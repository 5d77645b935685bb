//! What can be measured: an array, or a binarized layer.

use super::run::Scope;
use crate::binary::Layer;
use crate::data::Matrix;
use crate::design::{Design, Element};
use crate::rtl::{self, Module};

/// What is measured.
#[derive(Clone, Copy)]
pub enum Subject<'a> {
    /// An array, and the data on which cycles and energy are counted: A and B.
    Array(&'a Design, (&'a Matrix, &'a Matrix)),
    /// A binarized layer. Its energy is a guess of OpenSTA.
    Layer(&'a Layer),
}

impl Subject<'_> {
    /// Name of the design.
    pub(super) fn name(self) -> String {
        match self {
            Self::Array(design, _) => design.name.clone(),
            Self::Layer(layer) => layer.name().to_owned(),
        }
    }

    /// Name of the element.
    pub(super) fn element(self) -> String {
        match self {
            Self::Array(design, _) => design.element.to_string(),
            Self::Layer(_) => "popcount".to_owned(),
        }
    }

    /// Formats of the operands.
    pub(super) fn operands(self) -> String {
        match self {
            Self::Array(design, _) => {
                format!("{} x {}", design.operand_a(), design.operand_b())
            }
            Self::Layer(layer) => {
                let parameters = layer.parameters();
                format!("{} x {}", parameters.activations, parameters.weights)
            }
        }
    }

    /// All modules, leaf modules first.
    pub(super) fn modules(self) -> Vec<Module> {
        match self {
            Self::Array(design, _) => rtl::modules(design),
            Self::Layer(layer) => rtl::binary::modules(layer),
        }
    }

    /// Whether operators are left to Yosys: the others hand over gates.
    pub(super) fn leaves_operators(self) -> bool {
        matches!(self, Self::Array(design, _) if design.element == Element::Behavioural)
    }

    /// The module that is measured, and its multiply-accumulate operations per cycle. A layer has
    /// no bare array: what it has instead is the whole.
    pub(super) fn top(self, scope: Scope) -> (String, f64) {
        match self {
            Self::Array(design, _) => scope.top(design),
            Self::Layer(layer) => match scope {
                Scope::Element => (format!("{}_element", layer.name()), layer.simd() as f64),
                Scope::Array | Scope::Core => {
                    (layer.name().to_owned(), layer.operations_per_cycle())
                }
            },
        }
    }

    /// Multiply-accumulate operations per cycle: of an engine whose cycles depend on the data by
    /// its cycle model on the data, of others the most there are.
    pub(super) fn sustained(self, scope: Scope) -> f64 {
        let (_, most) = self.top(scope);
        let Self::Array(design, (a, b)) = self else { return most };
        let Some(activity) = design.activity(a, b) else { return most };
        let elements = match scope {
            Scope::Element => 1,
            Scope::Array | Scope::Core => design.rows() * design.cols(),
        };
        elements as f64 / activity.cycles_per_mac
    }
}
