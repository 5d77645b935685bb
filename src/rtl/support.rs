//! Modules that several architectures use: skew lines, beat gathering, output buffer, memories.

use askama::Template;

use super::text::{self, Port, Registers, clock_ports};
use super::{Module, Writer, properties};
use crate::design::{MEMORY_PORTS, Memory};

#[derive(Template)]
#[template(path = "skew.v")]
struct Skew<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    unused: &'a str,
    /// The delay lines of one register, and of more.
    one: String,
    more: String,
}

/// `<design>_skew`: delays lane i by i cycles. Lane 0, which needs no delay, is zero at its output and
/// goes past it: no vector has lanes that are registered beside one that is not.
pub(super) fn skew(writer: &Writer<'_>) -> Module {
    let mut ports = clock_ports(writer.data_reset());
    ports.push(Port::input("data_i", "Lanes*Width"));
    ports.push(Port::output("data_o", "Lanes*Width"));
    let line = |next: &str| {
        let registers = Registers::data(writer.design.reset);
        registers.load("line_q", "{Width*lane{1'b0}}", next).render(10)
    };
    writer.module(
        "skew",
        &Skew {
            header: writer.header("Delays lane i of a vector by i cycles, from lane 1 on.", &[]),
            prefix: &writer.design.name,
            ports: text::ports(&ports),
            unused: if writer.data_reset() { "clk_i, rst_ni" } else { "clk_i" },
            one: line("data_i[Width*lane +: Width]"),
            more: line("{line_q[Width*(lane-1)-1:0], data_i[Width*lane +: Width]}"),
        },
    )
}

#[derive(Template)]
#[template(path = "gather.v")]
struct Gather<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    due: String,
    store: String,
}

fn stream_ports(input: &str, output: &str) -> String {
    let mut ports = clock_ports(true);
    ports.extend([
        Port::input("valid_i", 1),
        Port::output("ready_o", 1),
        Port::input("data_i", input),
        Port::output("valid_o", 1),
        Port::input("ready_i", 1),
        Port::output("data_o", output),
    ]);
    text::ports(&ports)
}

/// `<design>_gather`: puts the transfers of a beat side by side.
pub(super) fn gather(writer: &Writer<'_>) -> Module {
    let due = Registers::control(writer.design.reset)
        .load_if(
            "advance",
            "due_q",
            "{{(Transfers-1){1'b0}}, 1'b1}",
            "{due_q[Transfers-2:0], due_q[Transfers-1]}",
        )
        .render(6);
    let store = Registers::data(writer.design.reset)
        .load_if(
            "advance & due_q[transfer]",
            "data_q[Width*transfer +: Width]",
            "{Width{1'b0}}",
            "data_i",
        )
        .render(8);
    let gather = writer.module("gather", &Gather {
        header: writer.header("Gathers the transfers of a beat.", &[
            "All transfers but the last are stored; the last completes the beat, which is offered"
                .to_owned(),
            "in the same cycle.".to_owned(),
        ]),
        prefix: &writer.design.name,
        ports: stream_ports("Width", "Width*Transfers"),
        due,
        store,
    });
    properties::gather(writer.design.reset).of(gather)
}

#[derive(Template)]
#[template(path = "fifo.v")]
struct Fifo<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    depth: usize,
    used: String,
    store: String,
}

/// `<design>_fifo`: the output buffer; neither side sees the other combinationally.
pub(super) fn fifo(writer: &Writer<'_>) -> Module {
    let used =
        Registers::control(writer.design.reset).load("used_q", "{Depth{1'b0}}", "used_d").render(2);
    let store = Registers::data(writer.design.reset)
        .load_if("load", "data_q[Width*entry +: Width]", "{Width{1'b0}}", "data_d")
        .render(6);
    let depth = writer.design.pipeline().output_slots();
    let fifo = writer.module(
        "fifo",
        &Fifo {
            header: writer.header(
                "Output buffer with registered valid and ready.",
                &[format!("{depth} entries: what is on its way when the array goes on fits.")],
            ),
            prefix: &writer.design.name,
            ports: stream_ports("Width", "Width"),
            depth,
            used,
            store,
        },
    );
    properties::fifo(writer.design.reset).of(fifo)
}

#[derive(Template)]
#[template(path = "memory.v")]
struct MemoryModule<'a> {
    header: String,
    name: &'a str,
    ports: String,
}

/// `<design>_<suffix>`: a memory that synthesis tools infer, or that a macro takes the place of.
/// `sizes` are instances, words and bits of a word.
pub(super) fn memory(
    writer: &Writer<'_>,
    suffix: &str,
    purpose: &str,
    sizes: &[(usize, (usize, usize))],
) -> Module {
    let names = MEMORY_PORTS;
    let ports = [
        Port::input(names.clock, 1),
        Port::input(names.write, 1),
        Port::input(names.write_address, "Address"),
        Port::input(names.write_data, "Width"),
        Port::input(names.read, 1),
        Port::input(names.read_address, "Address"),
        Port::output(names.read_data, "Width"),
    ];
    let details = [
        "Synthesis tools infer a memory from it; a macro of the same ports can take its place. One"
            .to_owned(),
        "write and one read port; a read shows one cycle later what was written before it. No reset:"
            .to_owned(),
        "what has not been written is not read.".to_owned(),
    ];
    let name = format!("{}_{suffix}", writer.design.name);
    let module = writer.module(
        suffix,
        &MemoryModule {
            header: writer.header(purpose, &details),
            name: &name,
            ports: text::ports(&ports),
        },
    );
    let size = |&(instances, size)| Memory::new(name.clone(), instances, size);
    Module { memories: sizes.iter().map(size).collect(), ..module }
}
