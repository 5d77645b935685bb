//! `bitweight gen`

mod targets;

use std::path::PathBuf;

use serde_json::json;

use super::{Outcome, report};
use crate::export::{self, Difference};
use targets::Target;

#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// Preset name or YAML file; several go into folders of their names below DIR. With --check it
    /// may be left out: the folder knows where its configuration came from, and what it was
    #[arg(value_name = "DESIGN", required_unless_present_any = ["check", "presets"])]
    designs: Vec<String>,
    /// Folder to write into; created if it does not exist
    #[arg(short, long, value_name = "DIR", required_unless_present = "check")]
    output: Option<PathBuf>,
    /// Write nothing: compare DIR (or the -o folder) with what would be generated, and exit with 1
    /// if it is stale
    #[arg(long, value_name = "DIR", num_args = 0..=1)]
    check: Option<Option<PathBuf>>,
    /// All presets, each into a folder of its name below DIR
    #[arg(long, conflicts_with = "designs")]
    presets: bool,
    /// Replace files in DIR even if they were changed, come from elsewhere or are another design
    #[arg(long)]
    force: bool,
    /// Answer as one JSON object
    #[arg(long)]
    pub json: bool,
}

impl Arguments {
    pub fn run(&self) -> anyhow::Result<Outcome> {
        let targets = self.targets()?;
        if self.check.is_some() { self.compare(&targets) } else { self.write(&targets) }
    }

    fn write(&self, targets: &[Target]) -> anyhow::Result<Outcome> {
        export::distinct(targets.iter().map(|target| &target.package))?;
        let known: Vec<PathBuf> = targets.iter().map(|target| target.folder.clone()).collect();
        for Target { package, folder, .. } in targets {
            let before = export::Recorded::read(folder).map(|recorded| recorded.design);
            let removed = export::write(package, folder, self.force)?;
            if let Some(design) = before.filter(|design| *design != package.design) {
                let (count, folder) = (removed.len(), folder.display());
                eprintln!(
                    "note: {count} files of the design `{design}` were removed from {folder}"
                );
            }
            for neighbour in export::neighbours(package, folder, &known) {
                eprintln!("note: {neighbour}");
            }
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
                [target] if !self.presets && self.designs.len() < 2 => {
                    report::print_json(&entry(target))?
                }
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
        export::distinct(targets.iter().map(|target| &target.package))?;
        let mut stale: Vec<Stale<'_>> = Vec::new();
        for target in targets {
            let folder = target.folder.display();
            if let Some(source) = &target.lost {
                eprintln!(
                    "note: {folder} was generated from {source}, which is not there; it is compared \
                     with the copy in the folder"
                );
            }
            let differences = export::check(&target.package, &target.folder)?;
            if !differences.is_empty() {
                let reasons = export::reasons(&target.package, &target.folder);
                stale.push(Stale { target, reasons, differences });
            }
        }
        let fresh = stale.is_empty();
        if self.json {
            let list: Vec<_> = stale.iter().map(Stale::json).collect();
            report::print_json(
                &json!({ "fresh": fresh, "checked": targets.len(), "stale": list }),
            )?;
        } else if fresh {
            for target in targets {
                report::print_text(&format!("fresh: {}\n", target.folder.display()))?;
            }
        } else {
            for stale in &stale {
                report::print_text(&stale.text())?;
            }
        }
        Ok(if fresh { Outcome::Good } else { Outcome::Failed })
    }
}

/// A folder that is not what would be generated.
struct Stale<'a> {
    target: &'a Target,
    reasons: Vec<String>,
    differences: Vec<Difference>,
}

impl Stale<'_> {
    fn json(&self) -> serde_json::Value {
        let texts: Vec<String> = self.differences.iter().map(ToString::to_string).collect();
        json!({ "folder": self.target.folder, "reasons": self.reasons, "differences": texts })
    }

    fn text(&self) -> String {
        let mut text = format!("stale: {}\n", self.target.folder.display());
        for reason in &self.reasons {
            text += &format!("  {reason}\n");
        }
        for difference in &self.differences {
            text += &format!("  {difference}\n");
        }
        text
    }
}
