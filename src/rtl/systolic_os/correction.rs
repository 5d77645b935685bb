//! What elements leave out of their sums.
//!
//! The partial products of signed operands add up to the product and a constant, the bias. It is the
//! same in every cycle, whatever the operands are, zeros between beats and after the last one
//! included. So what a sum holds too much depends on nothing but the cycles from the first beat of a
//! tile until it is read, and those are as many for all elements of the array.

use askama::Template;
use num_bigint::BigUint;

use crate::design;
use crate::rtl::text::{self, Port, Registers, clock_ports, zero};
use crate::rtl::{Module, Writer};

#[derive(Template)]
#[template(path = "output_stationary/correction.v")]
struct Correction<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    width: usize,
    /// Cycles from the acceptance of a beat to the edge at which element (0, 0) accumulates it.
    delay: usize,
    registers: String,
}

/// `<design>_correction`, where elements leave the constant of the signs to the readout: counts what
/// has to be added to the sums of a tile.
pub(in crate::rtl) fn correction(writer: &Writer<'_>) -> Option<Module> {
    let design = writer.design;
    let design::Correction { width, shift, bias } = design.correction()?;
    let step = (BigUint::from(1u8) << width) - &bias;
    let delay = design.pipeline().accumulate_latency - 1;
    let mut ports = clock_ports(writer.data_reset());
    ports.extend([
        Port::input("first_i", 1),
        Port::input("take_i", 1),
        Port::output("correction_o", width),
    ]);
    let mark = match delay {
        1 => "first_i".to_owned(),
        _ => format!("{{{}, first_i}}", text::bits("first_q", delay - 2, 0)),
    };
    let registers = Registers::data(design.reset)
        .load("first_q", &zero(delay), &mark)
        .load("count_q", &zero(width), &format!("kept + {width}'h{step:x}"))
        .load_if("take_i", "taken_q", &zero(width), "count_q");
    let details =
        [format!("Every cycle adds {bias} too much to every sum, in units of 2^{shift}.")];
    Some(writer.module(
        "correction",
        &Correction {
            header: writer.header("What has to be added to the sums of a tile.", &details),
            prefix: &design.name,
            ports: text::ports(&ports),
            width,
            delay,
            registers: registers.render(2),
        },
    ))
}
