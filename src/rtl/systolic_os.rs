//! The output-stationary systolic array and the logic around it.
//!
//! ```text
//! s_axis_a -> gather -+-> skew -> array of rows of elements -> drain rows -> fifo -> m_axis_c
//! s_axis_b -> gather -+     ^ first, zero between beats  ^ read  ^ write
//!                  control -+----------------------------+-------+
//! ```
//!
//! Element (r, c) works r + c cycles after element (0, 0), so in each row exactly one element
//! finishes per cycle. It is read over a bus of the row, resolved by the one final adder of the
//! row, and kept in the row buffer until the row is handed out. The next tile accumulates
//! meanwhile.

use askama::Template;

use super::element::{self, Element};
use super::text::{self, Port, Registers, clock_ports, declare, instance, zero};
use super::{Module, Writer};
use crate::arith::datapath;
use crate::design::{Design, MAX_DIMENSION, Stream};

/// The modules of the design, leaf modules first, the top last.
pub(super) fn modules(design: &Design) -> Vec<Module> {
    let writer = Writer::new(design);
    let element = element::build(&writer);
    let row = row(&writer, &element);
    let array = array(&writer, &element);
    let drain = drain(&writer, &element);
    let top = top(&writer, &element);
    let mut modules = Vec::new();
    if design.carry_save() {
        let netlist =
            datapath::resolve(design.accumulator.width, &element.carries, design.final_adder);
        let purpose = "Final adder: resolves a carry-save pair.";
        modules.push(element::combinational(&writer, "resolve", purpose, &netlist));
    }
    modules.extend(element.modules);
    modules.extend([row, array]);
    modules.extend([
        super::support::skew(&writer),
        super::support::gather(&writer),
        super::support::fifo(&writer),
    ]);
    modules.extend(drain);
    modules.extend([control(&writer), top]);
    modules
}

#[derive(Template)]
#[template(path = "systolic_os/row.v")]
struct Row<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    cols: usize,
    a_width: usize,
    bus_width: usize,
    input_registers: bool,
    hop: String,
    element: String,
}

fn row(writer: &Writer<'_>, element: &Element) -> Module {
    let design = writer.design;
    let (a, b) = (design.multiplier.a.width, design.multiplier.b.width);
    let (width, carries) = (design.accumulator.width, element.carries.width());
    let bus_width = element.output_width(writer);
    let mut ports = clock_ports(writer.data_reset());
    ports.extend([
        Port::input("first_i", 1),
        Port::input("a_i", a),
        Port::input("b_i", format!("{b}*Cols")),
        Port::input("read_i", "Cols"),
    ]);
    if design.input_registers {
        ports.push(Port::output("b_o", format!("{b}*Cols")));
    }
    ports.push(Port::output("bus_o", bus_width));

    let lane = |signal: &str, width: usize| format!("{signal}[{width}*c +: {width}]");
    let (a_lane, b_lane, b_out) = (lane("a", a), lane("b_i", b), lane("b_o", b));
    let sum = format!("accumulated[{bus_width}*c +: {width}]");
    let carry = format!("accumulated[{bus_width}*c+{width} +: {carries}]");
    let mut connections = writer.data_clock();
    if design.input_registers {
        connections.extend([("first_i", "first_left"), ("a_i", "a_left"), ("b_i", &b_lane)]);
        connections.extend([("first_o", "first[c]"), ("a_o", &a_lane), ("b_o", &b_out)]);
    } else {
        connections.extend([("first_i", "first[c]"), ("a_i", &a_lane), ("b_i", &b_lane)]);
    }
    connections.push(("sum_o", &sum));
    if carries > 0 {
        connections.push(("carry_o", &carry));
    }
    let pe = format!("{}_pe", design.name);
    let hop = Registers::data(design.reset).load("first_q", "1'b0", "first[c-1]").load(
        "a_q",
        &zero(a),
        &format!("a[{a}*(c-1) +: {a}]"),
    );
    writer.module("row", &Row {
        header: writer.header("One row of elements with the bus over which they are read.", &[
            "A and the mark of the first beat hop from left to right, one element per cycle."
                .to_owned(),
        ]),
        prefix: &design.name,
        ports: text::ports(&ports),
        cols: design.cols(),
        a_width: a,
        bus_width,
        input_registers: design.input_registers,
        hop: hop.render(8),
        element: instance(&pe, "u_pe", &[], &connections, 6),
    })
}

#[derive(Template)]
#[template(path = "systolic_os/array.v")]
struct Array<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    rows: usize,
    cols: usize,
    b_width: usize,
    input_registers: bool,
    hop: String,
    row: String,
}

fn array(writer: &Writer<'_>, element: &Element) -> Module {
    let design = writer.design;
    let (a, b) = (design.multiplier.a.width, design.multiplier.b.width);
    let bus_width = element.output_width(writer);
    let mut ports = clock_ports(writer.data_reset());
    ports.extend([
        Port::input("first_i", "Rows"),
        Port::input("a_i", format!("{a}*Rows")),
        Port::input("b_i", format!("{b}*Cols")),
        Port::input("read_i", "(Rows+Cols-1)"),
        Port::output("bus_o", format!("{bus_width}*Rows")),
    ]);
    let a_lane = format!("a_i[{a}*r +: {a}]");
    let b_lane = format!("b[{b}*Cols*r +: {b}*Cols]");
    let bus = format!("bus_o[{bus_width}*r +: {bus_width}]");
    let mut connections = writer.data_clock();
    connections.extend([("first_i", "first_i[r]"), ("a_i", a_lane.as_str())]);
    if design.input_registers {
        connections.extend([("b_i", "b_above"), ("read_i", "read_i[r +: Cols]"), ("b_o", &b_lane)]);
    } else {
        connections.extend([("b_i", b_lane.as_str()), ("read_i", "read_i[r +: Cols]")]);
    }
    connections.push(("bus_o", &bus));
    let row = format!("{}_row", design.name);
    let hop = Registers::data(design.reset).load(
        "b_q",
        &format!("{{{b}*Cols{{1'b0}}}}"),
        &format!("b[{b}*Cols*(r-1) +: {b}*Cols]"),
    );
    writer.module("array", &Array {
        header: writer.header("The array: rows of elements.", &[
            "B hops from row to row, one per cycle. Element (r, c) works r + c cycles after".to_owned(),
            "element (0, 0), and is read by bit r + c of the wave of reads.".to_owned(),
        ]),
        prefix: &design.name,
        ports: text::ports(&ports),
        rows: design.rows(),
        cols: design.cols(),
        b_width: b,
        input_registers: design.input_registers,
        hop: hop.render(8),
        row: instance(&row, "u_row", &[("Cols", "Cols")], &connections, 6),
    })
}

#[derive(Template)]
#[template(path = "systolic_os/drain_row.v")]
struct DrainRow<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    cols: usize,
    transfers: usize,
    lanes: usize,
    width: usize,
    declarations: Vec<String>,
    resolve: String,
    buffer: String,
}

#[derive(Template)]
#[template(path = "systolic_os/drain.v")]
struct Drain<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    rows: usize,
    cols: usize,
    transfers: usize,
    lanes: usize,
    width: usize,
    registers: String,
    row: String,
}

fn drain(writer: &Writer<'_>, element: &Element) -> [Module; 2] {
    let design = writer.design;
    let width = design.accumulator.width;
    let bus_width = element.output_width(writer);
    let Stream { transfers_per_beat: transfers, lanes_per_transfer: lanes, .. } = design.stream_c();
    let mut ports = clock_ports(writer.data_reset());
    ports.extend([
        Port::input("bus_i", bus_width),
        Port::input("write_i", "Cols"),
        Port::input("select_i", "Transfers"),
        Port::output("transfer_o", format!("{width}*Lanes")),
    ]);
    let (mut declarations, mut resolve) = (Vec::new(), String::new());
    if design.carry_save() {
        declarations.push("// The pair that was read, and its sum.".to_owned());
        declarations.push(declare("reg", "pair_q", bus_width));
        declarations.push(declare("wire", "resolved", width));
        let register = Registers::data(design.reset).load("pair_q", &zero(bus_width), "bus_i");
        let sum =
            if bus_width == 1 { "pair_q".to_owned() } else { format!("pair_q[{}:0]", width - 1) };
        let carry = format!("pair_q[{}:{width}]", bus_width - 1);
        let mut connections = vec![("sum_i", sum.as_str())];
        if element.carries.width() > 0 {
            connections.push(("carry_i", &carry));
        }
        connections.push(("sum_o", "resolved"));
        let module = format!("{}_resolve", design.name);
        let adder = instance(&module, "u_resolve", &[], &connections, 2);
        resolve = format!("{}\n\n{adder}\n", register.render(2));
    }
    let source = if design.carry_save() { "resolved" } else { "bus_i" };
    let buffer = Registers::data(design.reset)
        .load_if("write_i[c]", &format!("buffer_q[{width}*c +: {width}]"), &zero(width), source)
        .render(6);
    let drain_row = writer.module("drain_row", &DrainRow {
        header: writer.header("Takes over the results of one row and keeps them.", &[
            "The elements of a row finish one per cycle, so one final adder serves them all.".to_owned(),
        ]),
        prefix: &design.name,
        ports: text::ports(&ports),
        cols: design.cols(),
        transfers,
        lanes,
        width,
        declarations,
        resolve,
        buffer,
    });

    let mut ports = clock_ports(true);
    ports.extend([
        Port::input("bus_i", format!("{bus_width}*Rows")),
        Port::input("write_i", "(Rows+Cols-1)"),
        Port::output("valid_o", 1),
        Port::input("ready_i", 1),
        Port::output("last_o", 1),
        Port::output("transfer_o", format!("{width}*Lanes")),
    ]);
    let registers = Registers::control(design.reset)
        .load("row_q", "{{(Rows-1){1'b0}}, 1'b1}", "row_next")
        .load("part_q", "{{(Transfers-1){1'b0}}, 1'b1}", "part_next")
        .load("full_q", "{Rows{1'b0}}", "(full_q & ~(row_q & {Rows{row_done}})) | completed");
    let bus = format!("bus_i[{bus_width}*r +: {bus_width}]");
    let transfer = format!("transfers[{width}*Lanes*r +: {width}*Lanes]");
    let mut connections = writer.data_clock();
    connections.extend([
        ("bus_i", bus.as_str()),
        ("write_i", "write_i[r +: Cols]"),
        ("select_i", "part_q & {Transfers{row_q[r]}}"),
        ("transfer_o", &transfer),
    ]);
    let parameters = [("Cols", "Cols"), ("Transfers", "Transfers"), ("Lanes", "Lanes")];
    let module = format!("{}_drain_row", design.name);
    let drain = writer.module(
        "drain",
        &Drain {
            header: writer
                .header("Hands the rows of finished tiles out, one after the other.", &[]),
            prefix: &design.name,
            ports: text::ports(&ports),
            rows: design.rows(),
            cols: design.cols(),
            transfers,
            lanes,
            width,
            registers: registers.render(2),
            row: instance(&module, "u_drain_row", &parameters, &connections, 6),
        },
    );
    [drain_row, drain]
}

#[derive(Template)]
#[template(path = "systolic_os/control.v")]
struct Control<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    rows: usize,
    cols: usize,
    transfers: usize,
    credit: usize,
    read_delay: usize,
    resolve_latency: usize,
    registers: String,
}

fn control(writer: &Writer<'_>) -> Module {
    let design = writer.design;
    let pipeline = design.pipeline();
    let mut ports = clock_ports(true);
    ports.extend([
        Port::input("valid_i", 1),
        Port::input("last_i", 1),
        Port::output("ready_o", 1),
        Port::output("fire_o", 1),
        Port::output("first_o", 1),
        Port::input("pop_i", 1),
        Port::output("read_o", "(Rows+Cols-1)"),
        Port::output("write_o", "(Rows+Cols-1)"),
    ]);
    let registers = Registers::control(design.reset)
        .load_if("fire_o", "first_q", "1'b1", "last_i")
        .load("waiting_q", "1'b0", "(fire_o & last_i) | (waiting_q & ~release_tile)")
        .load("in_flight_q", "{CountWidth{1'b0}}", "in_flight_q + gained - lost")
        .load("wave_q", "{WaveLength{1'b0}}", "wave[WaveLength-1:0]");
    writer.module(
        "control",
        &Control {
            header: writer.header("Accepts beats, and releases finished tiles for reading.", &[]),
            prefix: &design.name,
            ports: text::ports(&ports),
            rows: design.rows(),
            cols: design.cols(),
            transfers: design.stream_c().transfers_per_beat,
            credit: pipeline.credit(),
            read_delay: pipeline.accumulate_latency - 1,
            resolve_latency: pipeline.resolve_latency,
            registers: registers.render(2),
        },
    )
}

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
    max_dimension: usize,
}

fn top(writer: &Writer<'_>, element: &Element) -> Module {
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
        format!(
            "Element {}, encoding {}, compressor {}, final adder {}.",
            design.element,
            design.multiplier.encoding.name(),
            design.multiplier.compressor.name(),
            design.final_adder
        ),
    ]);
    lines
}
