//! Reads the declarations of Verilog-2005 as they are emitted: names that are declared twice, and
//! names that are used before they are declared.

use std::collections::HashMap;

/// Words that are no names.
const KEYWORDS: &[&str] = &[
    "always",
    "assign",
    "begin",
    "case",
    "casez",
    "default",
    "else",
    "end",
    "endcase",
    "endfunction",
    "endgenerate",
    "endmodule",
    "endtask",
    "for",
    "forever",
    "function",
    "generate",
    "genvar",
    "if",
    "initial",
    "inout",
    "input",
    "integer",
    "localparam",
    "module",
    "negedge",
    "or",
    "output",
    "parameter",
    "posedge",
    "real",
    "reg",
    "repeat",
    "signed",
    "task",
    "time",
    "while",
    "wire",
];

/// Words that start a declaration.
const KINDS: &[&str] =
    &["input", "output", "inout", "wire", "reg", "integer", "genvar", "parameter", "localparam"];

/// A word or a sign, with its line.
struct Token<'a> {
    text: &'a str,
    line: usize,
}

/// Words and signs without comments, strings, directives and based literals.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut list = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.split("//").next().unwrap_or_default();
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next() {
            let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '$');
            let length = match first {
                '`' => rest.len(),
                '"' => rest[1..].find('"').map_or(rest.len(), |end| end + 2),
                '\'' => 1 + rest[1..].find(|c: char| !is_word(c)).unwrap_or(rest.len() - 1),
                '$' => 1 + rest[1..].find(|c: char| !is_word(c)).unwrap_or(rest.len() - 1),
                _ if is_word(first) => rest.find(|c: char| !is_word(c)).unwrap_or(rest.len()),
                _ => first.len_utf8(),
            };
            let (token, after) = rest.split_at(length);
            if !matches!(first, '`' | '"' | '\'' | '$') && !first.is_ascii_digit() {
                list.push(Token { text: token, line: index + 1 });
            }
            rest = after.trim_start();
        }
    }
    list
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && !KEYWORDS.contains(&text)
}

/// A name within the scope that declares it.
#[derive(Default)]
struct Scope<'a> {
    declared: HashMap<&'a str, usize>,
    used: HashMap<&'a str, usize>,
}

/// What is wrong with the declarations of a file: a sentence for each.
pub fn complaints(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut scopes: Vec<Scope<'_>> = Vec::new();
    let list = tokens(text);
    let at = |index: usize| list.get(index).map_or("", |token| token.text);
    // Whether a declaration goes on, the brackets that are open now and where it started, and whether
    // the next name is declared.
    let (mut declares, mut open, mut base, mut next) = (false, 0_i32, 0_i32, false);
    let mut range = 0_i32;
    let mut index = 0;
    while index < list.len() {
        let Token { text: word, line } = list[index];
        index += 1;
        match word {
            "module" => {
                scopes.push(Scope::default());
                index += 1;
            }
            "begin" | "function" | "task" => {
                declares = false;
                // The label of a block belongs to the scope around it.
                if word == "begin" && at(index) == ":" {
                    declare(&mut scopes, at(index + 1), line, &mut found);
                    index += 2;
                }
                if word != "begin" {
                    while !is_name(at(index)) && index < list.len() {
                        index += 1;
                    }
                    declare(&mut scopes, at(index), line, &mut found);
                    index += 1;
                }
                scopes.push(Scope::default());
            }
            "end" | "endmodule" | "endfunction" | "endtask" => {
                close(&mut scopes);
                declares = false;
            }
            "(" | "{" => open += 1,
            "}" => open -= 1,
            "[" => range += 1,
            "]" => range -= 1,
            ")" => {
                // The end of a list of ports.
                open -= 1;
                declares &= open >= base;
            }
            ";" => (declares, open, range) = (false, 0, 0),
            "," if declares && open == base => next = true,
            "=" => next = false,
            _ if KINDS.contains(&word) => {
                (declares, base, next) = (true, open, true);
            }
            _ if !is_name(word) => {}
            // A port of an instance, a part of a path.
            _ if index >= 2 && at(index - 2) == "." => {}
            _ if declares && next && range == 0 => {
                declare(&mut scopes, word, line, &mut found);
                next = false;
            }
            _ => {
                // The names of a module and of its instance.
                let instance = is_name(at(index)) && at(index + 1) == "(" || at(index) == "#";
                let named = index >= 2 && is_name(at(index - 2)) && at(index) == "(";
                let named = named || index >= 2 && at(index - 2) == ")" && at(index) == "(";
                if !instance && !named && !scopes.iter().any(|s| s.declared.contains_key(word)) {
                    let scope = scopes.last_mut();
                    scope.map(|scope| scope.used.entry(word).or_insert(line));
                }
            }
        }
    }
    found
}

fn declare<'a>(scopes: &mut [Scope<'a>], name: &'a str, line: usize, found: &mut Vec<String>) {
    let Some(scope) = scopes.last_mut() else { return };
    if let Some(before) = scope.declared.insert(name, line) {
        found.push(format!("`{name}` is declared in line {line} and before, in line {before}"));
    }
    if let Some(used) = scope.used.get(name) {
        found.push(format!("`{name}` is used in line {used}, and declared in line {line}"));
    }
}

/// Leaves a scope; what it used without declaring it, it used from the scope around it.
fn close(scopes: &mut Vec<Scope<'_>>) {
    let Some(inner) = scopes.pop() else { return };
    if let Some(outer) = scopes.last_mut() {
        for (name, line) in inner.used {
            outer.used.entry(name).or_insert(line);
        }
    }
}
