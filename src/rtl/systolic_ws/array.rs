//! The array and its rows.

use askama::Template;

use crate::rtl::element::Element;
use crate::rtl::text::{self, Port, Registers, clock_ports, instance, zero};
use crate::rtl::{Module, Writer};

#[derive(Template)]
#[template(path = "systolic_ws/row.v")]
struct Row<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    cols: usize,
    operand: usize,
    /// Bits of a lane of B.
    b_width: usize,
    encoder: Option<String>,
    element: String,
}

pub(super) fn row(writer: &Writer<'_>, element: &Element) -> Module {
    let design = writer.design;
    let (a, b) = (design.multiplier.a.width, design.multiplier.b.width);
    let (width, carries) = (design.accumulator.width, element.carries.width());
    let bus = element.output_width(writer);
    let operand = design.travelling_width();
    let mut ports = clock_ports(writer.data_reset());
    ports.extend([
        Port::input("load_i", 1),
        Port::input("swap_i", 1),
        Port::input("a_i", a),
        Port::input("b_straight_i", b),
        Port::input("b_i", format!("{b}*Cols")),
        Port::input("sums_i", format!("{bus}*Cols")),
        Port::output("sums_o", format!("{bus}*Cols")),
    ]);
    let encoder = design.encodes_at_edge().then(|| {
        let module = format!("{}_encode", design.name);
        let connections = [("a_i", "a_i"), ("digits_o", "a_edge")];
        instance(&module, "u_encode", &[], &connections, 2)
    });
    let a_lane = format!("a[{operand}*c +: {operand}]");
    let sum = |side: &str| format!("sums_{side}[{bus}*c +: {width}]");
    let carry = |side: &str| format!("sums_{side}[{bus}*c+{width} +: {carries}]");
    let (sum_i, sum_o, carry_i, carry_o) = (sum("i"), sum("o"), carry("i"), carry("o"));
    let mut connections = writer.data_clock();
    connections.extend([
        ("load_i", "load_left"),
        ("swap_i", "swap_left"),
        ("a_i", "a_left"),
        ("b_i", "b_above"),
        ("sum_i", &sum_i),
    ]);
    if carries > 0 {
        connections.push(("carry_i", &carry_i));
    }
    connections.extend([
        ("load_o", "load[c]"),
        ("swap_o", "swap[c]"),
        ("a_o", &a_lane),
        ("sum_o", &sum_o),
    ]);
    if carries > 0 {
        connections.push(("carry_o", &carry_o));
    }
    let pe = format!("{}_pe", design.name);
    let details = [
        "A, and the marks that load and swap weights, hop from left to right, one element per"
            .to_owned(),
        "cycle; sums come from the row above and go to the row below.".to_owned(),
    ];
    writer.module(
        "row",
        &Row {
            header: writer.header("One row of elements: one term of K.", &details),
            prefix: &design.name,
            ports: text::ports(&ports),
            cols: design.cols(),
            operand,
            b_width: b,
            encoder,
            element: instance(&pe, "u_pe", &[], &connections, 6),
        },
    )
}

#[derive(Template)]
#[template(path = "systolic_ws/array.v")]
struct Array<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    depth: usize,
    cols: usize,
    width: usize,
    bus_width: usize,
    partial_sums: bool,
    delay: usize,
    registers: String,
    /// What is not read of the delayed vectors.
    unused: String,
    a_range: String,
    a_lane: String,
    swap_lane: String,
    row: String,
}

pub(super) fn array(writer: &Writer<'_>, element: &Element) -> Module {
    let design = writer.design;
    let (a, b, depth) = (design.multiplier.a.width, design.multiplier.b.width, design.depth());
    let width = design.accumulator.width;
    let bus = element.output_width(writer);
    let mut ports = clock_ports(writer.data_reset());
    ports.extend([
        Port::input("load_i", depth),
        Port::input("swap_straight_i", 1),
        Port::input("swap_i", depth),
        Port::input("a_straight_i", a),
        Port::input("a_i", a * depth),
        Port::input("b_straight_i", b),
        Port::input("b_i", format!("{b}*Cols")),
    ]);
    if design.partial_sums {
        ports.push(Port::input("partial_straight_i", width));
        ports.push(Port::input("partial_i", format!("{width}*Cols")));
    }
    ports.push(Port::output("bus_o", format!("{bus}*Cols")));
    let lane = |port: &str| match depth {
        1 => format!("{port}_i"),
        _ => format!("{port}_i[k]"),
    };
    let (load, swap) = (lane("load"), lane("swap"));
    let a_lane = if a * depth == 1 { "a_i".to_owned() } else { format!("a_i[{a}*k +: {a}]") };
    let sums = |row: &str| format!("sums[{bus}*Cols*{row} +: {bus}*Cols]");
    let (above, below) = (sums("k"), sums("(k+1)"));
    let mut connections = writer.data_clock();
    connections.extend([
        ("load_i", load.as_str()),
        ("swap_i", "swap"),
        ("a_i", "a"),
        ("b_straight_i", "b_straight_i"),
        ("b_i", "b_i"),
        ("sums_i", &above),
        ("sums_o", &below),
    ]);
    let row = format!("{}_row", design.name);
    // A partial sum meets the first product when that is formed.
    let delay = design.pipeline().accumulate_latency - 1;
    let next = match delay {
        1 => "partial_i".to_owned(),
        more => format!("{{partial_q[{width}*Cols*{}-1:0], partial_i}}", more - 1),
    };
    // What is assigned last counts: lane 0, which comes straight.
    let registers = Registers::data(design.reset)
        .load("partial_q", &format!("{{{width}*Cols*{delay}{{1'b0}}}}"), &next)
        .load(&format!("partial_q[{}:0]", width - 1), &zero(width), "partial_straight_i");
    let first = |port: &str, lane: usize, whole: usize| match (lane, whole) {
        (_, 1) => port.to_owned(),
        (1, _) => format!("{port}[0]"),
        (lane, _) => format!("{port}[{}:0]", lane - 1),
    };
    let mut unused = vec![first("swap_i", 1, depth), first("a_i", a, a * depth)];
    if design.partial_sums {
        unused.push(format!("partial_i[{}:0]", width - 1));
    }
    let details = [
        "Element (k, c) works k + c cycles after element (0, 0). The row of k is loaded by bit k"
            .to_owned(),
        "of `load_i` and swaps with bit k of `swap_i`.".to_owned(),
    ];
    writer.module(
        "array",
        &Array {
            header: writer.header("The array: rows of elements.", &details),
            prefix: &design.name,
            ports: text::ports(&ports),
            depth,
            cols: design.cols(),
            width,
            bus_width: bus,
            partial_sums: design.partial_sums,
            delay,
            registers: registers.render(2),
            unused: unused.join(", "),
            a_range: if a == 1 { String::new() } else { format!("[{}:0] ", a - 1) },
            a_lane,
            swap_lane: swap,
            row: instance(&row, "u_row", &[("Cols", "Cols")], &connections, 6),
        },
    )
}
