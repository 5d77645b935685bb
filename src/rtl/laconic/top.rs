//! The top of the term-serial engine: streams, terms, control, array and readout.

use askama::Template;

use crate::arith::digit;
use crate::arith::term_pair::TermPairs;
use crate::design::MAX_DIMENSION;
use crate::rtl::bit_slice::{Shape, describe, stream_ports, transfers};
use crate::rtl::text::{self, instance};
use crate::rtl::transfers;
use crate::rtl::{Module, Writer};

#[derive(Template)]
#[template(path = "laconic/top.v")]
struct Top<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    rows: usize,
    cols: usize,
    /// Names of how beats are cut into transfers.
    transfers: String,
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

/// The top.
pub(super) fn top(writer: &Writer<'_>, pairs: TermPairs, shape: &Shape) -> Module {
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
    let streams = transfers(design);
    writer.module(
        "",
        &Top {
            header: writer.header(&design.summary, &describe(design)),
            prefix: &design.name,
            ports: text::ports(&stream_ports(&streams)),
            rows: design.rows(),
            cols: design.cols(),
            transfers: transfers::declarations(&streams.each_ref()),
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
