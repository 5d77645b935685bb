//! The configuration of a block of layers as typed.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};
use serde_yaml::Spanned;

use super::layer::LayerConfig;
use super::sizes::{Sizes, sizes};
use super::wording::with_help;
use crate::binary::{BlockParameters, LayerError, LayerKind, Shortcut};

/// Layers in a chain within one top.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "bitweight block")]
pub struct BlockConfig {
    /// Name of the top module and prefix of all others; the file's name when absent.
    #[schemars(with = "Option<String>", regex(pattern = "^[a-z][a-z0-9_]*$"), length(max = 48))]
    pub name: Option<Spanned<String>>,
    /// One line for people.
    pub summary: Option<String>,
    /// The layers.
    #[schemars(with = "Chain")]
    pub block: Spanned<Chain>,
}

/// The layers of a block.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Chain {
    /// In the order in which they work; the name of a layer is the end of its modules' prefix,
    /// `layer` and its number when absent.
    #[schemars(with = "Vec<LayerConfig>")]
    pub layers: Vec<Spanned<LayerConfig>>,
}

/// What feeds the step `residual` of a layer of a block.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShortcutConfig {
    /// Where it starts: `input` of the block, or the number of an earlier layer; at what enters the
    /// layer when absent.
    pub from: Option<From>,
    /// Positions of the windows whose mean is taken; none when absent.
    pub avgpool: Option<Sizes>,
    /// How often the channels are repeated; 1 when absent.
    pub repeat: Option<usize>,
}

/// Where a shortcut starts.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub enum From {
    /// Behind the layer of this number, from 0.
    Layer(usize),
    /// At a place with a name: `input`.
    Place(String),
}

/// What a place where a shortcut starts looks like, for errors.
const PLACES: &str = "write `input` or the number of an earlier layer, which count from 0";

/// Takes a number or a word.
struct FromVisitor;

impl<'de> Visitor<'de> for FromVisitor {
    type Value = From;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`input`, or the number of an earlier layer")
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<From, E> {
        usize::try_from(value)
            .map(From::Layer)
            .map_err(|_| E::custom(with_help(&format!("there is no layer {value}"), PLACES)))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<From, E> {
        match u64::try_from(value) {
            Ok(value) => self.visit_u64(value),
            Err(_) => Err(E::custom(with_help(&format!("there is no layer {value}"), PLACES))),
        }
    }

    fn visit_str<E: de::Error>(self, place: &str) -> Result<From, E> {
        Ok(From::Place(place.to_owned()))
    }
}

impl<'de> Deserialize<'de> for From {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FromVisitor)
    }
}

impl ShortcutConfig {
    fn shortcut(&self, index: usize, kind: LayerKind) -> Result<Shortcut, LayerError> {
        let path = format!("block.{index}.shortcut");
        let fail = |message: String, help: &str| {
            Err(LayerError { path: path.clone(), message, help: help.to_owned() })
        };
        let from = match &self.from {
            None => index,
            Some(From::Layer(layer)) if *layer < index => layer + 1,
            Some(From::Layer(layer)) => {
                return fail(
                    format!("`from` is layer {layer}, which is not before layer {index}"),
                    PLACES,
                );
            }
            Some(From::Place(place)) if place == "input" => 0,
            Some(From::Place(place)) => {
                return fail(format!("`{place}` is no place where a shortcut starts"), PLACES);
            }
        };
        let repeat = self.repeat.unwrap_or(1);
        if repeat == 0 {
            return fail("`repeat` is 0".to_owned(), "give a number from 1 on");
        }
        let window = sizes(&path, self.avgpool.as_ref(), (1, 1), kind)?;
        if self.avgpool.is_some() && kind.axes().is_empty() {
            return fail(
                "`avgpool` has no effect: `linear` has one position".to_owned(),
                "remove the key",
            );
        }
        Ok(Shortcut { from, window, repeat })
    }
}

impl BlockConfig {
    /// The parameters; a block without a name takes `fallback`.
    pub(super) fn parameters(&self, fallback: &str) -> Result<BlockParameters, LayerError> {
        let mut layers = Vec::new();
        for (index, layer) in self.block.value.layers.iter().enumerate() {
            let config = &layer.value;
            let at = |error: LayerError| match error.path.starts_with("block.") {
                true => error,
                false => LayerError { path: format!("block.{index}.{}", error.path), ..error },
            };
            let own = config.parameters(&format!("layer{index}")).map_err(at)?;
            let kind = own.geometry.kind;
            let shortcut = config.shortcut.as_ref();
            let shortcut = shortcut.map(|shortcut| shortcut.value.shortcut(index, kind));
            layers.push((own, shortcut.transpose()?));
        }
        Ok(BlockParameters {
            name: self.name.as_ref().map_or(fallback, |name| name.value.as_str()).to_owned(),
            summary: match &self.summary {
                Some(summary) => summary.split_whitespace().collect::<Vec<_>>().join(" "),
                None => format!("A block of {} layers.", layers.len()),
            },
            layers,
        })
    }

    /// Where the parameter of a path stands.
    pub(super) fn locate(&self, path: &str) -> Option<serde_yaml::Location> {
        match path.split_once('.') {
            None if path == "name" => self.name.as_ref().map(|name| name.referenced),
            Some(("block", rest)) => {
                let (index, own) = rest.split_once('.')?;
                let layer = self.block.value.layers.get(index.parse::<usize>().ok()?)?;
                layer.value.locate(own).or(Some(layer.referenced))
            }
            _ => Some(self.block.referenced),
        }
    }
}
