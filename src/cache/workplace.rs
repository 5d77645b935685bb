//! Folders in which something is made before it is part of the cache.
//!
//! A run that is interrupted leaves its folder behind. The next one removes it: a lock, which the
//! system releases however a process ends, tells which folders are still at work.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

/// File that is locked as long as the folder is at work.
const LOCK: &str = "at-work";

/// File beside the folders that is locked while one of them is made or removed.
const DOOR: &str = ".workplaces";

/// Age from which on a folder without a lock, of a version that did not write any, is left behind.
const FORGOTTEN: Duration = Duration::from_secs(24 * 60 * 60);

/// A temporary folder, which vanishes with it.
#[derive(Debug)]
pub struct Workplace {
    folder: TempDir,
    _lock: File,
}

impl Workplace {
    /// A new folder in `parent`, whose name begins with `prefix`. Those that other runs have left
    /// behind there are removed.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn new(parent: &Path, prefix: &str) -> io::Result<Self> {
        let door = File::create(parent.join(DOOR))?;
        door.lock()?;
        sweep(parent, prefix);
        let folder = tempfile::Builder::new().prefix(prefix).tempdir_in(parent)?;
        let lock = File::create(folder.path().join(LOCK))?;
        lock.lock()?;
        Ok(Self { folder, _lock: lock })
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Removes folders at which nobody works any more. One that cannot be removed is no harm.
fn sweep(parent: &Path, prefix: &str) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(prefix));
        if ours && entry.file_type().is_ok_and(|kind| kind.is_dir()) && is_left(&entry.path()) {
            // Whatever is left of it goes the next time.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Whether nobody works in a folder.
fn is_left(folder: &Path) -> bool {
    match File::open(folder.join(LOCK)) {
        Ok(lock) => !matches!(lock.try_lock(), Err(TryLockError::WouldBlock)),
        Err(_) => {
            let modified = fs::metadata(folder).and_then(|data| data.modified());
            let age = modified.ok().and_then(|time| SystemTime::now().duration_since(time).ok());
            age.is_some_and(|age| age > FORGOTTEN)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_behind_goes_and_what_is_at_work_stays() {
        let parent = tempfile::tempdir().unwrap();
        let at_work = Workplace::new(parent.path(), "build-").unwrap();
        let left = parent.path().join("build-left");
        fs::create_dir(&left).unwrap();
        File::create(left.join(LOCK)).unwrap();
        // Without a lock: it may belong to another version that is running.
        let unknown = parent.path().join("build-unknown");
        fs::create_dir(&unknown).unwrap();
        let other = parent.path().join("models");
        fs::create_dir(&other).unwrap();
        let second = Workplace::new(parent.path(), "build-").unwrap();
        assert!(!left.exists());
        assert!(at_work.path().exists() && unknown.exists() && other.exists());
        let path = second.path().to_owned();
        drop(second);
        assert!(!path.exists());
    }
}
