//! The processing element: operand registers, a combinational datapath, accumulated words.

mod pe;

use askama::Template;

use super::behavioural::{self, Body};
use super::text::{self, Port};
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
        statements: Vec::new(),
        counts: Counts::of(netlist),
        netlist: Some(netlist.clone()),
    }
}

#[derive(Template)]
#[template(path = "combinational.v")]
struct Combinational<'a> {
    header: String,
    /// Whether synthesis is asked to keep the module as it is.
    kept: bool,
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

/// The module `<design>_<suffix>` with this body, which has no counters of its own.
pub(super) fn module(writer: &Writer<'_>, suffix: &str, purpose: &str, body: Body) -> Module {
    let mut modules = modules(writer, suffix, purpose, body);
    debug_assert_eq!(modules.len(), 1, "{suffix}");
    modules.remove(modules.len() - 1)
}

/// The module `<design>_<suffix>` with this body, after the counters that it has instances of.
pub(super) fn modules(writer: &Writer<'_>, suffix: &str, purpose: &str, body: Body) -> Vec<Module> {
    let name = format!("{}_{suffix}", writer.design.name);
    let Some(netlist) = &body.netlist else {
        return vec![print(writer, (suffix, false), purpose, body)];
    };
    let counters = netlist::counters::modules(netlist, &name).into_iter();
    let counters = counters.map(|(module, counter)| {
        let suffix = &module[writer.design.name.len() + 1..];
        // They are counted where they stand.
        let statements = netlist::statements(&counter, &module);
        let body = Body { statements, counts: Counts::default(), ..self::body(&counter) };
        print(writer, (suffix, true), netlist::counters::PURPOSE, body)
    });
    let mut modules: Vec<Module> = counters.collect();
    let body = Body { statements: netlist::statements(netlist, &name), ..body };
    modules.push(print(writer, (suffix, false), purpose, body));
    modules
}

fn print(writer: &Writer<'_>, (suffix, kept): (&str, bool), purpose: &str, body: Body) -> Module {
    let inputs = body.inputs.iter().map(|(name, width)| Port::input(format!("{name}_i"), width));
    let outputs = body.outputs.iter().map(|(name, width)| Port::output(format!("{name}_o"), width));
    let ports: Vec<Port> = inputs.chain(outputs).collect();
    let name = format!("{}_{suffix}", writer.design.name);
    let counts = body.counts;
    let module = writer.module(
        suffix,
        &Combinational {
            header: writer.header(purpose, &[]),
            kept,
            name: &name,
            ports: text::ports(&ports),
            statements: body.statements,
        },
    );
    Module { counts, ..module }
}

/// The module that forms 3B in front of the operand register.
const TRIPLE: &str = "triple";

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
    let pe = pe::pe(writer, &datapaths, &carries);
    let leaves =
        datapaths.into_iter().flat_map(|d| self::modules(writer, &d.suffix, &d.purpose, d.body));
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
