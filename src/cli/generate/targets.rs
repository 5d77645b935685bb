//! Which designs go into which folders.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::Arguments;
use crate::config;
use crate::export::{Package, Recorded, Source};

/// A folder and what belongs into it.
pub(super) struct Target {
    pub folder: PathBuf,
    pub package: Package,
    /// The configuration that the folder was generated from, where it is not there any more.
    pub lost: Option<Source>,
}

impl Target {
    /// A design, by what the command line or a folder calls it, and its folder.
    fn new(design: &str, folder: PathBuf) -> anyhow::Result<Self> {
        Ok(Self::of(design, package(design)?, folder))
    }

    fn of(design: &str, package: Package, folder: PathBuf) -> Self {
        let package = package.from_source(source(design, &folder).as_ref());
        Self { folder, package, lost: None }
    }

    /// A design in a folder of its name.
    fn below(design: &str, folder: &Path) -> anyhow::Result<Self> {
        let package = package(design)?;
        let folder = folder.join(&package.design);
        Ok(Self::of(design, package, folder))
    }

    /// What a folder should hold, by what its manifest says.
    fn stored(folder: &Path) -> anyhow::Result<Self> {
        let Some(recorded) = Recorded::read(folder) else {
            bail!(
                "{} is no manifest of bitweight, so it does not tell the design; name the design: \
                 bitweight gen DESIGN --check {}",
                folder.join("manifest.json").display(),
                folder.display()
            )
        };
        let place = recorded.source.as_ref().and_then(|source| source.locate(folder));
        if let Some(place) = place {
            return Self::new(&place.to_string_lossy(), folder.to_owned());
        }
        let copy = folder.join(format!("{}.yaml", recorded.design));
        let package = package(&copy.to_string_lossy())?;
        Ok(Self { folder: folder.to_owned(), package, lost: recorded.source })
    }

    pub fn top(&self) -> PathBuf {
        self.folder.join(&self.package.top)
    }
}

impl Arguments {
    pub(super) fn targets(&self) -> anyhow::Result<Vec<Target>> {
        // `gen DESIGN --check DIR`, `gen DESIGN -o DIR --check`, `gen --check DIR`, and since a
        // word after --check is taken as its value, `gen --check DESIGN -o DIR`.
        let checked = self.check.clone().flatten();
        let mut designs = self.designs.clone();
        let folder = match (&self.output, checked) {
            (Some(_), Some(_)) if self.presets || !designs.is_empty() => {
                bail!("two folders are given; leave out -o")
            }
            (Some(folder), Some(design)) => {
                designs.push(design.to_string_lossy().into_owned());
                folder.clone()
            }
            (Some(folder), None) => folder.clone(),
            (None, Some(folder)) => folder,
            (None, None) => bail!("no folder is given: name it after --check"),
        };
        if self.presets {
            return config::presets().map(|preset| Target::below(preset.name, &folder)).collect();
        }
        match &designs[..] {
            [] => stored(&folder),
            [design] => Ok(vec![Target::new(design, folder)?]),
            several => several.iter().map(|design| Target::below(design, &folder)).collect(),
        }
    }
}

/// What the folder should hold, or each of the folders in it where it is not one of a design.
fn stored(folder: &Path) -> anyhow::Result<Vec<Target>> {
    let manifest = folder.join("manifest.json");
    if !manifest.exists() {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut inner: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        inner.retain(|path| Recorded::read(path).is_some());
        inner.sort();
        if !inner.is_empty() {
            return inner.iter().map(|folder| Target::stored(folder)).collect();
        }
    }
    std::fs::metadata(&manifest).with_context(|| {
        format!(
            "cannot read {}, which would tell the design; name the design: \
             bitweight gen DESIGN --check {}",
            manifest.display(),
            folder.display()
        )
    })?;
    Ok(vec![Target::stored(folder)?])
}

/// The files of an array, a layer or a block.
fn package(design: &str) -> anyhow::Result<Package> {
    Ok(Package::new(config::describe(design)?.machine()))
}

/// Where the configuration of a design comes from, as seen from a folder.
fn source(design: &str, folder: &Path) -> Option<Source> {
    match config::preset(design) {
        Ok(preset) => Some(Source::Preset(preset.name.to_owned())),
        Err(_) => Source::file(Path::new(design), folder),
    }
}
