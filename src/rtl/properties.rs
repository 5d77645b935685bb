//! Properties of a module: what it takes for granted of its surroundings, and what it guarantees.
//!
//! They are printed at the end of the module under the macro [`MACRO`], so that the design has none
//! unless one asks for them, and line numbers stay what they are. Each property is a condition on
//! the values just before a clock edge, from the first reset on and outside of resets; resets may
//! come at any time. Helper registers, which only the properties read, keep the history that a
//! property speaks of. Only what Yosys 0.23 and Verilator 5.006 both take is printed: `assert` and
//! `assume` of a condition within a clocked process.

mod output_stationary;
mod streams;
mod weight_stationary;

pub(super) use output_stationary::{captured, control, drain};
pub(super) use streams::{fifo, gather};
pub(super) use weight_stationary::{admission, output};

use std::ops::Range;

use super::Module;
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
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Assume => "assume",
            Self::Assert => "assert",
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

    /// Something that the surroundings see to, for each value of `check_i` in the range.
    pub fn assume_each(self, why: &str, range: Range<&str>, condition: &str) -> Self {
        self.check(Kind::Assume, why, &[condition.to_owned()], Some(range))
    }

    /// Something that the module sees to, for each value of `check_i` in the range.
    pub fn assert_each(self, why: &str, range: Range<&str>, condition: &str) -> Self {
        self.check(Kind::Assert, why, &[condition.to_owned()], Some(range))
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
        if kind == Kind::Assert {
            self.count += conditions.len();
        }
        self
    }

    /// The module with its properties.
    pub fn of(&self, module: Module) -> Module {
        let end = "endmodule\n";
        let Some(place) = module.text.rfind(end) else { return module };
        let (body, rest) = module.text.split_at(place);
        let text = format!("{body}\n{}{rest}", self.render());
        Module { text, properties: module.properties + self.count, ..module }
    }

    fn render(&self) -> String {
        let (clock, reset_name) = ("clk_i", "rst_ni");
        let event = match self.reset {
            Reset::Async => format!("posedge {clock} or negedge {reset_name}"),
            Reset::Sync | Reset::None => format!("posedge {clock}"),
        };
        let mut lines = vec![
            format!("`ifdef {MACRO}"),
            "  // Properties, from the first reset on: assumptions about what surrounds the module, and"
                .to_owned(),
            "  // assertions about the module itself.".to_owned(),
            "  reg check_live_q;".to_owned(),
            "  initial check_live_q = 1'b0;".to_owned(),
            format!("  always @(posedge {clock}) check_live_q <= check_live_q | ~{reset_name};"),
        ];
        if self.loops {
            lines.push("  integer check_i;".to_owned());
        }
        // Constants give registers their widths, and wires read registers: each is declared before.
        let (constants, wires): (Vec<_>, Vec<_>) =
            self.declarations.iter().partition(|line| line.starts_with("localparam "));
        lines.extend(constants.iter().map(|line| format!("  {line}")));
        for Register { name, width, .. } in &self.registers {
            let range = width.as_ref().map(|width| format!("[{width}-1:0] ")).unwrap_or_default();
            lines.push(format!("  reg {range}{name};"));
        }
        lines.extend(wires.iter().map(|line| format!("  {line}")));
        if !self.registers.is_empty() {
            let set = |value: fn(&Register) -> &str| {
                let line = move |r: &Register| match r.name.len() + value(r).len() {
                    ..=85 => format!("      {} <= {};", r.name, value(r)),
                    _ => format!("      {} <=\n          {};", r.name, value(r)),
                };
                self.registers.iter().map(line).collect::<Vec<_>>()
            };
            lines.push(format!("  always @({event}) begin"));
            lines.push(format!("    if (!{reset_name}) begin"));
            lines.extend(set(|register| &register.initial));
            lines.push("    end else begin".to_owned());
            lines.extend(set(|register| &register.next));
            lines.extend(["    end".to_owned(), "  end".to_owned()]);
        }
        lines.push(format!("  always @(posedge {clock}) if (check_live_q & {reset_name}) begin"));
        lines.extend(self.checks.iter().cloned());
        lines.extend(["  end".to_owned(), "`endif".to_owned(), String::new()]);
        lines.join("\n")
    }
}
