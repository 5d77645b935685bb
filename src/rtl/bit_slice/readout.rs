//! How sums leave: read one per cycle, resolved, shifted and added up, handed out row by row.

use askama::Template;

use super::Shape;
use crate::rtl::text::{self, Port, Registers, clock_ports, declare, instance, zero};
use crate::rtl::transfers::Transfers;
use crate::rtl::{Module, Writer, properties};

#[derive(Template)]
#[template(path = "bit_slice/delay.v")]
struct Delay<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    body: String,
}

#[derive(Template)]
#[template(path = "bit_slice/readout.v")]
struct Readout<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    cols: usize,
    tags: usize,
    pair: usize,
    value: usize,
    width: usize,
    control: String,
    data: String,
    resolve: String,
    add: String,
    store: String,
}

#[derive(Template)]
#[template(path = "bit_slice/collect.v")]
struct Collect<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    /// Refuses parameters that do not follow from the others.
    check: String,
    rows: usize,
    cols: usize,
    transfers: usize,
    lanes: usize,
    width: usize,
    registers: String,
}

pub(in crate::rtl) fn modules(writer: &Writer<'_>, shape: &Shape) -> [Module; 3] {
    [delay(writer, shape), readout(writer, shape), collect(writer)]
}

/// `<design>_delay`: brings the tags of digits to the stage in which these are accumulated.
fn delay(writer: &Writer<'_>, shape: &Shape) -> Module {
    let design = writer.design;
    let tags = match shape.planes {
        0 => 2,
        _ => shape.tags(),
    };
    let stages = shape.latency;
    let mut ports = clock_ports(true);
    ports.extend([Port::input("tags_i", tags), Port::output("tags_o", tags)]);
    let mut registers = Registers::control(design.reset);
    let mut lines = Vec::new();
    let name = |stage: usize| match stage {
        0 => "tags_i".to_owned(),
        1 => "tags_q".to_owned(),
        stage => format!("tags_q{stage}"),
    };
    for stage in 1..=stages {
        lines.push(format!("  {}", declare("reg", &name(stage), tags)));
        registers = registers.load(&name(stage), &zero(tags), &name(stage - 1));
    }
    lines.push(registers.render(2));
    lines.push(format!("  assign tags_o = {};", name(stages)));
    writer.module(
        "delay",
        &Delay {
            header: writer.header("Delays the tags of digits until these are accumulated.", &[]),
            prefix: &design.name,
            ports: text::ports(&ports),
            body: lines.join("\n"),
        },
    )
}

fn readout(writer: &Writer<'_>, shape: &Shape) -> Module {
    let design = writer.design;
    let (pair, value, width) = (shape.pair, shape.value, design.accumulator.width);
    let tags = shape.planes.max(1) + 2;
    let mut ports = clock_ports(true);
    ports.extend([
        Port::input("capture_i", 1),
        Port::input("tags_i", tags),
        Port::output("read_o", "Cols"),
        Port::input("pair_i", pair),
        Port::output("full_o", 1),
        Port::input("emitted_i", 1),
        Port::output("row_o", format!("{width}*Cols")),
    ]);
    let control = Registers::control(design.reset)
        .load("read_q", "{Cols{1'b0}}", "read_d")
        .load("resolve_q", "{Cols{1'b0}}", "read_q")
        .load("add_q", "{Cols{1'b0}}", "resolve_q")
        .load_if("capture_i", "tags_q", &zero(tags), "tags_i")
        .load("resolve_tags_q", &zero(tags), "tags_q")
        .load("add_tags_q", &zero(tags), "resolve_tags_q")
        .load("full_q", "1'b0", "(full_q & ~emitted_i) | (add_q[Cols-1] & add_tags_q[0])");
    let data = Registers::data(design.reset).load("pair_q", &zero(pair), "pair_i").load(
        "value_q",
        &zero(value),
        "value",
    );
    let store = Registers::data(design.reset).load_if(
        "add_q[c]",
        &format!("total_q[{width}*c +: {width}]"),
        &zero(width),
        "total_d",
    );
    let (sum, carry) = shape.halves("pair_q");
    let mut connections = vec![("sum_i", sum.as_str())];
    if pair > value {
        connections.push(("carry_i", &carry));
    }
    connections.push(("sum_o", "value"));
    let resolve = instance(&format!("{}_resolve", design.name), "u_resolve", &[], &connections, 2);
    let plane = format!("add_tags_q[{}:2]", tags - 1);
    let mut connections = vec![("value_i", "value_q")];
    if shape.planes > 1 {
        connections.push(("plane_i", &plane));
    }
    connections.extend([
        ("total_i", "total"),
        ("keep_i", "~add_tags_q[1]"),
        ("total_o", "total_d"),
    ]);
    let mut add = instance(&format!("{}_add", design.name), "u_add", &[], &connections, 2);
    if shape.planes <= 1 {
        add.push_str("\n  wire unused = &{1'b0, add_tags_q[2]};");
    }
    let module = writer.module(
        "readout",
        &Readout {
            header: writer.header(
                "Reads the sums of a column, one per cycle, and adds up those of a result.",
                &["Stages: read a pair, resolve it, add it at its weight to the result so far."
                    .to_owned()],
            ),
            prefix: &design.name,
            ports: text::ports(&ports),
            cols: design.cols(),
            tags,
            pair,
            value,
            width,
            control: control.render(2),
            data: data.render(2),
            resolve,
            add,
            store: store.render(6),
        },
    );
    properties::readout(design.reset).of(module)
}

fn collect(writer: &Writer<'_>) -> Module {
    let design = writer.design;
    let width = design.accumulator.width;
    let stream = design.stream_c();
    let mut ports = clock_ports(true);
    ports.extend([
        Port::input("full_i", "Rows"),
        Port::input("rows_i", format!("{width}*Cols*Rows")),
        Port::output("emitted_o", "Rows"),
        Port::output("valid_o", 1),
        Port::input("ready_i", 1),
        Port::output("last_o", 1),
        Port::output("transfer_o", format!("{width}*Lanes")),
    ]);
    let registers = Registers::control(design.reset)
        .load("row_q", "{{(Rows-1){1'b0}}, 1'b1}", "row_next")
        .load("part_q", "{{(Transfers-1){1'b0}}, 1'b1}", "part_next");
    let module = writer.module(
        "collect",
        &Collect {
            header: writer.header("Hands the rows of finished tiles out in their order.", &[]),
            prefix: &design.name,
            ports: text::ports(&ports),
            check: Transfers::new('C', 1, "Cols", width).check(true),
            rows: design.rows(),
            cols: design.cols(),
            transfers: stream.transfers_per_beat,
            lanes: stream.lanes_per_transfer,
            width,
            registers: registers.render(2),
        },
    );
    properties::collect(design.reset, width).of(module)
}
