//! Machine-readable answers: one object with a format version and the version of the tool.

use std::io::{self, Write};

use serde_json::{Map, Value};

use crate::design::FORMAT_VERSION;

/// Prints `value`, an object, with the keys that every answer has.
pub(super) fn print_json(value: &Value) -> io::Result<()> {
    let mut object = Map::new();
    object.insert("format_version".to_owned(), FORMAT_VERSION.into());
    object.insert("bitweight".to_owned(), env!("CARGO_PKG_VERSION").into());
    if let Value::Object(entries) = value {
        object.extend(entries.clone());
    }
    let text = serde_json::to_string_pretty(&object).map_err(io::Error::other)?;
    print_text(&(text + "\n"))
}

/// Prints text; a reader that has gone away, such as `head`, is no error.
pub(super) fn print_text(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// A count with its unit prefix: 12.3 M.
pub(super) fn scaled(value: f64) -> String {
    let steps = [(1e9, " G"), (1e6, " M"), (1e3, " k")];
    match steps.iter().find(|(factor, _)| value >= *factor) {
        Some((factor, prefix)) => format!("{:.2}{prefix}", value / factor),
        None => format!("{value:.0} "),
    }
}
