//! Reads a design as Yosys elaborates it, and names the vectors whose lanes are partly registered and
//! partly live.
//!
//! A bit is *registered* when a flip-flop or a memory drives it, through wires alone. It is *live* when
//! it is an input of the top other than clock and reset, or comes from one through logic: it changes
//! in the moment in which a testbench writes the input. A vector, be it a port or a net of any module,
//! is *mixed* when it has bits of both kinds.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::Value;

use crate::common::run_tool;

/// The mixed vectors of the design of these modules, by their paths. Modules that are logic alone are
/// not read: all their outputs are taken to follow from all their inputs.
pub fn mixed(
    modules: &[(String, String)],
    parameters: &[(&str, usize)],
) -> Result<Vec<String>, String> {
    let folder = tempfile::tempdir().unwrap();
    let top = modules.last().expect("a design has a top").0.replace(".v", "");
    let mut script = String::from("read_verilog");
    for (file, text) in modules {
        let is_logic = !text.contains("posedge") && !text.contains(") u_");
        let is_logic = is_logic && !text.contains(" u_");
        if !is_logic || *file == format!("{top}.v") {
            std::fs::write(folder.path().join(file), text).unwrap();
            script += &format!(" {file}");
        }
    }
    for (name, value) in parameters {
        script += &format!("; chparam -set {name} {value} {top}");
    }
    script += &format!("; hierarchy -top {top}; proc; flatten; simplemap; write_json design.json");
    let said = run_tool("yosys", folder.path(), &["-q".to_owned(), "-p".to_owned(), script]);
    if !said.success {
        return Err(said.text);
    }
    Ok(of_json(&std::fs::read(folder.path().join("design.json")).unwrap()))
}

fn bits(value: &Value) -> Vec<u64> {
    value.as_array().into_iter().flatten().filter_map(Value::as_u64).collect()
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// The same of what Yosys wrote, in which one module is left.
fn of_json(text: &[u8]) -> Vec<String> {
    let json: Value = serde_json::from_slice(text).expect("Yosys writes JSON");
    let cells = |module: &Value| module["cells"].as_object().map_or(0, serde_json::Map::len);
    let modules = entries(&json["modules"]).map(|(_, module)| module);
    let module = modules.max_by_key(|module| cells(module)).expect("a module");

    let mut registered = HashSet::new();
    let mut follows: HashMap<u64, Vec<u64>> = HashMap::new();
    for (_, cell) in entries(&module["cells"]) {
        let kind = cell["type"].as_str().unwrap_or_default();
        let (mut given, mut driven) = (Vec::new(), Vec::new());
        for (port, bound) in entries(&cell["connections"]) {
            // Modules that were not read have no directions, but names that tell them.
            let output = match cell["port_directions"][port].as_str() {
                Some(direction) => direction == "output",
                None => port.ends_with("_o"),
            };
            if output { driven.extend(bits(bound)) } else { given.extend(bits(bound)) }
        }
        if kind.contains("DFF") || kind.contains("dff") || kind.starts_with("$mem") {
            registered.extend(driven);
        } else {
            for bit in given {
                follows.entry(bit).or_default().extend(&driven);
            }
        }
    }
    let mut live = HashSet::new();
    let inputs = entries(&module["ports"]).filter(|(name, port)| {
        port["direction"] == "input" && *name != "aclk" && *name != "aresetn"
    });
    let mut todo: Vec<u64> = inputs.flat_map(|(_, port)| bits(&port["bits"])).collect();
    while let Some(bit) = todo.pop() {
        if live.insert(bit) {
            todo.extend(follows.get(&bit).into_iter().flatten());
        }
    }
    let mut found = BTreeSet::new();
    for (name, net) in entries(&module["netnames"]) {
        let bits = bits(&net["bits"]);
        let hidden = net["hide_name"] == 1;
        let of = |kind: &HashSet<u64>| bits.iter().any(|bit| kind.contains(bit));
        if !hidden && of(&registered) && of(&live) {
            found.insert(name.clone());
        }
    }
    found.into_iter().collect()
}
