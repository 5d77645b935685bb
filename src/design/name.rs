//! Names of designs: they become Verilog identifiers and file names.

use super::Invalid;

/// Longest name: the longest suffix and instance name still fit a line of 100 columns beside it.
const MAX_LENGTH: usize = 48;

/// Words that Verilog-2005, SystemVerilog or VHDL reserve and that a design could plausibly be
/// called.
const RESERVED: &[&str] = &[
    "always",
    "and",
    "array",
    "assign",
    "automatic",
    "begin",
    "bind",
    "bit",
    "block",
    "buf",
    "buffer",
    "case",
    "cell",
    "class",
    "component",
    "config",
    "cover",
    "deassign",
    "default",
    "design",
    "disable",
    "do",
    "edge",
    "else",
    "end",
    "entity",
    "enum",
    "event",
    "export",
    "file",
    "final",
    "for",
    "force",
    "fork",
    "function",
    "generate",
    "global",
    "if",
    "import",
    "in",
    "initial",
    "inout",
    "input",
    "inside",
    "instance",
    "integer",
    "interface",
    "join",
    "label",
    "library",
    "local",
    "logic",
    "loop",
    "macromodule",
    "map",
    "matches",
    "module",
    "nand",
    "new",
    "nor",
    "not",
    "null",
    "on",
    "or",
    "out",
    "output",
    "package",
    "parameter",
    "port",
    "primitive",
    "priority",
    "process",
    "product",
    "program",
    "property",
    "pure",
    "real",
    "record",
    "ref",
    "reg",
    "register",
    "release",
    "repeat",
    "report",
    "return",
    "select",
    "sequence",
    "shared",
    "signal",
    "signed",
    "static",
    "string",
    "strong",
    "struct",
    "super",
    "supply0",
    "supply1",
    "table",
    "tag",
    "task",
    "then",
    "this",
    "time",
    "to",
    "tri",
    "type",
    "union",
    "unique",
    "unit",
    "unsigned",
    "until",
    "use",
    "var",
    "variable",
    "virtual",
    "void",
    "wait",
    "wand",
    "weak",
    "when",
    "while",
    "wire",
    "with",
    "within",
    "wor",
    "xnor",
    "xor",
];

/// Checks that `name` can name a Verilog module and a file.
///
/// # Errors
/// [`Invalid`] at `name`.
pub fn check(name: &str) -> Result<(), Invalid> {
    let explain = |message: String, help: String| Err(Invalid::new("name", message, help));
    let invalid = |message: String| {
        let help = "start with a lower-case letter and go on with lower-case letters, digits and \
                    single underscores, such as `my_array_4x4`";
        explain(message, help.to_owned())
    };
    if name.is_empty() {
        return invalid("the name is empty".to_owned());
    }
    if name.len() > MAX_LENGTH {
        let message =
            format!("the name has {} characters, at most {MAX_LENGTH} are allowed", name.len());
        return explain(message, "all modules and files start with it; shorten it".to_owned());
    }
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if let Some(character) = name.chars().find(|&c| !allowed(c)) {
        return invalid(format!("the name `{name}` contains `{}`", character.escape_default()));
    }
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        return invalid(format!("the name `{name}` does not start with a letter"));
    }
    if name.contains("__") || name.ends_with('_') {
        return invalid(format!("the name `{name}` has an underscore too many"));
    }
    if RESERVED.contains(&name) {
        let message = format!("`{name}` is a reserved word of a hardware description language");
        return explain(message, format!("choose another name, such as `my_{name}`"));
    }
    Ok(())
}
