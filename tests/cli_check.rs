//! `bitweight gen --check` as a continuous integration runs it: what it compares with, and what it
//! says about a folder that is stale.

mod terminal;

use std::fs;
use std::path::Path;

use terminal::{SMALL, assert_error, bitweight, fails, folder, succeeds};

fn replace(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{from} is not in {path:?}");
    fs::write(path, text.replace(from, to)).unwrap();
}

fn stale(folder: &Path, arguments: &[&str]) -> String {
    let (code, out, _) = fails(bitweight(folder).arg("gen").args(arguments));
    assert_eq!(code, 1, "{out}");
    out
}

/// What is compared is the configuration that the folder was generated from, not its copy.
#[test]
fn an_edited_configuration_makes_its_folder_stale() {
    let work = folder();
    let root = work.path();
    for out in ["out", "deep/er/out"] {
        succeeds(bitweight(root).args(["gen", SMALL, "-o", out]));
        assert_eq!(
            succeeds(bitweight(root).args(["gen", "--check", out])),
            format!("fresh: {out}\n")
        );
    }
    let manifest = fs::read_to_string(root.join("deep/er/out/manifest.json")).unwrap();
    assert!(manifest.contains("\"file\": \"../../../tiny.yaml\""), "{manifest}");
    replace(&root.join(SMALL), "k_max: 50", "k_max: 51");
    for out in ["out", "deep/er/out"] {
        let said = stale(root, &["--check", out]);
        assert!(said.contains("the configuration has changed"), "{said}");
        assert!(said.contains("changed      tiny.v"), "{said}");
    }
    // From another place the folder still finds it, and a broken one is an error.
    assert!(stale(&root.join("deep"), &["--check", "er/out"]).contains("has changed"));
    fs::write(root.join(SMALL), "array: 3\n").unwrap();
    assert_error(bitweight(root).args(["gen", "--check", "out"]));
    // Without it there is only the copy, which is said.
    fs::remove_file(root.join(SMALL)).unwrap();
    let output = bitweight(root).args(["gen", "--check", "out"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let note = String::from_utf8(output.stderr).unwrap();
    assert!(note.contains("../tiny.yaml, which is not there"), "{note}");
}

/// The place of the configuration is not part of the design.
#[test]
fn a_folder_that_moved_with_its_configuration_is_fresh() {
    let work = folder();
    let root = work.path();
    succeeds(bitweight(root).args(["gen", SMALL, "-o", "out"]));
    fs::create_dir(root.join("elsewhere")).unwrap();
    for name in [SMALL, "out"] {
        fs::rename(root.join(name), root.join("elsewhere").join(name)).unwrap();
    }
    succeeds(bitweight(root).args(["gen", "--check", "elsewhere/out"]));
    fs::copy(root.join("elsewhere").join(SMALL), root.join(SMALL)).unwrap();
    succeeds(bitweight(root).args(["gen", SMALL, "--check", "elsewhere/out"]));
    succeeds(bitweight(root).args(["gen", "bnn_linear", "-o", "layer"]));
    succeeds(bitweight(root).args(["gen", "--check", "layer"]));
    replace(&root.join("layer/bnn_linear.yaml"), "simd: 64", "simd: 32");
    let said = stale(root, &["--check", "layer"]);
    assert_eq!(said.lines().count(), 2, "only the copy differs: {said}");
}

#[test]
fn sources_that_were_added_are_named() {
    let work = folder();
    let (root, out) = (work.path(), work.path().join("out"));
    succeeds(bitweight(root).args(["gen", SMALL, "-o", "out"]));
    for name in ["notes.txt", "wave.vcd", "tb/tb.vvp"] {
        fs::write(out.join(name), "mine").unwrap();
    }
    succeeds(bitweight(root).args(["gen", "--check", "out"]));
    // A design of its own in a folder within is no part of this one.
    succeeds(bitweight(root).args(["gen", "bnn_linear", "-o", "out/other"]));
    succeeds(bitweight(root).args(["gen", "--check", "out"]));
    for name in ["extra.v", "tb/more.sv", "rtl/old.VHD", "defines.vh"] {
        fs::create_dir_all(out.join(name).parent().unwrap()).unwrap();
        fs::write(out.join(name), "// mine\n").unwrap();
        let said = stale(root, &["--check", "out"]);
        assert_eq!(said, format!("stale: out\n  added        {name}: not part of the design\n"));
        fs::remove_file(out.join(name)).unwrap();
    }
}

#[test]
fn another_version_of_the_tool_is_the_reason() {
    let work = folder();
    let (root, out) = (work.path(), work.path().join("out"));
    succeeds(bitweight(root).args(["gen", SMALL, "-o", "out"]));
    let version = format!("bitweight {}", env!("CARGO_PKG_VERSION"));
    for entry in fs::read_dir(&out).unwrap() {
        let path = entry.unwrap().path();
        let of_text = path.extension().is_some_and(|e| e == "v" || e == "json" || e == "sdc");
        if of_text {
            replace(&path, &version, "bitweight 0.0.9");
        }
    }
    let said = stale(root, &["--check", "out"]);
    let reason = said.lines().nth(1).unwrap();
    assert!(reason.contains("bitweight 0.0.9") && reason.contains(&version), "{said}");
    assert!(said.lines().nth(2).unwrap().contains("changed"), "{said}");
}

#[test]
fn several_designs_are_checked_in_their_folders() {
    let work = folder();
    let root = work.path();
    succeeds(bitweight(root).args(["gen", SMALL, "bnn_linear", "-o", "ip"]));
    let fresh = "fresh: ip/bnn_linear\nfresh: ip/tiny\n";
    assert_eq!(succeeds(bitweight(root).args(["gen", "--check", "ip"])), fresh);
    succeeds(bitweight(root).args(["gen", SMALL, "bnn_linear", "--check", "ip"]));
    fs::remove_file(root.join("ip/tiny/tiny_pe.v")).unwrap();
    let said = stale(root, &["--check", "ip"]);
    assert_eq!(said, "stale: ip/tiny\n  missing      tiny_pe.v\n");
}
