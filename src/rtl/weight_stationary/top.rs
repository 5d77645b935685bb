//! The top: streams around the array.

use askama::Template;

use super::{Edge, hops};
use crate::design::{Design, MAX_DIMENSION, Stream};
use crate::rtl::text::{self, Port};
use crate::rtl::transfers::{self, Transfers};
use crate::rtl::{Module, Writer, describe_element, usage};

#[derive(Template)]
#[template(path = "weight_stationary/top.v")]
struct Top<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    cols: usize,
    depth: usize,
    a: Stream,
    a_data: usize,
    /// Lanes of a beat of B, and whether the last one marks a term that counts.
    b_lanes: &'static str,
    marks: bool,
    /// Bits of these lanes.
    b_used: String,
    /// Names of how beats are cut into transfers.
    transfers: String,
    a_width: usize,
    b_width: usize,
    width: usize,
    bus_width: usize,
    latency: String,
    hops: bool,
    partial_sums: bool,
    data_reset: bool,
    max_dimension: usize,
}

pub(in crate::rtl) fn top(writer: &Writer<'_>, edge: &Edge) -> Module {
    let design = writer.design;
    let a_stream = design.stream_a();
    let (a, b) = (design.multiplier.a.width, design.multiplier.b.width);
    let width = design.accumulator.width;
    let of_b = Transfers::new('B', 1, "Cols", b).with(design.mark_lanes());
    let of_c = Transfers::new('C', 1, "Cols", width);
    let mut ports = vec![
        Port::input("aclk", 1),
        Port::input("aresetn", 1),
        Port::input("s_axis_a_tvalid", 1),
        Port::output("s_axis_a_tready", 1),
        Port::input("s_axis_a_tdata", a_stream.data_width()),
        Port::input("s_axis_a_tlast", 1),
        Port::input("s_axis_b_tvalid", 1),
        Port::output("s_axis_b_tready", 1),
        Port::input("s_axis_b_tdata", of_b.data_width()),
    ];
    if design.partial_sums {
        ports.extend([
            Port::input("s_axis_p_tvalid", 1),
            Port::output("s_axis_p_tready", 1),
            Port::input("s_axis_p_tdata", of_c.data_width()),
        ]);
    }
    ports.extend([
        Port::output("m_axis_c_tvalid", 1),
        Port::input("m_axis_c_tready", 1),
        Port::output("m_axis_c_tdata", of_c.data_width()),
        Port::output("m_axis_c_tlast", 1),
    ]);
    let weights = design.weights();
    let latency = weights.map_or(0, |weights| weights.latency(design.pipeline()));
    let latency = match hops(design) {
        // One of the columns has no hop.
        true => format!("{} + Cols", latency - design.cols()),
        false => latency.to_string(),
    };
    writer.module(
        "",
        &Top {
            header: writer.header(&design.summary, &describe(design)),
            prefix: &design.name,
            ports: text::ports(&ports),
            cols: design.cols(),
            depth: design.depth(),
            a_data: a_stream.data_width(),
            a: a_stream,
            b_lanes: if design.mark_lanes() > 0 { "Cols + 1" } else { "Cols" },
            marks: design.mark_lanes() > 0,
            b_used: match design.mark_lanes() {
                0 => format!("{b}*Cols"),
                marks => format!("{b}*(Cols+{marks})"),
            },
            transfers: transfers::declarations(&[&of_b, &of_c]),
            a_width: a,
            b_width: b,
            width,
            bus_width: edge.bus_width,
            latency,
            hops: hops(design),
            partial_sums: design.partial_sums,
            data_reset: writer.data_reset(),
            max_dimension: MAX_DIMENSION,
        },
    )
}

/// The interface contract and the parameters, for the head of the top.
fn describe(design: &Design) -> Vec<String> {
    let (a, b) = (design.operand_a(), design.operand_b());
    let accumulator = design.accumulator;
    let kind = if accumulator.signed { "two's complement" } else { "unsigned" };
    let (depth, cols) = (design.depth(), design.cols());
    let mut lines = vec![
        String::new(),
        format!("C[M,N] = A[M,K] B[K,N], weight-stationary: a tile of B is {depth} x {cols}."),
        String::new(),
        "  stream    beat                    lanes  bits  transfers  lanes per transfer".to_owned(),
    ];
    let mut streams =
        vec![(design.stream_a(), "m: A[m, 0..depth]"), (design.stream_b(), "k: B[k, 0..cols]")];
    streams.extend(design.stream_p().map(|stream| (stream, "m: P[m, 0..cols]")));
    streams.push((design.stream_c(), "m: C[m, 0..cols]"));
    for (stream, beat) in streams {
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
        "AXI4-Stream. Lane i of a transfer is tdata[bits*i +: bits]. A tile is as many beats of B"
            .to_owned(),
        "as it has rows, and any number of beats of A, the last one with tlast; tlast of C is that"
            .to_owned(),
        "of A. The next tile of B is loaded while the present one is in use.".to_owned(),
        match design.partial_sums {
            true => "A and P are taken together: C[m] = P[m] + A[m] B.".to_owned(),
            false => {
                "A sum over more than one tile of K is formed by the receiver of C.".to_owned()
            }
        },
    ]);
    if design.mark_lanes() > 0 {
        lines.extend([
            "Behind the operands, the last lane of a beat of B says in its lowest bit that the term"
                .to_owned(),
            "counts. Those that do not come last in a tile, and add nothing, whatever the lanes of A"
                .to_owned(),
            "and B hold.".to_owned(),
        ]);
    }
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
