//! `bitweight list`

use serde_json::json;

use super::{Outcome, report};
use crate::config;
use crate::design::{self, Pair};

#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// Answer as one JSON object
    #[arg(long)]
    pub json: bool,
    /// List the pairs of topology and element: which are built, and why the others are not
    #[arg(long)]
    pairs: bool,
    /// Print the pairs as a table in Markdown
    #[arg(long, requires = "pairs", conflicts_with = "json")]
    markdown: bool,
}

impl Arguments {
    pub fn run(&self) -> anyhow::Result<Outcome> {
        if self.pairs {
            return self.pairs();
        }
        let mut presets = Vec::new();
        for preset in config::presets() {
            let described = config::describe(preset.name)?;
            presets.push((preset.name, described.machine().summary().to_owned()));
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

    fn pairs(&self) -> anyhow::Result<Outcome> {
        let pairs = design::pairs();
        if self.json {
            let entry = |Pair { topology, element, refusal }: &Pair| {
                json!({
                    "topology": topology.name(),
                    "element": element.to_string(),
                    "built": refusal.is_none(),
                    "reason": refusal.as_ref().map(|refusal| &refusal.reason),
                    "help": refusal.as_ref().map(|refusal| &refusal.help),
                })
            };
            let list: Vec<_> = pairs.iter().map(entry).collect();
            report::print_json(&json!({ "pairs": list }))?;
        } else if self.markdown {
            report::print_text(&design::pairs_markdown())?;
        } else {
            let line = |Pair { topology, element, refusal }: &Pair| {
                let element = element.to_string();
                let built = refusal.as_ref().map_or("yes", |refusal| &refusal.reason);
                format!("{:12} {element:12} {built}\n", topology.name())
            };
            report::print_text(&pairs.iter().map(line).collect::<String>())?;
        }
        Ok(Outcome::Good)
    }
}
