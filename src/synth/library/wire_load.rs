//! The wire load of a library: an estimate of what wires add to a net, by its number of readers.
//!
//! OpenSTA and ABC apply `default_wire_load` and `default_wire_load_selection` without being asked
//! to. Which of several estimates a library calls its default decides by several per cent, so they
//! are taken out of the copy that the tools read, unless they are asked for.

use std::fmt::Write as _;

use crate::synth::liberty::Group;

/// Whether wires count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WireLoad {
    /// Wires weigh nothing, whatever the library says.
    #[default]
    None,
    /// The library's own default, if it has one.
    Library,
}

impl WireLoad {
    /// Name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Library => "library",
        }
    }

    /// What is said of it in reports: `none`, or `library` with the attributes that are applied.
    #[must_use]
    pub fn words(self, library: &Group) -> String {
        if self == Self::None {
            return self.name().to_owned();
        }
        let mut found = Vec::new();
        for name in APPLIED {
            found.extend(library.attribute(name).map(|value| format!("{name} {value}")));
        }
        match found.is_empty() {
            true => "library, which names none".to_owned(),
            false => format!("library, {}", found.join(", ")),
        }
    }
}

/// Attributes by which a library has one of its estimates applied.
const APPLIED: [&str; 3] =
    ["default_wire_load", "default_wire_load_selection", "default_wire_load_mode"];

/// How names of statements about wires begin: `default_wire_load`, `default_wire_load_capacitance`,
/// `wire_load`, `wire_load_selection`, `wire_load_table` and the like.
const STEMS: [&str; 2] = ["default_wire_load", "wire_load"];

/// A library without its statements about wires. Lines keep their numbers.
#[must_use]
pub fn without(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut kept = String::with_capacity(text.len());
    let (mut at, mut depth, mut from) = (0usize, 0usize, 0usize);
    while at < bytes.len() {
        let word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        match bytes[at] {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b'"' | b'/' => {
                at = behind_text(bytes, at);
                continue;
            }
            byte if word(&byte) => {
                let end = bytes[at..].iter().position(|b| !word(b)).map_or(bytes.len(), |n| at + n);
                // Statements of the library itself; words within values are passed with them.
                if depth == 1 && STEMS.iter().any(|stem| text[at..end].starts_with(stem)) {
                    kept.push_str(&text[from..at]);
                    let last = end_of_statement(bytes, end);
                    let lines = bytes[at..last].iter().filter(|&&byte| byte == b'\n').count();
                    let _ = write!(kept, "{}", "\n".repeat(lines));
                    (at, from) = (last, last);
                } else {
                    at = if depth == 1 { behind_value(bytes, end) } else { end };
                }
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    kept.push_str(&text[from..]);
    kept
}

/// The place behind a string or a comment that begins at `at`, or behind a lone slash.
fn behind_text(bytes: &[u8], at: usize) -> usize {
    let behind = |pattern: &[u8], skip: usize| {
        let rest = bytes.get(at + skip..).unwrap_or_default();
        let found = rest.windows(pattern.len()).position(|window| window == pattern);
        found.map_or(bytes.len(), |found| at + skip + found + pattern.len())
    };
    match bytes[at..] {
        [b'"', ..] => behind(b"\"", 1),
        [b'/', b'*', ..] => behind(b"*/", 2),
        [b'/', b'/', ..] => behind(b"\n", 2),
        _ => at + 1,
    }
}

/// The place of the next byte that is no blank and no comment; `lines` passes ends of lines too.
fn behind_blanks(bytes: &[u8], mut at: usize, lines: bool) -> usize {
    loop {
        match bytes.get(at..).unwrap_or_default() {
            [b' ' | b'\t' | b'\r' | b'\\', ..] => at += 1,
            [b'\n', ..] if lines => at += 1,
            [b'/', b'*', ..] => at = behind_text(bytes, at),
            [b'/', b'/', ..] if lines => at = behind_text(bytes, at),
            _ => return at,
        }
    }
}

/// The place behind the value of a simple attribute, `: value`; `at` itself where there is none.
/// The semicolon at its end may be missing: then the line's end is the value's.
fn behind_value(bytes: &[u8], at: usize) -> usize {
    let colon = behind_blanks(bytes, at, true);
    if bytes.get(colon) != Some(&b':') {
        return at;
    }
    let value = behind_blanks(bytes, colon + 1, false);
    match bytes.get(value) {
        Some(b'"') => behind_text(bytes, value),
        _ => {
            let rest = bytes.get(value..).unwrap_or_default();
            let end = rest.iter().position(|byte| matches!(byte, b';' | b'\n' | b'}'));
            value + end.unwrap_or(rest.len())
        }
    }
}

/// The place behind a statement whose name ends at `at`: an attribute, simple or complex, with its
/// semicolon, or a group with all that is in it.
fn end_of_statement(bytes: &[u8], at: usize) -> usize {
    let semicolon = |at: usize| match behind_blanks(bytes, at, false) {
        end if bytes.get(end) == Some(&b';') => end + 1,
        _ => at,
    };
    let mut here = behind_blanks(bytes, at, true);
    match bytes.get(here) {
        Some(b':') => semicolon(behind_value(bytes, at)),
        Some(b'(') => {
            here = behind_pair(bytes, here, *b"()");
            let brace = behind_blanks(bytes, here, true);
            match bytes.get(brace) {
                Some(b'{') => behind_pair(bytes, brace, *b"{}"),
                _ => semicolon(here),
            }
        }
        _ => at,
    }
}

/// The place behind the bracket that closes the one at `at`.
fn behind_pair(bytes: &[u8], mut at: usize, [open, close]: [u8; 2]) -> usize {
    let mut depth = 0usize;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' | b'/' => {
                at = behind_text(bytes, at);
                continue;
            }
            byte if byte == open => depth += 1,
            byte if byte == close => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
        if depth == 0 {
            break;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synth::liberty;

    const WIRES: &str = "library (tiny) {
  /* default_wire_load : \"in a comment\"; */ time_unit : \"1ns\";
  wire_load(\"5K;\") { capacitance : 1.774000e-03;
    /* } */ fanout_length( 1, 1.4 ); }
  wire_load_selection (\"by_area\")
  {
    wire_load_from_area (0, 635, small);
  }
  default_wire_load_mode : top
  default_wire_load:\"5K;\";default_wire_load_selection : by_area ;
  default_wire_load_capacitance : 0.3; default_wire_load_resistance : 1.0;
  comment : default_wire_load; note : \"wire_load (x);\";
  cell (NAND) { area : 2; wire_load : kept; }
}
";

    #[test]
    fn statements_about_wires_are_taken_out() {
        let text = without(WIRES);
        assert_eq!(text.lines().count(), WIRES.lines().count());
        let before = liberty::parse(WIRES).unwrap();
        let after = liberty::parse(&text).unwrap();
        assert!(!after.attributes.iter().any(|(name, _)| name.starts_with("default_wire")));
        for name in ["time_unit", "comment", "note"] {
            assert_eq!(before.attribute(name), after.attribute(name), "{name}");
        }
        assert_eq!(after.groups, before.groups("cell").cloned().collect::<Vec<_>>());
        assert!(
            !text.contains("5K") && !text.contains("by_area") && !text.contains("635"),
            "{text}"
        );
        assert_eq!(without(&text), text, "what is out is out");
        let words = WireLoad::Library.words(&before);
        assert!(words.contains("default_wire_load 5K;") && words.contains("mode top"), "{words}");
        assert_eq!(WireLoad::None.words(&before), "none");
        assert!(WireLoad::Library.words(&after).contains("names none"));
    }

    /// Nothing that is cut off anywhere makes it panic, and what has no wires stays as it is.
    #[test]
    fn broken_files_are_left_to_the_reader() {
        for end in 0..WIRES.len() {
            let _ = without(&WIRES[..end]);
        }
        let plain = "library (x) { a : b\n c (1, \"2\"); cell (d) { pin (e) { f : \"!g\"; } } }\n";
        assert_eq!(without(plain), plain);
        assert_eq!(without("\u{e9} \" / default_wire_load"), "\u{e9} \" / default_wire_load");
    }
}
