//! The configuration of an array as YAML.

use askama::Template;

use crate::arith::Levels;
use crate::arith::carry_save::CarryStorage;
use crate::arith::operand::Operand;
use crate::design::{Design, Element, SignCorrection, Target, Topology};
use crate::machine::reset_name;

#[derive(Template)]
#[template(path = "design.yaml")]
struct Configuration<'a> {
    version: &'a str,
    design: &'a Design,
    summary: String,
    reset: &'a str,
    carry_every: Option<usize>,
    sign_correction: Option<SignCorrection>,
    lanes: bool,
    /// Plain operators: the synthesis tool makes these choices.
    plain: bool,
    /// Popcounts of words: nothing is encoded.
    words: bool,
    /// Carry chains add up: there is no adder to choose.
    chains: bool,
    /// How the codes of A and B are read.
    formats: (String, String),
}

/// The configuration of a design with every default written out, as YAML.
pub(super) fn configuration(design: &Design) -> String {
    let version = env!("CARGO_PKG_VERSION");
    // A JSON string is a YAML string, whatever the summary contains.
    let summary = serde_json::Value::from(design.summary.as_str()).to_string();
    let carry_every = match design.carry_storage {
        CarryStorage::Every(every) => Some(every),
        CarryStorage::Slack => None,
    };
    // The depth of a tree says how many terms it adds.
    let lanes = match design.element {
        Element::Opt2 => design.array.topology != Topology::AdderTree,
        Element::Xnor => design.array.topology == Topology::SystolicOs,
        _ => false,
    };
    let plain = design.element == Element::Behavioural;
    let words = design.element == Element::Xnor;
    let format = |levels: Levels| match levels.operand() {
        Some(Operand::Bipolar { .. }) => "format: bipolar".to_owned(),
        Some(Operand::Ternary) => "format: ternary".to_owned(),
        _ => format!("signed: {}", levels.code_format().signed),
    };
    let formats = (format(design.operand_a()), format(design.operand_b()));
    let values = Configuration {
        version,
        design,
        summary,
        reset: reset_name(design.reset),
        carry_every,
        sign_correction: design.sign_correction(),
        lanes,
        plain,
        words,
        chains: design.target == Target::Fpga,
        formats,
    };
    let text = values.render().expect("templates only print strings and numbers");
    format!("{}\n", text.trim_matches('\n'))
}
