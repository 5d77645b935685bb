//! Power of a whole design without a simulation: OpenSTA's own guess of what changes how often.

use std::fmt::Write as _;
use std::fs;

use super::known::scale;
use super::rows::{PERIOD_NS, Row, table};
use crate::cache;
use crate::synth::assembly::Assembly;
use crate::synth::error::SynthesisError;
use crate::synth::library::Library;
use crate::synth::store::Store;
use crate::synth::tools::Tools;
use crate::tool::Invocation;

/// Changes of an input per cycle that OpenSTA is told to start from.
pub const INPUT_ACTIVITY: f64 = 0.5;

/// Energy of all cells of a kind per cycle, and leakage.
#[derive(Clone, Copy, Debug, Default)]
pub struct Total {
    /// Flip-flops per cycle, their clock included, in pJ.
    pub sequential_pj: f64,
    /// Logic per cycle, in pJ.
    pub combinational_pj: f64,
    /// Leakage of all cells in nW.
    pub leakage_nw: f64,
}

/// Energy of a design with inputs that change with [`INPUT_ACTIVITY`], spread by OpenSTA through
/// the logic.
///
/// # Errors
/// [`SynthesisError`] when OpenSTA fails.
pub fn total(
    assembly: &Assembly,
    library: &Library,
    (tools, store): (&Tools, &Store),
) -> Result<Total, SynthesisError> {
    let scale = scale((tools, store))?;
    let verilog = assembly.cells_only(library)?;
    let clock = assembly.clock();
    let top = &assembly.top;
    let mut script = format!(
        "read_liberty library.lib\nread_verilog netlist.v\nlink_design {top}\n\
         set_cmd_units -time ns -capacitance pF\n\
         create_clock -name clock -period {PERIOD_NS} [get_ports {clock}]\n\
         set_load {:.6} [all_outputs]\n",
        library.load_pf
    );
    let _ = write!(
        script,
        "set_power_activity -input -activity {INPUT_ACTIVITY} -duty 0.5\nreport_power -digits 8\n"
    );
    // The registers that stand for memories are part of the first report; they are taken out.
    let apart = assembly.parts.values().any(|part| part.module.memory.is_some());
    if apart {
        let _ = write!(
            script,
            "puts \"=====\"\nreport_power -instances [get_cells -hierarchical r*] -digits 8\n"
        );
    }
    let key = cache::hash(&["total", &tools.sta.version, &library.hash, &script, &verilog]);
    let what = format!("power of {top} (OpenSTA)");
    let text = store.get_or(&key, || {
        let work = store.work()?;
        fs::write(work.path().join("netlist.v"), &verilog)?;
        fs::write(work.path().join("power.tcl"), &script)?;
        fs::copy(&library.path, work.path().join("library.lib"))?;
        let said = Invocation::new(what.clone(), &tools.sta.path)
            .args(["-no_splash", "-no_init", "-exit", "power.tcl"])
            .folder(work.path())
            .run(tools.limit)?;
        Ok::<_, SynthesisError>(said.stdout)
    })?;
    let (text, memories) = text.split_once("=====").unwrap_or((&text, ""));
    let row = |name: &str| -> Option<[f64; 3]> {
        let line = text.lines().find(|line| line.starts_with(name))?;
        let mut numbers = line.split_whitespace().skip(1).map(str::parse);
        let mut next = || numbers.next()?.ok();
        Some([next()?, next()?, next()?])
    };
    let (Some(sequential), Some(combinational)) = (row("Sequential"), row("Combinational")) else {
        let reason = "its report has no row of sequential and combinational power".to_owned();
        return Err(SynthesisError::Unknown { what, reason });
    };
    let mut sequential = sequential;
    for Row { internal, switching, leakage } in table(memories).into_values() {
        for (sum, part) in sequential.iter_mut().zip([internal, switching, leakage]) {
            *sum -= part;
        }
    }
    let energy = |[internal, switching, _]: [f64; 3]| {
        internal * scale.internal + switching * scale.switching
    };
    let leakage = sequential[2] + combinational[2];
    Ok(Total {
        sequential_pj: energy(sequential),
        combinational_pj: energy(combinational),
        // 1 pJ in 1 ns is 1 mW.
        leakage_nw: leakage * scale.switching / PERIOD_NS * 1e6,
    })
}
