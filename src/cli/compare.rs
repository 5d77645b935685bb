//! `bitweight compare`

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde_json::json;

use super::synthesize::Options;
use super::{Outcome, report};
use crate::synth::Report;
use crate::tool::shell_word;
use crate::{config, draw, output};

#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Ratios are to the first design. All designs go through the same flow with the same effort. Results \
come from the cache where they can: a table of many designs is printed again at once.")]
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
        // Reports by library, in the order of the designs.
        let mut libraries: Vec<Vec<Report>> = Vec::new();
        for design in &designs {
            for (index, report) in self.options.measure(design)?.into_iter().enumerate() {
                match libraries.get_mut(index) {
                    Some(reports) => reports.push(report),
                    None => libraries.push(vec![report]),
                }
            }
        }
        if let Some(folder) = &self.plots {
            write_plots(folder, &libraries)?;
        }
        if let Some(path) = &self.page {
            self.write_page(path, &libraries)?;
        }
        if self.json {
            let comparisons: Vec<_> = libraries.iter().map(|reports| {
                let ratios: Vec<_> = reports.iter().map(|r| ratios(r, &reports[0])).collect();
                json!({ "library": reports[0].library, "scope": reports[0].scope, "designs": reports, "ratios": ratios })
            }).collect();
            report::print_json(&json!({ "comparisons": comparisons }))?;
        } else {
            let tables: Vec<String> = libraries.iter().map(|reports| table(reports)).collect();
            report::print_text(&tables.join("\n"))?;
        }
        let mut all = libraries.iter().flatten().flat_map(|report| &report.at_period);
        Ok(if all.all(|period| period.met) { Outcome::Good } else { Outcome::Failed })
    }
}

impl Arguments {
    fn write_page(&self, path: &Path, libraries: &[Vec<Report>]) -> anyhow::Result<()> {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let plots = write_plots(folder, libraries)?;
        let text = page(&self.command(), libraries, &plots);
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

/// A page with all figures.
fn page(command: &str, libraries: &[Vec<Report>], plots: &[Vec<String>]) -> String {
    let mut text = format!(
        "# Area, delay and energy\n\nMade by\n\n    {command}\n\nEvery netlist is proven equal to \
         the gates that went in, by ABC, and simulated against integer\narithmetic where energy is \
         given. There is no wire load: absolute figures are optimistic, ratios are\nwhat counts. \
         Energy is that of a gate-level simulation without glitches.\n"
    );
    for (reports, plots) in libraries.iter().zip(plots) {
        let first = &reports[0];
        let tools: Vec<String> =
            first.tools.iter().map(|(name, version)| format!("{name} {version}")).collect();
        let _ = write!(
            text,
            "\n## {}, scope {}\n\n{}; inputs driven by {}, outputs loaded with {:.4} pF.\n\n\
             | design | smallest area, um2 | shortest period, ns | best area x delay, um2 ns | its \
             area, um2 | its delay, ns | GMAC/s/mm2 | energy, pJ per MAC | area x delay to the first |\n\
             |---|---|---|---|---|---|---|---|---|\n",
            first.library,
            first.scope,
            tools.join(", "),
            first.driving_cell,
            first.output_load_pf
        );
        for report in reports {
            let best = &report.best_area_delay;
            let energy = report.energy_pj_per_mac.map_or("-".to_owned(), |pj| format!("{pj:.3}"));
            let _ = writeln!(
                text,
                "| {} | {:.0} | {:.3} | {:.1} | {:.0} | {:.3} | {:.1} | {energy} | {:.2} |",
                report.design,
                report.smallest_area.area_um2,
                report.smallest_delay.delay_ns,
                best.area_delay_um2_ns,
                best.area_um2,
                best.delay_ns,
                report.gmacs_per_s_per_mm2,
                best.area_delay_um2_ns / first.best_area_delay.area_delay_um2_ns
            );
        }
        for plot in plots {
            let _ = write!(text, "\n![{plot}]({plot})\n");
        }
    }
    text
}

/// Figures by those of the first design.
fn ratios(report: &Report, first: &Report) -> serde_json::Value {
    let energy = match (report.energy_pj_per_mac, first.energy_pj_per_mac) {
        (Some(energy), Some(base)) => Some(energy / base),
        _ => None,
    };
    json!({
        "design": report.design,
        "smallest_area": report.smallest_area.area_um2 / first.smallest_area.area_um2,
        "smallest_delay": report.smallest_delay.delay_ns / first.smallest_delay.delay_ns,
        "best_area_delay":
            report.best_area_delay.area_delay_um2_ns / first.best_area_delay.area_delay_um2_ns,
        "gmacs_per_s_per_mm2": report.gmacs_per_s_per_mm2 / first.gmacs_per_s_per_mm2,
        "energy_per_mac": energy,
    })
}

fn table(reports: &[Report]) -> String {
    let first = &reports[0];
    let width = reports.iter().map(|report| report.design.len()).max().unwrap_or(0).max(6);
    let mut text = format!(
        "scope {}, library {}; in brackets the ratio to the first\n\n{:width$}  {:>19}  {:>15}  \
         {:>18}  {:>16}  {:>16}\n",
        first.scope,
        first.library,
        "design",
        "smallest area um2",
        "shortest ns",
        "area x delay",
        "GMAC/s/mm2",
        "pJ per MAC"
    );
    let cell =
        |value: f64, base: f64, digits: usize| format!("{value:.digits$} ({:.2})", value / base);
    for report in reports {
        let energy = match (report.energy_pj_per_mac, first.energy_pj_per_mac) {
            (Some(energy), Some(base)) => cell(energy, base, 3),
            _ => "-".to_owned(),
        };
        let (area, base) = (report.smallest_area.area_um2, first.smallest_area.area_um2);
        let (delay, base_delay) = (report.smallest_delay.delay_ns, first.smallest_delay.delay_ns);
        let product = |report: &Report| report.best_area_delay.area_delay_um2_ns;
        let _ = writeln!(
            text,
            "{:width$}  {:>19}  {:>15}  {:>18}  {:>16}  {energy:>16}",
            report.design,
            cell(area, base, 0),
            cell(delay, base_delay, 3),
            cell(product(report), product(first), 1),
            cell(report.gmacs_per_s_per_mm2, first.gmacs_per_s_per_mm2, 1),
        );
    }
    for (index, period) in first.at_period.iter().enumerate() {
        let _ = write!(text, "\narea in um2 at {} ns\n", period.period_ns);
        for report in reports {
            let Some(found) = report.at_period.get(index) else { continue };
            let area = match found.met {
                true => cell(found.point.area_um2, period.point.area_um2, 1),
                false => format!("not met, {:.3} ns at best", found.point.delay_ns),
            };
            let _ = writeln!(text, "{:width$}  {area:>19}", report.design);
        }
    }
    let seconds: f64 = reports.iter().map(|report| report.seconds).sum();
    let tools: Vec<String> =
        first.tools.iter().map(|(name, version)| format!("{name} {version}")).collect();
    let _ = write!(
        text,
        "\n{seconds:.1} s; {}; no wire load; smallest area, shortest delay and best area x delay are \
         of different netlists\nthroughput and energy are of the {} netlist\n",
        tools.join(", "),
        if first.at_period.is_empty() { "best area x delay" } else { "first period's" }
    );
    text
}

/// Writes the plots; returns their names by library.
fn write_plots(folder: &Path, libraries: &[Vec<Report>]) -> anyhow::Result<Vec<Vec<String>>> {
    fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let mut written = Vec::new();
    for reports in libraries {
        let library = reports[0].library.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
        let scope = &reports[0].scope;
        let plots = [
            (format!("area_delay_{scope}_{library}.svg"), Some(draw::area_delay(reports))),
            (format!("energy_{scope}_{library}.svg"), draw::energy(reports)),
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
