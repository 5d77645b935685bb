//! The programs of the flow and their versions.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use super::yosys::Yosys;
use crate::tool::{self, Invocation, ToolError, Version};

/// A program of the flow.
#[derive(Clone, Debug)]
pub struct Program {
    /// Where it is.
    pub path: PathBuf,
    /// What it says of its version.
    pub version: String,
}

/// All programs of the flow.
#[derive(Clone, Debug)]
pub struct Tools {
    /// Yosys: from Verilog to gates.
    pub yosys: Yosys,
    /// ABC: from gates to cells.
    pub abc: Program,
    /// OpenSTA: delay and power.
    pub sta: Program,
    /// Time that each run may take.
    pub limit: Duration,
}

const STA: &str = "install it with: apt-get install opensta";

impl Tools {
    /// Finds all programs.
    ///
    /// # Errors
    /// [`ToolError`] for the first that is missing or does not run.
    pub fn find(limit: Duration) -> Result<Self, ToolError> {
        let yosys = Yosys::find(limit)?;
        let abc = yosys.abc(limit)?;
        let said = Invocation::new("asking ABC for its version", &abc).args(["-c", "version"]);
        let said = said.run(limit)?.stdout;
        let version = said.lines().find(|line| line.contains("ABC 1")).unwrap_or("unknown");
        let version = version.trim().trim_start_matches("UC Berkeley, ").to_owned();
        let path = tool::find("sta", STA)?;
        let said = Invocation::new("asking OpenSTA for its version", &path).arg("-version");
        let sta = said.run(limit)?.stdout.trim().to_owned();
        let abc = Program { path: abc, version };
        Ok(Self { yosys, abc, sta: Program { path, version: sta }, limit })
    }

    /// Versions by program, for reports.
    #[must_use]
    pub fn versions(&self) -> BTreeMap<String, String> {
        let short = |text: &str| Version::find(text).map_or(text.to_owned(), |v| v.to_string());
        [("yosys", &self.yosys.version), ("abc", &self.abc.version), ("opensta", &self.sta.version)]
            .map(|(name, version)| (name.to_owned(), short(version)))
            .into_iter()
            .collect()
    }
}
