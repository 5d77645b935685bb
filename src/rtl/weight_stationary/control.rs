//! Accepts beats, loads and swaps weights, and keeps account of the output memory.

use askama::Template;

use super::write_delay;
use crate::rtl::text::{self, Port, Registers, clock_ports};
use crate::rtl::{Module, Writer, properties};

#[derive(Template)]
#[template(path = "weight_stationary/control.v")]
struct Control<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    depth: usize,
    write_delay: usize,
    slots: usize,
    registers: String,
    last: String,
}

pub(in crate::rtl) fn control(writer: &Writer<'_>, slots: usize) -> Module {
    let design = writer.design;
    let depth = design.depth();
    let mut ports = clock_ports(true);
    ports.extend([
        Port::input("valid_i", 1),
        Port::input("last_i", 1),
        Port::output("ready_o", 1),
        Port::input("load_valid_i", 1),
        Port::output("load_ready_o", 1),
        Port::output("load_o", depth),
        Port::output("swap_o", 1),
        Port::output("write_o", 1),
        Port::output("last_o", 1),
        Port::input("pop_i", 1),
    ]);
    let row = match depth {
        1 => "1'b1".to_owned(),
        depth => format!("{{row_q[{}:0], row_q[{}]}}", depth - 2, depth - 1),
    };
    let first_row = match depth {
        1 => "1'b1".to_owned(),
        depth => format!("{{{{{}{{1'b0}}}}, 1'b1}}", depth - 1),
    };
    let registers = Registers::control(design.reset)
        .load_if("fire", "first_q", "1'b1", "last_i")
        .load_if("load", "row_q", &first_row, &row)
        .load("full_q", "1'b0", "(load & last_row) | (full_q & ~swap_o)")
        .load("in_flight_q", "{CountWidth{1'b0}}", "in_flight_q + gained - lost")
        .load("write_q", "{WriteDelay{1'b0}}", "{write_q[WriteDelay-2:0], fire}");
    let last = Registers::data(design.reset).load(
        "last_q",
        "{WriteDelay{1'b0}}",
        "{last_q[WriteDelay-2:0], last_i}",
    );
    let control = writer.module(
        "control",
        &Control {
            header: writer.header("Accepts beats, loads and swaps weights.", &[]),
            prefix: &design.name,
            ports: text::ports(&ports),
            depth,
            write_delay: write_delay(design),
            slots,
            registers: registers.render(2),
            last: last.render(2),
        },
    );
    properties::admission(design.reset, depth).of(control)
}
