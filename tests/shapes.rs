//! Arrays from files: shapes are checked, not numbers of elements.

mod terminal;

use std::fs;
use std::path::Path;
use std::process::Command;

use bitweight::config;
use bitweight::sim::Mismatch;
use bitweight::workload::Workload as _;
use bitweight::workload::{LayerRun, random_tiles};
use terminal::bitweight as program;
use terminal::{assert_error, folder, json, succeeds};

fn npy(path: &Path, dtype: &str, shape: &str, data: &[u8]) {
    let header = format!("{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}");
    let padding = 63 - (10 + header.len()) % 64;
    let header = format!("{header}{}\n", " ".repeat(padding));
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend(u16::try_from(header.len()).unwrap().to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    fs::write(path, bytes).unwrap();
}

/// A frame needs weights and tables, and no simulator.
fn frame(folder: &Path) -> Command {
    let mut command = program(folder);
    command.args(["frame", "mine.yaml", "--w", "w.npy", "--params", "p", "-o", "f.hex"]);
    command
}

const LAYER: &str = "name: mine\nlayer: {linear: {inputs: 4, outputs: 6}}\nfolding: {simd: 2, lanes: \
                     2}\nepilogue:\n  - multi_threshold: {bits: 4}\n";

fn write(folder: &Path, yaml: &str) {
    fs::write(folder.join("mine.yaml"), yaml).unwrap();
    fs::create_dir_all(folder.join("p")).unwrap();
    npy(&folder.join("w.npy"), "|i1", "(6, 4)", &[1; 24]);
    npy(&folder.join("p/threshold.npy"), "|i1", "(6, 15)", &[1; 90]);
}

#[test]
fn tables_and_weights_of_another_shape_are_refused_with_the_remedy() {
    let work = folder();
    write(work.path(), LAYER);
    succeeds(&mut frame(work.path()));
    for (file, dtype, shape, size, expected) in [
        ("p/threshold.npy", "|i1", "(15, 6)", 90, &["(15, 6)", "takes (6, 15)", "save x.T"][..]),
        ("p/threshold.npy", "|i1", "(9, 10)", 90, &["(9, 10)", "(6, 15)", "(outputs, thresholds)"]),
        ("p/threshold.npy", "|i1", "(90,)", 90, &["(90,)", "x.reshape(6, 15)"]),
        ("p/threshold.npy", "|i1", "(6,)", 6, &["(6,)", "(6, 15)"]),
        ("p/threshold.npy", "|i1", "()", 1, &["()", "(6, 15)"]),
        (
            "w.npy",
            "|i1",
            "(4, 6)",
            24,
            &["(4, 6)", "takes (6, 4)", "save x.T", "(outputs, inputs)"],
        ),
        ("w.npy", "|i1", "(24,)", 24, &["(24,)", "x.reshape(6, 4)"]),
        ("w.npy", "<V1", "(6, 4)", 24, &["V1, not integers", ".view(ml_dtypes.TYPE)"]),
    ] {
        write(work.path(), LAYER);
        npy(&work.path().join(file), dtype, shape, &vec![1; size]);
        let error = assert_error(&mut frame(work.path()));
        for part in expected {
            assert!(error.contains(part), "{file} {shape}: {error}");
        }
        assert!(error.contains("help: "), "{error}");
    }
}

#[test]
fn one_row_holds_for_all_and_what_is_not_read_is_told() {
    let work = folder();
    write(work.path(), LAYER);
    let read = || fs::read_to_string(work.path().join("f.hex")).unwrap();
    succeeds(&mut frame(work.path()));
    let all = read();
    for shape in ["(15,)", "(1, 15)"] {
        npy(&work.path().join("p/threshold.npy"), "|i1", shape, &[1; 15]);
        npy(&work.path().join("p/scale.npy"), "|i1", "(6,)", &[1; 6]);
        let said = succeeds(&mut frame(work.path()));
        assert!(said.contains("not read from p") && said.contains("scale.npy"), "{said}");
        assert_eq!(read(), all, "{shape}");
    }
    let binary = LAYER.replace("multi_threshold: {bits: 4}", "threshold: {}");
    fs::write(work.path().join("mine.yaml"), binary).unwrap();
    for (invert, size) in [("(6,)", 6), ("(6, 1)", 6), ("(1,)", 1), ("()", 1)] {
        npy(&work.path().join("p/threshold.npy"), "|i1", invert, &vec![3; size]);
        npy(&work.path().join("p/invert.npy"), "|b1", invert, &vec![1; size]);
        succeeds(&mut frame(work.path()));
        let first = work.path().join("first.hex");
        match first.exists() {
            false => drop(fs::copy(work.path().join("f.hex"), first).unwrap()),
            true => assert_eq!(read(), fs::read_to_string(first).unwrap(), "{invert}"),
        }
    }
}

#[test]
fn the_orientation_of_square_weights_is_told() {
    let work = folder();
    write(work.path(), &LAYER.replace("inputs: 4", "inputs: 6"));
    npy(&work.path().join("w.npy"), "|i1", "(6, 6)", &[1; 36]);
    let said = succeeds(&mut frame(work.path()));
    assert!(said.contains("taken as (outputs, inputs)"), "{said}");
    let answer = json(frame(work.path()).arg("--json"));
    assert!(answer["notes"][0].as_str().unwrap().contains("(6, 6)"), "{answer}");
}

/// Batch norms of half precision, and of one value for all.
#[test]
fn fold_reads_halves_and_checks_shapes() {
    let work = folder();
    let place = |name: &str| work.path().join(name);
    // 1.0, 2.0, -1.0 in half precision.
    let halves = [0x00, 0x3c, 0x00, 0x40, 0x00, 0xbc];
    npy(&place("g.npy"), "<f2", "(3,)", &halves);
    npy(&place("b.npy"), "<f2", "()", &halves[..2]);
    npy(&place("v.npy"), "|b1", "(1,)", &[1]);
    npy(&place("w.npy"), "|i1", "(3, 4)", &[1; 12]);
    let fold = |w: &str, mean: &str| {
        let mut command = program(work.path());
        let bn = format!("g.npy,b.npy,{mean},v.npy");
        command.args(["fold", "--bn", &bn, "--eps", "0", "--weights", w]);
        command
    };
    let said = succeeds(&mut fold("w.npy", "b.npy"));
    assert!(
        said.contains("folded 3 channels") && said.contains("(3, 4) (outputs, inputs)"),
        "{said}"
    );
    npy(&place("t.npy"), "|i1", "(4, 3)", &[1; 12]);
    let error = assert_error(&mut fold("t.npy", "b.npy"));
    assert!(error.contains("(4, 3)") && error.contains("save w.T"), "{error}");
    npy(&place("m.npy"), "<f2", "(1, 3)", &halves);
    let error = assert_error(&mut fold("w.npy", "m.npy"));
    assert!(error.contains("(1, 3)") && error.contains("takes (3,)"), "{error}");
}

/// A wrong result of a layer is told by its place in the tensor.
#[test]
fn a_mismatch_of_a_layer_names_sample_position_and_channel() {
    let text = "layer: {conv2d: {input: 4, channels: 2, outputs: 5, kernel: 2}}\nfolding: {simd: 2, \
                lanes: 2}\nepilogue: [{tee: {}}, {maxpool: {window: 2}}]\n";
    let layer = config::parse_layer(text, "mine.yaml", "mine").unwrap();
    let run = LayerRun::new(&layer, &random_tiles(&layer, &[3], 1)).unwrap();
    let describe = |place| {
        let (expected, actual) = ("3".to_owned(), "5".to_owned());
        Mismatch { cycle: 9, place, expected, actual }.to_string()
    };
    // One pooled position in 3 vectors; at the tee 3 x 3.
    let result = describe(run.place(0, 7, 1));
    assert!(
        result.contains(
            "m_axis_y, tile 0, lane 1: sample 2, position (0, 0), channel 3 is 5, expected 3"
        ),
        "{result}"
    );
    let rest = describe(run.place(0, 2, 1));
    assert!(rest.contains("beyond the last channel, is 5, and must be 3"), "{rest}");
    let tee = describe(run.side_place(0, 0, (9 + 5) * 3, 0));
    assert!(
        tee.contains("m_axis_t, tile 0, lane 0: sample 1, position (1, 2), channel 0"),
        "{tee}"
    );
    assert!(!(result + &tee).contains("matrices"));
}
