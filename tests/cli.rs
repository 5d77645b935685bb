//! The verbs that only tell: list, show, schema, explain, doctor; and how input is refused.

mod common;
mod terminal;

use std::fs;

use bitweight::config::{BLOCK_PRESETS, LAYER_PRESETS, PRESETS};
use common::all_designs;
use serde_json::Value;
use terminal::{SMALL, assert_error, bitweight, folder, json, succeeds};

#[test]
fn list_and_show_know_every_preset() {
    let work = folder();
    let text = succeeds(bitweight(work.path()).arg("list"));
    let answer = json(bitweight(work.path()).args(["list", "--json"]));
    let listed = answer["presets"].as_array().unwrap();
    let presets = PRESETS.len() + LAYER_PRESETS.len() + BLOCK_PRESETS.len();
    assert_eq!((text.lines().count(), listed.len()), (presets, presets));
    for (preset, entry) in PRESETS.iter().chain(LAYER_PRESETS).chain(BLOCK_PRESETS).zip(listed) {
        assert_eq!(entry["name"], preset.name);
        let summary = entry["summary"].as_str().unwrap();
        assert!(text.lines().any(|l| l.starts_with(preset.name) && l.ends_with(summary)));
        let shown = succeeds(bitweight(work.path()).args(["show", preset.name]));
        assert_eq!(shown, preset.yaml);
        // What is shown is where a user starts from.
        fs::write(work.path().join("mine.yaml"), shown).unwrap();
        succeeds(bitweight(work.path()).args(["explain", "mine.yaml"]));
    }
}

#[test]
fn explain_tells_the_nest_and_the_numbers() {
    let work = folder();
    for case in all_designs() {
        let text = succeeds(bitweight(work.path()).args(["explain", &case.argument]));
        let answer = json(bitweight(work.path()).args(["explain", &case.argument, "--json"]));
        assert_eq!(answer["design"], case.name());
        let nest = case.design.nest.to_string();
        assert_eq!(answer["nest"], nest.as_str());
        assert!(nest.lines().all(|line| text.contains(line)), "{text}");
        for section in ["widths", "latency", "cycles"] {
            for line in answer[section].as_array().unwrap() {
                assert!(text.contains(line["value"].as_str().unwrap()), "{line}");
            }
        }
        // Where cycles depend on the operands their bounds are told, if they are known.
        let cycles = match (case.design.bit_slice, case.design.cycle_bounds((64, 64, 64))) {
            (None, _) => case.design.cycles((64, 64, 64)).unwrap(),
            (Some(_), Some((_, most))) => most,
            (Some(_), None) => continue,
        };
        assert!(answer["cycles"].to_string().contains(&format!("\"{cycles}\"")), "{answer}");
    }
}

/// Just enough of a validator for the schema of the configuration.
fn accepts(schema: &Value, root: &Value, value: &Value) -> Result<(), String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = root.pointer(reference.trim_start_matches('#')).ok_or("a dangling $ref")?;
        accepts(target, root, value)?;
    }
    for key in ["anyOf", "oneOf"] {
        if let Some(choices) = schema[key].as_array()
            && !choices.iter().any(|choice| accepts(choice, root, value).is_ok())
        {
            return Err(format!("{value} is none of {key}"));
        }
    }
    let names = |of: &Value| match of {
        Value::Array(names) => names.clone(),
        Value::Null => vec![],
        name => vec![name.clone()],
    };
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let kinds = names(&schema["type"]);
    if !kinds.is_empty() && !kinds.contains(&kind.into()) {
        return Err(format!("{value} is not {kinds:?}"));
    }
    let values = names(&schema["enum"]);
    let constant = &schema["const"];
    if !values.is_empty() && !values.contains(value) || !constant.is_null() && constant != value {
        return Err(format!("{value} is not one of {values:?} {constant}"));
    }
    let number = value.as_f64().unwrap_or(0.0);
    let bound = |key: &str| schema[key].as_f64();
    if bound("minimum").is_some_and(|min| number < min)
        || bound("maximum").is_some_and(|max| number > max)
    {
        return Err(format!("{value} is out of range"));
    }
    if let (Value::Array(entries), Some(items)) = (value, schema.get("items")) {
        entries.iter().try_for_each(|entry| accepts(items, root, entry))?;
    }
    if let Value::Object(entries) = value {
        for required in names(&schema["required"]) {
            let required = required.as_str().unwrap_or_default();
            entries.get(required).ok_or_else(|| format!("{required} is missing"))?;
        }
        for (key, entry) in entries {
            match schema["properties"].get(key) {
                Some(property) => accepts(property, root, entry)?,
                None if schema["additionalProperties"] == false => {
                    return Err(format!("{key} is unknown"));
                }
                None => {}
            }
        }
    }
    Ok(())
}

#[test]
fn the_schema_accepts_designs_and_refuses_mistakes() {
    let work = folder();
    let schema: Value =
        serde_json::from_str(&succeeds(bitweight(work.path()).arg("schema"))).unwrap();
    let read = |yaml: &str| -> Value { serde_yaml::from_str(yaml).unwrap() };
    for case in all_designs() {
        let yaml = fs::read_to_string(&case.argument)
            .unwrap_or_else(|_| succeeds(bitweight(work.path()).args(["show", &case.argument])));
        let verdict = accepts(&schema, &schema, &read(&yaml));
        assert_eq!(verdict, Ok(()), "{}", case.argument);
    }
    for preset in BLOCK_PRESETS {
        let block = read(preset.yaml);
        assert_eq!(accepts(&schema, &schema, &block), Ok(()), "{}", preset.name);
        let mut wrong = block.clone();
        wrong["block"]["layers"][0]["folding"] = read("3");
        assert!(accepts(&schema, &schema, &wrong).is_err(), "{}", preset.name);
    }
    for preset in LAYER_PRESETS {
        let layer = read(preset.yaml);
        assert_eq!(accepts(&schema, &schema, &layer), Ok(()), "{}", preset.name);
        for (key, value) in [("folding", read("3")), ("rows", read("8"))] {
            let mut wrong = layer.clone();
            wrong[key] = value;
            assert!(accepts(&schema, &schema, &wrong).is_err(), "{}: {key}", preset.name);
        }
    }
    for mistake in [
        "unknown_key",
        "unknown_nested_key",
        "missing_key",
        "missing_nested_key",
        "width_zero",
        "width_65",
        "rows_100000",
        "negative",
        "unknown_topology",
        "unknown_element",
        "unknown_encoding",
        "unknown_adder",
        "text_for_number",
        "list_for_map",
        "k_max_zero",
        "banks_zero",
    ] {
        let path = common::root().join(format!("tests/errors/{mistake}.yaml"));
        let verdict = accepts(&schema, &schema, &read(&fs::read_to_string(path).unwrap()));
        assert!(verdict.is_err(), "{mistake} is accepted");
    }
}

#[test]
fn doctor_knows_the_tools() {
    let work = folder();
    let text = succeeds(bitweight(work.path()).arg("doctor"));
    let answer = json(bitweight(work.path()).args(["doctor", "--json"]));
    for tool in answer["tools"].as_array().unwrap() {
        let name = tool["name"].as_str().unwrap();
        // The tests do without it where it cannot be installed.
        if name == "pyslang" {
            continue;
        }
        assert_eq!(tool["usable"], true, "the tests need {name}");
        // Not every tool tells its version.
        assert!(text.contains(name) && text.contains(tool["version"].as_str().unwrap_or("-")));
    }
    let blind = json(bitweight(work.path()).args(["doctor", "--json"]).env("PATH", "/nonexistent"));
    for tool in blind["tools"].as_array().unwrap() {
        assert_eq!(tool["usable"], false);
        let problem = tool["problem"].as_str().unwrap();
        assert!(problem.starts_with("missing; install it with: "), "{problem}");
    }
}

#[test]
fn designs_that_cannot_be_loaded() {
    let work = folder();
    fs::create_dir(work.path().join("folder.yaml")).unwrap();
    fs::create_dir(work.path().join("folder")).unwrap();
    let cases = [
        ("systolic_os_opt1_int9", "did you mean `systolic_os_opt1_int"),
        ("zzz", "`bitweight list` shows the presets"),
        ("absent.yaml", "cannot read the file: No such file"),
        ("folder.yaml", "cannot read the file: Is a directory"),
        ("folder", "cannot read the file: Is a directory"),
        ("tiny.yaml/below.yaml", "cannot read the file: Not a directory"),
        ("", "help: "),
    ];
    for (argument, expected) in cases {
        for verb in ["explain", "sim"] {
            let error = assert_error(bitweight(work.path()).args([verb, argument]));
            assert!(error.contains(expected) && error.contains("help: "), "{argument}: {error}");
        }
    }
    let error = assert_error(bitweight(work.path()).args(["show", "systolic_os_mac_int9"]));
    assert!(error.contains("did you mean `systolic_os_mac_int8`"), "{error}");
    // Where JSON was asked for, an error is JSON as well.
    let output = bitweight(work.path()).args(["explain", "zzz", "--json"]).output().unwrap();
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), &answer["format_version"]), (Some(2), &1.into()));
    assert!(answer["error"].as_str().unwrap().contains("zzz"));
}

#[test]
fn wrong_arguments_are_refused() {
    let work = folder();
    let cases: [&[&str]; 9] = [
        &[],
        &["frobnicate"],
        &["sim", SMALL, "--random", "3,4"],
        &["sim", SMALL, "--random", "0,1,1"],
        &["sim", SMALL, "--random", "1,1,99999999999999999999"],
        &["sim", SMALL, "--stall", "1"],
        &["sim", SMALL, "--random", "1,1,1", "--dist", "normal:-1"],
        &["sim", SMALL, "--a", "a.npy"],
        &["sim", SMALL, "--timeout", "0"],
    ];
    for arguments in cases {
        let output = bitweight(work.path()).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(!output.stderr.is_empty() && output.stdout.is_empty(), "{arguments:?}");
    }
}

/// A reader that goes away is no error.
#[test]
fn output_may_be_cut_off() {
    let work = folder();
    let script = "{ \"$BITWEIGHT\" schema; echo $? >code; } | head -c 1 >/dev/null; cat code";
    assert_eq!(succeeds(&mut terminal::shell(work.path(), script)), "0\n");
    let error = assert_error(&mut terminal::shell(work.path(), "\"$BITWEIGHT\" schema >/dev/full"));
    assert!(error.contains("No space left on device"), "{error}");
}
