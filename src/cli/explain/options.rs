//! Every option of a configuration with the value that it has, in `bitweight explain`.

use serde_json::Value;

use super::{Line, line};
use crate::design::Design;
use crate::machine::Machine as _;

/// The keys of the configuration that `gen` writes, where every default is written out. A file
/// that leaves one of them out means the same.
pub(super) fn lines(design: &Design) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Ok(Value::Object(keys)) = serde_yaml::from_str(&design.yaml()) {
        let options = keys.iter().filter(|(key, _)| !matches!(key.as_str(), "name" | "summary"));
        options.for_each(|(key, value)| flatten(key, value, &mut lines));
    }
    lines
}

fn flatten(path: &str, value: &Value, lines: &mut Vec<Line>) {
    match value {
        Value::Object(keys) => {
            keys.iter().for_each(|(key, value)| flatten(&format!("{path}.{key}"), value, lines));
        }
        Value::String(text) => lines.push(line(path, "", text)),
        value => lines.push(line(path, "", value.to_string())),
    }
}
