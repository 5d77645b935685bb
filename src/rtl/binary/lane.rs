//! One lane: weights, element and steps of every `lanes`-th output channel.

mod stage;

use super::Writer;
use super::element::Element;
use super::stages;
use super::text::{Memory, address_bits, block, define, slice};
use crate::binary::frame::{SectionKind, loaded_width};
use crate::rtl::Module;
use crate::rtl::text::{Port, Registers, clock_ports, declare, instance, zero};

/// The element and the lane around it.
pub(super) fn modules(writer: &Writer<'_>) -> Vec<Module> {
    let element = Element::new(writer);
    let mut body = Body::new(writer);
    body.weights(&element);
    body.steps();
    let mut modules = element.modules;
    modules.push(body.module());
    modules
}

struct Body<'a> {
    writer: &'a Writer<'a>,
    ports: Vec<Port>,
    lines: Vec<String>,
    /// What leaves a stage: name and bits.
    value: (String, usize),
}

impl<'a> Body<'a> {
    fn new(writer: &'a Writer<'a>) -> Self {
        let layer = writer.layer;
        let ports = clock_ports(layer.reset() != crate::design::Reset::None);
        Self { writer, ports, lines: Vec::new(), value: (String::new(), 0) }
    }

    fn line(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }

    fn registers(&self) -> Registers {
        Registers::data(self.writer.layer.reset())
    }

    /// Bits of the loader's address that lanes see.
    fn load_address_width(&self) -> usize {
        let layer = self.writer.layer;
        address_bits(layer.vectors() * layer.words())
    }

    /// The number of a section.
    fn section(&self, kind: SectionKind) -> usize {
        let sections = self.writer.layer.sections();
        sections.iter().position(|section| section.kind == kind).unwrap_or_default()
    }

    /// Whether a record of this section is for this lane.
    fn load(&self, kind: SectionKind) -> String {
        let count = self.writer.layer.sections().len();
        match count {
            1 => "load_i & section_i".to_owned(),
            _ => format!("load_i & section_i[{}]", self.section(kind)),
        }
    }

    /// Weights, and the element that they go to.
    fn weights(&mut self, element: &Element) {
        let layer = self.writer.layer;
        let weights = layer.simd() * layer.parameters().weights.width();
        let depth = layer.vectors() * layer.words();
        let sections = layer.sections();
        let record = self.writer.layer.lane_record_width();
        let address_width = self.load_address_width();
        self.ports.extend([
            Port::input("run_i", 1),
            Port::input("load_i", 1),
            Port::input("section_i", sections.len()),
            Port::input("load_address_i", address_width),
            Port::input("load_data_i", record),
            Port::input("weight_address_i", address_width),
        ]);
        let memory = Memory { name: "weights".to_owned(), width: weights, depth };
        let enable = self.load(SectionKind::Weights);
        let data = slice("load_data_i", 0, weights, record);
        self.lines.extend(memory.write(&enable, "load_address_i", &data));
        self.line(declare("reg", "w_q", weights));
        self.line("always @(posedge clk_i) begin");
        self.line(format!("  if (run_i) w_q <= {};", memory.read("weight_address_i")));
        self.line("end");
        if depth == 1 {
            self.line("wire unused_address = &{1'b0, weight_address_i, load_address_i};");
        }
        if sections
            .iter()
            .any(|section| matches!(section.kind, SectionKind::Positions(_) | SectionKind::Input))
        {
            self.line("wire unused_section = &{1'b0, section_i};");
        }
        if layer.preloaded() {
            self.preload(record);
        }
        let mut connections = vec![("clk_i".to_owned(), "clk_i".to_owned())];
        if layer.reset() != crate::design::Reset::None {
            connections.push(("rst_ni".to_owned(), "rst_ni".to_owned()));
        }
        for (name, width) in &element.inputs {
            let port = format!("{name}_i");
            let signal = match name.as_str() {
                "w" => "w_q".to_owned(),
                "start" => "start_q".to_owned(),
                "run" => "run_i".to_owned(),
                _ => {
                    self.ports.push(Port::input(port.clone(), *width));
                    port.clone()
                }
            };
            connections.push((port, signal));
        }
        let (name, width) = element.output.clone();
        self.line(declare("wire", &name, width));
        connections.push((format!("{name}_o"), name.clone()));
        self.instance("element", &connections);
        self.value = (name, width);
    }

    fn instance(&mut self, suffix: &str, connections: &[(String, String)]) {
        let connections: Vec<(&str, &str)> =
            connections.iter().map(|(port, signal)| (port.as_str(), signal.as_str())).collect();
        let name = format!("u_{suffix}");
        let text = instance(&self.writer.name(suffix), &name, &[], &connections, 0);
        self.lines.extend(text.lines().map(str::to_owned));
    }

    /// The value that the accumulator starts from, read with the weights.
    fn preload(&mut self, record: usize) {
        let layer = self.writer.layer;
        let width = layer.accumulator_width();
        let vectors = layer.vectors();
        let memory = Memory { name: "starts".to_owned(), width, depth: vectors };
        let enable = self.load(SectionKind::Channels(0));
        let (all, wide) = (self.load_address_width(), address_bits(vectors));
        let address = slice("load_address_i", 0, wide, all);
        let lines = memory.write(&enable, &address, &slice("load_data_i", 0, width, record));
        self.lines.extend(lines);
        self.ports.push(Port::input("start_address_i", wide));
        self.line(declare("reg", "start_q", width));
        self.line("always @(posedge clk_i) begin");
        self.line(format!("  if (run_i) start_q <= {};", memory.read("start_address_i")));
        self.line("end");
        if vectors == 1 {
            self.line("wire unused_start = &{1'b0, start_address_i};");
        }
    }

    /// Reads a table of the stage's step; gives the name of its value.
    fn table(&mut self, index: usize, step: usize, table: usize) -> String {
        let layer = self.writer.layer;
        let vectors = layer.vectors();
        let placed = &layer.steps()[step];
        let name = format!("{}{step}", placed.tables[table].name);
        let record = self.writer.layer.lane_record_width();
        let width = loaded_width(layer, step, &placed.tables[table]);
        let low: usize = placed.tables[..table].iter().map(|t| loaded_width(layer, step, t)).sum();
        let memory = Memory { name: format!("{name}_table"), width, depth: vectors };
        let enable = self.load(SectionKind::Channels(step));
        let address = slice("load_address_i", 0, address_bits(vectors), self.load_address_width());
        self.lines.extend(memory.write(
            &enable,
            &address,
            &slice("load_data_i", low, width, record),
        ));
        self.line(define(&name, width, &memory.read(&format!("vector{index}_i"))));
        name
    }

    fn steps(&mut self) {
        let layer = self.writer.layer;
        let runs = (1..=stages::waits(layer).len()).map(stages::run_of);
        self.ports.extend(runs.map(|run| Port::input(format!("{run}_i"), 1)));
        for (index, stage) in stages::stages(layer).into_iter().enumerate() {
            if !stages::tables(layer, stage).is_empty() {
                self.ports
                    .push(Port::input(format!("vector{index}_i"), address_bits(layer.vectors())));
                if layer.vectors() == 1 {
                    self.line(format!("wire unused_vector{index} = &{{1'b0, vector{index}_i}};"));
                }
            }
            self.line("");
            match layer.steps().get(stage.step) {
                None => {
                    let (value, width) = self.value.clone();
                    self.store(index, &value, width);
                }
                Some(placed) => self.stage(index, stage, placed),
            }
        }
        let (value, width) = self.value.clone();
        let wanted = layer.output_range().width();
        self.ports.push(Port::output("value_o", wanted));
        self.line(format!("assign value_o = {};", slice(&value, 0, wanted, width)));
        if wanted < width {
            self.line(format!("wire unused_sign = &{{1'b0, {value}[{}]}};", width - 1));
        }
    }

    /// The register behind a stage.
    fn store(&mut self, index: usize, value: &str, width: usize) {
        let name = format!("value_q{}", index + 1);
        self.line(declare("reg", &name, width));
        let run = format!("{}_i", stages::run(self.writer.layer, index + 1));
        let registers = self.registers().load_if(&run, &name, &zero(width), value);
        self.lines.extend(block(&registers));
        self.value = (name, width);
    }

    fn module(self) -> Module {
        let purpose = "One lane: weights, accumulator and steps of its output channels.";
        self.writer.module("lane", purpose, &[], &self.ports, self.lines)
    }
}
