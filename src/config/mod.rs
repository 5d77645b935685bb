//! From YAML to a validated design.
//!
//! Every error names the file, the line and the column, shows the line, and says what to do. The
//! YAML reader is used here and nowhere else.

mod block;
mod error;
mod layer;
mod missing;
mod model;
mod preset;

use std::path::Path;

pub use block::BlockConfig;
pub use error::ConfigError;
pub use layer::LayerConfig;
pub use model::Config;
pub use preset::{BLOCK_PRESETS, LAYER_PRESETS, PRESETS, Preset};

use crate::binary::{Block, Layer, LayerError};
use crate::design::Design;

/// What a configuration describes.
#[derive(Clone)]
pub enum Described {
    /// An array that multiplies matrices.
    Array(Box<Design>),
    /// A binarized layer engine.
    Layer(Box<Layer>),
    /// Layers of that kind in a chain.
    Block(Box<Block>),
}

/// Loads an array: a preset by its name, or a YAML file by its path.
///
/// # Errors
/// [`ConfigError`] when there is no such preset or file, or when it does not describe an array
/// that can be built.
pub fn load(name: &str) -> Result<Design, ConfigError> {
    match describe(name)? {
        Described::Array(design) => Ok(*design),
        Described::Layer(layer) => Err(only_arrays(name, layer.name(), "layer")),
        Described::Block(block) => Err(only_arrays(name, block.name(), "block")),
    }
}

fn only_arrays(origin: &str, name: &str, what: &str) -> ConfigError {
    ConfigError::new(
        origin,
        format!("`{name}` is a binarized {what}; this works on arrays only"),
        Some(format!(
            "`list`, `show`, `gen`, `sim`, `explain` and `synth --target` work on {what}s too"
        )),
    )
}

/// Loads an array, a layer or a block: a preset by its name, or a YAML file by its path.
///
/// # Errors
/// [`ConfigError`] when there is no such preset or file, or when it does not describe a design
/// that can be built.
pub fn describe(name: &str) -> Result<Described, ConfigError> {
    let (text, origin, fallback) = source(name)?;
    if has_key(&text, "block:") {
        return Ok(Described::Block(Box::new(parse_block(&text, &origin, &fallback)?)));
    }
    if has_key(&text, "layer:") {
        return Ok(Described::Layer(Box::new(parse_layer(&text, &origin, &fallback)?)));
    }
    Ok(Described::Array(Box::new(parse(&text, &origin, &fallback)?)))
}

/// Text, name for errors, and name of a design that has none.
fn source(name: &str) -> Result<(String, String, String), ConfigError> {
    let path = Path::new(name);
    let looks_like_path = path.extension().is_some() || name.contains(std::path::MAIN_SEPARATOR);
    let known = presets().any(|preset| preset.name == name);
    if known || (!looks_like_path && !path.exists()) {
        let yaml = preset(name)?.yaml.to_owned();
        return Ok((yaml, format!("{name}.yaml"), name.to_owned()));
    }
    let bytes = std::fs::read(path).map_err(|error| {
        let help = "check the path; a design is a preset name or a path to a YAML file";
        ConfigError::new(name, format!("cannot read the file: {error}"), Some(help.to_owned()))
    })?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = 1 + error.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count();
        let message = format!("the file is not text: byte {at}, in line {line}, is not UTF-8");
        ConfigError::new(name, message, Some("a design is a YAML file in UTF-8".to_owned()))
    })?;
    Ok((text, name.to_owned(), stem(path)))
}

/// Whether a text has a key at its top, which tells what it describes.
fn has_key(text: &str, key: &str) -> bool {
    text.lines().any(|line| line.starts_with(key))
}

/// Parses and validates the YAML text of a layer, as [`parse`] does for arrays.
///
/// # Errors
/// [`ConfigError`] with the place of the first error.
pub fn parse_layer(text: &str, origin: &str, fallback: &str) -> Result<Layer, ConfigError> {
    let options = serde_yaml::options! { strict_booleans: true, with_snippet: false };
    let config: LayerConfig = serde_yaml::from_str_with_options(text, options)
        .map_err(|error| syntax_error(&error, text, origin))?;
    if let Some(shortcut) = &config.shortcut {
        let message = "`shortcut` belongs to a layer of a block".to_owned();
        let help = "leave it out: the step `residual` of a single layer takes a stream".to_owned();
        return Err(ConfigError::at(origin, text, shortcut.referenced, message, Some(help)));
    }
    config.parameters(fallback).and_then(Layer::new).map_err(|error| {
        let location = config.locate(&error.path);
        located(error, location, text, origin)
    })
}

/// Parses and validates the YAML text of a block, as [`parse`] does for arrays.
///
/// # Errors
/// [`ConfigError`] with the place of the first error.
pub fn parse_block(text: &str, origin: &str, fallback: &str) -> Result<Block, ConfigError> {
    let options = serde_yaml::options! { strict_booleans: true, with_snippet: false };
    let config: BlockConfig = serde_yaml::from_str_with_options(text, options)
        .map_err(|error| syntax_error(&error, text, origin))?;
    config.parameters(fallback).and_then(Block::new).map_err(|error| {
        let location = config.locate(&error.path);
        located(error, location, text, origin)
    })
}

fn located(
    error: LayerError,
    location: Option<serde_yaml::Location>,
    text: &str,
    origin: &str,
) -> ConfigError {
    let help = Some(error.help);
    match location {
        Some(location) => ConfigError::at(origin, text, location, error.message, help),
        None => ConfigError::new(origin, error.message, help),
    }
}

/// The presets of arrays, layers and blocks.
fn presets() -> impl Iterator<Item = &'static Preset> {
    PRESETS.iter().chain(LAYER_PRESETS).chain(BLOCK_PRESETS)
}

/// The preset of this name.
///
/// # Errors
/// [`ConfigError`] with the nearest name when there is none.
pub fn preset(name: &str) -> Result<&'static Preset, ConfigError> {
    if let Some(preset) = presets().find(|preset| preset.name == name) {
        return Ok(preset);
    }
    let help = match nearest(name, presets().map(|preset| preset.name)) {
        Some(near) => format!("did you mean `{near}`? `bitweight list` shows all presets"),
        None => "`bitweight list` shows the presets; a design of yours is a path to a .yaml file"
            .to_owned(),
    };
    let message = format!("there is no preset `{name}`, and no file of that name");
    Err(ConfigError::new(name, message, Some(help)))
}

/// Parses and validates YAML text. `origin` is named in errors; `fallback` names a design that
/// does not name itself.
///
/// # Errors
/// [`ConfigError`] with the place of the first error.
pub fn parse(text: &str, origin: &str, fallback: &str) -> Result<Design, ConfigError> {
    let options = serde_yaml::options! { strict_booleans: true, with_snippet: false };
    let config: Config = serde_yaml::from_str_with_options(text, options)
        .map_err(|error| syntax_error(&error, text, origin))?;
    Design::new(config.parameters(fallback)).map_err(|invalid| {
        let mut help = invalid.help;
        if invalid.path == "name" && config.name.is_none() {
            help = "a design without a `name` takes that of its file; add a line such as \
                    `name: my_array`, or rename the file"
                .to_owned();
        }
        let help = Some(help);
        match config.locate(invalid.path) {
            Some(location) => ConfigError::at(origin, text, location, invalid.message, help),
            None => ConfigError::new(origin, invalid.message, help),
        }
    })
}

/// A name for a design from the name of its file.
fn stem(path: &Path) -> String {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().to_lowercase());
    stem.unwrap_or_default().replace(['-', ' ', '.'], "_")
}

/// The known name that is nearest to `name`, if one is near.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let similarity = |candidate: &str| strsim::jaro_winkler(name, candidate);
    let best = known.into_iter().max_by(|x, y| similarity(x).total_cmp(&similarity(y)))?;
    (similarity(best) > 0.7).then_some(best)
}

/// Words an error of the YAML reader.
fn syntax_error(error: &serde_yaml::Error, text: &str, origin: &str) -> ConfigError {
    use serde_yaml::Error as E;
    // Lines of names, none longer than a terminal is wide.
    let list = |names: &[&str]| {
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
    };
    let unknown = |what: &str, name: &str, known: &[&'static str]| {
        let near = nearest(name, known.iter().copied());
        let hint = near.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
        (format!("unknown {what} `{name}`"), Some(format!("{hint}known here: {}", list(known))))
    };
    let (message, help) = match error {
        E::SerdeUnknownField { field, expected, .. } => unknown("key", field, expected),
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
        | E::SerdeInvalidValue { unexpected, expected, .. } => {
            (format!("expected {expected}, found {unexpected}"), None)
        }
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
        E::ExternallyTaggedEnumExpectedScalarOrMapping { .. } => (
            "this is neither a name nor a map with one key".to_owned(),
            Some(missing::choice(text).to_owned()),
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
        other => {
            let message = plain_message(other);
            let help = yaml_help(&message).to_owned();
            (message, Some(help))
        }
    };
    match error.location() {
        Some(location) => ConfigError::at(origin, text, location, message, help),
        None => ConfigError::new(origin, message, help),
    }
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
    let digits = found.trim_start_matches(['-', '+']);
    let digits = digits.split([' ', ',', '}']).next().unwrap_or("");
    match name {
        _ if found.trim().is_empty() || digits.parse::<i64>().is_ok() => (
            "the value does not end on this line".to_owned(),
            Some("give one value, and close every `{` with a `}`".to_owned()),
        ),
        "i64" if !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit()) => {
            ("this number is too large".to_owned(), Some("give a smaller one".to_owned()))
        }
        "i64" => ("this is not a whole number".to_owned(), Some("give a whole number".to_owned())),
        other => (format!("this is not a value of type {other}"), None),
    }
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
