//! Groups cells that go on from column to column, to be printed as one statement.

use std::collections::HashMap;

use super::{Bundle, Printer, Reference};
use crate::arith::netlist::{Bit, Cell, Kind, Role};

/// What the next cell of a bundle must look like.
type Expectation = (Kind, Role, usize, Vec<Reference>);

impl Printer {
    /// Groups the cells of one level.
    pub(super) fn bundle(&self, cells: &[&Cell], level: usize) -> Vec<Bundle> {
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
                        level,
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
