//! Latencies of a design, for the cycle model and the control logic.

use super::Design;
use crate::nest::Pipeline;

/// The pipeline of an output-stationary array.
pub(super) fn of(design: &Design) -> Pipeline {
    let operand = usize::from(design.input_registers);
    let product = usize::from(design.product_register);
    let beat = design.stream_a().transfers_per_beat.max(design.stream_b().transfers_per_beat);
    Pipeline {
        beat_interval: beat,
        accumulate_latency: operand + product + design.pipeline_stages + 1,
        // A carry-save pair is registered before the adder that resolves it.
        resolve_latency: usize::from(design.carry_save()),
        transfers_per_row: design.stream_c().transfers_per_beat,
    }
}
