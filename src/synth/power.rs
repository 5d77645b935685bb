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

use super::assembly::Assembly;
use super::error::SynthesisError;
use super::library::{Direction, Library};
use super::store::Store;
use super::tools::Tools;

mod known;
mod rows;
mod total;

pub use total::{INPUT_ACTIVITY, total};

use known::scale;
use rows::{Liberty, PERIOD_NS, Row, rows};

/// Energy of a cell, but for its clock.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CellEnergy {
    /// When its output changes, the load it drives included, in pJ.
    pub change_pj: f64,
    /// Leakage in nW.
    pub leakage_nw: f64,
}

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
    let verilog = assembly.cells_only(library)?;
    let [idle, busy, _] = ask(&verilog, &assembly.top, assembly.clock(), &[])?;
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
        let data_pj = cells.get(path).map_or(0.0, |cell| data_energy(cell, library));
        energies.insert(
            path.clone(),
            CellEnergy {
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

/// Energy within a flip-flop per change of its data, in pJ.
fn data_energy(cell: &str, library: &Library) -> f64 {
    let pins = library.cells.get(cell).map_or(&[][..], |cell| &cell.pins);
    let data = pins.iter().filter(|pin| pin.direction == Direction::Input && !pin.clock);
    data.map(|pin| pin.energy).sum::<f64>() * library.energy_pj()
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
