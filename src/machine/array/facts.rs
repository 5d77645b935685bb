//! What the manifest says of an array beside what it says of every machine.

use serde::Serialize;
use serde_json::json;

use crate::design::{Design, Latency, Reset, Side};
use crate::machine::Facts;

/// Parameters after validation.
#[derive(Clone, Debug, Serialize)]
struct ManifestParameters {
    /// Topology.
    topology: &'static str,
    /// Elements along M, where the topology has them.
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<usize>,
    /// Elements along N.
    cols: usize,
    /// Terms of K that are added up in space.
    depth: usize,
    /// Element.
    element: String,
    /// Bits of A.
    a_width: usize,
    /// Whether A is two's complement.
    a_signed: bool,
    /// Bits of B.
    b_width: usize,
    /// Whether B is two's complement.
    b_signed: bool,
    /// What the codes of A stand for, where that is not an integer of `a_width` bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    a_levels: Option<String>,
    /// What the codes of B stand for, where that is not an integer of `b_width` bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    b_levels: Option<String>,
    /// Bits of a result.
    accumulator_width: usize,
    /// Whether a result is two's complement.
    accumulator_signed: bool,
    /// Terms up to which no sum overflows.
    k_max: u64,
    /// Recoding of A.
    encoding: &'static str,
    /// Placement of compressors.
    compressor: &'static str,
    /// Carry network.
    final_adder: &'static str,
    /// Whether the product is registered.
    product_register: bool,
    /// Whether elements register their operands.
    input_registers: bool,
    /// Terms of K per element of `opt2`.
    lanes: usize,
    /// Terms of K that the operand memory of `opt2` holds per tile; null for other elements.
    tile_k: Option<usize>,
    /// Where A is encoded.
    encoder: &'static str,
    /// Register stages that cut a tree or an element.
    pipeline: usize,
    /// Whether partial sums stream in.
    partial_sums: bool,
    /// Reset style.
    reset: Reset,
}

/// A Verilog parameter of the top.
#[derive(Clone, Debug, Serialize)]
struct VerilogParameter {
    /// Name.
    name: &'static str,
    /// Default.
    value: usize,
}

/// What is particular to an array.
pub(super) fn of(design: &Design) -> Facts {
    Facts {
        parts: vec![
            ("array", format!("{}_array", design.name)),
            ("element", format!("{}_pe", design.name)),
        ],
        sections: vec![
            ("parameters", json!(parameters(design))),
            ("verilog_parameters", json!(overridable(design))),
        ],
        latency: json!(Latency::of(design)),
    }
}

fn parameters(design: &Design) -> ManifestParameters {
    let (a, b) = (design.multiplier.a, design.multiplier.b);
    ManifestParameters {
        topology: design.array.topology.name(),
        rows: design.array.topology.sides().contains(&Side::Rows).then(|| design.rows()),
        cols: design.cols(),
        depth: design.depth(),
        element: design.element.to_string(),
        a_width: a.width,
        a_signed: a.signed,
        b_width: b.width,
        b_signed: b.signed,
        a_levels: design.operand_a().operand().map(|levels| levels.to_string()),
        b_levels: design.operand_b().operand().map(|levels| levels.to_string()),
        accumulator_width: design.accumulator.width,
        accumulator_signed: design.accumulator.signed,
        k_max: design.accumulator.k_max,
        encoding: design.multiplier.encoding.name(),
        compressor: design.multiplier.compressor.name(),
        final_adder: design.final_adder.name(),
        product_register: design.product_register,
        input_registers: design.input_registers,
        lanes: design.lanes,
        tile_k: design.tile_k,
        encoder: design.encoder.name(),
        pipeline: design.pipeline_stages,
        partial_sums: design.partial_sums,
        reset: design.reset,
    }
}

/// The sides that can be overridden without changing what the generator unrolled.
fn overridable(design: &Design) -> Vec<VerilogParameter> {
    let sides = design.array.topology.sides().iter().filter(|&&side| side != Side::Depth);
    sides
        .map(|&side| VerilogParameter { name: side.parameter(), value: design.array.extent(side) })
        .collect()
}
