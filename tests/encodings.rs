//! Every encoding is known by the same name everywhere.

mod common;

use std::fs;

use bitweight::arith::encode::{self, Encoding};
use bitweight::config;
use common::root;

/// Every name with the encoding that it stands for.
fn names() -> Vec<(&'static str, &'static dyn Encoding)> {
    let named = encode::ALL.iter().map(|&encoding| (encoding.name(), encoding));
    named.chain(encode::ALIASES.iter().copied()).collect()
}

#[test]
fn configurations_take_every_name() {
    for (name, encoding) in names() {
        let yaml = format!(
            "array: {{systolic_os: {{rows: 1, cols: 1}}}}\nelement: opt1\nencoding: {name}\n\
             operands: {{a: {{width: 8}}, b: {{width: 8}}}}\n"
        );
        let design = config::parse(&yaml, "mine", "mine").unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(design.multiplier.encoding.name(), encoding.name());
    }
}

#[test]
fn the_readme_names_every_encoding() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let row = readme.lines().find(|line| line.starts_with("| `encoding` |")).unwrap();
    for (name, _) in names() {
        assert!(row.contains(&format!("`{name}`")), "{name} is missing in: {row}");
    }
}

/// Every encoding stands in a test design, so that lint and simulation see its Verilog.
#[test]
fn test_designs_cover_every_encoding() {
    let designs = common::test_designs();
    for (name, encoding) in names() {
        let found = designs.iter().any(|case| {
            case.design.multiplier.encoding.name() == encoding.name()
                && fs::read_to_string(&case.argument)
                    .unwrap()
                    .contains(&format!("encoding: {name}\n"))
        });
        assert!(found || name == "baugh_wooley", "no test design says `encoding: {name}`");
    }
}
