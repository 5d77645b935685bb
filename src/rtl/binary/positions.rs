//! The scales of output positions, which are the same for all lanes.

use super::Writer;
use super::sequence::section_address_width;
use super::text::{Counter, Memory, address_bits, literal, slice};
use crate::binary::MANTISSA;
use crate::binary::frame::SectionKind;
use crate::rtl::text::{Port, Registers};

/// A memory and a counter of positions for each step that scales by them.
pub(super) struct PositionScales<'a> {
    writer: &'a Writer<'a>,
    /// Bits of the number of a vector.
    tag_width: usize,
    /// Sections that are read.
    used: Vec<usize>,
    /// Stages with what they multiply by.
    values: Vec<(usize, String)>,
}

impl<'a> PositionScales<'a> {
    pub fn new(writer: &'a Writer<'a>, tag_width: usize) -> Self {
        Self { writer, tag_width, used: Vec::new(), values: Vec::new() }
    }

    /// The memory of `step`, whose stage `index` a vector leaves where `moves`.
    pub fn add(
        &mut self,
        (index, step): (usize, usize),
        moves: &str,
        control: Registers,
        lines: &mut Vec<String>,
    ) -> Registers {
        let layer = self.writer.layer;
        let depth: usize = layer.steps()[step].positions.iter().product();
        let counter = Counter::new(format!("position{index}"), depth);
        counter.declare(lines);
        let last = literal(self.tag_width, layer.vectors() as i64 - 1);
        let leaves = match layer.vectors() {
            1 => moves.to_owned(),
            _ => format!("{moves} & (vector_q{index} == {last})"),
        };
        let kind = SectionKind::Positions(step);
        let sections = layer.sections();
        let section = sections.iter().position(|section| section.kind == kind).unwrap_or_default();
        self.used.push(section);
        let memory = Memory { name: format!("scales{index}"), width: MANTISSA, depth };
        let wide = address_bits(depth);
        lines.extend(memory.write(
            &format!("load_i & section_i[{section}]"),
            &slice("load_address_i", 0, wide, section_address_width(self.writer)),
            "load_data_i",
        ));
        self.values.push((index, memory.read(&counter.value(wide))));
        counter.count(control, &leaves)
    }

    /// The ports, and what goes to the lanes.
    pub fn finish(self, ports: &mut Vec<Port>, lines: &mut Vec<String>) {
        if self.values.is_empty() {
            return;
        }
        let sections = self.writer.layer.sections().len();
        ports.extend([
            Port::input("load_i", 1),
            Port::input("section_i", sections),
            Port::input("load_address_i", section_address_width(self.writer)),
            Port::input("load_data_i", MANTISSA),
        ]);
        for (index, value) in &self.values {
            ports.push(Port::output(format!("position_scale{index}_o"), MANTISSA));
            lines.push(format!("assign position_scale{index}_o = {value};"));
        }
        let unread = (0..sections).filter(|section| !self.used.contains(section));
        let unread: String = unread.map(|section| format!(", section_i[{section}]")).collect();
        lines.push(format!("wire unused = &{{1'b0, load_address_i{unread}}};"));
    }
}
