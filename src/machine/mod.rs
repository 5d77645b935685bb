//! Machines: what arrays, layer engines and blocks of them are to the rooms that generate, prove,
//! measure and package.
//!
//! A new kind of design is a file that implements [`Machine`].

mod array;
mod block;
mod layer;

use serde_json::Value;

use crate::design::{Reset, Stream};
use crate::rtl::Module;
use crate::workload::Workload;

/// A design that can be generated.
pub trait Machine: Sync {
    /// Its name, which is that of its top module.
    fn name(&self) -> &str;

    /// One line for people.
    fn summary(&self) -> &str;

    /// Hash of all parameters.
    fn hash(&self) -> String;

    /// How registers are reset.
    fn reset(&self) -> Reset;

    /// Name of the meaning of the streams.
    fn contract(&self) -> &'static str;

    /// Streams of the top with their roles: operands, side results, the result.
    fn streams(&self) -> Vec<(&'static str, Stream)>;

    /// The modules in compile order, the top last.
    fn modules(&self) -> Vec<Module>;

    /// The configuration with every default written out, as YAML.
    fn yaml(&self) -> String;

    /// What the manifest says of it beside what it says of every machine.
    fn facts(&self) -> Facts;

    /// Runs `run` with the work that the packaged testbench does; not at all where there is none.
    fn trial(&self, run: &mut dyn FnMut(&[&dyn Workload]));
}

/// What is particular to a machine.
pub struct Facts {
    /// Modules below the top that have a role, by the role.
    pub parts: Vec<(&'static str, String)>,
    /// Sections of the manifest.
    pub sections: Vec<(&'static str, Value)>,
    /// Cycles that follow from the configuration.
    pub latency: Value,
}

/// The first lines of a configuration as it was validated.
fn yaml_head(machine: &dyn Machine) -> String {
    // A JSON string is a YAML string, whatever the summary contains.
    let summary = Value::from(machine.summary());
    format!(
        "# The configuration of this folder, as validated by bitweight {}.\nname: {}\nsummary: \
         {summary}\n",
        env!("CARGO_PKG_VERSION"),
        machine.name()
    )
}

/// The reset as configurations name it.
const fn reset_name(reset: Reset) -> &'static str {
    match reset {
        Reset::Sync => "sync",
        Reset::Async => "async",
        Reset::None => "none",
    }
}

#[cfg(test)]
mod tests {
    use crate::config;
    use crate::export::Package;

    /// The configuration that comes with the output describes the same machine.
    #[test]
    fn the_written_configuration_gives_the_same_files() {
        for preset in config::presets() {
            let described = config::parse_any(preset.yaml, preset.name, preset.name).unwrap();
            let machine = described.machine();
            let package = Package::new(machine);
            let again = config::parse_any(&machine.yaml(), "written", "unused")
                .unwrap_or_else(|error| panic!("{error}\n{}", machine.yaml()));
            let written = Package::new(again.machine()).files;
            let differs = written.iter().zip(&package.files).find(|(a, b)| a != b);
            assert_eq!(differs, None, "{}", preset.name);
        }
    }
}
