//! The top: streams around memories, lanes and columns.

use askama::Template;

use super::Shape;
use crate::design::{Design, Element, MAX_DIMENSION, Policy};
use crate::rtl::text::{self, Port, instance};
use crate::rtl::transfers::{self, Transfers};
use crate::rtl::{Module, Writer, usage};

#[derive(Template)]
#[template(path = "bit_slice/top.v")]
struct Top<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    rows: usize,
    cols: usize,
    /// Names of how beats are cut into transfers.
    transfers: String,
    a_width: usize,
    b_width: usize,
    width: usize,
    max_dimension: usize,
    data_reset: bool,
    lanes: usize,
    terms: usize,
    group: usize,
    group_bits: usize,
    planes: usize,
    address: usize,
    bank_bits: usize,
    /// Places in a group that choose a bank in short chunks only.
    following: usize,
    digit_bits: usize,
    tags: usize,
    capture_bit: usize,
    pair: usize,
    horner: bool,
    per_element: bool,
    skip_empty: bool,
    lockstep: bool,
    barrier: bool,
    banked: bool,
    lane: String,
    scheduler: String,
    delay: String,
    readout: String,
}

pub(super) fn top(writer: &Writer<'_>, shape: &Shape) -> Module {
    let design = writer.design;
    let slice = &shape.slice;
    let (a, b) = (design.a_lane_width(), design.multiplier.b.width);
    let width = design.accumulator.width;
    let lockstep = slice.policy == Policy::Lockstep;
    let capture_bit = 1 + usize::from(shape.horner);
    let tags = shape.tags();
    let delay = {
        let part = |name: &str| format!("{name}[{tags}*r +: {tags}]");
        let (from, to) = (part("tags"), part("tags_late"));
        let connections =
            [("clk_i", "aclk"), ("rst_ni", "aresetn"), ("tags_i", &from), ("tags_o", &to)];
        instance(&format!("{}_delay", design.name), "u_delay", &[], &connections, 6)
    };
    let readout = {
        let tags = format!("late[{}:{}]", tags - 1, capture_bit + 1);
        let pair = match shape.pair {
            1 => "pairs[r]".to_owned(),
            pair => format!("pairs[{pair}*r +: {pair}]"),
        };
        let row = format!("results[{width}*Cols*r +: {width}*Cols]");
        let connections = [
            ("clk_i", "aclk"),
            ("rst_ni", "aresetn"),
            ("capture_i", "capture[r]"),
            ("tags_i", &tags),
            ("read_o", "reads[Cols*r +: Cols]"),
            ("pair_i", &pair),
            ("full_o", "full[r]"),
            ("emitted_i", "emitted[r]"),
            ("row_o", &row),
        ];
        let module = format!("{}_readout", design.name);
        instance(&module, "u_readout", &[("Cols", "Cols")], &connections, 6)
    };
    let streams = transfers(design);
    writer.module(
        "",
        &Top {
            header: writer.header(&design.summary, &describe(design)),
            prefix: &design.name,
            ports: text::ports(&stream_ports(&streams)),
            rows: design.rows(),
            cols: design.cols(),
            transfers: transfers::declarations(&streams.each_ref()),
            a_width: a,
            b_width: b,
            width,
            max_dimension: MAX_DIMENSION,
            data_reset: writer.data_reset(),
            lanes: slice.lanes,
            terms: slice.terms(),
            group: slice.group,
            group_bits: slice.group_bits(),
            planes: shape.planes,
            address: slice.address(),
            bank_bits: slice.banks.map_or(0, |banks| banks.bits()),
            following: slice.banks.map_or(0, |banks| banks.following()),
            digit_bits: shape.digit_bits(),
            tags,
            capture_bit,
            pair: shape.pair,
            horner: shape.horner,
            per_element: slice.per_element,
            skip_empty: slice.skip_empty,
            lockstep,
            barrier: shape.barrier(),
            banked: slice.banks.is_some(),
            lane: lane(writer, shape),
            scheduler: scheduler(writer, shape),
            delay,
            readout,
        },
    )
}

/// Bits of lane (r, l) in a vector of `width` bits per lane.
fn part(name: &str, width: usize, lanes: usize) -> String {
    match (width, lanes) {
        (1, 1) => format!("{name}[r]"),
        (1, lanes) => format!("{name}[{lanes}*r+l]"),
        (width, lanes) => format!("{name}[{width}*({lanes}*r+l) +: {width}]"),
    }
}

fn lane(writer: &Writer<'_>, shape: &Shape) -> String {
    let design = writer.design;
    let slice = &shape.slice;
    let (planes, lanes, a) = (shape.planes, slice.lanes, design.a_lane_width());
    let row = |name: &str, width: usize| match width {
        1 => format!("{name}[r]"),
        width => format!("{name}[{width}*r +: {width}]"),
    };
    let mut connections = vec![
        ("clk_i", "aclk".to_owned()),
        ("rst_ni", "aresetn".to_owned()),
        ("fire_i", "fire".to_owned()),
        ("a_i", format!("a_beat[{a}*(Rows*l+r) +: {a}]")),
        ("valid_i", "digits_valid".to_owned()),
        ("write_i", "digits_write".to_owned()),
        ("write_parity_i", "digits_parity".to_owned()),
        ("group_i", "digits_group".to_owned()),
        ("position_i", "digits_position".to_owned()),
    ];
    if !slice.skip_empty || slice.banks.is_some() {
        connections.push(("end_i", "digits_end".to_owned()));
    }
    if !slice.skip_empty {
        connections.extend([
            ("empty_i", row("empty", planes)),
            ("nonzero_o", part("nonzero", planes, lanes)),
        ]);
    }
    connections.extend([
        ("waiting_o", part("waiting", 2 * planes, lanes)),
        ("plane_i", row("plane", planes)),
        ("parity_i", "parity[r]".to_owned()),
    ]);
    if slice.policy == Policy::Lockstep {
        connections
            .extend([("finished_o", part("finished", 1, lanes)), ("step_i", "step".to_owned())]);
    }
    if let Some(banks) = &slice.banks {
        connections.push(("early_i", "digits_early[r]".to_owned()));
        if banks.following() > 0 {
            connections.push(("spread_i", "spread".to_owned()));
        }
        connections.extend([
            ("request_o", part("request", 1, lanes)),
            ("bank_o", part("bank", banks.bits(), lanes)),
            ("grant_i", part("grant", 1, lanes)),
        ]);
    }
    connections.extend([
        ("read_o", part("read", 1, lanes)),
        ("address_o", part("read_address", slice.address(), lanes)),
        ("digit_o", part("digit", shape.digit_bits(), lanes)),
    ]);
    if slice.per_element {
        connections.push(("load_o", "load[r]".to_owned()));
    }
    let connections: Vec<(&str, &str)> =
        connections.iter().map(|(port, signal)| (*port, signal.as_str())).collect();
    instance(&format!("{}_lane", design.name), "u_lane", &[], &connections, 8)
}

/// The scheduler of column r, or the only one where all columns are in step.
fn scheduler(writer: &Writer<'_>, shape: &Shape) -> String {
    let design = writer.design;
    let slice = &shape.slice;
    let lockstep = slice.policy == Policy::Lockstep;
    let (planes, tags) = (shape.planes, shape.tags());
    let out = |name: &str, width: usize| match (lockstep, width) {
        (true, _) => format!("one_{name}"),
        (false, 1) => format!("{name}[r]"),
        (false, width) => format!("{name}[{width}*r +: {width}]"),
    };
    let (pending, release, emitted) = match lockstep {
        true => {
            ("{pending[Rows], pending[0]}", "{any_release_1, any_release_0}", "emitted[Rows-1]")
        }
        false => ("{pending[Rows+r], pending[r]}", "{released[Rows+r], released[r]}", "emitted[r]"),
    };
    let mut connections = vec![("clk_i", "aclk".to_owned()), ("rst_ni", "aresetn".to_owned())];
    if !slice.skip_empty {
        connections.extend([
            ("write_i", "digits_write".to_owned()),
            ("end_i", "digits_end".to_owned()),
            ("nonzero_i", "any_nonzero".to_owned()),
            ("empty_o", out("empty", planes)),
        ]);
    }
    if shape.barrier() {
        connections
            .extend([("together_i", "together".to_owned()), ("at_end_o", "at_end[r]".to_owned())]);
    }
    connections.extend([
        ("pending_i", pending.to_owned()),
        ("final_i", "final_chunk".to_owned()),
        ("release_o", release.to_owned()),
        ("waiting_i", "any_waiting".to_owned()),
        ("emitted_i", emitted.to_owned()),
        ("plane_o", out("plane", planes)),
        ("parity_o", out("parity", 1)),
        ("tags_o", out("tags", tags)),
    ]);
    let connections: Vec<(&str, &str)> =
        connections.iter().map(|(port, signal)| (*port, signal.as_str())).collect();
    let indent = if lockstep { 2 } else { 6 };
    let module = format!("{}_scheduler", design.name);
    instance(&module, "u_scheduler", &[("Cols", "Cols")], &connections, indent)
}

/// The interface contract and the parameters, for the head of the top.
pub(in crate::rtl) fn describe(design: &Design) -> Vec<String> {
    let (a, b) = (design.multiplier.a, design.multiplier.b);
    let accumulator = design.accumulator;
    let slice = design.bit_slice.expect("a bit-slice topology has its parameters");
    let kind = if accumulator.signed { "two's complement" } else { "unsigned" };
    let (columns, elements) = (design.rows(), design.cols());
    let mut lines = vec![
        String::new(),
        format!(
            "C[M,N] = A[M,K] B[K,N], output-stationary: a tile of C is {columns} x {elements}."
        ),
        String::new(),
        "  stream    beat                    lanes  bits  transfers  lanes per transfer".to_owned(),
    ];
    for (stream, beat) in [
        (design.stream_a(), "k: A[0..rows, k..]"),
        (design.stream_b(), "k: B[k.., 0..cols]"),
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
    let (adder, planes) = (design.final_adder, design.planes());
    let encoding = design.multiplier.encoding.name();
    lines.extend([
        String::new(),
        "AXI4-Stream. Lane i of a transfer is tdata[bits*i +: bits]. tlast of A marks the last k of".to_owned(),
        "a tile, tlast of C the last row. A and B are taken together. Any K from 1 on; tiles may".to_owned(),
        "follow each other without a gap.".to_owned(),
    ]);
    if design.host_encodes() {
        lines.push("A arrives as digits, as `bitweight encode` writes them.".to_owned());
    }
    if slice.lanes > 1 {
        lines.extend([
            format!(
                "A beat carries {} consecutive k, all rows or columns of the first k first;",
                slice.lanes
            ),
            "beyond the end of a tile they are zero.".to_owned(),
        ]);
    }
    lines.extend([
        String::new(),
        format!("Operands {a} x {b}, result {kind}, exact modulo 2^{}.", accumulator.width),
        match accumulator.k_max {
            0 => "A single product may overflow it.".to_owned(),
            k => format!("No sum of up to {k} products overflows it."),
        },
        match design.element {
            Element::Laconic => {
                format!("Element laconic: {} pairs of {encoding} terms per cycle.", slice.lanes)
            }
            element => format!(
                "Element {element}: {planes} planes of {encoding} digits, groups of {}, {} of K in \
                 memory.",
                slice.group, slice.tile_k
            ),
        },
        format!("Compressor {}, final adder {adder}.", design.multiplier.compressor.name()),
    ]);
    lines.extend(usage::of_design(design));
    lines
}

/// How beats of A, B and C are cut into transfers.
pub(in crate::rtl) fn transfers(design: &Design) -> [Transfers; 3] {
    let lanes = design.bit_slice.map_or(1, |slice| slice.lanes);
    [
        Transfers::new('A', lanes, "Rows", design.a_lane_width()),
        Transfers::new('B', lanes, "Cols", design.multiplier.b.width),
        Transfers::new('C', 1, "Cols", design.accumulator.width),
    ]
}

pub(in crate::rtl) fn stream_ports([a, b, c]: &[Transfers; 3]) -> [Port; 13] {
    [
        Port::input("aclk", 1),
        Port::input("aresetn", 1),
        Port::input("s_axis_a_tvalid", 1),
        Port::output("s_axis_a_tready", 1),
        Port::input("s_axis_a_tdata", a.data_width()),
        Port::input("s_axis_a_tlast", 1),
        Port::input("s_axis_b_tvalid", 1),
        Port::output("s_axis_b_tready", 1),
        Port::input("s_axis_b_tdata", b.data_width()),
        Port::output("m_axis_c_tvalid", 1),
        Port::input("m_axis_c_tready", 1),
        Port::output("m_axis_c_tdata", c.data_width()),
        Port::output("m_axis_c_tlast", 1),
    ]
}
