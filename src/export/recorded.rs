//! What the manifest of a folder says about the run that wrote it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path};

use serde_json::Value;

use super::package::{MANIFEST, sha256};
use super::source::Source;

/// How the name of the generator begins in our manifests.
const GENERATOR: &str = "bitweight ";

/// The design that a folder holds, by its manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Name of the design.
    pub design: String,
    /// Name and version of the generator.
    pub generator: String,
    /// Hash of the configuration.
    pub configuration: String,
    /// Where the configuration came from; none where that was not a preset or a file.
    pub source: Option<Source>,
    /// Paths within the folder and hashes of what was written, the manifest among them.
    pub files: BTreeMap<String, String>,
}

impl Recorded {
    /// Reads the manifest of a folder; none where there is none of ours.
    #[must_use]
    pub fn read(folder: &Path) -> Option<Self> {
        Self::parse(&fs::read_to_string(folder.join(MANIFEST)).ok()?)
    }

    /// Reads the text of a manifest.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let manifest: Value = serde_json::from_str(text).ok()?;
        let word = |key: &str| manifest[key].as_str().unwrap_or_default().to_owned();
        let generator = word("generator");
        if !generator.starts_with(GENERATOR) {
            return None;
        }
        let mut files = BTreeMap::new();
        let lists = ["files", "other_files"].into_iter();
        for entry in lists.filter_map(|key| manifest[key].as_array()).flatten() {
            if let (Some(path), Some(hash)) = (entry["path"].as_str(), entry["sha256"].as_str()) {
                // A path out of the folder cannot be ours.
                if Path::new(path).components().all(|c| matches!(c, Component::Normal(_))) {
                    files.insert(path.to_owned(), hash.to_owned());
                }
            }
        }
        files.insert(MANIFEST.to_owned(), sha256(text.as_bytes()));
        Some(Self {
            design: word("design"),
            generator,
            configuration: word("configuration"),
            source: Source::from_json(&manifest["source"]),
            files,
        })
    }

    /// The modules of the design, its testbench among them: each has a file of its name.
    #[must_use]
    pub fn modules(&self) -> Vec<&str> {
        self.files.keys().filter_map(|path| module(path)).collect()
    }
}

/// The module of a file; none where it holds no Verilog.
pub(super) fn module(path: &str) -> Option<&str> {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".v")
}
