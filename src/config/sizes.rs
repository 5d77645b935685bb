//! Sizes of the dimensions of a layer as typed: one number for all of them, or a list.

use std::fmt;

use schemars::JsonSchema;
use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, de::IgnoredAny};

use super::wording::with_help;
use crate::binary::{LayerError, LayerKind};

/// One number for all dimensions, or one for each.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub enum Sizes {
    /// The same everywhere.
    All(usize),
    /// One for each dimension.
    Each(Vec<usize>),
}

/// What sizes look like, for errors.
const SHAPE: &str = "write one whole number for all dimensions, such as 3, or a list with one for each, \
                     such as [3, 3]";

/// One size of a list.
struct Size(usize);

/// Takes a number, or, unless `within` a list, a list of them.
struct SizesVisitor {
    within: bool,
}

fn refuse<E: de::Error>(message: impl fmt::Display, help: &str) -> E {
    E::custom(with_help(&message.to_string(), help))
}

impl<'de> Visitor<'de> for SizesVisitor {
    type Value = Sizes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number from 0 on, or a list of them")
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Sizes, E> {
        usize::try_from(value)
            .map(Sizes::All)
            .map_err(|_| refuse(format!("{value} is too large for a size"), SHAPE))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Sizes, E> {
        let size = u64::try_from(value);
        let size = size.map_err(|_| refuse(format!("{value} is negative; sizes count"), SHAPE))?;
        self.visit_u64(size)
    }

    fn visit_i128<E: de::Error>(self, value: i128) -> Result<Sizes, E> {
        Err(refuse(format!("{value} is out of range for a size"), SHAPE))
    }

    fn visit_u128<E: de::Error>(self, value: u128) -> Result<Sizes, E> {
        Err(refuse(format!("{value} is too large for a size"), SHAPE))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Sizes, E> {
        // The reader makes a float of a whole number that no integer holds.
        Err(match value.fract() == 0.0 && value.abs() >= u64::MAX as f64 {
            true => refuse("this number is too large for a size", SHAPE),
            false => refuse(format!("{value:?} is not a whole number"), SHAPE),
        })
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Sizes, E> {
        Err(refuse(format!("`{value}` is not a number"), SHAPE))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Sizes, E> {
        let message = format!("`{text}` is not a number");
        Err(match text {
            "same" | "valid" => refuse(
                message,
                "write the padded positions at either end: for the size of the input with stride 1 \
                 that is dilation x (kernel - 1) / 2 of an odd kernel, and 0 for none",
            ),
            _ => refuse(message, SHAPE),
        })
    }

    fn visit_unit<E: de::Error>(self) -> Result<Sizes, E> {
        Err(refuse("there is no number", SHAPE))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Sizes, A::Error> {
        if self.within {
            while list.next_element::<IgnoredAny>()?.is_some() {}
            return Err(refuse(
                "a dimension has one size, not a list of them",
                "write one number for each dimension, such as [1, 1]; both ends are padded alike, so \
                 pad by hand what is to differ",
            ));
        }
        let mut sizes = Vec::new();
        while let Some(Size(size)) = list.next_element()? {
            sizes.push(size);
        }
        Ok(Sizes::Each(sizes))
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Sizes, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Err(refuse("a size is a number, not a map of keys", SHAPE))
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_any(SizesVisitor { within: true })? {
            Sizes::All(size) => Ok(Self(size)),
            Sizes::Each(_) => Err(refuse("a dimension has one size", SHAPE)),
        }
    }
}

impl<'de> Deserialize<'de> for Sizes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SizesVisitor { within: false })
    }
}

/// The sizes of depth, height and width; axes over which the kernel does not slide have `other`.
///
/// # Errors
/// [`LayerError`] at `path` where the list is not as long as there are dimensions.
pub(super) fn sizes(
    path: &str,
    given: Option<&Sizes>,
    (default, other): (usize, usize),
    kind: LayerKind,
) -> Result<[usize; 3], LayerError> {
    let axes = kind.axes();
    let mut result = [other; 3];
    match given {
        None => axes.iter().for_each(|&axis| result[axis] = default),
        Some(Sizes::All(size)) => axes.iter().for_each(|&axis| result[axis] = *size),
        Some(Sizes::Each(list)) => {
            if list.len() != axes.len() {
                let expected: Vec<&str> = ["depth", "height", "width"]
                    .into_iter()
                    .enumerate()
                    .filter(|(axis, _)| axes.contains(axis))
                    .map(|(_, name)| name)
                    .collect();
                return Err(LayerError {
                    path: path.to_owned(),
                    message: format!(
                        "{} sizes are given, `{kind}` has {} dimensions",
                        list.len(),
                        axes.len()
                    ),
                    help: format!(
                        "give one number for all dimensions, or one for each: [{}]",
                        expected.join(", ")
                    ),
                });
            }
            axes.iter().zip(list).for_each(|(&axis, &size)| result[axis] = size);
        }
    }
    Ok(result)
}
