//! Takes results over and hands them out.

use askama::Template;

use crate::arith::plane::Plane;
use crate::design::Stream;
use crate::rtl::element::Element;
use crate::rtl::planes::tag_width;
use crate::rtl::text::{self, Port, Registers, clock_ports, declare, instance, zero};
use crate::rtl::transfers::Transfers;
use crate::rtl::{Module, Writer, properties};

#[derive(Template)]
#[template(path = "systolic_os/drain_row.v")]
struct DrainRow<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    /// Refuses parameters that do not follow from the others.
    check: String,
    cols: usize,
    transfers: usize,
    lanes: usize,
    width: usize,
    declarations: Vec<String>,
    resolve: String,
    /// What a row buffer becomes, where planes are added to it.
    accumulate: String,
    buffer: String,
}

#[derive(Template)]
#[template(path = "systolic_os/drain.v")]
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
    width: usize,
    registers: String,
    row: String,
    /// Bits of the tag of a plane; 0 where tiles are not cut into planes.
    tag: usize,
    /// The rows are written one after the other, not side by side.
    staggered: bool,
    /// Bits of the correction; 0 where there is none.
    correction: usize,
    /// How the correction comes to the next row.
    hop: String,
}

/// The adder that adds a plane to a row buffer.
fn accumulator(design: &str, plane: &Plane) -> String {
    let planes = plane.weights().len();
    let (select, keep) = (format!("tag_q[{}:0]", planes - 1), format!("~tag_q[{}]", planes + 1));
    let mut connections = vec![("plane_i", "plane_q")];
    if planes > 1 {
        connections.push(("select_i", select.as_str()));
    }
    connections.extend([("sum_i", "held"), ("keep_i", &keep), ("sum_o", "total")]);
    instance(&format!("{design}_accumulate"), "u_accumulate", &[], &connections, 2)
}

/// The row buffers, and what hands them out.
pub(in crate::rtl) fn drain(writer: &Writer<'_>, element: &Element) -> [Module; 2] {
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
    let plane = design.plane();
    let tag = plane.as_ref().map_or(0, tag_width);
    let (mut declarations, mut resolve, mut accumulate) =
        (Vec::new(), String::new(), String::new());
    let sum_width = design.sum_width();
    let correction = design.correction().map_or(0, |correction| correction.width);
    if correction > 0 {
        ports.push(Port::input("correction_i", correction));
    }
    if design.resolves() {
        declarations.push("// What was read, and its sum.".to_owned());
        declarations.push(declare("reg", "read_q", bus_width));
        declarations.push(declare("wire", "resolved", sum_width));
        let mut register = Registers::data(design.reset).load("read_q", &zero(bus_width), "bus_i");
        if let Some(plane) = &plane {
            ports.extend([
                Port::input("tag_valid_i", 1),
                Port::input("tag_i", tag),
                Port::output("tag_valid_o", 1),
                Port::output("tag_o", tag),
            ]);
            declarations.push(declare("reg", "plane_q", sum_width));
            declarations
                .push("// What the planes that are being written are, see the control.".to_owned());
            declarations.push("reg tag_valid_q;".to_owned());
            declarations.push(declare("reg", "tag_q", tag));
            declarations.push("assign tag_valid_o = tag_valid_q;".to_owned());
            declarations.push("assign tag_o = tag_q;".to_owned());
            register = register
                .load("plane_q", &zero(sum_width), "resolved")
                .load("tag_valid_q", "1'b0", "tag_valid_i")
                .load_if("tag_valid_i", "tag_q", &zero(tag), "tag_i");
            accumulate = accumulator(&design.name, plane);
        }
        let sum = match bus_width {
            1 => "read_q".to_owned(),
            _ if sum_width == 1 => "read_q[0]".to_owned(),
            _ => format!("read_q[{}:0]", sum_width - 1),
        };
        let carry = format!("read_q[{}:{sum_width}]", bus_width - 1);
        let mut connections = vec![("sum_i", sum.as_str())];
        if element.carries.width() > 0 {
            connections.push(("carry_i", &carry));
        }
        if correction > 0 {
            connections.push(("correction_i", "correction_i"));
        }
        connections.push(("sum_o", "resolved"));
        let module = format!("{}_resolve", design.name);
        let adder = instance(&module, "u_resolve", &[], &connections, 2);
        resolve = format!("{}\n\n{adder}\n", register.render(2));
    }
    let source = match (&plane, design.resolves()) {
        (Some(_), _) => "total",
        (None, true) => "resolved",
        (None, false) => "bus_i",
    };
    let buffer = Registers::data(design.reset)
        .load_if("write_i[c]", &format!("buffer_q[{width}*c +: {width}]"), &zero(width), source)
        .render(6);
    // One blank line stands behind the guard, whatever follows.
    let guard = Transfers::new('C', 1, "Cols", width).check(true);
    let drain_row = writer.module(
        "drain_row",
        &DrainRow {
            header: writer.header(
                "Takes over the results of one row and keeps them.",
                &[format!(
                    "The elements of a row {} one per cycle, so one final adder serves them all.",
                    if design.array.topology.hops() { "finish" } else { "come" },
                )],
            ),
            prefix: &design.name,
            ports: text::ports(&ports),
            check: match declarations.is_empty() {
                true => guard.trim_end().to_owned(),
                false => format!("{}\n", guard.trim_end()),
            },
            cols: design.cols(),
            transfers,
            lanes,
            width,
            declarations,
            resolve,
            accumulate,
            buffer,
        },
    );

    let staggered = design.array.topology.hops();
    let mut ports = clock_ports(true);
    ports.extend([
        Port::input("bus_i", format!("{bus_width}*Rows")),
        Port::input("write_i", if staggered { "(Rows+Cols-1)" } else { "Cols" }),
        Port::output("valid_o", 1),
        Port::input("ready_i", 1),
        Port::output("last_o", 1),
        Port::output("transfer_o", format!("{width}*Lanes")),
    ]);
    if tag > 0 {
        ports.extend([Port::input("tag_valid_i", 1), Port::input("tag_i", tag)]);
    }
    let registers = Registers::control(design.reset)
        .load("row_q", "{{(Rows-1){1'b0}}, 1'b1}", "row_next")
        .load("part_q", "{{(Transfers-1){1'b0}}, 1'b1}", "part_next")
        .load("full_q", "{Rows{1'b0}}", "(full_q & ~(row_q & {Rows{row_done}})) | completed");
    let bus = format!("bus_i[{bus_width}*r +: {bus_width}]");
    let transfer = format!("transfers[{width}*Lanes*r +: {width}*Lanes]");
    let mut connections = writer.data_clock();
    connections.extend([
        ("bus_i", bus.as_str()),
        ("write_i", if staggered { "write_i[r +: Cols]" } else { "write_i" }),
        ("select_i", "part_q & {Transfers{row_q[r]}}"),
        ("transfer_o", &transfer),
    ]);
    let tag_lane = |row: &str| format!("tags[{tag}*{row} +: {tag}]");
    let (above, below) = (tag_lane("r"), tag_lane("(r+1)"));
    if tag > 0 {
        connections.extend(match staggered {
            true => [("tag_valid_i", "tag_valid[r]"), ("tag_i", above.as_str())],
            false => [("tag_valid_i", "tag_valid_i"), ("tag_i", "tag_i")],
        });
        connections.extend([("tag_valid_o", "tag_valid[r+1]"), ("tag_o", below.as_str())]);
    }
    let correction_lane = |row: &str| format!("corrections[{correction}*{row} +: {correction}]");
    let (own_correction, above_correction) = (correction_lane("r"), correction_lane("(r-1)"));
    let mut hop = Registers::data(design.reset);
    if correction > 0 {
        ports.push(Port::input("correction_i", correction));
        connections.push(("correction_i", &own_correction));
        hop = hop.load("correction_q", &zero(correction), &above_correction);
    }
    let parameters = [("Cols", "Cols"), ("Transfers", "Transfers"), ("Lanes", "Lanes")];
    let module = format!("{}_drain_row", design.name);
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
            width,
            registers: registers.render(2),
            row: instance(&module, "u_drain_row", &parameters, &connections, 6),
            tag,
            staggered,
            correction,
            hop: hop.render(8),
        },
    );
    let writes = if staggered { "write_i[check_i +: Cols]" } else { "write_i" };
    let drain = properties::drain(design.reset, &format!("({width}*Lanes)"), writes).of(drain);
    [drain_row, drain]
}
