//! The processing element: weights, operand register, a product that is added to a passing sum.

use askama::Template;

use crate::arith::carry_save::CarryLayout;
use crate::arith::recode::{self, Stored};
use crate::arith::stages::BETWEEN;
use crate::arith::{Netlist, chain, datapath};
use crate::design;
use crate::rtl::behavioural::{self, Body};
use crate::rtl::element::{Element, body, module};
use crate::rtl::text::{self, Port, Registers, clock_ports, declare, instance, zero};
use crate::rtl::{Module, Writer};

/// One combinational datapath of the element, by the suffix of its module.
struct Datapath {
    suffix: String,
    purpose: String,
    body: Body,
}

#[derive(Template)]
#[template(path = "pe.v")]
struct Pe<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    declarations: Vec<String>,
    instances: String,
    registers: String,
    assignments: Vec<String>,
}

/// The modules of the design's element.
pub(super) fn build(writer: &Writer<'_>) -> Element {
    let design = writer.design;
    let (mut datapaths, carries) = arithmetic(design);
    let multiplier = &design.multiplier;
    if multiplier.recoded && !design.encodes_at_edge() {
        let encode = Datapath {
            suffix: "encode".to_owned(),
            purpose: format!("Digits of an operand {}.", multiplier.a),
            body: body(&recode::encoder(multiplier)),
        };
        let decode = Datapath {
            suffix: "decode".to_owned(),
            purpose: format!("The operand {} from its digits.", multiplier.a),
            body: body(&recode::decoder(multiplier)),
        };
        datapaths.splice(0..0, [encode, decode]);
    }
    let pe = pe(writer, &datapaths, &carries);
    let leaves = datapaths.into_iter().map(|d| module(writer, &d.suffix, &d.purpose, d.body));
    let modules = leaves.chain([pe]).collect();
    Element { modules, carries }
}

/// The datapaths from operand and weight to the sum that goes on, stage by stage.
fn arithmetic(design: &design::Design) -> (Vec<Datapath>, CarryLayout) {
    let width = design.accumulator.width;
    let (multiplier, topology) = (&design.multiplier, design.final_adder);
    let product = format!("{} x {}", multiplier.a, multiplier.b);
    let plain = design.element == design::Element::Behavioural;
    if design.product_register {
        let format = multiplier.product();
        let (multiply, accumulate) = match plain {
            true => (
                behavioural::multiply((multiplier.a, multiplier.b), 1, format),
                behavioural::chain_accumulate(format, width),
            ),
            false => (
                body(&datapath::multiply(multiplier, topology)),
                body(&chain::accumulate(format, width, topology)),
            ),
        };
        let purpose = format!("Product {product}.");
        let multiply = Datapath { suffix: "multiply".to_owned(), purpose, body: multiply };
        let purpose = format!("Adds a product to a sum modulo 2^{width}.");
        let accumulate = Datapath { suffix: "accumulate".to_owned(), purpose, body: accumulate };
        return (vec![multiply, accumulate], CarryLayout::default());
    }
    if plain {
        let body = behavioural::chain_multiply_add(multiplier.a, multiplier.b, width);
        let purpose = format!("Adds a product {product} to a sum modulo 2^{width}.");
        let suffix = "multiply_add".to_owned();
        return (vec![Datapath { suffix, purpose, body }], CarryLayout::default());
    }
    let cuts = design.pipeline_stages;
    let (parts, carries, suffix, kind) = match design.carry_save() {
        true => {
            let storage = design.carry_storage;
            let (parts, carries) = chain::multiply_compress(multiplier, width, storage, cuts);
            (parts, carries, "multiply_compress", "carry-save pair")
        }
        false => {
            let parts = chain::multiply_add(multiplier, width, topology, cuts);
            (parts, CarryLayout::default(), "multiply_add", "sum")
        }
    };
    let purpose = format!("Adds a product {product} to a {kind} modulo 2^{width}");
    let stage = |(index, netlist): (usize, &Netlist)| Datapath {
        suffix: if cuts == 0 { suffix.to_owned() } else { format!("{suffix}_{index}") },
        purpose: match cuts {
            0 => format!("{purpose}."),
            _ => format!("{purpose}: stage {} of {}.", index + 1, cuts + 1),
        },
        body: body(netlist),
    };
    (parts.iter().enumerate().map(stage).collect(), carries)
}

/// `<design>_pe`.
fn pe(writer: &Writer<'_>, datapaths: &[Datapath], carries: &CarryLayout) -> Module {
    let design = writer.design;
    let multiplier = &design.multiplier;
    let (a, b, width) = (multiplier.a.width, multiplier.b.width, design.accumulator.width);
    let at_edge = design.encodes_at_edge();
    let digits =
        if multiplier.recoded { Stored::new(multiplier.encoding, multiplier.a).width() } else { a };
    let mut ports = clock_ports(writer.data_reset());
    ports.extend([
        Port::input("load_i", 1),
        Port::input("swap_i", 1),
        Port::input("a_i", design.travelling_width()),
        Port::input("b_i", b),
        Port::input("sum_i", width),
    ]);
    if carries.width() > 0 {
        ports.push(Port::input("carry_i", carries.width()));
    }
    ports.extend([
        Port::output("load_o", 1),
        Port::output("swap_o", 1),
        Port::output("a_o", design.travelling_width()),
        Port::output("sum_o", width),
    ]);
    let mut declarations = Vec::new();
    let mut registers = Registers::data(design.reset);
    let mut assignments = Vec::new();

    for mark in ["load", "swap"] {
        declarations.push(declare("reg", &format!("{mark}_q"), 1));
        registers = registers.load(&format!("{mark}_q"), "1'b0", &format!("{mark}_i"));
        assignments.push(format!("assign {mark}_o = {mark}_q;"));
    }
    declarations.push(declare("reg", "shadow_q", b));
    declarations.push(declare("reg", "weight_q", b));
    registers = registers.load_if("load_i", "shadow_q", &zero(b), "b_i");
    registers = registers.load_if("swap_i", "weight_q", &zero(b), "shadow_q");

    // The operand as it comes, or the digits that take its place.
    let held = if multiplier.recoded { "digits_q" } else { "a_q" };
    let next = if multiplier.recoded && !at_edge { "digits_d" } else { "a_i" };
    if next == "digits_d" {
        declarations.push(declare("wire", "digits_d", digits));
    } else {
        assignments.push(format!("assign a_o = {held};"));
    }
    declarations.push(declare("reg", held, digits));
    registers = registers.load(held, &zero(digits), next);

    let mut sums = vec![("sum", width)];
    if carries.width() > 0 {
        sums.push(("carry", carries.width()));
        ports.push(Port::output("carry_o", carries.width()));
    }
    for (name, width) in &sums {
        declarations.push(declare("reg", &format!("{name}_q"), *width));
        declarations.push(declare("wire", &format!("{name}_d"), *width));
        registers = registers.load(&format!("{name}_q"), &zero(*width), &format!("{name}_d"));
        assignments.push(format!("assign {name}_o = {name}_q;"));
    }
    if design.product_register {
        let product = multiplier.product().width;
        declarations.push(declare("wire", "product", product));
        declarations.push(declare("reg", "product_q", product));
        registers = registers.load("product_q", &zero(product), "product");
    }

    let mut instances = Vec::new();
    let mut stage = 0;
    for datapath in datapaths {
        let mut connections: Vec<(String, String)> = Vec::new();
        for (name, _) in &datapath.body.inputs {
            let signal = match name.as_str() {
                // Into the encoder; the other datapaths then take digits.
                "a" if multiplier.recoded => "a_i".to_owned(),
                "b" => "weight_q".to_owned(),
                "sum" | "carry" => format!("{name}_i"),
                BETWEEN => format!("stage{}_q", stage - 1),
                name => format!("{name}_q"),
            };
            connections.push((format!("{name}_i"), signal));
        }
        for (name, width) in &datapath.body.outputs {
            let signal = match name.as_str() {
                "product" => "product".to_owned(),
                "a" => "a_o".to_owned(),
                BETWEEN => {
                    let (register, next) = (format!("stage{stage}_q"), format!("stage{stage}_d"));
                    declarations.push(declare("wire", &next, *width));
                    declarations.push(declare("reg", &register, *width));
                    registers = registers.load(&register, &zero(*width), &next);
                    stage += 1;
                    next
                }
                name => format!("{name}_d"),
            };
            connections.push((format!("{name}_o"), signal));
        }
        // A stage through which nothing passes is left out.
        if datapath.body.outputs.is_empty() {
            continue;
        }
        let connections: Vec<(&str, &str)> =
            connections.iter().map(|(port, signal)| (port.as_str(), signal.as_str())).collect();
        let module = format!("{}_{}", design.name, datapath.suffix);
        let name = format!("u_{}", datapath.suffix);
        instances.push(instance(&module, &name, &[], &connections, 2));
        instances.push(String::new());
    }

    let details = [
        format!(
            "Element `{}`, {} x {}, {width}-bit sums.",
            design.element, multiplier.a, multiplier.b
        ),
        "The next weight waits in the shadow of the present one and is swapped in with the first"
            .to_owned(),
        format!(
            "operand of its tile. The sum of the neighbour is taken {} cycles after the operand.",
            design.pipeline().accumulate_latency - 1
        ),
    ];
    writer.module(
        "pe",
        &Pe {
            header: writer.header("Processing element.", &details),
            prefix: &design.name,
            ports: text::ports(&ports),
            declarations,
            instances: instances.join("\n"),
            registers: registers.render(2),
            assignments,
        },
    )
}
