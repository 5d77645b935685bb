//! `bitweight compare`

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde_json::json;

use super::simulate::Shape;
use super::synthesize::{Measured, Options, failures_text, is_whole};
use super::watch::Watch;
use super::{Outcome, report};
use crate::design::Design;
use crate::synth::{Failure, Report, Told};
use crate::tool::shell_word;
use crate::{config, draw, output, parallel};

mod page;
mod structure;
mod table;

#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Designs with the same operands form a group, and ratios are to the first design of the group. All \
designs go through the same flow with the same effort. Results come from the cache where they can: \
a table of many designs is printed again at once.")]
pub(super) struct Arguments {
    /// Preset names or YAML files, two or more
    #[arg(required = true, num_args = 2..)]
    designs: Vec<String>,
    #[command(flatten)]
    options: Options,
    /// Write plots (SVG) of area against delay and of energy into this folder
    #[arg(long, value_name = "DIR")]
    plots: Option<PathBuf>,
    /// Write a page (Markdown) with the figures, the plots beside it, and the command that makes it
    #[arg(long, value_name = "FILE.md")]
    page: Option<PathBuf>,
    /// Only the structural figures, with the area and delay that `synth` has found before: no
    /// synthesis is run
    #[arg(long, conflicts_with_all = ["plots", "page", "period", "sweep"])]
    structure: bool,
    /// Size of the matrix product for which cycles are counted
    #[arg(long, value_name = "M,K,N", default_value = "64,64,64")]
    size: Shape,
    /// Write the structural figures as comma-separated values
    #[arg(long, value_name = "FILE.csv")]
    csv: Option<PathBuf>,
    /// Answer as one JSON object
    #[arg(long)]
    pub json: bool,
}

impl Arguments {
    pub fn run(&self) -> anyhow::Result<Outcome> {
        let designs =
            self.designs.iter().map(|name| config::load(name)).collect::<Result<Vec<_>, _>>()?;
        if designs.len() < 2 {
            bail!("one design is nothing to compare\n  help: give two or more");
        }
        let mut failures: Vec<Failure> = Vec::new();
        if self.structure {
            let rows = self.rows(&designs, &mut failures)?;
            return self.print_structure(&rows, &failures);
        }
        let mut groups: Vec<Group> = Vec::new();
        for design in &designs {
            let Measured { reports, failures: failed } = self.options.measure(design)?;
            failures.extend(failed);
            for (index, report) in reports {
                let same = |group: &&mut Group| {
                    group.library == index && group.reports[0].operands == report.operands
                };
                match groups.iter_mut().find(same) {
                    Some(group) => group.reports.push(report),
                    None => groups.push(Group { library: index, reports: vec![report] }),
                }
            }
        }
        if let (true, Some(failure)) = (groups.is_empty(), failures.first()) {
            bail!("{}", failure.reason);
        }
        // The groups of one library stand together.
        groups.sort_by_key(|group| group.library);
        if let Some(folder) = &self.plots {
            write_plots(folder, &groups)?;
        }
        if let Some(path) = &self.page {
            self.write_page(path, &groups)?;
        }
        let rows = self.rows(&designs, &mut failures)?;
        if self.json {
            let comparisons: Vec<_> = groups.iter().map(Group::json).collect();
            let structure: Vec<_> = rows.iter().map(structure::Row::json).collect();
            report::print_json(&json!({
                "comparisons": comparisons,
                "structure": structure,
                "failures": failures,
            }))?;
        } else {
            let mut tables: Vec<String> =
                groups.iter().map(|group| table::table(&group.reports)).collect();
            // What was measured before is of other netlists than the answer.
            tables.push(structure::table(&rows, false));
            let all = groups.iter().flat_map(|group| &group.reports);
            let failures: Vec<Failure> =
                all.flat_map(failures_of).chain(failures.clone()).collect();
            report::print_text(&(tables.join("\n") + &failures_text(&failures)))?;
        }
        let mut all = groups.iter().flat_map(|group| &group.reports);
        let whole = failures.is_empty() && all.all(is_whole);
        Ok(if whole { Outcome::Good } else { Outcome::Failed })
    }

    /// The structural figures of the designs, written as CSV where that is asked for; what could
    /// not be counted is added to the failures.
    fn rows(
        &self,
        designs: &[Design],
        failures: &mut Vec<Failure>,
    ) -> anyhow::Result<Vec<structure::Row>> {
        let limit = self.options.limit();
        let watch = Watch::new("structure");
        watch.tell(Told::Step(1, format!("elaboration of {} designs (Yosys)", designs.len())));
        let row = |design: &Design| {
            let Shape { m, k, n } = self.size;
            let (a, b, data) = self.options.operands(design, [m, k, n])?;
            let row = structure::Row::of(design, (&a, &b, &data), limit);
            let step = || format!("structure of {}", design.name);
            anyhow::Ok(row.map_err(|error| Failure { step: step(), reason: error.to_string() }))
        };
        let mut rows = Vec::new();
        for row in parallel::map(designs, row)? {
            row.map_or_else(|failure| failures.push(failure), |row| rows.push(row));
        }
        if let Some(path) = &self.csv {
            let text = structure::csv(&rows);
            output::replace(path, |file| file.write_all(text.as_bytes()))
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(rows)
    }

    fn print_structure(
        &self,
        rows: &[structure::Row],
        failures: &[Failure],
    ) -> anyhow::Result<Outcome> {
        if let (true, Some(failure)) = (rows.is_empty(), failures.first()) {
            bail!("{}", failure.reason);
        }
        if self.json {
            let rows: Vec<_> = rows.iter().map(structure::Row::json).collect();
            report::print_json(&json!({ "structure": rows, "failures": failures }))?;
        } else {
            report::print_text(&(structure::table(rows, true) + &failures_text(failures)))?;
        }
        Ok(if failures.is_empty() { Outcome::Good } else { Outcome::Failed })
    }

    fn write_page(&self, path: &Path, groups: &[Group]) -> anyhow::Result<()> {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let plots = write_plots(folder, groups)?;
        let text = page::page(&self.command(), groups, &plots);
        output::replace(path, |file| file.write_all(text.as_bytes()))
            .with_context(|| format!("cannot write {}", path.display()))
    }

    /// The command that makes the page; absolute paths are of this machine only and are shortened.
    fn command(&self) -> String {
        let mut words = vec!["bitweight compare".to_owned()];
        words.extend(self.designs.iter().map(|design| shell_word(design)));
        let file = |path: &Path| {
            let name = if path.is_absolute() { path.file_name() } else { None };
            shell_word(&name.unwrap_or(path.as_os_str()).to_string_lossy())
        };
        words.extend(self.options.words(file));
        words.extend(self.page.iter().map(|page| format!("--page {}", file(page))));
        words.join(" ")
    }
}

/// What failed in a report, each step with the name of the design.
fn failures_of(report: &Report) -> Vec<Failure> {
    let named = |failure: &Failure| match failure.step.contains(&report.design) {
        true => failure.clone(),
        false => Failure {
            step: format!("{} of {}", failure.step, report.design),
            reason: failure.reason.clone(),
        },
    };
    report.failures.iter().map(named).collect()
}

/// Designs that are compared with each other: one library, one pair of operand formats. There is
/// at least one, and ratios are to the first.
struct Group {
    /// Number of the library.
    library: usize,
    reports: Vec<Report>,
}

impl Group {
    fn json(&self) -> serde_json::Value {
        let first = &self.reports[0];
        let ratios: Vec<_> = self.reports.iter().map(|report| ratios(report, first)).collect();
        json!({
            "library": first.library,
            "scope": first.scope,
            "wire_load": first.wire_load,
            "operands": first.operands,
            "caution": caution(&self.reports),
            "designs": self.reports,
            "ratios": ratios,
        })
    }
}

/// Figures by those of the first design.
fn ratios(report: &Report, first: &Report) -> serde_json::Value {
    let pairs = report.at_period.iter().zip(&first.at_period);
    let at_period = pairs.map(|(found, base)| {
        let met = found.met && base.met;
        json!({
            "period_ns": found.period_ns,
            "area": met.then(|| found.point.area_um2 / base.point.area_um2),
        })
    });
    json!({
        "design": report.design,
        "smallest_area": report.smallest_area.area_um2 / first.smallest_area.area_um2,
        "smallest_delay": report.smallest_delay.delay_ns / first.smallest_delay.delay_ns,
        "best_area_delay":
            report.best_area_delay.area_delay_um2_ns / first.best_area_delay.area_delay_um2_ns,
        "gmacs_per_s_per_mm2": report.gmacs_per_s_per_mm2 / first.gmacs_per_s_per_mm2,
        "energy_per_mac":
            report.energy_pj_per_mac.zip(first.energy_pj_per_mac).map(|(pj, base)| pj / base),
        "at_period": at_period.collect::<Vec<_>>(),
        "spread": report.spread,
    })
}

/// A warning where not all reports leave out the same: their figures do not rank the designs.
fn caution(reports: &[Report]) -> Option<String> {
    let weighty: Vec<BTreeSet<&str>> = reports.iter().map(|r| r.missing.weighty()).collect();
    // What all are without makes no difference.
    let common = weighty.iter().cloned().reduce(|x, y| x.intersection(&y).copied().collect())?;
    let without = |(report, parts): (&Report, &BTreeSet<&str>)| {
        let parts: Vec<&str> = parts.difference(&common).copied().collect();
        (!parts.is_empty()).then(|| format!("{} is without {}", report.design, parts.join(", ")))
    };
    let parts: Vec<String> = reports.iter().zip(&weighty).filter_map(without).collect();
    (!parts.is_empty()).then(|| {
        format!(
            "CAUTION: not the same is measured of all designs, so these figures do not rank them: {}.\n\
             `--scope core` measures them whole",
            parts.join("; ")
        )
    })
}

/// Writes the plots; returns their names by group.
fn write_plots(folder: &Path, groups: &[Group]) -> anyhow::Result<Vec<Vec<String>>> {
    fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let word = |text: &str| text.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
    let mut written = Vec::new();
    for group in groups {
        let Group { library, reports } = group;
        let alone = groups.iter().filter(|other| other.library == *library).count() == 1;
        let mut name = format!("{}_{}", reports[0].scope, word(&reports[0].library));
        if !alone {
            name += &format!("_{}", word(&reports[0].operands).replace("_x_", "_"));
        }
        let plots = [
            (format!("area_delay_{name}.svg"), Some(draw::area_delay(reports))),
            (format!("energy_{name}.svg"), draw::energy(reports)),
        ];
        let mut names = Vec::new();
        for (name, svg) in plots {
            let Some(svg) = svg else { continue };
            let path = folder.join(&name);
            output::replace(&path, |file| file.write_all(svg.as_bytes()))
                .with_context(|| format!("cannot write {}", path.display()))?;
            names.push(name);
        }
        written.push(names);
    }
    Ok(written)
}
