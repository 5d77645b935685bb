//! The step of an element is what its definition says, for every state and all operands: proven by
//! Yosys against `*` and `+`, at 4 x 4 bits.

mod common;

use std::fmt::Write as _;
use std::fs;

use bitweight::arith::encode;
use bitweight::config;
use bitweight::rtl::{self, Module};

const NAME: &str = "element";

/// The leaf modules of an element with its accumulated words, and the readout.
const STEPS: [&str; 2] = ["multiply_compress", "multiply_add"];

/// The modules of an element, or nothing where the configuration has none like it. The constant of
/// the signs is added in the element or, by `correction`, at the readout.
fn modules(element: &str, encoding: &str, signed: bool, correction: &str) -> Option<Vec<Module>> {
    let text = format!(
        "array: {{systolic_os: {{rows: 1, cols: 1}}}}\nelement: {element}\nencoding: {encoding}\n\
         operands: {{a: {{width: 4, signed: {signed}}}, b: {{width: 4, signed: {signed}}}}}\n\
         accumulator: {{k_max: 4}}\nsign_correction: {correction}\n"
    );
    Some(rtl::modules(&config::parse(&text, "elements", NAME).ok()?))
}

fn find<'a>(modules: &'a [Module], suffix: &str) -> Option<&'a Module> {
    let name = format!("{NAME}_{suffix}");
    modules.iter().find(|module| module.name == name)
}

/// Width of a port, from the text of its module; nothing where there is no such port.
fn width(module: &Module, port: &str) -> Option<usize> {
    let declares = |line: &&str| {
        let line = line.trim_end_matches(',');
        line.trim_start().starts_with(['i', 'o']) && line.ends_with(&format!(" {port}"))
    };
    let line = module.text.lines().find(declares)?;
    Some(match line.split_once('[') {
        None => 1,
        Some((_, range)) => range.split_once(':')?.0.parse::<usize>().ok()? + 1,
    })
}

/// What is asked: for all states and operands, the value of the state grows by the product and by
/// a constant, the element's bias, modulo 2^width. The value of a state is what the readout makes
/// of it. The bias is 0 where the element adds the constant of the signs itself, and else the value
/// of the step from an empty state with operands that are 0.
fn miter(modules: &[Module], signed: bool, own_constant: bool) -> String {
    let step = STEPS.iter().find_map(|suffix| find(modules, suffix)).expect("a datapath");
    // Without carries the sum is the value.
    let resolve = find(modules, "resolve");
    let sum = width(step, "sum_i").expect("a sum");
    let carry = width(step, "carry_i");
    let sign = if signed { "signed " } else { "" };
    let mut text = format!(
        "module miter(input {sign}[3:0] a, input {sign}[3:0] b, input [{}:0] sum,\n  \
         input [{}:0] carry, input keep, output ok);\n  wire {sign}[{}:0] product = a * b;\n",
        sum - 1,
        carry.unwrap_or(1) - 1,
        sum - 1
    );
    let mut value = |name: &str, sum_of: &str, carry_of: &str| {
        writeln!(text, "  wire [{}:0] {name};", sum - 1).unwrap();
        let Some(resolve) = resolve.filter(|_| carry.is_some()) else {
            writeln!(text, "  assign {name} = {sum_of};").unwrap();
            return;
        };
        write!(text, "  {NAME}_resolve u_{name}(.sum_i({sum_of}), .sum_o({name})").unwrap();
        if carry.is_some() {
            write!(text, ", .carry_i({carry_of})").unwrap();
        }
        if let Some(width) = width(resolve, "correction_i") {
            write!(text, ", .correction_i({width}'d0)").unwrap();
        }
        text.push_str(");\n");
    };
    value("before", "sum", "carry");
    value("after", "sum_s", "carry_s");
    value("bias", "sum_z", "carry_z");
    let steps = [("s", "a", "b", "keep", "sum", "carry"), ("z", "4'd0", "4'd0", "1'b0", "0", "0")];
    for (end, a, b, keep, from, carries) in steps {
        let of = |value: &str, width: usize| match value {
            "0" => format!("{width}'d0"),
            name => name.to_owned(),
        };
        writeln!(text, "  wire [{}:0] sum_{end};", sum - 1).unwrap();
        writeln!(text, "  wire [{}:0] carry_{end};", carry.unwrap_or(1) - 1).unwrap();
        let mut coded = a.to_owned();
        if let Some(width) = width(step, "digits_i") {
            coded = format!("digits_{end}");
            writeln!(text, "  wire [{}:0] {coded};", width - 1).unwrap();
            writeln!(text, "  {NAME}_encode u_e{end}(.a_i({a}), .digits_o({coded}));").unwrap();
        }
        let operand = if width(step, "digits_i").is_some() { "digits_i" } else { "a_i" };
        write!(
            text,
            "  {NAME}_{} u_{end}(.{operand}({coded}), .b_i({b}), .sum_i({}), .keep_i({keep}), \
             .sum_o(sum_{end})",
            step.name.trim_start_matches(&format!("{NAME}_")),
            of(from, sum)
        )
        .unwrap();
        if let Some(width) = carry {
            write!(text, ", .carry_i({}), .carry_o(carry_{end})", of(carries, width)).unwrap();
        }
        if let Some(width) = width(step, "triple_i") {
            writeln!(text, ", .triple_i(triple_{end}));\n  wire [{}:0] triple_{end};", width - 1)
                .unwrap();
            write!(text, "  {NAME}_triple u_t{end}(.b_i({b}), .triple_o(triple_{end})").unwrap();
        }
        text.push_str(");\n");
    }
    let bias = if own_constant { "0" } else { "bias" };
    writeln!(text, "  wire [{}:0] kept = keep ? before : 0;", sum - 1).unwrap();
    writeln!(text, "  wire [{}:0] expected = kept + product + {bias};", sum - 1).unwrap();
    writeln!(text, "  assign ok = after == expected;").unwrap();
    text.push_str("endmodule\n");
    text
}

/// Whether the solver of Yosys finds no counterexample; what it said otherwise.
fn prove(modules: &[Module], signed: bool, own_constant: bool) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    let wanted = STEPS.iter().chain(&["encode", "triple", "resolve"]);
    let mut text: String =
        wanted.filter_map(|suffix| find(modules, suffix)).map(|m| m.text.as_str()).collect();
    text.push_str("`default_nettype wire\n");
    text.push_str(&miter(modules, signed, own_constant));
    fs::write(folder.path().join("miter.v"), text).unwrap();
    let script = "read_verilog miter.v; hierarchy -check -top miter; proc; flatten; opt -full; \
                  techmap; opt; abc -g AND,XOR; opt; sat -verify -prove ok 1 miter";
    let said = common::run_tool("yosys", folder.path(), &["-p".to_owned(), script.to_owned()]);
    let proven = said.success && said.text.contains("SAT proof finished - no model found: SUCCESS");
    if proven { Ok(()) } else { Err(said.text) }
}

#[test]
fn every_element_adds_the_product_whatever_its_state() {
    let mut cases = Vec::new();
    for element in ["mac", "opt1"] {
        for encoding in encode::ALL {
            for (signed, correction) in [(false, "pe"), (true, "pe"), (true, "readout")] {
                if let Some(modules) = modules(element, encoding.name(), signed, correction) {
                    let encoding = encoding.name();
                    let what = format!("{element}, {encoding}, signed: {signed}, {correction}");
                    cases.push((what, modules, signed, correction == "pe"));
                }
            }
        }
    }
    assert!(cases.len() >= 36, "{}: an encoding is refused", cases.len());
    common::check_all(&cases, |(what, modules, signed, own)| {
        prove(modules, *signed, *own).map_err(|said| format!("{what}: {said}"))
    });
}

#[test]
fn a_wrong_gate_is_found() {
    for element in ["mac", "opt1"] {
        let mut modules = modules(element, "booth", true, "pe").unwrap();
        let step = |module: &&mut Module| STEPS.iter().any(|suffix| module.name.ends_with(suffix));
        let module = modules.iter_mut().find(step).unwrap();
        let line = module.text.lines().find(|line| line.contains("fa0_s = ")).unwrap();
        module.text = module.text.replacen(line, &line.replacen(" ^ ", " | ", 1), 1);
        let said = prove(&modules, true, true).expect_err("the gate is wrong");
        assert!(said.contains("proof did fail"), "{said}");
    }
}
