//! Arrays as machines.

mod facts;
mod yaml;

use super::{Facts, Machine};
use crate::design::{Design, Reset, Stream};
use crate::rtl::{self, Module};
use crate::vectors::trial;
use crate::workload::{Product, Workload};

impl Machine for Design {
    fn name(&self) -> &str {
        &self.name
    }

    fn summary(&self) -> &str {
        &self.summary
    }

    fn hash(&self) -> String {
        Self::hash(self)
    }

    fn reset(&self) -> Reset {
        self.reset
    }

    fn contract(&self) -> &'static str {
        Self::contract(self).name()
    }

    fn streams(&self) -> Vec<(&'static str, Stream)> {
        Self::streams(self)
    }

    fn modules(&self) -> Vec<Module> {
        rtl::modules(self)
    }

    fn yaml(&self) -> String {
        yaml::configuration(self)
    }

    fn facts(&self) -> Facts {
        facts::of(self)
    }

    fn trial(&self, run: &mut dyn FnMut(&[&dyn Workload])) {
        let operands = trial::tiles(self);
        let products: Vec<Product<'_>> =
            operands.iter().map(|(a, b)| Product::new(self, a, b)).collect();
        let workloads: Vec<&dyn Workload> =
            products.iter().map(|product| product as &dyn Workload).collect();
        run(&workloads);
    }
}
