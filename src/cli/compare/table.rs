//! The table of a comparison for people.

use std::fmt::Write as _;

use crate::synth::{EnergyKind, Report};

/// Designs side by side.
pub(super) fn table(reports: &[Report]) -> String {
    let first = &reports[0];
    let memories = reports.iter().any(|report| report.memory_bits > 0);
    let width = reports.iter().map(|report| report.design.len()).max().unwrap_or(0).max(6);
    let mut text = format!(
        "scope {}, {}, library {}; in brackets the ratio to the first\n\n{:width$}  {:>19}  {:>15}  \
         {:>18}  {:>9}  {:>16}  {:>18}{}\n",
        first.scope,
        first.operands,
        first.library,
        "design",
        "smallest area um2",
        "shortest ns",
        "area x delay",
        "MAC/cycle",
        "GMAC/s/mm2",
        "pJ per MAC",
        if memories { "  memory bits" } else { "" }
    );
    let cell =
        |value: f64, base: f64, digits: usize| format!("{value:.digits$} ({:.2})", value / base);
    for report in reports {
        let energy = cell(report.energy_pj_per_mac, first.energy_pj_per_mac, 3);
        let energy = match report.energy_kind {
            EnergyKind::Simulated => energy,
            EnergyKind::Vectorless => format!("{energy} V"),
        };
        let (area, base) = (report.smallest_area.area_um2, first.smallest_area.area_um2);
        let (delay, base_delay) = (report.smallest_delay.delay_ns, first.smallest_delay.delay_ns);
        let bits = match memories {
            true => format!("  {:>11}", report.memory_bits),
            false => String::new(),
        };
        let product = |report: &Report| report.best_area_delay.area_delay_um2_ns;
        let _ = writeln!(
            text,
            "{:width$}  {:>19}  {:>15}  {:>18}  {:>9}  {:>16}  {energy:>18}{bits}",
            report.design,
            cell(area, base, 0),
            cell(delay, base_delay, 3),
            cell(product(report), product(first), 1),
            operations(report),
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
    if reports.iter().any(|report| report.energy_kind == EnergyKind::Vectorless) {
        text.push_str("\nV: vectorless, a guess of OpenSTA that knows no data\n");
    }
    if let Some(varying) = reports.iter().find(|report| varies(report)) {
        let _ = writeln!(
            text,
            "\nMAC/cycle, and GMAC/s/mm2 with it: in the long run; those with a point take cycles \
             that depend on the data,\nwhich are {}",
            varying.data
        );
    }
    if let Some(note) = reports.iter().find_map(|report| report.memory_note) {
        let _ = writeln!(text, "\n{note}");
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
