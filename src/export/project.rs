//! Designs that are used together: no two of them may have a module in common.
//!
//! All modules of a design begin with its name, but that of another one may go on like a module:
//! `mm` has a module `mm_array`, and so has a design of that name.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::package::Package;
use super::recorded::Recorded;

/// Modules that two designs have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// The designs.
    pub designs: [String; 2],
    /// The first of the modules, by name.
    pub module: String,
    /// How many there are.
    pub count: usize,
    /// Names that no other design may have beside the one with the shorter name.
    pub avoid: Vec<String>,
}

impl Clash {
    /// What two designs have in common; none where they get along, or are one and the same.
    fn between(one: &Recorded, other: &Recorded) -> Option<Self> {
        let lower = |of: &Recorded| {
            of.modules().into_iter().map(str::to_lowercase).collect::<BTreeSet<_>>()
        };
        let (ours, theirs) = (lower(one), lower(other));
        let shared: Vec<&String> = ours.intersection(&theirs).collect();
        let module = (*shared.first()?).clone();
        let (name, modules) = match one.design.len() <= other.design.len() {
            true => (&one.design, &ours),
            false => (&other.design, &theirs),
        };
        Some(Self {
            designs: [one.design.clone(), other.design.clone()],
            module,
            count: shared.len(),
            avoid: modules.iter().filter(|module| *module != name).cloned().collect(),
        })
    }

    /// What to do about it.
    fn help(&self) -> String {
        let [one, other] = &self.designs;
        if one == other {
            return format!("give one of them another `name` than `{one}`");
        }
        let shorter = if one.len() <= other.len() { one } else { other };
        format!(
            "give one of them another `name`; beside `{shorter}`, avoid these names of designs: {}",
            self.avoid.join(", ")
        )
    }
}

impl std::fmt::Display for Clash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [one, other] = &self.designs;
        if one == other {
            return write!(f, "two designs are called `{one}`");
        }
        let module = &self.module;
        match self.count {
            1 => write!(f, "the designs `{one}` and `{other}` both have the module `{module}`"),
            count => write!(
                f,
                "the designs `{one}` and `{other}` have {count} modules in common, such as \
                 `{module}`"
            ),
        }
    }
}

/// Designs that were to be generated together have modules in common.
#[derive(Debug, thiserror::Error)]
#[error("{clash}, so they cannot be used together\n  help: {}", clash.help())]
pub struct ProjectError {
    clash: Clash,
}

/// Refuses designs of one project that have modules in common.
///
/// # Errors
/// [`ProjectError`] for the first pair of them.
pub fn distinct<'a>(packages: impl IntoIterator<Item = &'a Package>) -> Result<(), ProjectError> {
    let all: Vec<Recorded> = packages.into_iter().filter_map(Package::recorded).collect();
    for (index, other) in all.iter().enumerate() {
        if let Some(clash) = all[..index].iter().find_map(|one| Clash::between(one, other)) {
            return Err(ProjectError { clash });
        }
    }
    Ok(())
}

/// A design in a folder beside another one, with which it cannot be used together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neighbour {
    /// Its folder.
    pub folder: PathBuf,
    /// What they have in common.
    pub clash: Clash,
}

impl std::fmt::Display for Neighbour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (folder, clash) = (self.folder.display(), &self.clash);
        write!(f, "{clash}; the other one is in {folder}\n  help: {}", clash.help())
    }
}

/// The designs beside and around `folder` that have modules in common with the one that it is to
/// hold, sorted. The same design once more is none of them: its modules are the same. Nor are those
/// in `known`, which are compared with each other by [`distinct`].
#[must_use]
pub fn neighbours(package: &Package, folder: &Path, known: &[PathBuf]) -> Vec<Neighbour> {
    let parent = match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let Some(own) = package.recorded() else { return Vec::new() };
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    folders.push(parent.to_owned());
    folders.sort();
    // However it is written, the folder itself is no neighbour.
    let this = fs::canonicalize(folder).ok();
    folders.retain(|other| {
        !known.contains(other) && (this.is_none() || fs::canonicalize(other).ok() != this)
    });
    let clash = |folder: PathBuf| {
        let other = Recorded::read(&folder)?;
        if other.design == own.design && other.configuration == own.configuration {
            return None;
        }
        Some(Neighbour { clash: Clash::between(&own, &other)?, folder })
    };
    folders.into_iter().filter_map(clash).collect()
}
