//! Prints a netlist as the body of a Verilog module, in vectors instead of single bits.
//!
//! Compressor trees and prefix adders are irregular as a whole but regular in runs: neighbouring
//! columns combine neighbouring bits of the same vectors. Cells of one level, kind and role whose
//! inputs each advance by one bit (or stay the same bit) from column to column are bundled into
//! one vector statement. That keeps the text readable, and a simulator evaluates whole vectors.
//!
//! The index of a bundled vector is the bit weight, so that `pp0[9:2] ^ pp1[9:2]` adds bits of
//! equal weight. Vectors of one level depend on lower levels only: no vector feeds itself.

use std::collections::HashMap;

mod cell;

pub(super) use cell::wrap_within;
use cell::{concatenate, definitions, describe, label, suffixes, wrap};

use crate::arith::netlist::{Bit, Cell, Kind, Netlist, Role, Word};

/// A vector variable: its name and the index of its lowest bit, or a scalar.
struct Variable {
    name: String,
    low: usize,
    width: usize,
}

/// A bit of a variable: (variable, position above its lowest bit).
type Reference = (usize, usize);

/// Cells printed as one statement.
struct Bundle {
    kind: Kind,
    role: Role,
    level: usize,
    column: usize,
    /// Inputs of each cell, ascending by column.
    inputs: Vec<Vec<Reference>>,
    /// Output nets of each cell.
    outputs: Vec<[u32; 2]>,
}

/// What the next cell of a bundle must look like.
type Expectation = (Kind, Role, usize, Vec<Reference>);

/// The statements of `netlist`, one per line, without indentation. Input words are the ports
/// `<name>_i`, output words the ports `<name>_o`.
#[must_use]
pub fn statements(netlist: &Netlist) -> Vec<String> {
    Printer::new(netlist).print(netlist)
}

struct Printer {
    variables: Vec<Variable>,
    /// Where each net is found.
    location: Vec<Option<Reference>>,
    names: HashMap<String, usize>,
}

impl Printer {
    fn new(netlist: &Netlist) -> Self {
        let mut printer = Self {
            variables: Vec::new(),
            location: vec![None; netlist.nets()],
            names: HashMap::new(),
        };
        for word in netlist.inputs() {
            let nets: Vec<Option<u32>> = word
                .bits
                .iter()
                .map(|bit| if let Bit::Net(net) = bit { Some(*net) } else { None })
                .collect();
            printer.declare(format!("{}_i", word.name), 0, &nets);
        }
        printer
    }

    fn declare(&mut self, name: String, low: usize, nets: &[Option<u32>]) -> usize {
        let variable = self.variables.len();
        self.variables.push(Variable { name, low, width: nets.len() });
        for (position, net) in nets.iter().enumerate() {
            if let Some(net) = net {
                self.location[*net as usize] = Some((variable, position));
            }
        }
        variable
    }

    fn print(mut self, netlist: &Netlist) -> Vec<String> {
        let mut lines = Vec::new();
        let levels = netlist.cells().iter().map(|cell| cell.level).max().unwrap_or(0);
        let mut by_level: Vec<Vec<&Cell>> = vec![Vec::new(); levels + 1];
        for cell in netlist.cells() {
            by_level[cell.level].push(cell);
        }
        for cells in &mut by_level {
            cells.sort_by_key(|cell| (cell.role, cell.kind, cell.column));
            let bundles = self.bundle(cells);
            let mut role = None;
            for bundle in &bundles {
                if role != Some(bundle.role) {
                    role = Some(bundle.role);
                    lines.push(format!("// Level {}: {}.", bundle.level, describe(bundle.role)));
                }
                self.statement(bundle, &mut lines);
            }
        }
        if !lines.is_empty() {
            lines.push(String::new());
        }
        for word in netlist.outputs() {
            self.output(word, &mut lines);
        }
        self.unused_inputs(netlist, &mut lines);
        lines
    }

    /// Groups the cells of one level.
    fn bundle(&self, cells: &[&Cell]) -> Vec<Bundle> {
        let mut bundles: Vec<Bundle> = Vec::new();
        let mut expected: HashMap<Expectation, usize> = HashMap::new();
        for cell in cells {
            let inputs = self.inputs(cell);
            let key = (cell.kind, cell.role, cell.column, inputs.clone());
            let index = match expected.remove(&key) {
                Some(index)
                    if bundles[index].column + bundles[index].inputs.len() == cell.column =>
                {
                    bundles[index].inputs.push(inputs.clone());
                    bundles[index].outputs.push(cell.outputs);
                    index
                }
                _ => {
                    bundles.push(Bundle {
                        kind: cell.kind,
                        role: cell.role,
                        level: cell.level,
                        column: cell.column,
                        inputs: vec![inputs.clone()],
                        outputs: vec![cell.outputs],
                    });
                    bundles.len() - 1
                }
            };
            for next in successors(&bundles[index].inputs) {
                expected.entry((cell.kind, cell.role, cell.column + 1, next)).or_insert(index);
            }
        }
        bundles
    }

    fn inputs(&self, cell: &Cell) -> Vec<Reference> {
        let locate = |bit: &Bit| match bit {
            Bit::Net(net) => self.location[*net as usize].expect("inputs are of lower levels"),
            Bit::Zero | Bit::One => unreachable!("constants are folded when a cell is made"),
        };
        let mut inputs: Vec<Reference> =
            cell.inputs.iter().take(cell.kind.inputs()).map(locate).collect();
        // The order of interchangeable inputs is free: a fixed one makes longer runs.
        match cell.kind {
            Kind::Not | Kind::Select => {}
            Kind::OrAnd => inputs[1..].sort_unstable(),
            Kind::FullAdder | Kind::Xor3 => inputs[..2].sort_unstable(),
            _ => inputs.sort_unstable(),
        }
        inputs
    }

    fn statement(&mut self, bundle: &Bundle, lines: &mut Vec<String>) {
        let operand = |input: usize| {
            let bits: Vec<Reference> = bundle.inputs.iter().map(|inputs| inputs[input]).collect();
            self.expression(&bits)
        };
        let operands: Vec<String> = (0..bundle.kind.inputs()).map(operand).collect();
        let label = label(bundle.role, bundle.kind);
        let counter = self.names.entry(format!("l{}_{label}", bundle.level)).or_insert(0);
        let stem = format!("l{}_{label}{counter}", bundle.level);
        *counter += 1;
        let nets = |output: usize| -> Vec<Option<u32>> {
            bundle.outputs.iter().map(|nets| Some(nets[output])).collect()
        };
        let range = |low: usize| match bundle.outputs.len() {
            1 => String::new(),
            width => format!("[{}:{low}] ", low + width - 1),
        };
        let column = bundle.column;
        let (first, second) = definitions(bundle.kind, &operands);
        if let Some(second) = second {
            let (sum, carry) = suffixes(bundle.role);
            lines.extend(wrap(&format!("wire {}{stem}_{sum} = {first};", range(column))));
            lines.extend(wrap(&format!("wire {}{stem}_{carry} = {second};", range(column + 1))));
            self.declare(format!("{stem}_{sum}"), column, &nets(0));
            self.declare(format!("{stem}_{carry}"), column + 1, &nets(1));
        } else {
            lines.extend(wrap(&format!("wire {}{stem} = {first};", range(column))));
            self.declare(stem, column, &nets(0));
        }
    }

    fn output(&self, word: &Word, lines: &mut Vec<String>) {
        let mut pieces = Vec::new();
        let mut position = 0;
        while position < word.bits.len() {
            let rest = &word.bits[position..];
            let constant = |bit: &Bit| *bit == rest[0] && !matches!(bit, Bit::Net(_));
            let run = rest.iter().take_while(|bit| constant(bit)).count();
            if run > 0 {
                let digit = if rest[0] == Bit::One { '1' } else { '0' };
                pieces.push(format!("{run}'b{}", digit.to_string().repeat(run)));
                position += run;
                continue;
            }
            let bits: Vec<Reference> = rest
                .iter()
                .map_while(|bit| match bit {
                    Bit::Net(net) => self.location[*net as usize],
                    Bit::Zero | Bit::One => None,
                })
                .collect();
            position += bits.len();
            pieces.extend(self.pieces(&bits));
        }
        let value = concatenate(pieces);
        lines.extend(wrap(&format!("assign {}_o = {value};", word.name)));
    }

    /// Names the input bits that nobody reads: those that only matter beyond the width.
    fn unused_inputs(&self, netlist: &Netlist, lines: &mut Vec<String>) {
        let mut read = vec![false; netlist.nets()];
        let outputs = netlist.outputs().iter().flat_map(|word| &word.bits);
        for bit in netlist.cells().iter().flat_map(|cell| &cell.inputs).chain(outputs) {
            if let Bit::Net(net) = bit {
                read[*net as usize] = true;
            }
        }
        let inputs = netlist.inputs().iter().flat_map(|word| &word.bits);
        let unused: Vec<Reference> = inputs
            .filter_map(|bit| match bit {
                Bit::Net(net) if !read[*net as usize] => self.location[*net as usize],
                _ => None,
            })
            .collect();
        if !unused.is_empty() {
            let mut pieces = self.pieces(&unused);
            pieces.push("1'b0".to_owned());
            lines.extend(wrap(&format!("wire unused = &{};", concatenate(pieces))));
        }
    }

    /// Bits, least significant first, as one expression.
    fn expression(&self, bits: &[Reference]) -> String {
        concatenate(self.pieces(bits))
    }

    /// Maximal slices and replications, least significant first.
    fn pieces(&self, bits: &[Reference]) -> Vec<String> {
        let mut pieces = Vec::new();
        let mut start = 0;
        while start < bits.len() {
            let (variable, position) = bits[start];
            let rest = &bits[start..];
            let slice = rest
                .iter()
                .enumerate()
                .take_while(|(offset, bit)| **bit == (variable, position + offset))
                .count();
            let same = rest.iter().take_while(|bit| **bit == rest[0]).count();
            let run = slice.max(same);
            let Variable { name, low, width } = &self.variables[variable];
            let bit =
                if *width == 1 { name.clone() } else { format!("{name}[{}]", low + position) };
            pieces.push(if run == 1 {
                bit
            } else if same > slice {
                format!("{{{run}{{{bit}}}}}")
            } else if run == *width {
                name.clone()
            } else {
                format!("{name}[{}:{}]", low + position + run - 1, low + position)
            });
            start += run;
        }
        pieces
    }
}

/// Inputs that the next cell of a bundle may have. A bundle of one cell may go on in several ways:
/// each input either advances or stays.
fn successors(inputs: &[Vec<Reference>]) -> Vec<Vec<Reference>> {
    let Some(last) = inputs.last() else { return Vec::new() };
    let advance = |(variable, position): Reference| (variable, position + 1);
    if let [.., before, last] = inputs {
        let next = before.iter().zip(last);
        return vec![next.map(|(b, l)| if b == l { *l } else { advance(*l) }).collect()];
    }
    (0..1usize << last.len())
        .map(|stays| {
            let next = last.iter().enumerate();
            next.map(|(i, &bit)| if stays >> i & 1 == 1 { bit } else { advance(bit) }).collect()
        })
        .collect()
}
