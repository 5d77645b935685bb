//! Properties as text, at the end of their module.

use super::{MACRO, Properties, Register};
use crate::design::Reset;
use crate::rtl::{Module, netlist};

/// Warnings of Verilator about conditions that are constant or of other widths at some sizes, and
/// about the reset, which properties read like any other signal.
const OFF: [&str; 5] = ["WIDTH", "CMPCONST", "UNSIGNED", "UNUSED", "SYNCASYNCNET"];

/// Longest line.
const LINE: usize = 100;

impl Properties {
    /// The module with its properties.
    pub fn of(&self, module: Module) -> Module {
        let end = "endmodule\n";
        let Some(place) = module.text.rfind(end) else { return module };
        let (body, rest) = module.text.split_at(place);
        let text = format!("{body}\n{}{rest}", self.render());
        let properties = module.properties + self.count;
        Module { text, properties, events: module.events + self.events, ..module }
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
            // They are written for all sizes: what is constant at one is none at another.
            format!("  // verilator lint_off {}", OFF.join("\n  // verilator lint_off ")),
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
        lines.push("  end".to_owned());
        lines.push(format!("  // verilator lint_on {}", OFF.join("\n  // verilator lint_on ")));
        lines.extend(["`endif".to_owned(), String::new()]);
        let wrapped: Vec<String> = lines.iter().flat_map(|line| wrap(line)).collect();
        wrapped.join("\n")
    }
}

/// Lines of at most [`LINE`] characters, where words allow it.
fn wrap(text: &str) -> Vec<String> {
    let one = |line: &str| {
        let own = line.trim_start();
        let indent = line.len() - own.len();
        if line.len() <= LINE {
            return vec![line.to_owned()];
        }
        let pieces = netlist::wrap_within(own, LINE - indent);
        pieces.into_iter().map(|piece| format!("{:indent$}{piece}", "")).collect()
    };
    text.split('\n').flat_map(one).collect()
}
