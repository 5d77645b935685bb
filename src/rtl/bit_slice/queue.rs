//! The digits of one plane in a lane: groups in the order of K, or from a column's start on.

use askama::Template;

use super::Shape;
use crate::rtl::text::{self, Port, Registers, clock_ports, instance, one, zero};
use crate::rtl::{Module, Writer, properties};

#[derive(Template)]
#[template(path = "bit_slice/queue.v")]
struct Queue<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    address: usize,
    zeros: String,
    rollback: bool,
    registers: String,
    memory: String,
}

#[derive(Template)]
#[template(path = "bit_slice/queue_rotated.v")]
struct Rotated<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    /// Bits of the number of an entry of a chunk.
    bits: usize,
    entry: usize,
    zeros: String,
    none: String,
    one: String,
    registers: String,
    memory: String,
}

/// `<design>_queue`: the groups of one plane, at most two chunks of them.
pub(super) fn queue(writer: &Writer<'_>, shape: &Shape) -> Module {
    match shape.slice.banks {
        Some(_) => rotated(writer, shape),
        None => in_order(writer, shape),
    }
}

fn in_order(writer: &Writer<'_>, shape: &Shape) -> Module {
    let design = writer.design;
    let rollback = !shape.slice.skip_empty;
    let address = shape.queue_address();
    let entry = shape.entry();
    let mut ports = clock_ports(true);
    ports.extend([Port::input("write_i", 1), Port::input("data_i", entry)]);
    if rollback {
        ports.extend([Port::input("end_i", 1), Port::input("empty_i", 1)]);
    }
    ports.extend([
        Port::input("pop_i", 1),
        Port::output("valid_o", 1),
        Port::output("data_o", entry),
    ]);
    let initial = zero(address + 1);
    let mut registers = Registers::control(design.reset)
        .load("write_q", &initial, "write_d")
        .load("read_q", &initial, "read_d")
        .load("valid_q", "1'b0", "valid_d");
    if rollback {
        registers = registers.load_if("write_i & end_i", "start_q", &initial, "write_d");
    }
    let (write, read) =
        (format!("write_q[{}:0]", address - 1), format!("read_d[{}:0]", address - 1));
    let memory = memory(writer, address, ("write_i", &write, "data_i"), (&read, "data_o"), entry);
    let queue = writer.module(
        "queue",
        &Queue {
            header: writer.header("Groups of digits of one plane, in the order of K.", &[]),
            prefix: &design.name,
            ports: text::ports(&ports),
            address,
            zeros: zero(address),
            rollback,
            registers: registers.render(2),
            memory,
        },
    );
    let sizes = (address + 1, 1 << address);
    properties::queue(design.reset, sizes, rollback).of(queue)
}

/// The queue of a column that starts within the chunk. Chunks keep to halves of the memory.
fn rotated(writer: &Writer<'_>, shape: &Shape) -> Module {
    let design = writer.design;
    let rollback = !shape.slice.skip_empty;
    let bits = shape.slice.group_bits();
    let entry = shape.entry();
    let mut ports = clock_ports(true);
    ports.extend([
        Port::input("write_i", 1),
        Port::input("data_i", entry),
        Port::input("end_i", 1),
    ]);
    if rollback {
        ports.push(Port::input("empty_i", 1));
    }
    ports.extend([
        Port::input("early_i", 1),
        Port::input("pop_i", 1),
        Port::output("valid_o", 1),
        Port::output("data_o", entry),
    ]);
    let (count, place) = (zero(bits + 1), zero(bits));
    let filled = if rollback { "(|count_d) & ~empty_i" } else { "|count_d" };
    let mut registers = Registers::control(design.reset)
        .load("count_q", &count, &format!("end_i ? {count} : count_d"))
        .load("start_q", &count, &format!("end_i ? {count} : start_d"))
        .load("written_q", "2'b00", "(written_q & ~begun) | ended")
        .load("valid_q", "1'b0", "valid_d")
        .load_if("fetch", "half_q", "1'b0", "half_d")
        .load_if("fetch", "place_q", &place, "place_d")
        .load_if("fetch", "left_q", &place, "left_d");
    for half in 0..2 {
        let ended = format!("ended[{half}]");
        registers = registers
            .load_if(&ended, &format!("filled_q[{half}]"), "1'b0", filled)
            .load_if(&ended, &format!("first_q{half}"), &place, "first_d")
            .load_if(&ended, &format!("last_q{half}"), &place, "last_d");
    }
    let write = ("write_i", format!("{{half, count_q[{}:0]}}", bits - 1));
    let data = text::bits("data_i", entry - 2, 0);
    let memory = memory(
        writer,
        bits + 1,
        (write.0, &write.1, &data),
        ("{read_half, place_d}", "shown"),
        entry - 1,
    );
    writer.module(
        "queue",
        &Rotated {
            header: writer.header(
                "Groups of digits of one plane, in the order of K from the start of the column on.",
                &[],
            ),
            prefix: &design.name,
            ports: text::ports(&ports),
            bits,
            entry,
            zeros: place.clone(),
            none: place,
            one: one(bits),
            registers: registers.render(2),
            memory,
        },
    )
}

/// The digit memory, written with enable, address and data, and read where `fetch`.
fn memory(
    writer: &Writer<'_>,
    address: usize,
    (write, to, data): (&str, &str, &str),
    (from, shown): (&str, &str),
    width: usize,
) -> String {
    let [depth, width, address] = [1 << address, width, address].map(|n: usize| n.to_string());
    instance(
        &format!("{}_digit_memory", writer.design.name),
        "u_digit_memory",
        &[("Depth", &depth), ("Width", &width), ("Address", &address)],
        &[
            ("clk_i", "clk_i"),
            ("write_i", write),
            ("write_address_i", to),
            ("write_data_i", data),
            ("read_i", "fetch"),
            ("read_address_i", from),
            ("read_data_o", shown),
        ],
        2,
    )
}
