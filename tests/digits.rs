//! The example of the README: a small network on real data, through the generated hardware.

use std::path::{Path, PathBuf};

use assert_cmd::Command;

/// The example beside this test, as cargo builds it for the same profile.
fn example() -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its program");
    let profile = test.ancestors().nth(2).expect("target/PROFILE/deps/TEST");
    let program = profile.join("examples/digits");
    assert!(program.is_file(), "{} is missing; cargo build --examples makes it", program.display());
    program
}

/// Runs the network on a design, whose Verilog is left in `folder`; gives what was printed.
fn classify(folder: &Path, design: &str) -> String {
    let run = Command::new(example())
        .arg(design)
        .env("CARGO_TARGET_DIR", folder)
        .output()
        .expect("the example runs");
    let text = String::from_utf8_lossy(&run.stdout).into_owned();
    assert!(run.status.success(), "{text}\n{}", String::from_utf8_lossy(&run.stderr));
    assert!(text.trim_end().ends_with("PASS"), "{text}");
    text
}

fn assert_lines(text: &str, lines: &[&str]) {
    for line in lines {
        assert!(text.contains(line), "`{line}` is missing in\n{text}");
    }
}

const RIGHT: [&str; 4] = [
    "acc1       23008 values, equal to the stored ones",
    "h1         23008 values, equal to the stored ones",
    "acc2       7190 values, equal to the stored ones",
    "accuracy   700 of 719 images, 97.36 %",
];

#[test]
fn handwritten_digits_are_recognised() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let text = classify(folder.path(), "systolic_os_opt1_int8");
    assert_lines(&text, &RIGHT);
    assert_lines(
        &text,
        &[
            "719 x 64 x 32: 5796 cycles (the loop nest says 5796), 99.24 % utilisation, 0 mismatches",
            "719 x 32 x 10: 1476 cycles (the loop nest says 1476), 60.89 % utilisation, 0 mismatches",
        ],
    );
    let top = folder.path().join("digits/systolic_os_opt1_int8/systolic_os_opt1_int8.v");
    assert!(top.is_file(), "the Verilog is left for the user at {}", top.display());
}

/// The engines that leave zero digits out: cycles, digits, and what columns and lanes did. The page
/// of these engines has the same figures.
#[test]
fn few_digits_of_small_activations_are_worked_on() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let page = include_str!("../docs/bit_slice.md");
    for (design, layers) in [
        ("opt3_int8", [("56199", "1.213", "0.819"), ("42648", "1.850", "0.169")]),
        ("opt4c_int8", [("56199", "1.213", "0.819"), ("42648", "1.850", "0.169")]),
        ("opt4c_8_columns_int8", [("7533", "1.213", "0.764"), ("5538", "1.850", "0.162")]),
        ("opt4e_int8", [("3563", "1.153", "1.614"), ("3548", "1.792", "0.253")]),
        ("laconic_int8", [("77901", "1.153", "1.181"), ("14091", "1.792", "1.021")]),
    ] {
        let text = classify(folder.path(), design);
        assert_lines(&text, &RIGHT);
        let mut row = format!("| `{design}` |");
        for (cycles, digits, rate) in layers {
            assert_lines(
                &text,
                &[
                    &format!("{cycles} cycles (the schedule of the digits says {cycles}), ",),
                    &format!(
                        "{digits} digits of an activation are not zero, {rate} MAC per cycle and \
                         element; columns busy in "
                    ),
                ],
            );
            row += &format!(" {cycles} | {digits} | {rate} |");
        }
        assert!(page.contains(&row), "docs/bit_slice.md lacks `{row}`");
    }
}
