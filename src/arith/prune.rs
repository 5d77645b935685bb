//! Removes what nobody reads: cells without a used output, and the unused half of adders.
//!
//! Carries out of the last column of a sum modulo 2^width have no reader. A full adder that lost
//! its carry is an XOR, one that lost its sum a majority.

use super::netlist::{Bit, Kind, Netlist};

impl Netlist {
    /// The netlist without dead logic. Nets keep their numbers, words their order.
    #[must_use]
    pub fn pruned(mut self) -> Self {
        let mut live = vec![false; self.nets()];
        let mark = |live: &mut Vec<bool>, bit: Bit| {
            if let Bit::Net(net) = bit {
                live[net as usize] = true;
            }
        };
        for word in self.outputs() {
            word.bits.iter().for_each(|&bit| mark(&mut live, bit));
        }
        let mut cells = std::mem::take(self.cells_mut());
        // Readers come after their sources, so one pass from the end sees every reader first.
        cells.reverse();
        cells.retain_mut(|cell| {
            let used = |output: usize| live[cell.outputs[output] as usize];
            let (first, second) = (used(0), cell.kind.outputs() == 2 && used(1));
            if !first && !second {
                return false;
            }
            if cell.kind.outputs() == 2 && first != second {
                cell.kind = half(cell.kind, first);
                if second {
                    // The carry becomes the only output, at its own weight.
                    cell.outputs[0] = cell.outputs[1];
                    cell.column += 1;
                }
            }
            cell.inputs.iter().for_each(|&bit| mark(&mut live, bit));
            true
        });
        cells.reverse();
        *self.cells_mut() = cells;
        self
    }
}

/// An adder with one output: the sum, or else the carry.
fn half(kind: Kind, sum: bool) -> Kind {
    match (kind, sum) {
        (Kind::HalfAdder, true) => Kind::Xor,
        (Kind::HalfAdder, false) => Kind::And,
        (Kind::HalfAdderPlusOne, true) => Kind::Xnor,
        (Kind::HalfAdderPlusOne, false) => Kind::Or,
        (Kind::FullAdder, true) => Kind::Xor3,
        (Kind::FullAdder, false) => Kind::Majority,
        (other, _) => other,
    }
}

#[cfg(test)]
mod tests {
    use crate::arith::gates::Place;
    use crate::arith::netlist::{Kind, Netlist, Role};

    #[test]
    fn lost_halves_become_gates_of_the_same_function() {
        for kept in 0..2 {
            let mut netlist = Netlist::new();
            let x = netlist.input("x", 3, 0);
            let place = Place::new(Role::Compressor, 0);
            let full = netlist.full_adder(place, x[0], x[1], x[2]);
            let half = netlist.half_adder(place, x[0], x[1]);
            let plus = netlist.full_adder(place, x[0], x[1], crate::arith::Bit::One);
            netlist.and(place, x[0], x[2]);
            let of = |pair: (_, _)| if kept == 0 { pair.0 } else { pair.1 };
            netlist.output("y", vec![of(full), of(half), of(plus)]);
            let before = netlist.clone();
            let after = netlist.pruned();
            let inputs = vec![vec![0xaa, 0xcc, 0xf0]];
            assert_eq!(before.evaluate(&inputs), after.evaluate(&inputs));
            let kinds: Vec<Kind> = after.cells().iter().map(|cell| cell.kind).collect();
            let expected =
                [[Kind::Xor3, Kind::Xor, Kind::Xnor], [Kind::Majority, Kind::And, Kind::Or]];
            assert_eq!(kinds, expected[kept]);
        }
    }
}
