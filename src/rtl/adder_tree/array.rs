//! The columns with the registers through which operands are broadcast.

use askama::Template;

use super::element::operands_width;
use crate::arith::recode::Stored;
use crate::rtl::text::{self, Port, Registers, clock_ports, declare, instance, zero};
use crate::rtl::{Module, Writer, xnor};

#[derive(Template)]
#[template(path = "adder_tree/array.v")]
struct Array<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    cols: usize,
    depth: usize,
    declarations: Vec<String>,
    partial: Option<String>,
    encoder: Option<String>,
    /// The statements that make words of operands, or nothing.
    words: String,
    registers: String,
    column: String,
}

pub(super) fn array(writer: &Writer<'_>) -> Module {
    let design = writer.design;
    let (a, b, depth) = (design.multiplier.a.width, design.multiplier.b.width, design.depth());
    let width = design.accumulator.width;
    let operands = operands_width(design);
    let mut ports = clock_ports(writer.data_reset());
    ports.extend([
        Port::input("load_i", depth),
        Port::input("swap_i", 1),
        Port::input("a_i", a * depth),
        Port::input("b_i", format!("{b}*Cols")),
    ]);
    if design.mark_lanes() > 0 {
        ports.push(Port::input("counts_i", 1));
    }
    if design.partial_sums {
        ports.push(Port::input("partial_i", format!("{width}*Cols")));
    }
    ports.push(Port::output("bus_o", format!("{width}*Cols")));

    let words = xnor::stationary(design);
    let mut registers = Registers::data(design.reset)
        .load("load_q", &zero(depth), "load_i")
        .load("swap_q", "1'b0", "swap_i")
        .load(
            "b_q",
            &format!("{{{b}*Cols{{1'b0}}}}"),
            words.as_ref().map_or("b_i", |words| words.b),
        )
        .load("beat_q", &zero(a * depth), "a_i");
    let mut declarations = vec![
        declare("reg", "load_q", depth),
        declare("reg", "swap_q", 1),
        declare("reg", "beat_q", a * depth),
        declare("reg", "operand_q", operands),
    ];
    let encoder = design.encodes_at_edge().then(|| {
        let digits = Stored::new(design.multiplier.encoding, design.multiplier.a).width();
        declarations.push(declare("wire", "digits", digits * depth));
        let lane = |name: &str, width: usize| match width * depth {
            1 => name.to_owned(),
            _ => format!("{name}[{width}*k +: {width}]"),
        };
        let (from, to) = (lane("beat_q", a), lane("digits", digits));
        let module = format!("{}_encode", design.name);
        instance(&module, "u_encode", &[], &[("a_i", &from), ("digits_o", &to)], 6)
    });
    let next = match &words {
        Some(words) => words.a,
        None if encoder.is_some() => "digits",
        None => "beat_q",
    };
    registers = registers.load("operand_q", &zero(operands), next);
    let partial = design
        .partial_sums
        .then(|| format!("reg [{width}*Cols-1:0] partial_q;\n  reg [{width}*Cols-1:0] start_q;"));
    if design.partial_sums {
        let clear = format!("{{{width}*Cols{{1'b0}}}}");
        registers = registers.load("partial_q", &clear, "partial_i");
        registers = registers.load("start_q", &clear, "partial_q");
    }

    let b_lane = format!("b_q[{b}*c +: {b}]");
    let partial_lane = format!("start_q[{width}*c +: {width}]");
    let bus = format!("bus_o[{width}*c +: {width}]");
    let mut connections = writer.data_clock();
    connections.extend([
        ("load_i", "load_q"),
        ("swap_i", "swap_q"),
        ("a_i", "operand_q"),
        ("b_i", &b_lane),
    ]);
    if design.partial_sums {
        connections.push(("partial_i", &partial_lane));
    }
    connections.push(("sum_o", &bus));
    let pe = format!("{}_pe", design.name);
    let mut details = vec![
        "A and the marks that load and swap weights are broadcast, one cycle apart.".to_owned(),
    ];
    if encoder.is_some() {
        details.push("An operand is encoded once for all columns.".to_owned());
    }
    writer.module(
        "array",
        &Array {
            header: writer.header("The array: columns side by side.", &details),
            prefix: &design.name,
            ports: text::ports(&ports),
            cols: design.cols(),
            depth,
            declarations: {
                declarations.push(format!("reg [{b}*Cols-1:0] b_q;"));
                declarations
            },
            partial,
            encoder,
            words: words.map_or_else(String::new, |words| words.statements),
            registers: registers.render(2),
            column: instance(&pe, "u_pe", &[], &connections, 6),
        },
    )
}
