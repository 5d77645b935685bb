//! The processing element: operand registers, a combinational datapath, accumulated words.

use askama::Template;

use super::behavioural::{self, Body};
use super::text::{self, Port, Registers, clock_ports, declare, instance, zero};
use super::{Module, Writer, netlist};
use crate::arith::Netlist;
use crate::arith::carry_save::{self, CarryLayout};
use crate::arith::datapath;
use crate::arith::recode::{self, Stored};
use crate::design;

/// The element of a design with everything that the array around it must know.
pub(super) struct Element {
    /// Leaf modules first, the element itself last.
    pub modules: Vec<Module>,
    /// Columns that store a carry; nothing where the accumulated value is one word.
    pub carries: CarryLayout,
}

impl Element {
    /// Width of what an element hands out: the accumulated words.
    pub fn output_width(&self, writer: &Writer<'_>) -> usize {
        writer.design.accumulator.width + self.carries.width()
    }
}

/// One combinational datapath of the element, by the suffix of its module.
struct Datapath {
    suffix: &'static str,
    purpose: String,
    body: Body,
}

/// A netlist as the body of a module.
fn body(netlist: &Netlist) -> Body {
    let words = |words: &[crate::arith::netlist::Word]| {
        words.iter().map(|word| (word.name.clone(), word.bits.len())).collect()
    };
    Body {
        inputs: words(netlist.inputs()),
        outputs: words(netlist.outputs()),
        statements: netlist::statements(netlist),
    }
}

#[derive(Template)]
#[template(path = "combinational.v")]
struct Combinational<'a> {
    header: String,
    name: &'a str,
    ports: String,
    statements: Vec<String>,
}

/// A netlist as a module `<design>_<suffix>`.
pub(super) fn combinational(
    writer: &Writer<'_>,
    suffix: &str,
    purpose: &str,
    netlist: &Netlist,
) -> Module {
    module(writer, suffix, purpose, body(netlist))
}

/// The module `<design>_<suffix>` with this body.
fn module(writer: &Writer<'_>, suffix: &str, purpose: &str, body: Body) -> Module {
    let inputs = body.inputs.iter().map(|(name, width)| Port::input(format!("{name}_i"), width));
    let outputs = body.outputs.iter().map(|(name, width)| Port::output(format!("{name}_o"), width));
    let ports: Vec<Port> = inputs.chain(outputs).collect();
    let name = format!("{}_{suffix}", writer.design.name);
    writer.module(
        suffix,
        &Combinational {
            header: writer.header(purpose, &[]),
            name: &name,
            ports: text::ports(&ports),
            statements: body.statements,
        },
    )
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
    let width = design.accumulator.width;
    let (multiplier, topology) = (&design.multiplier, design.final_adder);
    let product = format!("{} x {}", multiplier.a, multiplier.b);
    let plain = design.element == design::Element::Behavioural;
    let (mut datapaths, carries) = if design.carry_save() {
        let (netlist, carries) =
            carry_save::multiply_compress(multiplier, width, design.carry_storage);
        let purpose = format!("Adds a product {product} to a carry-save pair modulo 2^{width}.");
        (vec![Datapath { suffix: "multiply_compress", purpose, body: body(&netlist) }], carries)
    } else if design.product_register {
        let format = multiplier.product();
        let (multiply, accumulate) = match plain {
            true => (
                behavioural::multiply(multiplier.a, multiplier.b, format),
                behavioural::accumulate(format, width),
            ),
            false => (
                body(&datapath::multiply(multiplier, topology)),
                body(&datapath::accumulate(format, width, topology)),
            ),
        };
        let purpose = format!("Product {product}.");
        let multiply = Datapath { suffix: "multiply", purpose, body: multiply };
        let purpose = format!("Adds a product to a sum modulo 2^{width}.");
        let accumulate = Datapath { suffix: "accumulate", purpose, body: accumulate };
        (vec![multiply, accumulate], CarryLayout::default())
    } else {
        let purpose = format!("Adds a product {product} to a sum modulo 2^{width}.");
        let body = match plain {
            true => behavioural::multiply_add(multiplier.a, multiplier.b, width),
            false => body(&datapath::multiply_add(multiplier, width, topology)),
        };
        (vec![Datapath { suffix: "multiply_add", purpose, body }], CarryLayout::default())
    };
    if multiplier.recoded {
        let encode = Datapath {
            suffix: "encode",
            purpose: format!("Digits of an operand {}.", multiplier.a),
            body: body(&recode::encoder(multiplier)),
        };
        let decode = Datapath {
            suffix: "decode",
            purpose: format!("The operand {} from its digits.", multiplier.a),
            body: body(&recode::decoder(multiplier)),
        };
        datapaths.splice(0..0, [encode, decode]);
    }
    let pe = pe(writer, &datapaths, &carries);
    let leaves = datapaths.into_iter().map(|d| module(writer, d.suffix, &d.purpose, d.body));
    let modules = leaves.chain([pe]).collect();
    Element { modules, carries }
}

/// `<design>_pe`.
fn pe(writer: &Writer<'_>, datapaths: &[Datapath], carries: &CarryLayout) -> Module {
    let design = writer.design;
    let (a, b) = (design.multiplier.a.width, design.multiplier.b.width);
    let width = design.accumulator.width;
    let mut ports = clock_ports(writer.data_reset());
    ports.extend([Port::input("first_i", 1), Port::input("a_i", a), Port::input("b_i", b)]);
    let mut declarations = Vec::new();
    let mut registers = Registers::data(design.reset);
    let mut assignments = Vec::new();

    // Operands, registered or as they come.
    let operands = [("first", 1), ("a", a), ("b", b)];
    if design.input_registers {
        for (name, width) in operands {
            ports.push(Port::output(format!("{name}_o"), width));
            // The digits of A take the place of A.
            if name == "a" && design.multiplier.recoded {
                let width = Stored::new(design.multiplier.encoding, design.multiplier.a).width();
                declarations.push(declare("wire", "digits_d", width));
                declarations.push(declare("reg", "digits_q", width));
                registers = registers.load("digits_q", &zero(width), "digits_d");
                continue;
            }
            declarations.push(declare("reg", &format!("{name}_q"), width));
            registers = registers.load(&format!("{name}_q"), &zero(width), &format!("{name}_i"));
            assignments.push(format!("assign {name}_o = {name}_q;"));
        }
    }
    let suffix = if design.input_registers { "q" } else { "i" };
    let mut first = format!("first_{suffix}");

    let mut accumulated = vec![("sum", width)];
    if carries.width() > 0 {
        accumulated.push(("carry", carries.width()));
    }
    for (name, width) in &accumulated {
        ports.push(Port::output(format!("{name}_o"), *width));
        declarations.push(declare("reg", &format!("{name}_q"), *width));
        declarations.push(declare("wire", &format!("{name}_d"), *width));
        registers = registers.load(&format!("{name}_q"), &zero(*width), &format!("{name}_d"));
        assignments.push(format!("assign {name}_o = {name}_q;"));
    }

    // A registered product delays the mark of the first beat with it.
    if design.product_register {
        let product = design.multiplier.product().width;
        declarations.push(declare("wire", "product", product));
        declarations.push(declare("reg", "product_q", product));
        declarations.push(declare("reg", "first_q2", 1));
        registers = registers.load("product_q", &zero(product), "product");
        registers = registers.load("first_q2", "1'b0", &first);
        first = "first_q2".to_owned();
    }

    let mut instances = Vec::new();
    for datapath in datapaths {
        let inputs = datapath.body.inputs.iter().map(|(name, _)| {
            let signal = match name.as_str() {
                "keep" => format!("~{first}"),
                // Into the encoder; the other datapaths then take digits.
                "a" if design.multiplier.recoded => "a_i".to_owned(),
                "a" | "b" => format!("{name}_{suffix}"),
                name => format!("{name}_q"),
            };
            (format!("{name}_i"), signal)
        });
        let outputs = datapath.body.outputs.iter().map(|(name, _)| {
            let signal = match name.as_str() {
                "product" => "product".to_owned(),
                "a" => "a_o".to_owned(),
                name => format!("{name}_d"),
            };
            (format!("{name}_o"), signal)
        });
        let connections: Vec<(String, String)> = inputs.chain(outputs).collect();
        let connections: Vec<(&str, &str)> =
            connections.iter().map(|(port, signal)| (port.as_str(), signal.as_str())).collect();
        let module = format!("{}_{}", design.name, datapath.suffix);
        let name = format!("u_{}", datapath.suffix);
        instances.push(instance(&module, &name, &[], &connections, 2));
        instances.push(String::new());
    }

    let element = design.element;
    let details = [
        format!(
            "Element `{element}`, {} x {}, {width}-bit sums.",
            design.multiplier.a, design.multiplier.b
        ),
        format!(
            "A beat is accumulated {} cycles after its operands are presented; `first` drops what",
            design.pipeline().accumulate_latency
        ),
        "was accumulated before.".to_owned(),
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
