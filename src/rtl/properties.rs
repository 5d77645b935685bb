//! Properties of a module: what it takes for granted of its surroundings, and what it guarantees.
//!
//! They are printed at the end of the module under the macro [`MACRO`], so that the design has none
//! unless one asks for them, and line numbers stay what they are. Each property is a condition on
//! the values just before a clock edge, from the first reset on and outside of resets; resets may
//! come at any time. Helper registers, which only the properties read, keep the history that a
//! property speaks of. Only what Yosys 0.23 and Verilator 5.006 both take is printed: `assert` and
//! `assume` of a condition within a clocked process.

mod engine;
mod output_stationary;
mod print;
mod streams;
mod weight_stationary;

pub(super) use engine::{collect, loader, queue, readout, scheduler, serial};
pub(super) use output_stationary::{captured, control, drain};
pub(super) use streams::{fifo, gather};
pub(super) use weight_stationary::{admission, output};

use std::ops::Range;

use super::text::{declare, one, zero};
use crate::design::Reset;

/// The macro that switches properties on.
pub const MACRO: &str = "BITWEIGHT_PROPERTIES";

/// The properties of one module.
pub(super) struct Properties {
    reset: Reset,
    declarations: Vec<String>,
    registers: Vec<Register>,
    checks: Vec<String>,
    /// Ranges of loops over bits that are constant conditions.
    loops: bool,
    count: usize,
    events: usize,
}

/// A helper register: name, width where it is no scalar, value after reset, next value.
struct Register {
    name: String,
    width: Option<String>,
    initial: String,
    next: String,
}

/// What is done with a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Assume,
    Assert,
    Cover,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Assume => "assume",
            Self::Assert => "assert",
            Self::Cover => "cover",
        }
    }
}

impl Properties {
    /// No properties yet, for a module whose control state is reset in this style.
    pub fn new(reset: Reset) -> Self {
        Self {
            reset,
            declarations: Vec::new(),
            registers: Vec::new(),
            checks: Vec::new(),
            loops: false,
            count: 0,
            events: 0,
        }
    }

    /// A line of declarations, such as a wire that properties read.
    pub fn declare(mut self, line: &str) -> Self {
        self.declarations.push(line.to_owned());
        self
    }

    /// The wire `name`: how many of `bits` (a name) are set, below bit `end`.
    pub fn ones(mut self, name: &str, bits: &str, end: &str) -> Self {
        let lines = [
            format!("reg [15:0] {name};"),
            format!("integer {name}_i;"),
            "always @* begin".to_owned(),
            format!("  {name} = 0;"),
            format!("  for ({name}_i = 0; {name}_i < {end}; {name}_i = {name}_i + 1)"),
            format!("    {name} = {name} + {{15'd0, {bits}[{name}_i]}};"),
            "end".to_owned(),
        ];
        self.declarations.extend(lines);
        self
    }

    /// A helper bit: `initial` in reset, `next` in every other cycle.
    pub fn bit(self, name: &str, initial: &str, next: &str) -> Self {
        self.register(name, None, initial, next)
    }

    /// A helper register of `width` bits, zero in reset.
    pub fn vector(self, name: &str, width: &str, next: &str) -> Self {
        let zero = format!("{{{width}{{1'b0}}}}");
        self.register(name, Some(width), &zero, next)
    }

    /// A helper register of `width` bits that has any value and keeps it from the first reset on: a
    /// property of it holds for every value.
    pub fn any(self, name: &str, width: usize) -> Self {
        // It is no constant that a tool could take for undefined.
        self.declare(&declare("reg", name, width))
            .declare("always @(posedge clk_i)")
            .declare(&format!("  if (!check_live_q) {name} <= ~{name};"))
    }

    /// A helper register of `width` bits that counts where `step`, from 0 to `last` and on from 0.
    pub fn cycle(self, name: &str, width: usize, step: &str, last: &str) -> Self {
        let next = format!(
            "~({step}) ? {name} :\n          ({name} == {last}) ? {} : {name} + {}",
            zero(width),
            one(width)
        );
        self.vector(name, &width.to_string(), &next)
    }

    /// A helper register that counts down from `gap` where `step`.
    pub fn apart(self, name: &str, step: &str, gap: &str) -> Self {
        let down = format!("({name} == 0) ? 16'd0 : {name} - 16'd1");
        self.vector(name, "16", &format!("({step}) ? {gap} : {down}"))
    }

    /// What hands rows out one after the other, each in transfers: the one at its turn is the one
    /// that `check_row_q` and `check_part_q` count.
    pub fn turns(self) -> Self {
        self.assert(
            "The last transfer of the last row is marked, and no other.",
            "last_o == (check_row_q == Rows - 1 && check_part_q == Transfers - 1)",
        )
        .assert("Rows follow each other.", "check_row_q < Rows")
        .assert("Transfers follow each other.", "check_part_q < Transfers")
        .assert_each(
            "One row is at its turn.",
            "0".."Rows",
            "row_q[check_i] == (check_i == check_row_q)",
        )
        .assert_each(
            "One transfer is at its turn.",
            "0".."Transfers",
            "part_q[check_i] == (check_i == check_part_q)",
        )
    }

    fn register(mut self, name: &str, width: Option<&str>, initial: &str, next: &str) -> Self {
        let [name, initial, next] = [name, initial, next].map(str::to_owned);
        let width = width.map(str::to_owned);
        self.registers.push(Register { name, width, initial, next });
        self
    }

    /// Something that the surroundings see to.
    pub fn assume(self, why: &str, condition: &str) -> Self {
        self.check(Kind::Assume, why, &[condition.to_owned()], None)
    }

    /// Something that the module sees to.
    pub fn assert(self, why: &str, condition: &str) -> Self {
        self.check(Kind::Assert, why, &[condition.to_owned()], None)
    }

    /// Several conditions of one kind that the module sees to.
    pub fn assert_all(self, why: &str, conditions: &[String]) -> Self {
        if conditions.is_empty() { self } else { self.check(Kind::Assert, why, conditions, None) }
    }

    /// Something that the surroundings see to, for each value of `check_i` in the range.
    pub fn assume_each(self, why: &str, range: Range<&str>, condition: &str) -> Self {
        self.check(Kind::Assume, why, &[condition.to_owned()], Some(range))
    }

    /// Something that the module sees to, for each value of `check_i` in the range.
    pub fn assert_each(self, why: &str, range: Range<&str>, condition: &str) -> Self {
        self.check(Kind::Assert, why, &[condition.to_owned()], Some(range))
    }

    /// Something that is to happen in some run: that the properties do not hold for want of any.
    pub fn reach(self, why: &str, condition: &str) -> Self {
        self.check(Kind::Cover, why, &[condition.to_owned()], None)
    }

    /// A stream from the module: what is offered stays until it is accepted.
    pub fn offers(self, valid: &str, ready: &str, data: &[(&str, &str)]) -> Self {
        self.stable(Kind::Assert, valid, ready, data)
    }

    /// A stream to the module: what is offered stays until it is accepted.
    pub fn accepts(self, valid: &str, ready: &str, data: &[(&str, &str)]) -> Self {
        self.stable(Kind::Assume, valid, ready, data)
    }

    /// `data` are names and widths.
    fn stable(mut self, kind: Kind, valid: &str, ready: &str, data: &[(&str, &str)]) -> Self {
        let held = format!("check_{valid}_held_q");
        self = self.bit(&held, "1'b0", &format!("{valid} & ~{ready}"));
        let mut conditions = vec![format!("~{held} | {valid}")];
        for (name, width) in data {
            let kept = format!("check_{name}_q");
            self = match *width {
                "1" => self.bit(&kept, "1'b0", name),
                width => self.vector(&kept, width, name),
            };
            conditions.push(format!("~{held} | ({name} == {kept})"));
        }
        self.check(kind, "What is offered stays until it is accepted.", &conditions, None)
    }

    fn check(
        mut self,
        kind: Kind,
        why: &str,
        conditions: &[String],
        range: Option<Range<&str>>,
    ) -> Self {
        self.checks.push(format!("    // {why}"));
        let (head, indent) = match &range {
            None => (None, 4),
            Some(range) => {
                let Range { start, end } = range;
                let head = format!(
                    "    for (check_i = {start}; check_i < {end}; check_i = check_i + 1) begin"
                );
                (Some(head), 6)
            }
        };
        self.loops |= range.is_some();
        let tail = head.is_some().then(|| "    end".to_owned());
        self.checks.extend(head);
        for condition in conditions {
            self.checks.push(format!("{:indent$}{} ({condition});", "", kind.name()));
        }
        self.checks.extend(tail);
        match kind {
            Kind::Assert => self.count += conditions.len(),
            Kind::Cover => self.events += conditions.len(),
            Kind::Assume => {}
        }
        self
    }
}
