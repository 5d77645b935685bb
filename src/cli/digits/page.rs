//! The page that compares encodings and policies at INT8, with its plots.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::{weights, write};
use crate::arith::encode::{self, Booth, Csd, CsdRadix4, Encoding, Ent, SignMagnitude};
use crate::arith::format::Format;
use crate::draw::{self, Bars};
use crate::statistics::{DigitStatistics, Engine, Policy, Probabilities, StatisticsError};
use crate::vectors::Distribution;

const INT8: Format = Format::signed(8);
const ENGINE: Engine = Engine { group: 4, lanes: 4 };
const SIGMAS: [f64; 5] = [10.0, 20.0, 30.0, 40.0, 50.0];

/// Averages published for EN-T with the reference implementation of arXiv 2503.06342, by K, at the
/// standard deviations of [`SIGMAS`].
const PUBLISHED: [(usize, [f64; 5]); 2] =
    [(32, [1.71, 2.05, 2.27, 2.45, 2.57]), (128, [1.75, 2.10, 2.32, 2.48, 2.60])];

/// Writes the page and its plots into `folder`; gives their paths.
pub(super) fn write_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let files = [
        ("digits.md", page()?),
        ("digits_encodings.svg", draw::bars(&encodings_chart()?)),
        ("digits_weights.svg", draw::bars(&weights_chart()?)),
    ];
    let mut paths = Vec::new();
    for (name, text) in files {
        let path = folder.join(name);
        write(&path, &text)?;
        paths.push(path);
    }
    Ok(paths)
}

fn digits(
    encoding: &dyn Encoding,
    distribution: Distribution,
) -> Result<DigitStatistics, StatisticsError> {
    let probabilities = Probabilities::new(INT8, distribution)?;
    Ok(DigitStatistics::expected(encoding, INT8, &probabilities))
}

fn normal(encoding: &dyn Encoding, sigma: f64) -> Result<DigitStatistics, StatisticsError> {
    digits(encoding, Distribution::Normal(sigma))
}

/// Cycles per operand of a policy on rows of `k` operands.
fn cycles(
    encoding: &dyn Encoding,
    sigma: f64,
    policy: Policy,
    k: usize,
) -> Result<f64, StatisticsError> {
    let list = ENGINE.expected(&normal(encoding, sigma)?, &[k])?;
    let found = list.iter().find(|entry| entry.policy == policy);
    Ok(found.map_or(f64::NAN, |entry| entry.cycles))
}

/// The distributions of the tables: normal ones, then the uniform one.
fn distributions() -> Vec<Distribution> {
    let normal = SIGMAS.map(Distribution::Normal);
    normal.into_iter().chain([Distribution::Uniform]).collect()
}

fn encodings_chart() -> Result<Bars, StatisticsError> {
    let mut series = Vec::new();
    for &encoding in encode::ALL {
        let means: Result<Vec<f64>, _> = distributions()
            .into_iter()
            .map(|distribution| Ok(digits(encoding, distribution)?.mean()))
            .collect();
        series.push((name(encoding).to_owned(), means?));
    }
    Ok(Bars {
        title: "Non-zero digits of INT8 operands".to_owned(),
        x_label: "distribution of the operands; normal: standard deviation".to_owned(),
        y_label: "mean non-zero digits per operand".to_owned(),
        categories: distributions().iter().map(ToString::to_string).collect(),
        series,
    })
}

fn weights_chart() -> Result<Bars, StatisticsError> {
    let mut series = Vec::new();
    for distribution in distributions() {
        series.push((distribution.to_string(), digits(&Ent, distribution)?.nonzero));
    }
    Ok(Bars {
        title: "Non-zero digits by bit weight: EN-T, INT8".to_owned(),
        x_label: "bit weight of the digit".to_owned(),
        y_label: "share of operands with a non-zero digit".to_owned(),
        categories: weights(&normal(&Ent, SIGMAS[0])?),
        series,
    })
}

/// A table with a head and rows of cells.
fn table(head: &[String], rows: &[Vec<String>]) -> String {
    let mut text = format!("| {} |\n|{}\n", head.join(" | "), "---|".repeat(head.len()));
    for row in rows {
        let _ = writeln!(text, "| {} |", row.join(" | "));
    }
    text
}

fn page() -> Result<String, StatisticsError> {
    let mut text = "# Non-zero digits\n\nMade by\n\n    bitweight digits --page docs\n\n\
        An engine that skips zero digits takes about as many cycles per multiply-accumulate as its\n\
        encoded operand has non-zero digits. All figures here are exact expectations for independent\n\
        INT8 operands: `normal:S` is a real number of mean 0 and standard deviation S, drawn again \
        where\nit falls outside -128 to 127 and rounded half away from zero. `bitweight digits` gives \
        them for\nother widths, distributions and files.\n"
        .to_owned();
    text += "\n## By encoding\n\nMean non-zero digits per operand, of how many:\n\n";
    text += &encodings_table()?;
    text += "\n![Mean non-zero digits per operand by encoding](digits_encodings.svg)\n\n\
        Canonical signed digits are the fewest there can be. One by one they take eight planes; of \
        two\nneighbours at most one is non-zero, so in pairs (`csd_radix4`) they take four like the \
        other\nradix-4 encodings, with the same number of non-zero ones.\n";
    text += "\n## By bit weight\n\nShare of operands whose digit of a weight is non-zero:\n\n";
    text += &weights_table()?;
    text += "\n![Share of non-zero digits by bit weight, EN-T](digits_weights.svg)\n";
    text += "\n## One lane, and the published averages\n\n\
        A sparse encoder looks at groups of four digits of one weight. The published averages of EN-T \
        come\nfrom a monitor that, in every cycle in which a group is presented, adds the number of \
        its non-zero\ndigits, and divides by the number of these cycles. A group holds four digits \
        and an operand has four\nplanes, so the mean of a group is the number of non-zero digits per \
        operand, with two differences:\n\n\
        - The last group of a row, in the highest plane, is presented for two cycles where it has at \
        most\n  one non-zero digit n, as it mostly has. A row of K operands, with d non-zero digits \
        each, then gives\n  (K d + P(n = 1)) / (K + P(n <= 1)). That is all there is to the \
        dependence on K.\n\
        - An empty group counts as nothing, but takes a cycle: the true cost of a group is max(1, \
        n).\n\n";
    text += &published_table()?;
    text += "\nThe published averages are of random samples; under their own counting rule they \
        are\nreproduced to 0.02. The bubble of an empty group is worth the last row: what an \
        engine gains that\nskips it.\n\nThe same by encoding, at standard deviation 20. More planes \
        have more empty groups:\n\n";
    text += &bubbles_table()?;
    text += "\n## Four lanes\n\n\
        Four lanes with groups of their own share one accumulator, and with it the plane. Throughput in\n\
        multiply-accumulates per cycle, EN-T; four times one lane's is out of reach, because lanes \
        wait\nfor each other: after every step (`lockstep`), or at the end of a plane (`decoupled`).\n\n";
    text += &lanes_table()?;
    Ok(text)
}

fn cell(value: f64) -> String {
    format!("{value:.3}")
}

/// The name that says what the digits are: an alias where there is one.
fn name(encoding: &dyn Encoding) -> &'static str {
    let alias = encode::ALIASES.iter().find(|(_, known)| known.name() == encoding.name());
    alias.map_or(encoding.name(), |(alias, _)| alias)
}

fn encodings_table() -> Result<String, StatisticsError> {
    let mut head = vec!["operands".to_owned()];
    head.extend(
        encode::ALL
            .iter()
            .map(|encoding| format!("`{}`, of {}", name(*encoding), encoding.weights(INT8).len())),
    );
    let mut rows = Vec::new();
    for distribution in distributions() {
        let mut row = vec![distribution.to_string()];
        for &encoding in encode::ALL {
            row.push(cell(digits(encoding, distribution)?.mean()));
        }
        rows.push(row);
    }
    Ok(table(&head, &rows))
}

fn weights_table() -> Result<String, StatisticsError> {
    let shown: [&dyn Encoding; 3] = [&Booth, &Ent, &CsdRadix4];
    let mut head = vec!["encoding".to_owned(), "operands".to_owned()];
    head.extend(weights(&normal(&Ent, SIGMAS[0])?));
    let mut rows = Vec::new();
    for encoding in shown {
        for distribution in distributions() {
            let mut row = vec![format!("`{}`", encoding.name()), distribution.to_string()];
            row.extend(digits(encoding, distribution)?.nonzero.into_iter().map(cell));
            rows.push(row);
        }
    }
    Ok(table(&head, &rows))
}

fn published_table() -> Result<String, StatisticsError> {
    let mut head = vec!["EN-T, cycles per operand".to_owned()];
    head.extend(SIGMAS.iter().map(|sigma| Distribution::Normal(*sigma).to_string()));
    let mut rows = Vec::new();
    let mut add = |name: String, value: &dyn Fn(f64) -> Result<String, StatisticsError>| {
        let mut row = vec![name];
        for sigma in SIGMAS {
            row.push(value(sigma)?);
        }
        rows.push(row);
        Ok(())
    };
    for (k, averages) in PUBLISHED {
        let published = |sigma: f64| {
            let at = SIGMAS.iter().position(|known| *known == sigma);
            Ok(at.map_or(String::new(), |at| format!("{:.2}", averages[at])))
        };
        add(format!("published, K = {k}"), &published)?;
        add(format!("counted as published, K = {k}"), &|sigma| {
            cycles(&Ent, sigma, Policy::Published, k).map(cell)
        })?;
    }
    add("non-zero digits (`skip_empty`)".to_owned(), &|sigma| {
        Ok(cell(normal(&Ent, sigma)?.mean()))
    })?;
    let bubble = |sigma| cycles(&Ent, sigma, Policy::Bubble, 32);
    add("true cost with a cycle per empty group (`bubble`)".to_owned(), &|sigma| {
        bubble(sigma).map(cell)
    })?;
    add("what empty groups add".to_owned(), &|sigma| {
        let free = normal(&Ent, sigma)?.mean();
        Ok(format!("{:.1} %", 100.0 * (bubble(sigma)? / free - 1.0)))
    })?;
    Ok(table(&head, &rows))
}

fn bubbles_table() -> Result<String, StatisticsError> {
    let shown: [&dyn Encoding; 5] = [&Booth, &Ent, &Csd, &CsdRadix4, &SignMagnitude];
    let head = ["encoding", "planes", "non-zero digits", "cycles with bubbles"].map(str::to_owned);
    let mut rows = Vec::new();
    for encoding in shown {
        rows.push(vec![
            format!("`{}`", encoding.name()),
            encoding.weights(INT8).len().to_string(),
            cell(normal(encoding, 20.0)?.mean()),
            cell(cycles(encoding, 20.0, Policy::Bubble, 32)?),
        ]);
    }
    Ok(table(&head, &rows))
}

fn lanes_table() -> Result<String, StatisticsError> {
    let policies = [Policy::Lockstep, Policy::Decoupled, Policy::DecoupledSkipEmpty];
    let mut head = vec!["operands".to_owned(), "K".to_owned()];
    head.extend(policies.iter().map(|policy| format!("`{}`", policy.name())));
    head.push("no waiting".to_owned());
    let mut rows = Vec::new();
    for (sigma, k) in [(20.0, 64), (20.0, 256), (20.0, 1024), (30.0, 256), (50.0, 256)] {
        let mut row = vec![Distribution::Normal(sigma).to_string(), k.to_string()];
        for policy in policies {
            row.push(format!("{:.2}", 1.0 / cycles(&Ent, sigma, policy, k)?));
        }
        row.push(format!("{:.2}", ENGINE.lanes as f64 / normal(&Ent, sigma)?.mean()));
        rows.push(row);
    }
    Ok(table(&head, &rows))
}
