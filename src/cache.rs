//! The cache folder that all rooms share, and the keys of what lies in it.

mod workplace;

use std::path::{Path, PathBuf};

pub use workplace::Workplace;

use sha2::{Digest, Sha256};

/// Default size in MiB of each part of the cache.
const LIMIT_MIB: u64 = 2048;

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

/// Bytes that a part of the cache may take: `BITWEIGHT_CACHE_MIB`, or 2 GiB.
#[must_use]
pub fn limit() -> u64 {
    let limit = std::env::var("BITWEIGHT_CACHE_MIB").ok().and_then(|text| text.parse().ok());
    limit.unwrap_or(LIMIT_MIB).saturating_mul(1024 * 1024)
}

/// A key from everything that a result depends on.
#[must_use]
pub fn hash(parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part.as_bytes());
    }
    digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
