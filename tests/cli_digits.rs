//! `bitweight digits`: figures, errors, plots, and the page in the docs.

mod common;
mod terminal;

use std::fs;
use std::path::Path;

use bitweight::sim::npy::read_array;
use common::root;
use terminal::{assert_error, bitweight, folder, json, succeeds};

/// A one-dimensional or two-dimensional array of int8, as numpy.save writes it.
fn npy(path: &Path, dtype: &str, shape: &str, data: &[u8]) {
    let header = format!("{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}");
    let header = format!("{header}{}\n", " ".repeat(63 - (10 + header.len()) % 64));
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend(u16::try_from(header.len()).unwrap().to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    fs::write(path, bytes).unwrap();
}

fn number(value: &serde_json::Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("not a number: {value}"))
}

#[test]
fn the_page_is_fresh() {
    let work = folder();
    succeeds(bitweight(work.path()).args(["digits", "--page", "docs"]));
    let written = common::files(&work.path().join("docs"), "svg");
    assert_eq!(written.len(), 2);
    for path in written.into_iter().chain([work.path().join("docs/digits.md")]) {
        let name = path.file_name().unwrap();
        let known = fs::read_to_string(root().join("docs").join(name)).unwrap_or_default();
        let help = "refresh it with: cargo run -- digits --page docs";
        assert!(fs::read_to_string(&path).unwrap() == known, "{name:?} is stale; {help}");
    }
}

#[test]
fn a_distribution_is_summed_up() {
    let work = folder();
    let arguments = ["digits", "--encoding", "ent", "--width", "8", "--dist", "normal:20"];
    let answer = json(bitweight(work.path()).args(arguments).arg("--json"));
    assert!((number(&answer["mean_nonzero_digits"]) - 2.115).abs() < 1e-3, "{answer}");
    let per_weight: Vec<f64> =
        answer["per_weight"].as_array().unwrap().iter().map(number).collect();
    assert_eq!(per_weight.len(), 4);
    assert!(
        (per_weight.iter().sum::<f64>() - number(&answer["mean_nonzero_digits"])).abs() < 1e-12
    );
    let cycles = &answer["cycles_per_operand"];
    for (policy, expected) in [
        ("bubble", 2.342),
        ("skip_empty", 2.115),
        ("published_k32", 2.055),
        ("published_k128", 2.099),
    ] {
        assert!((number(&cycles[policy]) - expected).abs() < 1e-3, "{policy}: {cycles}");
    }
    let text = succeeds(bitweight(work.path()).args(arguments));
    assert!(text.starts_with("ent, int8, normal:20 (exact expectation)\n"), "{text}");
    assert!(text.contains("non-zero digits per operand  2.1148 of 4\n"), "{text}");
    assert!(text.contains("bubble                  any   2.342"), "{text}");
}

#[test]
fn a_file_is_counted() {
    let work = folder();
    // 91 = {-1, -1, 2, 1}, 124 = {0, -1, 0, 2}, 0, -128 = {0, 0, 0, -2}.
    npy(&work.path().join("x.npy"), "|i1", "(1, 4)", &[91, 124, 0, 128]);
    let arguments = ["digits", "--encoding", "ent", "--dist", "x.npy", "--json"];
    let answer = json(bitweight(work.path()).args(arguments));
    assert_eq!(number(&answer["mean_nonzero_digits"]), 7.0 / 4.0);
    let per_weight: Vec<f64> =
        answer["per_weight"].as_array().unwrap().iter().map(number).collect();
    assert_eq!(per_weight, [0.25, 0.5, 0.25, 0.75]);
    assert_eq!(answer["exact"], false);
    assert_eq!(number(&answer["cycles_per_operand"]["bubble"]), 7.0 / 4.0);
    // The groups of the four planes are all in the first lane.
    assert_eq!(number(&answer["cycles_per_operand"]["decoupled_k4"]), 7.0 / 4.0);
}

#[test]
fn the_plot_is_a_picture_with_units() {
    let work = folder();
    let arguments =
        ["digits", "--encoding", "booth", "--unsigned", "--width", "6", "--plot", "p.svg"];
    succeeds(bitweight(work.path()).args(arguments));
    let svg = fs::read_to_string(work.path().join("p.svg")).unwrap();
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
    for words in ["booth, uint6, uniform", "bit weight of the digit", "2^6", "share of operands"] {
        assert!(svg.contains(words), "{words} is missing");
    }
}

#[test]
fn bad_input_is_explained() {
    let work = folder();
    npy(&work.path().join("f.npy"), "<f4", "(1,)", &[0; 4]);
    npy(&work.path().join("wide.npy"), "<i2", "(2, 2)", &[1, 0, 2, 0, 3, 0, 0, 1]);
    npy(&work.path().join("empty.npy"), "|i1", "(0,)", &[]);
    let ent: &[&str] = &["--encoding", "ent"];
    let cases: &[(&[&str], &[&str], &[&str])] = &[
        (&[], &["--encoding", "boot"], &["unknown encoding `boot`", "did you mean `booth`?"]),
        (ent, &["--width", "0"], &["`--width` is 0, out of range 1 to 64"]),
        (ent, &["--width", "65"], &["out of range 1 to 64"]),
        (ent, &["--width", "-3"], &["`--width` is -3"]),
        (ent, &["--dist", "normal:0"], &["`normal:0` is neither", "help: give for example"]),
        (ent, &["--dist", "normal:nan"], &["SIGMA > 0"]),
        (ent, &["--dist", "poisson"], &["`poisson` is neither", "nor a .npy file"]),
        (ent, &["--dist", "none.npy"], &["none.npy: cannot read the array"]),
        (ent, &["--dist", "f.npy"], &["type <f4, not integers", "astype(numpy.int8)"]),
        (ent, &["--dist", "wide.npy"], &["the value 256 at index [1, 1] is outside int8"]),
        (ent, &["--dist", "empty.npy"], &["the array is empty"]),
        (ent, &["--dist", "wide.npy", "--width", "16", "--k", "4"], &["`--k` does not apply"]),
        (ent, &["--width", "32"], &["uniform operands int32", "2^24", "a narrower format"]),
        (ent, &["--k", "33"], &["K is 33", "multiple of 16", "help: give for example 32"]),
        (ent, &["--group", "0"], &["`--group` is 0"]),
        (ent, &["--lanes", "100"], &["`--lanes` is 100"]),
        (ent, &["--plot", "no/such/folder.svg"], &["cannot write no/such/folder.svg"]),
    ];
    for (first, second, expected) in cases {
        let mut command = bitweight(work.path());
        let error = assert_error(command.arg("digits").args(*first).args(*second));
        for words in *expected {
            assert!(error.contains(words), "{second:?}: `{words}` is missing in\n{error}");
        }
    }
}

/// A wide format costs nothing where the operands are small.
#[test]
fn wide_formats_with_small_operands() {
    let work = folder();
    let mean = |width: &str| {
        let arguments =
            ["digits", "--encoding", "csd", "--dist", "normal:9", "--json", "--width", width];
        number(&json(bitweight(work.path()).args(arguments))["mean_nonzero_digits"])
    };
    assert!((mean("64") - mean("16")).abs() < 1e-12);
}

/// Operand A is encoded outside, its words are sums of digits at their weights, and the product is
/// the one of the operands; words that are not digits are refused by their index.
#[test]
fn digits_of_the_host_make_the_product() {
    let work = folder();
    let path = |name: &str| work.path().join(name);
    let design = root().join("testbench/designs/host_opt4e.yaml");
    let (m, k, n) = (5, 37, 7);
    let at = |row: usize, col: usize, scale: usize, modulus: usize| {
        (row * scale + col * 29 + row * col) % modulus
    };
    let a = |row, col| at(row, col, 71, 256) as i64 - 128;
    let b = |row, col| at(row, col, 17, 64) as i64 - 32;
    let bytes = |rows: usize, cols: usize, of: &dyn Fn(usize, usize) -> i64| -> Vec<u8> {
        (0..rows * cols).map(|index| of(index / cols, index % cols) as i8 as u8).collect()
    };
    npy(&path("a.npy"), "|i1", &format!("({m}, {k})"), &bytes(m, k, &a));
    npy(&path("b.npy"), "|i1", &format!("({k}, {n})"), &bytes(k, n, &b));
    let encode = ["--a", "a.npy", "--out", "d.npy"];
    succeeds(bitweight(work.path()).arg("encode").arg(&design).args(encode));
    // Radix-4 digits, each as negative, one, two from the lowest bit up.
    let (shape, words) = read_array(&path("d.npy")).unwrap();
    assert_eq!(shape, [m, k]);
    for (index, &word) in words.iter().enumerate() {
        let digit = |place: u32| {
            let bits = word >> (3 * place);
            let magnitude = (bits >> 1 & 1) + 2 * (bits >> 2 & 1);
            (if bits & 1 == 1 { -magnitude } else { magnitude }) << (2 * place)
        };
        let sum: i128 = (0..4).map(digit).sum();
        assert_eq!(sum, a(index / k, index % k).into(), "word {word:#x}");
    }
    let run = ["--digits", "d.npy", "--b", "b.npy", "--out", "c.npy", "--stall", "0.2"];
    let text = succeeds(bitweight(work.path()).arg("sim").arg(&design).args(run));
    assert!(text.starts_with("PASS"), "{text}");
    let (shape, products) = read_array(&path("c.npy")).unwrap();
    assert_eq!(shape, [m, n]);
    for (index, &product) in products.iter().enumerate() {
        let (row, col) = (index / n, index % n);
        let sum: i64 = (0..k).map(|term| a(row, term) * b(term, col)).sum();
        assert_eq!(product, sum.into(), "C[{row}, {col}]");
    }

    // One and two at once.
    npy(&path("bad.npy"), "<u2", "(1, 2)", &[0, 0, 6, 0]);
    npy(&path("two.npy"), "|i1", "(2, 1)", &[1, 1]);
    let bad = ["--digits", "bad.npy", "--b", "two.npy"];
    let error = assert_error(bitweight(work.path()).arg("sim").arg(&design).args(bad));
    let what = "the word 6 at index [0, 1] does not hold the digits of an operand int8";
    assert!(error.contains(what), "{error}");
    let error = assert_error(bitweight(work.path()).args(["sim", "opt4c_int4"]).args(bad));
    assert!(error.contains("opt4c_int4 takes operand A as it is"), "{error}");
}
