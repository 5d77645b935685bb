//! The proof of one module: translation by Yosys, questions to the solver.

use std::path::{Path, PathBuf};

use super::{Limits, ProofError, Tools};
use crate::rtl::{Module, PROPERTIES};
use crate::synth::RELEASE;
use crate::tool::{Invocation, ToolError};

/// A module whose properties are to be proven.
pub(super) struct Job<'a> {
    pub tools: &'a Tools,
    /// Where the Verilog is.
    pub folder: &'a Path,
    pub modules: &'a [Module],
    /// Name of the module.
    pub top: &'a str,
    pub limits: &'a Limits,
}

/// What the solver is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Question {
    /// Whether the properties hold in the first cycles.
    First,
    /// Whether they hold in a cycle after they held in up to as many as given before.
    After,
    /// Whether all events happen in some run of as many cycles.
    Reach,
}

/// What the solver says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Holds,
    /// The property that does not hold.
    Fails(String),
    OutOfTime,
}

impl Job<'_> {
    /// The module and what is below it as one flat module, in the language of the solver.
    pub fn translate(&self) -> Result<(), ProofError> {
        let top = self.top;
        let files: String =
            self.modules.iter().map(|module| format!(" {}", module.file())).collect();
        // What modules below take for granted is to be shown here.
        let script = format!(
            "read_verilog -formal -D {PROPERTIES}{files}\nhierarchy -check -top {top}\n{RELEASE}proc\n\
             select -set below {top} %n\nchformal -assume2assert @below\nselect -clear\nflatten\n\
             prep -top {top}\nasync2sync\ndffunmap\nwrite_smt2 -wires {top}.smt2\n"
        );
        let path = self.folder.join(format!("{top}.ys"));
        std::fs::write(&path, script).map_err(super::at(&path))?;
        let what = format!("translating {top} for the solver (Yosys)");
        let run = self.tools.yosys.invoke(what).args(["-q", "-s", &format!("{top}.ys")]);
        run.folder(self.folder).run(self.limits.time)?;
        Ok(())
    }

    /// Asks the question of runs of `depth` cycles.
    pub fn solve(&self, question: Question, depth: usize) -> Result<Answer, ProofError> {
        let what = format!("proving {} (yosys-smtbmc)", self.top);
        let mut run = Invocation::new(what, &self.tools.driver).args([
            "-s",
            "z3",
            "--noprogress",
            "--unroll",
            "-t",
            &depth.to_string(),
        ]);
        run = match question {
            Question::After => run.arg("-i"),
            Question::First => run.arg("--dump-vcd").arg(self.trace()),
            Question::Reach => run.arg("-c"),
        };
        let file = format!("{}.smt2", self.top);
        match run.arg(file).folder(self.folder).run(self.limits.time) {
            Ok(_) => Ok(Answer::Holds),
            Err(ToolError::TimedOut { .. }) => Ok(Answer::OutOfTime),
            Err(ToolError::Failed { output, .. }) if output.contains("Status: ") => {
                Ok(Answer::Fails(property(&output)))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Where the solver's waveform is, if there is one.
    pub fn trace(&self) -> PathBuf {
        self.folder.join(format!("{}.vcd", self.top))
    }
}

/// The place of the property that failed, from what the driver printed.
fn property(output: &str) -> String {
    let place = output.lines().find_map(|line| line.split_once("Assert failed in "));
    match place {
        Some((_, place)) => place.trim().to_owned(),
        None => "the assumptions contradict each other".to_owned(),
    }
}
