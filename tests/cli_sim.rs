//! `bitweight sim` as a user meets it: reports, arrays in and out, mismatches, replay.

mod common;
mod terminal;

use std::fs;
use std::path::Path;

use serde_json::Value;
use terminal::{SMALL, assert_error, bitweight, fails, folder, json, shell, succeeds};

/// A NumPy file, as numpy.save writes it.
fn npy(path: &Path, dtype: &str, fortran: bool, shape: &str, data: &[u8]) {
    let order = if fortran { "True" } else { "False" };
    let header = format!("{{'descr': '{dtype}', 'fortran_order': {order}, 'shape': {shape}, }}");
    let padding = 63 - (10 + header.len()) % 64;
    let header = format!("{header}{}\n", " ".repeat(padding));
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend(u16::try_from(header.len()).unwrap().to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    fs::write(path, bytes).unwrap();
}

fn int64(values: &[i64]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// A (2 x 3) and B (3 x 2) for the small design, and their product.
const A: [i64; 6] = [1, -2, 3, -8, 7, 0];
const B: [i64; 6] = [3, -4, 1, 0, -3, 2];
const C: [i64; 4] = [3 - 2 - 9, -4 + 6, -24 + 7, 32];

fn write_operands(folder: &Path) {
    npy(&folder.join("a.npy"), "<i8", false, "(2, 3)", &int64(&A));
    npy(&folder.join("b.npy"), "<i8", false, "(3, 2)", &int64(&B));
}

fn sim(folder: &Path) -> std::process::Command {
    let mut command = bitweight(folder);
    command.args(["sim", SMALL, "--a", "a.npy", "--b", "b.npy", "--out", "c.npy"]);
    command
}

#[test]
fn a_report_has_its_keys() {
    let work = folder();
    let answer = json(bitweight(work.path()).args(["sim", SMALL, "--json"]));
    assert_eq!((&answer["passed"], &answer["mismatches"]), (&true.into(), &0.into()));
    assert_eq!(answer["cycles"], answer["expected_cycles"]);
    for key in ["macs", "utilisation", "cycles_per_second", "seed", "tools"] {
        assert!(!answer[key].is_null(), "{key} is missing");
    }
    let arguments = ["sim", SMALL, "--random", "5,6,7", "--seed", "9", "--stall", "0.2"];
    let text = succeeds(bitweight(work.path()).args(arguments));
    assert!(text.starts_with("PASS  tiny: 5 x 6 x 7 in 9 tiles"), "{text}");
    // A run repeats cycle by cycle.
    let answer = json(bitweight(work.path()).args(arguments).arg("--json"));
    let again = json(bitweight(work.path()).args(arguments).arg("--json"));
    assert_eq!((&answer["cycles"], &answer["macs"]), (&again["cycles"], &210.into()));
    assert!(text.contains(&format!("cycles       {} (", answer["cycles"])), "{text}");
}

/// All integer types and both orders give the same product.
#[test]
fn arrays_of_every_integer_type() {
    let work = folder();
    write_operands(work.path());
    let place = |name: &str| work.path().join(name);
    let expected = {
        succeeds(&mut sim(work.path()));
        fs::read(place("c.npy")).unwrap()
    };
    assert!(expected.ends_with(&int64(&C)), "the result is the product");
    let header = String::from_utf8_lossy(&expected[10..expected.len() - 32]).into_owned();
    assert!(header.contains("'<i8'") && header.contains("(2, 2"), "{header}");
    for (dtype, size) in [("|i1", 1), ("<i2", 2), ("<i4", 4), ("<i8", 8)] {
        for fortran in [false, true] {
            let order = if fortran { [0, 3, 1, 4, 2, 5] } else { [0, 1, 2, 3, 4, 5] };
            let data: Vec<u8> =
                order.iter().flat_map(|&i| A[i].to_le_bytes()[..size].to_vec()).collect();
            npy(&place("a.npy"), dtype, fortran, "(2, 3)", &data);
            fs::remove_file(place("c.npy")).unwrap();
            succeeds(&mut sim(work.path()));
            assert_eq!(fs::read(place("c.npy")).unwrap(), expected, "{dtype}, {fortran}");
        }
    }
    for (dtype, size) in [("|u1", 1), ("<u2", 2), ("<u4", 4), ("<u8", 8)] {
        let data: Vec<u8> =
            A.iter().flat_map(|v| v.abs().min(7).to_le_bytes()[..size].to_vec()).collect();
        npy(&place("a.npy"), dtype, false, "(2, 3)", &data);
        succeeds(&mut sim(work.path()));
        let first = 3 + 2 - 9i64;
        assert!(fs::read(place("c.npy")).unwrap().ends_with(&int64(&[first, 2, 28, -28])));
    }
}

#[test]
fn arrays_that_cannot_be_used() {
    let work = folder();
    let data = int64(&A);
    let out_of_range = int64(&[1, 2, 3, 4, 8, 99]);
    let cases: [(&str, &str, &[u8], &str); 9] = [
        ("<f8", "(2, 3)", &data, "elements of type <f8, not integers"),
        ("<V1", "(2, 3)", &data, "not integers"),
        (">i8", "(2, 3)", &data, "big-endian"),
        ("<i8", "(6,)", &data, "rank 1 (shape [6])"),
        ("<i8", "(1, 2, 3)", &data, "rank 3"),
        ("<i8", "(2, 3)", &data[..40], "truncated"),
        ("<i8", "(0, 3)", &[], "empty: shape 0 x 3"),
        ("<i8", "(3, 2)", &data, "the shapes do not multiply: A is 3 x 2, B is 3 x 2"),
        ("<i8", "(2, 3)", &out_of_range, "the value 8 at index [1, 1] is outside int4: -8 to 7"),
    ];
    for (dtype, shape, data, expected) in cases {
        write_operands(work.path());
        npy(&work.path().join("a.npy"), dtype, false, shape, data);
        let error = assert_error(&mut sim(work.path()));
        assert!(error.contains(expected), "{dtype} {shape}: {error}");
        assert!(error.contains("help: "), "{error}");
    }
    for (name, bytes) in [("garbage", &b"not an array"[..]), ("nothing", b"")] {
        fs::write(work.path().join("a.npy"), bytes).unwrap();
        let error = assert_error(&mut sim(work.path()));
        assert!(error.contains("a.npy: cannot read the array"), "{name}: {error}");
    }
    fs::remove_file(work.path().join("a.npy")).unwrap();
    let error = assert_error(&mut sim(work.path()));
    assert!(error.contains("a.npy") && error.contains("No such file"), "{error}");
    assert!(!work.path().join("c.npy").exists(), "nothing was written");
}

#[test]
fn results_that_cannot_be_written() {
    let work = folder();
    write_operands(work.path());
    let run = |out: &str| {
        assert_error(
            bitweight(work.path())
                .args(["sim", SMALL, "--a", "a.npy", "--b", "b.npy", "--out", out]),
        )
    };
    assert!(run(".").contains(". is a folder"));
    assert!(run("absent/c.npy").contains("cannot write into the folder absent"));
    assert!(run("tiny.yaml/c.npy").contains("cannot write into the folder tiny.yaml"));
    // Files are limited to nothing: as if the disk were full when the result is saved.
    succeeds(&mut sim(work.path()));
    let before = fs::read(work.path().join("c.npy")).unwrap();
    let script = format!(
        "trap '' XFSZ; ulimit -f 0; \"$BITWEIGHT\" sim {SMALL} --a a.npy --b b.npy --out c.npy"
    );
    let (code, _, error) = fails(&mut shell(work.path(), &script));
    assert_eq!(code, 2, "{error}");
    assert!(error.starts_with("error: cannot write the result to c.npy"), "{error}");
    assert_eq!(fs::read(work.path().join("c.npy")).unwrap(), before, "the old result is whole");
    assert_eq!(fs::read_dir(work.path()).unwrap().count(), 4, "no temporary file is left");
}

/// An edited design that is wrong: everything needed to find the fault, and a replay that works.
#[test]
fn a_mismatch_is_reported_and_replayed() {
    let work = folder();
    succeeds(bitweight(work.path()).args(["gen", SMALL, "-o", "out"]));
    let path = work.path().join("out/tiny_drain_row.v");
    let text = fs::read_to_string(&path).unwrap();
    let broken = text
        .replace("assign lanes[", "assign lanes[0] = 1'b0; assign lanes[")
        .replace("-1:0] = buffer_q;", "-1:1] = buffer_q >> 1;");
    assert_ne!(text, broken);
    fs::write(&path, broken).unwrap();
    let arguments = ["sim", SMALL, "--random", "3,5,4", "--seed", "7", "--rtl", "out"];
    let (code, text, _) = fails(bitweight(work.path()).args(arguments));
    assert_eq!(code, 1);
    insta::with_settings!({ filters => vec![
        (r"[\d.]+ .?cycles/s, simulator built in [\d.]+ s", "[speed]"),
    ]}, { insta::assert_snapshot!("mismatch", text) });
    let (code, answer, _) = fails(bitweight(work.path()).args(arguments).arg("--json"));
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!((code, &answer["passed"], &answer["seed"]), (1, &false.into(), &7.into()));
    let first = &answer["first_mismatches"][0];
    for key in ["cycle", "tile", "row", "col", "lane", "expected", "actual", "operands"] {
        assert!(!first[key].is_null(), "{key} is missing");
    }
    let replay = answer["replay"].as_str().unwrap();
    let command = replay.replacen("bitweight", "\"$BITWEIGHT\"", 1);
    let (code, again, _) = fails(&mut shell(work.path(), &command));
    assert_eq!(code, 1);
    assert!(
        again.contains(&format!("cycle {}, tile {}", first["cycle"], first["tile"])),
        "{again}"
    );
    assert!(work.path().join("mismatch.fst").metadata().unwrap().len() > 0);
}

/// Verilog that is no Verilog is an error of the input, with what the tool said about it.
#[test]
fn files_that_do_not_compile() {
    let work = folder();
    let error = assert_error(bitweight(work.path()).args(["sim", SMALL, "--rtl", "absent"]));
    assert!(error.contains("cannot read absent/manifest.json"), "{error}");
    succeeds(bitweight(work.path()).args(["gen", SMALL, "-o", "out"]));
    fs::write(work.path().join("out/tiny_pe.v"), "module tiny_pe (;\n").unwrap();
    let error = assert_error(bitweight(work.path()).args(["sim", SMALL, "--rtl", "out"]));
    assert!(error.contains("tiny_pe.v:1:") && error.contains("Verilator"), "{error}");
    fs::remove_file(work.path().join("out/tiny_pe.v")).unwrap();
    let error = assert_error(bitweight(work.path()).args(["sim", SMALL, "--rtl", "out"]));
    assert!(error.contains("cannot read out/tiny_pe.v"), "{error}");
}

/// A design that offers results for ever and takes no operands neither passes nor runs for ever.
#[test]
fn a_design_that_only_talks_is_stopped() {
    let work = folder();
    succeeds(bitweight(work.path()).args(["gen", SMALL, "-o", "out"]));
    let edit = |file: &str, old: &str, new: &str| {
        let path = work.path().join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(old), "{file}");
        fs::write(path, text.replace(old, new)).unwrap();
    };
    edit("out/tiny_fifo.v", "assign valid_o = used_q[0];", "assign valid_o = 1'b1;");
    edit("out/tiny_control.v", "assign ready_o = ", "assign ready_o = 1'b0 & ");
    let (code, text, _) = fails(bitweight(work.path()).args(["sim", SMALL, "--rtl", "out"]));
    assert_eq!(code, 1);
    assert!(text.contains("transfers came out"), "{text}");
}
