//! The elements and what carries digits and operands to them.

use askama::Template;

use super::{Shape, lane};
use crate::arith::sparse::index_width;
use crate::rtl::text::{self, Port, Registers, clock_ports, declare, instance, zero};
use crate::rtl::{Module, Writer};

#[derive(Template)]
#[template(path = "bit_slice/pe.v")]
struct Pe<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    per_element: bool,
    wires: usize,
    magnitude: usize,
    group: usize,
    b_width: usize,
    pair: usize,
    declarations: Vec<String>,
    sparse: String,
    compress: String,
    registers: String,
}

#[derive(Template)]
#[template(path = "bit_slice/column.v")]
struct Column<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    cols: usize,
    terms: usize,
    b_width: usize,
    pair: usize,
    element: String,
}

#[derive(Template)]
#[template(path = "bit_slice/array.v")]
struct Array<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    rows: usize,
    cols: usize,
    column: String,
}

pub(super) fn modules(writer: &Writer<'_>, shape: &Shape) -> [Module; 3] {
    [pe(writer, shape), column(writer, shape), array(writer, shape)]
}

/// Names and widths of the digits of a column and of its control lines.
fn lines(shape: &Shape) -> Vec<(&'static str, usize)> {
    let lanes = shape.slice.lanes;
    let mut lines = Vec::new();
    if shape.slice.per_element {
        lines.push(("load_i", 1));
    }
    lines.extend([("digit_i", lanes * shape.digit_bits()), ("hold_i", 1)]);
    if shape.horner {
        lines.push(("shift_i", 1));
    }
    lines.push(("capture_i", 1));
    lines
}

fn pe(writer: &Writer<'_>, shape: &Shape) -> Module {
    let design = writer.design;
    let slice = &shape.slice;
    let (digits, b) = (slice.lanes * shape.digit_bits(), design.multiplier.b.width * slice.terms());
    let mut ports = clock_ports(writer.data_reset());
    ports.extend(lines(shape).into_iter().map(|(name, width)| Port::input(name, width)));
    ports.push(Port::input("b_i", b));
    ports.push(Port::output("pair_o", shape.pair));

    let mut declarations = Vec::new();
    let mut registers = Registers::data(design.reset);
    let (digit, operand) = if slice.per_element {
        registers = registers.load("group_q", &zero(digits), "group_d");
        registers = registers.load_if("load_i", "b_q", &zero(b), "b_i");
        ("digit", "b")
    } else if design.input_registers {
        declarations.push(declare("reg", "digit_q", digits));
        declarations.push(declare("reg", "b_q", b));
        registers = registers.load("digit_q", &zero(digits), "digit_i");
        registers = registers.load("b_q", &zero(b), "b_i");
        ("digit_q", "b_q")
    } else {
        ("digit_i", "b_i")
    };
    let (pair, value) = (shape.pair, shape.value);
    registers = registers.load("pair_q", &zero(pair), "pair_d").load_if(
        "capture_i",
        "shadow_q",
        &zero(pair),
        "pair_q",
    );
    let ((sum, carry), (sum_d, carry_d)) = (shape.halves("pair_q"), shape.halves("pair_d"));
    let mut connections = vec![("digit_i", digit), ("b_i", operand), ("hold_i", "hold_i")];
    if shape.horner {
        connections.push(("shift_i", "shift_i"));
    }
    connections.push(("sum_i", &sum));
    if pair > value {
        connections.push(("carry_i", &carry));
    }
    connections.push(("sum_o", &sum_d));
    if pair > value {
        connections.push(("carry_o", &carry_d));
    }
    let module = format!("{}_compress", design.name);
    let element = design.element;
    let details = [
        format!(
            "Element `{element}`: digits of {} times {}, accumulated in {value} bits carry-save.",
            design.multiplier.a, design.multiplier.b
        ),
        "`hold` keeps the pair, `shift` multiplies it by the weight of a digit, neither drops it;"
            .to_owned(),
        "`capture` hands it over to be read while the element goes on.".to_owned(),
    ];
    let mut unused = vec!["rest", "any", "last"];
    if index_width(slice.group) > 0 {
        unused.push("index");
    }
    let sparse = if slice.per_element {
        let index = match index_width(slice.group) {
            0 => String::new(),
            width => format!("  {}\n", declare("wire", "index", width)),
        };
        format!("  wire any;\n  wire last;\n{index}{}", lane::sparse(writer, shape, &unused))
    } else {
        String::new()
    };
    writer.module(
        "pe",
        &Pe {
            header: writer.header("Processing element.", &details),
            prefix: &design.name,
            ports: text::ports(&ports),
            per_element: slice.per_element,
            wires: shape.wires,
            magnitude: shape.magnitude,
            group: slice.group,
            b_width: design.multiplier.b.width,
            pair,
            declarations,
            sparse,
            compress: instance(&module, "u_compress", &[], &connections, 2),
            registers: registers.render(2),
        },
    )
}

fn column(writer: &Writer<'_>, shape: &Shape) -> Module {
    let design = writer.design;
    let (b, terms) = (design.multiplier.b.width, shape.slice.terms());
    let mut ports = clock_ports(writer.data_reset());
    ports.extend(lines(shape).into_iter().map(|(name, width)| Port::input(name, width)));
    ports.extend([
        Port::input("b_i", format!("{}*Cols", b * terms)),
        Port::input("read_i", "Cols"),
        Port::output("pair_o", shape.pair),
    ]);
    let pair = format!("pairs[{0}*c +: {0}]", shape.pair);
    let mut connections = writer.data_clock();
    connections.extend(lines(shape).into_iter().map(|(name, _)| (name, name)));
    connections.extend([("b_i", "b"), ("pair_o", pair.as_str())]);
    let module = format!("{}_pe", design.name);
    writer.module(
        "column",
        &Column {
            header: writer
                .header("The elements of a row of A: all of them work on the same digits.", &[]),
            prefix: &design.name,
            ports: text::ports(&ports),
            cols: design.cols(),
            terms,
            b_width: b,
            pair: shape.pair,
            element: instance(&module, "u_pe", &[], &connections, 6),
        },
    )
}

fn array(writer: &Writer<'_>, shape: &Shape) -> Module {
    let design = writer.design;
    let b = design.multiplier.b.width * shape.slice.terms();
    let mut ports = clock_ports(writer.data_reset());
    let scaled = |width: usize| match width {
        1 => "Rows".to_owned(),
        width => format!("{width}*Rows"),
    };
    ports.extend(lines(shape).into_iter().map(|(name, width)| Port::input(name, scaled(width))));
    ports.extend([
        Port::input("b_i", format!("{b}*Cols*Rows")),
        Port::input("read_i", "Cols*Rows"),
        Port::output("pair_o", format!("{}*Rows", shape.pair)),
    ]);
    let part = |name: &str, width: usize| match width {
        1 => format!("{name}[r]"),
        width => format!("{name}[{width}*r +: {width}]"),
    };
    let mut connections: Vec<(&str, String)> =
        writer.data_clock().into_iter().map(|(port, signal)| (port, signal.to_owned())).collect();
    connections.extend(lines(shape).into_iter().map(|(name, width)| (name, part(name, width))));
    connections.extend([
        ("b_i", format!("b_i[{b}*Cols*r +: {b}*Cols]")),
        ("read_i", "read_i[Cols*r +: Cols]".to_owned()),
        ("pair_o", part("pair_o", shape.pair)),
    ]);
    let connections: Vec<(&str, &str)> =
        connections.iter().map(|(port, signal)| (*port, signal.as_str())).collect();
    let module = format!("{}_column", design.name);
    writer.module(
        "array",
        &Array {
            header: writer.header("Columns of elements, one per row of A.", &[]),
            prefix: &design.name,
            ports: text::ports(&ports),
            rows: design.rows(),
            cols: design.cols(),
            column: instance(&module, "u_column", &[("Cols", "Cols")], &connections, 6),
        },
    )
}
