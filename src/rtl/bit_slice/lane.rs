//! A lane: encodes operands, keeps their digits by plane, and issues those that are not zero.

use askama::Template;

use super::Shape;
use crate::arith::sparse::index_width;
use crate::design::{BMemory, Policy};
use crate::rtl::text::{self, Port, Registers, clock_ports, instance, zero};
use crate::rtl::{Module, Writer};

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
#[template(path = "bit_slice/lane.v")]
struct Lane<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    /// Bits of all digits of an operand.
    operand: usize,
    group: usize,
    planes: usize,
    wires: usize,
    magnitude: usize,
    entry: usize,
    index: usize,
    address: usize,
    address_group: usize,
    skip_empty: bool,
    lockstep: bool,
    banked: bool,
    per_element: bool,
    encode: String,
    digits: String,
    gather: String,
    queue: String,
    sparse: String,
    taken: String,
    issue: String,
}

pub(super) fn modules(writer: &Writer<'_>, shape: &Shape) -> [Module; 2] {
    [queue(writer, shape), lane(writer, shape)]
}

/// `<design>_queue`: the groups of one plane, at most two chunks of them.
fn queue(writer: &Writer<'_>, shape: &Shape) -> Module {
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
    let (depth, width, bits) =
        ((1usize << address).to_string(), entry.to_string(), address.to_string());
    let (low, high) = (format!("write_q[{}:0]", address - 1), format!("read_d[{}:0]", address - 1));
    let memory = instance(
        &format!("{}_digit_memory", design.name),
        "u_digit_memory",
        &[("Depth", &depth), ("Width", &width), ("Address", &bits)],
        &[
            ("clk_i", "clk_i"),
            ("write_i", "write_i"),
            ("write_address_i", &low),
            ("write_data_i", "data_i"),
            ("read_i", "fetch"),
            ("read_address_i", &high),
            ("read_data_o", "data_o"),
        ],
        2,
    );
    writer.module(
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
    )
}

fn lane(writer: &Writer<'_>, shape: &Shape) -> Module {
    let design = writer.design;
    let slice = &shape.slice;
    let lockstep = slice.policy == Policy::Lockstep;
    let banked = slice.b_memory == BMemory::Banked;
    let (group, wires, planes, entry) = (slice.group, shape.wires, shape.planes, shape.entry());
    let (operand, index, address) = (wires * planes, index_width(group), slice.address());
    let mut ports = clock_ports(true);
    ports.extend([
        Port::input("fire_i", 1),
        Port::input("a_i", design.a_lane_width()),
        Port::input("valid_i", 1),
        Port::input("write_i", 1),
        Port::input("write_parity_i", 1),
        Port::input("group_i", slice.group_bits()),
        Port::input("position_i", group),
    ]);
    if !slice.skip_empty {
        ports.extend([
            Port::input("end_i", 1),
            Port::input("empty_i", planes),
            Port::output("nonzero_o", planes),
        ]);
    }
    ports.extend([
        Port::output("waiting_o", 2 * planes),
        Port::input("plane_i", planes),
        Port::input("parity_i", 1),
    ]);
    if lockstep {
        ports.extend([Port::output("finished_o", 1), Port::input("step_i", 1)]);
    }
    if banked {
        let bank = slice.group_bits() + if slice.per_element { 0 } else { index };
        ports.extend([
            Port::output("request_o", 1),
            Port::output("bank_o", bank),
            Port::input("grant_i", 1),
        ]);
    }
    ports.extend([
        Port::output("read_o", 1),
        Port::output("address_o", address),
        Port::output("digit_o", shape.digit_bits()),
    ]);
    if slice.per_element {
        ports.push(Port::output("load_o", 1));
    }
    let encoder = instance(
        &format!("{}_encode", design.name),
        "u_encode",
        &[],
        &[("a_i", "a_i"), ("digits_o", "digits")],
        2,
    );
    let encode = match design.host_encodes() {
        true => "  assign digits = a_i;".to_owned(),
        false => encoder,
    };
    let digits = Registers::data(design.reset)
        .load_if("fire_i", "digits_q", &zero(operand), "digits")
        .render(2);
    let gather = Registers::control(design.reset)
        .load_if(
            "valid_i",
            &format!("gathered_q[{operand}*m +: {operand}]"),
            &zero(operand),
            &format!("members[{operand}*m +: {operand}] & {{{operand}{{~write_i}}}}"),
        )
        .render(8);
    let head = format!("heads[{entry}*p +: {entry}]");
    let write = if slice.skip_empty { "write_i & (|group)" } else { "write_i" };
    let mut connections = vec![
        ("clk_i", "clk_i"),
        ("rst_ni", "rst_ni"),
        ("write_i", write),
        ("data_i", "{write_parity_i, group_i, group}"),
    ];
    if !slice.skip_empty {
        connections.extend([
            ("end_i", "end_i"),
            ("empty_i", if planes > 1 { "empty_i[p]" } else { "empty_i" }),
        ]);
    }
    connections.extend([("pop_i", "used[p] & step"), ("valid_o", "valid[p]"), ("data_o", &head)]);
    let queue = instance(&format!("{}_queue", design.name), "u_queue", &[], &connections, 6);
    let proceed = if banked { "proceed" } else { "1'b1" };
    let advance = match banked {
        true => format!("{{{group}{{~step}}}} & (taken_q | (first & {{{group}{{{proceed}}}}}))"),
        false => format!("{{{group}{{~step}}}} & (taken_q | first)"),
    };
    let taken = Registers::control(design.reset).load("taken_q", &zero(group), &advance).render(2);
    let rows = if index > 0 && !slice.per_element { ", index" } else { "" };
    let (low, high) = (wires * group, wires * group + slice.group_bits() - 1);
    let next = format!("{{head[{}], head[{high}:{low}]{rows}}}", entry - 1);
    let issue = if slice.per_element {
        let registers = Registers::data(design.reset)
            .load("load_q", "1'b0", "load")
            .load("load_q2", "1'b0", "load_q")
            .load_if("load", "group_q", &zero(wires * group), &format!("head[{}:0]", low - 1))
            .load("group_q2", &zero(wires * group), "group_q")
            .load_if("load", "address_q", &zero(address), &next);
        format!(
            "  reg  load_q2;\n  reg  [{}:0] group_q2;\n{}\n  assign read_o = load_q;\n  assign \
             address_o = address_q;\n  assign load_o = load_q2;\n  assign digit_o = group_q2;",
            wires * group - 1,
            registers.render(2)
        )
    } else {
        let read = if banked { "any & proceed" } else { "any" };
        let registers = Registers::data(design.reset)
            .load("read_q", "1'b0", read)
            .load("digit_q", &zero(wires), "digit")
            .load("digit_q2", &zero(wires), "digit_q")
            .load_if(read, "address_q", &zero(address), &next);
        format!(
            "{}\n{}\n  assign read_o = read_q;\n  assign address_o = address_q;\n  assign digit_o \
             = digit_q2;",
            format_args!("  {}", text::declare("reg", "digit_q2", wires)),
            registers.render(2)
        )
    };
    writer.module(
        "lane",
        &Lane {
            header: writer.header(
                "Digits of a row of A in one lane: encodes them, and issues those that are not zero.",
                &[],
            ),
            prefix: &design.name,
            ports: text::ports(&ports),
            operand,
            group,
            planes,
            wires,
            magnitude: shape.magnitude,
            entry,
            index,
            address,
            address_group: slice.group_bits(),
            skip_empty: slice.skip_empty,
            lockstep,
            banked,
            per_element: slice.per_element,
            encode,
            digits,
            gather,
            queue,
            sparse: {
                let unused: &[&str] = match (slice.per_element, banked) {
                    (false, _) => &["rest"],
                    (true, true) => &["rest", "index"],
                    (true, false) => &["rest", "index", "any"],
                };
                sparse(writer, shape, unused)
            },
            taken,
            issue,
        },
    )
}

/// The sparse encoder on `pending`; outputs without a reader are gathered in a wire.
pub(super) fn sparse(writer: &Writer<'_>, shape: &Shape, unused: &[&str]) -> String {
    let group = shape.slice.group;
    let mut connections = vec![("pending_i", "pending"), ("first_o", "first")];
    if index_width(group) > 0 {
        connections.push(("index_o", "index"));
    }
    connections.extend([("rest_o", "rest"), ("any_o", "any"), ("last_o", "last")]);
    let there = |name: &&&str| **name != "index" || index_width(group) > 0;
    let unused: Vec<&str> = unused.iter().filter(there).copied().collect();
    let rest = text::declare("wire", "rest", group);
    let module = format!("{}_sparse", writer.design.name);
    let encoder = instance(&module, "u_sparse", &[], &connections, 2);
    format!("  {rest}\n{encoder}\n  wire unused = &{{1'b0, {}}};", unused.join(", "))
}
