//! Every emitted file is clean under three tools, without a waiver, and in the house style.

mod common;

use std::path::Path;

use bitweight::design::{Design, MAX_PORT_WIDTH};
use bitweight::rtl;
use common::{Case, Said, all_designs, check_all, overrides, run_tool, write_verilog};

/// Bits of partial products in all elements together that Verilator elaborates in a second or two.
const AFFORDABLE: usize = 4100;

/// Dimensions to elaborate a design with. `None` stands for those of the configuration; the others
/// override the parameters of the top: no neighbours, some, and rows of C that take several
/// transfers.
fn dimensions(case: &Case, affordable: usize) -> Vec<Option<(usize, usize)>> {
    let Design { multiplier, .. } = &case.design;
    let several = (MAX_PORT_WIDTH / case.design.accumulator.width + 1).min(48);
    let own = (case.design.rows(), case.design.cols());
    let element = multiplier.a.width * multiplier.b.width * case.design.depth();
    let mut list = vec![Some((1, 1)), Some((3, 2)), Some((1, several)), None];
    list.retain(|dimensions| {
        let (rows, cols) = dimensions.unwrap_or(own);
        rows * cols * element <= affordable || *dimensions == Some((1, 1))
    });
    list
}

/// Lints all designs; `arguments` makes a command line of top, files and dimensions.
fn lint(
    program: &str,
    affordable: usize,
    clean: impl Fn(&Said) -> bool + Sync,
    arguments: impl Fn(&str, &[String], &[(&str, usize)]) -> Vec<String> + Sync,
) {
    let cases = all_designs();
    let items: Vec<_> = cases
        .iter()
        .flat_map(|case| {
            dimensions(case, affordable).into_iter().map(move |dimensions| (case, dimensions))
        })
        .collect();
    check_all(&items, |(case, dimensions)| {
        let folder = tempfile::tempdir().unwrap();
        let files = write_verilog(&case.design, folder.path());
        let overrides =
            dimensions.map_or(Vec::new(), |(rows, cols)| overrides(&case.design, rows, cols));
        let said = run_tool(program, folder.path(), &arguments(case.name(), &files, &overrides));
        if clean(&said) {
            return Ok(());
        }
        Err(format!("{} with dimensions {dimensions:?}:\n{}", case.argument, said.text))
    });
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn is_silent(said: &Said) -> bool {
    said.success && said.text.is_empty()
}

#[test]
fn verilator_has_no_warning() {
    lint("verilator", AFFORDABLE, is_silent, |top, files, overrides| {
        let mut arguments = words("--lint-only -Wall --language 1364-2005 --top-module");
        arguments.push(top.to_owned());
        arguments.extend(overrides.iter().map(|(name, value)| format!("-G{name}={value}")));
        arguments.extend_from_slice(files);
        arguments
    });
}

#[test]
fn icarus_has_no_warning() {
    lint("iverilog", 4 * AFFORDABLE, is_silent, |top, files, overrides| {
        let mut arguments = words("-g2005 -Wall -o /dev/null -s");
        arguments.push(top.to_owned());
        arguments.extend(overrides.iter().map(|(name, value)| format!("-P{top}.{name}={value}")));
        arguments.extend_from_slice(files);
        arguments
    });
}

/// `-e .` makes an error of every warning; `check -assert` fails on undriven or multiply driven
/// wires and on loops.
#[test]
fn yosys_has_no_warning() {
    let clean = |said: &Said| said.success && !said.text.to_lowercase().contains("warning");
    lint("yosys", 4 * AFFORDABLE, clean, |top, files, overrides| {
        let mut script = format!("read_verilog {}; ", files.join(" "));
        if !overrides.is_empty() {
            let set = overrides.iter().map(|(name, value)| format!("-set {name} {value} "));
            script += &format!("chparam {}{top}; ", set.collect::<String>());
        }
        script += &format!("hierarchy -check -top {top}; proc; check -assert");
        vec!["-q".to_owned(), "-e".to_owned(), ".".to_owned(), "-p".to_owned(), script]
    });
}

#[test]
fn files_are_in_the_house_style() {
    check_all(&all_designs(), |case| {
        let modules = rtl::modules(&case.design);
        let complaints: Vec<String> =
            modules.iter().filter_map(|module| style(case.name(), module).err()).collect();
        let top_is_last = modules.last().is_some_and(|module| module.name == case.name());
        if complaints.is_empty() && top_is_last { Ok(()) } else { Err(complaints.join("\n")) }
    });
}

fn style(design: &str, module: &rtl::Module) -> Result<(), String> {
    let (name, text) = (&module.name, &module.text);
    let complain = |what: String| Err(format!("{}: {what}", module.file()));
    let declared: Vec<&str> =
        text.lines().filter_map(|line| line.strip_prefix("module ")).collect();
    let [declared] = declared[..] else {
        return complain(format!("{} modules", declared.len()));
    };
    if declared.split([' ', '(']).next() != Some(name) {
        return complain(format!("declares `{declared}`"));
    }
    if name != design && !name.starts_with(&format!("{design}_")) {
        return complain(format!("the name lacks the prefix {design}_"));
    }
    let code = text.lines().find(|line| !line.starts_with("//") && !line.is_empty());
    if code != Some("`default_nettype none") || !text.ends_with("\n`default_nettype wire\n") {
        return complain("implicit wires are not off in exactly this file".to_owned());
    }
    if !text.contains("SPDX-License-Identifier: ") {
        return complain("no licence".to_owned());
    }
    // Properties compare and shift freely; what is built needs no waiver.
    let mut built = true;
    for (number, line) in text.lines().enumerate() {
        built = (built || line == "`endif") && line != format!("`ifdef {}", rtl::PROPERTIES);
        let fault = match line {
            _ if line.chars().count() > 100 => "over 100 columns",
            _ if line.ends_with(char::is_whitespace) => "trailing white space",
            _ if line.contains('\t') => "a tab",
            _ if !line.is_ascii() => "not ASCII",
            _ if built && line.to_lowercase().contains("lint_off") => "a waiver",
            _ => continue,
        };
        return complain(format!("line {}: {fault}", number + 1));
    }
    if text.contains("\n\n\n") || text.contains("\r") {
        return complain("blank lines in a row, or a carriage return".to_owned());
    }
    if Path::new(&module.file()).components().count() != 1 {
        return complain("not a file name".to_owned());
    }
    Ok(())
}
