//! The array and its rows: operands are registered at the edge and broadcast.

use askama::Template;

use crate::rtl::element::Element;
use crate::rtl::text::{self, Port, Registers, clock_ports, instance, zero};
use crate::rtl::{Module, Writer};

#[derive(Template)]
#[template(path = "matrix2d/row.v")]
struct Row<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    cols: usize,
    a_width: usize,
    bus_width: usize,
    input_registers: bool,
    edge: bool,
    /// What is captured leaves column by column, not row by row.
    by_column: bool,
    encode: String,
    operand: String,
    element: String,
    buffer: String,
}

pub(super) fn row(writer: &Writer<'_>, element: &Element) -> Module {
    let design = writer.design;
    let (a, b) = (design.travelling_width(), design.b_width());
    let (width, carries) = (design.sum_width(), element.carries.width());
    let bus_width = element.output_width(writer);
    let by_column = design.plane().is_some();
    let mut ports = clock_ports(writer.data_reset());
    ports.extend([
        Port::input("first_i", 1),
        Port::input("a_i", design.a_width()),
        Port::input("b_i", format!("{b}*Cols")),
        Port::input("capture_i", 1),
    ]);
    if by_column {
        ports.push(Port::output("bus_o", bus_width));
    } else {
        ports.extend([
            Port::input("shift_i", 1),
            Port::input("below_i", format!("{bus_width}*Cols")),
            Port::output("row_o", format!("{bus_width}*Cols")),
        ]);
    }
    let edge = design.encodes_at_edge();
    let a_edge = if edge { "a_edge" } else { "a_i" };
    let a_lane = if design.input_registers { "a_q" } else { a_edge };
    let b_lane = format!("b_i[{b}*c +: {b}]");
    let sum = format!("accumulated[{bus_width}*c +: {width}]");
    let carry = format!("accumulated[{bus_width}*c+{width} +: {carries}]");
    let mut connections = writer.data_clock();
    connections.extend([("first_i", "first_i"), ("a_i", a_lane), ("b_i", &b_lane)]);
    connections.push(("sum_o", &sum));
    if carries > 0 {
        connections.push(("carry_o", &carry));
    }
    let cleared = format!("{{{bus_width}*Cols{{1'b0}}}}");
    let buffer = Registers::data(design.reset);
    let buffer = match by_column {
        true => buffer.load("row_q", &cleared, "capture_i ? accumulated : handed_on"),
        false => {
            let next = "capture_i ? accumulated : below_i";
            buffer.load_if("capture_i | shift_i", "row_q", &cleared, next)
        }
    };
    let handed_out = match by_column {
        true => {
            "The planes of all elements are taken over at once, and handed out from column 0 on."
        }
        false => "Results are taken over at once, and shifted from row to row to be handed out.",
    };
    let details = ["A is broadcast to all elements.".to_owned(), handed_out.to_owned()];
    writer.module(
        "row",
        &Row {
            header: writer
                .header("One row of elements with the registers of its results.", &details),
            prefix: &design.name,
            ports: text::ports(&ports),
            cols: design.cols(),
            a_width: a,
            bus_width,
            input_registers: design.input_registers,
            edge,
            by_column,
            encode: instance(
                &format!("{}_encode", design.name),
                "u_encode",
                &[],
                &[("a_i", "a_i"), ("digits_o", "a_edge")],
                2,
            ),
            operand: Registers::data(design.reset).load("a_q", &zero(a), a_edge).render(2),
            element: instance(&format!("{}_pe", design.name), "u_pe", &[], &connections, 6),
            buffer: buffer.render(2),
        },
    )
}

#[derive(Template)]
#[template(path = "matrix2d/array.v")]
struct Array<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    rows: usize,
    cols: usize,
    b_width: usize,
    bus_width: usize,
    input_registers: bool,
    by_column: bool,
    operand: String,
    row: String,
}

pub(super) fn array(writer: &Writer<'_>, element: &Element) -> Module {
    let design = writer.design;
    let (a, b) = (design.a_width(), design.b_width());
    let bus_width = element.output_width(writer);
    let mut ports = clock_ports(writer.data_reset());
    ports.extend([
        Port::input("first_i", 1),
        Port::input("a_i", format!("{a}*Rows")),
        Port::input("b_i", format!("{b}*Cols")),
        Port::input("capture_i", 1),
    ]);
    let by_column = design.plane().is_some();
    if by_column {
        ports.push(Port::output("bus_o", format!("{bus_width}*Rows")));
    } else {
        ports.push(Port::input("shift_i", 1));
        ports.push(Port::output("row_o", format!("{bus_width}*Cols")));
    }
    let suffix = if design.input_registers { "q" } else { "i" };
    let (first, b_all) = (format!("first_{suffix}"), format!("b_{suffix}"));
    let a_lane = format!("a_i[{a}*r +: {a}]");
    let below = format!("rows[{bus_width}*Cols*(r+1) +: {bus_width}*Cols]");
    let own = format!("rows[{bus_width}*Cols*r +: {bus_width}*Cols]");
    let mut connections = writer.data_clock();
    connections.extend([("first_i", first.as_str()), ("a_i", &a_lane), ("b_i", &b_all)]);
    connections.push(("capture_i", "capture_i"));
    let bus = format!("bus_o[{bus_width}*r +: {bus_width}]");
    if by_column {
        connections.push(("bus_o", &bus));
    } else {
        connections.extend([("shift_i", "shift_i"), ("below_i", below.as_str()), ("row_o", &own)]);
    }
    let operand = Registers::data(design.reset).load("first_q", "1'b0", "first_i").load(
        "b_q",
        &format!("{{{b}*Cols{{1'b0}}}}"),
        "b_i",
    );
    let details = ["B is broadcast to all rows. All elements work on the same beat.".to_owned()];
    writer.module(
        "array",
        &Array {
            header: writer.header("The array: rows of elements.", &details),
            prefix: &design.name,
            ports: text::ports(&ports),
            rows: design.rows(),
            cols: design.cols(),
            b_width: b,
            bus_width,
            input_registers: design.input_registers,
            by_column,
            operand: operand.render(2),
            row: instance(
                &format!("{}_row", design.name),
                "u_row",
                &[("Cols", "Cols")],
                &connections,
                6,
            ),
        },
    )
}
