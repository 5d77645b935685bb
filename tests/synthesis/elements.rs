//! The elements against plain operators, in the default library.

use crate::bench::{Bench, equipped, number};

/// Best area times delay of an element of signed operands.
fn area_delay(element: &str, width: usize) -> f64 {
    let bench = Bench::of(&format!(
        "name: tiny\narray: {{systolic_os: {{rows: 2, cols: 2}}}}\nelement: {element}\n\
         operands: {{a: {{width: {width}}}, b: {{width: {width}}}}}\n"
    ));
    number(&bench.report(&["--vectorless"])["best_area_delay"]["area_delay_um2_ns"])
}

/// What the elements are built for: `mac` takes at most 0.69 of what the same written as plain
/// operators does, and `opt1` at most 0.66 of `mac`.
#[test]
fn elements_are_ahead_of_plain_operators() {
    if !equipped() {
        return;
    }
    for width in [4, 8] {
        let [plain, mac, opt1] =
            ["behavioural", "mac", "opt1"].map(|element| area_delay(element, width));
        assert!(mac <= 0.69 * plain, "mac, {width} bits: {mac} of {plain}");
        assert!(opt1 <= 0.66 * mac, "opt1, {width} bits: {opt1} of {mac}");
    }
}
