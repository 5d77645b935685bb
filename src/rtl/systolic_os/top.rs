//! The top: streams around the array.

use askama::Template;

use crate::design::{Design, MAX_DIMENSION};
use crate::rtl::element::Element;
use crate::rtl::planes::tag_width;
use crate::rtl::text::{self, Port};
use crate::rtl::transfers::{self, Transfers};
use crate::rtl::{Module, Writer, describe_element, usage, xnor};

/// What the tops of output-stationary arrays print.
struct Values<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    rows: usize,
    cols: usize,
    /// Lanes of a beat of A, and bits of them.
    a_lanes: String,
    a_bits: String,
    /// Names of how beats are cut into transfers.
    transfers: String,
    a_width: usize,
    b_width: usize,
    depth: usize,
    /// Factor of the lanes of a beat, where there are several terms.
    terms: String,
    /// Bits of a beat of the operands, per row and column.
    a_term: usize,
    b_term: usize,
    a_source: &'static str,
    b_source: String,
    width: usize,
    bus_width: usize,
    data_reset: bool,
    /// Bits of the operands of an element, as they enter the array.
    a_lane: usize,
    b_lane: usize,
    /// Popcounts: whether words are changed at the edge, and the statements that do it.
    words: bool,
    edge: String,
    /// Bits of the tag of a plane; 0 where tiles are not cut into planes.
    tag: usize,
    /// Bits of the correction; 0 where there is none.
    correction: usize,
    /// What tells that element (0, 0) is read.
    take: &'static str,
    max_dimension: usize,
}

#[derive(Template)]
#[template(path = "systolic_os/top.v")]
struct Hopping<'a> {
    values: Values<'a>,
}

#[derive(Template)]
#[template(path = "matrix2d/top.v")]
struct Broadcasting<'a> {
    values: Values<'a>,
}

/// The top of an array through which operands hop.
pub(super) fn top(writer: &Writer<'_>, element: &Element) -> Module {
    writer.module("", &Hopping { values: values(writer, element) })
}

/// The top of an array to whose elements operands are broadcast.
pub(in crate::rtl) fn broadcast(writer: &Writer<'_>, element: &Element) -> Module {
    writer.module("", &Broadcasting { values: values(writer, element) })
}

fn values<'a>(writer: &Writer<'a>, element: &Element) -> Values<'a> {
    let design = writer.design;
    let (a, b) = (design.multiplier.a.width, design.multiplier.b.width);
    let (width, depth) = (design.accumulator.width, design.depth());
    let of_a = Transfers::new('A', depth, "Rows", a).with(design.count_lanes());
    let of_b = Transfers::new('B', depth, "Cols", b);
    let of_c = Transfers::new('C', 1, "Cols", width);
    let ports = [
        Port::input("aclk", 1),
        Port::input("aresetn", 1),
        Port::input("s_axis_a_tvalid", 1),
        Port::output("s_axis_a_tready", 1),
        Port::input("s_axis_a_tdata", of_a.data_width()),
        Port::input("s_axis_a_tlast", 1),
        Port::input("s_axis_b_tvalid", 1),
        Port::output("s_axis_b_tready", 1),
        Port::input("s_axis_b_tdata", of_b.data_width()),
        Port::output("m_axis_c_tvalid", 1),
        Port::input("m_axis_c_tready", 1),
        Port::output("m_axis_c_tdata", of_c.data_width()),
        Port::output("m_axis_c_tlast", 1),
    ];
    let words = xnor::at_edge(design);
    let terms = if depth > 1 { format!("{depth}*") } else { String::new() };
    let more = |lanes: usize| if lanes > 0 { format!("+{lanes}") } else { String::new() };
    Values {
        header: writer.header(&design.summary, &describe(design)),
        prefix: &design.name,
        ports: text::ports(&ports),
        rows: design.rows(),
        cols: design.cols(),
        a_lanes: format!("{terms}Rows{}", more(design.count_lanes())),
        a_bits: format!("{}*Rows{}", a * depth, more(a * design.count_lanes())),
        words,
        edge: xnor::operands(design),
        transfers: transfers::declarations(&[&of_a, &of_b, &of_c]),
        a_width: a,
        b_width: b,
        depth,
        terms,
        a_term: a * depth,
        b_term: b * depth,
        a_lane: design.a_width(),
        b_lane: design.b_width(),
        tag: design.plane().map_or(0, |plane| tag_width(&plane)),
        correction: design.correction().map_or(0, |correction| correction.width),
        take: if design.array.topology.hops() { "read[0]" } else { "capture" },
        a_source: match depth {
            _ if words => "a_words",
            1 => "a_beat",
            _ => "a_terms",
        },
        b_source: match depth {
            _ if words => "b_words".to_owned(),
            1 => format!("b_beat[{b}*Cols-1:0]"),
            _ => "b_terms".to_owned(),
        },
        width,
        bus_width: element.output_width(writer),
        data_reset: writer.data_reset(),
        max_dimension: MAX_DIMENSION,
    }
}

/// The interface contract and the parameters, for the head of the top.
fn describe(design: &Design) -> Vec<String> {
    let (a, b) = (design.operand_a(), design.operand_b());
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
    let beats = match design.depth() {
        1 => ["k: A[0..rows, k]".to_owned(), "k: B[k, 0..cols]".to_owned()],
        depth => [format!("{depth} k: A[0..rows, k..]"), format!("{depth} k: B[k.., 0..cols]")],
    };
    let [a_beat, b_beat] = &beats;
    for (stream, beat) in [
        (design.stream_a(), a_beat.as_str()),
        (design.stream_b(), b_beat),
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
    lines.push(String::new());
    let head = "AXI4-Stream. Lane i of a transfer is tdata[bits*i +: bits]";
    match design.depth() {
        1 => lines.push(format!("{head}. tlast of A marks the last k of")),
        depth => {
            lines.push(format!("{head}; a beat holds the lanes of"));
            lines.push(format!(
                "{depth} consecutive k, one after the other, zeros beyond K. tlast of A marks the last beat of"
            ));
        }
    }
    let counting = match design.count_lanes() {
        0 => Vec::new(),
        lanes => vec![
            format!(
                "Behind the operands, the last {lanes} lanes of a beat of A hold how many of its {} terms",
                design.depth()
            ),
            "count, lowest bits first: those beyond add nothing, whatever their lanes hold."
                .to_owned(),
        ],
    };
    lines.extend([
        "a tile, tlast of C the last row. A and B are taken together. Any K from 1 on; tiles may"
            .to_owned(),
        "follow each other without a gap.".to_owned(),
    ]);
    lines.extend(counting);
    lines.extend([
        String::new(),
        format!("Operands {a} x {b}, result {kind}, exact modulo 2^{}.", accumulator.width),
        match accumulator.k_max {
            0 => "A single product may overflow it.".to_owned(),
            k => format!("No sum of up to {k} products overflows it."),
        },
        describe_element(design),
    ]);
    lines.extend(usage::of_design(design));
    lines
}
