//! The reader: characters become statements.

use super::{Group, SyntaxError};

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

pub(super) enum Statement {
    Attribute(String, Vec<String>),
    Group(Group),
    Skipped,
}

pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// Reads this text, from its first statement on.
    pub fn new(text: &'a str) -> Self {
        let mut reader = Self { bytes: text.as_bytes(), at: 0 };
        reader.space();
        reader
    }

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
    pub fn statement(&mut self, depth: usize) -> Result<Option<Statement>, SyntaxError> {
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
            // Braces in comments do not count.
            self.space();
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
