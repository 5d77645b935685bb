//! Finished results by their content, on disk: what was measured once is not measured again, and
//! an interrupted run goes on where it was.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::time::SystemTime;

use crate::{cache, output};

/// The results of this user.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
}

impl Store {
    /// Opens the part of the cache that holds results, and shortens it to its limit.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn open() -> Result<Self, io::Error> {
        let folder = cache::folder().join("synthesis");
        fs::create_dir_all(&folder).map_err(|error| {
            io::Error::new(error.kind(), format!("{}: {error}", folder.display()))
        })?;
        let store = Self { folder };
        store.evict();
        Ok(store)
    }

    /// A folder for a run of a tool.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn work(&self) -> io::Result<cache::Workplace> {
        let parent = cache::folder().join("work");
        fs::create_dir_all(&parent)?;
        cache::Workplace::new(&parent, "synthesis-")
    }

    /// What is stored under `key`, if anything.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<String> {
        fs::read_to_string(self.folder.join(key)).ok()
    }

    /// What is stored under `key`, or else what `make` makes, which is stored.
    ///
    /// # Errors
    /// Those of `make`. A full disk is none: the result is made again next time.
    pub fn get_or<E>(
        &self,
        key: &str,
        make: impl FnOnce() -> Result<String, E>,
    ) -> Result<String, E> {
        if let Some(text) = self.get(key) {
            return Ok(text);
        }
        let text = make()?;
        self.put(key, &text);
        Ok(text)
    }

    /// Stores a result. A full disk is no error: the result is made again next time.
    pub fn put(&self, key: &str, text: &str) {
        let _ = output::replace(&self.folder.join(key), |file| file.write_all(text.as_bytes()));
    }

    /// Removes the oldest results beyond the limit.
    fn evict(&self) {
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        let mut files: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
        for entry in entries.flatten() {
            if let Ok(data) = entry.metadata() {
                let time = data.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                files.push((time, data.len(), entry.path()));
            }
        }
        files.sort();
        let mut total: u64 = files.iter().map(|(_, size, _)| size).sum();
        for (_, size, path) in files {
            if total <= cache::limit() {
                return;
            }
            // A result that another run needs is made again.
            if fs::remove_file(path).is_ok() {
                total -= size;
            }
        }
    }
}
