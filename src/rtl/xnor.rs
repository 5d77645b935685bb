//! What the edge of an array makes of the words of `xnor` before they travel or are broadcast.
//!
//! What is added to the popcounts of all columns of a row is formed once and travels with the row:
//! whether an odd number of terms counts where zero is not among the levels, or what bipolar weights make of
//! the sum of the activations, see [`crate::arith::dot`].
//!
//! In an output-stationary array a beat of A says how many of its terms count. In a
//! weight-stationary one that is the same for a whole tile, and said when its weights are loaded.

use askama::Template;

use super::behavioural::Body;
use super::text::{Registers, instance, zero};
use super::{Module, Writer, element};
use crate::arith::count::Counts;
use crate::arith::dot::DotKind;
use crate::design::{Contract, Design};

#[derive(Template)]
#[template(path = "xnor/operands.v")]
struct Operands {
    /// Terms of a word.
    depth: usize,
    /// Bits of a code of A and of B.
    a_width: usize,
    b_width: usize,
    /// Bits of the terms of a word of A and of B.
    a_term: usize,
    b_term: usize,
    /// Bits of what travels with a word of A, and of both together.
    shared: usize,
    a_lane: usize,
    /// Bits of the number of terms that count; 0 where codes of zero make that needless.
    count: usize,
    /// Bits of its lanes beyond it.
    surplus: usize,
    /// What tells the terms that count.
    count_instance: String,
    /// What forms the word that travels with a row of A.
    shared_instance: String,
}

/// Whether the words of A and B are changed at the edge.
pub(super) fn at_edge(design: &Design) -> bool {
    design.multiplier.shared_width() > 0
}

/// The statements of a top that make `a_words` and `b_words` of `a_terms` and `b_terms`.
pub(super) fn operands(design: &Design) -> String {
    if !at_edge(design) {
        return String::new();
    }
    let multiplier = &design.multiplier;
    let (shared, depth) = (multiplier.shared_width(), design.depth());
    let (a, b) = (multiplier.a.width, multiplier.b.width);
    let count = if design.counts_terms() { design.count_width() } else { 0 };
    let module = |suffix: &str| format!("{}_{suffix}", design.name);
    let given = format!("a_beat[{}*Rows +: {count}] & {{{count}{{fire}}}}", a * depth);
    let outputs = [("count_i", given.as_str()), ("counts_o", "counts"), ("shared_o", "shared")];
    let of_row = [("x_i", "a_word"), ("shared_o", "shared")];
    let values = Operands {
        depth,
        a_width: a,
        b_width: b,
        a_term: a * depth,
        b_term: b * depth,
        shared,
        a_lane: design.a_width(),
        count,
        surplus: design.count_lanes() * a - count,
        count_instance: instance(&module("count"), "u_count", &[], &outputs, 2),
        shared_instance: instance(&module("shared"), "u_shared", &[], &of_row, 6),
    };
    values.render().expect("templates only print strings and numbers")
}

#[derive(Template)]
#[template(path = "xnor/stationary.v")]
struct StationaryStatements {
    /// Terms of a word.
    depth: usize,
    /// Bits of a code of A and of B.
    a_width: usize,
    b_width: usize,
    /// Bits of what is added to all columns, and of a word of A with it.
    shared: usize,
    a_lane: usize,
    /// Whether terms are marked that count.
    counts: bool,
    /// Whether a term with an odd number is loaded.
    odd: String,
    /// The operand of a term of the beat.
    beat: String,
    load: String,
    swap: String,
    shared_instance: String,
}

/// What the array of a weight-stationary top makes of its operands before they reach the columns.
pub(super) struct Stationary {
    /// The statements that make it.
    pub statements: String,
    /// The word of A that is broadcast, and the weights that are.
    pub a: &'static str,
    pub b: &'static str,
}

/// The words of a weight-stationary array, where they are changed.
pub(super) fn stationary(design: &Design) -> Option<Stationary> {
    if !at_edge(design) {
        return None;
    }
    let (depth, counts) = (design.depth(), design.counts_terms());
    let (a, b) = (design.multiplier.a.width, design.multiplier.b.width);
    let of_all = |name: &str| if depth == 1 { name.to_owned() } else { format!("{name}[w]") };
    let odd = match depth {
        1 => "1'b0".to_owned(),
        _ => {
            let places: String =
                (0..depth).rev().map(|k| if k % 2 == 1 { '1' } else { '0' }).collect();
            format!("|(load_i & {depth}'b{places})")
        }
    };
    let registers = || Registers::data(design.reset);
    let of_word = [("x_i", "beat_q"), ("shared_o", "shared")];
    let values = StationaryStatements {
        depth,
        a_width: a,
        b_width: b,
        shared: design.multiplier.shared_width(),
        a_lane: design.a_width(),
        counts,
        odd,
        beat: if a * depth == 1 { "beat_q".to_owned() } else { format!("beat_q[{a}*w +: {a}]") },
        load: registers().load_if(&of_all("load_i"), "shadow_q[w]", "1'b0", "counts_i").render(6),
        swap: registers().load_if("swap_i", "counts_q", &zero(depth), "shadow_q").render(2),
        shared_instance: instance(&format!("{}_shared", design.name), "u_shared", &[], &of_word, 2),
    };
    Some(Stationary {
        statements: values.render().expect("templates only print strings and numbers"),
        a: "a_word",
        b: if counts { "b_word" } else { "b_i" },
    })
}

/// What the statements of [`operands`] and [`stationary`] are made of.
pub(super) fn modules(writer: &Writer<'_>) -> Option<Module> {
    let design = writer.design;
    let dot = design.multiplier.dot().filter(|_| at_edge(design))?;
    match (dot.kind(), design.contract()) {
        (DotKind::Xnor, Contract::WeightStationary) => None,
        (DotKind::Xnor, Contract::OutputStationary) => {
            let purpose = "The terms of a word that count, and whether their number is odd.";
            Some(element::module(writer, "count", purpose, count(design)))
        }
        _ => {
            let purpose = "What a word of A adds to the popcounts of all columns.";
            let netlist = dot.shared(design.final_adder);
            Some(element::combinational(writer, "shared", purpose, &netlist))
        }
    }
}

/// The body of the module that tells the terms that count.
fn count(design: &Design) -> Body {
    let (depth, bits) = (design.depth(), design.count_width());
    let mut statements: Vec<String> = (0..depth)
        .map(|term| {
            let lane = if depth == 1 { String::new() } else { format!("[{term}]") };
            format!("assign counts_o{lane} = count_i > {bits}'d{term};")
        })
        .collect();
    let lowest = if bits == 1 { "count_i" } else { "count_i[0]" };
    statements.push(format!("assign shared_o = {lowest};"));
    Body {
        inputs: vec![("count".to_owned(), bits)],
        outputs: vec![("counts".to_owned(), depth), ("shared".to_owned(), 1)],
        statements,
        counts: Counts::default(),
        netlist: None,
    }
}
