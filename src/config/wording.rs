//! Words for what the YAML reader says.

use super::error::ConfigError;
use super::{Kind, missing, nearest};

/// Stands between a message and what to do, where one text has to carry both through the reader,
/// which escapes control characters.
const HELP: &str = "; help: ";

/// A message and what to do as one text, from which [`syntax_error`] makes an error.
pub(super) fn with_help(message: &str, help: &str) -> String {
    format!("{message}{HELP}{help}")
}

/// Where a user finds a design of this kind to start from.
fn complete(kind: Kind) -> String {
    format!("`bitweight show {}` prints a complete design", kind.example())
}

/// Names in lines, none longer than a terminal is wide.
fn list(names: &[&str]) -> String {
    let mut lines = vec![String::new()];
    for (index, name) in names.iter().enumerate() {
        let comma = if index + 1 < names.len() { ", " } else { "" };
        let line = lines.last_mut().expect("there is a first line");
        if line.len() + name.len() > 90 {
            line.truncate(line.trim_end().len());
            lines.push(format!("`{name}`{comma}"));
        } else {
            *line += &format!("`{name}`{comma}");
        }
    }
    lines.join("\n")
}

/// Words a key or a value that is not among those that are `known` at its place.
fn unknown(what: &str, name: &str, known: &[&'static str]) -> (String, Option<String>) {
    let near = nearest(name, known.iter().copied());
    let hint = near.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
    (format!("unknown {what} `{name}`"), Some(format!("{hint}known here: {}", list(known))))
}

/// Words a key that another kind of design has: none at a place other than the top.
fn key_of_another(kind: Kind, key: &str, known: &[&'static str]) -> Option<(String, String)> {
    let other = Kind::of_key(key).filter(|other| *other != kind && known.contains(&kind.key()))?;
    let remedy = match (kind, other) {
        (Kind::Array, _) => {
            "a matrix product with what follows it is `layer: {linear: {inputs: K, outputs: N}}`, whose \
             `epilogue` has thresholds, scales, residuals and the like"
        }
        (Kind::Layer, _) => {
            "a layer has `activations` and `weights` for formats, `folding` for its size, and \
             `epilogue` for what follows"
        }
        (Kind::Block, _) => "in a block it belongs to an entry of `layers`",
    };
    let help = format!(
        "{remedy}; `bitweight show {}` prints one",
        match kind {
            Kind::Array => Kind::Layer.example(),
            other => other.example(),
        }
    );
    Some((format!("`{key}` is not a key of {}, but of {}", kind.name(), other.name()), help))
}

/// Words an error of the YAML reader in a design of this kind.
pub(super) fn syntax_error(
    error: &serde_yaml::Error,
    (text, origin): (&str, &str),
    kind: Kind,
) -> ConfigError {
    use serde_yaml::Error as E;
    let (message, help) = match error {
        E::SerdeUnknownField { field, expected, .. } => match key_of_another(kind, field, expected)
        {
            Some((message, help)) => (message, Some(help)),
            None => unknown("key", field, expected),
        },
        E::SerdeUnknownVariant { variant, expected, .. } => unknown("value", variant, expected),
        E::SerdeMissingField { field, .. } => {
            let (message, help) = missing::explain(field, text);
            if let (&"folding", Some(at)) = (field, error.location()) {
                let place = |number: u64| usize::try_from(number.saturating_sub(1)).unwrap_or(0);
                let (line, column) = (place(at.line()), place(at.column()));
                let place = (missing::head(text, line, column), column);
                return ConfigError::at_key(origin, text, place, message, Some(help));
            }
            (message, Some(help))
        }
        E::DuplicateMappingKey { key, .. } => (
            match key {
                Some(key) => format!("the key `{key}` is given twice"),
                None => "a key is given twice".to_owned(),
            },
            Some("remove one of them".to_owned()),
        ),
        E::SerdeInvalidType { unexpected, expected, .. }
        | E::SerdeInvalidValue { unexpected, expected, .. } => (
            format!("expected {expected}, found {unexpected}"),
            Some(format!("write {expected}; {}", complete(kind))),
        ),
        E::InvalidScalar { ty, .. } => invalid_scalar(ty, at(text, error)),
        E::InvalidBooleanStrict { .. } => {
            ("this is not a truth value".to_owned(), Some("write `true` or `false`".to_owned()))
        }
        E::Unexpected { expected: "mapping start", .. } => (
            "this is not a map of keys and values".to_owned(),
            Some("write `key: value` lines, or `{key: value, ...}`".to_owned()),
        ),
        E::Unexpected { expected: "string scalar", .. } => (
            "this is not a single value".to_owned(),
            Some("write a number or a word after the key".to_owned()),
        ),
        E::Unexpected { expected: "sequence start", .. } => (
            "this is not a list".to_owned(),
            Some("write `- entry` lines, or `[entry, ...]`".to_owned()),
        ),
        E::TaggedEnumMismatch { tagged, .. } => (
            format!("`{tagged}` is a YAML tag, which configurations have none of"),
            Some("remove the `!` and the word behind it, or put the value in its place".to_owned()),
        ),
        E::UnexpectedValueForUnitEnumVariant { .. } => {
            ("this name takes no value".to_owned(), Some("remove what stands behind it".to_owned()))
        }
        E::ExternallyTaggedEnumExpectedScalarOrMapping { .. }
        | E::ExpectedStringKeyForExternallyTaggedEnum { .. } => (
            "this is neither a name nor a map with one key".to_owned(),
            Some(missing::choice(text, whole_line(text, error)).to_owned()),
        ),
        E::ExpectedMappingEndAfterEnumVariantValue { .. } => (
            "a choice has one key, and this is a second one".to_owned(),
            Some(
                "remove one of them, or indent this one like the key that it belongs to".to_owned(),
            ),
        ),
        E::Eof { .. }
            if text.lines().all(|line| line.trim().is_empty() || line.starts_with('#')) =>
        {
            ("the file is empty".to_owned(), Some(missing::complete(text).to_owned()))
        }
        E::MultipleDocuments { .. } => (
            "a second YAML document starts here".to_owned(),
            Some("a file describes one design; remove the `---` and what follows".to_owned()),
        ),
        other if plain_message(other).contains("non-finite") => (
            "this is not a number that counts".to_owned(),
            Some("write a whole number, such as 8".to_owned()),
        ),
        other if plain_message(other).contains("deserialize null") => (
            "a key is empty".to_owned(),
            Some("write a name in front of the `:`, or remove the line".to_owned()),
        ),
        other => {
            let text = plain_message(other);
            let (message, help) =
                text.split_once(HELP).unwrap_or_else(|| (&text, yaml_help(&text)));
            (message.to_owned(), Some(help.to_owned()))
        }
    };
    match error.location() {
        Some(location) => ConfigError::at(origin, text, location, message, help),
        None => ConfigError::new(origin, message, help),
    }
}

/// The whole line at which the YAML reader stopped.
fn whole_line<'a>(text: &'a str, error: &serde_yaml::Error) -> &'a str {
    let Some(location) = error.location() else { return "" };
    let line = usize::try_from(location.line().saturating_sub(1)).unwrap_or(0);
    text.lines().nth(line).unwrap_or("")
}

/// The rest of the line at which the YAML reader stopped.
fn at<'a>(text: &'a str, error: &serde_yaml::Error) -> &'a str {
    let Some(location) = error.location() else { return "" };
    let line = usize::try_from(location.line().saturating_sub(1)).unwrap_or(0);
    let column = usize::try_from(location.column().saturating_sub(1)).unwrap_or(0);
    let line = text.lines().nth(line).unwrap_or("");
    line.char_indices().nth(column).map_or("", |(start, _)| &line[start..])
}

/// Words a value that is not of type `name`, found at the beginning of `found`.
fn invalid_scalar(name: &str, found: &str) -> (String, Option<String>) {
    let word = found.split([' ', ',', '}', ']']).next().unwrap_or("");
    let digits = word.trim_start_matches(['-', '+']);
    let numeric = !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit());
    let whole = matches!(name, "i64" | "u64" | "i128" | "u128" | "usize" | "isize");
    let (message, help) = match whole {
        true if numeric && digits.parse::<i64>().is_err() => {
            ("this number is too large", "give a smaller one")
        }
        true if numeric && word.starts_with('-') => {
            ("this number is negative", "give a whole number from 0 on")
        }
        _ if found.trim().is_empty() || numeric => (
            "the value does not end on this line",
            "give one value, and close every `{` with a `}`",
        ),
        true => ("this is not a whole number", "give a whole number, such as 8"),
        false => ("this is not a value of the kind that belongs here", "see `bitweight schema`"),
    };
    (message.to_owned(), Some(help.to_owned()))
}

/// What usually is the matter when the YAML reader says this.
fn yaml_help(message: &str) -> &'static str {
    if message.contains("mapping values are not allowed") {
        "a text that contains a colon and a space must stand in quotes"
    } else if message.contains("tab") {
        "indent with spaces"
    } else if message.contains("did not find expected key") {
        "keys of one map start in the same column"
    } else {
        "the file must be valid YAML"
    }
}

/// The message of the YAML reader without its location, which is shown anyway.
fn plain_message(error: &serde_yaml::Error) -> String {
    let text = error.to_string();
    let first = text.lines().next().unwrap_or("not valid YAML");
    let message = first.rsplit_once(" at line ").map_or(first, |(message, _)| message);
    let message = message.strip_prefix("error: ").unwrap_or(message);
    message.to_owned()
}
