//! A key that is missing: where it belongs, and what a complete configuration looks like.

use super::kind::Kind;

/// A preset of the same kind as `text`, from which the user can see what is missing.
pub(super) fn complete(text: &str) -> &'static str {
    if Kind::of(text) == Kind::Block {
        "`bitweight show vggsmall_block` prints a complete block"
    } else if Kind::of(text) == Kind::Layer {
        "`bitweight show bnn_linear` prints a complete layer"
    } else {
        "`bitweight show systolic_os_opt1_int8` prints a complete design"
    }
}

/// What is wrong without `key`, and what to do.
pub(super) fn explain(key: &str, text: &str) -> (String, String) {
    match key {
        "folding" => (
            "the layer has no `folding`".to_owned(),
            format!(
                "add a line such as `folding: {{simd: 8, lanes: 4}}`: channels of the input and \
                 outputs that are worked on at a time; {}",
                complete(text)
            ),
        ),
        _ => (
            format!("the key `{key}` is missing beside this one"),
            format!("add it; {}", complete(text)),
        ),
    }
}

/// An example of a choice with its values, for the line at which the reader stopped in a design like
/// `text`.
pub(super) fn choice(text: &str, line: &str) -> &'static str {
    let key = line.trim_start().trim_start_matches("- ").split(':').next().unwrap_or_default();
    if key == "epilogue" || line.trim_start().starts_with('-') {
        "write a step with its keys, such as `threshold: {}`"
    } else if !matches!(key, "array" | "layer") && line.contains(':') {
        "write one name; `bitweight schema` lists those that are known"
    } else if Kind::of(text) == Kind::Block || Kind::of(text) == Kind::Layer {
        "write for example `layer: {linear: {inputs: 64, outputs: 16}}`"
    } else {
        "write for example `array: {systolic_os: {rows: 4, cols: 4}}`"
    }
}

/// The line, from 0, of the key that says what a map is: `layer`, or its first key. The reader
/// names a line of the map, as a rule the last one; `line` is that, and keys start in `column`.
pub(super) fn head(text: &str, line: usize, column: usize) -> usize {
    let lines: Vec<&str> = text.lines().collect();
    let mut first = line;
    for number in (0..=line.min(lines.len().saturating_sub(1))).rev() {
        let Some(whole) = lines.get(number) else { continue };
        let content = whole.trim_start();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let indent = whole.len() - content.len();
        let item = content.strip_prefix("- ").map(str::trim_start);
        let key = item.unwrap_or(content);
        let start = whole.len() - key.len();
        if start == column {
            first = number;
            if key.starts_with("layer:") {
                return number;
            }
        }
        // The first key of an item of a list ends the map, and so does whatever stands further left.
        if (start == column && item.is_some()) || indent < column && item.is_none() {
            break;
        }
    }
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_is_named_by_what_it_is() {
        let flat = "name: a\nlayer: {linear: {inputs: 4}}\nweights: bipolar\nreset: sync\n";
        assert_eq!(head(flat, 3, 0), 1);
        let nested = "block:\n  layers:\n    - layer: {linear: {inputs: 4}}\n      weights: bipolar\n\
                      \x20   - name: b\n      layer:\n        linear: {inputs: 4}\n      reset: sync\n";
        assert_eq!(head(nested, 3, 6), 2);
        assert_eq!(head(nested, 7, 6), 5);
        assert_eq!(head("a: 1\nb: 2\n", 1, 0), 0);
        assert_eq!(head("", 5, 0), 5);
    }
}
