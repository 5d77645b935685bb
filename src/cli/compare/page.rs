//! The page of a comparison: Markdown, with the plots beside it.

use std::fmt::Write as _;

use super::{Group, caution, table};
use crate::synth::{EnergyKind, Point, Report, ratio};

/// A page with all figures.
pub(super) fn page(command: &str, groups: &[Group], plots: &[Vec<String>]) -> String {
    let mut text = format!(
        "# Area, delay and energy\n\nMade by\n\n    {command}\n\nEvery netlist is proven equal to \
         the gates that went in, by ABC. The netlist whose energy is given is\nsimulated against the \
         golden model as well. Energy is that of a gate-level simulation without glitches, unless \
         it is\nmarked as vectorless. Ratios nearer to 1 than 1.1 come with the spread: by how much \
         the second best way to\nmap is worse than the best, the larger of the two designs. Nearer \
         ratios are no findings. Figures marked\nwith `!` are of netlists with nets beyond what the \
         library allows: as they are they cannot be built.\n"
    );
    for (group, plots) in groups.iter().zip(plots) {
        let reports = &group.reports;
        let first = &reports[0];
        let tools: Vec<String> =
            first.tools.iter().map(|(name, version)| format!("{name} {version}")).collect();
        let _ = write!(
            text,
            "\n## {}, scope {}, {}\n\n{}; inputs driven by {}, outputs loaded with {:.4} pF; {}.\n\
             Ratios are to the first design.\n",
            first.library,
            first.scope,
            first.operands,
            tools.join(", "),
            first.driving_cell,
            first.output_load_pf,
            first.wires()
        );
        if let Some(words) = caution(reports) {
            let _ = write!(text, "\n**{words}**\n");
        }
        for index in 0..first.at_period.len() {
            text += &at_period(reports, index);
        }
        if first.swept {
            text += &at_best(reports);
        }
        text += &notes(reports);
        for plot in plots {
            let _ = write!(text, "\n![{plot}]({plot})\n");
        }
    }
    text
}

/// A mark on the figures of a netlist that cannot be built.
fn mark(point: &Point) -> &'static str {
    if point.nets_beyond_limits > 0 { " !" } else { "" }
}

/// Energy per operation, share of clock and flip-flops, leakage: three cells, of the netlist that
/// is looked at closely.
fn energy(report: &Report) -> String {
    let Some(energy) = &report.energy else { return "failed | | ".to_owned() };
    let guess = match energy.kind {
        EnergyKind::Simulated => "",
        EnergyKind::Vectorless => " (vectorless)",
    };
    format!(
        "{:.3}{guess} | {:.0} % | {:.0}",
        energy.pj_per_mac,
        100.0 * energy.clock_and_flip_flop_share,
        energy.leakage_nw
    )
}

/// The smallest netlists that meet a period.
fn at_period(reports: &[Report], index: usize) -> String {
    let first = &reports[0];
    let Some(base) = first.at_period.get(index) else { return String::new() };
    let period = base.period_ns;
    let mut text = format!(
        "\nThe smallest netlists that meet {period} ns:\n\n| design | area, um2 | ratio | its delay, ns | \
         MAC per cycle | GMAC/s/mm2 at {period} ns | energy at {period} ns, pJ per MAC | clock and \
         flip-flops | leakage, nW |\n|---|---|---|---|---|---|---|---|---|\n"
    );
    for report in reports {
        let Some(found) = report.at_period.get(index) else { continue };
        let (point, spreads) = (&found.point, [report.spread.area, first.spread.area]);
        let energy = if index == 0 { energy(report) } else { "- | - | -".to_owned() };
        let _ = match found.gmacs_per_s_per_mm2 {
            Some(density) => writeln!(
                text,
                "| {} | {:.0}{} | {} | {:.3} | {} | {density:.1} | {energy} |",
                report.design,
                point.area_um2,
                mark(point),
                match base.met {
                    true => bare(&ratio(point.area_um2, base.point.area_um2, spreads)).to_owned(),
                    false => "-".to_owned(),
                },
                point.delay_ns,
                table::operations(report),
            ),
            None => writeln!(
                text,
                "| {} | not met | - | {:.3} at best | {} | - | - | - | - |",
                report.design,
                point.delay_ns,
                table::operations(report)
            ),
        };
    }
    text
}

/// The netlists with the smallest area x delay, and the ends of the curves.
fn at_best(reports: &[Report]) -> String {
    let first = &reports[0];
    let mut text = "\n| design | smallest area, um2 | shortest period, ns | best area x delay, um2 ns | \
                    ratio | its area, um2 | its delay, ns | MAC per cycle | GMAC/s/mm2 at its delay | \
                    its energy, pJ per MAC | clock and flip-flops | leakage, nW |\n\
                    |---|---|---|---|---|---|---|---|---|---|---|---|\n"
        .to_owned();
    for report in reports {
        let best = &report.best_area_delay;
        let spreads = [report.spread.area_delay, first.spread.area_delay];
        let base = first.best_area_delay.area_delay_um2_ns;
        let _ = writeln!(
            text,
            "| {} | {:.0}{} | {:.3}{} | {:.1}{} | {} | {:.0} | {:.3} | {} | {:.1} | {} |",
            report.design,
            report.smallest_area.area_um2,
            mark(&report.smallest_area),
            report.smallest_delay.delay_ns,
            mark(&report.smallest_delay),
            best.area_delay_um2_ns,
            mark(best),
            bare(&ratio(best.area_delay_um2_ns, base, spreads)),
            best.area_um2,
            best.delay_ns,
            table::operations(report),
            report.sustained_macs_per_cycle * 1e6 / best.area_delay_um2_ns,
            // With periods the netlist that is looked at closely is another one.
            match report.at_period.is_empty() {
                true => energy(report),
                false => "- | - | -".to_owned(),
            },
        );
    }
    text
}

/// A ratio without its brackets.
fn bare(ratio: &str) -> &str {
    ratio.trim_start_matches('(').trim_end_matches(')')
}

/// What the figures depend on, and what they leave out.
fn notes(reports: &[Report]) -> String {
    let mut text = String::new();
    if let Some(varying) = reports.iter().find(|report| table::varies(report)) {
        let _ = write!(
            text,
            "\nMAC per cycle with a point: in the long run on data that are {}; cycles depend on \
             them.\n",
            varying.data
        );
    }
    for report in reports.iter().filter(|report| !report.missing.is_empty()) {
        let _ = write!(text, "\n`{}` leaves out: {}.\n", report.design, report.missing.words());
    }
    if let Some(note) = reports.iter().find_map(|report| report.memory_note) {
        let bits = |report: &Report| format!("{} {}", report.design, report.memory_bits);
        let bits: Vec<String> = reports.iter().map(bits).collect();
        let _ = write!(text, "\nMemories: {note}. Bits: {}.\n", bits.join(", "));
    }
    for failure in reports.iter().flat_map(|report| &report.failures) {
        let reason = failure.reason.lines().next().unwrap_or_default();
        let _ = write!(text, "\nNot measured: {}: {reason}.\n", failure.step);
    }
    text
}
