//! Hands the captured rows out, and resolves what was accumulated on the way.

use askama::Template;

use crate::design::Stream;
use crate::rtl::element::Element;
use crate::rtl::text::{self, Port, Registers, clock_ports, instance, zero};
use crate::rtl::transfers::Transfers;
use crate::rtl::{Module, Writer, properties};

#[derive(Template)]
#[template(path = "matrix2d/drain.v")]
struct Drain<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    /// Refuses parameters that do not follow from the others.
    check: String,
    rows: usize,
    cols: usize,
    transfers: usize,
    lanes: usize,
    bus_width: usize,
    /// What was accumulated is added up on its way.
    resolves: bool,
    /// Bits of the correction; 0 where there is none.
    correction: usize,
    registers: String,
    read_control: String,
    read_data: String,
    resolve: String,
}

pub(super) fn drain(writer: &Writer<'_>, element: &Element) -> Module {
    let design = writer.design;
    let width = design.accumulator.width;
    let bus_width = element.output_width(writer);
    let Stream { transfers_per_beat: transfers, lanes_per_transfer: lanes, .. } = design.stream_c();
    let mut ports = clock_ports(true);
    ports.extend([
        Port::input("capture_i", 1),
        Port::input("row_i", format!("{bus_width}*Cols")),
        Port::output("shift_o", 1),
        Port::output("valid_o", 1),
        Port::input("ready_i", 1),
        Port::output("last_o", 1),
        Port::output("transfer_o", format!("{width}*Lanes")),
    ]);
    let registers = Registers::control(design.reset)
        .load("left_q", "{Rows{1'b0}}", "capture_i ? {Rows{1'b1}} : left_after")
        .load("part_q", "{{(Transfers-1){1'b0}}, 1'b1}", "part_next");
    let read_control = Registers::control(design.reset)
        .load_if("advance", "read_valid_q", "1'b0", "left_q[0]")
        .load_if("advance", "read_last_q", "1'b0", "last");
    let mut read_data = Registers::data(design.reset).load_if(
        "advance",
        "read_q",
        &format!("{{{bus_width}*Lanes{{1'b0}}}}"),
        "part",
    );
    let correction = design.correction().map_or(0, |correction| correction.width);
    if correction > 0 {
        ports.push(Port::input("correction_i", correction));
        read_data = read_data.load_if("advance", "correction_q", &zero(correction), "correction_i");
    }
    let sum = format!("read_q[{bus_width}*lane +: {width}]");
    let carry = format!("read_q[{bus_width}*lane+{width} +: {}]", element.carries.width());
    let resolved = format!("transfer_o[{width}*lane +: {width}]");
    let mut connections = vec![("sum_i", sum.as_str())];
    if element.carries.width() > 0 {
        connections.push(("carry_i", &carry));
    }
    if correction > 0 {
        connections.push(("correction_i", "correction_q"));
    }
    connections.push(("sum_o", &resolved));
    let drain = writer.module(
        "drain",
        &Drain {
            header: writer
                .header("Hands the rows of finished tiles out, one after the other.", &[]),
            prefix: &design.name,
            ports: text::ports(&ports),
            check: Transfers::new('C', 1, "Cols", width).check(true),
            rows: design.rows(),
            cols: design.cols(),
            transfers,
            lanes,
            bus_width,
            resolves: design.resolves(),
            correction,
            registers: registers.render(2),
            read_control: read_control.render(2),
            read_data: read_data.render(2),
            resolve: instance(
                &format!("{}_resolve", design.name),
                "u_resolve",
                &[],
                &connections,
                6,
            ),
        },
    );
    let read = if design.resolves() { "read_valid_q" } else { "1'b0" };
    properties::captured(design.reset, &format!("({width}*Lanes)"), read).of(drain)
}
