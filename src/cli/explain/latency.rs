//! Latencies of a design, in `bitweight explain`.

use super::{Line, line};
use crate::design::{BitSlice, Contract, Design, Element, Topology};
use crate::nest::MEMORY_LATENCY;
use crate::nest::bit_slice::{LOAD_LATENCY, READ_LATENCY};

/// The registers between the operands of a beat and its results.
pub(super) fn lines(design: &Design) -> Vec<Line> {
    if let Some(slice) = design.bit_slice {
        return engine(design, &slice);
    }
    let reads = design.reads_per_row();
    let pipeline = design.pipeline();
    let tree = design.array.topology == Topology::AdderTree;
    let mut stages = Vec::new();
    if design.tile_k.is_some() {
        stages.push("operand memory + digits");
    } else if design.operand_register() {
        stages.push("beat register");
    }
    if design.input_registers {
        stages.push(if tree { "beat + operand registers" } else { "operand registers" });
    }
    if design.product_register {
        stages.push("product register");
    }
    let cuts = format!("{} pipeline stages", design.pipeline_stages);
    if design.pipeline_stages > 0 {
        stages.push(&cuts);
    }
    stages.push(if tree { "sum" } else { "accumulator" });
    let resolve = match (design.contract(), design.carry_save()) {
        _ if design.tile_k.is_some() && !design.array.topology.hops() => {
            "captured pair + pair register + plane register"
        }
        _ if design.tile_k.is_some() => "pair register + plane register",
        (_, false) if design.corrects_at_readout() => "sum register before the correction",
        (Contract::OutputStationary, true) => "pair register before the final adder",
        (Contract::WeightStationary, true) if !tree => "register behind the final adder",
        _ => "none",
    };
    let interval = match design.contract() {
        Contract::OutputStationary => "transfers of the wider operand stream",
        Contract::WeightStationary if design.partial_sums => "transfers of a beat of A or P",
        Contract::WeightStationary => "transfers of a beat of A",
    };
    let mut lines = vec![
        line("interval (cycles per beat)", interval.to_owned(), pipeline.beat_interval.to_string()),
        line("accumulate", stages.join(" + "), pipeline.accumulate_latency.to_string()),
        line("resolve", resolve.to_owned(), pipeline.resolve_latency.to_string()),
        line(
            "transfers (per row of C)",
            format!("{} lanes of {} bits", design.cols(), design.accumulator.width),
            pipeline.transfers_per_row.to_string(),
        ),
    ];
    match design.weights() {
        None => lines.push(line(
            "last beat in to first row out",
            format!("accumulate + resolve + {reads} + 1"),
            (pipeline.credit() + reads + 1).to_string(),
        )),
        Some(weights) => lines.extend([
            line(
                "load (cycles per beat of B)",
                "transfers of a beat of B".to_owned(),
                pipeline.load_interval.to_string(),
            ),
            line(
                "beat in to row out",
                format!("accumulate + resolve + {} hops + {MEMORY_LATENCY}", weights.skew),
                weights.latency(pipeline).to_string(),
            ),
        ]),
    }
    lines
}

/// The same of an engine that leaves digits out, whose elements wait for nothing but digits.
fn engine(design: &Design, slice: &BitSlice) -> Vec<Line> {
    let laconic = design.element == Element::Laconic;
    let (issue, load, stages) = match laconic {
        true => {
            let issue = design.term_serial().issue_latency;
            (issue, 2, ("terms of the operands + first pair", "histogram + pair"))
        }
        false => {
            let issue = design.engine(slice).issue_latency;
            let stages = match design.input_registers {
                true => "row of B + operand registers + accumulator",
                false => "row of B + accumulator",
            };
            (issue, LOAD_LATENCY as usize + 1, ("encode + write + read + first digit", stages))
        }
    };
    let elements = design.cols();
    vec![
        line(
            "interval (cycles per beat)",
            "transfers of the wider operand stream, at least",
            design.pipeline().beat_interval.to_string(),
        ),
        line("load", stages.0, load.to_string()),
        line("accumulate", stages.1, issue.to_string()),
        line(
            "read",
            format!("{elements} elements of a column, one per cycle"),
            elements.to_string(),
        ),
        line("resolve", "read + resolve + add", READ_LATENCY.to_string()),
        line(
            "transfers (per row of C)",
            format!("{elements} lanes of {} bits", design.accumulator.width),
            design.pipeline().transfers_per_row.to_string(),
        ),
        line(
            "last beat in to first row out",
            "at least load + accumulate + read + resolve + 1",
            design.latency().to_string(),
        ),
    ]
}
