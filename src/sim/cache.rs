//! The cache of simulators and its limit.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::cache;

/// Removes the least recently used simulators, except `keep`, until the cache fits its limit.
pub(super) fn evict(models: &Path, keep: &str) {
    let limit = cache::limit();
    let Ok(entries) = fs::read_dir(models) else { return };
    let mut found: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
    for entry in entries.flatten() {
        let folder = entry.path();
        let size = fs::metadata(folder.join("model")).map_or(0, |data| data.len());
        let used = fs::metadata(folder.join("used")).and_then(|data| data.modified());
        found.push((used.unwrap_or(SystemTime::UNIX_EPOCH), size, folder));
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
