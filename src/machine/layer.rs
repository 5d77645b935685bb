//! Layer engines as machines.

pub(super) mod facts;
pub(super) mod yaml;

use super::{Facts, Machine};
use crate::binary::Layer;
use crate::design::{Reset, Stream};
use crate::rtl::{self, Module};
use crate::workload::{LayerRun, Workload, random_tiles};

/// Samples of the tiles of the testbench.
pub(super) const SAMPLES: &[usize] = &[1, 2];

impl Machine for Layer {
    fn name(&self) -> &str {
        Self::name(self)
    }

    fn summary(&self) -> &str {
        &self.parameters().summary
    }

    fn hash(&self) -> String {
        Self::hash(self)
    }

    fn reset(&self) -> Reset {
        Self::reset(self)
    }

    fn contract(&self) -> &'static str {
        "binarized_layer"
    }

    fn streams(&self) -> Vec<(&'static str, Stream)> {
        Self::streams(self)
    }

    fn modules(&self) -> Vec<Module> {
        rtl::binary::modules(self)
    }

    fn yaml(&self) -> String {
        yaml::configuration(self)
    }

    fn facts(&self) -> Facts {
        facts::of(self)
    }

    fn trial(&self, run: &mut dyn FnMut(&[&dyn Workload])) {
        let tiles = random_tiles(self, SAMPLES, 1);
        if let Ok(layer) = LayerRun::new(self, &tiles) {
            run(&[&layer]);
        }
    }
}
