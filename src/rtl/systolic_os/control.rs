//! Accepts beats and releases finished tiles.

use askama::Template;

use crate::rtl::planes::tag_width;
use crate::rtl::text::{self, Port, Registers, clock_ports, zero};
use crate::rtl::transfers::Transfers;
use crate::rtl::{Module, Writer, properties};

#[derive(Template)]
#[template(path = "systolic_os/control.v")]
struct Control<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    /// Refuses parameters that do not follow from the others.
    check: String,
    rows: usize,
    cols: usize,
    transfers: usize,
    credit: usize,
    /// The rows are read one after the other; otherwise all elements at once, and then resolved
    /// side by side, a column per cycle.
    staggered: bool,
    read_delay: usize,
    resolve_latency: usize,
    registers: String,
    /// Bits of the tag of a plane; 0 where tiles are not cut into planes.
    tag: usize,
    tag_registers: String,
}

/// The control of an array whose row buffers take one element per cycle, see [`Control`].
pub(in crate::rtl) fn control(writer: &Writer<'_>) -> Module {
    let design = writer.design;
    let pipeline = design.pipeline();
    let staggered = design.array.topology.hops();
    let mut ports = clock_ports(true);
    ports.extend([
        Port::input("valid_i", 1),
        Port::input("last_i", 1),
        Port::output("ready_o", 1),
        Port::output("fire_o", 1),
        Port::output("first_o", 1),
        Port::input("pop_i", 1),
    ]);
    ports.extend(match staggered {
        true => ["read_o", "write_o"].map(|name| Port::output(name, "(Rows+Cols-1)")),
        false => [Port::output("capture_o", 1), Port::output("write_o", "Cols")],
    });
    let tag = design.plane().map_or(0, |plane| tag_width(&plane));
    let mut tag_registers = Registers::data(design.reset);
    if tag > 0 {
        ports.extend([
            Port::input("tag_i", tag),
            Port::output("tag_valid_o", 1),
            Port::output("tag_o", tag),
        ]);
        let line = format!("{tag}*(WriteDelay-1)");
        tag_registers = tag_registers
            .load_if("fire_o & last_i", "tag_q", &zero(tag), "tag_i")
            .load("tags_q", &format!("{{{line}{{1'b0}}}}"), &format!("tags[{line}-1:0]"));
    }
    let registers = Registers::control(design.reset)
        .load_if("fire_o", "first_q", "1'b1", "last_i")
        .load("waiting_q", "1'b0", "(fire_o & last_i) | (waiting_q & ~release_tile)")
        .load("in_flight_q", "{CountWidth{1'b0}}", "in_flight_q + gained - lost")
        .load("wave_q", "{WaveLength{1'b0}}", "wave[WaveLength-1:0]");
    let control = writer.module(
        "control",
        &Control {
            header: writer.header("Accepts beats, and releases finished tiles for reading.", &[]),
            prefix: &design.name,
            ports: text::ports(&ports),
            check: Transfers::new('C', 1, "Cols", design.accumulator.width).check(false),
            rows: design.rows(),
            cols: design.cols(),
            transfers: design.stream_c().transfers_per_beat,
            credit: pipeline.credit(),
            staggered,
            read_delay: pipeline.accumulate_latency - 1,
            resolve_latency: pipeline.resolve_latency,
            registers: registers.render(2),
            tag,
            tag_registers: tag_registers.render(2),
        },
    );
    let taken = match staggered {
        true => ("write_o[0]", "WriteDelay", "Cols"),
        false => ("capture_o", "CaptureDelay", "Cols"),
    };
    let gain = if tag > 0 { "release_tile & completes" } else { "release_tile" };
    let mut properties = properties::control(design.reset, taken, gain);
    if tag > 0 {
        // Room is looked for when a result begins, and taken when it is complete.
        properties = properties
            .bit("check_open_q", "1'b0", "release_tile ? ~completes : check_open_q")
            .assume(
                "The planes of a result come from the first to the last.",
                "~release_tile | (begins == ~check_open_q)",
            )
            .assert("The room for a result is kept.", "~check_open_q | (in_flight_q <= Credit)");
    }
    properties.of(control)
}
