//! The syntax of Liberty files: groups of attributes and groups.
//!
//! Every library writes it a little differently: semicolons are missing at the ends of lines,
//! strings go on over lines, values are bare expressions. The reader takes all of that. Groups of
//! tables, which are most of a file and of no interest here, are skipped.

/// A group: `name (arguments) { ... }`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// Kind of the group, such as `cell`.
    pub kind: String,
    /// Arguments; a cell's name is the first.
    pub arguments: Vec<String>,
    /// Attributes in their order: `name : value;` has one value, `name (values);` any number.
    pub attributes: Vec<(String, Vec<String>)>,
    /// Groups within.
    pub groups: Vec<Group>,
}

impl Group {
    /// The first argument: the name of a library, a cell or a pin.
    #[must_use]
    pub fn name(&self) -> &str {
        self.arguments.first().map_or("", String::as_str)
    }

    /// The first value of an attribute.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(known, _)| known == name)?;
        found.1.first().map(String::as_str)
    }

    /// A numeric attribute.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<f64> {
        self.attribute(name)?.trim().parse().ok().filter(|number: &f64| number.is_finite())
    }

    /// Groups of one kind.
    pub fn groups<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Group> {
        self.groups.iter().filter(move |group| group.kind == kind)
    }
}

/// What is wrong with a file, and in which line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Line, from 1.
    pub line: usize,
    /// What was found or missed there.
    pub message: String,
}

/// Groups that only hold tables.
const SKIPPED: &[&str] = &[
    "timing",
    "lu_table_template",
    "power_lut_template",
    "operating_conditions",
    "wire_load",
    "wire_load_table",
    "normalized_driver_waveform",
    "receiver_capacitance",
    "ccsn_first_stage",
    "ccsn_last_stage",
];

/// Deepest nesting of groups; libraries have five levels or so.
const DEEPEST: usize = 64;

/// Reads a file: one group, the library.
///
/// # Errors
/// [`SyntaxError`] at the first thing that is not Liberty.
pub fn parse(text: &str) -> Result<Group, SyntaxError> {
    let mut reader = Reader { bytes: text.as_bytes(), at: 0 };
    reader.space();
    let library = reader.statement(0)?;
    match library {
        Some(Statement::Group(group)) if group.kind == "library" => Ok(group),
        _ => Err(SyntaxError { line: 1, message: "expected `library (NAME) {`".to_owned() }),
    }
}

enum Statement {
    Attribute(String, Vec<String>),
    Group(Group),
    Skipped,
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn error<T>(&self, message: impl Into<String>) -> Result<T, SyntaxError> {
        let before = &self.bytes[..self.at.min(self.bytes.len())];
        let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count();
        Err(SyntaxError { line, message: message.into() })
    }

    /// Skips blanks, comments, continued lines and stray semicolons.
    fn space(&mut self) {
        loop {
            let rest = &self.bytes[self.at.min(self.bytes.len())..];
            match rest {
                [b'/', b'*', ..] => {
                    let end = rest.windows(2).skip(2).position(|pair| pair == b"*/");
                    self.at += end.map_or(rest.len(), |end| end + 4);
                }
                [b'/', b'/', ..] => {
                    self.at += rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len());
                }
                [b' ' | b'\t' | b'\r' | b'\n' | b'\\' | b';', ..] => self.at += 1,
                _ => return,
            }
        }
    }

    fn text(&self, from: usize, to: usize) -> String {
        String::from_utf8_lossy(&self.bytes[from..to]).into_owned()
    }

    /// A string in quotes, with continued lines joined.
    fn quoted(&mut self) -> Result<String, SyntaxError> {
        let start = self.at + 1;
        match self.bytes[start..].iter().position(|&byte| byte == b'"') {
            Some(length) => {
                self.at = start + length + 1;
                Ok(self.text(start, start + length).replace("\\\n", " ").replace("\\\r\n", " "))
            }
            None => self.error("a string has no end"),
        }
    }

    fn word(&mut self, stop: impl Fn(u8) -> bool) -> String {
        let start = self.at;
        while self.peek().is_some_and(|byte| !stop(byte)) {
            self.at += 1;
        }
        self.text(start, self.at).trim().to_owned()
    }

    /// One attribute or group; nothing at the end of a group or of the file.
    fn statement(&mut self, depth: usize) -> Result<Option<Statement>, SyntaxError> {
        self.space();
        if matches!(self.peek(), None | Some(b'}')) {
            return Ok(None);
        }
        let name = self.word(|byte| !(byte.is_ascii_alphanumeric() || b"_.-[]".contains(&byte)));
        if name.is_empty() {
            let found = self.peek().map_or(' ', char::from);
            return self.error(format!("expected a name, found `{}`", found.escape_default()));
        }
        self.space();
        match self.peek() {
            Some(b':') => {
                self.at += 1;
                while matches!(self.peek(), Some(b' ' | b'\t')) {
                    self.at += 1;
                }
                let value = match self.peek() {
                    Some(b'"') => self.quoted()?,
                    _ => self.word(|byte| matches!(byte, b';' | b'\n' | b'\r' | b'}')),
                };
                Ok(Some(Statement::Attribute(name, vec![value])))
            }
            Some(b'(') => {
                let values = self.arguments(&name)?;
                self.space_in_line();
                if self.peek() != Some(b'{') {
                    // The brace of a group may stand in the next line.
                    let back = self.at;
                    self.space();
                    if self.peek() != Some(b'{') {
                        self.at = back;
                        return Ok(Some(Statement::Attribute(name, values)));
                    }
                }
                self.at += 1;
                if SKIPPED.contains(&name.as_str()) {
                    self.skip(&name)?;
                    return Ok(Some(Statement::Skipped));
                }
                self.group(name, values, depth).map(|group| Some(Statement::Group(group)))
            }
            _ => self.error(format!("expected `:` or `(` after `{name}`")),
        }
    }

    fn space_in_line(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.at += 1;
        }
    }

    fn arguments(&mut self, name: &str) -> Result<Vec<String>, SyntaxError> {
        self.at += 1;
        let mut values = Vec::new();
        loop {
            self.space();
            match self.peek() {
                None => return self.error(format!("the arguments of `{name}` have no end")),
                Some(b')') => {
                    self.at += 1;
                    return Ok(values);
                }
                Some(b',') => self.at += 1,
                Some(b'"') => values.push(self.quoted()?),
                Some(_) => {
                    let word = self.word(|byte| matches!(byte, b',' | b')' | b'\n' | b'{' | b'"'));
                    if word.is_empty() {
                        return self.error(format!("the arguments of `{name}` have no end"));
                    }
                    values.push(word);
                }
            }
        }
    }

    /// The content of a group, after its opening brace.
    fn group(
        &mut self,
        kind: String,
        arguments: Vec<String>,
        depth: usize,
    ) -> Result<Group, SyntaxError> {
        if depth > DEEPEST {
            return self.error("groups are nested too deep");
        }
        let mut group = Group { kind, arguments, ..Group::default() };
        while let Some(statement) = self.statement(depth + 1)? {
            match statement {
                Statement::Attribute(name, values) => group.attributes.push((name, values)),
                Statement::Group(inner) => group.groups.push(inner),
                Statement::Skipped => {}
            }
        }
        if self.peek() != Some(b'}') {
            let name = group.arguments.join(", ");
            return self.error(format!("the file ends within `{} ({name})`", group.kind));
        }
        self.at += 1;
        Ok(group)
    }

    /// Jumps behind the brace that closes a group.
    fn skip(&mut self, kind: &str) -> Result<(), SyntaxError> {
        let mut depth = 1usize;
        while depth > 0 {
            match self.peek() {
                None => return self.error(format!("the file ends within `{kind}`")),
                Some(b'{') => depth += 1,
                Some(b'}') => depth -= 1,
                Some(b'"') => {
                    self.quoted()?;
                    continue;
                }
                Some(_) => {}
            }
            self.at += 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = r#"
/* A comment { with braces } */
library (tiny) {
  time_unit : "1ns"
  capacitive_load_unit (1,pf);
  define_cell_area (bond_pads,pad_slots)
  cell (NAND) { area : 2.5; // to the end of the line
    pin(A) { direction : input; capacitance : 0.01 }
    pin(Y) { direction : output
      function : "(!(A B))";
      timing() { related_pin : "A"; values ("1, 2", \
        "3, 4") ; }
    }
  }
}
"#;

    #[test]
    fn a_library_is_read_whatever_its_style() {
        let library = parse(SAMPLE).unwrap();
        assert_eq!(library.name(), "tiny");
        assert_eq!(library.attribute("time_unit"), Some("1ns"));
        assert_eq!(library.attributes[1].1, ["1", "pf"]);
        let cell = library.groups("cell").next().unwrap();
        assert_eq!((cell.name(), cell.number("area")), ("NAND", Some(2.5)));
        let pins: Vec<&str> = cell.groups("pin").map(Group::name).collect();
        assert_eq!(pins, ["A", "Y"]);
        assert_eq!(cell.groups[1].attribute("function"), Some("(!(A B))"));
        assert!(cell.groups[1].groups.is_empty(), "timing is skipped");
    }

    #[test]
    fn broken_files_name_the_line() {
        let error = |text: &str| parse(text).unwrap_err();
        assert_eq!(error("").line, 1);
        assert_eq!(error("module x; endmodule").line, 1);
        let cut = &SAMPLE[..SAMPLE.find("timing").unwrap()];
        assert!(error(cut).message.contains("the file ends within `pin (Y)`"), "{:?}", error(cut));
        let odd = SAMPLE.replace("area : 2.5;", "= 2.5;");
        assert_eq!(error(&odd).line, 7);
        assert!(error("library (x) { a : \"open").message.contains("no end"));
        // Nothing that is cut off anywhere makes it panic.
        for end in 0..SAMPLE.len() {
            let _ = parse(&SAMPLE[..end]);
        }
    }
}
