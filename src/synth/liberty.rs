//! The syntax of Liberty files: groups of attributes and groups.
//!
//! Every library writes it a little differently: semicolons are missing at the ends of lines,
//! strings go on over lines, values are bare expressions. The reader takes all of that. Groups of
//! tables, which are most of a file and of no interest here, are skipped.

mod reader;

use reader::{Reader, Statement};

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

/// Reads a file: one group, the library.
///
/// # Errors
/// [`SyntaxError`] at the first thing that is not Liberty.
pub fn parse(text: &str) -> Result<Group, SyntaxError> {
    let library = Reader::new(text).statement(0)?;
    match library {
        Some(Statement::Group(group)) if group.kind == "library" => Ok(group),
        _ => Err(SyntaxError { line: 1, message: "expected `library (NAME) {`".to_owned() }),
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
