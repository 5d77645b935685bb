//! Carry chains of look-up tables: two rows of bits added up by a plain operator.

use super::behavioural::Body;
use super::netlist::wrap_within;
use super::text::declare;
use crate::arith::carry_save::CarryLayout;
use crate::arith::count::Counts;

/// Columns of text of a statement, once indented within its module.
const COLUMNS: usize = 98;

/// Declares `result`, the sum of two words of `width` bits modulo 2^width.
///
/// A place below the lowest keeps the adder apart from one that takes the result in: a synthesis
/// tool would make one adder of three words of them, which takes more look-up tables than two carry
/// chains. The bits of the second word may be functions of their own: the table of a place takes
/// them in.
pub(super) fn add(result: &str, width: usize, first: &str, second: &str) -> Vec<String> {
    let define = |name: &str, width: usize, value: &str| {
        format!("{} = {value};", declare("wire", name, width).trim_end_matches(';'))
    };
    let chain = format!("{result}_chain");
    vec![
        define(&chain, width + 1, &format!("{{{first}, 1'b1}} + {{{second}, 1'b0}}")),
        define(result, width, &format!("{chain}[{width}:1]")),
        format!("wire unused_{chain} = &{{1'b0, {chain}[0]}};"),
    ]
}

/// `output` of `width` bits is the sum of the rows in the word `input`, see
/// [`crate::arith::rows`].
pub(super) fn body(input: &str, output: &str, width: usize, layout: &CarryLayout) -> Body {
    let all = width + layout.width();
    let bit = |index: usize| match all {
        1 => format!("{input}_i"),
        _ => format!("{input}_i[{index}]"),
    };
    let range = |low: usize, high: usize| match high - low {
        1 => bit(low),
        bits if bits == all => format!("{input}_i"),
        _ => format!("{input}_i[{}:{low}]", high - 1),
    };
    // Columns below the first of two bits are sums already.
    let lowest = layout.columns().first().copied().unwrap_or(width);
    let mut statements = Vec::new();
    if lowest < width {
        let wide = width - lowest;
        let place = |column: usize| {
            let stored = layout.columns().iter().position(|&other| other == column);
            stored.map_or("1'b0".to_owned(), |index| bit(width + index))
        };
        let second: Vec<String> = (lowest..width).rev().map(place).collect();
        let second = match wide {
            1 => second.concat(),
            _ => format!("{{{}}}", second.join(", ")),
        };
        let declaration = declare("wire", "second", wide);
        let statement = format!("{} = {second};", declaration.trim_end_matches(';'));
        statements.extend(wrap_within(&statement, COLUMNS));
        statements.extend(add("upper", wide, &range(lowest, width), "second"));
    }
    statements.push(match (lowest, lowest < width) {
        (0, _) => format!("assign {output}_o = upper;"),
        (_, true) => format!("assign {output}_o = {{upper, {}}};", range(0, lowest)),
        (_, false) => format!("assign {output}_o = {};", range(0, width)),
    });
    Body {
        inputs: vec![(input.to_owned(), all)],
        outputs: vec![(output.to_owned(), width)],
        statements,
        counts: Counts { adder_bits: (width - lowest) as u64, ..Counts::default() },
        netlist: None,
    }
}
