//! The top: streams around the array.

use askama::Template;

use crate::design::{Design, Element as Kind, MAX_DIMENSION, Stream};
use crate::rtl::element::Element;
use crate::rtl::planes::tag_width;
use crate::rtl::text::{self, Port};
use crate::rtl::{Module, Writer};

#[derive(Template)]
#[template(path = "systolic_os/top.v")]
struct Top<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    rows: usize,
    cols: usize,
    a_fit: usize,
    b_fit: usize,
    c_fit: usize,
    a_width: usize,
    b_width: usize,
    width: usize,
    bus_width: usize,
    data_reset: bool,
    /// Bits of the operands of an element, as they enter the array.
    a_lane: usize,
    b_lane: usize,
    /// Bits of a beat of the operands, per row and column.
    a_beat: usize,
    b_beat: usize,
    /// Bits of the tag of a plane; 0 where tiles are not cut into planes.
    tag: usize,
    max_dimension: usize,
}

pub(super) fn top(writer: &Writer<'_>, element: &Element) -> Module {
    let design = writer.design;
    let ports = [
        Port::input("aclk", 1),
        Port::input("aresetn", 1),
        Port::input("s_axis_a_tvalid", 1),
        Port::output("s_axis_a_tready", 1),
        Port::input("s_axis_a_tdata", "AData"),
        Port::input("s_axis_a_tlast", 1),
        Port::input("s_axis_b_tvalid", 1),
        Port::output("s_axis_b_tready", 1),
        Port::input("s_axis_b_tdata", "BData"),
        Port::output("m_axis_c_tvalid", 1),
        Port::input("m_axis_c_tready", 1),
        Port::output("m_axis_c_tdata", "CData"),
        Port::output("m_axis_c_tlast", 1),
    ];
    let (a, b) = (design.multiplier.a.width, design.multiplier.b.width);
    let width = design.accumulator.width;
    writer.module(
        "",
        &Top {
            header: writer.header(&design.summary, &describe(design)),
            prefix: &design.name,
            ports: text::ports(&ports),
            rows: design.rows(),
            cols: design.cols(),
            a_fit: Stream::fit(a),
            b_fit: Stream::fit(b),
            c_fit: Stream::fit(width),
            a_width: a,
            b_width: b,
            width,
            bus_width: element.output_width(writer),
            data_reset: writer.data_reset(),
            a_lane: design.travelling_width(),
            b_lane: design.b_width(),
            a_beat: a * design.depth(),
            b_beat: b * design.depth(),
            tag: design.plane().map_or(0, |plane| tag_width(&plane)),
            max_dimension: MAX_DIMENSION,
        },
    )
}

/// The interface contract and the parameters, for the head of the top.
fn describe(design: &Design) -> Vec<String> {
    let (a, b) = (design.multiplier.a, design.multiplier.b);
    let accumulator = design.accumulator;
    let kind = if accumulator.signed { "two's complement" } else { "unsigned" };
    let mut lines = vec![
        String::new(),
        format!(
            "C[M,N] = A[M,K] B[K,N], output-stationary: a tile of C is {} x {}.",
            design.rows(),
            design.cols()
        ),
        String::new(),
        "  stream    beat                    lanes  bits  transfers  lanes per transfer".to_owned(),
    ];
    for (stream, beat) in [
        (design.stream_a(), "k: A[0..rows, k]"),
        (design.stream_b(), "k: B[k, 0..cols]"),
        (design.stream_c(), "row: C[row, 0..cols]"),
    ] {
        lines.push(format!(
            "  {:8}  {beat:22}  {:5}  {:4}  {:9}  {:18}",
            stream.name,
            stream.lanes,
            stream.lane_width,
            stream.transfers_per_beat,
            stream.lanes_per_transfer
        ));
    }
    lines.extend([
        String::new(),
        "AXI4-Stream. Lane i of a transfer is tdata[bits*i +: bits]. tlast of A marks the last k of".to_owned(),
        "a tile, tlast of C the last row. A and B are taken together. Any K from 1 on; tiles may".to_owned(),
        "follow each other without a gap.".to_owned(),
        String::new(),
        format!("Operands {a} x {b}, result {kind}, exact modulo 2^{}.", accumulator.width),
        match accumulator.k_max {
            0 => "A single product may overflow it.".to_owned(),
            k => format!("No sum of up to {k} products overflows it."),
        },
        if design.element == Kind::Behavioural {
            "Element behavioural: multiplier and adder are left to the synthesis tool.".to_owned()
        } else {
            format!(
            "Element {}, encoding {}, compressor {}, final adder {}.",
            design.element,
            design.multiplier.encoding.name(),
            design.multiplier.compressor.name(),
            design.final_adder
        )
        },
    ]);
    lines
}
