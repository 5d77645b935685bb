//! One line of the emitted Verilog replaced.

use bitweight::rtl::Module;

/// File names and texts.
pub type Files = [(String, String)];

/// What is replaced by what in a line of code.
pub const RULES: &[(&str, &str)] = &[
    (" & ", " | "),
    (" | ", " & "),
    (" ^ ", " | "),
    ("~", ""),
    ("1'b0", "1'b1"),
    ("1'b1", "1'b0"),
    (" + 1)", ")"),
    (" + 1;", ";"),
    (" = 1;", " = 2;"),
    ("_d;", "_q;"),
    ("[0]", "[1]"),
];

/// Rules for control: enables, comparisons and differences beside those of arrays.
pub const CONTROL_RULES: &[(&str, &str)] = &[
    ("if (run", "if (1'b1 | run"),
    (" & ", " | "),
    (" == ", " != "),
    (" | ", " & "),
    ("~", ""),
    (" - ", " + "),
    (" ^ ", " | "),
    ("1'b0", "1'b1"),
    (" != ", " == "),
    ("1'b1", "1'b0"),
    (" < ", " <= "),
    (" >= ", " > "),
    ("if (taken", "if (1'b1 | taken"),
    ("if (advance", "if (1'b1 | advance"),
    ("if (go", "if (1'b1 | go"),
    ("[0]", "[1]"),
];

/// The files of a design with one line replaced.
pub struct Mutant {
    pub files: Vec<(String, String)>,
    /// The line that was put in.
    pub line: String,
    /// File, line and both texts.
    pub what: String,
}

/// Files of modules.
pub fn texts(modules: Vec<Module>) -> Vec<(String, String)> {
    modules.into_iter().map(|module| (module.file(), module.text)).collect()
}

/// For each of the files whose names end like this, and every rule, one line that the rule applies
/// to; at most `most` of a file. `live` says whether a generate block is elaborated.
pub fn mutants(
    name: &str,
    files: &Files,
    endings: &[&str],
    rules: &[(&str, &str)],
    most: usize,
    live: &dyn Fn(&str) -> bool,
) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for (file, (file_name, text)) in files.iter().enumerate() {
        let ending = file_name.strip_suffix(".v").and_then(|stem| stem.strip_prefix(name));
        if !ending.is_some_and(|ending| endings.contains(&ending)) {
            continue;
        }
        let all: Vec<&str> = text.lines().collect();
        // Properties are no part of the design.
        let end = all.iter().position(|line| line.starts_with("`ifdef")).unwrap_or(all.len());
        let lines: Vec<usize> = (0..end).filter(|line| is_live(&all[..=*line], live)).collect();
        let mut found = 0;
        for turn in 0..rules.len() {
            // With a limit files begin with different rules.
            let number = if most < rules.len() { (turn + file) % rules.len() } else { turn };
            let (needle, replacement) = rules[number];
            let applies =
                |line: &usize| all[*line].contains(needle) && !is_carry(needle, all[*line]);
            let places: Vec<usize> = lines.iter().copied().filter(applies).collect();
            // Not always the first one, but always the same.
            let Some(&line) = places.get((7 * number + file) % places.len().max(1)) else {
                continue;
            };
            if found == most {
                break;
            }
            found += 1;
            mutants.push(mutant(files, file, line, all[line].replacen(needle, replacement, 1)));
        }
    }
    mutants
}

/// A mutant by what is replaced: the first line of the file that has this text.
pub fn chosen(files: &Files, name: &str, old: &str, new: &str) -> Mutant {
    let file = files.iter().position(|(found, _)| found == name);
    let file = file.unwrap_or_else(|| panic!("there is no {name}"));
    let line = files[file].1.lines().position(|line| line.contains(old));
    let line = line.unwrap_or_else(|| panic!("no `{old}` in {name}"));
    let text = files[file].1.lines().nth(line).unwrap_or_default().replacen(old, new, 1);
    mutant(files, file, line, text)
}

fn mutant(files: &Files, file: usize, line: usize, replacement: String) -> Mutant {
    let mut files = files.to_vec();
    let (name, text) = &mut files[file];
    let mut lines: Vec<&str> = text.lines().collect();
    let what = format!(
        "{name}:{}: `{}` instead of `{}`",
        line + 1,
        replacement.trim(),
        lines[line].trim()
    );
    lines[line] = &replacement;
    *text = lines.join("\n") + "\n";
    Mutant { files, line: replacement, what }
}

/// Whether the rule would put `|` for `^` into the carry of a full adder, (a & b) | (c & (a ^ b)):
/// where both are one the first term is one already.
fn is_carry(needle: &str, line: &str) -> bool {
    needle == " ^ " && line.contains("_c = (") && line.contains(") | (")
}

/// Whether the last of these lines is code that has an effect on the design.
fn is_live(lines: &[&str], live: &dyn Fn(&str) -> bool) -> bool {
    let depth = |line: &str| line.len() - line.trim_start().len();
    let (line, before) = lines.split_last().expect("at least the line itself");
    let code = line.trim_start();
    // A loop that does not count is not a fault that hardware can have; a declaration is code
    // only where it has a value.
    let inert = code.starts_with("//") || line.contains("unused") || code.starts_with("for (");
    // Guards and the numbers of transfers speak of parameters: what overrides them is tried by
    // the test of the tops.
    let guards =
        code.contains("gen_check") || code.starts_with("localparam ") && code.contains("Transfers");
    let words = ["reg ", "wire ", "input ", "output ", "parameter ", "localparam "];
    let declares = words.iter().any(|word| code.starts_with(word)) && !code.contains(" = ");
    let blocks = before.iter().rev().scan(depth(line), |inner, outer| {
        let encloses = depth(outer) < *inner && !outer.is_empty();
        *inner = if encloses { depth(outer) } else { *inner };
        Some(outer.split_once("begin : ").filter(|_| encloses).map(|(_, label)| label))
    });
    !inert && !guards && !declares && blocks.flatten().all(live)
}

/// Complains of a mutant that survives, or that no tool takes.
pub fn check(
    mutant: &Mutant,
    survives: impl Fn(&Files) -> Result<bool, String>,
) -> Result<(), String> {
    match survives(&mutant.files) {
        Ok(false) => Ok(()),
        Ok(true) => Err(format!("survived: {}", mutant.what)),
        Err(error) => Err(format!("does not build: {}\n{error}", mutant.what)),
    }
}
