//! `bitweight prove`

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Outcome, report};
use crate::config;
use crate::formal::{self, Limits, Proof, Verdict};
use crate::rtl;

#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// Name of a preset, or path of a YAML file
    design: String,
    /// Prove these modules only, by their name without the design's: fifo, control, drain, ..
    #[arg(long, value_name = "MODULE", value_delimiter = ',')]
    only: Vec<String>,
    /// Cycles from the start that are looked at where induction does not close
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..))]
    depth: u16,
    /// Cycles that an induction starts from, at the most
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..))]
    induction: u16,
    /// Seconds that each step of the proof of a module may take
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
    /// Folder for waveforms of violated properties
    #[arg(short, long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
    /// Answer as one JSON object
    #[arg(long)]
    pub json: bool,
}

impl Arguments {
    pub fn run(&self) -> anyhow::Result<Outcome> {
        let described = config::describe(&self.design)?;
        let (name, modules) = (described.machine().name(), described.machine().modules());
        let short =
            |module: &str| module.strip_prefix(&format!("{name}_")).unwrap_or(module).to_owned();
        let with: Vec<String> = modules
            .iter()
            .filter(|module| module.properties > 0)
            .map(|module| short(&module.name))
            .collect();
        if with.is_empty() {
            anyhow::bail!(
                "`{name}` has no module with properties, so nothing would be proven\n  \
                 help: the controls of arrays, layers and blocks have them; `bitweight sim` compares \
                 results"
            );
        }
        if let Some(wrong) = self.only.iter().find(|wanted| !with.contains(wanted)) {
            anyhow::bail!(
                "`{name}` has no module `{wrong}` with properties\n  help: those that have are: {}",
                with.join(", ")
            );
        }
        let limits = Limits {
            depth: self.depth.into(),
            induction: self.induction.into(),
            time: Duration::from_secs(self.timeout),
            traces: self.out.clone(),
        };
        let chosen =
            |module: &rtl::Module| self.only.is_empty() || self.only.contains(&short(&module.name));
        let proofs = formal::prove(&modules, chosen, &limits)?;
        let good = proofs.iter().all(|proof| proof.verdict.is_good());
        if self.json {
            let list: Vec<Value> = proofs.iter().map(describe).collect();
            report::print_json(&json!({ "design": name, "passed": good, "proofs": list }))?;
        } else {
            report::print_text(&text(name, &proofs, good))?;
        }
        Ok(if good { Outcome::Good } else { Outcome::Failed })
    }
}

/// A proof in an answer for programs.
fn describe(proof: &Proof) -> Value {
    let (verdict, depth) = match &proof.verdict {
        Verdict::Proven { induction } => ("proven", Some(*induction)),
        Verdict::Bounded { depth } => ("bounded", Some(*depth)),
        Verdict::Violated { .. } => ("violated", None),
        Verdict::Undecided => ("undecided", None),
    };
    let mut object = json!({
        "module": proof.module,
        "properties": proof.properties,
        "verdict": verdict,
        "depth": depth,
        "happens": proof.happens,
        "seconds": (proof.seconds * 10.0).round() / 10.0,
    });
    if let Verdict::Violated { property, trace } = &proof.verdict {
        object["property"] = property.as_str().into();
        object["trace"] = json!(trace);
    }
    object
}

/// The proofs for people.
fn text(name: &str, proofs: &[Proof], good: bool) -> String {
    let mut text = format!("{}  {name}\n", if good { "PASS" } else { "FAIL" });
    let width = proofs.iter().map(|proof| proof.module.len()).max().unwrap_or(0);
    for Proof { module, properties, verdict, happens, seconds } in proofs {
        // That nothing happens may also be for want of depth, so it is no failure.
        let idle = match happens {
            Some(false) => "; but what it is for does not happen in the cycles of --depth",
            Some(true) | None => "",
        };
        let verdict = match verdict {
            Verdict::Proven { induction } => {
                format!("proven for all time, by induction over {induction} cycles")
            }
            Verdict::Bounded { depth } => format!("hold in the first {depth} cycles"),
            Verdict::Undecided => "undecided: raise --timeout, or lower --depth".to_owned(),
            Verdict::Violated { property, trace } => {
                let trace = trace.as_ref().map(|path| format!("; trace: {}", path.display()));
                format!("VIOLATED: {property}{}", trace.unwrap_or_default())
            }
        };
        text += &format!(
            "  {module:width$}  {properties:3} properties  {verdict}{idle}  ({seconds:.1} s)\n"
        );
    }
    text
}
