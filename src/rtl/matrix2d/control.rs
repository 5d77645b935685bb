//! Accepts beats and has finished tiles captured.

use askama::Template;

use crate::rtl::text::{self, Port, Registers, clock_ports};
use crate::rtl::{Module, Writer, properties};

#[derive(Template)]
#[template(path = "matrix2d/control.v")]
struct Control<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    rows: usize,
    transfers: usize,
    credit: usize,
    capture_delay: usize,
    registers: String,
}

pub(super) fn control(writer: &Writer<'_>) -> Module {
    let design = writer.design;
    let pipeline = design.pipeline();
    let mut ports = clock_ports(true);
    ports.extend([
        Port::input("valid_i", 1),
        Port::input("last_i", 1),
        Port::output("ready_o", 1),
        Port::output("fire_o", 1),
        Port::output("first_o", 1),
        Port::input("pop_i", 1),
        Port::output("capture_o", 1),
    ]);
    let registers = Registers::control(design.reset)
        .load_if("fire_o", "first_q", "1'b1", "last_i")
        .load("waiting_q", "1'b0", "(fire_o & last_i) | (waiting_q & ~release_tile)")
        .load("in_flight_q", "{CountWidth{1'b0}}", "in_flight_q + gained - lost")
        .load("wave_q", "{WaveLength{1'b0}}", "wave[WaveLength-1:0]");
    let control = writer.module(
        "control",
        &Control {
            header: writer.header("Accepts beats, and has finished tiles captured.", &[]),
            prefix: &design.name,
            ports: text::ports(&ports),
            rows: design.rows(),
            transfers: design.stream_c().transfers_per_beat,
            credit: pipeline.credit(),
            capture_delay: pipeline.accumulate_latency - 1,
            registers: registers.render(2),
        },
    );
    properties::control(design.reset, ("capture_o", "CaptureDelay", "Spacing"), "release_tile")
        .of(control)
}
