//! `bitweight gen`

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde_json::json;

use super::{Outcome, report};
use crate::config::{self, BLOCK_PRESETS, Described, LAYER_PRESETS, PRESETS};
use crate::export::{self, Difference, Package};

#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// Preset name or YAML file; with --check it may be left out, the folder knows its design
    #[arg(required_unless_present_any = ["check", "presets"])]
    design: Option<String>,
    /// Folder to write into; created if it does not exist
    #[arg(short, long, value_name = "DIR", required_unless_present = "check")]
    output: Option<PathBuf>,
    /// Write nothing: compare DIR (or the -o folder) with what would be generated, and exit with 1
    /// if it is stale
    #[arg(long, value_name = "DIR", num_args = 0..=1)]
    check: Option<Option<PathBuf>>,
    /// All presets, each into a folder of its name below DIR
    #[arg(long, conflicts_with = "design")]
    presets: bool,
    /// Replace files in DIR even if they were changed or come from elsewhere
    #[arg(long)]
    force: bool,
    /// Answer as one JSON object
    #[arg(long)]
    pub json: bool,
}

/// A folder and what belongs into it.
struct Target {
    folder: PathBuf,
    package: Package,
}

impl Target {
    fn top(&self) -> PathBuf {
        self.folder.join(&self.package.top)
    }
}

impl Arguments {
    pub fn run(&self) -> anyhow::Result<Outcome> {
        let targets = self.targets()?;
        if self.check.is_some() { self.compare(&targets) } else { self.write(&targets) }
    }

    fn targets(&self) -> anyhow::Result<Vec<Target>> {
        // `gen DESIGN --check DIR`, `gen DESIGN -o DIR --check`, `gen --check DIR`, and since a
        // word after --check is taken as its value, `gen --check DESIGN -o DIR`.
        let checked = self.check.clone().flatten();
        let (design, folder) = match (&self.design, &self.output, &checked) {
            (Some(_), Some(_), Some(_)) => bail!("two folders are given; leave out -o"),
            (None, Some(folder), Some(design)) if !self.presets => {
                (Some(design.to_string_lossy().into_owned()), folder.clone())
            }
            (design, Some(folder), None) | (design, None, Some(folder)) => {
                (design.clone(), folder.clone())
            }
            (None, Some(_), Some(_)) => bail!("two folders are given; leave out -o"),
            (_, None, None) => bail!("no folder is given: name it after --check"),
        };
        if self.presets {
            let target = |preset: &config::Preset| {
                let package = package(preset.name)?;
                Ok(Target { folder: folder.join(preset.name), package })
            };
            let all = PRESETS.iter().chain(LAYER_PRESETS).chain(BLOCK_PRESETS);
            return all.map(target).collect();
        }
        let design = match design {
            Some(design) => design,
            None => stored_configuration(&folder)?,
        };
        let package = package(&design)?;
        Ok(vec![Target { folder, package }])
    }

    fn write(&self, targets: &[Target]) -> anyhow::Result<Outcome> {
        for target in targets {
            export::write(&target.package, &target.folder, self.force)?;
        }
        if self.json {
            let entry = |target: &Target| {
                let files: Vec<&str> =
                    target.package.files.iter().map(|file| file.path.as_str()).collect();
                json!({
                    "top": target.top(),
                    "folder": target.folder,
                    "manifest": target.folder.join("manifest.json"),
                    "files": files,
                })
            };
            match targets {
                [target] if !self.presets => report::print_json(&entry(target))?,
                _ => {
                    let all: Vec<_> = targets.iter().map(entry).collect();
                    report::print_json(&json!({ "designs": all }))?;
                }
            }
        } else {
            let line = |target: &Target| format!("{}\n", target.top().display());
            report::print_text(&targets.iter().map(line).collect::<String>())?;
        }
        Ok(Outcome::Good)
    }

    fn compare(&self, targets: &[Target]) -> anyhow::Result<Outcome> {
        let mut stale: Vec<(&Target, Vec<Difference>)> = Vec::new();
        for target in targets {
            let differences = export::check(&target.package, &target.folder)?;
            if !differences.is_empty() {
                stale.push((target, differences));
            }
        }
        let fresh = stale.is_empty();
        if self.json {
            let describe = |(target, differences): &(&Target, Vec<Difference>)| {
                let texts: Vec<String> = differences.iter().map(ToString::to_string).collect();
                json!({ "folder": target.folder, "differences": texts })
            };
            let list: Vec<_> = stale.iter().map(describe).collect();
            report::print_json(
                &json!({ "fresh": fresh, "checked": targets.len(), "stale": list }),
            )?;
        } else if fresh {
            for target in targets {
                report::print_text(&format!("fresh: {}\n", target.folder.display()))?;
            }
        } else {
            for (target, differences) in &stale {
                let mut text = format!("stale: {}\n", target.folder.display());
                for difference in differences {
                    text += &format!("  {difference}\n");
                }
                report::print_text(&text)?;
            }
        }
        Ok(if fresh { Outcome::Good } else { Outcome::Failed })
    }
}

/// The files of an array or a layer.
fn package(design: &str) -> anyhow::Result<Package> {
    Ok(match config::describe(design)? {
        Described::Array(design) => Package::new(&design),
        Described::Layer(layer) => Package::of_layer(&layer),
        Described::Block(block) => Package::of_block(&block),
    })
}

/// The configuration that a generated folder contains.
fn stored_configuration(folder: &Path) -> anyhow::Result<String> {
    let manifest = folder.join("manifest.json");
    let text = std::fs::read_to_string(&manifest).with_context(|| {
        format!(
            "cannot read {}, which would tell the design; name the design: \
             bitweight gen DESIGN --check {}",
            manifest.display(),
            folder.display()
        )
    })?;
    let json: serde_json::Value = serde_json::from_str(&text)
        .with_context(|| format!("{} is not a manifest", manifest.display()))?;
    let name = json["design"].as_str().unwrap_or_default();
    Ok(folder.join(format!("{name}.yaml")).to_string_lossy().into_owned())
}
