//! Plain operators for weight-stationary arrays, where a sum comes from the neighbour or over a
//! whole column and nothing is dropped.

use super::{Body, declaration, operands, resized, term_of, unused, wire, words, wrapped};
use crate::arith::count::Counts;
use crate::arith::format::Format;

/// `sum' = sum + a * b` modulo 2^width.
pub(in crate::rtl) fn chain_multiply_add(a: Format, b: Format, width: usize) -> Body {
    let mut statements = operands(a, b, width, 1);
    statements.push(format!("{} = a * b;", declaration(wire(a, b), "product", width)));
    statements.push(String::new());
    statements.push("assign sum_o = sum_i + product;".to_owned());
    Body {
        inputs: words(&[("a", a.width), ("b", b.width), ("sum", width)]),
        outputs: words(&[("sum", width)]),
        statements,
        counts: Counts::default(),
        netlist: None,
    }
}

/// `sum' = sum + product` modulo 2^width.
pub(in crate::rtl) fn chain_accumulate(product: Format, width: usize) -> Body {
    let (extended, cut) = resized("product_i", product, width);
    let mut statements = vec![format!("{} = {extended};", declaration("wire", "product", width))];
    statements.push(String::new());
    statements.push("assign sum_o = sum_i + product;".to_owned());
    statements.extend(unused(cut));
    Body {
        inputs: words(&[("product", product.width), ("sum", width)]),
        outputs: words(&[("sum", width)]),
        statements,
        counts: Counts::default(),
        netlist: None,
    }
}

/// `sum = partial + a[0] * b[0] + ... + a[terms-1] * b[terms-1]` modulo 2^width.
pub(in crate::rtl) fn dot_product(
    (a, b): (Format, Format),
    terms: usize,
    width: usize,
    partial: bool,
) -> Body {
    let mut statements = operands(a, b, width, terms);
    let mut sum: Vec<String> = partial.then(|| "partial_i".to_owned()).into_iter().collect();
    for term in 0..terms {
        let [x, y, product] = ["a", "b", "product"].map(|name| term_of(name, term, terms));
        statements.push(format!("{} = {x} * {y};", declaration(wire(a, b), &product, width)));
        sum.push(product);
    }
    statements.push(String::new());
    statements.extend(wrapped("assign sum_o = ", &sum, " + ", ";"));
    let mut inputs = vec![("a", a.width * terms), ("b", b.width * terms)];
    if partial {
        inputs.push(("partial", width));
    }
    Body {
        inputs: words(&inputs),
        outputs: words(&[("sum", width)]),
        statements,
        counts: Counts::default(),
        netlist: None,
    }
}
