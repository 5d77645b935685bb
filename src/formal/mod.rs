//! Formal proofs: the properties of a design's control, by Yosys and an SMT solver.
//!
//! Each module that has properties is proven for itself, with all values of its inputs that its
//! assumptions allow, and resets at any time. What a module takes for granted of its surroundings
//! is to be seen to by the module around it: there the assumptions of the modules below are
//! assertions like all others.

mod job;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::output;
use crate::parallel;
use crate::rtl::Module;
use crate::synth::Yosys;
use crate::tool::{self, ToolError};

use job::{Answer, Job, Question};

/// How to install the solver.
pub(crate) const INSTALL_SOLVER: &str = "install it with: apt-get install z3";

/// How to install the driver of the solver.
pub(crate) const INSTALL_DRIVER: &str =
    "it comes with Yosys and needs Python 3; install it with: apt-get install yosys python3";

/// How far proofs go.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Cycles from the start that are looked at where induction does not close; at least 1.
    pub depth: usize,
    /// Cycles that an induction starts from, at the most; at least 1.
    pub induction: usize,
    /// Time for each step of the proof of a module.
    pub time: Duration,
    /// Where traces of violated properties are written.
    pub traces: PathBuf,
}

/// How the proof of a module ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The properties hold for ever: by induction over so many cycles.
    Proven {
        /// Cycles that the induction starts from.
        induction: usize,
    },
    /// They hold in so many cycles from the start; later ones have not been looked at.
    Bounded {
        /// Cycles that were looked at.
        depth: usize,
    },
    /// One is violated.
    Violated {
        /// Where it stands.
        property: String,
        /// A waveform that shows it.
        trace: Option<PathBuf>,
    },
    /// The time was too short.
    Undecided,
}

impl Verdict {
    /// Whether no property is known to be violated and some have been shown.
    #[must_use]
    pub fn is_good(&self) -> bool {
        matches!(self, Self::Proven { .. } | Self::Bounded { .. })
    }
}

/// The proof of a module.
#[derive(Clone, Debug)]
pub struct Proof {
    /// Name of the module.
    pub module: String,
    /// Assertions that stand in it.
    pub properties: usize,
    /// How it ended.
    pub verdict: Verdict,
    /// Whether what the module is for happens in some run as long as [`Limits::depth`]: else the
    /// properties might hold for want of it. Nothing where that has not been asked.
    pub happens: Option<bool>,
    /// Time that it took.
    pub seconds: f64,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// A tool is missing or failed.
    #[error(transparent)]
    Tool(#[from] ToolError),
    /// A file cannot be written.
    #[error("cannot write {path}: {reason}")]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
}

fn at(path: &Path) -> impl FnOnce(std::io::Error) -> ProofError + '_ {
    move |reason| ProofError::File { path: path.to_owned(), reason }
}

/// The programs of a proof.
pub(crate) struct Tools {
    yosys: Yosys,
    driver: PathBuf,
}

impl Tools {
    fn find(limit: Duration) -> Result<Self, ToolError> {
        let driver = tool::find("yosys-smtbmc", INSTALL_DRIVER)?;
        // The driver starts it by its name.
        tool::find("z3", INSTALL_SOLVER)?;
        Ok(Self { yosys: Yosys::find(limit)?, driver })
    }
}

/// Proves the properties of all `modules` of a design that have some and that `chosen` takes, in the
/// order of the modules.
///
/// # Errors
/// [`ProofError`] when a tool is missing or fails, or a file cannot be written. A property that is
/// violated is no error.
pub fn prove(
    modules: &[Module],
    chosen: impl Fn(&Module) -> bool,
    limits: &Limits,
) -> Result<Vec<Proof>, ProofError> {
    let tools = Tools::find(limits.time)?;
    let work = tempfile::tempdir().map_err(at(&std::env::temp_dir()))?;
    for module in modules {
        let path = work.path().join(module.file());
        std::fs::write(&path, &module.text).map_err(at(&path))?;
    }
    let subjects: Vec<&Module> =
        modules.iter().filter(|module| module.properties > 0 && chosen(module)).collect();
    parallel::map(&subjects, |module| {
        let start = Instant::now();
        let job = Job { tools: &tools, folder: work.path(), modules, top: &module.name, limits };
        let verdict = decide(&job)?;
        let happens = match module.events > 0 && verdict.is_good() {
            true => match job.solve(Question::Reach, limits.depth)? {
                Answer::Holds => Some(true),
                Answer::Fails(_) => Some(false),
                Answer::OutOfTime => None,
            },
            false => None,
        };
        let seconds = start.elapsed().as_secs_f64();
        let (module, properties) = (module.name.clone(), module.properties);
        Ok(Proof { module, properties, verdict, happens, seconds })
    })
}

/// By induction, which needs the first cycles beside it, or else as far as the limit goes.
fn decide(job: &Job<'_>) -> Result<Verdict, ProofError> {
    job.translate()?;
    let limits = job.limits;
    let (induction, closed) = (limits.induction, job.solve(Question::After, limits.induction)?);
    let depth = if closed == Answer::Holds { induction + 1 } else { limits.depth };
    Ok(match job.solve(Question::First, depth)? {
        Answer::Holds if closed == Answer::Holds => Verdict::Proven { induction },
        Answer::Holds => Verdict::Bounded { depth },
        Answer::OutOfTime => Verdict::Undecided,
        Answer::Fails(property) => {
            let found = job.trace();
            let trace = match std::fs::read(&found) {
                Err(_) => None,
                Ok(bytes) => {
                    let path = limits.traces.join(format!("{}.vcd", job.top));
                    std::fs::create_dir_all(&limits.traces).map_err(at(&limits.traces))?;
                    output::replace(&path, |file| std::io::Write::write_all(file, &bytes))
                        .map_err(at(&path))?;
                    Some(path)
                }
            };
            Verdict::Violated { property, trace }
        }
    })
}
