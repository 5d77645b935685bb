//! Where the configuration of a folder came from: the folder remembers it, so that it can be
//! compared with what the configuration says now.

use std::fs;
use std::path::{Component, Path, PathBuf};

use serde_json::{Value, json};

/// A preset, or a file beside the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Name of a preset.
    Preset(String),
    /// Path of a YAML file from the folder on, parts separated by `/`.
    File(String),
}

impl Source {
    /// The source of a folder that is generated from a file; none where no relative path leads from
    /// one to the other. Neither a name of the file that is a link nor a folder that does not exist
    /// yet is followed further than it goes.
    #[must_use]
    pub fn file(file: &Path, folder: &Path) -> Option<Self> {
        let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty());
        let from = real(folder)?;
        let to = real(parent.unwrap_or(Path::new(".")))?.join(file.file_name()?);
        let (from, to): (Vec<_>, Vec<_>) = (from.components().collect(), to.components().collect());
        let shared = from.iter().zip(&to).take_while(|(x, y)| x == y).count();
        // Different drives.
        if shared == 0 {
            return None;
        }
        let mut parts = vec!["..".to_owned(); from.len() - shared];
        for part in &to[shared..] {
            parts.push(part.as_os_str().to_str()?.to_owned());
        }
        Some(Self::File(parts.join("/")))
    }

    /// What to load the configuration by; none where it is a file that is not there.
    #[must_use]
    pub fn locate(&self, folder: &Path) -> Option<PathBuf> {
        match self {
            Self::Preset(name) => Some(PathBuf::from(name)),
            Self::File(path) => {
                let mut place = real(folder)?;
                for part in path.split('/') {
                    match part {
                        ".." => drop(place.pop()),
                        part => place.push(part),
                    }
                }
                place.is_file().then_some(place)
            }
        }
    }

    pub(super) fn to_json(&self) -> Value {
        match self {
            Self::Preset(name) => json!({ "preset": name }),
            Self::File(path) => json!({ "file": path }),
        }
    }

    pub(super) fn from_json(value: &Value) -> Option<Self> {
        match (value["preset"].as_str(), value["file"].as_str()) {
            (Some(name), None) => Some(Self::Preset(name.to_owned())),
            (None, Some(path)) => Some(Self::File(path.to_owned())),
            _ => None,
        }
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Preset(name) => write!(f, "preset {name}"),
            Self::File(path) => write!(f, "{path}"),
        }
    }
}

/// The path of a folder without links, of which the last parts need not exist.
fn real(folder: &Path) -> Option<PathBuf> {
    let mut missing = Vec::new();
    let mut at = std::path::absolute(folder).ok()?;
    loop {
        if let Ok(mut found) = fs::canonicalize(&at) {
            found.extend(missing.iter().rev());
            return Some(found);
        }
        match at.components().next_back()? {
            Component::Normal(name) => missing.push(name.to_owned()),
            _ => return None,
        }
        at.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_found_again_from_the_folder() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("mine.yaml");
        fs::write(&file, "").unwrap();
        for (folder, expected) in
            [("out", "../mine.yaml"), (".", "mine.yaml"), ("deep/er/out", "../../../mine.yaml")]
        {
            let folder = root.path().join(folder);
            let source = Source::file(&file, &folder).unwrap();
            assert_eq!(source, Source::File(expected.to_owned()));
            assert_eq!(Source::from_json(&source.to_json()), Some(source.clone()));
            assert_eq!(source.locate(&folder), Some(fs::canonicalize(&file).unwrap()));
        }
        let gone = Source::File("../gone.yaml".to_owned());
        assert_eq!(gone.locate(&root.path().join("out")), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_keeps_its_name_and_a_linked_folder_leads_back() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("a/real")).unwrap();
        fs::write(root.path().join("base.yaml"), "").unwrap();
        std::os::unix::fs::symlink("a/real", root.path().join("out")).unwrap();
        std::os::unix::fs::symlink("base.yaml", root.path().join("mine.yaml")).unwrap();
        let source = Source::file(&root.path().join("mine.yaml"), &root.path().join("out"));
        assert_eq!(source, Some(Source::File("../../mine.yaml".to_owned())));
        let found = source.unwrap().locate(&root.path().join("out")).unwrap();
        assert!(found.ends_with("mine.yaml"), "{found:?}");
    }
}
