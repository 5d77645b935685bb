//! Elements that accumulate one bit weight at a time, and what makes results of their planes.
//!
//! ```text
//! beats -> feed: memory -> edge: encoder, digit of a plane -> skew -> array of elements
//!              ^ replay                                                 | pair of a plane
//!                                row buffer <- accumulate <- resolve <--+
//! ```

mod feed;

use askama::Template;

use super::element::{self, Element};
use super::text::{self, Port, Registers, clock_ports, declare, instance, zero};
use super::{Module, Writer};
use crate::arith::carry_save;
use crate::arith::plane::{self, Plane};

use feed::{Feed, feed};

/// What goes with a plane to the row buffers: whether it begins the results, whether it completes
/// them, and a bit per weight.
pub(super) fn tag_width(plane: &Plane) -> usize {
    plane.weights().len() + 2
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

/// The modules of the element.
pub(super) fn element(writer: &Writer<'_>, plane: &Plane) -> Element {
    let design = writer.design;
    let sum = plane.sum(design.accumulator.width);
    let (netlist, carries) = carry_save::multiply_compress(plane, sum.width, design.carry_storage);
    let suffix = "compress";
    let purpose = format!(
        "Adds {} products of a digit and {} to a carry-save pair modulo 2^{}.",
        plane.lanes, plane.b, sum.width
    );
    let compress = element::combinational(writer, suffix, &purpose, &netlist);

    let mut ports = clock_ports(writer.data_reset());
    let operands = [("first", 1), ("a", design.travelling_width()), ("b", design.b_width())];
    ports.extend(operands.map(|(name, width)| Port::input(format!("{name}_i"), width)));
    let (mut declarations, mut assignments) = (Vec::new(), Vec::new());
    let mut registers = Registers::data(design.reset);
    let registered = design.element_registers();
    if registered {
        for (name, width) in operands {
            ports.push(Port::output(format!("{name}_o"), width));
            declarations.push(declare("reg", &format!("{name}_q"), width));
            registers = registers.load(&format!("{name}_q"), &zero(width), &format!("{name}_i"));
            assignments.push(format!("assign {name}_o = {name}_q;"));
        }
    }
    let mut words = vec![("sum", sum.width)];
    if carries.width() > 0 {
        words.push(("carry", carries.width()));
    }
    for (name, width) in &words {
        ports.push(Port::output(format!("{name}_o"), *width));
        declarations.push(declare("reg", &format!("{name}_q"), *width));
        declarations.push(declare("wire", &format!("{name}_d"), *width));
        registers = registers.load(&format!("{name}_q"), &zero(*width), &format!("{name}_d"));
        assignments.push(format!("assign {name}_o = {name}_q;"));
    }
    let operand = if registered { "q" } else { "i" };
    let keep = format!("~first_{operand}");
    let (a, b) = (format!("a_{operand}"), format!("b_{operand}"));
    let mut connections =
        vec![("digits_i", a.as_str()), ("b_i", &b), ("sum_i", "sum_q"), ("keep_i", &keep)];
    let fed_back = words.len() > 1;
    if fed_back {
        connections.push(("carry_i", "carry_q"));
    }
    connections.push(("sum_o", "sum_d"));
    if fed_back {
        connections.push(("carry_o", "carry_d"));
    }
    let module = format!("{}_{suffix}", design.name);
    let instances = instance(&module, "u_compress", &[], &connections, 2) + "\n";
    let details = [
        format!("Element `{}`: {} lanes, planes of {} bits.", design.element, plane.lanes, sum.width),
        "`a` is a digit per lane, all of one bit weight; `first` drops what was accumulated before."
            .to_owned(),
    ];
    let pe = writer.module(
        "pe",
        &Pe {
            header: writer.header("Processing element.", &details),
            prefix: &design.name,
            ports: text::ports(&ports),
            declarations,
            instances,
            registers: registers.render(2),
            assignments,
        },
    );
    Element { modules: vec![compress, pe], carries }
}

/// The modules around an array of such elements: what adds up the planes, and what hands the digits
/// of the operands out plane by plane. None where the bit weights do not run in time.
pub(super) fn around(writer: &Writer<'_>) -> Vec<Module> {
    let Some(plane) = writer.design.plane() else { return Vec::new() };
    let mut modules = vec![accumulate(writer, &plane)];
    modules.extend(feed(writer, &Feed::new(writer, &plane)));
    modules
}

/// What adds a resolved plane to a result.
fn accumulate(writer: &Writer<'_>, plane: &Plane) -> Module {
    let design = writer.design;
    let width = design.accumulator.width;
    let netlist = plane::accumulate(plane, width, design.final_adder);
    let purpose =
        format!("Adds a plane, extended by its sign and shifted, to a sum modulo 2^{width}.");
    element::combinational(writer, "accumulate", &purpose, &netlist)
}
