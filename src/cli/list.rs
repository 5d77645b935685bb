//! `bitweight list`

use serde_json::json;

use super::{Outcome, report};
use crate::config::{self, LAYER_PRESETS, PRESETS};

#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// Answer as one JSON object
    #[arg(long)]
    pub json: bool,
}

impl Arguments {
    pub fn run(&self) -> anyhow::Result<Outcome> {
        let mut presets = Vec::new();
        for preset in PRESETS {
            presets.push((preset.name, config::load(preset.name)?.summary));
        }
        for preset in LAYER_PRESETS {
            let layer = config::parse_layer(preset.yaml, preset.name, preset.name)?;
            presets.push((preset.name, layer.parameters().summary.clone()));
        }
        if self.json {
            let entry =
                |(name, summary): &(&str, String)| json!({ "name": name, "summary": summary });
            let list: Vec<_> = presets.iter().map(entry).collect();
            report::print_json(&json!({ "presets": list }))?;
        } else {
            let width = presets.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
            let line = |(name, summary): &(&str, String)| format!("{name:width$}  {summary}\n");
            report::print_text(&presets.iter().map(line).collect::<String>())?;
        }
        Ok(Outcome::Good)
    }
}
