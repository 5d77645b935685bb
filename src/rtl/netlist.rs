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

mod bundle;
mod cell;
pub mod counters;

pub(super) use cell::wrap_within;
use cell::{concatenate, definitions, describe, label, suffixes, wrap};
use counters::Counters;

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

/// The statements of `netlist`, one per line, without indentation. Input words are the ports
/// `<name>_i`, output words the ports `<name>_o`. Its blocks are instances of [`counters::modules`]
/// of the module of this name.
#[must_use]
pub fn statements(netlist: &Netlist, module: &str) -> Vec<String> {
    Printer::new(netlist).print(netlist, module)
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

    fn print(mut self, netlist: &Netlist, module: &str) -> Vec<String> {
        let mut lines = Vec::new();
        let levels = netlist.levels();
        let highest = levels.iter().copied().max().unwrap_or(0);
        let mut by_level: Vec<Vec<&Cell>> = vec![Vec::new(); highest + 1];
        for (cell, &level) in netlist.cells().iter().zip(&levels) {
            if cell.block.is_none() {
                by_level[level].push(cell);
            }
        }
        let counters = Counters::of(netlist);
        for (level, cells) in by_level.iter_mut().enumerate() {
            cells.sort_by_key(|cell| (cell.role, cell.kind, cell.column));
            let bundles = self.bundle(cells, level);
            let mut role = None;
            for bundle in &bundles {
                if role != Some(bundle.role) {
                    role = Some(bundle.role);
                    lines.push(format!("// Level {}: {}.", bundle.level, describe(bundle.role)));
                }
                self.statement(bundle, &mut lines);
            }
            self.instances(&counters, &levels, level, module, &mut lines);
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
