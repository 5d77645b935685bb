//! Who works on what: chunks in the memories, planes of a column.

use askama::Template;

use super::{Shape, banks};
use crate::rtl::text::{self, Port, Registers, clock_ports, one, zero};
use crate::rtl::{Module, Writer, properties};

#[derive(Template)]
#[template(path = "bit_slice/loader.v")]
struct Loader<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    rows: usize,
    group: usize,
    group_bits: usize,
    index: usize,
    banked: bool,
    place: String,
    address: String,
    registers: String,
}

#[derive(Template)]
#[template(path = "bit_slice/scheduler.v")]
struct Scheduler<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    cols: usize,
    planes: usize,
    horner: bool,
    skip_empty: bool,
    barrier: bool,
    nonzero: String,
    registers: String,
}

pub(super) fn modules(writer: &Writer<'_>, shape: &Shape) -> [Module; 2] {
    [loader(writer, shape), scheduler(writer, shape)]
}

fn loader(writer: &Writer<'_>, shape: &Shape) -> Module {
    let design = writer.design;
    let slice = &shape.slice;
    let (group, bits) = (slice.group, slice.group_bits());
    let index = slice.member_bits();
    let mut ports = clock_ports(true);
    ports.extend([
        Port::input("valid_i", 1),
        Port::input("last_i", 1),
        Port::output("ready_o", 1),
        Port::output("fire_o", 1),
        Port::output("address_o", slice.address()),
        Port::output("position_o", group),
        Port::output("valid_o", 1),
        Port::output("write_o", 1),
        Port::output("end_o", 1),
        Port::output("write_parity_o", 1),
        Port::output("write_group_o", bits),
        Port::output("write_position_o", group),
        Port::input("release_i", "2*Rows"),
        Port::output("pending_o", "2*Rows"),
        Port::output("final_o", 2),
    ]);
    let (group_number, place, address) = match &slice.banks {
        Some(banks) => {
            ports.push(Port::output("early_o", "Rows"));
            if banks.following() > 0 {
                ports.push(Port::output("spread_o", 2 * banks.following()));
            }
            let parts = banks::PLACED;
            ("place", banks::place(writer, shape, banks), parts.address(shape, banks))
        }
        None if index > 0 => ("group_q", String::new(), "{parity_q, group_q, member_q}".to_owned()),
        None => ("group_q", String::new(), "{parity_q, group_q}".to_owned()),
    };
    let next_group = format!(
        "chunk_end ? {} : group_q + {}",
        zero(bits),
        if bits == 1 {
            "group_full".to_owned()
        } else {
            format!("{{{}, group_full}}", zero(bits - 1))
        },
    );
    let next_position = match group {
        1 => "position_q".to_owned(),
        _ => format!(
            "chunk_end ? {} : {{position_q[{}:0], position_q[{}]}}",
            one(group),
            group - 2,
            group - 1
        ),
    };
    let mut registers = Registers::control(design.reset)
        .load("parity_q", "1'b0", "parity_q ^ chunk_end")
        .load_if("fire_o", "group_q", &zero(bits), &next_group)
        .load_if("fire_o", "position_q", &one(group), &next_position);
    if index > 0 {
        let next =
            format!("(chunk_end | group_full) ? {} : member_q + {}", zero(index), one(index));
        registers = registers.load_if("fire_o", "member_q", &zero(index), &next);
    }
    registers = registers
        .load("occupied_q", "2'b00", "(occupied_q & ~(busy & ~stays)) | written")
        .load("pending_q", "{2*Rows{1'b0}}", "pending_d")
        .load_if("written[0]", "final_q[0]", "1'b0", "last_i")
        .load_if("written[1]", "final_q[1]", "1'b0", "last_i")
        .load("valid_q", "1'b0", "fire_o")
        .load("end_q", "1'b0", "chunk_end")
        .load("write_parity_q", "1'b0", "parity_q")
        .load("write_group_q", &zero(bits), group_number)
        .load("write_position_q", &one(group), "position_q")
        .load("ready_q", "2'b00", "readable");
    if slice.banks.is_some() {
        registers = registers.load("early_q", "{Rows{1'b0}}", "early");
    }
    let loader = writer.module(
        "loader",
        &Loader {
            header: writer.header(
                "Takes beats into the memories, and tells when a chunk may be worked on.",
                &[format!("A chunk is a tile, or {} terms of a longer one.", slice.tile_k)],
            ),
            prefix: &design.name,
            ports: text::ports(&ports),
            rows: design.rows(),
            group,
            group_bits: bits,
            index,
            banked: slice.banks.is_some(),
            place,
            address,
            registers: registers.render(2),
        },
    );
    let member = if index > 0 { "member_q" } else { "1'b0" };
    let place = format!("(group_q * {group} + {member})");
    let sizes = (group, group << bits);
    properties::loader(design.reset, sizes, (&place, member)).of(loader)
}

fn scheduler(writer: &Writer<'_>, shape: &Shape) -> Module {
    let design = writer.design;
    let (planes, skip_empty) = (shape.planes, shape.slice.skip_empty);
    let mut ports = clock_ports(true);
    if !skip_empty {
        ports.extend([
            Port::input("write_i", 1),
            Port::input("end_i", 1),
            Port::input("nonzero_i", planes),
            Port::output("empty_o", planes),
        ]);
    }
    let barrier = shape.barrier();
    if barrier {
        ports.extend([Port::input("together_i", 1), Port::output("at_end_o", 1)]);
    }
    ports.extend([
        Port::input("pending_i", 2),
        Port::input("final_i", 2),
        Port::output("release_o", 2),
        Port::input("waiting_i", 2 * planes),
        Port::input("emitted_i", 1),
        Port::output("plane_o", planes),
        Port::output("parity_o", 1),
        Port::output("tags_o", shape.tags()),
    ]);
    let nonzero = Registers::control(design.reset)
        .load_if(
            "write_i",
            "nonzero_q",
            &zero(planes),
            &format!("end_i ? {} : nonzero_q | nonzero_i", zero(planes)),
        )
        .render(2);
    let registers = Registers::control(design.reset)
        .load("parity_q", "1'b0", "parity_q ^ advance")
        .load("begun_q", "1'b0", "begin_chunk | (begun_q & ~advance)")
        .load_if("go", "plane_q", &zero(planes), "plane")
        .load_if("capture", "fresh_q", "1'b1", "final_segment")
        .load("held_q", "1'b0", "(held_q & ~emitted_i) | (capture & final_segment)")
        .load("busy_q", "{CountWidth{1'b0}}", "busy_d");
    let scheduler = writer.module(
        "scheduler",
        &Scheduler {
            header: writer.header(
                "Lets the lanes of a column work on one plane after the other.",
                &[
                    "A plane without digits takes no cycle. A sum that cannot be handed over yet stops the"
                        .to_owned(),
                    "column.".to_owned(),
                ],
            ),
            prefix: &design.name,
            ports: text::ports(&ports),
            cols: design.cols(),
            planes,
            horner: shape.horner,
            skip_empty,
            barrier,
            nonzero,
            registers: registers.render(2),
        },
    );
    properties::scheduler(design.reset).of(scheduler)
}
