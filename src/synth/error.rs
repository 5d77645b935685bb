//! Why there is no figure.

use std::io;

use serde::Serialize;

use super::library::LibraryError;
use crate::tool::ToolError;

/// A step that failed while others gave figures.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Failure {
    /// What was to be measured.
    pub step: String,
    /// Why it was not, with the command to be run by hand.
    pub reason: String,
}

impl Failure {
    /// The failure of a step.
    #[must_use]
    pub fn new(step: &str, error: &SynthesisError) -> Self {
        Self { step: step.to_owned(), reason: error.to_string() }
    }
}

/// Why a design was not measured.
#[derive(Debug, thiserror::Error)]
pub enum SynthesisError {
    /// A tool is missing or failed.
    #[error(transparent)]
    Tool(#[from] ToolError),
    /// The library cannot be used.
    #[error(transparent)]
    Library(#[from] LibraryError),
    /// The cache cannot be used.
    #[error("cannot use the cache: {0}\n  help: set BITWEIGHT_CACHE to a writable folder")]
    Cache(#[from] io::Error),
    /// The library has not what the design needs.
    #[error("{design} cannot be mapped to the library {library}: {reason}")]
    Unmapped {
        /// The module.
        design: String,
        /// The library.
        library: String,
        /// What is missing.
        reason: String,
    },
    /// No mapped netlist is proven equal to the design.
    #[error(
        "no mapped netlist of {module} is proven equal to what went in; figures of a wrong netlist \
         are not shown\n  first reason: {reason}\n  help: check the library with `yosys-abc -c \
         'read_lib FILE; print_gates'`, or try another version of Yosys with BITWEIGHT_YOSYS"
    )]
    NotProven {
        /// The module.
        module: String,
        /// What the mapper said.
        reason: String,
    },
    /// A tool printed something else than expected.
    #[error(
        "{what}: {reason}\n  help: try another version of the tool; `bitweight doctor` shows those in use"
    )]
    Unknown {
        /// What was being done.
        what: String,
        /// What is odd.
        reason: String,
    },
}

impl SynthesisError {
    /// Whether it is of one run of a tool, which died, took too long or printed nonsense: what
    /// other runs gave is still right. A netlist that computes something wrong, a missing tool and
    /// an unusable library or cache concern everything.
    #[must_use]
    pub const fn concerns_one_run(&self) -> bool {
        matches!(
            self,
            Self::Unknown { .. }
                | Self::Tool(
                    ToolError::Failed { .. }
                        | ToolError::TimedOut { .. }
                        | ToolError::NotStarted { .. }
                )
        )
    }
}
