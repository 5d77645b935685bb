//! The memories: plain inferred RAMs in modules of their own, so that a macro can take their place.

use askama::Template;

use super::Shape;
use crate::design::Banks;
use crate::rtl::text::{self, Port, Registers, clock_ports, instance};
use crate::rtl::{Module, Writer, support};

#[derive(Template)]
#[template(path = "bit_slice/store_replicated.v")]
struct Replicated<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    rows: usize,
    cols: usize,
    per_element: bool,
    group: usize,
    lanes: usize,
    memory: String,
}

pub(super) fn modules(writer: &Writer<'_>, shape: &Shape) -> Vec<Module> {
    let design = writer.design;
    let slice = &shape.slice;
    // In a queue that starts anywhere the mark of the last entry is kept apart.
    let entry = shape.entry() - usize::from(slice.banks.is_some());
    let digits = (design.rows() * slice.lanes * shape.planes, (1 << shape.queue_address(), entry));
    let members = if slice.per_element { slice.group } else { 1 };
    let (copies, words) = match &slice.banks {
        Some(banks) => (banks.count, (1 << slice.address()) / banks.count),
        None => (design.rows(), 1 << slice.address()),
    };
    let width = design.multiplier.b.width * design.cols();
    let rows = (copies * slice.lanes * members, (words, width));
    vec![
        support::memory(writer, "digit_memory", "Groups of digits of one plane.", &[digits]),
        support::memory(writer, "row_memory", "Rows of operand B.", &[rows]),
        match &slice.banks {
            Some(banks) => banked(writer, shape, banks),
            None => replicated(writer, shape),
        },
    ]
}

#[derive(Template)]
#[template(path = "bit_slice/store_banked.v")]
struct Banked<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    rows: usize,
    cols: usize,
    lanes: usize,
    members: usize,
    banks: usize,
    bank: usize,
    address: usize,
    depth_bits: usize,
    b_width: usize,
    turn: String,
    shown: String,
    memory: String,
}

fn banked(writer: &Writer<'_>, shape: &Shape, banks: &Banks) -> Module {
    let design = writer.design;
    let slice = &shape.slice;
    let (b, address, lanes) = (design.multiplier.b.width, slice.address(), slice.lanes);
    let (banks, bank) = (banks.count, banks.bits());
    let members = if slice.per_element { slice.group } else { 1 };
    let mut ports = clock_ports(true);
    ports.extend([
        Port::input("request_i", format!("{lanes}*Rows")),
        Port::input("bank_i", format!("{}*Rows", bank * lanes)),
        Port::output("grant_o", format!("{lanes}*Rows")),
        Port::input("write_i", 1),
    ]);
    if slice.per_element {
        ports.push(Port::input("position_i", slice.group));
    }
    ports.extend([
        Port::input("write_address_i", address),
        Port::input("write_data_i", format!("{}*Cols", b * lanes)),
        Port::input("read_i", format!("{lanes}*Rows")),
        Port::input("read_address_i", format!("{}*Rows", address * lanes)),
        Port::output("data_o", format!("{}*Cols*Rows", b * slice.terms())),
    ]);
    let depth_bits = address - bank;
    let (depth, width, bits) =
        ((1usize << depth_bits).to_string(), format!("{b}*Cols"), depth_bits.to_string());
    let parameters = [("Depth", depth.as_str()), ("Width", &width), ("Address", &bits)];
    let member = match (slice.per_element, slice.group) {
        (false, _) => "",
        (true, 1) => " & position_i",
        (true, _) => " & position_i[m]",
    };
    let write = format!("write_i & write_bank[b]{member}");
    let data = match slice.per_element {
        true => "write_data_i".to_owned(),
        false => format!("write_data_i[{b}*Cols*l +: {b}*Cols]"),
    };
    let to = format!("rows[{b}*Cols*({members}*b+m) +: {b}*Cols]");
    let write_address = format!("write_address_i[{}:{bank}]", address - 1);
    let connections = [
        ("clk_i", "clk_i"),
        ("write_i", write.as_str()),
        ("write_address_i", &write_address),
        ("write_data_i", &data),
        ("read_i", "read"),
        ("read_address_i", "address"),
        ("read_data_o", &to),
    ];
    let turn = Registers::control(design.reset)
        .load_if("|request_i", "first_q", "{Rows{1'b0}}", "first_d")
        .render(2);
    let shown = Registers::control(design.reset)
        .load("shown_bank_q", &format!("{{{}*Rows{{1'b0}}}}", banks * lanes), "read_bank")
        .render(2);
    let details = [format!(
        "{banks} banks per lane that all columns share. A column whose bank is taken waits."
    )];
    let module = format!("{}_row_memory", design.name);
    writer.module(
        "operand_store",
        &Banked {
            header: writer.header("Rows of operand B for every column.", &details),
            prefix: &design.name,
            ports: text::ports(&ports),
            rows: design.rows(),
            cols: design.cols(),
            lanes,
            members,
            banks,
            bank,
            address,
            depth_bits,
            b_width: b,
            turn,
            shown,
            memory: instance(&module, "u_row_memory", &parameters, &connections, 10),
        },
    )
}

fn replicated(writer: &Writer<'_>, shape: &Shape) -> Module {
    let design = writer.design;
    let slice = &shape.slice;
    let (b, address, lanes) = (design.multiplier.b.width, slice.address(), slice.lanes);
    let mut ports = clock_ports(false);
    ports.push(Port::input("write_i", 1));
    if slice.per_element {
        ports.push(Port::input("position_i", slice.group));
    }
    ports.extend([
        Port::input("write_address_i", address),
        Port::input("write_data_i", format!("{}*Cols", b * lanes)),
        Port::input("read_i", format!("{lanes}*Rows")),
        Port::input("read_address_i", format!("{}*Rows", address * lanes)),
        Port::output("data_o", format!("{}*Cols*Rows", b * slice.terms())),
    ]);
    let depth = (1usize << address).to_string();
    let (width, bits) = (format!("{b}*Cols"), address.to_string());
    let parameters = [("Depth", depth.as_str()), ("Width", &width), ("Address", &bits)];
    let (write, data, read, from, to) = match slice.per_element {
        true => (
            format!("write_i & position_i{}", if slice.group > 1 { "[m]" } else { "" }),
            "write_data_i".to_owned(),
            "read_i[r]".to_owned(),
            format!("read_address_i[{address}*r +: {address}]"),
            format!("data_o[{b}*Cols*({}*r+m) +: {b}*Cols]", slice.group),
        ),
        false => (
            "write_i".to_owned(),
            format!("write_data_i[{b}*Cols*l +: {b}*Cols]"),
            format!("read_i[{lanes}*r+l]"),
            format!("read_address_i[{address}*({lanes}*r+l) +: {address}]"),
            format!("data_o[{b}*Cols*({lanes}*r+l) +: {b}*Cols]"),
        ),
    };
    let connections = [
        ("clk_i", "clk_i"),
        ("write_i", &write),
        ("write_address_i", "write_address_i"),
        ("write_data_i", &data),
        ("read_i", &read),
        ("read_address_i", &from),
        ("read_data_o", &to),
    ];
    let module = format!("{}_row_memory", design.name);
    let details =
        ["A copy per column: columns that run at their own pace never wait for a row.".to_owned()];
    writer.module(
        "operand_store",
        &Replicated {
            header: writer.header("Rows of operand B for every column.", &details),
            prefix: &design.name,
            ports: text::ports(&ports),
            rows: design.rows(),
            cols: design.cols(),
            per_element: slice.per_element,
            group: slice.group,
            lanes,
            memory: instance(&module, "u_row_memory", &parameters, &connections, 8),
        },
    )
}
