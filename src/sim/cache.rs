//! The cache of simulators: where it is, its keys, its limit.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sha2::{Digest, Sha256};

/// Default size of the cache in MiB.
const CACHE_LIMIT_MIB: u64 = 2048;

/// The cache: `BITWEIGHT_CACHE`, or the user's cache folder, or a temporary one.
#[must_use]
pub fn folder() -> PathBuf {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    if let Some(folder) = variable("BITWEIGHT_CACHE") {
        return PathBuf::from(folder);
    }
    let base = variable("XDG_CACHE_HOME").map(PathBuf::from);
    let base = base.or_else(|| variable("HOME").map(|home| Path::new(&home).join(".cache")));
    base.unwrap_or_else(std::env::temp_dir).join("bitweight")
}

/// Removes the least recently used simulators, except `keep`, until the cache fits its limit.
pub(super) fn evict(models: &Path, keep: &str) {
    let limit = std::env::var("BITWEIGHT_CACHE_MIB").ok().and_then(|text| text.parse().ok());
    let limit = limit.unwrap_or(CACHE_LIMIT_MIB) * 1024 * 1024;
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

pub(super) fn hash(parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part.as_bytes());
    }
    digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
