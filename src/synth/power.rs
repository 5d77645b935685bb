//! Energy of every cell of a mapped design, by OpenSTA.
//!
//! OpenSTA 2.0 has no activity per net, so it is asked for the power of every instance with all
//! nets idle and with all nets changing in every cycle; both are linear in the activity. Flip-flops
//! are asked for on their own, to take out what their inputs make up: that it weighs by conditions
//! on Q and its complement as if they were independent, so it is read from the library instead.
//!
//! Versions differ in whether the energy of a transition is the mean of rise and fall or their sum.
//! What this one does is found out with a cell whose energy is known.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use super::assembly::Assembly;
use super::error::SynthesisError;
use super::library::{Direction, Library};
use super::store::Store;
use super::tools::Tools;
use crate::cache;
use crate::tool::Invocation;

/// A library of one inverter: 1 pJ per transition within the cell.
const KNOWN: &str = "library (known) {
  delay_model : table_lookup;
  time_unit : \"1ns\"; voltage_unit : \"1V\"; current_unit : \"1mA\";
  pulling_resistance_unit : \"1kohm\"; leakage_power_unit : \"1nW\";
  capacitive_load_unit (1, pf);
  input_threshold_pct_rise : 50; input_threshold_pct_fall : 50;
  output_threshold_pct_rise : 50; output_threshold_pct_fall : 50;
  slew_lower_threshold_pct_rise : 20; slew_lower_threshold_pct_fall : 20;
  slew_upper_threshold_pct_rise : 80; slew_upper_threshold_pct_fall : 80;
  nom_process : 1; nom_temperature : 25; nom_voltage : 1;
  operating_conditions (known) { process : 1; temperature : 25; voltage : 1; }
  default_operating_conditions : known;
  lu_table_template (one) { variable_1 : input_net_transition; index_1 (\"0, 1\"); }
  power_lut_template (energy) { variable_1 : input_transition_time; index_1 (\"0, 1\"); }
  cell (INV) { area : 1;
    pin (A) { direction : input; capacitance : 0; }
    pin (Y) { direction : output; function : \"!A\"; max_capacitance : 100;
      timing () { related_pin : \"A\"; timing_sense : negative_unate;
        cell_rise (one) { values (\"0.1, 0.1\"); } rise_transition (one) { values (\"0.1, 0.1\"); }
        cell_fall (one) { values (\"0.1, 0.1\"); } fall_transition (one) { values (\"0.1, 0.1\"); } }
      internal_power () { related_pin : \"A\";
        rise_power (energy) { values (\"2, 2\"); } fall_power (energy) { values (\"0, 0\"); } } } }
}
";

/// Energy of a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CellEnergy {
    /// In every cycle, for the clock, in pJ.
    pub clock_pj: f64,
    /// When its output changes, the load it drives included, in pJ.
    pub change_pj: f64,
    /// Leakage in nW.
    pub leakage_nw: f64,
}

/// What OpenSTA prints of an instance, in its unit of power.
#[derive(Clone, Copy, Debug, Default)]
struct Row {
    internal: f64,
    switching: f64,
    leakage: f64,
}

/// Factors to pJ per transition.
struct Scale {
    /// Of the energy within a cell, at an output.
    internal: f64,
    /// Of the energy of a load; the unit of power as well.
    switching: f64,
}

/// The period in ns at which power is asked for.
const PERIOD_NS: f64 = 1.0;

/// The load of a net in the trial of the known inverter, in pF: 1 pJ per transition at 1 V.
const KNOWN_LOAD_PF: f64 = 2.0;

/// Energy of every cell of a design by the path of its instance.
///
/// # Errors
/// [`SynthesisError`] when OpenSTA fails.
pub fn energies(
    assembly: &Assembly,
    library: &Library,
    (tools, store): (&Tools, &Store),
) -> Result<BTreeMap<String, CellEnergy>, SynthesisError> {
    let ask = |verilog: &str, top: &str, clock: &str, ports: &[&str]| {
        let library_text = Liberty::Given(library);
        rows(verilog, top, clock, ports, library_text, library.load_pf, (tools, store))
    };
    let scale = scale((tools, store))?;
    let ports = &assembly.parts[&assembly.top].module.ports;
    let clock = ports.iter().map(|p| p.name.as_str()).find(|name| ["clk_i", "aclk"].contains(name));
    let verilog = assembly.verilog();
    let [idle, busy, _] = ask(&verilog, &assembly.top, clock.unwrap_or("clk_i"), &[])?;
    let mut inputs_by_cell: BTreeMap<&str, f64> = BTreeMap::new();
    for part in assembly.parts.values() {
        for flop in &part.module.flops {
            if inputs_by_cell.contains_key(flop.cell.as_str()) {
                continue;
            }
            let (text, data) = alone(&flop.cell, library);
            let data: Vec<&str> = data.iter().map(String::as_str).collect();
            let [quiet, _, driven] = ask(&text, "alone", "clock_i", &data)?;
            let internal =
                |rows: &BTreeMap<String, Row>| rows.get("f0").map_or(0.0, |r| r.internal);
            let input = internal(&driven) - internal(&quiet);
            inputs_by_cell.insert(&flop.cell, input.max(0.0));
        }
    }
    let cells = cells_by_path(assembly);
    let mut energies = BTreeMap::new();
    for (path, row) in &busy {
        let quiet = idle.get(path).copied().unwrap_or_default();
        let input =
            cells.get(path).and_then(|cell| inputs_by_cell.get(cell)).copied().unwrap_or(0.0);
        let outputs = (row.internal - quiet.internal - input).max(0.0);
        let [clock_pj, data_pj] =
            cells.get(path).map_or([0.0; 2], |cell| input_energies(cell, library));
        energies.insert(
            path.clone(),
            CellEnergy {
                clock_pj,
                change_pj: outputs * scale.internal
                    + data_pj
                    + (row.switching - quiet.switching) * scale.switching,
                // 1 pJ in 1 ns is 1 mW.
                leakage_nw: row.leakage * scale.switching / PERIOD_NS * 1e6,
            },
        );
    }
    Ok(energies)
}

/// Energy within a flip-flop per cycle of its clock, and per change of its data, in pJ.
fn input_energies(cell: &str, library: &Library) -> [f64; 2] {
    let pins = library.cells.get(cell).map_or(&[][..], |cell| &cell.pins);
    let sum = |clock: bool| {
        let pins =
            pins.iter().filter(|pin| pin.direction == Direction::Input && pin.clock == clock);
        pins.map(|pin| pin.energy).sum::<f64>() * library.energy_pj()
    };
    [2.0 * sum(true), sum(false)]
}

/// The flip-flops of a design: cell by path.
fn cells_by_path(assembly: &Assembly) -> BTreeMap<String, &str> {
    let mut found = BTreeMap::new();
    let mut open = vec![(assembly.top.as_str(), String::new())];
    while let Some((key, path)) = open.pop() {
        let Some(part) = assembly.parts.get(key) else { continue };
        for (index, flop) in part.module.flops.iter().enumerate() {
            found.insert(format!("{path}f{index}"), flop.cell.as_str());
        }
        for (index, instance) in part.module.instances.iter().enumerate() {
            open.push((&instance.module, format!("{path}i{index}/")));
        }
    }
    found
}

/// A flip-flop on its own, and the ports of its data inputs.
fn alone(cell: &str, library: &Library) -> (String, Vec<String>) {
    let mut pins = vec![];
    let mut data = vec![];
    let Some(known) = library.cells.get(cell) else { return (String::new(), data) };
    for pin in known.pins(Direction::Input) {
        if pin.clock {
            pins.push(format!(".{}(clock_i)", pin.name));
        } else {
            let port = format!("d{}", data.len());
            pins.push(format!(".{}({port})", pin.name));
            data.push(port);
        }
    }
    let outputs: Vec<String> =
        known.pins(Direction::Output).enumerate().map(|(i, _)| format!("q{i}")).collect();
    for (pin, port) in known.pins(Direction::Output).zip(&outputs) {
        pins.push(format!(".{}({port})", pin.name));
    }
    let inputs = [vec!["clock_i".to_owned()], data.clone()].concat().join(", ");
    let outputs = outputs.join(", ");
    let text = format!(
        "module alone ({inputs}, {outputs});\n  input {inputs};\n  output {outputs};\n  {cell} f0 \
         ({});\nendmodule\n",
        pins.join(", ")
    );
    (text, data)
}

/// What this version of OpenSTA makes of known energies.
fn scale(context: (&Tools, &Store)) -> Result<Scale, SynthesisError> {
    let verilog = "module known (clk_i, a, y);\n  input clk_i, a;\n  output y;\n  INV g0 (.A(a), \
                   .Y(y));\nendmodule\n";
    let [_, busy, _] =
        rows(verilog, "known", "clk_i", &[], Liberty::Known, KNOWN_LOAD_PF, context)?;
    let row = busy.get("g0").copied().unwrap_or_default();
    if row.internal <= 0.0 || row.switching <= 0.0 {
        return Err(SynthesisError::Unknown {
            what: "power analysis (OpenSTA)".to_owned(),
            reason: "it finds no power in a cell of known energy".to_owned(),
        });
    }
    Ok(Scale { internal: 1.0 / row.internal, switching: 1.0 / row.switching })
}

enum Liberty<'a> {
    Known,
    Given(&'a Library),
}

/// Power of every instance: nothing changes; everything does; only the given input ports do.
fn rows(
    verilog: &str,
    top: &str,
    clock: &str,
    ports: &[&str],
    liberty: Liberty<'_>,
    load_pf: f64,
    (tools, store): (&Tools, &Store),
) -> Result<[BTreeMap<String, Row>; 3], SynthesisError> {
    let mut script = format!(
        "read_liberty library.lib\nread_verilog netlist.v\nlink_design {top}\n\
         set_cmd_units -time ns -capacitance pF\n\
         create_clock -name clock -period {PERIOD_NS} [get_ports {clock}]\n\
         foreach port [all_inputs] {{\n  \
         if {{[get_property $port full_name] ne \"{clock}\"}} {{ set_input_delay 0 -clock clock $port }}\n}}\n\
         set_output_delay 0 -clock clock [all_outputs]\nset_load {load_pf:.6} [all_outputs]\n"
    );
    let mut report = |set: &str| {
        let _ = write!(
            script,
            "{set}puts \"=====\"\nreport_power -instances [get_cells -hierarchical *] -digits 8\n"
        );
    };
    let ports = ports.join(" ");
    if ports.is_empty() {
        report("set_power_activity -global -activity 0 -duty 0.5\n");
        report("set_power_activity -global -activity 1 -duty 0.5\n");
    } else {
        report(&format!("set_power_activity -input_ports {{{ports}}} -activity 0 -duty 0.5\n"));
        report("");
        report(&format!("set_power_activity -input_ports {{{ports}}} -activity 1 -duty 0.5\n"));
    }
    let (hash, path) = match liberty {
        Liberty::Known => (KNOWN, None),
        Liberty::Given(library) => (library.hash.as_str(), Some(&library.path)),
    };
    let key = cache::hash(&["power", &tools.sta.version, hash, &script, verilog]);
    let text = store.get_or(&key, || {
        let work = store.work()?;
        fs::write(work.path().join("netlist.v"), verilog)?;
        fs::write(work.path().join("power.tcl"), &script)?;
        let copy = work.path().join("library.lib");
        match path {
            Some(path) => fs::copy(path, copy).map(drop)?,
            None => fs::write(copy, KNOWN)?,
        }
        let said = Invocation::new(format!("power of {top} (OpenSTA)"), &tools.sta.path)
            .args(["-no_splash", "-no_init", "-exit", "power.tcl"])
            .folder(work.path())
            .run(tools.limit)?;
        let error = [&said.stdout, &said.stderr].into_iter().flat_map(|text| text.lines());
        if let Some(line) = error.into_iter().find(|line| line.starts_with("Error")) {
            let what = format!("power of {top} (OpenSTA)");
            return Err(SynthesisError::Unknown { what, reason: line.to_owned() });
        }
        Ok(said.stdout)
    })?;
    let mut tables = text.split("=====").skip(1).map(table);
    let mut next = || tables.next().unwrap_or_default();
    Ok([next(), next(), next()])
}

/// Reads a table: internal, switching, leakage, total, instance.
fn table(text: &str) -> BTreeMap<String, Row> {
    let mut rows = BTreeMap::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [numbers @ .., name] = words.as_slice() else { continue };
        let numbers: Option<Vec<f64>> = numbers.iter().map(|n| n.parse().ok()).collect();
        if let Some([internal, switching, leakage, _]) = numbers.as_deref() {
            let row = Row { internal: *internal, switching: *switching, leakage: *leakage };
            rows.insert((*name).to_owned(), row);
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_read() {
        let text = "     Internal    Switching      Leakage        Total\n        Power        Power\n\
                    -----\n 8.9e-06 1.0e-06 7.9e-08 8.99e-06 i1/f0\n";
        let rows = table(text);
        assert_eq!(rows.len(), 1);
        assert!((rows["i1/f0"].switching - 1e-6).abs() < 1e-12);
    }
}
