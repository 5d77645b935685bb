//! The page of a comparison: Markdown, with the plots beside it.

use std::fmt::Write as _;

use super::{Group, table};
use crate::synth::{EnergyKind, Report};

/// A page with all figures.
pub(super) fn page(command: &str, groups: &[Group], plots: &[Vec<String>]) -> String {
    let mut text = format!(
        "# Area, delay and energy\n\nMade by\n\n    {command}\n\nEvery netlist is proven equal to \
         the gates that went in, by ABC. The netlist whose energy is given is\nsimulated against the \
         golden model as well. There is no wire load: absolute figures are optimistic,\nratios are \
         what counts. Energy is that of a gate-level simulation without glitches, unless it is\nmarked \
         as vectorless.\n"
    );
    for (group, plots) in groups.iter().zip(plots) {
        let first = &group.reports[0];
        let tools: Vec<String> =
            first.tools.iter().map(|(name, version)| format!("{name} {version}")).collect();
        let _ = write!(
            text,
            "\n## {}, scope {}, {}\n\n{}; inputs driven by {}, outputs loaded with {:.4} pF. Ratios \
             are to the first design.\n\n\
             | design | smallest area, um2 | shortest period, ns | best area x delay, um2 ns | ratio | \
             its area, um2 | its delay, ns | MAC per cycle | GMAC/s/mm2 | energy, pJ per MAC | clock and flip-flops | \
             leakage, nW |\n\
             |---|---|---|---|---|---|---|---|---|---|---|---|\n",
            first.library,
            first.scope,
            first.operands,
            tools.join(", "),
            first.driving_cell,
            first.output_load_pf
        );
        for report in &group.reports {
            let best = &report.best_area_delay;
            let guess = match report.energy_kind {
                EnergyKind::Simulated => "",
                EnergyKind::Vectorless => " (vectorless)",
            };
            let _ = writeln!(
                text,
                "| {} | {:.0} | {:.3} | {:.1} | {:.2} | {:.0} | {:.3} | {} | {:.1} | {:.3}{guess} | {:.0} % | \
                 {:.0} |",
                report.design,
                report.smallest_area.area_um2,
                report.smallest_delay.delay_ns,
                best.area_delay_um2_ns,
                best.area_delay_um2_ns / first.best_area_delay.area_delay_um2_ns,
                best.area_um2,
                best.delay_ns,
                table::operations(report),
                report.gmacs_per_s_per_mm2,
                report.energy_pj_per_mac,
                100.0 * report.energy.clock_and_flip_flop_share,
                report.energy.leakage_nw,
            );
        }
        if let Some(varying) = group.reports.iter().find(|report| table::varies(report)) {
            let _ = write!(
                text,
                "\nMAC per cycle with a point: in the long run on data that are {}; cycles depend on \
                 them.\n",
                varying.data
            );
        }
        if let Some(note) = group.reports.iter().find_map(|report| report.memory_note) {
            let bits = |report: &Report| format!("{} {}", report.design, report.memory_bits);
            let bits: Vec<String> = group.reports.iter().map(bits).collect();
            let _ = write!(text, "\nMemories: {note}. Bits: {}.\n", bits.join(", "));
        }
        for plot in plots {
            let _ = write!(text, "\n![{plot}]({plot})\n");
        }
    }
    text
}
