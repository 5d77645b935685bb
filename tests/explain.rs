//! What `explain` prints is what the Verilog declares and the nest of the design does.

mod common;
mod terminal;

use std::fs;

use bitweight::config::{self, BLOCK_PRESETS, Described, LAYER_PRESETS};
use bitweight::design::{Contract, Design, Element};
use bitweight::rtl::{self, Module};
use bitweight::tool;
use common::{Case, all_designs, check_all};
use serde_json::Value;
use terminal::{bitweight, folder, json};

/// The lines of a section as name, formula and value.
fn section<'a>(answer: &'a Value, name: &str) -> Vec<(&'a str, &'a str, &'a str)> {
    let text = |line: &'a Value, key: &str| line[key].as_str().expect("text");
    let lines = answer[name].as_array().map(Vec::as_slice).unwrap_or_default();
    lines.iter().map(|l| (text(l, "name"), text(l, "formula"), text(l, "value"))).collect()
}

fn number(text: &str) -> Result<usize, String> {
    let first = text.split(' ').next().unwrap_or_default();
    first.parse().map_err(|_| format!("`{text}` does not start with a number"))
}

/// Bits of `reg [high:low] name;` in a text; sides of the array are what they are by default. What
/// stands in the hop from an element to the next is not there in a single row or column.
fn declared(design: &Design, text: &str, name: &str) -> Option<usize> {
    let wanted = format!(" {name};");
    let hops = |(variable, side): (&str, usize)| {
        side > 1 || !text.contains(&format!("if ({variable} > 0)"))
    };
    let built = hops(("r", design.rows())) && hops(("c", design.cols()));
    let found = |line: &&str| {
        let deep = line.starts_with("        reg");
        (built || !deep) && line.trim_start().starts_with("reg") && line.ends_with(&wanted)
    };
    let line = text.lines().find(found)?.trim_start();
    let Some((range, _)) = line.split_once(']') else { return Some(1) };
    let (high, low) = range.split_once('[')?.1.split_once(':')?;
    assert_eq!(low, "0", "{line}");
    let factors = |product: &str| -> Option<usize> {
        product.split('*').try_fold(1, |all, factor| {
            Some(
                all * match factor.trim() {
                    "Rows" => design.rows(),
                    "Cols" => design.cols(),
                    number => number.parse().ok()?,
                },
            )
        })
    };
    match high.split_once('-') {
        Some((product, "1")) => factors(product),
        Some(_) => None,
        None => Some(high.parse::<usize>().ok()? + 1),
    }
}

fn module<'a>(design: &Design, modules: &'a [Module], suffix: &str) -> Option<&'a str> {
    let name = format!("{}_{suffix}", design.name);
    modules.iter().find(|module| module.name == name).map(|module| module.text.as_str())
}

/// Bits of the registers of the element with these names.
fn element(design: &Design, modules: &[Module], names: &[&str]) -> usize {
    let text = module(design, modules, "pe").expect("every design has an element");
    names.iter().filter_map(|name| declared(design, text, name)).sum()
}

fn check_widths(design: &Design, answer: &Value) -> Result<(), String> {
    let modules = rtl::modules(design);
    let widths = section(answer, "widths");
    let printed = |wanted: &str| {
        let found = widths.iter().find(|(name, ..)| *name == wanted);
        found.map(|(_, _, value)| number(value)).transpose()
    };
    let equal = |what: &str, printed: Option<usize>, emitted: usize| match printed {
        Some(printed) if printed == emitted => Ok(()),
        printed => Err(format!("{what}: {printed:?} bits printed, {emitted} emitted")),
    };
    let pe = |names: &[&str]| element(design, &modules, names);
    let accumulator = pe(&["sum_q", "carry_q", "pair_q"]);
    equal("accumulator", printed("accumulator register")?, accumulator)?;
    for (name, formula, value) in &widths {
        let parts: Vec<&str> = formula.split('`').collect();
        if let ["", register, " of ", suffix, ""] = parts.as_slice() {
            let text = module(design, &modules, suffix).ok_or(format!("no module {suffix}"))?;
            let emitted = declared(design, text, register).ok_or(format!("no {register}"))?;
            equal(name, Some(number(value)?), emitted)?;
        } else if name.starts_with("operand register") {
            let register = if name.ends_with('A') { "a_q" } else { "b_q" };
            let hidden = |part| {
                let text = module(design, &modules, part);
                text.is_some_and(|text| declared(design, text, register).is_some())
            };
            if number(value)? > 0 || ["pe", "row", "array"].into_iter().any(hidden) {
                return Err(format!("{name}: {formula}"));
            }
        }
    }
    if design.product_register {
        let product = printed("product")?.or(printed("dot product of a word")?);
        equal("product", product, pe(&["product_q"]))?;
    }
    if design.element == Element::Laconic {
        equal("histogram", printed("histogram")?, pe(&["counts_q"]))?;
    } else if design.bit_slice.is_some() {
        let readout = module(design, &modules, "readout").expect("an engine has a readout");
        let value = declared(design, readout, "value_q").expect("a resolved segment");
        equal("segment", printed("segment")?, value)?;
        equal("shadow", printed("shadow register")?, pe(&["shadow_q"]))?;
    }
    if design.tile_k.is_some() {
        equal("plane", printed("plane")?, pe(&["sum_q"]))?;
    }
    if let Some(drain) = module(design, &modules, "drain")
        && let Some(emitted) = declared(design, drain, "correction_q")
    {
        equal("correction", printed("sign correction at the readout")?, emitted)?;
    }
    if design.contract() == Contract::WeightStationary {
        let emitted = design.elements() * pe(&["weight_q", "shadow_q"]);
        equal("weights", printed("weight registers")?, emitted)?;
        let memories: usize = modules.iter().flat_map(|m| &m.memories).map(|m| m.total_bits).sum();
        equal("output memory", printed("output memory")?, memories)?;
    }
    let registers = section(answer, "registers");
    for (name, _, value) in &registers {
        let (suffix, register) = name.split_once('.').expect("a module and a register");
        let text = module(design, &modules, suffix).ok_or(format!("no module {suffix}"))?;
        let emitted = declared(design, text, register).ok_or(format!("no register {name}"))?;
        equal(name, Some(number(value)?), emitted)?;
    }
    // Every register of the element is told.
    let text = module(design, &modules, "pe").expect("every design has an element");
    for line in text.lines().filter(|line| line.trim_start().starts_with("reg")) {
        let name = line.trim_end_matches(';').rsplit(' ').next().expect("a name");
        let told = registers.iter().any(|(told, ..)| *told == format!("pe.{name}"));
        if text.contains(&format!(" {name} <= ")) && !told {
            return Err(format!("pe.{name} is not told"));
        }
    }
    Ok(())
}

/// Cycles are the sum of the registers that are named.
fn check_latency(answer: &Value) -> Result<(), String> {
    for (name, formula, value) in section(answer, "latency") {
        if !matches!(name, "accumulate" | "resolve" | "load") || formula.contains("closed") {
            continue;
        }
        let stage = |part: &str| match part.trim() {
            "none" => 0,
            "sum register before the correction" | "pair register before the final adder" => 1,
            part => part.split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(1),
        };
        let named: usize = formula.split(" + ").map(stage).sum();
        if named != number(value)? {
            return Err(format!("{name} is {value}, but `{formula}` are {named}"));
        }
    }
    Ok(())
}

/// The name and the extent of a loop.
fn head(line: &str) -> Option<(&str, &str)> {
    let rest = line.trim_start();
    let rest = rest.strip_prefix("parfor ").or_else(|| rest.strip_prefix("for "))?;
    let (name, rest) = rest.split_once(" in ")?;
    Some((name, rest.split_once(':')?.0))
}

/// Loops over one dimension have names of their own, and each runs over a part of what the one
/// around it leaves.
fn check_loops(nest: &str) -> Result<(), String> {
    let mut around: Vec<(usize, &str, &str)> = Vec::new();
    for line in nest.lines() {
        let depth = line.len() - line.trim_start().len();
        around.retain(|(other, ..)| *other < depth);
        let Some((name, extent)) = head(line) else { continue };
        if around.iter().any(|(_, other, _)| *other == name) {
            return Err(format!("`{name}` inside of `{name}`"));
        }
        let size = |text: &str| -> Option<usize> {
            text.rsplit_once('/')?.1.trim_end_matches(')').parse().ok()
        };
        let inside = |wanted: &str| around.iter().find(|(_, name, _)| *name == wanted);
        let count = |text: &str| text.strip_prefix("0..").and_then(|n| n.parse::<usize>().ok());
        let parts = ["kg", "kc", "kt"].iter().find_map(|part| inside(part));
        let lanes = inside("kl").and_then(|(_, _, extent)| count(extent)).unwrap_or(1);
        match (name, parts) {
            ("k", Some((_, part, outer))) if extent != "i[*]" => {
                let terms = size(outer).ok_or(format!("`{part} in {outer}`"))?;
                let own = count(extent).ok_or(format!("`{name} in {extent}` in `{part}`"))?;
                if own * lanes != terms {
                    return Err(format!("{own} x {lanes} terms of {terms} in `{part}`"));
                }
            }
            ("kg", Some((_, _, outer))) => {
                let (group, chunk) = (size(extent), size(outer));
                if !matches!((group, chunk), (Some(group), Some(chunk)) if chunk % group == 0) {
                    return Err(format!("groups {extent} of chunks {outer}"));
                }
            }
            _ => {}
        }
        around.push((depth, name, extent));
    }
    Ok(())
}

#[test]
fn explain_agrees_with_the_verilog() {
    let work = folder();
    check_all(&all_designs(), |Case { design, argument, .. }| {
        let answer = json(bitweight(work.path()).args(["explain", argument, "--json"]));
        check_widths(design, &answer)
            .and_then(|()| check_latency(&answer))
            .and_then(|()| check_loops(answer["nest_before"].as_str().expect("a nest")))
            .and_then(|()| check_loops(answer["nest"].as_str().expect("a nest")))
            .map_err(|error| format!("{}: {error}", design.name))
    });
}

/// The sums of layers and blocks are as wide as the registers of their elements.
#[test]
fn explain_of_layers_agrees_with_the_verilog() {
    let work = folder();
    for preset in LAYER_PRESETS.iter().chain(BLOCK_PRESETS) {
        let answer = json(bitweight(work.path()).args(["explain", preset.name, "--json"]));
        let parts = match config::describe(preset.name).unwrap() {
            Described::Layer(layer) => vec![(*layer, &answer["layer"])],
            Described::Block(block) => {
                let told = answer["layers"].as_array().unwrap().iter().map(|l| &l["layer"]);
                block.layers().iter().cloned().zip(told).collect()
            }
            Described::Array(_) => unreachable!("the presets of layers"),
        };
        for (layer, told) in parts {
            let value = |name: &str| {
                let lines = told.as_array().unwrap();
                let line = lines.iter().find(|line| line["name"] == name).unwrap();
                number(line["value"].as_str().unwrap()).unwrap()
            };
            let element = format!("{}_element", layer.name());
            let modules = rtl::binary::modules(&layer);
            let text = &modules.iter().find(|module| module.name == element).unwrap().text;
            let width = |register: &str| -> usize {
                let wanted = format!(" {register};");
                let line = text
                    .lines()
                    .find(|l| l.trim_start().starts_with("reg") && l.ends_with(&wanted));
                let Some(line) = line else { return 0 };
                let high = line.split_once('[').and_then(|(_, rest)| rest.split_once(':'));
                high.map_or(1, |(high, _)| high.parse::<usize>().unwrap() + 1)
            };
            assert_eq!(value("accumulator, bits"), width("sum_q"), "{element}");
            let pair = width("sum_q") + width("carry_q");
            assert_eq!(value("accumulator register, bits"), pair, "{element}");
        }
    }
}

/// A row or a column alone has no neighbour to which its operands hop: no register is told that the
/// elaborated design does not have.
#[test]
fn registers_of_a_single_row_or_column_are_those_that_are_built() {
    if tool::find("yosys", "").is_err() {
        eprintln!("SKIPPED: needs yosys");
        return;
    }
    let operands = "operands: {a: {width: 4}, b: {width: 4}}\n";
    for (array, element, options) in [
        ("systolic_os: {rows: 1, cols: 4}", "mac", "input_registers: false\n"),
        ("systolic_os: {rows: 4, cols: 1}", "opt1", "input_registers: false\n"),
        ("systolic_os: {rows: 1, cols: 3}", "opt2", "accumulator: {k_max: 64}\n"),
        ("systolic_os: {rows: 3, cols: 1}", "opt2", "accumulator: {k_max: 64}\n"),
        ("cube: {rows: 1, cols: 1, depth: 2}", "opt1", ""),
        ("systolic_ws: {depth: 1, cols: 1}", "mac", ""),
        ("matrix2d: {rows: 1, cols: 1}", "mac", ""),
    ] {
        let work = folder();
        let yaml =
            format!("name: single\narray: {{{array}}}\nelement: {element}\n{operands}{options}");
        fs::write(work.path().join("single.yaml"), &yaml).unwrap();
        let answer = json(bitweight(work.path()).args(["explain", "single.yaml", "--json"]));
        let made = bitweight(work.path()).args(["gen", "single.yaml", "-o", "out"]).output();
        assert!(made.unwrap().status.success());
        let script = "read_verilog out/*.v; hierarchy -top single; proc; write_json out/all.json";
        let run = std::process::Command::new("yosys")
            .args(["-q", "-p", script])
            .current_dir(work.path())
            .status();
        assert!(run.unwrap().success(), "{yaml}");
        let text = fs::read_to_string(work.path().join("out/all.json")).unwrap();
        let all: Value = serde_json::from_str(&text).unwrap();
        let built = |suffix: &str, register: &str| {
            let modules = all["modules"].as_object().unwrap().iter();
            let mut of = modules.filter(|(name, _)| name.contains(&format!("single_{suffix}")));
            of.any(|(_, module)| {
                let mut names = module["netnames"].as_object().unwrap().keys();
                names.any(|name| name.rsplit('.').next() == Some(register))
            })
        };
        for (name, ..) in section(&answer, "registers") {
            let (suffix, register) = name.split_once('.').unwrap();
            assert!(built(suffix, register), "{name} is told and not built: {yaml}");
        }
        for (name, formula, _) in section(&answer, "widths") {
            if let ["", register, " of ", suffix, ""] = formula.split('`').collect::<Vec<_>>()[..] {
                assert!(built(suffix, register), "{name}, {formula}: {yaml}");
            }
        }
    }
}

const ENGINE: &str = "columns: 4, elements: 4, group: 4, tile_k: 64";

fn explained(array: &str, element: &str) -> Value {
    let work = folder();
    let yaml = format!(
        "name: engine\narray: {{bit_slice: {{{array}}}}}\nelement: {element}\noperands: {{a: \
         {{width: 8}}, b: {{width: 8}}}}\n"
    );
    std::fs::write(work.path().join("engine.yaml"), yaml).unwrap();
    json(bitweight(work.path()).args(["explain", "engine.yaml", "--json"]))
}

/// Whatever the array of an engine can be told changes the nest, or the options if it says what the
/// memories do.
#[test]
fn every_option_of_an_engine_shows() {
    let plain = explained(ENGINE, "opt4e");
    for (key, in_nest) in [
        ("policy: lockstep", true),
        ("skip_empty: false", true),
        ("sync: tile", true),
        ("readout: per_plane", true),
        ("b_memory: banked", true),
        ("lanes: 2", true),
        ("b_memory: banked, banks: 2", true),
        ("b_memory: banked, bank_rows: 1, banks: 4", true),
    ] {
        let other = explained(&format!("{ENGINE}, {key}"), "opt4e");
        assert_ne!(plain["options"], other["options"], "{key}");
        assert_eq!(plain["nest"] != other["nest"], in_nest, "{key}\n{}", other["nest"]);
    }
    for element in ["opt3", "opt4c"] {
        let nest = |array: &str| explained(array, element)["nest"].clone();
        assert_ne!(nest(ENGINE), nest(&ENGINE.replace("group: 4", "group: 2")));
        assert_ne!(nest(ENGINE), nest(&ENGINE.replace("tile_k: 64", "tile_k: 32")));
        assert_ne!(nest(ENGINE), plain["nest"]);
    }
    let banked = |banks| explained(&format!("{ENGINE}, b_memory: banked, banks: {banks}"), "opt4c");
    assert_ne!(banked(2)["options"], banked(4)["options"]);
}

/// The nest of the term-serial engine counts pairs and resolves a pair of words, and nobody claims
/// that its cycles come from there.
#[test]
fn the_term_serial_engine_has_a_nest_of_its_own() {
    let work = folder();
    let answer = json(bitweight(work.path()).args(["explain", "laconic_int8", "--json"]));
    let nest = answer["nest"].as_str().unwrap();
    for part in
        ["histogram(t[*])", "half_reduce(h, S[m,n], Y[m,n])", "R[m,n] = add(S[m,n], Y[m,n])"]
    {
        assert!(nest.contains(part), "{nest}");
    }
    assert_ne!(answer["nest"], answer["nest_before"]);
}
