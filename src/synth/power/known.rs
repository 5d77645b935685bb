//! What this version of OpenSTA makes of a cell whose energy is known.

use super::rows::{Liberty, rows};
use crate::synth::error::SynthesisError;
use crate::synth::store::Store;
use crate::synth::tools::Tools;

/// A library of one inverter: 1 pJ per transition within the cell.
pub(super) const KNOWN: &str = "library (known) {
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

/// The load of a net in the trial of the known inverter, in pF: 1 pJ per transition at 1 V.
const KNOWN_LOAD_PF: f64 = 2.0;

/// Factors to pJ per transition.
pub(super) struct Scale {
    /// Of the energy within a cell, at an output.
    pub internal: f64,
    /// Of the energy of a load; the unit of power as well.
    pub switching: f64,
}

/// What this version of OpenSTA makes of known energies.
pub(super) fn scale(context: (&Tools, &Store)) -> Result<Scale, SynthesisError> {
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
