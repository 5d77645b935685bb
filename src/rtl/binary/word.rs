//! The word of activations that leaves the window.

use super::text::{literal, repeat};
use super::window::{several_skips, skip_width};
use crate::binary::{Layer, PaddingValue};
use crate::rtl::text::Port;

/// The word `x_o`, and what elements must know about it. `ragged`: the last word of a tap has fewer
/// channels; `several`: a tap has other words; `padded`: some taps lie in the padding.
pub(super) fn leave(
    layer: &Layer,
    (ragged, several, padded): (bool, bool, bool),
    ports: &mut Vec<Port>,
    lines: &mut Vec<String>,
) {
    let code = layer.parameters().activations.width();
    let word_width = layer.simd() * code;
    // The word: lanes beyond the last channel are clear, and what lies in the padding is replaced.
    let used = layer.last_word() * code;
    let mask = |bits: usize| match word_width - bits {
        0 => repeat(word_width, "1'b1"),
        spare => format!("{{{}, {}}}", repeat(spare, "1'b0"), repeat(bits, "1'b1")),
    };
    let mut value = "x_q".to_owned();
    let mask = match (ragged, several) {
        (false, _) => None,
        (true, false) => Some(mask(used)),
        (true, true) => Some(format!("(ragged_q2 ? {} : {})", mask(used), mask(word_width))),
    };
    if let Some(mask) = &mask {
        value = format!("x_q & {mask}");
    }
    let xnor = layer.dot().offset() != 0;
    if padded && layer.geometry().padding_value != PaddingValue::Zero {
        let number = if layer.geometry().padding_value == PaddingValue::Plus { 1 } else { -1 };
        let padding = layer.parameters().activations.code(number).unwrap_or_default();
        let all = repeat(layer.simd(), &literal(code, padding as i64));
        let padding = match &mask {
            Some(mask) => format!("{all} & {mask}"),
            None => all,
        };
        value = format!("inside_q2 ? {value} : {padding}");
    } else if padded && !xnor {
        value = format!("{value} & {}", repeat(word_width, "inside_q2"));
    }
    ports.push(Port::output("x_o", word_width));
    lines.push(format!("assign x_o = {value};"));
    if layer.masked() && (xnor || layer.dot().gated()) {
        ports.push(Port::output("inside_o", 1));
        lines.push("assign inside_o = inside_q2;".to_owned());
    }
    if layer.masked() && several_skips(layer) {
        let wide = skip_width(layer);
        let unit = if layer.halved() { 2 } else { 1 };
        let (full, last) = layer.skips();
        let (full, last) = (literal(wide, full / unit), literal(wide, last / unit));
        ports.push(Port::output("skip_o", wide));
        lines.push("// A masked word counts half of what it could.".to_owned());
        lines.push(format!(
            "assign skip_o = (ragged_q2 ? {last} : {full}) & {};",
            repeat(wide, "~inside_q2")
        ));
    }
}
