//! What synthesis has found of a design before, for tables that do not run it.

use serde::{Deserialize, Serialize};

use super::report::Report;
use super::run::Scope;
use super::store::Store;
use crate::cache;
use crate::design::Design;
use crate::rtl;

/// The last measurement of a design in one scope.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// What was measured.
    pub scope: String,
    /// Name of the library.
    pub library: String,
    /// Which wire load counts.
    pub wire_load: String,
    /// Area of the netlist with the smallest area x delay.
    pub area_um2: f64,
    /// Its delay.
    pub delay_ns: f64,
}

/// The key of a design in a scope: the Verilog decides, not its name.
fn key(design: &Design, scope: &str) -> String {
    let modules = rtl::modules(design);
    let mut parts = vec!["measured with wires as named", scope];
    parts.extend(modules.iter().flat_map(|module| [module.name.as_str(), module.text.as_str()]));
    cache::hash(&parts)
}

/// Notes a measurement. That it cannot be stored is no error: a table then lacks it.
pub(super) fn note(store: &Store, design: &Design, report: &Report) {
    let measured = Measured {
        scope: report.scope.clone(),
        library: report.library.clone(),
        wire_load: report.wire_load.clone(),
        area_um2: report.best_area_delay.area_um2,
        delay_ns: report.best_area_delay.delay_ns,
    };
    if let Ok(text) = serde_json::to_string(&measured) {
        store.put(&key(design, &report.scope), &text);
    }
}

/// The last measurements of a design, one per scope.
#[must_use]
pub fn recall(design: &Design) -> Vec<Measured> {
    let Ok(store) = Store::open() else { return Vec::new() };
    let scopes = [Scope::Element, Scope::Array, Scope::Core];
    let found = scopes.iter().filter_map(|scope| store.get(&key(design, scope.name())));
    found.filter_map(|text| serde_json::from_str(&text).ok()).collect()
}
