//! `bitweight doctor`

use std::time::Duration;

use serde_json::json;

use super::{Outcome, report};
use crate::sim::build::OLDEST_VERILATOR;
use crate::synth::Yosys;
use crate::tool::{self, Invocation, Version};

#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// Answer as one JSON object
    #[arg(long)]
    pub json: bool,
}

/// An external tool.
struct Tool {
    program: &'static str,
    /// Empty where it does not tell its version.
    version_argument: &'static str,
    package: &'static str,
    /// What does not work without it.
    lost: &'static str,
    oldest: &'static [u32],
}

const TOOLS: &[Tool] = &[
    Tool {
        program: "verilator",
        version_argument: "--version",
        package: "verilator",
        lost: "`sim`: no proof that a design is bit-exact; lint in the tests",
        oldest: OLDEST_VERILATOR,
    },
    Tool {
        program: "g++",
        version_argument: "--version",
        package: "g++",
        lost: "`sim`: Verilator's C++ cannot be compiled",
        oldest: &[],
    },
    Tool {
        program: "iverilog",
        version_argument: "-V",
        package: "iverilog",
        lost: "the tests' second simulator: generated testbenches run elsewhere only",
        oldest: &[],
    },
    Tool {
        program: "yosys",
        version_argument: "-V",
        package: "yosys",
        lost: "`synth`: no area and delay; the tests' synthesis lint",
        oldest: &[],
    },
    Tool {
        program: "sta",
        version_argument: "-version",
        package: "opensta",
        lost: "`synth`: no delay and power",
        oldest: &[],
    },
    Tool {
        program: "yosys-smtbmc",
        version_argument: "",
        package: "yosys python3",
        lost: "`prove`: no proof of the control's properties",
        oldest: &[],
    },
    Tool {
        program: "z3",
        version_argument: "--version",
        package: "z3",
        lost: "`prove`: no proof of the control's properties",
        oldest: &[],
    },
    Tool {
        program: "pyslang",
        version_argument: "",
        package: "pyslang==12.1.0",
        lost: "the tests' strict front end: their lint with slang is skipped",
        oldest: &[],
    },
];

/// What was found of a tool.
struct Finding {
    version: Option<String>,
    problem: Option<String>,
}

/// Time that a tool may take to tell its version.
const LIMIT: Duration = Duration::from_secs(20);

fn examine(tool: &Tool) -> Finding {
    let install = format!("install it with: apt-get install {}", tool.package);
    // Yosys comes in several forms.
    if tool.program == "yosys" {
        return match Yosys::find(LIMIT) {
            Ok(yosys) => Finding {
                version: Version::find(&yosys.version).map(|version| version.to_string()),
                problem: None,
            },
            Err(_) => Finding { version: None, problem: Some(format!("missing; {install}")) },
        };
    }
    if tool.program == "pyslang" {
        return examine_module(tool);
    }
    let path = match tool::find(tool.program, &install) {
        Ok(path) => path,
        Err(_) => return Finding { version: None, problem: Some(format!("missing; {install}")) },
    };
    if tool.version_argument.is_empty() {
        return Finding { version: None, problem: None };
    }
    let run = Invocation::new("asking for the version", &path).arg(tool.version_argument);
    // Icarus prints its version and then fails for want of a file.
    let text = match run.run(LIMIT) {
        Ok(output) => format!("{}\n{}", output.stdout, output.stderr),
        Err(error) => error.to_string(),
    };
    let line = text.lines().find(|line| Version::find(line).is_some());
    let Some(version) = line.and_then(Version::find) else {
        return Finding { version: None, problem: Some("does not tell its version".to_owned()) };
    };
    let oldest = Version::of(tool.oldest);
    let problem = (version < oldest).then(|| format!("too old: {oldest} or newer is needed"));
    Finding { version: Some(version.to_string()), problem }
}

/// A module of the Python that `scripts/tools` sets up in this folder, or of the user's.
fn examine_module(tool: &Tool) -> Finding {
    let script = format!("import {0}; print({0}.__version__)", tool.program);
    let own = std::path::PathBuf::from("target/slang/bin/python");
    let candidates = [Some(own), tool::find("python3", "").ok()];
    let version = candidates.into_iter().flatten().find_map(|python| {
        let ask = Invocation::new("asking for the version", &python).args(["-c", &script]);
        ask.run(LIMIT).ok().and_then(|output| Version::find(&output.stdout))
    });
    match version {
        Some(version) => Finding { version: Some(version.to_string()), problem: None },
        None => {
            let problem = format!("missing; install it with: pip install {}", tool.package);
            Finding { version: None, problem: Some(problem) }
        }
    }
}

impl Arguments {
    pub fn run(&self) -> anyhow::Result<Outcome> {
        let findings: Vec<(&Tool, Finding)> =
            TOOLS.iter().map(|tool| (tool, examine(tool))).collect();
        if self.json {
            let entry = |(tool, finding): &(&Tool, Finding)| {
                json!({
                    "name": tool.program,
                    "version": finding.version,
                    "usable": finding.problem.is_none(),
                    "problem": finding.problem,
                    "lost_without": tool.lost,
                    "package": tool.package,
                })
            };
            let tools: Vec<_> = findings.iter().map(entry).collect();
            report::print_json(&json!({ "tools": tools }))?;
        } else {
            let mut text = String::new();
            for (tool, Finding { version, problem }) in &findings {
                let version = version.as_deref().unwrap_or("-");
                let state = if problem.is_none() { "ok" } else { "--" };
                text += &format!("{state}  {:12}  {version:8}", tool.program);
                match problem {
                    None => {
                        text += &format!("  for {}\n", tool.lost.split(':').next().unwrap_or(""))
                    }
                    Some(problem) => text += &format!("  {problem}\n    lost: {}\n", tool.lost),
                }
            }
            report::print_text(&text)?;
        }
        Ok(Outcome::Good)
    }
}
