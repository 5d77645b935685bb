//! Writing a package into a folder, and comparing a folder with it.
//!
//! A file is replaced only if we wrote it and nobody changed it since, which the manifest of the
//! earlier run tells; a file that is no longer part of the output is removed under the same
//! condition. Nothing else in the folder is touched.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::package::{MANIFEST, Package, PackageFile, sha256};
use crate::output::Staged;

/// Why a folder could not be written.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The path is a file.
    #[error("{0} is a file, not a folder\n  help: give another folder with -o")]
    NotAFolder(PathBuf),
    /// A file would be overwritten that we did not write, or that was changed since.
    #[error(
        "{path} {reason}, so it is not replaced\n  help: give another folder with -o, move the \
         file away, or repeat with --force"
    )]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What is the matter with it.
        reason: &'static str,
    },
    /// The file system refused.
    #[error("cannot write {path}: {reason}\n  help: check permissions and free space")]
    Io {
        /// File or folder.
        path: PathBuf,
        /// What the system said.
        reason: io::Error,
    },
}

/// How a folder differs from a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// A file is not there.
    Missing(String),
    /// A file has other content; the number of lines that were added and removed.
    Changed {
        /// Path within the folder.
        path: String,
        /// Lines that the package has and the file has not.
        added: usize,
        /// Lines that the file has and the package has not.
        removed: usize,
        /// The first line that differs.
        first_line: usize,
    },
    /// A file of an earlier run is no longer part of the output.
    Superfluous(String),
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Difference::Missing(path) => write!(f, "missing      {path}"),
            Difference::Superfluous(path) => write!(f, "superfluous  {path}"),
            Difference::Changed { path, added, removed, first_line } => {
                write!(
                    f,
                    "changed      {path}: +{added} -{removed} lines, from line {first_line} on"
                )
            }
        }
    }
}

/// Writes `package` into `folder`, creating it if need be.
///
/// # Errors
/// [`FolderError`]; with [`FolderError::Foreign`] nothing has been written.
pub fn write(package: &Package, folder: &Path, force: bool) -> Result<(), FolderError> {
    if folder.exists() && !folder.is_dir() {
        return Err(FolderError::NotAFolder(folder.to_owned()));
    }
    let earlier = earlier_files(folder);
    if !force {
        for file in &package.files {
            refuse_foreign(folder, file, &earlier)?;
        }
    }
    // All files are written before the first one is replaced: a disk that is full leaves the folder
    // as it was.
    let mut staged = Vec::new();
    for file in &package.files {
        let path = folder.join(&file.path);
        let failed = |reason| FolderError::Io { path: path.clone(), reason };
        if fs::read(&path).is_ok_and(|bytes| bytes == file.text.as_bytes()) {
            continue;
        }
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        let text = file.text.as_bytes();
        let write = Staged::new(&path, |target| target.write_all(text)).map_err(failed)?;
        staged.push((path, write));
    }
    // The manifest comes last: it vouches for the files.
    for (path, write) in staged {
        write.commit().map_err(|reason| FolderError::Io { path, reason })?;
    }
    for (path, hash) in superfluous(package, &earlier) {
        let path = folder.join(path);
        if fs::read(&path).is_ok_and(|bytes| sha256(&bytes) == *hash) {
            fs::remove_file(&path).map_err(|reason| FolderError::Io { path, reason })?;
        }
    }
    Ok(())
}

/// Compares a folder with a package; nothing is written.
///
/// # Errors
/// [`FolderError`] when a file cannot be read.
pub fn check(package: &Package, folder: &Path) -> Result<Vec<Difference>, FolderError> {
    let mut differences = Vec::new();
    for file in &package.files {
        let path = folder.join(&file.path);
        match fs::read(&path) {
            Ok(bytes) if bytes == file.text.as_bytes() => {}
            Ok(bytes) => differences.push(compare(file, &String::from_utf8_lossy(&bytes))),
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                differences.push(Difference::Missing(file.path.clone()));
            }
            Err(reason) => return Err(FolderError::Io { path, reason }),
        }
    }
    let earlier = earlier_files(folder);
    for (path, _) in superfluous(package, &earlier) {
        if folder.join(path).exists() {
            differences.push(Difference::Superfluous(path.clone()));
        }
    }
    Ok(differences)
}

/// Paths and hashes of the files that an earlier run wrote, by its manifest.
fn earlier_files(folder: &Path) -> BTreeMap<String, String> {
    let text = fs::read_to_string(folder.join(MANIFEST)).unwrap_or_default();
    let manifest: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let ours = manifest["generator"].as_str().is_some_and(|name| name.starts_with("bitweight "));
    let mut files = BTreeMap::new();
    if !ours {
        return files;
    }
    let listed = ["files", "other_files"].into_iter().filter_map(|key| manifest[key].as_array());
    for entry in listed.flatten() {
        if let (Some(path), Some(hash)) = (entry["path"].as_str(), entry["sha256"].as_str()) {
            // A path out of the folder cannot be ours.
            let inside =
                Path::new(path).components().all(|c| matches!(c, std::path::Component::Normal(_)));
            if inside {
                files.insert(path.to_owned(), hash.to_owned());
            }
        }
    }
    files.insert(MANIFEST.to_owned(), sha256(text.as_bytes()));
    files
}

fn superfluous<'a>(
    package: &'a Package,
    earlier: &'a BTreeMap<String, String>,
) -> impl Iterator<Item = (&'a String, &'a String)> {
    earlier.iter().filter(|(path, _)| package.files.iter().all(|file| file.path != **path))
}

fn refuse_foreign(
    folder: &Path,
    file: &PackageFile,
    earlier: &BTreeMap<String, String>,
) -> Result<(), FolderError> {
    let path = folder.join(&file.path);
    let Ok(bytes) = fs::read(&path) else {
        // Absent, or unreadable: writing will tell.
        return Ok(());
    };
    let hash = sha256(&bytes);
    if hash == file.sha256() {
        return Ok(());
    }
    match earlier.get(&file.path) {
        None => Err(FolderError::Foreign { path, reason: "was not written by bitweight" }),
        Some(written) if *written != hash => {
            Err(FolderError::Foreign { path, reason: "was changed after it was generated" })
        }
        Some(_) => Ok(()),
    }
}

fn compare(file: &PackageFile, found: &str) -> Difference {
    let (new, old): (Vec<&str>, Vec<&str>) = (file.text.lines().collect(), found.lines().collect());
    let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
    new.iter().for_each(|line| *counts.entry(line).or_default() += 1);
    old.iter().for_each(|line| *counts.entry(line).or_default() -= 1);
    let sum = |sign: i64| counts.values().map(|n| (n * sign).max(0) as usize).sum();
    let same = new.iter().zip(&old).take_while(|(x, y)| x == y).count();
    Difference::Changed {
        path: file.path.clone(),
        added: sum(1),
        removed: sum(-1),
        first_line: same + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;

    fn package() -> Package {
        let yaml = "array: {systolic_os: {rows: 1, cols: 2}}\nelement: opt1\n\
                    operands: {a: {width: 3}, b: {width: 2}}\n";
        Package::new(&config::parse(yaml, "test", "tiny").unwrap())
    }

    #[test]
    fn a_folder_is_fresh_after_writing_and_stale_after_a_change() {
        let folder = tempfile::tempdir().unwrap();
        let package = package();
        write(&package, folder.path(), false).unwrap();
        assert_eq!(check(&package, folder.path()).unwrap(), []);
        let path = folder.path().join("tiny_pe.v");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replacen("reg", "wire", 1)).unwrap();
        fs::remove_file(folder.path().join("files.f")).unwrap();
        let differences = check(&package, folder.path()).unwrap();
        assert_eq!(differences.len(), 2);
        assert!(
            matches!(&differences[0], Difference::Changed { path, added: 1, removed: 1, .. } if path == "tiny_pe.v")
        );
        assert_eq!(differences[1], Difference::Missing("files.f".to_owned()));
        // A changed file is not overwritten, unless asked for.
        let refusal = write(&package, folder.path(), false).unwrap_err().to_string();
        assert!(refusal.contains("was changed after it was generated"), "{refusal}");
        write(&package, folder.path(), true).unwrap();
        assert_eq!(check(&package, folder.path()).unwrap(), []);
    }

    #[test]
    fn only_what_we_wrote_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let mut package = package();
        let extra =
            PackageFile { path: "old.v".to_owned(), text: "module old; endmodule\n".to_owned() };
        // An earlier run that also wrote old.v.
        let manifest = package.files.last_mut().unwrap();
        let listed = format!(
            "\"other_files\": [{{\"path\": \"old.v\", \"sha256\": \"{}\"}},",
            extra.sha256()
        );
        let current = manifest.text.clone();
        manifest.text = current.replace("\"other_files\": [", &listed);
        package.files.insert(0, extra);
        write(&package, folder.path(), false).unwrap();
        fs::write(folder.path().join("mine.txt"), "mine").unwrap();

        package.files.remove(0);
        package.files.last_mut().unwrap().text = current;
        let superfluous = Difference::Superfluous("old.v".to_owned());
        assert!(check(&package, folder.path()).unwrap().contains(&superfluous));
        write(&package, folder.path(), false).unwrap();
        assert!(!folder.path().join("old.v").exists());
        assert!(folder.path().join("mine.txt").exists());
    }

    #[test]
    fn foreign_files_stay() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("tiny.v"), "module tiny; endmodule\n").unwrap();
        let refusal = write(&package(), folder.path(), false).unwrap_err().to_string();
        assert!(refusal.contains("was not written by bitweight"), "{refusal}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing was written");
    }
}
