//! The registers of emitted modules, read off their text: what a report says of a width is what the
//! Verilog declares, not a formula beside it.

use super::Module;

/// A register of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Register {
    /// Name in the module, such as `sum_q`.
    pub name: String,
    /// Bits.
    pub width: usize,
}

impl Module {
    /// The registers of the module in the order of their declarations, but not those of the modules
    /// below it. Left out are memories, and what depends on parameters that every instance sets for
    /// itself.
    #[must_use]
    pub fn registers(&self) -> Vec<Register> {
        let mut constants: Vec<(&str, usize)> = Vec::new();
        let mut found = Vec::new();
        // Properties have helper registers, which are none of the design's.
        let text = self.text.split("`ifdef ").next().unwrap_or_default();
        let clocked = clocked(text);
        let mut branches = Branches::default();
        for whole in text.lines() {
            let line = whole.trim();
            if branches.leaves_out(whole, &constants) {
                continue;
            }
            if let Some((name, value)) = constant(line) {
                constants.extend(evaluate(value, &constants).map(|value| (name, value)));
            }
            let Some((width, name)) = declaration(line, &constants) else { continue };
            if clocked.contains(&name) {
                found.push(Register { name: name.to_owned(), width });
            }
        }
        found
    }

    /// Bits of the register `name`, if the module has it.
    #[must_use]
    pub fn register(&self, name: &str) -> Option<usize> {
        self.registers().into_iter().find(|register| register.name == name).map(|r| r.width)
    }
}

/// The branches of generate statements that are not built, as far as parameters and the bounds of
/// loops tell: the hop to a second row is none of an array of one.
#[derive(Default)]
struct Branches<'a> {
    /// Loop variables and how often their loops run.
    loops: Vec<(&'a str, usize)>,
    /// Indentation of the statement whose branch is left out.
    left_out: Option<usize>,
    /// Indentations of the statements whose other branches are left out, the innermost last.
    chosen: Vec<usize>,
}

impl<'a> Branches<'a> {
    /// Whether a line belongs to a branch that is not built.
    fn leaves_out(&mut self, whole: &'a str, constants: &[(&str, usize)]) -> bool {
        let line = whole.trim_start();
        let indent = whole.len() - line.len();
        if let Some(start) = self.left_out {
            if indent == start && line.starts_with("end") {
                self.left_out = None;
            }
            return true;
        }
        if self.chosen.last() == Some(&indent) && line.starts_with("end") {
            self.chosen.pop();
            if line.starts_with("end else begin") {
                self.left_out = Some(indent);
                return true;
            }
        }
        if let Some(header) = line.strip_prefix("for (").and_then(|rest| rest.split(')').next()) {
            let [_, condition, _] = header.split(';').collect::<Vec<_>>()[..] else { return false };
            if let Some((variable, bound)) = condition.split_once('<') {
                let variable = variable.trim();
                self.loops.retain(|(name, _)| *name != variable);
                self.loops.extend(evaluate(bound, constants).map(|bound| (variable, bound)));
            }
        } else if let Some(rest) = line.strip_prefix("if (")
            && let Some((condition, _)) = rest.split_once(") begin : ")
        {
            match self.always(condition, constants) {
                Some(true) => self.chosen.push(indent),
                Some(false) => {
                    self.left_out = Some(indent);
                    return true;
                }
                None => {}
            }
        }
        false
    }

    /// Whether a condition holds in every turn of its loop, or in none, where that is known.
    fn always(&self, condition: &str, constants: &[(&str, usize)]) -> Option<bool> {
        if let Some((variable, "0")) = condition.split_once(" > ") {
            let runs = self.loops.iter().find(|(name, _)| *name == variable);
            return runs.filter(|(_, runs)| *runs <= 1).map(|_| false);
        }
        let (left, right) = condition.split_once(" == ")?;
        Some(evaluate(left, constants)? == evaluate(right, constants)?)
    }
}

/// The names that are assigned at a clock edge.
///
/// `<=` assigns and compares: of every one in a line the name in front counts if it stands where a
/// statement begins, at the start of the line or behind a closing parenthesis or `begin` or `else`.
fn clocked(text: &str) -> Vec<&str> {
    text.lines()
        .flat_map(|line| line.match_indices(" <=").map(move |(at, _)| &line[..at]))
        .filter_map(target)
        .collect()
}

/// The name of the register that the text before `<=` assigns.
fn target(left: &str) -> Option<&str> {
    let begins = [") ", "begin ", "else "];
    let start = begins.iter().filter_map(|word| left.rfind(word).map(|at| at + word.len())).max();
    let statement = left[start.unwrap_or(0)..].trim();
    let name = statement.split('[').next()?.trim();
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    (!name.is_empty() && name.chars().all(plain)).then_some(name)
}

/// `parameter Name = value,` or `localparam Name = value;`
fn constant(line: &str) -> Option<(&str, &str)> {
    let rest = line.strip_prefix("parameter ").or_else(|| line.strip_prefix("localparam "))?;
    let (name, value) = rest.split_once('=')?;
    let name = name.split_whitespace().last()?;
    Some((name, value.trim().trim_end_matches([',', ';'])))
}

/// `reg [high:low] name;` or `reg name;`
fn declaration<'a>(line: &'a str, constants: &[(&str, usize)]) -> Option<(usize, &'a str)> {
    let rest = line.strip_prefix("reg")?.strip_prefix([' ', '['])?;
    let bracketed = line["reg".len()..].trim_start();
    let (width, name) = match bracketed.strip_prefix('[') {
        None => (1, rest.trim()),
        Some(range) => {
            let (range, name) = range.split_once(']')?;
            let (high, low) = range.split_once(':')?;
            let [high, low] = [high, low].map(|bound| evaluate(bound, constants));
            ((high? + 1).checked_sub(low?)?, name.trim())
        }
    };
    let name = name.strip_suffix(';')?.trim();
    // What is left of a memory is its range of words.
    (!name.contains(['[', ' ', ','])).then_some((width, name))
}

/// The value of a sum of products of numbers and constants, as far as it is one.
fn evaluate(text: &str, constants: &[(&str, usize)]) -> Option<usize> {
    let factor = |text: &str| {
        let text = text.trim();
        let known = || constants.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
        text.parse().ok().or_else(known)
    };
    let product = |text: &str| {
        text.split('*').map(factor).try_fold(1usize, |all, next| all.checked_mul(next?))
    };
    // Subtraction binds to the left: the first term, less what follows.
    let mut terms = text.split('-');
    let sum = |text: &str| {
        text.split('+').map(product).try_fold(0usize, |all, next| all.checked_add(next?))
    };
    let first = sum(terms.next()?)?;
    terms.try_fold(first, |all, term| all.checked_sub(product(term)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registers_are_those_that_a_clock_edge_assigns() {
        let text = "
module m #(
  parameter Rows = 3,
  parameter Width = Unknown
) (
);
  localparam Twice = 2*Rows;
  reg first_q;
  reg  [8*Rows-1:0] a_q;
  reg [Twice:1] b_q;
  reg [3:0] sum;
  reg [Width-1:0] c_q;
  reg [7:0] memory [0:3];
  always @* begin
    sum = a_q[3:0];
  end
  always @(posedge clk_i) begin
    first_q <= 1'b0;
    if (load_i) a_q[8*lane +: 8] <= {8{1'b0}};
    if (first_i <= sum) b_q <= 6'd0;
    memory[address_i] <= 8'd0;
    c_q <= d;
  end
`ifdef CHECKS
  reg check_q;
  always @(posedge clk_i) check_q <= a_q[0];
`endif
endmodule
";
        let module = Module::new("m".to_owned(), text.to_owned());
        let register = |name: &str, width| Register { name: name.to_owned(), width };
        let expected = [register("first_q", 1), register("a_q", 24), register("b_q", 6)];
        assert_eq!(module.registers(), expected);
        assert_eq!((module.register("a_q"), module.register("sum")), (Some(24), None));
    }

    #[test]
    fn branches_that_are_not_built_have_no_registers() {
        let text = |rows: usize| {
            format!(
                "
module m #(
  parameter Rows = {rows}
) ();
  genvar r;
  generate
    for (r = 0; r < Rows; r = r + 1) begin : gen_row
      if (r > 0) begin : gen_hop
        reg [7:0] b_q;
        always @(posedge clk_i) begin
          b_q <= b;
        end
      end
    end
    if (Rows == 1) begin : gen_one
      reg one_q;
      always @(posedge clk_i) one_q <= 1'b0;
    end else begin : gen_more
      reg [1:0] more_q;
      always @(posedge clk_i) more_q <= 2'b0;
    end
  endgenerate
endmodule
"
            )
        };
        let names = |rows| -> Vec<String> {
            let module = Module::new("m".to_owned(), text(rows));
            module.registers().into_iter().map(|register| register.name).collect()
        };
        assert_eq!(
            (names(1), names(2)),
            (vec!["one_q".to_owned()], vec!["b_q".to_owned(), "more_q".to_owned()])
        );
    }
}
