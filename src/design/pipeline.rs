//! Latencies of a design, for the cycle model and the control logic.

use super::{Contract, Design, Element, Invalid, MAX_PIPELINE, Parameters, Topology};
use crate::nest::Pipeline;

/// The pipeline of a design, by its contract.
pub(super) fn of(design: &Design) -> Pipeline {
    match design.contract() {
        Contract::OutputStationary => output_stationary(design),
        Contract::WeightStationary => weight_stationary(design),
    }
}

/// Cycles from the operands of an element to its accumulated value, as an element of an array whose
/// results stay: operand register, product register, stages, accumulator.
pub(super) fn element(design: &Design) -> usize {
    usize::from(design.input_registers)
        + usize::from(design.product_register)
        + design.pipeline_stages
        + 1
}

/// Registers between the streams and an array whose results stay: the beat; or the operand memory
/// and the register of the digits behind it.
fn feed(design: &Design) -> usize {
    match design.operand_register() {
        true => 1,
        false => 2,
    }
}

fn output_stationary(design: &Design) -> Pipeline {
    let planes = design.tile_k.is_some();
    let beat = design.stream_a().transfers_per_beat.max(design.stream_b().transfers_per_beat);
    // Where all elements finish at once, a plane is captured before its columns are resolved.
    let capture = planes && !design.array.topology.hops();
    // The elements of the term-serial engine hold finished pairs in shadow registers, and its output
    // buffer has no room for one that is being resolved.
    let resolves = design.resolves() && design.element != Element::Laconic;
    Pipeline {
        beat_interval: beat,
        terms_per_beat: design.depth(),
        load_interval: 1,
        accumulate_latency: feed(design) + element(design),
        // What was read is registered before the adder that resolves it, a plane before the
        // one that adds it to the others.
        resolve_latency: usize::from(resolves) + usize::from(planes) + usize::from(capture),
        transfers_per_row: design.stream_c().transfers_per_beat,
    }
}

/// Registers of A in front of the trees: the beat, and the operand or its digits.
pub(super) const TREE_OPERANDS: usize = 2;

fn weight_stationary(design: &Design) -> Pipeline {
    let partial = design.stream_p().map_or(1, |stream| stream.transfers_per_beat);
    let tree = design.array.topology == Topology::AdderTree;
    let operand = if tree { TREE_OPERANDS } else { 1 };
    let within = usize::from(design.product_register) + design.pipeline_stages;
    Pipeline {
        beat_interval: design.stream_a().transfers_per_beat.max(partial),
        terms_per_beat: design.depth(),
        load_interval: design.stream_b().transfers_per_beat,
        accumulate_latency: operand + within + 1,
        // The sum of a pair is registered behind the adder at the edge; the adder of a tree is part
        // of its last stage.
        resolve_latency: usize::from(!tree && design.carry_save()),
        transfers_per_row: design.stream_c().transfers_per_beat,
    }
}

/// Register stages that the parameters ask for; `by_plane` says that an element works on one bit
/// weight at a time.
///
/// # Errors
/// [`Invalid`] for a number out of range, or an element that is not cut.
pub(super) fn stages(parameters: &Parameters, by_plane: bool) -> Result<usize, Invalid> {
    let stages = match usize::try_from(parameters.pipeline) {
        Ok(stages) if stages <= MAX_PIPELINE => stages,
        _ => {
            let message =
                format!("`pipeline` is {}, out of range 0 to {MAX_PIPELINE}", parameters.pipeline);
            let help = format!("give a whole number from 0 to {MAX_PIPELINE}");
            return Err(Invalid::new("pipeline", message, help));
        }
    };
    if stages > 0 && parameters.product_register {
        return Err(Invalid::new(
            "pipeline",
            "`pipeline` and `product_register` exclude each other".to_owned(),
            "a registered product is the cut that `pipeline: 1` would choose; remove one line",
        ));
    }
    if stages > 0 && by_plane {
        return Err(Invalid::new(
            "pipeline",
            "`pipeline` does not apply to element `opt2`".to_owned(),
            "its compressor adds up one digit per lane and is shorter than the trees that a \
             pipeline cuts; remove the line, or lower `lanes`",
        ));
    }
    if stages > 0 && parameters.element == Element::Behavioural {
        return Err(Invalid::new(
            "pipeline",
            "`pipeline` does not apply to element `behavioural`".to_owned(),
            "there is nothing to cut in plain operators; remove the line, or set \
             `product_register: true`",
        ));
    }
    Ok(stages)
}
