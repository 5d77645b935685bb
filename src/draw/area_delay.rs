//! Curves of area against delay.

use std::fmt::Write as _;

use super::plot::{Axis, HEIGHT, escape, head, line, text, x_of, y_of};
use super::style::{Style, styles};
use crate::synth::{Point, Report};

/// Height of a line of the legend.
const LEGEND: f64 = 20.0;

/// The curve of one design, whose points are in order of their delays.
fn curve(svg: &mut String, report: &Report, style: Style, place: &impl Fn(&Point) -> (f64, f64)) {
    let Style { colour, dash } = style;
    // A netlist serves every longer period, so the curve is a staircase.
    let mut path = String::new();
    for (number, point) in report.points.iter().enumerate() {
        let (px, py) = place(point);
        let _ = match number {
            0 => write!(path, "M{px:.1} {py:.1}"),
            _ => write!(path, " H{px:.1} V{py:.1}"),
        };
    }
    let _ = writeln!(
        svg,
        "<path d=\"{path} H{:.1}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" \
         stroke-dasharray=\"{dash}\"/>",
        x_of(1.0)
    );
    for point in &report.points {
        let (px, py) = place(point);
        let best = point.area_delay_um2_ns <= report.best_area_delay.area_delay_um2_ns;
        let radius = if best { 6.0 } else { 3.0 };
        // What cannot be built is hollow.
        let fill = if point.nets_beyond_limits > 0 { "#ffffff" } else { colour };
        let _ = writeln!(
            svg,
            "<circle cx=\"{px:.1}\" cy=\"{py:.1}\" r=\"{radius}\" fill=\"{fill}\" \
             stroke=\"{colour}\" stroke-width=\"1.5\"/>"
        );
    }
}

/// Area against delay, one curve per report; reports are of one library, scope and pair of operands.
/// The axes reach as far as the data, not to zero; the legend stands below.
#[must_use]
pub fn area_delay(reports: &[Report]) -> String {
    let points = || reports.iter().flat_map(|report| &report.points);
    let Some(first) = reports.first() else {
        return head("Area against delay", HEIGHT) + "</svg>\n";
    };
    let hollow = points().any(|point| point.nets_beyond_limits > 0);
    let below = LEGEND * (reports.len() + usize::from(hollow)) as f64;
    let title =
        format!("Area against delay, {}, scope {}, {}", first.operands, first.scope, first.library);
    let mut svg = head(&title, HEIGHT + below);
    let x = Axis::around(points().map(|point| point.delay_ns), false);
    let y = Axis::around(points().map(|point| point.area_um2), false);
    let (bottom, top) = (y_of(0.0, HEIGHT), y_of(1.0, HEIGHT));
    for mark in x.marks() {
        let at = x_of(x.place(mark));
        line(&mut svg, (at, top), (at, bottom), "#dddddd");
        text(&mut svg, (at, bottom + 18.0), "middle", &x.label(mark));
    }
    for mark in y.marks() {
        let at = y_of(y.place(mark), HEIGHT);
        line(&mut svg, (x_of(0.0), at), (x_of(1.0), at), "#dddddd");
        text(&mut svg, (x_of(0.0) - 8.0, at + 4.0), "end", &y.label(mark));
    }
    line(&mut svg, (x_of(0.0), bottom), (x_of(1.0), bottom), "#000000");
    line(&mut svg, (x_of(0.0), top), (x_of(0.0), bottom), "#000000");
    text(&mut svg, (x_of(0.5), bottom + 40.0), "middle", "delay in ns (shortest period)");
    let middle = f64::midpoint(top, bottom);
    let wires = match first.wire_load.as_str() {
        "none" => "no wire load",
        _ => "wire load of the library",
    };
    let _ = writeln!(
        svg,
        "<text x=\"18\" y=\"{middle:.1}\" text-anchor=\"middle\" transform=\"rotate(-90 18 \
         {middle:.1})\">cell area in um2 ({})</text>",
        escape(wires)
    );
    let place =
        |point: &Point| (x_of(x.place(point.delay_ns)), y_of(y.place(point.area_um2), HEIGHT));
    for (index, (report, style)) in reports.iter().zip(styles(reports)).enumerate() {
        curve(&mut svg, report, style, &place);
        let at = bottom + 62.0 + LEGEND * index as f64;
        let Style { colour, dash } = style;
        let _ = writeln!(
            svg,
            "<path d=\"M{:.1} {:.1} h36\" stroke=\"{colour}\" stroke-width=\"3\" \
             stroke-dasharray=\"{dash}\"/>",
            x_of(0.0),
            at - 4.0
        );
        let best = report.best_area_delay.area_delay_um2_ns;
        let words = format!("{}: best area x delay {best:.0} um2 ns (large dot)", report.design);
        text(&mut svg, (x_of(0.0) + 44.0, at), "start", &words);
    }
    if hollow {
        let at = bottom + 62.0 + LEGEND * reports.len() as f64;
        let words = "hollow: nets beyond the library's limits, cannot be built as it is";
        text(&mut svg, (x_of(0.0) + 44.0, at), "start", words);
    }
    svg.push_str("</svg>\n");
    svg
}
