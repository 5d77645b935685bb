//! Instances within the top of a layer.

use super::Writer;
use super::sequence::section_address_width;
use super::text::{address_bits, define, repeat, slice};
use crate::binary::frame::SectionKind;
use crate::binary::values_of;
use crate::rtl::text::{declare, instance};

/// An instance under construction.
pub(super) struct Instance {
    module: String,
    name: String,
    connections: Vec<(String, String)>,
}

impl Instance {
    pub fn new(writer: &Writer<'_>, suffix: &str) -> Self {
        let (module, name) = (writer.name(suffix), format!("u_{suffix}"));
        Self { module, name, connections: Vec::new() }
    }

    pub fn connect(&mut self, port: impl Into<String>, signal: impl Into<String>) {
        self.connections.push((port.into(), signal.into()));
    }

    pub fn clock(&mut self, with_reset: bool) {
        self.connect("clk_i", "aclk");
        if with_reset {
            self.connect("rst_ni", "aresetn");
        }
    }

    pub fn lines(&self, indent: usize) -> Vec<String> {
        let connections: Vec<(&str, &str)> = self
            .connections
            .iter()
            .map(|(port, signal)| (port.as_str(), signal.as_str()))
            .collect();
        let text = instance(&self.module, &self.name, &[], &connections, indent);
        text.lines().map(str::to_owned).collect()
    }
}

/// Connects the window to the stream of the input, or to the input stage in between, if there is
/// one.
pub(super) fn input_stage(
    writer: &Writer<'_>,
    window: &mut Instance,
    lines: &mut Vec<String>,
) -> Option<Instance> {
    let layer = writer.layer;
    let x = layer.stream_x();
    let data = slice("s_axis_x_tdata", 0, x.lanes * x.lane_width, x.data_width());
    let ports = ["x_valid_i", "x_ready_o", "x_data_i", "x_last_i"];
    let Some(table) = layer.input_table() else {
        let signals = ["s_axis_x_tvalid", "s_axis_x_tready", &data, "s_axis_x_tlast"];
        ports.iter().zip(signals).for_each(|(port, signal)| window.connect(*port, signal));
        return None;
    };
    let simd = layer.simd();
    let bits = simd * layer.parameters().activations.width();
    let sections = layer.sections();
    let section = sections.iter().position(|section| section.kind == SectionKind::Input);
    let section = format!("load_section[{}]", section.unwrap_or_default());
    let lanes = layer.record_lanes();
    lines.push("wire code_valid;".to_owned());
    lines.push("wire code_ready;".to_owned());
    lines.push("wire code_last;".to_owned());
    lines.push(declare("wire", "code_word", bits));
    lines.push(define(
        "load_input",
        simd,
        &format!("{} & {}", slice("load_lane", 0, simd, lanes), repeat(simd, &section)),
    ));
    let signals = ["code_valid", "code_ready", "code_word", "code_last"];
    ports.iter().zip(signals).for_each(|(port, signal)| window.connect(*port, signal));
    let mut input = Instance::new(writer, "input");
    input.clock(true);
    if let Some((word, _)) = layer.magnitude_widths() {
        lines.push(declare("wire", "code_magnitude", word));
        window.connect("x_magnitude_i", "code_magnitude");
        input.connect("m_magnitude_o", "code_magnitude");
    }
    let address = address_bits(layer.words_per_position());
    let record = table.width * values_of(&table);
    for (port, signal) in [
        ("loaded_i", "loaded".to_owned()),
        ("tile_done_i", "tile_done".to_owned()),
        ("load_i", "load_input".to_owned()),
        ("load_address_i", slice("load_address", 0, address, section_address_width(writer))),
        ("load_data_i", slice("s_axis_p_tdata", 0, record, layer.stream_p().data_width())),
        ("s_valid_i", "s_axis_x_tvalid".to_owned()),
        ("s_ready_o", "s_axis_x_tready".to_owned()),
        ("s_data_i", data),
        ("s_last_i", "s_axis_x_tlast".to_owned()),
        ("m_valid_o", "code_valid".to_owned()),
        ("m_ready_i", "code_ready".to_owned()),
        ("m_data_o", "code_word".to_owned()),
        ("m_last_o", "code_last".to_owned()),
    ] {
        input.connect(port, signal);
    }
    Some(input)
}
