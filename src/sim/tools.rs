//! The tools that build simulators, asked once per process for what they are.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use super::build::{INSTALL, OLDEST_VERILATOR};
use crate::tool::{self, Invocation, ToolError, Version};

/// The installed tools.
#[derive(Clone, Debug)]
pub(super) struct Tools {
    /// Verilator.
    pub verilator: PathBuf,
    /// Its version.
    pub version: Version,
    /// What it says of its version, with the revision.
    pub verilator_text: String,
    /// The C++ compiler.
    pub compiler: PathBuf,
    /// What it says of its version, with the packager's.
    pub compiler_text: String,
    /// Headers and sources of Verilator's runtime.
    pub include: PathBuf,
}

/// Tools by the paths of Verilator and the compiler.
type Known = Mutex<HashMap<(PathBuf, PathBuf), Tools>>;

impl Tools {
    /// Finds the tools and asks them for their versions, the first time that this process needs
    /// them.
    ///
    /// # Errors
    /// [`ToolError`] when one is missing, too old, or does not answer within `limit`.
    pub(super) fn find(limit: Duration) -> Result<Self, ToolError> {
        static KNOWN: OnceLock<Known> = OnceLock::new();
        let verilator = tool::find("verilator", INSTALL)?;
        let compiler = tool::find("g++", INSTALL)?;
        let known = KNOWN.get_or_init(Mutex::default);
        // A thread that panicked here left at most an entry less.
        let mut known = known.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let key = (verilator, compiler);
        if let Some(tools) = known.get(&key) {
            return Ok(tools.clone());
        }
        let tools = Self::ask(&key.0, &key.1, limit)?;
        known.insert(key, tools.clone());
        Ok(tools)
    }

    fn ask(verilator: &Path, compiler: &Path, limit: Duration) -> Result<Self, ToolError> {
        let ask = |what: &str, program: &Path, arguments: &[&str]| {
            Invocation::new(what, program).args(arguments).run(limit).map(|output| output.stdout)
        };
        // One answer with the version, and the folder as it is configured and set.
        let answer = ask("asking Verilator for its version", verilator, &["-V"])?;
        let verilator_text = answer.lines().next().unwrap_or_default().trim().to_owned();
        let needed = Version::of(OLDEST_VERILATOR);
        let version = Version::find(&verilator_text).unwrap_or(Version::of(&[0]));
        if version < needed {
            return Err(ToolError::TooOld {
                program: "verilator".to_owned(),
                found: version.to_string(),
                needed: needed.to_string(),
                help: "Debian 12 and Ubuntu 24.04 have one that is new enough".to_owned(),
            });
        }
        let root = match root(&answer) {
            Some(root) => root,
            None => {
                let arguments = ["--getenv", "VERILATOR_ROOT"];
                let answer = ask("asking Verilator for its folder", verilator, &arguments)?;
                answer.trim().to_owned()
            }
        };
        let include = Path::new(&root).join("include");
        let answer = ask("asking the C++ compiler for its version", compiler, &["--version"])?;
        let compiler_text = answer.lines().next().unwrap_or_default().trim().to_owned();
        let (verilator, compiler) = (verilator.to_owned(), compiler.to_owned());
        Ok(Self { verilator, version, verilator_text, compiler, compiler_text, include })
    }
}

/// Verilator's folder in its answer to `-V`: what the environment sets goes before the default.
fn root(answer: &str) -> Option<String> {
    answer.lines().rev().find_map(|line| {
        let (name, value) = line.split_once('=')?;
        let value = value.trim();
        (name.trim() == "VERILATOR_ROOT" && !value.is_empty()).then(|| value.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_that_is_set_goes_before_the_default() {
        let answer = |set: &str| {
            format!(
                "Verilator 5.006\n\nSummary of configuration:\n    VERILATOR_ROOT     = /usr/share\n\
                 Environment:\n    VERILATOR_ROOT     = {set}\n"
            )
        };
        assert_eq!(root(&answer("")).as_deref(), Some("/usr/share"));
        assert_eq!(root(&answer("/opt/verilator")).as_deref(), Some("/opt/verilator"));
        assert_eq!(root("Verilator 5.006\n"), None);
    }
}
