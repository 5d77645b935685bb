//! Takes parameter frames in, one for each tile.

use super::text::{Counter, address_bits, block, define, literal};
use super::{Writer, properties};
use crate::rtl::Module;
use crate::rtl::text::{Port, Registers, clock_ports, declare, zero};

pub(super) fn module(writer: &Writer<'_>) -> Module {
    let layer = writer.layer;
    let sections = layer.sections();
    let count = sections.len();
    let depth = sections.iter().map(|section| section.depth).max().unwrap_or(1);
    let address_width = address_bits(depth);
    let lane = Counter::new("lane", layer.record_lanes());
    let section = Counter::new("section", count);
    let mut lines = Vec::new();
    lane.declare(&mut lines);
    section.declare(&mut lines);
    let mut registers = Registers::control(layer.reset());
    lines.push("reg loaded_q;".to_owned());
    lines.push("// A frame is taken in when nothing is on its way any more.".to_owned());
    lines.push("assign p_ready_o = ~loaded_q & ~busy_i;".to_owned());
    lines.push(define("taken", 1, "p_valid_i & p_ready_o"));
    let at = |index: usize| match section.exists() {
        true => format!("section_q == {}", literal(section.width(), index as i64)),
        false => "1'b1".to_owned(),
    };
    lines.push(declare("wire", "section", count));
    for (index, _) in sections.iter().enumerate() {
        let name = if count == 1 { "section".to_owned() } else { format!("section[{index}]") };
        lines.push(format!("assign {name} = {};", at(index)));
    }
    // The last record of an address, where sections have different numbers of them.
    let mut ends: Vec<String> = Vec::new();
    if sections.iter().any(|section| section.lanes == lane.extent) && lane.exists() {
        ends.push(lane.end());
    }
    for (index, section) in sections.iter().enumerate() {
        let here = format!("section[{index}]");
        match section.lanes {
            lanes if lanes == lane.extent => {}
            1 => ends.push(here),
            lanes => {
                let last = literal(lane.width(), lanes as i64 - 1);
                ends.push(format!("({here} & (lane_q == {last}))"));
            }
        }
    }
    let lane_end = if lane.exists() { ends.join(" | ") } else { lane.end() };
    lines.push(define("address_done", 1, &lane_end));
    let mut section_done = "taken & address_done".to_owned();
    if depth > 1 {
        lines.push(declare("reg", "address_q", address_width));
        let ends: Vec<String> = sections
            .iter()
            .enumerate()
            .map(|(index, section)| {
                let last = literal(address_width, section.depth as i64 - 1);
                let which =
                    if count == 1 { "section".to_owned() } else { format!("section[{index}]") };
                format!("({which} & (address_q == {last}))")
            })
            .collect();
        lines.push(define("depth_end", 1, &ends.join(" | ")));
        section_done += " & depth_end";
        registers = registers.load_if(
            "taken & address_done",
            "address_q",
            &zero(address_width),
            &format!(
                "depth_end ? {} : address_q + {}",
                literal(address_width, 0),
                literal(address_width, 1)
            ),
        );
    }
    lines.push(define("section_done", 1, &section_done));
    lines.push(define("frame_done", 1, &format!("section_done & {}", section.end())));
    if lane.exists() {
        let width = lane.width();
        let next = format!("address_done ? {} : lane_q + {}", literal(width, 0), literal(width, 1));
        registers = registers.load_if("taken", "lane_q", &zero(width), &next);
    }
    registers = section.count(registers, "section_done");
    registers = registers.load("loaded_q", "1'b0", "frame_done | (loaded_q & ~tile_done_i)");
    lines.extend(block(&registers));
    lines.push("assign loaded_o = loaded_q;".to_owned());
    let address = if depth > 1 { "address_q".to_owned() } else { literal(1, 0) };
    lines.push(format!("assign address_o = {address};"));
    lines.push("assign section_o = section;".to_owned());
    for index in 0..layer.record_lanes() {
        let (port, value) = match lane.exists() {
            true => (
                format!("lane_o[{index}]"),
                format!("taken & (lane_q == {})", literal(lane.width(), index as i64)),
            ),
            false => ("lane_o".to_owned(), "taken".to_owned()),
        };
        lines.push(format!("assign {port} = {value};"));
    }
    let mut ports = clock_ports(true);
    ports.extend([
        Port::input("p_valid_i", 1),
        Port::output("p_ready_o", 1),
        Port::input("busy_i", 1),
        Port::input("tile_done_i", 1),
        Port::output("loaded_o", 1),
        Port::output("lane_o", layer.record_lanes()),
        Port::output("section_o", count),
        Port::output("address_o", address_width),
    ]);
    let purpose = "Takes parameter frames in, one for each tile.";
    properties::loader(layer).of(writer.module("loader", purpose, &[], &ports, lines))
}
