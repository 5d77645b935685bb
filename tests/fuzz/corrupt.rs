//! Texts with faults that people and programs make.

use super::random::{Random, STRANGE};

/// A text with one to three faults.
pub fn corrupt(random: &mut Random, text: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..1 + random.below(3) {
        text = fault(random, &text);
    }
    text
}

/// A byte of the text at which a character begins, or its end.
fn place(random: &mut Random, text: &str) -> usize {
    let places: Vec<usize> = text.char_indices().map(|(place, _)| place).collect();
    places.get(random.below(places.len() + 1)).copied().unwrap_or(text.len())
}

fn fault(random: &mut Random, text: &str) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if lines.is_empty() {
        return STRANGE[random.below(STRANGE.len())].to_owned();
    }
    let line = random.below(lines.len());
    let other = random.below(lines.len());
    match random.below(14) {
        // A line is lost, doubled, moved, indented otherwise, or ends early.
        0 => drop(lines.remove(line)),
        1 => lines.insert(line, lines[line].clone()),
        2 => lines.swap(line, other),
        3 => {
            let indent = *random.choose(&[" ", "  ", "\t", "    "]);
            lines[line].insert_str(0, indent);
        }
        4 => {
            let end = place(random, &lines[line]);
            lines[line].truncate(end);
        }
        // A value is another one.
        5 | 6 => lines[line] = other_value(random, &lines[line]),
        7 => {
            if let Some((key, _)) = lines[line].clone().split_once(':') {
                lines[line] = format!("{key}: {}", random.choose(STRANGE));
            }
        }
        // A key is another one.
        8 => {
            if let Some((_, value)) = lines[line].clone().split_once(':') {
                let keys = ["name", "array", "layer", "block", "<<", "é", "width", "''", "? a"];
                lines[line] = format!("{}:{value}", random.choose(&keys));
            }
        }
        // Anchors, documents, comments and what looks like them.
        9 => {
            let marks = [
                " &a",
                " *a",
                "&a ",
                "---",
                "...",
                "%YAML 1.1",
                "<<: *a",
                "!!map",
                "# ",
                "- ",
                "? ",
            ];
            let at = place(random, &lines[line]);
            let mark = *random.choose(&marks);
            lines[line].insert_str(at, mark);
        }
        // Characters come in, go, or all lines end as elsewhere.
        10 => {
            let marks = [
                "\u{feff}",
                "é",
                "\u{0}",
                "\u{7}",
                "\u{1b}[31m",
                "\u{2028}",
                "🦀",
                "\u{202e}",
                "'",
                "\"",
                "{",
                "}",
                "[",
                "]",
                ":",
                ",",
                "\\",
                "|",
                ">",
                "@",
                "`",
                "%",
            ];
            let at = place(random, &lines[line]);
            let mark = *random.choose(&marks);
            lines[line].insert_str(at, mark);
        }
        11 => {
            let (one, other) = (place(random, text), place(random, text));
            let (start, end) = (one.min(other), one.max(other).min(one.min(other) + 20));
            let end = (end..=text.len()).find(|end| text.is_char_boundary(*end)).unwrap();
            return text[..start].to_owned() + &text[end..];
        }
        12 => {
            let end = *random.choose(&["\r\n", "\r", "\n\n", " "]);
            return text.replace('\n', end);
        }
        _ => {
            let end = place(random, text);
            return text[..end].to_owned();
        }
    }
    lines.join("\n") + "\n"
}

/// The line with one of its numbers replaced.
fn other_value(random: &mut Random, line: &str) -> String {
    let digit = |index: &usize| line.as_bytes()[*index].is_ascii_digit();
    let digits: Vec<usize> = (0..line.len()).filter(digit).collect();
    let Some(&start) = digits.get(random.below(digits.len().max(1))) else {
        return line.to_owned();
    };
    let end = (start..line.len()).find(|index| !digit(index)).unwrap_or(line.len());
    format!("{}{}{}", &line[..start], random.choose(STRANGE), &line[end..])
}
