//! Keeps results until the receiver takes them.

use askama::Template;

use super::{Edge, hops};
use crate::design::Stream;
use crate::rtl::text::{self, Port, Registers, clock_ports, instance, zero};
use crate::rtl::transfers::Transfers;
use crate::rtl::{Module, Writer, properties, support};

#[derive(Template)]
#[template(path = "weight_stationary/output.v")]
struct Output<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    /// Refuses parameters that do not follow from the others.
    check: String,
    cols: usize,
    transfers: usize,
    lanes: usize,
    slots: usize,
    width: usize,
    hops: bool,
    pair: bool,
    hop_valid: String,
    hop: String,
    resolve: String,
    resolved: String,
    registers: String,
}

/// `<design>_memory`: results of a column, or the marks of last beats.
pub(in crate::rtl) fn memory(writer: &Writer<'_>, slots: usize) -> Module {
    let design = writer.design;
    let sizes = [(design.cols(), (slots, design.accumulator.width)), (1, (slots, 1))];
    support::memory(writer, "memory", "Memory of results.", &sizes)
}

/// `<design>_output`: resolves pairs of words, and keeps beats of results in a memory per column.
pub(in crate::rtl) fn output(writer: &Writer<'_>, edge: &Edge, slots: usize) -> Module {
    let design = writer.design;
    let width = design.accumulator.width;
    let bus = edge.bus_width;
    let Stream { transfers_per_beat, lanes_per_transfer, .. } = design.stream_c();
    let mut ports = clock_ports(true);
    ports.extend([
        Port::input("bus_i", format!("{bus}*Cols")),
        Port::input("write_i", 1),
        Port::input("last_i", 1),
        Port::output("valid_o", 1),
        Port::input("ready_i", 1),
        Port::output("last_o", 1),
        Port::output("transfer_o", format!("{width}*Lanes")),
        Port::output("pop_o", 1),
    ]);
    let registers = Registers::control(design.reset)
        .load_if("write_i", "head_q", "{AddressWidth{1'b0}}", "head_next")
        .load_if("take", "tail_q", "{AddressWidth{1'b0}}", "tail_next")
        .load("stored_q", "{AddressWidth{1'b0}}", "stored_q + gained - lost")
        .load("valid_q", "1'b0", "take | (valid_q & ~pop_o)")
        .load("part_q", "{{(Transfers-1){1'b0}}, 1'b1}", "part_next");
    let hop_valid = Registers::control(design.reset).load("write_q", "1'b0", "write[c-1]");
    let hop = Registers::data(design.reset).load("last_q", "1'b0", "last[c-1]").load(
        "address_q",
        "{AddressWidth{1'b0}}",
        "address[AddressWidth*(c-1) +: AddressWidth]",
    );
    let lane = format!("bus_i[{bus}*c +: {bus}]");
    let (sum, carry) = (
        format!("bus_i[{bus}*c +: {width}]"),
        format!("bus_i[{bus}*c+{width} +: {}]", bus - width),
    );
    let mut connections = vec![("sum_i", if edge.pair { sum.as_str() } else { lane.as_str() })];
    if bus > width {
        connections.push(("carry_i", &carry));
    }
    connections.push(("sum_o", "sum_d"));
    let module = format!("{}_resolve", design.name);
    let resolve = instance(&module, "u_resolve", &[], &connections, 6);
    let resolved = Registers::data(design.reset).load("sum_q", &zero(width), "sum_d");
    let mut details = Vec::new();
    if edge.pair {
        details.push("One final adder per column resolves the pairs of words.".to_owned());
    }
    if hops(design) {
        details.push(
            "Column c is written c cycles after column 0; a beat is read when all are.".to_owned(),
        );
    }
    let output = writer.module(
        "output",
        &Output {
            header: writer.header("Keeps results until the receiver takes them.", &details),
            prefix: &design.name,
            ports: text::ports(&ports),
            check: Transfers::new('C', 1, "Cols", width).check(true),
            cols: design.cols(),
            transfers: transfers_per_beat,
            lanes: lanes_per_transfer,
            slots,
            width,
            hops: hops(design),
            pair: edge.pair,
            hop_valid: hop_valid.render(8),
            hop: hop.render(8),
            resolve,
            resolved: resolved.render(6),
            registers: registers.render(2),
        },
    );
    properties::output(design.reset, &format!("({width}*Lanes)"), hops(design)).of(output)
}
