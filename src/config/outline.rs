//! A first look at a YAML file: which keys stand at its top, and whether numbers stand in quotes.
//!
//! The reader that fills a typed configuration takes `"16"` for a number, which the schema does not,
//! and an editor that checks by the schema would disagree with the tool; so that is refused here.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_yaml::{Location, Spanned};

/// What a file consists of, without its meaning.
#[derive(Debug)]
enum Node {
    /// A text, in quotes or not.
    Text(String),
    /// A number, a truth value, or nothing.
    Value,
    /// Entries one after the other.
    List(Vec<Spanned<Node>>),
    /// Keys with their values.
    Map(Vec<(String, Spanned<Node>)>),
}

/// The outline of a file.
#[derive(Debug)]
pub(super) struct Outline(Node);

/// A number or truth value in quotes.
#[derive(Debug)]
pub(super) struct Quoted {
    /// What stands in the quotes.
    pub text: String,
    /// Where it stands.
    pub location: Location,
}

/// Keys whose values are texts, whatever they look like.
const TEXTS: [&str; 2] = ["name", "summary"];

impl Outline {
    /// Reads the outline of a text.
    ///
    /// # Errors
    /// That of the YAML reader.
    pub fn read(text: &str) -> Result<Self, serde_yaml::Error> {
        let options = serde_yaml::options! { strict_booleans: true, with_snippet: false };
        serde_yaml::from_str_with_options(text, options).map(Self)
    }

    /// Whether a key stands at the top, in whatever style it is written.
    pub fn has(&self, key: &str) -> bool {
        match &self.0 {
            Node::Map(entries) => entries.iter().any(|(name, _)| name == key),
            _ => false,
        }
    }

    /// The first number or truth value in quotes.
    pub fn quoted(&self) -> Option<Quoted> {
        inside(&self.0)
    }
}

fn inside(node: &Node) -> Option<Quoted> {
    match node {
        Node::Text(_) | Node::Value => None,
        Node::List(entries) => entries.iter().find_map(quoted),
        Node::Map(entries) => {
            let read = entries.iter().filter(|(key, _)| !TEXTS.contains(&key.as_str()));
            read.map(|(_, value)| value).find_map(quoted)
        }
    }
}

fn quoted(entry: &Spanned<Node>) -> Option<Quoted> {
    match &entry.value {
        Node::Text(text) if is_value(text) => {
            Some(Quoted { text: text.clone(), location: entry.referenced })
        }
        other => inside(other),
    }
}

/// Whether a text would be a number or a truth value without its quotes.
fn is_value(text: &str) -> bool {
    let text = text.trim();
    let digits = text.trim_start_matches(['-', '+']);
    let starts = digits.starts_with(|first: char| first.is_ascii_digit());
    starts && digits.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_'))
        || matches!(text, "true" | "false")
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

/// Takes whatever there is.
struct NodeVisitor;

macro_rules! values {
    ($($method:ident: $type:ty),*) => {
        $(fn $method<E: de::Error>(self, _: $type) -> Result<Node, E> { Ok(Node::Value) })*
    };
}

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("YAML")
    }

    values!(visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_i128: i128, visit_u128: u128,
        visit_f64: f64);

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Node, E> {
        Ok(Node::Value)
    }

    fn visit_none<E: de::Error>(self) -> Result<Node, E> {
        Ok(Node::Value)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = list.next_element()? {
            entries.push(entry);
        }
        Ok(Node::List(entries))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = map.next_key()? {
            entries.push((key, map.next_value()?));
        }
        Ok(Node::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_in_every_style() {
        for text in
            ["layer: 1", "\"layer\": 1", "{layer: 1}", "# x\n'layer' : {a: 1}", "? layer\n: 1"]
        {
            let outline = Outline::read(text).unwrap();
            assert!(outline.has("layer") && !outline.has("block"), "{text}");
        }
        for text in ["", "a: {layer: 1}", "[layer]", "layer", "summary: |\n  layer: 1"] {
            assert!(!Outline::read(text).is_ok_and(|outline| outline.has("layer")), "{text}");
        }
    }

    #[test]
    fn numbers_in_quotes_are_found() {
        let found = |text: &str| Outline::read(text).unwrap().quoted().map(|quoted| quoted.text);
        for text in ["a: \"16\"", "a: {b: '16'}", "[1, \"16\"]", "a: [{b: \"16\"}]", "a: !!str 16"]
        {
            assert_eq!(found(text).as_deref(), Some("16"), "{text}");
        }
        assert_eq!(found("a: \"true\"").as_deref(), Some("true"));
        for text in
            ["a: 16", "a: \"opt1\"", "name: \"16\"", "summary: '2'", "a: \"1 b\"", "\"4\": 4"]
        {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
