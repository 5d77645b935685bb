//! The headers that every simulator includes, compiled once: most of what a C++ compiler does for a
//! small design is reading them.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::build::{At as _, BuildError, OPTIMISATION};
use super::cache::{evict_headers, lock, work_folder};
use super::tools::Tools;
use crate::cache;
use crate::tool::{Invocation, ToolError};

/// What is included before everything else.
const PRELUDE: &str = "\
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <vector>
#include \"verilated.h\"
#if VM_TRACE
#include \"verilated_fst_c.h\"
#endif
";

/// Name of the header.
const NAME: &str = "prelude.h";

/// A header to include first, precompiled where the compiler can do that.
pub(super) struct Header {
    /// The file to name after `-include`.
    pub path: PathBuf,
    /// Keeps it in the cache while it is in use.
    _lock: File,
}

/// The header for these options, compiled if it is not in the cache. A compiler that cannot
/// precompile reads the plain text instead.
///
/// # Errors
/// [`BuildError`] when the cache is not writable, or the compiler does not end within `limit`.
pub(super) fn header(
    tools: &Tools,
    options: &[String],
    cache: &Path,
    limit: Duration,
) -> Result<Header, BuildError> {
    let mut parts: Vec<&str> = options.iter().map(String::as_str).collect();
    parts.extend([PRELUDE, OPTIMISATION, &tools.verilator_text, &tools.compiler_text]);
    let key = cache::hash(&parts);
    let headers = cache.join("headers");
    let folder = headers.join(&key);
    let path = folder.join(NAME);
    loop {
        let lock = lock(cache, &key)?;
        // It is there only when everything before it is.
        let complete = folder.join("complete");
        if !complete.is_file() {
            let work = work_folder(cache, &key)?;
            let plain = work.path().join(NAME);
            fs::write(&plain, PRELUDE).at(&plain)?;
            let compiled = precompile(tools, options, work.path(), limit)?;
            fs::create_dir_all(&headers).at(&headers)?;
            let _ = fs::remove_dir_all(&folder);
            fs::rename(work.path(), &folder).at(&folder)?;
            if compiled && !is_usable(tools, options, &path, limit)? {
                let unusable = folder.join(format!("{NAME}.gch"));
                fs::remove_file(&unusable).at(&unusable)?;
            }
            fs::write(&complete, "").at(&complete)?;
        }
        let stamp = folder.join("used");
        fs::write(&stamp, "").at(&stamp)?;
        evict_headers(cache, &headers);
        // Others may use it at the same time; only its removal must wait.
        lock.unlock().at(&folder)?;
        lock.lock_shared().at(&folder)?;
        if path.is_file() {
            return Ok(Header { path, _lock: lock });
        }
    }
}

/// Compiles the header in `work`; says whether the compiler can.
fn precompile(
    tools: &Tools,
    options: &[String],
    work: &Path,
    limit: Duration,
) -> Result<bool, BuildError> {
    let run = Invocation::new("precompiling headers (g++)", &tools.compiler)
        .args(options)
        .args([OPTIMISATION, "-x", "c++-header", NAME, "-o", &format!("{NAME}.gch")])
        .folder(work)
        .run(limit);
    settle(run)
}

/// Whether the compiler takes its precompiled header where it is now.
fn is_usable(
    tools: &Tools,
    options: &[String],
    header: &Path,
    limit: Duration,
) -> Result<bool, BuildError> {
    let run = Invocation::new("trying precompiled headers (g++)", &tools.compiler)
        .args(options)
        .args([OPTIMISATION, "-include"])
        .arg(header)
        .args(["-fsyntax-only", "-x", "c++", "/dev/null"])
        .run(limit);
    settle(run)
}

/// A compiler that cannot is no error; one that has no room or no time is.
fn settle<T>(run: Result<T, ToolError>) -> Result<bool, BuildError> {
    match run {
        Ok(_) => Ok(true),
        Err(ToolError::Failed { ref output, .. }) if !output.contains("No space left") => Ok(false),
        Err(error) => Err(error.into()),
    }
}
