//! The element of the term-serial engine, and the array of all of them.

use askama::Template;

use crate::arith::term_pair::TermPairs;
use crate::rtl::bit_slice::Shape;
use crate::rtl::text::{self, Port, Registers, clock_ports, instance, zero};
use crate::rtl::{Module, Writer};

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

/// `<design>_pe`: counts pairs of terms by exponent, and adds the counts up.
pub(super) fn pe(writer: &Writer<'_>, pairs: TermPairs, shape: &Shape) -> Module {
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

/// `<design>_array`: the elements.
pub(super) fn array(writer: &Writer<'_>, pairs: TermPairs, shape: &Shape) -> Module {
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
