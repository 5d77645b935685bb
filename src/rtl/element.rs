//! The processing element: operand registers, a combinational datapath, accumulated words.

use askama::Template;

use super::behavioural::{self, Body};
use super::text::{self, Port, Registers, clock_ports, declare, instance, zero};
use super::{Module, Writer, carry_chain, netlist};
use crate::arith::Netlist;
use crate::arith::carry_save::{self, CarryLayout};
use crate::arith::count::Counts;
use crate::arith::datapath;
use crate::arith::recode;
use crate::arith::rows::{ROWS, rows};
use crate::arith::stages;
use crate::design::{self, Design, Target};

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
        writer.design.sum_width() + self.carries.width()
    }
}

/// One combinational datapath of the element, by the suffix of its module.
struct Datapath {
    suffix: String,
    purpose: String,
    body: Body,
    /// Pipeline stage: registers stand between it and the one before.
    stage: usize,
}

impl Datapath {
    fn new(suffix: &str, purpose: String, body: Body) -> Self {
        Self { suffix: suffix.to_owned(), purpose, body, stage: 0 }
    }

    /// The stages of a datapath that was cut; the last one has the suffix itself.
    fn in_stages(suffix: &str, purpose: &str, parts: &[Netlist]) -> Vec<Self> {
        let last = parts.len() - 1;
        let part = |(stage, netlist): (usize, &Netlist)| {
            let suffix =
                if stage == last { suffix.to_owned() } else { format!("{suffix}_{stage}") };
            let purpose = match last {
                0 => purpose.to_owned(),
                _ => format!("{purpose} Stage {} of {}.", stage + 1, last + 1),
            };
            Self { suffix, purpose, body: body(netlist), stage }
        };
        parts.iter().enumerate().map(part).collect()
    }
}

/// A netlist as the body of a module.
pub(super) fn body(netlist: &Netlist) -> Body {
    let words = |words: &[crate::arith::netlist::Word]| {
        words.iter().map(|word| (word.name.clone(), word.bits.len())).collect()
    };
    Body {
        inputs: words(netlist.inputs()),
        outputs: words(netlist.outputs()),
        statements: netlist::statements(netlist),
        counts: Counts::of(netlist),
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
pub(super) fn module(writer: &Writer<'_>, suffix: &str, purpose: &str, body: Body) -> Module {
    let inputs = body.inputs.iter().map(|(name, width)| Port::input(format!("{name}_i"), width));
    let outputs = body.outputs.iter().map(|(name, width)| Port::output(format!("{name}_o"), width));
    let ports: Vec<Port> = inputs.chain(outputs).collect();
    let name = format!("{}_{suffix}", writer.design.name);
    let counts = body.counts;
    let module = writer.module(
        suffix,
        &Combinational {
            header: writer.header(purpose, &[]),
            name: &name,
            ports: text::ports(&ports),
            statements: body.statements,
        },
    );
    Module { counts, ..module }
}

/// The module that forms 3B in front of the operand register.
const TRIPLE: &str = "triple";

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
    if let Some(plane) = design.plane() {
        return super::planes::element(writer, &plane);
    }
    let (multiplier, stages) = (&design.multiplier, design.pipeline_stages);
    let (width, topology) = (design.accumulator.width, design.final_adder);
    let formats = (multiplier.a, multiplier.b);
    let operands = format!("{} x {}", design.operand_a(), design.operand_b());
    let product = match multiplier.terms {
        _ if multiplier.levels.is_some() => {
            format!("{} terms {operands}", multiplier.terms)
        }
        1 => format!("a product {} x {}", multiplier.a, multiplier.b),
        terms => format!("{terms} products {} x {}", multiplier.a, multiplier.b),
    };
    let plain = design.element == design::Element::Behavioural;
    let mut carries = CarryLayout::default();
    let mut datapaths = if design.target == Target::Fpga {
        chained(design, &product)
    } else if design.carry_save() {
        let (parts, layout) = carry_save::multiply_compress_in_stages(
            multiplier,
            width,
            design.carry_storage,
            stages,
        );
        carries = layout;
        let purpose = format!("Adds {product} to a carry-save pair modulo 2^{width}.");
        Datapath::in_stages("multiply_compress", &purpose, &parts)
    } else if design.product_register {
        let format = multiplier.product();
        let (multiply, accumulate) = match plain {
            true => (
                behavioural::multiply(formats, multiplier.terms, format),
                behavioural::accumulate(format, width),
            ),
            false => (
                body(&datapath::multiply(multiplier, topology)),
                body(&datapath::accumulate(format, width, topology)),
            ),
        };
        let purpose = sentence(&product);
        vec![
            Datapath::new("multiply", purpose, multiply),
            Datapath::new(
                "accumulate",
                format!("Adds a product to a sum modulo 2^{width}."),
                accumulate,
            ),
        ]
    } else {
        let purpose = format!("Adds {product} to a sum modulo 2^{width}.");
        match plain {
            true => {
                let body = behavioural::multiply_add(formats, multiplier.terms, width);
                vec![Datapath::new("multiply_add", purpose, body)]
            }
            false => {
                let parts = datapath::multiply_add_in_stages(multiplier, width, topology, stages);
                Datapath::in_stages("multiply_add", &purpose, &parts)
            }
        }
    };
    let mut edge = Vec::new();
    if multiplier.tripled {
        let purpose = format!("Three times an operand {}, without the lowest bit.", multiplier.b);
        let tripler = body(&recode::tripler(multiplier));
        if design.triples_at_edge() {
            edge.push(module(writer, TRIPLE, &purpose, tripler));
        } else {
            datapaths.insert(0, Datapath::new(TRIPLE, purpose, tripler));
        }
    }
    if multiplier.recoded {
        let encode = Datapath::new(
            "encode",
            format!("Digits of an operand {}.", multiplier.a),
            body(&recode::encoder(multiplier)),
        );
        if design.encodes_at_edge() {
            edge.push(module(writer, &encode.suffix, &encode.purpose, encode.body));
        } else {
            let decode = Datapath::new(
                "decode",
                format!("The operand {} from its digits.", multiplier.a),
                body(&recode::decoder(multiplier)),
            );
            datapaths.splice(0..0, [encode, decode]);
        }
    }
    let pe = pe(writer, &datapaths, &carries);
    let leaves = datapaths.into_iter().map(|d| module(writer, &d.suffix, &d.purpose, d.body));
    let modules = edge.into_iter().chain(leaves).chain([pe]).collect();
    Element { modules, carries }
}

/// What is said, as a sentence.
fn sentence(text: &str) -> String {
    let mut words = text.chars();
    let first = words.next().map(|first| first.to_ascii_uppercase());
    format!("{}{}.", first.unwrap_or_default(), words.as_str())
}

/// The popcount of a word in look-up tables, added up in a carry chain, and accumulated in another.
fn chained(design: &Design, product: &str) -> Vec<Datapath> {
    let (stages, width) = (design.pipeline_stages, design.accumulator.width);
    let format = design.multiplier.product();
    let (parts, layout) = rows(&design.multiplier, format.width, false, stages);
    let purpose = format!("{} as two rows of bits.", sentence(product).trim_end_matches('.'));
    let mut datapaths = Datapath::in_stages("popcount", &purpose, &parts);
    let input = if stages > 0 { stages::BETWEEN } else { ROWS };
    let body = carry_chain::body(input, "product", format.width, &layout);
    datapaths
        .push(Datapath { stage: stages, ..Datapath::new("multiply", sentence(product), body) });
    datapaths.push(Datapath::new(
        "accumulate",
        format!("Adds a product to a sum modulo 2^{width}."),
        behavioural::accumulate(format, width),
    ));
    datapaths
}

/// `<design>_pe`.
fn pe(writer: &Writer<'_>, datapaths: &[Datapath], carries: &CarryLayout) -> Module {
    let design = writer.design;
    let multiplier = &design.multiplier;
    let (a, b) = (design.travelling_width(), design.travelling_b_width());
    let width = design.accumulator.width;
    let registers_in = design.element_registers();
    let encodes = multiplier.recoded && !design.encodes_at_edge();
    let mut ports = clock_ports(writer.data_reset());
    ports.extend([Port::input("first_i", 1), Port::input("a_i", a), Port::input("b_i", b)]);
    let mut declarations = Vec::new();
    let mut registers = Registers::data(design.reset);
    let mut assignments = Vec::new();

    // Operands, registered or as they come.
    let operands = [("first", 1), ("a", a), ("b", b)];
    if registers_in {
        for (name, width) in operands {
            ports.push(Port::output(format!("{name}_o"), width));
            // The digits of A take the place of A.
            if name == "a" && encodes {
                let width = design.digits_width();
                declarations.push(declare("wire", "digits_d", width));
                declarations.push(declare("reg", "digits_q", width));
                registers = registers.load("digits_q", &zero(width), "digits_d");
                continue;
            }
            declarations.push(declare("reg", &format!("{name}_q"), width));
            registers = registers.load(&format!("{name}_q"), &zero(width), &format!("{name}_i"));
            assignments.push(format!("assign {name}_o = {name}_q;"));
        }
    } else if encodes {
        declarations.push(declare("wire", "digits_d", design.digits_width()));
    }
    let triples = multiplier.tripled && !design.triples_at_edge();
    if triples {
        let width = design.triple_width();
        declarations.push(declare("wire", "triple_d", width));
        declarations.push(declare("reg", "triple_q", width));
        registers = registers.load("triple_q", &zero(width), "triple_d");
    }
    let suffix = if registers_in { "q" } else { "i" };
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

    // A registered product, or a pipeline stage, delays the mark of the first beat with it.
    let mut delay_first = |declarations: &mut Vec<String>, registers: Registers, name: String| {
        declarations.push(declare("reg", &name, 1));
        let registers = registers.load(&name, "1'b0", &first);
        first = name;
        registers
    };
    if design.product_register {
        let product = multiplier.product().width;
        declarations.push(declare("wire", "product", product));
        declarations.push(declare("reg", "product_q", product));
        registers = registers.load("product_q", &zero(product), "product");
        registers = delay_first(&mut declarations, registers, "first_q2".to_owned());
    }
    for datapath in datapaths {
        let inner = datapath.body.outputs.iter().filter(|(name, _)| match name.as_str() {
            "product" => !design.product_register,
            name => name == ROWS,
        });
        inner.for_each(|(name, width)| declarations.push(declare("wire", name, *width)));
        let outputs = datapath.body.outputs.iter();
        for (_, width) in outputs.filter(|(name, _)| name == stages::BETWEEN) {
            let stage = datapath.stage + 1;
            declarations.push(declare("wire", &format!("stage{stage}_d"), *width));
            declarations.push(declare("reg", &format!("stage{stage}_q"), *width));
            let (register, next) = (format!("stage{stage}_q"), format!("stage{stage}_d"));
            registers = registers.load(&register, &zero(*width), &next);
        }
    }
    for stage in 1..=design.pipeline_stages {
        registers = delay_first(&mut declarations, registers, format!("first_stage{stage}_q"));
    }

    let mut instances = Vec::new();
    for datapath in datapaths {
        let inputs = datapath.body.inputs.iter().map(|(name, _)| {
            let signal = match name.as_str() {
                "keep" => format!("~{first}"),
                // Into the encoder; the other datapaths then take digits.
                "a" if encodes => "a_i".to_owned(),
                "b" if datapath.suffix == TRIPLE => "b_i".to_owned(),
                // 3B travels above B.
                "b" if design.triples_at_edge() => format!("b_q[{}:0]", design.b_width() - 1),
                "triple" if !triples => {
                    format!("b_q[{} +: {}]", design.b_width(), design.triple_width())
                }
                // What travels are digits.
                "digits" if !encodes => format!("a_{suffix}"),
                "digits" if !registers_in => "digits_d".to_owned(),
                "a" | "b" => format!("{name}_{suffix}"),
                stages::BETWEEN => format!("stage{}_q", datapath.stage),
                "product" if !design.product_register => "product".to_owned(),
                ROWS => ROWS.to_owned(),
                name => format!("{name}_q"),
            };
            (format!("{name}_i"), signal)
        });
        let outputs = datapath.body.outputs.iter().map(|(name, _)| {
            let signal = match name.as_str() {
                "product" | ROWS => name.clone(),
                "a" => "a_o".to_owned(),
                stages::BETWEEN => format!("stage{}_d", datapath.stage + 1),
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
    let mut details = vec![
        format!(
            "Element `{element}`, {} x {}, {width}-bit sums.",
            design.operand_a(),
            design.operand_b()
        ),
        format!(
            "A beat is accumulated {} cycles after its operands are presented; `first` drops what",
            design.element_latency()
        ),
        "was accumulated before.".to_owned(),
    ];
    if design.corrects_at_readout() {
        let bias = multiplier.bias(width);
        let zeros = bias.trailing_zeros().unwrap_or(0);
        let bias = match bias.count_ones() {
            1 => format!("2^{zeros}"),
            _ => format!("{} * 2^{zeros}", bias >> zeros),
        };
        details.push(format!("Every cycle adds {bias} too much, which the readout takes away."));
    }
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
