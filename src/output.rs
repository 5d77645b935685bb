//! Files that we write: complete or not at all.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// Writes a file under a temporary name in the same folder and renames it when it is complete. An
/// existing file is replaced in one step, or stays as it is.
///
/// # Errors
/// Whatever `write` or the file system says; nothing is left behind then.
pub fn replace(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    Staged::new(path, write)?.commit()
}

/// A file that is complete but does not have its name yet. It vanishes unless it is committed, so
/// that several files can be written before the first of them replaces anything.
#[derive(Debug)]
pub struct Staged {
    temporary: NamedTempFile,
    path: PathBuf,
}

impl Staged {
    /// Writes a file beside `path`.
    ///
    /// # Errors
    /// Whatever `write` or the file system says; nothing is left behind then.
    pub fn new(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<Self> {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let mut temporary = tempfile::Builder::new().prefix(".bitweight-").tempfile_in(folder)?;
        write(temporary.as_file_mut())?;
        temporary.as_file().sync_data()?;
        // Temporary files are private; a result is as open as any other new file.
        let mode =
            fs::metadata(path).map(|data| data.permissions()).or_else(|_| default_mode(folder))?;
        temporary.as_file().set_permissions(mode)?;
        Ok(Self { temporary, path: path.to_owned() })
    }

    /// Gives the file its name, in one step.
    ///
    /// # Errors
    /// Whatever the file system says; the old file is still there then.
    pub fn commit(self) -> io::Result<()> {
        self.temporary.persist(&self.path).map(drop).map_err(|error| error.error)
    }
}

/// The permissions that a new file gets.
fn default_mode(folder: &Path) -> io::Result<fs::Permissions> {
    let probe = tempfile::Builder::new().prefix(".bitweight-").tempdir_in(folder)?;
    File::create(probe.path().join("probe"))?.metadata().map(|data| data.permissions())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn a_failed_write_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        replace(&path, |file| file.write_all(b"old")).unwrap();
        let failure = replace(&path, |file| {
            file.write_all(b"half of the n")?;
            Err(io::Error::other("disk full"))
        });
        assert!(failure.is_err());
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        replace(&path, |file| file.write_all(b"new")).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }
}
