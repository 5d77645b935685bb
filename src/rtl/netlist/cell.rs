//! How a cell is written in Verilog: expressions, names, comments.

use std::fmt::Write as _;

use crate::arith::netlist::{Kind, Role};

/// Columns of text that a line may have.
const LINE: usize = 100;

/// The expressions of a cell's outputs.
pub(super) fn definitions(kind: Kind, operands: &[String]) -> (String, Option<String>) {
    let x = |index: usize| operands[index].as_str();
    match kind {
        Kind::Not => (format!("~{}", x(0)), None),
        Kind::And => (format!("{} & {}", x(0), x(1)), None),
        Kind::Nand => (format!("~({} & {})", x(0), x(1)), None),
        Kind::Or => (format!("{} | {}", x(0), x(1)), None),
        Kind::Xor => (format!("{} ^ {}", x(0), x(1)), None),
        Kind::Xnor => (format!("~({} ^ {})", x(0), x(1)), None),
        Kind::OrAnd => (format!("{} | ({} & {})", x(0), x(1), x(2)), None),
        Kind::Select => (format!("({} & {}) | ({} & {})", x(0), x(1), x(2), x(3)), None),
        Kind::Xor3 => (format!("{} ^ {} ^ {}", x(0), x(1), x(2)), None),
        Kind::Majority => (format!("({0} & {1}) | ({2} & ({0} | {1}))", x(0), x(1), x(2)), None),
        Kind::HalfAdder => (format!("{} ^ {}", x(0), x(1)), Some(format!("{} & {}", x(0), x(1)))),
        Kind::HalfAdderPlusOne => {
            (format!("~({} ^ {})", x(0), x(1)), Some(format!("{} | {}", x(0), x(1))))
        }
        Kind::FullAdder => {
            let (a, b, c) = (x(0), x(1), x(2));
            (format!("{a} ^ {b} ^ {c}"), Some(format!("({a} & {b}) | ({c} & ({a} ^ {b}))")))
        }
    }
}

pub(super) fn concatenate(mut pieces: Vec<String>) -> String {
    if pieces.len() == 1 {
        return pieces.remove(0);
    }
    pieces.reverse();
    format!("{{{}}}", pieces.join(", "))
}

/// Breaks a statement at spaces so that no line, once indented by two, is longer than [`LINE`].
pub(super) fn wrap(statement: &str) -> Vec<String> {
    wrap_within(statement, LINE - 2)
}

/// Breaks a statement at spaces so that no line is longer than `columns`, where words allow it.
pub(in crate::rtl) fn wrap_within(statement: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in statement.split(' ') {
        let line = lines.last_mut().expect("there is a first line");
        if !line.is_empty() && line.len() + 1 + word.len() > columns {
            lines.push(format!("    {word}"));
        } else {
            let separator = if line.is_empty() { "" } else { " " };
            write!(line, "{separator}{word}").expect("writing to a string");
        }
    }
    lines
}

pub(super) fn describe(role: Role) -> &'static str {
    match role {
        Role::Feedback => "accumulated words, dropped in the first beat of a tile",
        Role::Encoder => "digit select lines",
        Role::PartialProduct => "partial products",
        Role::Compressor => "compressors",
        Role::Adder => "carry-propagate adder",
    }
}

pub(super) fn label(role: Role, kind: Kind) -> &'static str {
    match (role, kind) {
        (Role::Feedback, _) => "kept",
        (Role::Encoder, _) => "digit",
        (Role::PartialProduct, _) => "pp",
        (Role::Compressor, Kind::Not) => "inv",
        (Role::Compressor, Kind::FullAdder) => "fa",
        (Role::Compressor, Kind::HalfAdder) => "ha",
        (Role::Compressor, Kind::HalfAdderPlusOne) => "hp",
        (Role::Compressor, Kind::Majority | Kind::And | Kind::Or) => "carry",
        (Role::Compressor, _) => "sum",
        (Role::Adder, Kind::HalfAdder | Kind::HalfAdderPlusOne) => "pg",
        (Role::Adder, Kind::OrAnd | Kind::Or) => "g",
        (Role::Adder, Kind::And) => "p",
        (Role::Adder, Kind::Not) => "inv",
        (Role::Adder, _) => "sum",
    }
}

/// Suffixes of the two outputs of an adder cell.
pub(super) fn suffixes(role: Role) -> (&'static str, &'static str) {
    if role == Role::Adder { ("p", "g") } else { ("s", "c") }
}
