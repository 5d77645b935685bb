//! The example of the README: a small network on real data, through the generated hardware.

use std::path::PathBuf;

use assert_cmd::Command;

/// The example beside this test, as cargo builds it for the same profile.
fn example() -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its program");
    let profile = test.ancestors().nth(2).expect("target/PROFILE/deps/TEST");
    let program = profile.join("examples/digits");
    assert!(program.is_file(), "{} is missing; cargo build --examples makes it", program.display());
    program
}

#[test]
fn handwritten_digits_are_recognised() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let run = Command::new(example())
        .env("CARGO_TARGET_DIR", folder.path())
        .output()
        .expect("the example runs");
    let text = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{text}\n{}", String::from_utf8_lossy(&run.stderr));
    for line in [
        "719 x 64 x 32: 5795 cycles (the loop nest says 5795), 99.26 % utilisation, 0 mismatches",
        "719 x 32 x 10: 1475 cycles (the loop nest says 1475), 60.93 % utilisation, 0 mismatches",
        "acc1       23008 values, equal to the stored ones",
        "h1         23008 values, equal to the stored ones",
        "acc2       7190 values, equal to the stored ones",
        "accuracy   700 of 719 images, 97.36 %",
    ] {
        assert!(text.contains(line), "`{line}` is missing in\n{text}");
    }
    assert!(text.trim_end().ends_with("PASS"), "{text}");
    let top = folder.path().join("digits/systolic_os_opt1_int8/systolic_os_opt1_int8.v");
    assert!(top.is_file(), "the Verilog is left for the user at {}", top.display());
}
