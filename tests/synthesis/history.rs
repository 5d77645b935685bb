//! Figures of an element do not depend on what else there is, nor on its name: Yosys and ABC break
//! ties by what they have read before.

use serde_json::Value;

use crate::bench::{Bench, equipped};

fn points(name: &str, array: &str, element: &str, scope: &str) -> (Value, Value) {
    let bench = Bench::of(&format!(
        "name: {name}\narray: {{{array}}}\nelement: {element}\n\
         operands: {{a: {{width: 4}}, b: {{width: 4}}}}\naccumulator: {{width: 12}}\n"
    ));
    let mut report = bench.report(&["--vectorless", "--scope", scope]);
    (report["points"].take(), report["spread"].take())
}

#[test]
fn elements_do_not_depend_on_what_is_around_them() {
    if !equipped() {
        return;
    }
    for element in ["behavioural", "opt1"] {
        let one = points("tiny", "systolic_os: {rows: 2, cols: 2}", element, "pe");
        let other = points("a_much_longer_name", "systolic_os: {rows: 5, cols: 3}", element, "pe");
        assert_eq!(one, other, "{element}");
    }
}

#[test]
fn arrays_and_cores_do_not_depend_on_their_name() {
    if !equipped() {
        return;
    }
    for scope in ["array", "core"] {
        let [one, other] = ["tiny", "a_much_longer_name"]
            .map(|name| points(name, "systolic_os: {rows: 2, cols: 2}", "opt1", scope));
        assert_eq!(one, other, "{scope}");
    }
}
