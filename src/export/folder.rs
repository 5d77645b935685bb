//! Writing a package into a folder.
//!
//! A folder holds one design; another one takes its place only if asked to. A file is replaced only if we wrote it and nobody changed it since, which the manifest of the
//! earlier run tells; a file that is no longer part of the output is removed under the same
//! condition. Nothing else in the folder is touched.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::package::{Package, PackageFile, sha256};
use super::recorded::{self, Recorded};
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
    /// The folder holds another design, whose files would go.
    #[error(
        "{folder} holds the design `{found}`, which `{design}` would take the place of\n  help: give \
         `{design}` a folder of its own with -o, or repeat with --force to replace `{found}`"
    )]
    OtherDesign {
        /// The folder.
        folder: PathBuf,
        /// The design that it holds.
        found: String,
        /// The design that was to be written.
        design: String,
    },
    /// Two files of the package would overwrite each other, or hold modules of one name.
    #[error(
        "two modules or files of the design `{design}` have one name: {} and {}\n  help: give the \
         design, or the layers of the block, other names",
        files[0],
        files[1]
    )]
    Twice {
        /// The design.
        design: String,
        /// The files.
        files: [String; 2],
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

/// Writes `package` into `folder`, creating it if need be; gives the paths of files of an earlier
/// run that were removed.
///
/// # Errors
/// [`FolderError`]; unless it is [`FolderError::Io`], nothing has been written.
pub fn write(package: &Package, folder: &Path, force: bool) -> Result<Vec<String>, FolderError> {
    distinct(package)?;
    if folder.exists() && !folder.is_dir() {
        return Err(FolderError::NotAFolder(folder.to_owned()));
    }
    let earlier = Recorded::read(folder);
    if !force {
        if let Some(other) = earlier.as_ref().filter(|earlier| earlier.design != package.design) {
            return Err(FolderError::OtherDesign {
                folder: folder.to_owned(),
                found: other.design.clone(),
                design: package.design.clone(),
            });
        }
        for file in &package.files {
            refuse_foreign(folder, file, earlier.as_ref())?;
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
    let mut removed = Vec::new();
    for (name, hash) in earlier.iter().flat_map(|earlier| superfluous(package, earlier)) {
        let path = folder.join(name);
        if fs::read(&path).is_ok_and(|bytes| sha256(&bytes) == *hash) {
            fs::remove_file(&path).map_err(|reason| FolderError::Io { path, reason })?;
            removed.push(name.clone());
        }
    }
    Ok(removed)
}

/// Refuses two files that would overwrite each other, or two modules of one name: whether a file
/// system tells upper from lower case must not matter.
fn distinct(package: &Package) -> Result<(), FolderError> {
    let mut paths = BTreeMap::new();
    let mut modules = BTreeMap::new();
    for file in &package.files {
        let path = file.path.to_lowercase();
        let clash = paths.insert(path.clone(), &file.path).or_else(|| {
            recorded::module(&path).and_then(|name| modules.insert(name.to_owned(), &file.path))
        });
        if let Some(other) = clash {
            return Err(FolderError::Twice {
                design: package.design.clone(),
                files: [other.clone(), file.path.clone()],
            });
        }
    }
    Ok(())
}

/// What an earlier run wrote that is not part of the package.
pub(super) fn superfluous<'a>(
    package: &'a Package,
    earlier: &'a Recorded,
) -> impl Iterator<Item = (&'a String, &'a String)> {
    earlier.files.iter().filter(|(path, _)| package.files.iter().all(|file| file.path != **path))
}

fn refuse_foreign(
    folder: &Path,
    file: &PackageFile,
    earlier: Option<&Recorded>,
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
    match earlier.and_then(|earlier| earlier.files.get(&file.path)) {
        None => Err(FolderError::Foreign { path, reason: "was not written by bitweight" }),
        Some(written) if *written != hash => {
            Err(FolderError::Foreign { path, reason: "was changed after it was generated" })
        }
        Some(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;
    use crate::export::{Difference, check};

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

    #[test]
    fn names_that_differ_in_case_or_folder_only_are_one() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["tiny_pe.v", "Tiny_PE.v", "tb/tiny_pe.v", "FILES.F"] {
            let mut package = package();
            package.files.insert(0, PackageFile::new(path.to_owned(), "\n".to_owned()));
            let refusal = write(&package, folder.path(), true).unwrap_err().to_string();
            assert!(refusal.contains("have one name") && refusal.contains(path), "{refusal}");
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was written");
        }
    }
}
