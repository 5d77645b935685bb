//! The module of an element: registers around its datapaths.

use askama::Template;

use super::{Datapath, TRIPLE};
use crate::arith::carry_save::CarryLayout;
use crate::arith::rows::ROWS;
use crate::arith::stages;
use crate::design::Correction;
use crate::rtl::text::{self, Port, Registers, clock_ports, declare, instance, zero};
use crate::rtl::{Module, Writer};

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

/// `<design>_pe`.
pub(super) fn pe(writer: &Writer<'_>, datapaths: &[Datapath], carries: &CarryLayout) -> Module {
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
    if let Some(Correction { shift, bias, .. }) = design.correction() {
        let times = if bias.bits() > 1 { format!("{bias} * ") } else { String::new() };
        details.push(format!(
            "Every cycle adds {times}2^{shift} too much, which the readout takes away."
        ));
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
