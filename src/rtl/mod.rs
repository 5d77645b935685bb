//! Verilog: one askama template per printed file, filled with names and literals that are
//! computed here.
//!
//! An architecture is one file of this room with a function from a design to its modules, leaf
//! modules first.

mod adder_tree;
mod behavioural;
pub mod binary;
mod bit_slice;
mod carry_chain;
mod element;
mod laconic;
mod matrix2d;
pub mod netlist;
mod planes;
mod properties;
mod registers;
mod support;
mod systolic_os;
mod systolic_ws;
mod text;
mod transfers;
mod usage;
mod weight_stationary;
mod xnor;

pub use registers::Register;

use askama::Template;

use crate::arith::count::Counts;
pub use properties::MACRO as PROPERTIES;

use crate::design::{Design, Element, Memory, Target, Topology};

/// One emitted file: a module of the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// Name of the module; the file is called `<name>.v`.
    pub name: String,
    /// The whole file.
    pub text: String,
    /// The adders in it, not those of the modules below it.
    pub counts: Counts,
    /// Of a memory that a macro can take the place of: the sizes in which the design has it.
    pub memories: Vec<Memory>,
    /// Assertions in it, which are off unless [`PROPERTIES`] is defined.
    pub properties: usize,
    /// Events in it that its assumptions must leave possible, under the same macro.
    pub events: usize,
}

impl Module {
    fn new(name: String, text: String) -> Self {
        Self {
            name,
            text,
            counts: Counts::default(),
            memories: Vec::new(),
            properties: 0,
            events: 0,
        }
    }

    /// Name of its file.
    #[must_use]
    pub fn file(&self) -> String {
        format!("{}.v", self.name)
    }
}

/// The modules of a design in compile order, the top last.
#[must_use]
pub fn modules(design: &Design) -> Vec<Module> {
    match design.array.topology {
        Topology::BitSlice if design.element == Element::Laconic => laconic::modules(design),
        Topology::BitSlice => bit_slice::modules(design),
        Topology::SystolicOs | Topology::Cube => systolic_os::modules(design),
        Topology::Matrix2d => matrix2d::modules(design),
        Topology::SystolicWs => systolic_ws::modules(design),
        Topology::AdderTree => adder_tree::modules(design),
    }
}

/// The bit weights of the element's output `carry_o`, lowest first; none where the accumulated value
/// is one word.
#[must_use]
pub fn carry_columns(design: &Design) -> Vec<usize> {
    match design.array.topology {
        Topology::SystolicWs => systolic_ws::carry_columns(design),
        Topology::AdderTree | Topology::BitSlice => Vec::new(),
        Topology::SystolicOs | Topology::Cube | Topology::Matrix2d => {
            element::build(&Writer::new(design)).carries.columns().to_vec()
        }
    }
}

/// What the element of a design is made of, for the head of its top.
fn describe_element(design: &Design) -> String {
    let (element, adder) = (design.element, design.final_adder);
    let compressor = design.multiplier.compressor.name();
    let added = match design.target {
        Target::Asic => format!("final adder {adder}"),
        Target::Fpga => "carry chains".to_owned(),
    };
    match element {
        Element::Behavioural => {
            "Element behavioural: multiplier and adder are left to the synthesis tool.".to_owned()
        }
        Element::Xnor => {
            let terms = design.depth();
            format!(
                "Element {element}, popcounts of {terms} terms, compressor {compressor}, {added}."
            )
        }
        _ => {
            let encoding = design.multiplier.encoding.name();
            format!("Element {element}, encoding {encoding}, compressor {compressor}, {added}.")
        }
    }
}

/// What the writers of this room need beside the design.
struct Writer<'a> {
    design: &'a Design,
    hash: String,
}

impl<'a> Writer<'a> {
    fn new(design: &'a Design) -> Self {
        Self { design, hash: design.hash() }
    }

    /// The head of the file of a module.
    fn header(&self, purpose: &str, details: &[String]) -> String {
        let header = text::Header {
            purpose,
            details,
            version: env!("CARGO_PKG_VERSION"),
            design: &self.design.name,
            hash: &self.hash,
        };
        render(&header)
    }

    /// The module `<design>_<suffix>`, or the top without a suffix.
    fn module(&self, suffix: &str, template: &impl Template) -> Module {
        let name = match suffix {
            "" => self.design.name.clone(),
            suffix => format!("{}_{suffix}", self.design.name),
        };
        Module::new(name, render(template))
    }

    /// Whether data registers are reset.
    fn data_reset(&self) -> bool {
        self.design.reset != crate::design::Reset::None
    }

    /// The connections of clock and reset to a module on the data path.
    fn data_clock(&self) -> Vec<(&'static str, &'static str)> {
        let mut connections = vec![("clk_i", "clk_i")];
        if self.data_reset() {
            connections.push(("rst_ni", "rst_ni"));
        }
        connections
    }
}

/// The text of a template, with the final newline that askama drops.
fn render(template: &impl Template) -> String {
    let mut text = template.render().expect("templates only print strings and numbers");
    while text.ends_with('\n') {
        text.pop();
    }
    text.push('\n');
    text
}
