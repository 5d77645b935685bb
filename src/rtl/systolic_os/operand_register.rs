//! The register of a beat in front of the array.

use askama::Template;

use crate::rtl::text::{self, Port, Registers, clock_ports};
use crate::rtl::{Module, Writer};

#[derive(Template)]
#[template(path = "output_stationary/operand_register.v")]
struct OperandRegister<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    rows: usize,
    cols: usize,
    a_lane: usize,
    b_lane: usize,
    registers: String,
}

/// `<design>_operand_register`, where a design has one: parts the array from the logic that accepts
/// a beat, which is as wide as the array.
pub(in crate::rtl) fn operand_register(writer: &Writer<'_>) -> Option<Module> {
    let design = writer.design;
    if !design.operand_register() {
        return None;
    }
    let (a, b) = (format!("{}*Rows", design.a_width()), format!("{}*Cols", design.b_width()));
    let mut ports = clock_ports(writer.data_reset());
    ports.extend([
        Port::input("fire_i", 1),
        Port::input("first_i", 1),
        Port::input("a_i", a.clone()),
        Port::input("b_i", b.clone()),
        Port::output("first_o", 1),
        Port::output("a_o", a.clone()),
        Port::output("b_o", b.clone()),
    ]);
    let registers = Registers::data(design.reset).load("first_q", "1'b0", "first_i").load(
        "a_q",
        &format!("{{{a}{{1'b0}}}}"),
        &format!("a_i & {{{a}{{fire_i}}}}"),
    );
    // Where terms are told not to count, the words of B have a part in it, between beats too.
    let (initial, told) = (format!("{{{b}{{1'b0}}}}"), design.counts_terms());
    let registers = match told {
        true => registers.load("b_q", &initial, "b_i"),
        false => registers.load_if("fire_i", "b_q", &initial, "b_i"),
    };
    let registers = registers.render(2);
    let purpose = "Holds a beat in front of the array.";
    let between = match told {
        true => "Between beats no term of the words counts, so that the elements add nothing.",
        false => "Between beats A is zero and B stays, so that the elements add nothing.",
    };
    let details = [between.to_owned()];
    Some(writer.module(
        "operand_register",
        &OperandRegister {
            header: writer.header(purpose, &details),
            prefix: &design.name,
            ports: text::ports(&ports),
            rows: design.rows(),
            cols: design.cols(),
            a_lane: design.a_width(),
            b_lane: design.b_width(),
            registers,
        },
    ))
}
