//! The array and its rows.

use askama::Template;

use crate::rtl::element::Element;
use crate::rtl::text::{self, Port, Registers, clock_ports, instance, zero};
use crate::rtl::{Module, Writer};

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
    edge: bool,
    a_edge: &'static str,
    encode: String,
    hop: String,
    element: String,
}

pub(super) fn row(writer: &Writer<'_>, element: &Element) -> Module {
    let design = writer.design;
    let (a, b) = (design.travelling_width(), design.travelling_b_width());
    let edge = design.encodes_at_edge();
    let (width, carries) = (design.sum_width(), element.carries.width());
    let bus_width = element.output_width(writer);
    let mut ports = clock_ports(writer.data_reset());
    ports.extend([
        Port::input("first_i", 1),
        Port::input("a_i", design.a_width()),
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
        edge,
        a_edge: if edge { "a_edge" } else { "a_i" },
        encode: instance(
            &format!("{}_encode", design.name),
            "u_encode",
            &[],
            &[("a_i", "a_i"), ("digits_o", "a_edge")],
            2,
        ),
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
    /// What forms 3B, where it travels.
    triple: String,
    b_edge: &'static str,
    hop: String,
    row: String,
}

pub(super) fn array(writer: &Writer<'_>, element: &Element) -> Module {
    let design = writer.design;
    let (a, b) = (design.a_width(), design.travelling_b_width());
    let bus_width = element.output_width(writer);
    let mut ports = clock_ports(writer.data_reset());
    ports.extend([
        Port::input("first_i", "Rows"),
        Port::input("a_i", format!("{a}*Rows")),
        Port::input("b_i", format!("{}*Cols", design.b_width())),
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
    let triples = design.triples_at_edge();
    let (given, upper) = (design.b_width(), design.triple_width());
    let operand = format!("b_i[{given}*e +: {given}]");
    let above = format!("b_edge[{b}*e+{given} +: {upper}]");
    let ports_of_triple = [("b_i", operand.as_str()), ("triple_o", &above)];
    let triple = instance(&format!("{}_triple", design.name), "u_triple", &[], &ports_of_triple, 6);
    let triple = format!("      assign b_edge[{b}*e +: {given}] = {operand};\n{triple}");
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
        triple: if triples { triple } else { String::new() },
        b_edge: if triples { "b_edge" } else { "b_i" },
        hop: hop.render(8),
        row: instance(&row, "u_row", &[("Cols", "Cols")], &connections, 6),
    })
}
