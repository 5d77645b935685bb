//! The terms of the operands, and the control that lets them meet.

use askama::Template;

use crate::arith::digit;
use crate::arith::format::Format;
use crate::arith::sparse::index_width;
use crate::arith::term_pair::TermPairs;
use crate::rtl::text::{self, Port, Registers, clock_ports, declare, instance, zero};
use crate::rtl::{Module, Writer, properties};

#[derive(Template)]
#[template(path = "laconic/terms.v")]
struct Terms<'a> {
    header: String,
    prefix: &'a str,
    suffix: &'a str,
    ports: String,
    digits: usize,
    wires: usize,
    sparse: String,
    registers: String,
}

#[derive(Template)]
#[template(path = "laconic/control.v")]
struct Control<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    cols: usize,
    lanes: usize,
    registers: String,
}

/// `<design>_terms_a` and `_b`: the terms of one operand, one after the other.
pub(super) fn terms(writer: &Writer<'_>, operand: &str, format: Format) -> Module {
    let design = writer.design;
    let encoding = design.multiplier.encoding;
    let digits = encoding.weights(format).len();
    let wires = digit::DigitFormat::new(encoding, format).width();
    let term = TermPairs::term_width(digits);
    let mut ports = clock_ports(true);
    ports.extend([
        Port::input("load_i", 1),
        Port::input("digits_i", digits * wires),
        Port::input("step_i", 1),
    ]);
    // The terms of A pass once for every term of B.
    let repeats = operand == "a";
    if repeats {
        ports.push(Port::input("again_i", 1));
    }
    ports.extend([
        Port::output("some_o", 1),
        Port::output("last_o", 1),
        Port::input("active_i", 1),
        Port::output("term_o", term),
    ]);
    let mut connections = vec![("pending_i", "pending_q"), ("first_o", "first")];
    let mut declarations = Vec::new();
    if digits > 1 {
        declarations.push(declare("wire", "index", index_width(digits)));
        connections.push(("index_o", "index"));
    }
    declarations.push("wire any;".to_owned());
    declarations.push(declare("reg", "term_q", term));
    connections.extend([("rest_o", "rest"), ("any_o", "any"), ("last_o", "last_o")]);
    let encoder =
        instance(&format!("{}_sparse_{operand}", design.name), "u_sparse", &[], &connections, 2);
    let mut lines: Vec<String> = declarations.iter().map(|line| format!("  {line}")).collect();
    lines.push(encoder);
    if wires == 1 {
        lines.push("  wire unused = &{1'b0, first};".to_owned());
    }
    let negative = if wires > 1 { "|(first & negative)" } else { "1'b0" };
    let index = if digits > 1 { "index, " } else { "" };
    let registers = Registers::data(design.reset)
        .load_if("load_i", "digits_q", &zero(digits * wires), "digits_i")
        .load_if(
            "load_i | step_i",
            "pending_q",
            &zero(digits),
            if repeats {
                "load_i ? arrived : again_i ? all : rest"
            } else {
                "load_i ? arrived : rest"
            },
        )
        .load("term_q", &zero(term), &format!("{{{index}{negative}, any & active_i}}"));
    let registers = format!("{}\n  assign term_o = term_q;", registers.render(2));
    let registers = match writer.data_reset() {
        true => registers,
        false => format!("  wire unused_reset = &{{1'b0, rst_ni}};\n{registers}"),
    };
    let suffix = format!("terms_{operand}");
    writer.module(
        &suffix,
        &Terms {
            header: writer.header(
                "The terms of an operand, lowest first, as often as there are terms to meet.",
                &["A term is valid, negative and exponent, from bit 0 up.".to_owned()],
            ),
            prefix: &design.name,
            suffix: &suffix,
            ports: text::ports(&ports),
            digits,
            wires,
            sparse: lines.join("\n"),
            registers,
        },
    )
}

/// `<design>_control`: takes beats, and hands sums over.
pub(super) fn control(writer: &Writer<'_>) -> Module {
    let design = writer.design;
    let lanes = design.depth();
    let mut ports = clock_ports(true);
    ports.extend([
        Port::input("valid_i", 1),
        Port::input("last_i", 1),
        Port::output("ready_o", 1),
        Port::output("load_o", 1),
        Port::input("a_some_i", lanes),
        Port::input("b_some_i", lanes),
        Port::input("a_last_i", lanes),
        Port::input("b_last_i", lanes),
        Port::output("active_o", lanes),
        Port::input("emitted_i", 1),
        Port::output("tags_o", 2),
    ]);
    let registers = Registers::control(design.reset)
        .load("busy_q", "1'b0", "load_o | (busy_q & ~beat_done)")
        .load_if("load_o", "last_q", "1'b0", "last_i")
        .load_if("go", "first_q", "1'b1", "beat_done & last_q")
        .load_if(
            "load_o | go",
            "finished_q",
            &zero(lanes),
            &format!("done & {{{lanes}{{~load_o}}}}"),
        )
        .load("waiting_q", "1'b0", "(beat_done & last_q) | (waiting_q & ~capture)")
        .load("held_q", "1'b0", "(held_q & ~emitted_i) | capture")
        .load("spacing_q", "{CountWidth{1'b0}}", "spacing_d");
    let control = writer.module(
        "control",
        &Control {
            header: writer.header("Works one beat off after the other.", &[]),
            prefix: &design.name,
            ports: text::ports(&ports),
            cols: design.cols(),
            lanes,
            registers: registers.render(2),
        },
    );
    properties::serial(design.reset, lanes).of(control)
}
