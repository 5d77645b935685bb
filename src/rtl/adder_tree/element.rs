//! A column: weights, the tree over its terms, and the register of its sum.

use askama::Template;

use crate::arith::Netlist;
use crate::arith::rows::{ROWS, rows};
use crate::arith::stages::{self, BETWEEN};
use crate::arith::tree::DotProduct;
use crate::design::{Design, Element, Target};
use crate::rtl::behavioural::{self, Body};
use crate::rtl::carry_chain;
use crate::rtl::element::{self, body};
use crate::rtl::text::{self, Port, Registers, clock_ports, declare, instance, zero};
use crate::rtl::{Module, Writer};

#[derive(Template)]
#[template(path = "adder_tree/pe.v")]
struct Pe<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    depth: usize,
    b: usize,
    loads: String,
    declarations: Vec<String>,
    instances: String,
    registers: String,
}

/// Bits of the operands of all terms of A, as they are broadcast: of words with what is added to
/// all columns.
pub(super) fn operands_width(design: &Design) -> usize {
    match design.dot_kind() {
        Some(_) => design.a_width(),
        None => design.travelling_width() * design.depth(),
    }
}

/// The modules of a column, the column itself last.
pub(super) fn modules(writer: &Writer<'_>) -> Vec<Module> {
    let design = writer.design;
    let stages: Vec<Body> = match design.element {
        Element::Behavioural => {
            let formats = (design.multiplier.a, design.multiplier.b);
            let (terms, width) = (design.depth(), design.accumulator.width);
            vec![behavioural::dot_product(formats, terms, width, design.partial_sums)]
        }
        _ if design.target == Target::Fpga => chained(design),
        _ => {
            let tree = netlist(design);
            stages::cut(&tree, design.pipeline_stages, &[]).iter().map(body).collect()
        }
    };
    let pe = column(writer, &stages);
    let last = stages.len();
    let leaf = |(index, body): (usize, Body)| {
        let (suffix, part) = match last {
            1 => ("tree".to_owned(), ".".to_owned()),
            _ => (format!("tree_{index}"), format!(": part {} of {last}.", index + 1)),
        };
        let terms = design.depth();
        let purpose = format!(
            "Sum of {terms} products {} x {}{part}",
            design.operand_a(),
            design.operand_b()
        );
        element::modules(writer, &suffix, &purpose, body)
    };
    stages.into_iter().enumerate().flat_map(leaf).chain([pe]).collect()
}

/// The tree that the element asks for.
fn netlist(design: &Design) -> Netlist {
    let dot = DotProduct {
        multiplier: &design.multiplier,
        terms: design.depth(),
        width: design.accumulator.width,
        partial: design.partial_sums,
        topology: design.final_adder,
    };
    match design.element {
        Element::Behavioural | Element::Mac => dot.adders(),
        Element::Opt1 => dot.compressed(),
        Element::Opt2 => dot.planes(),
        Element::Xnor => dot.popcount(),
        Element::Opt3 | Element::Opt4c | Element::Opt4e | Element::Laconic => {
            unreachable!("refused for this topology when the design was validated")
        }
    }
}

/// The popcount of a word in look-up tables, added up in a carry chain.
fn chained(design: &Design) -> Vec<Body> {
    let (stages, width) = (design.pipeline_stages, design.accumulator.width);
    let (parts, layout) = rows(&design.multiplier, width, design.partial_sums, stages);
    let input = if stages > 0 { BETWEEN } else { ROWS };
    let chain = carry_chain::body(input, "sum", width, &layout);
    parts.iter().map(body).chain([chain]).collect()
}

/// `<design>_pe`.
fn column(writer: &Writer<'_>, stages: &[Body]) -> Module {
    let design = writer.design;
    let (depth, b, width) = (design.depth(), design.multiplier.b.width, design.accumulator.width);
    let mut ports = clock_ports(writer.data_reset());
    ports.extend([
        Port::input("load_i", depth),
        Port::input("swap_i", 1),
        Port::input("a_i", operands_width(design)),
        Port::input("b_i", b),
    ]);
    if design.partial_sums {
        ports.push(Port::input("partial_i", width));
    }
    ports.push(Port::output("sum_o", width));

    let lane = |name: &str| match depth * b {
        1 => name.to_owned(),
        _ => format!("{name}[{b}*k +: {b}]"),
    };
    let load = if depth == 1 { "load_i" } else { "load_i[k]" };
    let loads = Registers::data(design.reset).load_if(load, &lane("shadow_q"), &zero(b), "b_i");
    let weights = zero(depth * b);
    let mut registers =
        Registers::data(design.reset).load_if("swap_i", "weight_q", &weights, "shadow_q");
    let mut declarations = vec![declare("wire", "sum_d", width), declare("reg", "sum_q", width)];
    let mut instances = Vec::new();
    for (index, stage) in stages.iter().enumerate() {
        let input = |(name, _): &(String, usize)| {
            let signal = match name.as_str() {
                "a" | "digits" => "a_i".to_owned(),
                "b" => "weight_q".to_owned(),
                BETWEEN => format!("stage{}_q", index - 1),
                ROWS => ROWS.to_owned(),
                name => format!("{name}_i"),
            };
            (format!("{name}_i"), signal)
        };
        let mut connections: Vec<(String, String)> = stage.inputs.iter().map(input).collect();
        for (name, width) in &stage.outputs {
            let signal = match name.as_str() {
                BETWEEN => {
                    let (register, next) = (format!("stage{index}_q"), format!("stage{index}_d"));
                    declarations.push(declare("wire", &next, *width));
                    declarations.push(declare("reg", &register, *width));
                    registers = registers.load(&register, &zero(*width), &next);
                    next
                }
                ROWS => {
                    declarations.push(declare("wire", ROWS, *width));
                    ROWS.to_owned()
                }
                name => format!("{name}_d"),
            };
            connections.push((format!("{name}_o"), signal));
        }
        let connections: Vec<(&str, &str)> =
            connections.iter().map(|(port, signal)| (port.as_str(), signal.as_str())).collect();
        let suffix = if stages.len() == 1 { "tree".to_owned() } else { format!("tree_{index}") };
        let module = format!("{}_{suffix}", design.name);
        instances.push(instance(&module, &format!("u_{suffix}"), &[], &connections, 2));
        instances.push(String::new());
    }
    registers = registers.load("sum_q", &zero(width), "sum_d");
    let details = [
        format!(
            "Element `{}`, {depth} terms {} x {}, {width}-bit sums.",
            design.element,
            design.operand_a(),
            design.operand_b()
        ),
        "The next weights wait in the shadow of the present ones. A sum shows".to_owned(),
        format!("{} cycles after its operands.", design.pipeline_stages + 1),
    ];
    writer.module(
        "pe",
        &Pe {
            header: writer.header("Processing element: one column.", &details),
            prefix: &design.name,
            ports: text::ports(&ports),
            depth,
            b,
            loads: loads.render(6),
            declarations,
            instances: instances.join("\n"),
            registers: registers.render(2),
        },
    )
}
