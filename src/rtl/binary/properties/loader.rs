//! The loader: a frame is as long as its sections, and each of its records goes to its own place.

use super::super::text::{Counter, bits, define, literal, repeat, resize, weighted};
use super::below;
use crate::binary::Layer;
use crate::rtl::properties::Properties;

/// Records come in the order of the frame, each once; a frame that is in use is not written over.
pub(in crate::rtl::binary) fn loader(layer: &Layer) -> Properties {
    let sections = layer.sections();
    let records: usize = sections.iter().map(|section| section.depth * section.lanes).sum();
    let depth = sections.iter().map(|section| section.depth).max().unwrap_or(1);
    let lane = Counter::new("lane", layer.record_lanes());
    let address = Counter::new("address", depth);
    let section = Counter::new("section", sections.len());
    let width = bits(records);
    let number = |value: usize| literal(width, value as i64);
    let last = number(records - 1);

    let mut places = Vec::new();
    let mut bounds = Vec::new();
    let mut offset = 0;
    for (index, own) in sections.iter().enumerate() {
        let here = match sections.len() {
            1 => "section".to_owned(),
            _ => format!("section[{index}]"),
        };
        let place = weighted(width, &[(&address, own.lanes), (&lane, 1)], offset as i64);
        places.push(format!("({} & ({place}))", repeat(width, &here)));
        for (counter, extent) in [(&lane, own.lanes), (&address, own.depth)] {
            let name = format!("{}_q", counter.name);
            let bound = below(&name, counter.width(), extent).filter(|_| counter.exists());
            bounds.extend(bound.map(|bound| format!("~{here} | ({bound})")));
        }
        if section.exists() {
            let turn = format!("section_q == {}", literal(section.width(), index as i64));
            bounds.push(format!("section_o[{index}] == ({turn})"));
        }
        offset += own.depth * own.lanes;
    }
    let section_bound = below("section_q", section.width(), sections.len());
    bounds.extend(section_bound.filter(|_| section.exists()));
    let lanes: Vec<String> = (0..layer.record_lanes())
        .map(|index| match lane.exists() {
            false => "lane_o == taken".to_owned(),
            true => {
                let here = format!("(lane_q == {})", literal(lane.width(), index as i64));
                format!("lane_o[{index}] == (taken & {here})")
            }
        })
        .collect();
    let ends = format!("taken & (check_record_q == {last})");
    Properties::new(layer.reset())
        .declare(&define("check_place", width, &places.join(" | ")))
        .cycle("check_record_q", width, "taken", &last)
        .bit("check_loaded_q", "1'b0", &format!("({ends}) | (check_loaded_q & ~tile_done_i)"))
        .assert("Records follow each other, each once.", "check_record_q == check_place")
        .assert("No more than a frame has.", &format!("check_record_q <= {last}"))
        .assert_all("Every record has one place.", &bounds)
        .assert_all("It goes to one lane, when it is taken.", &lanes)
        .assert(
            "A frame that is complete is in use until its tile is done.",
            "loaded_o == check_loaded_q",
        )
        .assert("What is in use is not written over.", "~taken | (~loaded_o & ~busy_i)")
        .assert(
            "Between frames none is begun.",
            &format!("~loaded_o | (check_record_q == {})", resize("1'b0", 1, width)),
        )
        .reach("A record is taken.", "taken")
}
