//! The datapaths of the element `behavioural`: plain operators, for the synthesis tool to choose
//! multiplier and adder.
//!
//! The modules have the names and ports of the netlists that the other elements are made of, see
//! [`crate::arith::datapath`]. Operands are cut to the width of the result, which changes nothing
//! modulo 2^width, and extended by their own sign, so every expression has one signedness.

mod weight_stationary;

pub(super) use weight_stationary::{chain_accumulate, chain_multiply_add, dot_product};

use super::text::declare;
use crate::arith::format::Format;

/// A module body with its ports.
pub(super) struct Body {
    /// Input words: name and bits.
    pub inputs: Vec<(String, usize)>,
    /// Output words: name and bits.
    pub outputs: Vec<(String, usize)>,
    /// Statements, one per line, without indentation.
    pub statements: Vec<String>,
}

fn words(list: &[(&str, usize)]) -> Vec<(String, usize)> {
    list.iter().map(|(name, width)| ((*name).to_owned(), *width)).collect()
}

/// `product = a * b`.
pub(super) fn multiply(a: Format, b: Format, product: Format) -> Body {
    let mut statements = operands(a, b, product.width);
    statements.push(String::new());
    statements.push("assign product_o = a * b;".to_owned());
    Body {
        inputs: words(&[("a", a.width), ("b", b.width)]),
        outputs: words(&[("product", product.width)]),
        statements,
    }
}

/// `sum' = (keep ? sum : 0) + a * b` modulo 2^width.
pub(super) fn multiply_add(a: Format, b: Format, width: usize) -> Body {
    let mut statements = operands(a, b, width);
    let (wire, zero) = (wire(a, b), format!("{width}'d0"));
    statements.push(format!("{} = a * b;", declaration(wire, "product", width)));
    statements.push(format!("{} = keep_i ? sum_i : {zero};", declaration(wire, "kept", width)));
    statements.push(String::new());
    statements.push("assign sum_o = kept + product;".to_owned());
    Body {
        inputs: words(&[("a", a.width), ("b", b.width), ("sum", width), ("keep", 1)]),
        outputs: words(&[("sum", width)]),
        statements,
    }
}

/// `sum' = (keep ? sum : 0) + product` modulo 2^width.
pub(super) fn accumulate(product: Format, width: usize) -> Body {
    let mut statements = Vec::new();
    let (value, cut) = low_bits("product_i", product.width, width);
    let extended = match width.saturating_sub(product.width) {
        0 => value,
        more if product.signed => format!("{{{}, product_i}}", repeat(more, &sign(product))),
        more => format!("{{{}, product_i}}", repeat(more, "1'b0")),
    };
    statements.push(format!("{} = {extended};", declaration("wire", "product", width)));
    statements
        .push(format!("{} = keep_i ? sum_i : {width}'d0;", declaration("wire", "kept", width)));
    statements.push(String::new());
    statements.push("assign sum_o = kept + product;".to_owned());
    statements.extend(unused(cut));
    Body {
        inputs: words(&[("product", product.width), ("sum", width), ("keep", 1)]),
        outputs: words(&[("sum", width)]),
        statements,
    }
}

/// Declares `a` and `b` as numbers of one signedness, at most `width` bits wide.
fn operands(a: Format, b: Format, width: usize) -> Vec<String> {
    let mut statements = Vec::new();
    let mut beyond = Vec::new();
    for (name, format) in [("a", a), ("b", b)] {
        let (value, cut) = low_bits(&format!("{name}_i"), format.width, width);
        beyond.extend(cut);
        let mixed = !format.signed && (a.signed || b.signed) && format.width < width;
        let (value, bits) = match mixed {
            true => (format!("{{1'b0, {value}}}"), format.width + 1),
            false => (value, format.width.min(width)),
        };
        statements.push(format!("{} = {value};", declaration(wire(a, b), name, bits)));
    }
    statements.extend(unused(beyond));
    statements
}

/// The kind of the wires that hold operands and product.
fn wire(a: Format, b: Format) -> &'static str {
    if a.signed || b.signed { "wire signed" } else { "wire" }
}

/// A declaration without its semicolon.
fn declaration(kind: &str, name: &str, width: usize) -> String {
    declare(kind, name, width).trim_end_matches(';').to_owned()
}

/// The low `width` bits of a port of `available` bits, and the slice that is left over.
fn low_bits(port: &str, available: usize, width: usize) -> (String, Option<String>) {
    if available <= width {
        return (port.to_owned(), None);
    }
    let slice = |high: usize, low: usize| match high == low {
        true => format!("{port}[{low}]"),
        false => format!("{port}[{high}:{low}]"),
    };
    (slice(width - 1, 0), Some(slice(available - 1, width)))
}

/// The sign bit of the product port.
fn sign(product: Format) -> String {
    match product.width {
        1 => "product_i".to_owned(),
        width => format!("product_i[{}]", width - 1),
    }
}

fn repeat(count: usize, bit: &str) -> String {
    format!("{{{count}{{{bit}}}}}")
}

/// Names the bits that only matter beyond the width.
fn unused(slices: impl IntoIterator<Item = String>) -> Option<String> {
    let slices: Vec<String> = slices.into_iter().collect();
    (!slices.is_empty()).then(|| format!("wire unused = &{{{}, 1'b0}};", slices.join(", ")))
}
