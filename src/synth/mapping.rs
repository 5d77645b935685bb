//! From gates to cells: runs of ABC, each proven equal to what went in.

use std::fmt::Write as _;
use std::fs;

use super::blif::{self, Logic, Mapped};
use super::error::SynthesisError;
use super::library::Library;
use super::store::Store;
use super::tools::Tools;
use crate::cache;
use crate::tool::{Invocation, ToolError};

/// A way to map logic. None wins everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Script {
    /// Name in reports.
    pub name: &'static str,
    /// Commands; `{D}` becomes the option that sets the wanted delay.
    commands: &'static str,
}

/// All ways, the most rewarding first.
pub const SCRIPTS: &[Script] = &[
    // Keeps the structure that it is given: best for trees that are drawn already.
    Script { name: "keep", commands: "strash; &get -n; &nf {D}; &put" },
    Script { name: "area", commands: "strash; dch; amap -m" },
    Script { name: "balance", commands: "strash; dch; map -B 0.9 {D}" },
    Script { name: "delay", commands: "strash; dch; if -g; strash; dch; map -B 0.9" },
    Script {
        name: "speedup",
        commands: "strash; dch; map -B 0.9; speedup; strash; dch; map -B 0.9",
    },
    Script { name: "lookup", commands: "strash; if -g -K 6 -C 8; strash; dch; map -B 0.9" },
];

/// The delay that the logic of a module shall have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Target {
    /// As little as possible.
    Fastest,
    /// At most this, in ps.
    Delay(f64),
    /// Any: as little area as possible.
    Smallest,
}

/// One way to map one module.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    /// Script.
    pub script: Script,
    /// Wanted delay.
    pub target: Target,
    /// Number of the order in which the gates are given to the mapper.
    pub shuffle: u64,
}

/// A delay that any logic has, in ps.
const ENDLESS: f64 = 1e6;

/// Mapped logic with the mapper's own estimate of its delay.
#[derive(Clone, Debug)]
pub struct MappedLogic {
    /// The cells.
    pub mapped: Mapped,
    /// Delay in ps without flip-flops, as ABC sees it.
    pub delay_ps: f64,
}

/// Why a setting has no result; others may.
#[derive(Debug)]
pub enum Refusal {
    /// ABC failed or did not prove its result.
    Unproven(String),
    /// Nothing works.
    Fatal(SynthesisError),
}

impl From<std::io::Error> for Refusal {
    fn from(error: std::io::Error) -> Self {
        Self::Fatal(error.into())
    }
}

/// Maps logic and proves the result equal to it.
///
/// # Errors
/// [`Refusal`].
pub fn run(
    logic: &Logic,
    setting: &Setting,
    library: &Library,
    (tools, store): (&Tools, &Store),
) -> Result<MappedLogic, Refusal> {
    if logic.outputs.is_empty() {
        return Ok(MappedLogic { mapped: Mapped::default(), delay_ps: 0.0 });
    }
    let option = match setting.target {
        Target::Fastest => String::new(),
        Target::Delay(delay) => format!("-D {delay:.0}"),
        Target::Smallest => format!("-D {ENDLESS:.0}"),
    };
    let load_ff = library.load_pf * 1000.0;
    let constraints =
        format!("set_driving_cell {}\nset_load {load_ff:.4} [all_outputs]\n", library.driver);
    let commands = setting.script.commands.replace("{D}", &option);
    let command = format!(
        "read_blif logic.blif; read_lib -w library.lib; read_constr -v constraints; {commands}; \
         cleanup; buffer -c; topo; stime -c; upsize -c {option}; dnsize -c {option}; stime -c; \
         write_blif mapped.blif; cec -n logic.blif"
    );
    let parts =
        ["map", &tools.abc.version, &library.hash, &constraints, &command, logic.text.as_str()];
    let text = store.get_or(&cache::hash(&parts), || {
        let work = store.work()?;
        fs::write(work.path().join("logic.blif"), &logic.text)?;
        fs::write(work.path().join("constraints"), &constraints)?;
        fs::copy(&library.path, work.path().join("library.lib"))?;
        let run = Invocation::new("technology mapping (ABC)", &tools.abc.path)
            .args(["-c", &command])
            .folder(work.path())
            .run(tools.limit);
        let said = match run {
            Ok(output) => output.stdout,
            Err(error @ (ToolError::Failed { .. } | ToolError::TimedOut { .. })) => {
                return Err(Refusal::Unproven(error.to_string()));
            }
            Err(error) => return Err(Refusal::Fatal(error.into())),
        };
        if !said.contains("Networks are equivalent") {
            return Err(Refusal::Unproven(telling(&said)));
        }
        let delay = said.lines().filter_map(delay).next_back();
        let delay = delay.ok_or_else(|| Refusal::Unproven("ABC told no delay".to_owned()))?;
        let mut text = format!("{delay}\n");
        let _ = write!(text, "{}", fs::read_to_string(work.path().join("mapped.blif"))?);
        Ok(text)
    })?;
    let unknown = |reason: String| {
        let what = "reading the mapped logic".to_owned();
        Refusal::Fatal(SynthesisError::Unknown { what, reason })
    };
    let (delay, network) =
        text.split_once('\n').ok_or_else(|| unknown("it is empty".to_owned()))?;
    let delay_ps = delay.parse().map_err(|_| unknown(format!("`{delay}` is no delay")))?;
    Ok(MappedLogic { mapped: blif::read(network).map_err(unknown)?, delay_ps })
}

/// The delay in a line of `stime`: `Delay = 503.28 ps`, in colours.
fn delay(line: &str) -> Option<f64> {
    let rest = line.split("Delay =").nth(1)?;
    rest.split_whitespace().next()?.parse().ok().filter(|delay: &f64| delay.is_finite())
}

/// The line of ABC's output that says most.
fn telling(said: &str) -> String {
    let words = ["NOT EQUIVALENT", "rror", "annot", "ailed", "undecided", "does not"];
    let line = said.lines().find(|line| words.iter().any(|word| line.contains(word)));
    let line = line.or(said.lines().rfind(|line| !line.trim().is_empty()));
    line.unwrap_or("ABC said nothing").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_and_failures_are_found_in_the_output() {
        let line = "\u{1b}[1;36mArea = 334.89\u{1b}[0m ( 84.1 %)   Delay =   503.28 ps  ( 1.0 %)";
        assert_eq!(delay(line), Some(503.28));
        assert_eq!(delay("Area = 1"), None);
        assert_eq!(telling("a\nNetworks are NOT EQUIVALENT.\n"), "Networks are NOT EQUIVALENT.");
        assert_eq!(telling("one\nError: no inverter\nlast\n"), "Error: no inverter");
    }
}
