//! Every bad configuration of `tests/errors` and exactly what a user reads about it: what is
//! wrong, where, what to do.

mod common;

use std::fs;

use bitweight::config;
use common::{files, root};

/// The message is that of a file in the working directory, whatever this one is.
fn message(path: &std::path::Path) -> String {
    let argument = path.to_string_lossy().into_owned();
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    match config::load(&argument) {
        Ok(_) => panic!("{name} is accepted"),
        Err(error) => error.to_string().replace(&argument, &name),
    }
}

#[test]
fn messages_are_as_reviewed() {
    insta::with_settings!({ omit_expression => true, snapshot_path => "snapshots/errors", prepend_module_to_snapshot => false }, {
        insta::glob!("errors/*.yaml", |path| insta::assert_snapshot!(message(path)));
    });
}

/// What every message owes its reader.
#[test]
fn messages_say_where_and_what_to_do() {
    for path in files(&root().join("tests/errors"), "yaml") {
        let text = message(&path);
        let name = path.file_name().unwrap().to_string_lossy();
        assert!(text.starts_with("error: "), "{text}");
        assert!(text.contains("= help: "), "no help:\n{text}");
        assert!(text.contains(&format!("--> {name}")), "no file:\n{text}");
        let readable = fs::read_to_string(&path).is_ok_and(|text| !text.trim().is_empty());
        // Where the name of the file is at fault there is no line.
        let readable = readable && !text.contains("or rename the file");
        assert!(!readable || text.contains(&format!("{name}:")), "no line:\n{text}");
        assert!(text.lines().all(|line| line.chars().count() < 240), "a long line:\n{text}");
        for internal in ["Serde", "serde", "saphyr", "panicked", "enum", "struct", "i64"] {
            assert!(!text.contains(internal), "{internal}:\n{text}");
        }
    }
}

/// A reader that recurses would overflow its stack.
#[test]
fn deep_nesting_is_refused() {
    for opening in ["[", "{a: ", "- "] {
        let text = format!("array: {{systolic_os: {{rows: {}", opening.repeat(100_000));
        assert!(config::parse(&text, "deep.yaml", "deep").is_err());
        let text = format!("array: {}", opening.repeat(100_000));
        assert!(config::parse(&text, "deep.yaml", "deep").is_err());
    }
}
