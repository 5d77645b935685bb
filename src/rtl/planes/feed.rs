//! In front of the array: the operand memory, its replay once per plane, the encoders at the edge.

use askama::Template;

use crate::arith::plane::{self, Plane};
use crate::rtl::text::{self, Port, Registers, clock_ports, instance, zero};
use crate::rtl::{Module, Writer, element, support};

use super::tag_width;

/// Numbers that the modules share.
pub(crate) struct Feed<'a> {
    plane: &'a Plane,
    /// Bits of the digits of a row.
    digits: usize,
    /// Planes that a chunk is replayed for.
    planes: usize,
    /// Terms of a beat.
    depth: usize,
    /// Beats of a group: banks of the memory.
    banks: usize,
    /// Groups of a chunk: entries of a half of the memory.
    groups: usize,
    /// Bits of an address.
    address: usize,
}

impl<'a> Feed<'a> {
    pub(crate) fn new(writer: &Writer<'_>, plane: &'a Plane) -> Self {
        let depth = writer.design.depth();
        let groups = usize::try_from(plane.terms).expect("a chunk fits a memory") / plane.lanes;
        Self {
            plane,
            digits: plane.lanes * plane.digit().width(),
            planes: plane.weights().len(),
            depth,
            banks: plane.lanes / depth,
            groups,
            address: (2 * groups).next_power_of_two().ilog2() as usize,
        }
    }

    /// Words of a memory: two halves.
    fn words(&self) -> usize {
        2 * self.groups
    }
}

fn memory(writer: &Writer<'_>, feed: &Feed<'_>) -> Module {
    let design = writer.design;
    let sizes = [(feed.plane.a, design.rows()), (feed.plane.b, design.cols())].map(
        |(operand, operands)| (feed.banks, (feed.words(), operand.width * feed.depth * operands)),
    );
    support::memory(writer, "operand_memory", "Operand memory: two halves of a chunk each.", &sizes)
}

#[derive(Template)]
#[template(path = "opt2/replay.v")]
struct Replay<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    banks: usize,
    groups: usize,
    planes: usize,
    address_width: usize,
    control: String,
    data: String,
}

fn replay(writer: &Writer<'_>, feed: &Feed<'_>) -> Module {
    let design = writer.design;
    let Feed { banks, groups, planes, address, .. } = *feed;
    let mut ports = clock_ports(true);
    ports.extend([
        Port::input("valid_i", 1),
        Port::input("last_i", 1),
        Port::output("ready_o", 1),
        Port::output("write_o", banks),
        Port::output("write_address_o", address),
        Port::output("valid_o", 1),
        Port::output("last_o", 1),
        Port::output("tag_o", tag_width(feed.plane)),
        Port::input("fire_i", 1),
        Port::input("first_i", 1),
        Port::output("a_address_o", address),
        Port::output("b_address_o", address),
        Port::output("b_read_o", 1),
        Port::output("select_o", planes * banks),
        Port::output("first_o", 1),
    ]);
    let one = |width: usize| format!("{width}'d1");
    let start = format!("{address}'d0");
    let mut control = Registers::control(design.reset)
        .load("taken_q", "2'b00", "(taken_q & ~freed_q) | loaded_half")
        .load("full_q", "2'b00", "(full_q & ~done_half) | loaded_half")
        .load("freed_q", "2'b00", "{freeing & read_half_q, freeing & ~read_half_q}")
        .load("write_half_q", "1'b0", "write_half_q ^ loaded");
    let next = "chunk_end ? other_half : write_next";
    control = control.load_if("load", "write_address_q", &start, next);
    if banks > 1 {
        let next = format!("chunk_end ? {} : bank_next", one(banks));
        control = control.load_if("load", "bank_q", &one(banks), &next);
    }
    control = control.load("read_half_q", "1'b0", "read_half_q ^ chunk_done").load_if(
        "fire_i",
        "read_address_q",
        &start,
        "read_next",
    );
    if planes > 1 {
        let rotated = format!("{{plane_q[{}:0], last_plane}}", planes - 2);
        control = control.load_if("fire_i & last_o", "plane_q", &one(planes), &rotated);
    }
    control = control.load_if("chunk_done", "begin_q", "1'b1", "ends_q[read_half_q]");

    let mut data = Registers::data(design.reset);
    for half in 0..2 {
        let enable = format!("loaded_half[{half}]");
        let slice = |name: &str, width: usize| format!("{name}[{} +: {width}]", half * width);
        let register = slice("last_address_q", address);
        data = data.load_if(&enable, &register, &zero(address), "write_address_q");
        data = data.load_if(&enable, &format!("ends_q[{half}]"), "1'b0", "last_i");
        if banks > 1 {
            let register = slice("last_banks_q", banks);
            data = data.load_if(&enable, &register, &zero(banks), "banks_used");
        }
    }
    data = data
        .load("select_q", &zero(planes * banks), "select")
        .load_if("fire_i", "b_address_q", &zero(address), "read_address_q")
        .load("b_read_q", "1'b0", "fire_i")
        .load("first_q", "2'b00", "{first_q[0], first_i}");
    writer.module("replay", &Replay {
        header: writer.header("Fills the operand memory, and replays it once per plane.", &[
            format!(
                "A chunk has up to {} beats, {banks} to a group. While one half of the memory is read,",
                banks * groups
            ),
            "the other is written. To the array every plane of a chunk is a tile.".to_owned(),
        ]),
        prefix: &design.name,
        ports: text::ports(&ports),
        banks,
        groups,
        planes,
        address_width: address,
        control: control.render(2),
        data: data.render(2),
    })
}

#[derive(Template)]
#[template(path = "opt2/edge.v")]
struct Edge<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    lanes: usize,
    digit: usize,
    encoder: String,
    registers: String,
}

fn edge(writer: &Writer<'_>, feed: &Feed<'_>) -> Module {
    let design = writer.design;
    let (lanes, digit) = (feed.plane.lanes, feed.plane.digit().width());
    let a = feed.plane.a.width;
    let planes = feed.planes;
    let mut ports = clock_ports(writer.data_reset());
    ports.extend([
        Port::input("a_i", a * lanes),
        Port::input("select_i", planes * feed.banks),
        Port::output("digits_o", feed.digits),
    ]);
    let of_lane = |port: &str, width: usize, total: usize, lane: &str| match total {
        1 => port.to_owned(),
        _ => format!("{port}[{width}*{lane} +: {width}]"),
    };
    let bank = if feed.depth > 1 { format!("(i/{})", feed.depth) } else { "i".to_owned() };
    let encoder = instance(
        &format!("{}_digit", design.name),
        "u_digit",
        &[],
        &[
            ("a_i", &of_lane("a_i", a, a * lanes, "i")),
            ("select_i", &of_lane("select_i", planes, planes * feed.banks, &bank)),
            ("digit_o", &of_lane("digits", digit, feed.digits, "i")),
        ],
        6,
    );
    writer.module(
        "edge",
        &Edge {
            header: writer.header("The encoders of a row: one digit of every lane.", &[]),
            prefix: &design.name,
            ports: text::ports(&ports),
            lanes,
            digit,
            encoder,
            registers: Registers::data(design.reset)
                .load("digits_q", &zero(feed.digits), "digits")
                .render(2),
        },
    )
}

#[derive(Template)]
#[template(path = "opt2/feed.v")]
struct FeedModule<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    rows: usize,
    cols: usize,
    banks: usize,
    depth: usize,
    lanes: usize,
    planes: usize,
    address_width: usize,
    a_width: usize,
    b_width: usize,
    replay: String,
    memory_a: String,
    memory_b: String,
    edge: String,
}

/// The memory of one operand.
fn memory_instance(design: &str, operand: &str, width: &str, feed: &Feed<'_>) -> String {
    let (depth, bits) = (feed.words().to_string(), feed.address.to_string());
    let bank = format!("{operand}_banks[{width}*bank +: {width}]");
    let data = format!("{operand}_beat_i");
    let address = format!("{operand}_address");
    let write = if feed.banks > 1 { "write[bank]" } else { "write" };
    let read = if operand == "a" { "fire_i" } else { "b_read" };
    instance(
        &format!("{design}_operand_memory"),
        &format!("u_memory_{operand}"),
        &[("Depth", &depth), ("Width", width), ("Address", &bits)],
        &[
            ("clk_i", "clk_i"),
            ("write_i", write),
            ("write_address_i", "write_address"),
            ("write_data_i", &data),
            ("read_i", read),
            ("read_address_i", &address),
            ("read_data_o", &bank),
        ],
        6,
    )
}

/// The modules in front of the array, leaf modules first.
pub(crate) fn feed(writer: &Writer<'_>, feed: &Feed<'_>) -> Vec<Module> {
    let design = writer.design;
    let name = &design.name;
    let (a, b) = (feed.plane.a.width, feed.plane.b.width);
    let (lanes, depth) = (feed.plane.lanes, feed.depth);
    let (a_word, b_word) = (format!("{}*Rows", a * depth), format!("{}*Cols", b * depth));
    let mut ports = clock_ports(true);
    ports.extend([
        Port::input("valid_i", 1),
        Port::input("last_i", 1),
        Port::output("ready_o", 1),
        Port::input("a_beat_i", &a_word),
        Port::input("b_beat_i", &b_word),
        Port::output("valid_o", 1),
        Port::output("last_o", 1),
        Port::output("tag_o", tag_width(feed.plane)),
        Port::input("fire_i", 1),
        Port::input("first_i", 1),
        Port::output("first_o", 1),
        Port::output("a_o", format!("{}*Rows", feed.digits)),
        Port::output("b_o", format!("{}*Cols", b * lanes)),
    ]);
    let mut connections: Vec<(&str, &str)> = vec![("clk_i", "clk_i"), ("rst_ni", "rst_ni")];
    let straight = ["valid_i", "last_i", "ready_o", "valid_o", "last_o", "tag_o", "fire_i"];
    connections.extend(straight.map(|port| (port, port)));
    connections.extend([
        ("first_i", "first_i"),
        ("first_o", "first_o"),
        ("write_o", "write"),
        ("write_address_o", "write_address"),
        ("a_address_o", "a_address"),
        ("b_address_o", "b_address"),
        ("b_read_o", "b_read"),
        ("select_o", "select"),
    ]);
    let digits = format!("a_o[{}*r +: {}]", feed.digits, feed.digits);
    let mut edge_connections = writer.data_clock();
    edge_connections.extend([("a_i", "a"), ("select_i", "select"), ("digits_o", &digits)]);
    let module = writer.module(
        "feed",
        &FeedModule {
            header: writer.header(
                "Keeps operands, and hands their digits out one bit weight at a time.",
                &[],
            ),
            prefix: name,
            ports: text::ports(&ports),
            rows: design.rows(),
            cols: design.cols(),
            banks: feed.banks,
            depth,
            lanes,
            planes: feed.planes,
            address_width: feed.address,
            a_width: a,
            b_width: b,
            replay: instance(&format!("{name}_replay"), "u_replay", &[], &connections, 2),
            memory_a: memory_instance(name, "a", &a_word, feed),
            memory_b: memory_instance(name, "b", &b_word, feed),
            edge: instance(&format!("{name}_edge"), "u_edge", &[], &edge_connections, 6),
        },
    );
    let purpose = format!("The digit of an operand {} that has the selected weight.", feed.plane.a);
    let digit = element::combinational(writer, "digit", &purpose, &plane::digit(feed.plane));
    vec![digit, edge(writer, feed), memory(writer, feed), replay(writer, feed), module]
}
