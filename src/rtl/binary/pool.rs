//! The counters of a pooling step: where in its window a position is.

use super::text::{Counter, address_bits, define, literal, weighted};
use crate::rtl::text::{Port, Registers, zero};

/// Counts the positions of a pooling step; gives the condition under which a window is complete.
pub(super) fn pool(
    (stage, window, positions): (usize, [usize; 3], [usize; 3]),
    (vectors, depth): (usize, usize),
    moves: &str,
    control: &mut Registers,
    (lines, ports): (&mut Vec<String>, &mut Vec<Port>),
) -> String {
    // Positions within a window and whole windows, from the innermost loop to the outermost; the
    // positions that no whole window covers follow the last one.
    let width = address_bits(depth);
    let mut registers = std::mem::replace(control, Registers::control(crate::design::Reset::None));
    let mut step = moves.to_owned();
    let (mut first, mut last, mut covered) = (Vec::new(), Vec::new(), Vec::new());
    let mut address = Vec::new();
    let tag = names(stage, "vector", vectors);
    if tag.exists() {
        tag.declare(lines);
        registers = tag.count(registers, &step);
        step = format!("{step} & {}", tag.end());
        address.push((tag, 1));
    }
    let across = positions[2] / window[2];
    for (axis, letter) in [(2, "x"), (1, "y"), (0, "z")] {
        let whole = positions[axis] / window[axis];
        let position = names(stage, &format!("position_{letter}"), positions[axis]);
        if !position.exists() {
            continue;
        }
        // Within the window; starts anew with every window and with every row of positions.
        let within = names(stage, &format!("within_{letter}"), window[axis]);
        let pooled =
            names(stage, &format!("window_{letter}"), positions[axis].div_ceil(window[axis]));
        position.declare(lines);
        let row_end = position.end();
        for (counter, step) in
            [(&within, step.clone()), (&pooled, format!("{step} & ({row_end} | {})", within.end()))]
        {
            if !counter.exists() {
                continue;
            }
            counter.declare(lines);
            let wide = counter.width();
            let (zero_value, one) = (literal(wide, 0), literal(wide, 1));
            let name = format!("{}_q", counter.name);
            let start = match counter.name == within.name {
                true => format!("{row_end} | {}", counter.end()),
                false => row_end.clone(),
            };
            if counter.name == pooled.name {
                lines.push(format!("wire unused_{} = &{{1'b0, {}}};", counter.name, counter.end()));
            }
            let next = format!("({start}) ? {zero_value} : {name} + {one}");
            registers = registers.load_if(&step, &name, &zero(wide), &next);
        }
        if within.exists() {
            first.push(format!("({}_q == {})", within.name, literal(within.width(), 0)));
            last.push(within.end());
        }
        if !positions[axis].is_multiple_of(window[axis]) {
            let limit = literal(pooled.width(), whole as i64);
            covered.push(format!("({}_q < {limit})", pooled.name));
        }
        match axis {
            2 => address.push((pooled, vectors)),
            1 if window[0] > 1 => address.push((pooled, vectors * across)),
            _ => {}
        }
        registers = position.count(registers, &step);
        step = format!("{step} & {row_end}");
    }
    *control = registers;
    let all = |parts: &[String]| match parts.is_empty() {
        true => "1'b1".to_owned(),
        false => parts.join(" & "),
    };
    lines.push(define(&format!("covered{stage}"), 1, &all(&covered)));
    lines.push(define(&format!("opens{stage}"), 1, &all(&first)));
    lines.push(define(&format!("closes{stage}"), 1, &all(&last)));
    let terms: Vec<(&Counter, usize)> =
        address.iter().map(|(counter, by)| (counter, *by)).collect();
    ports.extend([
        Port::output(format!("pool_write{stage}_o"), 1),
        Port::output(format!("pool_first{stage}_o"), 1),
        Port::output(format!("pool_address{stage}_o"), width),
    ]);
    lines.push(format!("assign pool_write{stage}_o = {moves} & covered{stage};"));
    lines.push(format!("assign pool_first{stage}_o = opens{stage};"));
    lines.push(format!("assign pool_address{stage}_o = {};", weighted(width, &terms, 0)));
    format!("valid_q{stage} & covered{stage} & closes{stage}")
}

/// A counter of a stage.
fn names(stage: usize, name: &str, extent: usize) -> Counter {
    Counter::new(format!("pool{stage}_{name}"), extent)
}
