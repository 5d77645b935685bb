//! Bars of energy.

use std::fmt::Write as _;

use super::plot::{Axis, COLOURS, MARGIN, head, line, text, x_of};
use crate::synth::{Energy, EnergyKind, Report};

/// Height of a bar with the words above it.
const PITCH: f64 = 52.0;

/// What the energies are of: data where they were simulated, else what OpenSTA supposes.
fn subtitle(bars: &[(&Report, &Energy)]) -> String {
    let of = |kind| bars.iter().find(|(_, energy)| energy.kind == kind).map(|(_, energy)| energy);
    let simulated = of(EnergyKind::Simulated).map(|energy| format!("on {} data", energy.data));
    let guessed = of(EnergyKind::Vectorless).map(|energy| format!("vectorless: {}", energy.data));
    [simulated, guessed].into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// Energy per multiply-accumulate, one bar per report; nothing where none was measured.
#[must_use]
pub fn energy(reports: &[Report]) -> Option<String> {
    let with =
        |report| -> Option<(&Report, &Energy)> { Some((report, Option::as_ref(&report.energy)?)) };
    let bars: Vec<(&Report, &Energy)> = reports.iter().filter_map(with).collect();
    let (first, _) = *bars.first()?;
    let height = MARGIN[2] + MARGIN[3] + 50.0 + PITCH * bars.len() as f64;
    let title =
        format!("Energy per MAC, {}, scope {}, {}", first.operands, first.scope, first.library);
    let mut svg = head(&title, height);
    let axis = Axis::around(bars.iter().map(|(_, energy)| energy.pj_per_mac), true);
    let bottom = height - MARGIN[3];
    for mark in axis.marks() {
        let at = x_of(axis.place(mark));
        line(&mut svg, (at, MARGIN[2] + 40.0), (at, bottom), "#dddddd");
        text(&mut svg, (at, bottom + 18.0), "middle", &axis.label(mark));
    }
    let words = "pJ per multiply-accumulate (no glitches)";
    text(&mut svg, (x_of(0.5), height - 16.0), "middle", words);
    text(&mut svg, (x_of(0.5), 42.0), "middle", &subtitle(&bars));
    let parts = ["clock", "flip-flops", "logic", "leakage"];
    for (index, part) in parts.iter().enumerate() {
        let at = x_of(0.0) + 120.0 * index as f64;
        let _ = writeln!(
            svg,
            "<rect x=\"{at:.1}\" y=\"56\" width=\"12\" height=\"12\" fill=\"{}\"/>",
            COLOURS[index]
        );
        text(&mut svg, (at + 18.0, 67.0), "start", part);
    }
    for (index, (report, energy)) in bars.iter().enumerate() {
        let top = MARGIN[2] + 46.0 + PITCH * index as f64;
        let guess = match energy.kind {
            EnergyKind::Simulated => "",
            EnergyKind::Vectorless => ", vectorless",
        };
        // Above the bar, where there is room for every length.
        let words = format!("{}: {:.3} pJ{guess}", report.design, energy.pj_per_mac);
        text(&mut svg, (x_of(0.0), top + 12.0), "start", &words);
        let mut sum = 0.0;
        let values = [energy.clock_pj, energy.flip_flop_pj, energy.logic_pj, energy.leakage_pj];
        for (value, colour) in values.into_iter().zip(COLOURS) {
            let (from, to) = (x_of(axis.place(sum)), x_of(axis.place(sum + value)));
            let _ = writeln!(
                svg,
                "<rect x=\"{from:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"22\" fill=\"{colour}\"/>",
                top + 18.0,
                (to - from).max(0.0)
            );
            sum += value;
        }
    }
    svg.push_str("</svg>\n");
    Some(svg)
}
