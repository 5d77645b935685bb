//! The term-serial engine: both operands recoded to signed powers of two, one pair of terms per
//! lane and cycle.
//!
//! A beat carries one term of K per lane. In each lane the terms of A pass by every term of B, for
//! all rows and columns together; the beat is done when the slowest lane is. An element adds the
//! exponents of its pairs, counts them by exponent, and adds the counts at their weights to a
//! carry-save pair. Sums leave like those of the bit-slice engines.
//! Source: S. Sharify et al., "Laconic deep learning inference acceleration", ISCA 2019.

mod element;
mod terms;
mod top;

use super::bit_slice::{Shape, readout};
use super::{Module, Writer, element as elements, support};
use crate::arith::format::Format;
use crate::arith::sparse;
use crate::arith::{bit_slice as segments, carry_save, digit};
use crate::design::Design;

/// The modules of the design, leaf modules first, the top last.
pub(super) fn modules(design: &Design) -> Vec<Module> {
    let writer = Writer::new(design);
    let pairs = design.term_pairs();
    let width = design.accumulator.width;
    let compressor = design.multiplier.compressor;
    let (reduce, carries) = pairs.reduce(width, compressor);
    let shape = Shape::term_serial(design, width + carries.width());
    let netlist = |suffix: &str, purpose: &str, netlist: &crate::arith::Netlist| {
        elements::combinational(&writer, suffix, purpose, netlist)
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
        modules.push(terms::terms(&writer, operand, format));
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
    modules.push(element::pe(&writer, pairs, &shape));
    modules.push(element::array(&writer, pairs, &shape));
    modules.push(terms::control(&writer));
    modules.extend(readout::modules(&writer, &shape));
    modules.extend([support::gather(&writer), support::fifo(&writer)]);
    modules.push(top::top(&writer, pairs, &shape));
    modules
}
