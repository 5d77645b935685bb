//! `bitweight schema`

use schemars::JsonSchema;

use super::{Outcome, report};
use crate::config::{BlockConfig, Config, LayerConfig};

/// A bitweight design: an array of processing elements, a binarized layer engine, or a chain of
/// them.
#[derive(JsonSchema)]
#[schemars(untagged, title = "bitweight configuration")]
#[allow(dead_code, reason = "only its schema is of interest")]
enum Configuration {
    Array(Box<Config>),
    Layer(Box<LayerConfig>),
    Block(Box<BlockConfig>),
}

pub(super) fn run() -> anyhow::Result<Outcome> {
    let schema = schemars::schema_for!(Configuration);
    report::print_text(&(serde_json::to_string_pretty(&schema)? + "\n"))?;
    Ok(Outcome::Good)
}
