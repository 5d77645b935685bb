//! Arrows between the rooms of the crate go one way: a room uses those before it and no other.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use common::root;

/// The rooms, each after all that it may use. Those that stand on one line do not use each other.
const ORDER: &[&[&str]] = &[
    &["tool", "output", "cache", "parallel"],
    &["arith"],
    &["nest", "data"],
    &["design"],
    &["binary", "vectors"],
    &["golden", "statistics", "rtl"],
    &["workload"],
    &["machine"],
    &["config", "export", "sim", "synth"],
    &["formal", "draw"],
    &["cli"],
];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        match path.is_dir() {
            true => files(&path, found),
            false if path.extension().is_some_and(|extension| extension == "rs") => {
                found.push(path);
            }
            false => {}
        }
    }
}

/// The rooms that a text names behind `crate::`, comments and unit tests aside.
fn used(text: &str) -> BTreeSet<String> {
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let code: String =
        code.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
    let mut rooms = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        // `use crate::{config, rtl};` names several.
        let list = rest.strip_prefix('{').and_then(|rest| rest.split('}').next());
        for name in list.unwrap_or(rest).split(',') {
            let name: String = name
                .trim()
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                .collect();
            rooms.insert(name);
            if list.is_none() {
                break;
            }
        }
    }
    rooms
}

/// The line of [`ORDER`] on which a room stands.
fn rank(room: &str) -> Option<usize> {
    ORDER.iter().position(|rooms| rooms.contains(&room))
}

#[test]
fn every_room_uses_only_rooms_before_it() {
    let source = root().join("src");
    let mut found = Vec::new();
    files(&source, &mut found);
    assert!(found.len() > 300, "{} files", found.len());
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for path in found {
        let within = path.strip_prefix(&source).unwrap();
        let room = within.components().next().unwrap().as_os_str().to_string_lossy();
        let room = room.trim_end_matches(".rs");
        if matches!(room, "lib" | "main") {
            continue;
        }
        let Some(own) = rank(room) else { panic!("`{room}` stands in no line of the order") };
        seen.insert(room.to_owned());
        for other in used(&fs::read_to_string(&path).unwrap()) {
            // What is no room is an item of the crate's root: there is none but macros.
            let Some(rank) = rank(&other) else { continue };
            if other != room && rank >= own {
                wrong.push(format!("{} uses {other}", within.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "arrows up:\n{}", wrong.join("\n"));
    let known: BTreeSet<String> = ORDER.concat().into_iter().map(str::to_owned).collect();
    assert_eq!(seen, known, "rooms and the order");
}

#[test]
fn arrows_are_found_in_all_their_forms() {
    let text = "use crate::rtl::Module;\nuse crate::{config, sim as s};\n// crate::cli\nfn f() { \
                crate::golden::f() }\n#[cfg(test)]\nmod tests { use crate::draw; }\n";
    let expected = ["config", "golden", "rtl", "sim"].map(str::to_owned);
    assert_eq!(used(text), BTreeSet::from(expected));
}
