//! Tops as others use them: an instance as their head shows it, and every parameter overridden.

mod common;

use std::fs;
use std::path::Path;

use bitweight::config::{self, Described};
use bitweight::design::{Design, Side};
use bitweight::rtl::{self, Module};
use common::{check_all, overrides, run_tool};

/// One design of each kind of top, with its rows and columns left open.
const ARRAYS: [&str; 9] = [
    "array: {systolic_os: {rows: ROWS, cols: COLS}}\nelement: opt1\noperands: {a: {width: 8}, b: {width: 5}}",
    "array: {cube: {rows: ROWS, cols: COLS, depth: 2}}\nelement: mac\noperands: {a: {width: 3}, b: {width: 4}}",
    "array: {matrix2d: {rows: ROWS, cols: COLS}}\nelement: opt1\noperands: {a: {width: 4}, b: {width: 4}}",
    "array: {systolic_os: {rows: ROWS, cols: COLS}}\nelement: opt2\noperands: {a: {width: 4}, b: {width: 4}}\ntile_k: 8",
    "array: {systolic_ws: {depth: 2, cols: COLS}}\nelement: mac\noperands: {a: {width: 4}, b: {width: 7}}\npartial_sums: true",
    "array: {adder_tree: {depth: 3, cols: COLS}}\nelement: opt1\noperands: {a: {width: 4}, b: {width: 4}}",
    "array: {bit_slice: {columns: ROWS, elements: COLS}}\nelement: opt4c\noperands: {a: {width: 4}, b: {width: 4}}",
    "array: {bit_slice: {columns: ROWS, elements: COLS}}\nelement: laconic\noperands: {a: {width: 4}, b: {width: 4}}",
    "array: {systolic_os: {rows: ROWS, cols: COLS}}\nelement: behavioural\noperands: {a: {width: 2}, b: {width: 64}}",
];

/// Names that follow from the dimensions.
const DERIVED: [&str; 9] = [
    "ATransfers",
    "ALanes",
    "AData",
    "BTransfers",
    "BLanes",
    "BData",
    "CTransfers",
    "CLanes",
    "CData",
];

fn array(yaml: &str, rows: usize, cols: usize) -> Design {
    let yaml = yaml.replace("ROWS", &rows.to_string()).replace("COLS", &cols.to_string());
    config::parse(&yaml, "test", "dut").unwrap_or_else(|error| panic!("{error}"))
}

fn write(modules: &[Module], folder: &Path) -> Vec<String> {
    let write = |module: &Module| {
        fs::write(folder.join(module.file()), &module.text).unwrap();
        module.file()
    };
    modules.iter().map(write).collect()
}

/// The instance that the head of a top shows, in a module of its own.
fn shown(top: &str) -> String {
    let head = top.lines().take_while(|line| line.starts_with("//"));
    let mut lines = head.skip_while(|line| *line != "// To instantiate it:").skip(1);
    let text: Vec<&str> = lines
        .by_ref()
        .take_while(|line| *line != "//   );")
        .map(|line| line.trim_start_matches('/').trim_start())
        .collect();
    assert!(text.len() > 4 && lines.next().is_some(), "the head shows no instance:\n{top}");
    around(&format!("{}\n);", text.join("\n")))
}

/// A module around an instance, whose signals it declares.
fn around(instance: &str) -> String {
    let mut declared = String::new();
    for line in instance.lines().filter(|line| line.contains(".s_axis") || line.contains(".m_axis"))
    {
        for connection in line.split(".s_axis_").flat_map(|part| part.split(".m_axis_")) {
            let Some((_, rest)) = connection.split_once('(') else { continue };
            let signal = rest.split(')').next().unwrap();
            let range = match line.split_once("// ") {
                Some((_, range)) => range.trim(),
                None => "",
            };
            declared += &format!("  wire {range} {signal};\n");
        }
    }
    format!("module around;\n  wire aclk;\n  wire aresetn;\n{declared}{instance}\nendmodule\n")
}

fn tool(program: &str, folder: &Path, arguments: &[&str], files: &[String]) -> common::Said {
    let mut all: Vec<String> = arguments.iter().map(|&argument| argument.to_owned()).collect();
    all.extend_from_slice(files);
    run_tool(program, folder, &all)
}

/// What three tools say about the module `around` with files that it uses: nothing where all is
/// well.
fn complaints(text: &str, files: &[String], folder: &Path) -> Vec<(&'static str, String)> {
    fs::write(folder.join("around.v"), text).unwrap();
    let mut files = files.to_vec();
    files.push("around.v".to_owned());
    let icarus = ["-g2005", "-Wall", "-s", "around", "-o", "around.vvp"];
    let verilator = [
        "--lint-only",
        "-Wall",
        "-Wno-DECLFILENAME",
        "-Wno-UNUSED",
        "-Wno-UNDRIVEN",
        "--top-module",
        "around",
    ];
    let script = format!("read_verilog {}; hierarchy -check -top around", files.join(" "));
    let said = [
        ("Icarus", tool("iverilog", folder, &icarus, &files)),
        ("Verilator", tool("verilator", folder, &verilator, &files)),
        ("Yosys", tool("yosys", folder, &["-q", "-p", &script], &[])),
    ];
    let complains = said.into_iter().filter(|(_, said)| !said.success || !said.text.is_empty());
    complains.map(|(name, said)| (name, said.text)).collect()
}

#[test]
fn the_instance_in_the_head_of_a_top_fits_it() {
    let designs =
        ["bnn_linear", "bireal_conv2d", "reactnet_linear", "vggsmall_block", "bert_attention"];
    let mut all: Vec<(String, Vec<Module>)> =
        ARRAYS.iter().map(|yaml| ((*yaml).to_owned(), rtl::modules(&array(yaml, 2, 3)))).collect();
    for name in designs {
        let modules = match config::describe(name).unwrap() {
            Described::Array(design) => rtl::modules(&design),
            Described::Layer(layer) => rtl::binary::modules(&layer),
            Described::Block(block) => rtl::binary::block_modules(&block),
        };
        all.push((name.to_owned(), modules));
    }
    check_all(&all, |(name, modules)| {
        let top = &modules.last().unwrap().text;
        for part in ["Latency: ", "aresetn is active low and synchronous"] {
            if !top.contains(part) {
                return Err(format!("{name}: the head does not say `{part}`"));
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let files = write(modules, folder.path());
        let text = shown(top);
        fs::write(folder.path().join("around.v"), &text).unwrap();
        let mut all = files;
        all.push("around.v".to_owned());
        let icarus = ["-g2005", "-Wall", "-s", "around", "-o", "around.vvp"];
        let said = tool("iverilog", folder.path(), &icarus, &all);
        match said.success && said.text.is_empty() {
            true => Ok(()),
            false => Err(format!("{name}: {}\n{text}", said.text)),
        }
    });
}

#[test]
fn an_asynchronous_reset_is_called_so() {
    let yaml = format!("{}\nreset: async", ARRAYS[0]);
    let modules = rtl::modules(&array(&yaml, 1, 1));
    let top = &modules.last().unwrap().text;
    assert!(top.contains("aresetn is active low and asynchronous"), "{top}");
}

/// The dimensions are the only parameters of a top, and everything else follows from them.
#[test]
fn every_parameter_of_a_top_can_be_overridden_or_is_none() {
    check_all(&ARRAYS, |yaml| {
        // Wide enough that operands of 64 bits come in two transfers.
        let (small, large) = (array(yaml, 2, 3), array(yaml, 3, 18));
        let folder = tempfile::tempdir().unwrap();
        let modules = rtl::modules(&small);
        let top = &modules.last().unwrap().text;
        let sides = overrides(&small, 3, 18);
        let parameters: Vec<&str> = top
            .lines()
            .filter_map(|line| line.trim().strip_prefix("parameter integer "))
            .map(|line| line.split(' ').next().unwrap())
            .collect();
        let names: Vec<&str> = sides.iter().map(|(name, _)| *name).collect();
        if parameters != names {
            return Err(format!("{yaml}\nhas the parameters {parameters:?}, not {names:?}"));
        }
        let files = write(&modules, folder.path());
        let of_large = shown(&rtl::modules(&large).last().unwrap().text);
        let said = complaints(&of_large, &files, folder.path());
        if !said.is_empty() {
            return Err(format!("{yaml}\nwith {sides:?}: {said:?}\n{of_large}"));
        }
        // All names in one top, one of them in the others; Icarus warns and goes on with the right
        // value.
        let of_small = shown(top);
        let some = |name: &&&str| *yaml == ARRAYS[0] || name.ends_with("CData");
        let local = |name: &&&str| top.contains(&format!("localparam {name} "));
        for name in DERIVED.iter().filter(some).filter(local) {
            let text = of_small.replacen("#(\n", &format!("#(\n.{name}(3), "), 1);
            let said = complaints(&text, &files, folder.path());
            let warned = said.iter().any(|(tool, text)| *tool == "Icarus" && text.contains(name));
            if said.len() != 3 || !warned {
                return Err(format!("{yaml}\nwith another {name}: {said:?}"));
            }
        }
        Ok(())
    });
}

/// Dimensions that no array has are refused by their own check.
#[test]
fn dimensions_out_of_range_are_refused() {
    check_all(&ARRAYS, |yaml| {
        let design = array(yaml, 2, 3);
        let modules = rtl::modules(&design);
        let folder = tempfile::tempdir().unwrap();
        let files = write(&modules, folder.path());
        for &side in design.array.topology.sides().iter().filter(|&&side| side != Side::Depth) {
            let name = side.parameter();
            for value in [0, 257] {
                let own = design.array.extent(side);
                let text = shown(&modules.last().unwrap().text)
                    .replace(&format!(".{name}({own})"), &format!(".{name}({value})"));
                let said = complaints(&text, &files, folder.path());
                let check = format!("{}_must_be_1_to_256", name.to_lowercase());
                // Verilator stops at ranges that end before they begin.
                let named =
                    |said: &(&str, String)| said.0 == "Verilator" || said.1.contains(&check);
                // Scripts set parameters at the top, where a number has no sign of its own.
                let script = format!(
                    "read_verilog {}; hierarchy -check -top dut -chparam {name} {value}",
                    files.join(" ")
                );
                let alone = tool("yosys", folder.path(), &["-q", "-p", &script], &[]);
                if alone.success || !alone.text.contains(&check) {
                    return Err(format!("{yaml}\nwith -chparam {name} {value}: {}", alone.text));
                }
                if said.len() != 3 || !said.iter().all(named) {
                    return Err(format!("{yaml}\nwith {name} = {value}: {said:?}"));
                }
            }
        }
        Ok(())
    });
}

/// A module below the top that is told what follows from its dimensions refuses anything else.
#[test]
fn what_follows_from_the_dimensions_is_checked_below_the_top() {
    check_all(&ARRAYS, |yaml| {
        let modules = rtl::modules(&array(yaml, 2, 3));
        let folder = tempfile::tempdir().unwrap();
        let files = write(&modules, folder.path());
        for module in &modules {
            let has = |name: &str| module.text.contains(&format!("  parameter integer {name} = "));
            let depends = has("Cols") && has("Transfers");
            let names = ["Transfers", "Lanes"].into_iter().filter(|name| depends && has(name));
            for (name, value) in
                names.map(|name| (name, 7)).chain(has("Address").then_some(("Address", 1)))
            {
                let one = [
                    "-g2005",
                    "-s",
                    &module.name,
                    "-o",
                    "one.vvp",
                    &format!("-P{}.{name}={value}", module.name),
                ];
                let said = tool("iverilog", folder.path(), &one, &files);
                if said.success || !said.text.contains("_must_") {
                    return Err(format!("{} takes {name} = {value}: {}", module.name, said.text));
                }
            }
        }
        Ok(())
    });
}
