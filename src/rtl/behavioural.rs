//! The datapaths of the element `behavioural`: plain operators, for the synthesis tool to choose
//! multiplier and adder.
//!
//! The modules have the names and ports of the netlists that the other elements are made of, see
//! [`crate::arith::datapath`]. Operands are cut to the width of the result, which changes nothing
//! modulo 2^width, and extended by their own sign, so every expression has one signedness.

mod weight_stationary;

pub(super) use weight_stationary::{chain_accumulate, chain_multiply_add, dot_product};

use super::text::declare;
use crate::arith::Netlist;
use crate::arith::count::Counts;
use crate::arith::format::Format;

/// A module body with its ports.
pub(super) struct Body {
    /// Input words: name and bits.
    pub inputs: Vec<(String, usize)>,
    /// Output words: name and bits.
    pub outputs: Vec<(String, usize)>,
    /// Statements, one per line, without indentation; none of a netlist.
    pub statements: Vec<String>,
    /// Adders that the generator placed; none in plain operators.
    pub counts: Counts,
    /// What is printed instead of statements.
    pub netlist: Option<Netlist>,
}

fn words(list: &[(&str, usize)]) -> Vec<(String, usize)> {
    list.iter().map(|(name, width)| ((*name).to_owned(), *width)).collect()
}

/// `product = a * b`, or the sum of the products of all terms.
pub(super) fn multiply((a, b): (Format, Format), terms: usize, product: Format) -> Body {
    let mut statements = operands(a, b, product.width, terms);
    statements.push(String::new());
    let products: Vec<String> = (0..terms)
        .map(|term| format!("{} * {}", term_of("a", term, terms), term_of("b", term, terms)))
        .collect();
    statements.extend(wrapped("assign product_o = ", &products, " + ", ";"));
    Body {
        inputs: words(&[("a", a.width * terms), ("b", b.width * terms)]),
        outputs: words(&[("product", product.width)]),
        statements,
        counts: Counts::default(),
        netlist: None,
    }
}

/// `sum' = (keep ? sum : 0) + a * b` modulo 2^width, with the products of all terms.
pub(super) fn multiply_add((a, b): (Format, Format), terms: usize, width: usize) -> Body {
    let mut statements = operands(a, b, width, terms);
    let (wire, zero) = (wire(a, b), format!("{width}'d0"));
    let mut sum = vec!["kept".to_owned()];
    for term in 0..terms {
        let [x, y, product] = ["a", "b", "product"].map(|name| term_of(name, term, terms));
        statements.push(format!("{} = {x} * {y};", declaration(wire, &product, width)));
        sum.push(product);
    }
    statements.push(format!("{} = keep_i ? sum_i : {zero};", declaration(wire, "kept", width)));
    statements.push(String::new());
    statements.extend(wrapped("assign sum_o = ", &sum, " + ", ";"));
    Body {
        inputs: words(&[
            ("a", a.width * terms),
            ("b", b.width * terms),
            ("sum", width),
            ("keep", 1),
        ]),
        outputs: words(&[("sum", width)]),
        statements,
        counts: Counts::default(),
        netlist: None,
    }
}

/// A name with the number of its term, where there are several.
fn term_of(name: &str, term: usize, terms: usize) -> String {
    if terms == 1 { name.to_owned() } else { format!("{name}_{term}") }
}

/// Pieces joined by a separator, on lines that are not too long.
fn wrapped(head: &str, pieces: &[String], separator: &str, tail: &str) -> Vec<String> {
    const LINE: usize = 90;
    let mut lines = vec![head.to_owned()];
    for (index, piece) in pieces.iter().enumerate() {
        let end = if index + 1 < pieces.len() { separator } else { tail };
        let line = lines.last_mut().expect("there is a first line");
        if line.len() + piece.len() + end.len() > LINE {
            line.truncate(line.trim_end().len());
            lines.push(format!("    {piece}{end}"));
        } else {
            *line += &format!("{piece}{end}");
        }
    }
    lines
}

/// `sum' = (keep ? sum : 0) + product` modulo 2^width.
pub(super) fn accumulate(product: Format, width: usize) -> Body {
    let mut statements = Vec::new();
    let (extended, cut) = resized("product_i", product, width);
    // Where both words are signed, synthesis tools see which one is extended, and choose it as the
    // one that a carry chain takes as it is: the tables take in what is made of the other one.
    let wire = if product.signed { "wire signed" } else { "wire" };
    statements.push(format!("{} = {extended};", declaration(wire, "product", width)));
    statements.push(format!("{} = keep_i ? sum_i : {width}'d0;", declaration(wire, "kept", width)));
    statements.push(String::new());
    statements.push("assign sum_o = kept + product;".to_owned());
    statements.extend(unused(cut));
    Body {
        inputs: words(&[("product", product.width), ("sum", width), ("keep", 1)]),
        outputs: words(&[("sum", width)]),
        statements,
        counts: Counts::default(),
        netlist: None,
    }
}

/// Declares the operands of all terms as numbers of one signedness, at most `width` bits wide.
fn operands(a: Format, b: Format, width: usize, terms: usize) -> Vec<String> {
    let mut statements = Vec::new();
    let mut beyond = Vec::new();
    for term in 0..terms {
        for (name, format) in [("a", a), ("b", b)] {
            let bits = format.width.min(width);
            let first = format.width * term;
            let port = format!("{name}_i");
            let value = match (terms, format.width) {
                (1, full) if full <= width => port.clone(),
                _ => slice(&port, first + bits - 1, first),
            };
            if format.width > width {
                beyond.push(slice(&port, first + format.width - 1, first + width));
            }
            let mixed = !format.signed && (a.signed || b.signed) && format.width < width;
            let (value, bits) =
                if mixed { (format!("{{1'b0, {value}}}"), bits + 1) } else { (value, bits) };
            let name = term_of(name, term, terms);
            statements.push(format!("{} = {value};", declaration(wire(a, b), &name, bits)));
        }
    }
    statements.extend(unused(beyond));
    statements
}

/// Bits `high` to `low` of a port that has several.
fn slice(port: &str, high: usize, low: usize) -> String {
    if high == low { format!("{port}[{low}]") } else { format!("{port}[{high}:{low}]") }
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
    (slice(port, width - 1, 0), Some(slice(port, available - 1, width)))
}

/// A word of this format as one of `width` bits, and the slice that is left over.
fn resized(word: &str, format: Format, width: usize) -> (String, Option<String>) {
    let (value, cut) = low_bits(word, format.width, width);
    let sign = match (format.signed, format.width) {
        (false, _) => "1'b0".to_owned(),
        (true, 1) => word.to_owned(),
        (true, bits) => format!("{word}[{}]", bits - 1),
    };
    let extended = match width.saturating_sub(format.width) {
        0 => value,
        more => format!("{{{}, {word}}}", repeat(more, &sign)),
    };
    (extended, cut)
}

fn repeat(count: usize, bit: &str) -> String {
    format!("{{{count}{{{bit}}}}}")
}

/// Names the bits that only matter beyond the width.
fn unused(slices: impl IntoIterator<Item = String>) -> Vec<String> {
    let slices: Vec<String> = slices.into_iter().collect();
    if slices.is_empty() {
        return Vec::new();
    }
    wrapped("wire unused = &{", &slices, ", ", ", 1'b0};")
}
