//! Plain operators for weight-stationary arrays, where a sum comes from the neighbour or over a
//! whole column and nothing is dropped.

use super::{Body, declaration, low_bits, operands, repeat, unused, wire, words};
use crate::arith::format::Format;

/// `sum' = sum + a * b` modulo 2^width.
pub(in crate::rtl) fn chain_multiply_add(a: Format, b: Format, width: usize) -> Body {
    let mut statements = operands(a, b, width);
    statements.push(format!("{} = a * b;", declaration(wire(a, b), "product", width)));
    statements.push(String::new());
    statements.push("assign sum_o = sum_i + product;".to_owned());
    Body {
        inputs: words(&[("a", a.width), ("b", b.width), ("sum", width)]),
        outputs: words(&[("sum", width)]),
        statements,
    }
}

/// `sum' = sum + product` modulo 2^width.
pub(in crate::rtl) fn chain_accumulate(product: Format, width: usize) -> Body {
    let (value, cut) = low_bits("product_i", product.width, width);
    let extended = match width.saturating_sub(product.width) {
        0 => value,
        more if product.signed => {
            format!("{{{}, product_i}}", repeat(more, &super::sign(product)))
        }
        more => format!("{{{}, product_i}}", repeat(more, "1'b0")),
    };
    let mut statements = vec![format!("{} = {extended};", declaration("wire", "product", width))];
    statements.push(String::new());
    statements.push("assign sum_o = sum_i + product;".to_owned());
    statements.extend(unused(cut));
    Body {
        inputs: words(&[("product", product.width), ("sum", width)]),
        outputs: words(&[("sum", width)]),
        statements,
    }
}

/// `sum = partial + a[0] * b[0] + ... + a[terms-1] * b[terms-1]` modulo 2^width.
pub(in crate::rtl) fn dot_product(
    (a, b): (Format, Format),
    terms: usize,
    width: usize,
    partial: bool,
) -> Body {
    let mut statements = Vec::new();
    let mut beyond = Vec::new();
    for term in 0..terms {
        for (name, format) in [("a", a), ("b", b)] {
            let (low, bits) = (term * format.width, format.width.min(width));
            let slice = |high: usize, low: usize| match (terms * format.width, high == low) {
                (1, _) => format!("{name}_i"),
                (_, true) => format!("{name}_i[{low}]"),
                _ => format!("{name}_i[{high}:{low}]"),
            };
            let value = slice(low + bits - 1, low);
            if bits < format.width {
                beyond.push(slice(low + format.width - 1, low + bits));
            }
            let mixed = !format.signed && (a.signed || b.signed) && format.width < width;
            let (value, bits) = match mixed {
                true => (format!("{{1'b0, {value}}}"), bits + 1),
                false => (value, bits),
            };
            let name = format!("{name}{term}");
            statements.push(format!("{} = {value};", declaration(wire(a, b), &name, bits)));
        }
        let name = format!("product{term}");
        let product = declaration(wire(a, b), &name, width);
        statements.push(format!("{product} = a{term} * b{term};"));
    }
    let sums: Vec<String> = (0..terms).map(|term| format!("product{term}")).collect();
    let mut lines: Vec<String> = sums.chunks(6).map(|line| line.join(" + ")).collect();
    if partial {
        lines.insert(0, "partial_i".to_owned());
    }
    statements.push(String::new());
    let last = lines.len() - 1;
    for (index, line) in lines.into_iter().enumerate() {
        let head = if index == 0 { "assign sum_o = " } else { "    + " };
        statements.push(format!("{head}{line}{}", if index == last { ";" } else { "" }));
    }
    // A line has room for a few slices.
    for (index, slices) in beyond.chunks(4).enumerate() {
        let line = unused(slices.to_vec()).map(|line| line.replace("unused", &format!("unused{index}")));
        statements.extend(line);
    }
    let mut inputs = vec![("a", a.width * terms), ("b", b.width * terms)];
    if partial {
        inputs.push(("partial", width));
    }
    Body { inputs: words(&inputs), outputs: words(&[("sum", width)]), statements }
}
