//! Power of every instance of a design: a run of OpenSTA.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use super::known::KNOWN;
use crate::cache;
use crate::synth::error::SynthesisError;
use crate::synth::library::Library;
use crate::synth::store::Store;
use crate::synth::tools::Tools;
use crate::tool::Invocation;

/// What OpenSTA prints of an instance, in its unit of power.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Row {
    pub internal: f64,
    pub switching: f64,
    pub leakage: f64,
}

/// The period in ns at which power is asked for.
pub(super) const PERIOD_NS: f64 = 1.0;

/// The library that is read.
pub(super) enum Liberty<'a> {
    Known,
    Given(&'a Library),
}

/// Power of every instance: nothing changes; everything does; only the given input ports do.
pub(super) fn rows(
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
pub(super) fn table(text: &str) -> BTreeMap<String, Row> {
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
