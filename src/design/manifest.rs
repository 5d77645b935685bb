//! The machine-readable description of a generated design.

use serde::Serialize;

use super::{Design, Latency, Memory, Reset, Side, Stream};

/// Version of the manifest's format, and of every other report.
pub const FORMAT_VERSION: u32 = 1;

/// Everything that a tool must know to use a generated design.
#[derive(Clone, Debug, Serialize)]
pub struct Manifest {
    /// Version of this format.
    pub format_version: u32,
    /// Name and version of the generator.
    pub generator: String,
    /// Name of the design.
    pub design: String,
    /// One line for people.
    pub summary: String,
    /// Hash of all parameters.
    pub configuration: String,
    /// Top module.
    pub top: String,
    /// The bare array below the top.
    pub array: String,
    /// The element below the array.
    pub element: String,
    /// Stream contract.
    pub contract: &'static str,
    /// Clock port.
    pub clock: &'static str,
    /// Reset port, active low.
    pub reset: &'static str,
    /// All parameters after validation.
    pub parameters: ManifestParameters,
    /// Verilog parameters that may be overridden, with their defaults.
    pub verilog_parameters: Vec<VerilogParameter>,
    /// Streams of the top.
    pub streams: Vec<ManifestStream>,
    /// Ports of the top.
    pub ports: Vec<ManifestPort>,
    /// Latencies.
    pub latency: Latency,
    /// Memories that macros can take the place of.
    pub memories: Vec<Memory>,
    /// Verilog files in compile order, the top last.
    pub files: Vec<ManifestFile>,
    /// All other files.
    pub other_files: Vec<ManifestFile>,
}

/// Parameters after validation.
#[derive(Clone, Debug, Serialize)]
pub struct ManifestParameters {
    /// Topology.
    pub topology: &'static str,
    /// Elements along M, where the topology has them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<usize>,
    /// Elements along N.
    pub cols: usize,
    /// Terms of K that are added up in space.
    pub depth: usize,
    /// Element.
    pub element: String,
    /// Bits of A.
    pub a_width: usize,
    /// Whether A is two's complement.
    pub a_signed: bool,
    /// Bits of B.
    pub b_width: usize,
    /// Whether B is two's complement.
    pub b_signed: bool,
    /// What the codes of A stand for, where that is not an integer of `a_width` bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub a_levels: Option<String>,
    /// What the codes of B stand for, where that is not an integer of `b_width` bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub b_levels: Option<String>,
    /// Bits of a result.
    pub accumulator_width: usize,
    /// Whether a result is two's complement.
    pub accumulator_signed: bool,
    /// Terms up to which no sum overflows.
    pub k_max: u64,
    /// Recoding of A.
    pub encoding: &'static str,
    /// Placement of compressors.
    pub compressor: &'static str,
    /// Carry network.
    pub final_adder: &'static str,
    /// Whether the product is registered.
    pub product_register: bool,
    /// Whether elements register their operands.
    pub input_registers: bool,
    /// Terms of K per element of `opt2`.
    pub lanes: usize,
    /// Terms of K that the operand memory of `opt2` holds per tile; null for other elements.
    pub tile_k: Option<usize>,
    /// Where A is encoded.
    pub encoder: &'static str,
    /// Register stages that cut a tree or an element.
    pub pipeline: usize,
    /// Whether partial sums stream in.
    pub partial_sums: bool,
    /// Reset style.
    pub reset: Reset,
}

/// A Verilog parameter of the top.
#[derive(Clone, Debug, Serialize)]
pub struct VerilogParameter {
    /// Name.
    pub name: &'static str,
    /// Default.
    pub value: usize,
}

/// A stream of the top.
#[derive(Clone, Debug, Serialize)]
pub struct ManifestStream {
    /// Prefix of its ports.
    pub name: &'static str,
    /// Operand or result: `a`, `b`, `p` (partial sums) or `c`.
    pub role: &'static str,
    /// `input` or `output`.
    pub direction: &'static str,
    /// Lanes of a beat.
    pub lanes: usize,
    /// Bits of a lane.
    pub lane_width: usize,
    /// Lanes of a transfer.
    pub lanes_per_transfer: usize,
    /// Transfers of a beat.
    pub transfers_per_beat: usize,
    /// Bits of tdata.
    pub data_width: usize,
    /// Whether there is a tlast.
    pub last: bool,
}

/// A port of a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ManifestPort {
    /// Name.
    pub name: String,
    /// `input` or `output`.
    pub direction: &'static str,
    /// Bits.
    pub width: usize,
}

/// A file of the output.
#[derive(Clone, Debug, Serialize)]
pub struct ManifestFile {
    /// Path within the folder.
    pub path: String,
    /// SHA-256 of the content.
    pub sha256: String,
}

impl Manifest {
    /// The manifest of a design with its memories and files: Verilog, and all others.
    #[must_use]
    pub fn new(
        design: &Design,
        memories: Vec<Memory>,
        [files, other_files]: [Vec<ManifestFile>; 2],
    ) -> Self {
        let (a, b) = (design.multiplier.a, design.multiplier.b);
        let streams = design.streams();
        Self {
            format_version: FORMAT_VERSION,
            generator: concat!("bitweight ", env!("CARGO_PKG_VERSION")).to_owned(),
            design: design.name.clone(),
            summary: design.summary.clone(),
            configuration: design.hash(),
            top: design.name.clone(),
            array: format!("{}_array", design.name),
            element: format!("{}_pe", design.name),
            contract: design.contract().name(),
            clock: "aclk",
            reset: "aresetn",
            parameters: ManifestParameters {
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
            },
            verilog_parameters: overridable(design),
            ports: ports(&streams),
            streams: streams.into_iter().map(|(role, stream)| describe(role, &stream)).collect(),
            latency: Latency::of(design),
            memories,
            files,
            other_files,
        }
    }
}

/// The sides that can be overridden without changing what the generator unrolled.
fn overridable(design: &Design) -> Vec<VerilogParameter> {
    let sides = design.array.topology.sides().iter().filter(|&&side| side != Side::Depth);
    sides
        .map(|&side| VerilogParameter { name: side.parameter(), value: design.array.extent(side) })
        .collect()
}

fn direction(role: &str) -> &'static str {
    if role == "c" { "output" } else { "input" }
}

fn describe(role: &'static str, stream: &Stream) -> ManifestStream {
    ManifestStream {
        name: stream.name,
        role,
        direction: direction(role),
        lanes: stream.lanes,
        lane_width: stream.lane_width,
        lanes_per_transfer: stream.lanes_per_transfer,
        transfers_per_beat: stream.transfers_per_beat,
        data_width: stream.data_width(),
        last: stream.has_last,
    }
}

fn ports(streams: &[(&'static str, Stream)]) -> Vec<ManifestPort> {
    let port = |name: String, direction, width| ManifestPort { name, direction, width };
    let mut ports =
        vec![port("aclk".to_owned(), "input", 1), port("aresetn".to_owned(), "input", 1)];
    for (role, stream) in streams {
        let forward = direction(role);
        let backward = if forward == "input" { "output" } else { "input" };
        ports.push(port(format!("{}_tvalid", stream.name), forward, 1));
        ports.push(port(format!("{}_tready", stream.name), backward, 1));
        ports.push(port(format!("{}_tdata", stream.name), forward, stream.data_width()));
        if stream.has_last {
            ports.push(port(format!("{}_tlast", stream.name), forward, 1));
        }
    }
    ports
}
