//! What weight-stationary designs need beside the common checks.

use super::{AccumulatorParameters, Array, Contract, Design, Invalid, Parameters, Topology};

/// What is asked of the accumulator, where that is not said: without a stream of partial sums a sum
/// over a tile is all that a weight-stationary array forms.
pub(super) fn accumulator(array: &Array, parameters: &Parameters) -> AccumulatorParameters {
    let given = parameters.accumulator;
    let alone = array.topology.contract() == Contract::WeightStationary && !parameters.partial_sums;
    match (given.width, given.k_max) {
        (None, None) if alone => {
            AccumulatorParameters { k_max: i64::try_from(array.depth).ok(), ..given }
        }
        _ => given,
    }
}

/// Refuses parameters that have no meaning for the design's topology.
pub(super) fn check(design: &Design, carry_every: bool) -> Result<(), Invalid> {
    let topology = design.array.topology;
    let refuse = |path: &'static str, because: &str, help: &str| {
        let key = path.split('.').next().unwrap_or(path);
        let message =
            format!("`{key}` does not apply to topology `{}`: {because}", topology.name());
        Err(Invalid::new(path, message, help))
    };
    if topology.contract() == Contract::OutputStationary {
        if design.partial_sums {
            return refuse(
                "partial_sums",
                "its results stay until a sum of any length is complete",
                "remove the line, or choose topology `systolic_ws` or `adder_tree`",
            );
        }
        return Ok(());
    }
    if !design.input_registers {
        return refuse(
            "input_registers",
            "new weights come into use at the register of the operand",
            "remove the line",
        );
    }
    if topology == Topology::AdderTree {
        if design.product_register {
            return refuse(
                "product_register",
                "the registers within a tree are placed at balanced depths",
                "set `pipeline` instead",
            );
        }
        if carry_every {
            return refuse("carry_save.every", "a tree stores no pair of words", "remove the line");
        }
    }
    Ok(())
}
