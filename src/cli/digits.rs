//! `bitweight digits`

mod page;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde_json::{Map, json};

use super::{Outcome, report};
use crate::arith::encode::{self, Encoding};
use crate::arith::format::{Format, MAX_OPERAND_WIDTH};
use crate::draw::{self, Bars};
use crate::sim::npy;
use crate::statistics::{Cycles, DigitStatistics, Engine, Policy, Probabilities};
use crate::vectors::Distribution;
use crate::{config, output};

/// Largest group, and most lanes.
const MAX_ENGINE: i64 = 64;

#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
For a distribution all figures are exact expectations for independent operands. normal:SIGMA is a \
real normal number, drawn again where it falls outside the range of the format, and rounded half \
away from zero; unsigned operands take the magnitude. For a file they are counted, and its last \
axis is K.

Examples:
  bitweight digits --encoding ent --width 8 --dist normal:20
  bitweight digits --encoding booth --width 16 --dist activations.npy --json
  bitweight digits --encoding csd_radix4 --dist normal:30 --k 64,256 --plot digits.svg")]
pub(super) struct Arguments {
    /// Encoding of the operand, as in a configuration
    #[arg(long, value_name = "NAME", required_unless_present = "page")]
    encoding: Option<String>,
    /// Bits of an operand, 1 to 64
    #[arg(long, value_name = "BITS", default_value_t = 8, allow_negative_numbers = true)]
    width: i64,
    /// The operand is unsigned; without it, two's complement
    #[arg(long)]
    unsigned: bool,
    /// What operands there are: uniform, normal:SIGMA, or a NumPy array of integers
    #[arg(long, value_name = "DIST|FILE.npy", default_value = "uniform")]
    dist: String,
    /// Digits of one weight that a sparse encoder looks at together, 1 to 64
    #[arg(long, value_name = "G", default_value_t = 4, allow_negative_numbers = true)]
    group: i64,
    /// Lanes that share an accumulator, 1 to 64
    #[arg(long, value_name = "L", default_value_t = 4, allow_negative_numbers = true)]
    lanes: i64,
    /// Row lengths for the policies that depend on them; 2 G L and 8 G L when absent
    #[arg(long, value_name = "K,K,..", value_delimiter = ',')]
    k: Vec<usize>,
    /// Draw the share of non-zero digits by bit weight
    #[arg(long, value_name = "FILE.svg")]
    plot: Option<PathBuf>,
    /// Write the page `digits.md` with its plots, which compares all encodings, into this folder
    #[arg(long, value_name = "DIR", conflicts_with_all = ["encoding", "plot", "k"])]
    page: Option<PathBuf>,
    /// Answer as one JSON object
    #[arg(long)]
    pub json: bool,
}

/// What the command line asks for, with everything counted.
struct Answer {
    encoding: &'static dyn Encoding,
    format: Format,
    source: Source,
    engine: Engine,
    digits: DigitStatistics,
    cycles: Vec<Cycles>,
}

/// Where operands come from.
enum Source {
    Distribution(Distribution),
    File(PathBuf),
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Distribution(distribution) => distribution.fmt(f),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

impl Arguments {
    pub fn run(&self) -> anyhow::Result<Outcome> {
        if let Some(folder) = &self.page {
            let files = page::write_files(folder)?;
            if self.json {
                report::print_json(&json!({ "files": files }))?;
            } else {
                let lines = files.iter().map(|file| format!("{}\n", file.display()));
                report::print_text(&lines.collect::<String>())?;
            }
            return Ok(Outcome::Good);
        }
        let answer = self.answer()?;
        if let Some(path) = &self.plot {
            write(path, &draw::bars(&answer.chart()))?;
        }
        if self.json {
            report::print_json(&answer.json())?;
        } else {
            report::print_text(&answer.text())?;
        }
        Ok(Outcome::Good)
    }

    fn answer(&self) -> anyhow::Result<Answer> {
        let encoding = find(self.encoding.as_deref().unwrap_or_default())?;
        let width = in_range("--width", self.width, MAX_OPERAND_WIDTH as i64)?;
        let format = Format { width, signed: !self.unsigned };
        let engine = Engine {
            group: in_range("--group", self.group, MAX_ENGINE)?,
            lanes: in_range("--lanes", self.lanes, MAX_ENGINE)?,
        };
        let source = source(&self.dist)?;
        let (digits, cycles) = match &source {
            Source::Distribution(distribution) => {
                let probabilities = Probabilities::new(format, *distribution)?;
                let digits = DigitStatistics::expected(encoding, format, &probabilities);
                let unit = engine.group * engine.lanes;
                let ks = if self.k.is_empty() { vec![2 * unit, 8 * unit] } else { self.k.clone() };
                let cycles = engine.expected(&digits, &ks)?;
                (digits, cycles)
            }
            Source::File(path) => {
                if !self.k.is_empty() {
                    bail!(
                        "`--k` does not apply to a file: K is the last axis of the array\n  help: \
                         leave it out, or reshape the array"
                    );
                }
                let (shape, values) = npy::read_array(path)?;
                npy::in_format(path, &shape, &values, format)?;
                if values.is_empty() {
                    bail!("{}: the array is empty\n  help: give some operands", path.display());
                }
                let k = shape.last().copied().unwrap_or(1);
                let digits = DigitStatistics::measured(encoding, format, &values);
                (digits, engine.measured(encoding, format, &values, k))
            }
        };
        Ok(Answer { encoding, format, source, engine, digits, cycles })
    }
}

/// The encoding with this name, or an error that names the nearest one.
fn find(name: &str) -> anyhow::Result<&'static dyn Encoding> {
    if let Some(encoding) = encode::find(name) {
        return Ok(encoding);
    }
    let known: Vec<&str> = encode::ALL
        .iter()
        .map(|encoding| encoding.name())
        .chain(encode::ALIASES.iter().map(|(alias, _)| *alias))
        .collect();
    let near = config::nearest(name, known.iter().copied());
    let hint = near.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
    bail!("unknown encoding `{name}`\n  help: {hint}known here: {}", known.join(", "))
}

fn in_range(option: &str, value: i64, max: i64) -> anyhow::Result<usize> {
    match usize::try_from(value) {
        Ok(found) if (1..=max).contains(&value) => Ok(found),
        _ => bail!(
            "`{option}` is {value}, out of range 1 to {max}\n  help: give a whole number from 1 to \
             {max}"
        ),
    }
}

fn source(text: &str) -> anyhow::Result<Source> {
    let path = Path::new(text);
    if path.extension().is_some_and(|extension| extension == "npy") || path.is_file() {
        return Ok(Source::File(path.to_owned()));
    }
    match text.parse() {
        Ok(distribution) => Ok(Source::Distribution(distribution)),
        Err(message) => bail!("{message}, nor a .npy file\n  help: give for example `normal:20`"),
    }
}

/// Writes a text file, whole or not at all.
fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    output::replace(path, |file| file.write_all(text.as_bytes()))
        .with_context(|| format!("cannot write {}", path.display()))
}

/// `bubble`, or `published_k32` where K matters.
fn key(cycles: &Cycles) -> String {
    match cycles.k {
        Some(k) => format!("{}_k{k}", cycles.policy.name()),
        None => cycles.policy.name().to_owned(),
    }
}

impl Answer {
    fn json(&self) -> serde_json::Value {
        let mut cycles = Map::new();
        for entry in &self.cycles {
            cycles.insert(key(entry), entry.cycles.into());
        }
        let policies: Map<_, _> = Policy::ALL
            .iter()
            .map(|policy| (policy.name().to_owned(), policy.summary().into()))
            .collect();
        json!({
            "encoding": self.encoding.name(),
            "format": self.format.to_string(),
            "operands": self.source.to_string(),
            "exact": matches!(self.source, Source::Distribution(_)),
            "mean_nonzero_digits": self.digits.mean(),
            "weights": self.digits.weights,
            "per_weight": self.digits.nonzero,
            "histogram": self.digits.histogram,
            "group": self.engine.group,
            "lanes": self.engine.lanes,
            "cycles_per_operand": cycles,
            "policies": policies,
        })
    }

    fn text(&self) -> String {
        let Self { encoding, format, source, engine, digits, cycles } = self;
        let how = match source {
            Source::Distribution(_) => "exact expectation",
            Source::File(_) => "counted",
        };
        let mut text = format!(
            "{}, {format}, {source} ({how})\n\nnon-zero digits per operand  {:.4} of {}\n\n\
             weight  non-zero     n  operands with n non-zero digits\n",
            encoding.name(),
            digits.mean(),
            digits.weights.len()
        );
        for (n, share) in digits.histogram.iter().enumerate() {
            let plane = digits.weights.get(n).zip(digits.nonzero.get(n));
            let plane = plane
                .map(|(weight, share)| format!("{:6}  {share:8.4}", format!("2^{weight}")))
                .unwrap_or_default();
            let _ = writeln!(text, "{plane:16}  {n:4}  {share:.4}");
        }
        let _ = write!(
            text,
            "\ncycles per operand; groups of {}, {} lanes where there are several\n\n\
             policy                    K  cycles  MAC/cycle\n",
            engine.group, engine.lanes
        );
        for entry in cycles {
            let k = entry.k.map_or("any".to_owned(), |k| k.to_string());
            let rate = match entry.cycles > 0.0 {
                true => format!("{:9.3}", 1.0 / entry.cycles),
                false => format!("{:>9}", "-"),
            };
            let (name, summary) = (entry.policy.name(), entry.policy.summary());
            let _ = writeln!(text, "{name:20} {k:>6}  {:6.3}  {rate}  {summary}", entry.cycles);
        }
        text
    }

    fn chart(&self) -> Bars {
        let name = self.encoding.name();
        Bars {
            title: format!("Non-zero digits: {name}, {}, {}", self.format, self.source),
            x_label: format!(
                "bit weight of the digit; {:.3} non-zero digits per operand",
                self.digits.mean()
            ),
            y_label: "share of operands with a non-zero digit".to_owned(),
            categories: weights(&self.digits),
            series: vec![(name.to_owned(), self.digits.nonzero.clone())],
        }
    }
}

/// Names of the bit weights.
fn weights(digits: &DigitStatistics) -> Vec<String> {
    digits.weights.iter().map(|weight| format!("2^{weight}")).collect()
}
