//! The term-serial engine: both operands recoded to signed powers of two, one pair of terms per
//! lane and cycle.
//!
//! A beat carries one term of K per lane. In each lane the terms of A pass by every term of B, for
//! all rows and columns together; the beat is done when the slowest lane is. An element adds the
//! exponents of its pairs, counts them by exponent, and adds the counts at their weights to a
//! carry-save pair. Sums leave like those of the bit-slice engines.
//! Source: S. Sharify et al., "Laconic deep learning inference acceleration", ISCA 2019.

use askama::Template;

use super::bit_slice::{Shape, describe, readout, stream_ports};
use super::text::{self, Port, Registers, clock_ports, declare, instance, zero};
use super::{Module, Writer, element, support};
use crate::arith::format::Format;
use crate::arith::sparse::{self, index_width};
use crate::arith::term_pair::TermPairs;
use crate::arith::{bit_slice as segments, carry_save, digit};
use crate::design::{Design, MAX_DIMENSION, Stream};

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

#[derive(Template)]
#[template(path = "laconic/pe.v")]
struct Pe<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    counts: usize,
    pair: usize,
    histogram: String,
    reduce: String,
    registers: String,
}

#[derive(Template)]
#[template(path = "laconic/array.v")]
struct Array<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    rows: usize,
    cols: usize,
    pair: usize,
    element: String,
}

#[derive(Template)]
#[template(path = "laconic/top.v")]
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
    max_dimension: usize,
    data_reset: bool,
    lanes: usize,
    a_digits: usize,
    b_digits: usize,
    a_term: usize,
    b_term: usize,
    pair: usize,
    readout: String,
}

/// The modules of the design, leaf modules first, the top last.
pub(super) fn modules(design: &Design) -> Vec<Module> {
    let writer = Writer::new(design);
    let pairs = design.term_pairs();
    let width = design.accumulator.width;
    let compressor = design.multiplier.compressor;
    let (reduce, carries) = pairs.reduce(width, compressor);
    let shape = Shape::term_serial(design, width + carries.width());
    let netlist = |suffix: &str, purpose: &str, netlist: &crate::arith::Netlist| {
        element::combinational(&writer, suffix, purpose, netlist)
    };
    let encoding = design.multiplier.encoding;
    let mut modules = Vec::new();
    for (operand, format) in [("a", design.multiplier.a), ("b", design.multiplier.b)] {
        let digits = encoding.weights(format).len();
        let purpose = format!("Signed powers of two of an operand {format}.");
        modules.push(netlist(
            &format!("encode_{operand}"),
            &purpose,
            &digit::encoder(encoding, format),
        ));
        let purpose = "The next of the terms of an operand.";
        modules.push(netlist(&format!("sparse_{operand}"), purpose, &sparse::encoder(digits)));
        modules.push(terms(&writer, operand, format));
    }
    let signed = Format { width, signed: true };
    modules.extend([
        netlist(
            "histogram",
            "Counts pairs of terms by the sum of their exponents.",
            &pairs.histogram(compressor, design.final_adder),
        ),
        netlist("reduce", "Adds counts at their weights to a carry-save pair.", &reduce),
        netlist(
            "resolve",
            "Resolves a carry-save pair.",
            &carry_save::resolve(width, &carries, design.final_adder),
        ),
        netlist(
            "add",
            "Hands a sum on as a result.",
            &segments::total(signed, &[0], width, design.final_adder),
        ),
    ]);
    modules.push(pe(&writer, pairs, &shape));
    modules.push(array(&writer, pairs, &shape));
    modules.push(control(&writer));
    modules.extend(readout::modules(&writer, &shape));
    modules.extend([support::gather(&writer), support::fifo(&writer)]);
    modules.push(top(&writer, pairs, &shape));
    modules
}

/// `<design>_terms_a` and `_b`: the terms of one operand, one after the other.
fn terms(writer: &Writer<'_>, operand: &str, format: Format) -> Module {
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
        Port::input("again_i", 1),
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
            "load_i ? arrived : again_i ? all : rest",
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

fn control(writer: &Writer<'_>) -> Module {
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
    writer.module(
        "control",
        &Control {
            header: writer.header("Works one beat off after the other.", &[]),
            prefix: &design.name,
            ports: text::ports(&ports),
            cols: design.cols(),
            lanes,
            registers: registers.render(2),
        },
    )
}

fn pe(writer: &Writer<'_>, pairs: TermPairs, shape: &Shape) -> Module {
    let design = writer.design;
    let [a, b] = [pairs.a, pairs.b].map(|digits| pairs.lanes * TermPairs::term_width(digits));
    let (pair, value) = (shape.pair, shape.value);
    let counts = pairs.bins() * pairs.count_width();
    let mut ports = clock_ports(writer.data_reset());
    ports.extend([
        Port::input("a_i", a),
        Port::input("b_i", b),
        Port::input("hold_i", 1),
        Port::input("capture_i", 1),
        Port::output("pair_o", pair),
    ]);
    let registers = Registers::data(design.reset)
        .load("counts_q", &zero(counts), "counts_d")
        .load("pair_q", &zero(pair), "pair_d")
        .load_if("capture_i", "shadow_q", &zero(pair), "pair_q");
    let histogram = instance(
        &format!("{}_histogram", design.name),
        "u_histogram",
        &[],
        &[("a_i", "a_i"), ("b_i", "b_i"), ("count_o", "counts_d")],
        2,
    );
    let (sum, carry) = shape.halves("pair_q");
    let (sum_d, carry_d) = shape.halves("pair_d");
    let mut connections =
        vec![("count_i", "counts_q"), ("hold_i", "hold_i"), ("sum_i", sum.as_str())];
    if pair > value {
        connections.push(("carry_i", &carry));
    }
    connections.push(("sum_o", &sum_d));
    if pair > value {
        connections.push(("carry_o", &carry_d));
    }
    let reduce = instance(&format!("{}_reduce", design.name), "u_reduce", &[], &connections, 2);
    let details = [
        format!(
            "Element `laconic`: {} pairs of terms of {} x {} per cycle, {} bins.",
            pairs.lanes,
            design.multiplier.a,
            design.multiplier.b,
            pairs.bins()
        ),
        "`hold` keeps the accumulated pair; `capture` hands it over to be read.".to_owned(),
    ];
    writer.module(
        "pe",
        &Pe {
            header: writer.header("Processing element.", &details),
            prefix: &design.name,
            ports: text::ports(&ports),
            counts,
            pair,
            histogram,
            reduce,
            registers: registers.render(2),
        },
    )
}

fn array(writer: &Writer<'_>, pairs: TermPairs, shape: &Shape) -> Module {
    let design = writer.design;
    let [a, b] = [pairs.a, pairs.b].map(|digits| pairs.lanes * TermPairs::term_width(digits));
    let mut ports = clock_ports(writer.data_reset());
    ports.extend([
        Port::input("a_i", format!("{a}*Rows")),
        Port::input("b_i", format!("{b}*Cols")),
        Port::input("hold_i", 1),
        Port::input("capture_i", 1),
        Port::input("read_i", "Cols*Rows"),
        Port::output("pair_o", format!("{}*Rows", shape.pair)),
    ]);
    let (from_a, from_b) = (format!("a_i[{a}*r +: {a}]"), format!("b_i[{b}*c +: {b}]"));
    let pair = format!("pairs[{0}*c +: {0}]", shape.pair);
    let mut connections = writer.data_clock();
    connections.extend([
        ("a_i", from_a.as_str()),
        ("b_i", &from_b),
        ("hold_i", "hold_i"),
        ("capture_i", "capture_i"),
        ("pair_o", &pair),
    ]);
    writer.module(
        "array",
        &Array {
            header: writer
                .header("Elements: terms of A along rows, terms of B along columns.", &[]),
            prefix: &design.name,
            ports: text::ports(&ports),
            rows: design.rows(),
            cols: design.cols(),
            pair: shape.pair,
            element: instance(&format!("{}_pe", design.name), "u_pe", &[], &connections, 8),
        },
    )
}

fn top(writer: &Writer<'_>, pairs: TermPairs, shape: &Shape) -> Module {
    let design = writer.design;
    let (a, b) = (design.multiplier.a, design.multiplier.b);
    let width = design.accumulator.width;
    let encoding = design.multiplier.encoding;
    let wires = |format| digit::DigitFormat::new(encoding, format).width();
    let row = format!("results[{width}*Cols*r +: {width}*Cols]");
    let pair = match shape.pair {
        1 => "pairs[r]".to_owned(),
        pair => format!("pairs[{pair}*r +: {pair}]"),
    };
    let connections = [
        ("clk_i", "aclk"),
        ("rst_ni", "aresetn"),
        ("capture_i", "late[1]"),
        ("tags_i", "3'b111"),
        ("read_o", "reads[Cols*r +: Cols]"),
        ("pair_i", &pair),
        ("full_o", "full[r]"),
        ("emitted_i", "emitted[r]"),
        ("row_o", &row),
    ];
    let module = format!("{}_readout", design.name);
    writer.module(
        "",
        &Top {
            header: writer.header(&design.summary, &describe(design)),
            prefix: &design.name,
            ports: text::ports(&stream_ports()),
            rows: design.rows(),
            cols: design.cols(),
            a_fit: Stream::fit(a.width),
            b_fit: Stream::fit(b.width),
            c_fit: Stream::fit(width),
            a_width: a.width,
            b_width: b.width,
            width,
            max_dimension: MAX_DIMENSION,
            data_reset: writer.data_reset(),
            lanes: pairs.lanes,
            a_digits: pairs.a * wires(a),
            b_digits: pairs.b * wires(b),
            a_term: TermPairs::term_width(pairs.a),
            b_term: TermPairs::term_width(pairs.b),
            pair: shape.pair,
            readout: instance(&module, "u_readout", &[("Cols", "Cols")], &connections, 6),
        },
    )
}
