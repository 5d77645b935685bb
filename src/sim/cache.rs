//! The cache of simulators: locks, folders of work, and its limit.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tempfile::TempDir;

use super::build::{At as _, BuildError};
use crate::cache;

/// Beginning of the names of folders in which something is being built.
const WORK: &str = "build-";

/// Folder of the locks.
const LOCKS: &str = "locks";

/// Precompiled headers that are kept: with and without waveforms, of two versions of the tools.
/// Each takes about 60 MB.
const HEADERS: usize = 4;

/// The lock of what is stored by `key`. It is held until the file is dropped.
pub(super) fn lock(cache: &Path, key: &str) -> Result<File, BuildError> {
    let folder = cache.join(LOCKS);
    fs::create_dir_all(&folder).at(&folder)?;
    let path = folder.join(key);
    let lock = File::create(&path).at(&path)?;
    lock.lock().at(&path)?;
    Ok(lock)
}

/// A new folder in which to build what is stored by `key`, whose lock is held.
pub(super) fn work_folder(cache: &Path, key: &str) -> Result<TempDir, BuildError> {
    tempfile::Builder::new().prefix(&format!("{WORK}{key}-")).tempdir_in(cache).at(cache)
}

/// Removes the folders of builds that were interrupted: those whose lock nobody holds.
pub(super) fn sweep(cache: &Path) {
    let Ok(entries) = fs::read_dir(cache) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some((key, _)) = name.strip_prefix(WORK).and_then(|name| name.split_once('-')) else {
            continue;
        };
        let Ok(lock) = File::open(cache.join(LOCKS).join(key)) else { continue };
        if lock.try_lock().is_ok() {
            // What cannot be removed is in nobody's way.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// When an entry was used last.
fn used(entry: &Path) -> SystemTime {
    let used = fs::metadata(entry.join("used")).and_then(|data| data.modified());
    used.unwrap_or(SystemTime::UNIX_EPOCH)
}

/// Removes the least recently used simulators, except `keep`, until the cache fits its limit.
pub(super) fn evict(models: &Path, keep: &str) {
    let limit = cache::limit();
    let Ok(entries) = fs::read_dir(models) else { return };
    let mut found: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
    for entry in entries.flatten() {
        let folder = entry.path();
        let size = fs::metadata(folder.join("model")).map_or(0, |data| data.len());
        found.push((used(&folder), size, folder));
    }
    found.sort();
    let mut total: u64 = found.iter().map(|(_, size, _)| size).sum();
    for (_, size, folder) in found {
        if total <= limit {
            break;
        }
        // A simulator that is running keeps its file; a build that fails here is no harm.
        if !folder.ends_with(keep) && fs::remove_dir_all(&folder).is_ok() {
            total -= size;
        }
    }
}

/// Removes the least recently used precompiled headers that nobody is compiling with.
pub(super) fn evict_headers(cache: &Path, headers: &Path) {
    let Ok(entries) = fs::read_dir(headers) else { return };
    let mut found: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    found.sort_by_key(|folder| std::cmp::Reverse(used(folder)));
    for folder in found.iter().skip(HEADERS) {
        let lock = folder.file_name().map(|key| File::open(cache.join(LOCKS).join(key)));
        if let Some(Ok(lock)) = lock
            && lock.try_lock().is_ok()
        {
            let _ = fs::remove_dir_all(folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interrupted_builds_are_removed_and_running_ones_are_not() {
        let cache = tempfile::tempdir().unwrap();
        for key in ["gone", "busy"] {
            drop(lock(cache.path(), key).unwrap());
        }
        let left = work_folder(cache.path(), "gone").unwrap().keep();
        let held = lock(cache.path(), "busy").unwrap();
        let running = work_folder(cache.path(), "busy").unwrap();
        sweep(cache.path());
        assert!(!left.exists());
        assert!(running.path().exists());
        drop(held);
        sweep(cache.path());
        assert!(!running.path().exists());
    }

    #[test]
    fn few_headers_are_kept_and_none_that_is_in_use_goes() {
        let cache = tempfile::tempdir().unwrap();
        let headers = cache.path().join("headers");
        for index in 0..HEADERS + 3 {
            let key = format!("h{index}");
            drop(lock(cache.path(), &key).unwrap());
            fs::create_dir_all(headers.join(&key)).unwrap();
        }
        let held: Vec<File> = (0..HEADERS + 3)
            .map(|index| lock(cache.path(), &format!("h{index}")).unwrap())
            .collect();
        evict_headers(cache.path(), &headers);
        assert_eq!(fs::read_dir(&headers).unwrap().count(), HEADERS + 3);
        drop(held);
        evict_headers(cache.path(), &headers);
        assert_eq!(fs::read_dir(&headers).unwrap().count(), HEADERS);
    }
}
