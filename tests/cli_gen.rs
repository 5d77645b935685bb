//! `bitweight gen` as a user meets it: what it writes, what it leaves alone, how it fails.

mod common;
mod terminal;

use std::fs;
use std::path::Path;

use bitweight::config::{BLOCK_PRESETS, LAYER_PRESETS, PRESETS};
use terminal::{SMALL, assert_error, bitweight, fails, folder, json, shell, succeeds};

/// Paths and contents below a folder.
fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            let inner = contents(&path);
            found.extend(inner.into_iter().map(|(path, text)| (format!("{name}/{path}"), text)));
        } else {
            found.push((name, fs::read(&path).unwrap()));
        }
    }
    found.sort();
    found
}

#[test]
fn the_same_bytes_every_time_and_everywhere() {
    let (first, second) = (folder(), folder());
    succeeds(bitweight(first.path()).args(["gen", "--presets", "-o", "out"]));
    succeeds(bitweight(second.path()).args(["gen", "--presets", "-o", "some/other/folder"]));
    let found = contents(&first.path().join("out"));
    assert!(found == contents(&second.path().join("some/other/folder")));
    assert!(PRESETS.iter().chain(LAYER_PRESETS).chain(BLOCK_PRESETS).all(|preset| {
        found.iter().any(|(path, _)| *path == format!("{0}/{0}.v", preset.name))
    }));
    let place = first.path().to_string_lossy().into_owned();
    for (path, bytes) in &found {
        assert!(!String::from_utf8_lossy(bytes).contains(&place), "{path} names its folder");
    }
    succeeds(bitweight(first.path()).args(["gen", "--presets", "--check", "out"]));
    let answer =
        json(bitweight(first.path()).args(["gen", "--presets", "--check", "out", "--json"]));
    assert_eq!(
        (&answer["fresh"], &answer["checked"]),
        (&true.into(), &(PRESETS.len() + LAYER_PRESETS.len() + BLOCK_PRESETS.len()).into())
    );
}

#[test]
fn the_manifest_describes_what_was_written() {
    let work = folder();
    let printed = succeeds(bitweight(work.path()).args(["gen", SMALL, "-o", "out"]));
    assert_eq!(printed, "out/tiny.v\n");
    let text = fs::read_to_string(work.path().join("out/manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
    for key in ["format_version", "top", "files", "contract", "ports", "parameters", "latency"] {
        assert!(!manifest[key].is_null(), "the manifest lacks {key}");
    }
    let listed = |key: &str| -> Vec<String> {
        let files = manifest[key].as_array().unwrap();
        files.iter().map(|file| file["path"].as_str().unwrap().to_owned()).collect()
    };
    let mut expected = [listed("files"), listed("other_files")].concat();
    expected.push("manifest.json".to_owned());
    expected.sort();
    let found: Vec<String> =
        contents(&work.path().join("out")).into_iter().map(|(path, _)| path).collect();
    assert_eq!(found, expected);
    let list = fs::read_to_string(work.path().join("out/files.f")).unwrap();
    assert_eq!(list.lines().collect::<Vec<_>>(), listed("files"));
    // The ports are those of the module.
    let top = fs::read_to_string(work.path().join("out/tiny.v")).unwrap();
    for port in manifest["ports"].as_array().unwrap() {
        let (name, direction) =
            (port["name"].as_str().unwrap(), port["direction"].as_str().unwrap());
        let declared = top.lines().any(|line| {
            let line = line.trim_start();
            line.starts_with(direction) && line.trim_end_matches(',').ends_with(&format!(" {name}"))
        });
        assert!(declared, "{name} is no {direction} of the top");
    }
    let answer = json(bitweight(work.path()).args(["gen", SMALL, "-o", "out", "--json"]));
    assert_eq!(answer["top"], "out/tiny.v");
    assert_eq!(answer["manifest"], "out/manifest.json");
}

#[test]
fn a_stale_folder_is_reported_with_its_differences() {
    let work = folder();
    succeeds(bitweight(work.path()).args(["gen", SMALL, "-o", "out"]));
    for form in [&["gen", SMALL, "--check", "out"][..], &["gen", "--check", "out"]] {
        assert_eq!(succeeds(bitweight(work.path()).args(form)), "fresh: out\n");
    }
    let path = work.path().join("out/tiny_pe.v");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{text}// mine\n")).unwrap();
    fs::remove_file(work.path().join("out/tiny.sdc")).unwrap();
    let before = contents(&work.path().join("out"));
    let (code, out, _) = fails(bitweight(work.path()).args(["gen", SMALL, "--check", "out"]));
    assert_eq!(code, 1);
    let lines = text.lines().count() + 1;
    let expected = format!(
        "stale: out\n  changed      tiny_pe.v: +1 -0 lines, from line {lines} on\n  \
         missing      tiny.sdc\n"
    );
    assert_eq!(out, expected);
    let (code, out, _) =
        fails(bitweight(work.path()).args(["gen", SMALL, "--check", "out", "--json"]));
    let answer: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &answer["fresh"]), (1, &false.into()));
    assert!(before == contents(&work.path().join("out")), "--check writes nothing");
}

#[test]
fn what_is_not_ours_stays() {
    let work = folder();
    succeeds(bitweight(work.path()).args(["gen", SMALL, "-o", "out"]));
    let out = work.path().join("out");
    fs::write(out.join("notes.txt"), "mine").unwrap();
    fs::write(out.join("tiny_fifo.v"), "// edited\n").unwrap();
    let before = contents(&out);
    let error = assert_error(bitweight(work.path()).args(["gen", SMALL, "-o", "out"]));
    assert!(error.contains("out/tiny_fifo.v was changed after it was generated"), "{error}");
    assert!(error.contains("help: ") && error.contains("--force"), "{error}");
    assert!(before == contents(&out), "nothing was written");
    succeeds(bitweight(work.path()).args(["gen", SMALL, "-o", "out", "--force"]));
    assert_eq!(fs::read_to_string(out.join("notes.txt")).unwrap(), "mine");
    succeeds(bitweight(work.path()).args(["gen", SMALL, "--check", "out"]));

    let foreign = work.path().join("foreign");
    fs::create_dir(&foreign).unwrap();
    fs::write(foreign.join("tiny.v"), "module tiny; endmodule\n").unwrap();
    let error = assert_error(bitweight(work.path()).args(["gen", SMALL, "-o", "foreign"]));
    assert!(error.contains("foreign/tiny.v was not written by bitweight"), "{error}");
    assert_eq!(contents(&foreign).len(), 1);
}

/// A folder holds one design. Another one is refused, or takes its place where that is asked for,
/// and nothing else goes.
#[test]
fn a_folder_holds_one_design() {
    let work = folder();
    succeeds(bitweight(work.path()).args(["gen", SMALL, "-o", "out"]));
    fs::write(work.path().join("out/notes.txt"), "mine").unwrap();
    let yaml = fs::read_to_string(work.path().join(SMALL)).unwrap();
    fs::write(work.path().join("renamed.yaml"), yaml).unwrap();
    let before = contents(&work.path().join("out"));
    for design in ["renamed.yaml", "bnn_linear", "opt4c_int4"] {
        let error = assert_error(bitweight(work.path()).args(["gen", design, "-o", "out"]));
        assert!(error.contains("out holds the design `tiny`"), "{error}");
        assert!(error.contains("help: ") && error.contains("--force"), "{error}");
    }
    assert!(before == contents(&work.path().join("out")), "nothing was written");
    let (code, out, _) =
        fails(bitweight(work.path()).args(["gen", "bnn_linear", "--check", "out"]));
    assert_eq!(code, 1);
    assert!(out.contains("holds the design `tiny`, and the configuration describes `bnn_linear`"));
    let force = ["gen", "renamed.yaml", "-o", "out", "--force"];
    let output = bitweight(work.path()).args(force).output().unwrap();
    let note = String::from_utf8(output.stderr).unwrap();
    assert!(note.contains("files of the design `tiny` were removed"), "{note}");
    let found = contents(&work.path().join("out"));
    assert!(found.iter().all(|(path, _)| !path.starts_with("tiny")), "old files are left");
    assert!(found.iter().any(|(path, _)| path == "notes.txt"));
}

#[test]
fn folders_that_cannot_be_written() {
    let work = folder();
    fs::write(work.path().join("file"), "mine").unwrap();
    let error = assert_error(bitweight(work.path()).args(["gen", SMALL, "-o", "file"]));
    assert!(error.contains("file is a file, not a folder"), "{error}");
    let error = assert_error(bitweight(work.path()).args(["gen", SMALL, "-o", "file/below"]));
    assert!(error.contains("cannot write file/below"), "{error}");
    // A folder of the kernel that refuses new files even to the superuser.
    let error =
        assert_error(bitweight(work.path()).args(["gen", SMALL, "-o", "/proc/1/bitweight"]));
    assert!(error.contains("cannot write /proc/1/bitweight"), "{error}");
    assert_eq!(fs::read_to_string(work.path().join("file")).unwrap(), "mine");
    let error = assert_error(bitweight(work.path()).args(["gen", "--check", "absent"]));
    assert!(error.contains("cannot read absent/manifest.json"), "{error}");
    let error = assert_error(bitweight(work.path()).args(["gen", SMALL]));
    assert!(error.contains("--output"), "{error}");
}

/// A limit on the size of files stands in for a disk that is full.
#[test]
fn a_full_disk_leaves_the_old_output_intact() {
    let work = folder();
    succeeds(bitweight(work.path()).args(["gen", SMALL, "-o", "out"]));
    let before = contents(&work.path().join("out"));
    let yaml = fs::read_to_string(work.path().join(SMALL)).unwrap();
    fs::write(work.path().join(SMALL), yaml.replace("width: 4", "width: 5")).unwrap();
    // Most files fit the limit, the top does not, and it is not the first one to be written.
    // The signal is ignored so that the write fails instead, as it does when the disk is full.
    let script = format!("trap '' XFSZ; ulimit -f 6; \"$BITWEIGHT\" gen {SMALL} -o out");
    let (code, _, error) = fails(&mut shell(work.path(), &script));
    assert_eq!(code, 2, "{error}");
    assert!(error.contains("error: cannot write out/"), "{error}");
    assert!(error.contains("help: check permissions and free space"), "{error}");
    assert!(before == contents(&work.path().join("out")), "the output is neither old nor new");
}
