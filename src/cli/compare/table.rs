//! The tables of a comparison for people: one for each question that was asked.

use std::fmt::Write as _;

use super::caution;
use crate::synth::{EnergyKind, Report, ratio};

/// A table under construction: a line of names, and a line per design.
struct Table {
    lines: Vec<Vec<String>>,
}

impl Table {
    fn new(names: &[&str]) -> Self {
        Self { lines: vec![names.iter().map(|name| (*name).to_owned()).collect()] }
    }

    /// Columns as wide as their cells; designs to the left, figures to the right.
    fn text(&self) -> String {
        let columns = self.lines.iter().map(Vec::len).max().unwrap_or(0);
        let cell =
            |line: &Vec<String>, column: usize| line.get(column).cloned().unwrap_or_default();
        let width = |column| self.lines.iter().map(|line| cell(line, column).len()).max();
        let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
        let mut text = String::new();
        for line in &self.lines {
            let mut words = String::new();
            for (column, &width) in widths.iter().enumerate() {
                let cell = cell(line, column);
                let _ = match column {
                    0 => write!(words, "{cell:width$}"),
                    _ => write!(words, "  {cell:>width$}"),
                };
            }
            text += words.trim_end();
            text.push('\n');
        }
        text
    }
}

/// Designs side by side: at every period that was asked for, or else at their best.
pub(super) fn table(reports: &[Report]) -> String {
    let first = &reports[0];
    let mut text = format!(
        "scope {}, {}, library {}; in brackets the ratio to the first\n",
        first.scope, first.operands, first.library
    );
    text += &caution(reports).map_or_else(String::new, |words| format!("{words}\n"));
    for index in 0..first.at_period.len() {
        text += &at_period(reports, index);
    }
    if first.at_period.is_empty() || first.swept {
        text += &at_best(reports);
    }
    text + &notes(reports)
}

/// The smallest netlists that meet a period.
fn at_period(reports: &[Report], index: usize) -> String {
    let first = &reports[0];
    let Some(base) = first.at_period.get(index) else { return String::new() };
    let period = base.period_ns;
    let mut table = Table::new(&[
        "design",
        "area um2",
        "its delay ns",
        "MAC/cycle",
        &format!("GMAC/s/mm2 at {period} ns"),
        &format!("pJ per MAC at {period} ns"),
    ]);
    for report in reports {
        let Some(found) = report.at_period.get(index) else { continue };
        let spreads = [report.spread.area, first.spread.area];
        let mut line = vec![report.design.clone()];
        if found.met {
            let (area, base_area) = (found.point.area_um2, base.point.area_um2);
            let by_first =
                |ratio: String| if base.met { format!(" {ratio}") } else { String::new() };
            line.push(format!("{area:.1}{}", by_first(ratio(area, base_area, spreads))));
            line.push(format!("{:.3}", found.point.delay_ns));
            line.push(operations(report));
            let density = found.gmacs_per_s_per_mm2.unwrap_or_default();
            let base_density = base.gmacs_per_s_per_mm2.unwrap_or(density);
            line.push(format!("{density:.1}{}", by_first(ratio(density, base_density, spreads))));
            // Energy is that of the netlist of the first period.
            line.push(if index == 0 { energy(report, first) } else { "-".to_owned() });
        } else {
            line.push(format!("not met, {:.3} ns at best", found.point.delay_ns));
        }
        line.extend(mark(found.point.nets_beyond_limits));
        table.lines.push(line);
    }
    format!("\nat {period} ns: the smallest netlist that meets it\n\n{}", table.text())
}

/// The netlists with the smallest area x delay, and the ends of the curves.
fn at_best(reports: &[Report]) -> String {
    let first = &reports[0];
    // The netlist that is looked at closely is another one where periods are given.
    let chosen = first.at_period.is_empty();
    let mut table = Table::new(&[
        "design",
        "area x delay um2 ns",
        "its area um2",
        "its delay ns",
        "MAC/cycle",
        "GMAC/s/mm2 at its delay",
        "pJ per MAC at its delay",
    ]);
    let mut ends = Table::new(&[
        "design",
        "smallest area um2",
        "its delay ns",
        "shortest delay ns",
        "its area um2",
    ]);
    let density = |report: &Report| {
        report.sustained_macs_per_cycle * 1e6 / report.best_area_delay.area_delay_um2_ns
    };
    for report in reports {
        let [best, base] = [report, first].map(|report| report.best_area_delay.area_delay_um2_ns);
        let spreads = [report.spread.area_delay, first.spread.area_delay];
        let mut line = vec![
            report.design.clone(),
            format!("{best:.1} {}", ratio(best, base, spreads)),
            format!("{:.1}", report.best_area_delay.area_um2),
            format!("{:.3}", report.best_area_delay.delay_ns),
            operations(report),
            format!("{:.1} {}", density(report), ratio(density(report), density(first), spreads)),
            if chosen { energy(report, first) } else { "-".to_owned() },
        ];
        line.extend(mark(report.best_area_delay.nets_beyond_limits));
        table.lines.push(line);
        let (small, fast) = (&report.smallest_area, &report.smallest_delay);
        let (base_small, base_fast) = (&first.smallest_area, &first.smallest_delay);
        let areas = [report.spread.area, first.spread.area];
        let delays = [report.spread.delay, first.spread.delay];
        let mut line = vec![
            report.design.clone(),
            format!("{:.1} {}", small.area_um2, ratio(small.area_um2, base_small.area_um2, areas)),
            format!("{:.3}", small.delay_ns),
            format!("{:.3} {}", fast.delay_ns, ratio(fast.delay_ns, base_fast.delay_ns, delays)),
            format!("{:.1}", fast.area_um2),
        ];
        line.extend(mark(small.nets_beyond_limits.max(fast.nets_beyond_limits)));
        ends.lines.push(line);
    }
    format!(
        "\nthe netlist with the smallest area x delay\n\n{}\nthe smallest and the fastest netlist\n\n{}",
        table.text(),
        ends.text()
    )
}

/// A mark on figures of netlists that cannot be built.
fn mark(nets: usize) -> Option<String> {
    (nets > 0).then(|| format!("! {nets} nets beyond limits"))
}

/// Energy with its ratio, of the netlist that is looked at closely.
fn energy(report: &Report, first: &Report) -> String {
    let Some(pj) = report.energy_pj_per_mac else { return "failed".to_owned() };
    let guess = if report.energy_kind == Some(EnergyKind::Vectorless) { " V" } else { "" };
    match first.energy_pj_per_mac {
        Some(base) => format!("{pj:.3} ({:.2}){guess}", pj / base),
        None => format!("{pj:.3}{guess}"),
    }
}

/// What the figures are, and what they leave out.
fn notes(reports: &[Report]) -> String {
    let first = &reports[0];
    let mut text = String::new();
    let all = || reports.iter();
    if all().any(|report| report.energy_kind == Some(EnergyKind::Vectorless)) {
        text.push_str("\nV: vectorless, a guess of OpenSTA that knows no data\n");
    }
    if all().any(|report| report.has_nets_beyond_limits()) {
        text.push_str(
            "\n!: nets beyond what the library allows in capacitance, fan-out or slew: as it is such a \
             netlist cannot be\nbuilt with these figures; `synth` names the nets\n",
        );
    }
    if let Some(varying) = all().find(|report| varies(report)) {
        let _ = writeln!(
            text,
            "\nMAC/cycle, and GMAC/s/mm2 with it: in the long run; those with a point take cycles \
             that depend on the data,\nwhich are {}",
            varying.data
        );
    }
    for report in all().filter(|report| !report.missing.is_empty()) {
        let _ = write!(text, "\n{} leaves out: {}", report.design, report.missing.words());
    }
    if all().any(|report| !report.missing.is_empty()) {
        text.push('\n');
    }
    if all().any(|report| report.memory_bits > 0) {
        let bits = |report: &Report| format!("{} {}", report.design, report.memory_bits);
        let bits: Vec<String> = all().map(bits).collect();
        let _ = writeln!(text, "\nbits of memories: {}", bits.join(", "));
    }
    if let Some(note) = reports.iter().find_map(|report| report.memory_note) {
        let _ = writeln!(text, "{note}");
    }
    let seconds: f64 = reports.iter().map(|report| report.seconds).sum();
    let tools: Vec<String> =
        first.tools.iter().map(|(name, version)| format!("{name} {version}")).collect();
    let _ = write!(
        text,
        "\n{seconds:.1} s; {}; {}\nspread: between the best and the second best way to map, the larger \
         of the two designs; nearer ratios are no\nfindings; energies are of one netlist each\n",
        tools.join(", "),
        first.wires(),
    );
    text
}

/// Whether the number of cycles depends on the data.
pub(super) fn varies(report: &Report) -> bool {
    report.sustained_macs_per_cycle != report.macs_per_cycle
}

/// Multiply-accumulate operations per cycle in the long run, with a point where the data decide.
pub(super) fn operations(report: &Report) -> String {
    match varies(report) {
        true => format!("{:.3}", report.sustained_macs_per_cycle),
        false => report.macs_per_cycle.to_string(),
    }
}
