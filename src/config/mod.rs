//! From YAML to a validated design.
//!
//! Every error names the file, the line and the column, shows the line, and says what to do. The
//! YAML reader is used here and nowhere else.

mod block;
mod error;
mod kind;
mod layer;
mod missing;
mod model;
mod outline;
mod preset;
mod sizes;
mod step;
mod wording;

use std::path::Path;

pub use block::BlockConfig;
pub use error::ConfigError;
pub use layer::LayerConfig;
pub use model::Config;
pub use preset::{BLOCK_PRESETS, LAYER_PRESETS, PRESETS, Preset};

use kind::Kind;
use outline::{Outline, Quoted};
use serde::de::DeserializeOwned;
use wording::syntax_error;

use crate::binary::{Block, Layer, LayerError};
use crate::design::Design;
use crate::machine::Machine;

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

impl Described {
    /// What all of them are.
    #[must_use]
    pub fn machine(&self) -> &dyn Machine {
        match self {
            Self::Array(design) => &**design,
            Self::Layer(layer) => &**layer,
            Self::Block(block) => &**block,
        }
    }
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
            "`list`, `show`, `gen`, `sim`, `explain`, `prove` and `synth{}` work on {what}s too",
            if what == "layer" { "" } else { " --target" }
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
    parse_any(&text, &origin, &fallback)
}

/// Parses and validates the YAML text of an array, a layer or a block, as [`parse`] does for
/// arrays.
///
/// # Errors
/// [`ConfigError`] with the place of the first error.
pub fn parse_any(text: &str, origin: &str, fallback: &str) -> Result<Described, ConfigError> {
    Ok(match Kind::of(text) {
        Kind::Block => Described::Block(Box::new(parse_block(text, origin, fallback)?)),
        Kind::Layer => Described::Layer(Box::new(parse_layer(text, origin, fallback)?)),
        Kind::Array => Described::Array(Box::new(parse(text, origin, fallback)?)),
    })
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

/// A typed configuration of this kind from its text.
fn read<T: DeserializeOwned>(text: &str, origin: &str, kind: Kind) -> Result<T, ConfigError> {
    if let Some(Quoted { text: value, location }) =
        Outline::read(text).ok().and_then(|outline| outline.quoted())
    {
        let message = format!("`{value}` stands in quotes, which make it a text");
        let help = Some(format!("remove the quotes: {value}"));
        return Err(ConfigError::at(origin, text, location, message, help));
    }
    let options = serde_yaml::options! { strict_booleans: true, with_snippet: false };
    serde_yaml::from_str_with_options(text, options)
        .map_err(|error| syntax_error(&error, (text, origin), kind))
}

/// Parses and validates the YAML text of a layer, as [`parse`] does for arrays.
///
/// # Errors
/// [`ConfigError`] with the place of the first error.
pub fn parse_layer(text: &str, origin: &str, fallback: &str) -> Result<Layer, ConfigError> {
    let config: LayerConfig = read(text, origin, Kind::Layer)?;
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
    let config: BlockConfig = read(text, origin, Kind::Block)?;
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
pub fn presets() -> impl Iterator<Item = &'static Preset> {
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
    let config: Config = read(text, origin, Kind::Array)?;
    if let Some((location, format)) = config.idle_sign() {
        let message =
            format!("`signed` has no effect on `format: {format}`, whose values are given");
        let help = Some("remove the key, or the `format`".to_owned());
        return Err(ConfigError::at(origin, text, location, message, help));
    }
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
