//! `bitweight synth`

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::ValueEnum;
use serde_json::json;

use super::watch::Watch;
use super::{Outcome, report};
use crate::binary::Layer;
use crate::config::{self, Described};
use crate::data::Matrix;
use crate::design::Design;
use crate::output;
use crate::sim::npy;
use crate::synth::fpga::{self, FpgaReport, Part, Target};
use crate::synth::library::WireLoad;
use crate::synth::{self, Effort, Failure, Job, Report, Scope, Subject, Told};
use crate::vectors::{self, Distribution};

mod text;

pub(super) use text::failures as failures_text;
use text::text;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ScopeName {
    /// One processing element with its operand and accumulator registers
    Pe,
    /// The bare array: elements, and the bus over which they are read
    Array,
    /// The whole top: the array with streams, skew, control, readout and final adders
    Core,
}

/// How long to search.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum EffortName {
    /// Some ways to map: a few per cent from the best, in seconds
    Fast,
    /// All ways to map, in several orders of the gates: minutes
    Full,
}

/// Whether wires count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum WireLoadName {
    /// Wires weigh nothing, whatever the library says of them
    None,
    /// The library's own default wire load, if it names one
    Library,
}

/// FPGA family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum TargetName {
    /// Lattice iCE40
    Ice40,
    /// Lattice ECP5
    Ecp5,
    /// Xilinx 7 series
    Xilinx,
}

/// How to measure; shared by the verbs that do.
#[derive(clap::Args, Debug)]
pub(super) struct Options {
    /// What is measured
    #[arg(long, value_enum, default_value = "pe")]
    pub scope: ScopeName,
    /// Cell library in Liberty format, plain or .gz; several may be given. Without it the OSU 0.18
    /// um library of Debian's package qflow-tech-osu018 is used
    #[arg(long, value_name = "FILE")]
    pub liberty: Vec<PathBuf>,
    /// Whether wires count
    #[arg(long, value_enum, default_value = "none")]
    pub wire_load: WireLoadName,
    /// Period in ns that shall be met with the smallest area; several may be given
    #[arg(long, value_name = "NS", value_parser = period)]
    pub period: Vec<f64>,
    /// Search the whole curve of area against delay even where periods are given
    #[arg(long)]
    pub sweep: bool,
    /// How long to search
    #[arg(long, value_enum, default_value = "fast")]
    pub effort: EffortName,
    /// Operand A (M x K) on which energy is measured: a NumPy array of integers
    #[arg(long, value_name = "A.npy", requires = "b")]
    pub a: Option<PathBuf>,
    /// Operand B (K x N)
    #[arg(long, value_name = "B.npy", requires = "a")]
    pub b: Option<PathBuf>,
    /// Distribution of random operands, where none are given: uniform, or normal:SIGMA
    #[arg(long, default_value = "uniform", conflicts_with = "a")]
    pub dist: Distribution,
    /// Seed of random operands
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Do not simulate: energy becomes a guess of OpenSTA, and is labelled as vectorless
    #[arg(long, conflicts_with_all = ["a", "b", "dist", "seed"])]
    pub vectorless: bool,
    /// Seconds that each run of a tool may take
    #[arg(long, value_name = "SECONDS", default_value_t = 900, value_parser = clap::value_parser!(u64).range(1..))]
    pub timeout: u64,
}

#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Every figure is of a netlist that ABC has proven equal to the gates that went in. Without \
`--wire-load library` wires weigh nothing, so absolute figures are optimistic; ratios in one flow are \
what counts. Results are kept in \
the cache: a run that is repeated or was interrupted does nothing twice.")]
pub(super) struct Arguments {
    /// Preset name or YAML file
    design: String,
    #[command(flatten)]
    options: Options,
    /// Count LUTs, flip-flops, carry cells and DSPs on an FPGA family instead, by Yosys alone
    #[arg(long, value_enum, conflicts_with_all = ["liberty", "wire_load", "period", "sweep", "effort", "netlist", "vectorless"])]
    target: Option<TargetName>,
    /// Write the netlist that is looked at closely: Verilog of library cells. With several
    /// libraries, that of the first
    #[arg(long, value_name = "FILE.v")]
    netlist: Option<PathBuf>,
    /// Answer as one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Longest period in ns that makes sense.
const LONGEST_PERIOD: f64 = 1000.0;

/// What is said of the scope that layers do not have.
const NO_BARE_ARRAY: &str = "a binarized layer has no bare array\n  help: `--scope pe` measures its \
                             element, `--scope core` the whole engine";

/// Size of random operands, M, K and N: A is M x K, B is K x N.
const RANDOM: [usize; 3] = [64, 256, 64];

/// What was measured, and what was not.
#[derive(Default)]
pub(super) struct Measured {
    /// The number of the library, and what was measured in it.
    pub reports: Vec<(usize, Report)>,
    /// Libraries in which a tool died before there was any figure.
    pub failures: Vec<Failure>,
}

fn period(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value > 0.0 && value <= LONGEST_PERIOD => Ok(value),
        _ => Err(format!("`{text}` is not a period in ns from above 0 to {LONGEST_PERIOD}")),
    }
}

impl Options {
    fn scope(&self) -> Scope {
        match self.scope {
            ScopeName::Pe => Scope::Element,
            ScopeName::Array => Scope::Array,
            ScopeName::Core => Scope::Core,
        }
    }

    /// Time that each run of a tool may take.
    pub fn limit(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }

    /// Measures a design in every library that was given.
    pub fn measure(&self, design: &Design) -> anyhow::Result<Measured> {
        let (a, b, data) = self.operands(design, RANDOM)?;
        self.search(Subject::Array(design, (&a, &b)), &design.name, &data)
    }

    /// Measures a binarized layer in every library that was given.
    fn measure_layer(&self, layer: &Layer) -> anyhow::Result<Measured> {
        if self.a.is_some() {
            bail!(
                "the energy of binarized layers is not simulated\n  help: remove --a and --b; \
                 OpenSTA's guess is reported"
            );
        }
        if self.scope == ScopeName::Array {
            bail!(NO_BARE_ARRAY);
        }
        self.search(Subject::Layer(layer), layer.name(), "no")
    }

    fn search(&self, subject: Subject<'_>, name: &str, data: &str) -> anyhow::Result<Measured> {
        let libraries: Vec<Option<PathBuf>> = match self.liberty.as_slice() {
            [] => vec![None],
            given => given.iter().cloned().map(Some).collect(),
        };
        let watch = Watch::new(name);
        let mut measured = Measured::default();
        for (index, liberty) in libraries.into_iter().enumerate() {
            let job = Job {
                subject,
                scope: self.scope(),
                liberty,
                wire_load: match self.wire_load {
                    WireLoadName::None => WireLoad::None,
                    WireLoadName::Library => WireLoad::Library,
                },
                periods: self.period.clone(),
                sweep: self.sweep,
                effort: match self.effort {
                    EffortName::Fast => Effort::Fast,
                    EffortName::Full => Effort::Full,
                },
                data: data.to_owned(),
                vectorless: self.vectorless,
                limit: self.limit(),
            };
            match synth::run(&job, &|told| watch.tell(told)) {
                Ok(report) => measured.reports.push((index, report)),
                Err(error) if error.concerns_one_run() => {
                    let what = format!("synthesis of {name}");
                    measured.failures.push(Failure::new(&what, &error));
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(measured)
    }

    /// The options as they are typed, where they are not the usual ones; `file` names a path.
    pub fn words(&self, file: impl Fn(&Path) -> String) -> Vec<String> {
        let mut words = Vec::new();
        if self.scope != ScopeName::Pe {
            words.push(format!("--scope {}", self.scope().name()));
        }
        words.extend(self.liberty.iter().map(|path| format!("--liberty {}", file(path))));
        if self.wire_load == WireLoadName::Library {
            words.push("--wire-load library".to_owned());
        }
        words.extend(self.period.iter().map(|period| format!("--period {period}")));
        if self.sweep {
            words.push("--sweep".to_owned());
        }
        if self.effort == EffortName::Full {
            words.push("--effort full".to_owned());
        }
        if self.vectorless {
            words.push("--vectorless".to_owned());
        }
        words.extend(self.a.iter().map(|path| format!("--a {}", file(path))));
        words.extend(self.b.iter().map(|path| format!("--b {}", file(path))));
        if self.a.is_none() && self.dist != Distribution::Uniform {
            words.push(format!("--dist {}", self.dist));
        }
        if self.seed != 1 {
            words.push(format!("--seed {}", self.seed));
        }
        words
    }

    /// The operands that were given, or else random ones of M, K and N, and what they are in words.
    pub fn operands(
        &self,
        design: &Design,
        [m, k, n]: [usize; 3],
    ) -> anyhow::Result<(Matrix, Matrix, String)> {
        let (a, b) = (design.operand_a(), design.operand_b());
        if let (Some(a_path), Some(b_path)) = (&self.a, &self.b) {
            let (a, b) = (npy::operand(a_path, a)?, npy::operand(b_path, b)?);
            if a.cols != b.rows || a.data.is_empty() || b.data.is_empty() {
                bail!(
                    "the shapes do not multiply: A is {} x {}, B is {} x {}\n  help: the columns \
                     of A must be as many as the rows of B, and neither may be empty",
                    a.rows,
                    a.cols,
                    b.rows,
                    b.cols
                );
            }
            let name = format!("{} x {}", a_path.display(), b_path.display());
            return Ok((a, b, name));
        }
        let draw = |rows, cols, format, stream| {
            vectors::random(rows, cols, format, self.dist, self.seed, stream)
        };
        let a = draw(m, k, a, 0);
        let b = draw(k, n, b, 1);
        Ok((a, b, format!("random, {}", self.dist)))
    }
}

impl Arguments {
    pub fn run(&self) -> anyhow::Result<Outcome> {
        if let Some(target) = self.target {
            return self.count(target);
        }
        let Measured { reports, failures } = match config::describe(&self.design)? {
            Described::Array(design) => self.options.measure(&design)?,
            Described::Layer(layer) => self.options.measure_layer(&layer)?,
            Described::Block(block) => bail!(
                "`{}` is a block of layers: it has no cell library figures of its own\n  help: \
                 measure its layers one by one, or count it with `--target`",
                block.name()
            ),
        };
        if let (true, Some(failure)) = (reports.is_empty(), failures.first()) {
            bail!("{}", failure.reason);
        }
        let reports: Vec<Report> = reports.into_iter().map(|(_, report)| report).collect();
        if let (Some(path), Some(report)) = (&self.netlist, reports.first()) {
            output::replace(path, |file| file.write_all(report.netlist.as_bytes()))
                .with_context(|| format!("cannot write the netlist to {}", path.display()))?;
        }
        if self.json {
            print_reports(&reports, &failures)?;
        } else {
            let texts: Vec<String> = reports.iter().map(text).collect();
            report::print_text(&(texts.join("\n") + &text::failures(&failures)))?;
        }
        let whole = failures.is_empty() && reports.iter().all(is_whole);
        Ok(if whole { Outcome::Good } else { Outcome::Failed })
    }
}

/// One report as an object of its own, several in a list, with what failed.
fn print_reports(reports: &[impl serde::Serialize], failures: &[Failure]) -> anyhow::Result<()> {
    match (reports, failures) {
        ([one], []) => report::print_json(&serde_json::to_value(one)?)?,
        (several, []) => report::print_json(&json!({ "reports": several }))?,
        _ => report::print_json(&json!({ "reports": reports, "failures": failures }))?,
    }
    Ok(())
}

/// Whether everything was measured that was asked for, and all periods are met.
pub(super) fn is_whole(report: &Report) -> bool {
    report.failures.is_empty() && report.at_period.iter().all(|period| period.met)
}

impl Arguments {
    fn count(&self, target: TargetName) -> anyhow::Result<Outcome> {
        let target = match target {
            TargetName::Ice40 => Target::Ice40,
            TargetName::Ecp5 => Target::Ecp5,
            TargetName::Xilinx => Target::Xilinx,
        };
        let limit = Duration::from_secs(self.options.timeout);
        let scope = self.options.scope();
        let parts = match config::describe(&self.design)? {
            Described::Array(design) => vec![Part::of(&design, scope)],
            Described::Layer(layer) => Part::of_layer(&layer, scope),
            Described::Block(block) => Part::of_block(&block, scope),
        };
        if parts.is_empty() {
            bail!(NO_BARE_ARRAY);
        }
        let watch = Watch::new(&self.design);
        let (mut found, mut failures) = (Vec::new(), Vec::new());
        for (index, part) in parts.iter().enumerate() {
            let what = format!("synthesis of {} for {} (Yosys)", part.top(), target.name());
            watch.tell(Told::Step(index + 1, what.clone()));
            match fpga::run(part, target, limit) {
                Ok(report) => found.push(report),
                // Alone it is what the command was for.
                Err(error) if error.concerns_one_run() && parts.len() > 1 => {
                    failures.push(Failure::new(&what, &error));
                }
                Err(error) => return Err(error.into()),
            }
        }
        if let (true, Some(failure)) = (found.is_empty(), failures.first()) {
            bail!("{}", failure.reason);
        }
        if self.json {
            print_reports(&found, &failures)?;
        } else {
            let texts: Vec<String> = found.iter().map(counts).collect();
            report::print_text(&(texts.join("\n") + &text::failures(&failures)))?;
        }
        Ok(if failures.is_empty() { Outcome::Good } else { Outcome::Failed })
    }
}

/// Counts on an FPGA for people.
fn counts(found: &FpgaReport) -> String {
    let cells: Vec<String> =
        found.cells.iter().map(|(cell, count)| format!("{count} {cell}")).collect();
    let others: String = found
        .luts_by_mapper
        .iter()
        .filter(|(mapper, _)| **mapper != found.mapper)
        .map(|(mapper, luts)| format!("; {luts} by mapper {mapper}"))
        .collect();
    format!(
        "{}, scope {}, {}\n  LUTs         {} ({:.2} per multiply-accumulate){others}\n  flip-flops   {}\n  \
         carry cells  {}\n  DSPs         {}\n  block RAMs   {}\n  LUT RAMs     {}\n  depth        {} LUTs between \
         registers, and {} carry cells\n  cells        {}\n  {:.1} s; Yosys {}, mapper {}; before placement\n",
        found.design,
        found.scope,
        found.target,
        found.luts,
        found.luts_per_mac,
        found.flip_flops,
        found.carry_cells,
        found.dsps,
        found.block_rams,
        found.lut_rams,
        found.depth,
        found.longest_carry_chain,
        cells.join(", "),
        found.seconds,
        found.tools.get("yosys").map_or("", String::as_str),
        found.mapper,
    )
}
