//! What a netlist consists of, in the units in which arithmetic is compared.

use super::netlist::{Bit, Kind, Netlist, Role};

/// Adders and levels of one netlist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Full adders of compressors; a sum or a carry alone counts as one.
    pub full_adders: u64,
    /// Half adders of compressors, those that absorb a constant one included.
    pub half_adders: u64,
    /// Positions at which carry-propagate adders make a carry of two bits.
    pub adder_bits: u64,
    /// Compressors one after the other on the longest path.
    pub tree_levels: u64,
}

impl Counts {
    /// Counts the cells of a netlist.
    #[must_use]
    pub fn of(netlist: &Netlist) -> Self {
        let mut counts = Self::default();
        let mut levels = vec![0u64; netlist.nets()];
        for cell in netlist.cells() {
            let below = cell.inputs.iter().map(|bit| match *bit {
                Bit::Net(net) => levels[net as usize],
                Bit::Zero | Bit::One => 0,
            });
            let mut level = below.max().unwrap_or(0);
            match (cell.role, cell.kind) {
                (Role::Compressor, Kind::FullAdder | Kind::Xor3 | Kind::Majority) => {
                    counts.full_adders += 1;
                    level += 1;
                }
                (Role::Compressor, Kind::HalfAdder | Kind::HalfAdderPlusOne) => {
                    counts.half_adders += 1;
                    level += 1;
                }
                (
                    Role::Adder,
                    Kind::HalfAdder | Kind::HalfAdderPlusOne | Kind::FullAdder | Kind::Xor3,
                ) => {
                    counts.adder_bits += 1;
                }
                _ => {}
            }
            counts.tree_levels = counts.tree_levels.max(level);
            for &net in &cell.outputs[..cell.kind.outputs()] {
                levels[net as usize] = level;
            }
        }
        counts
    }

    /// Adds `times` copies of `other` beside these.
    pub fn add(&mut self, other: &Self, times: u64) {
        self.full_adders += times * other.full_adders;
        self.half_adders += times * other.half_adders;
        self.adder_bits += times * other.adder_bits;
        if times > 0 {
            self.tree_levels = self.tree_levels.max(other.tree_levels);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arith::adder::{self, Topology};
    use crate::arith::compress::{self, CompressorStrategy as _};

    #[test]
    fn a_column_of_seven_bits_takes_four_full_adders() {
        let mut netlist = Netlist::new();
        let x = netlist.input("x", 7, 0);
        let columns = compress::Timed.compress(&mut netlist, vec![x, vec![], vec![]], &[1, 1, 1]);
        for column in columns {
            netlist.output("y", column);
        }
        let counts = Counts::of(&netlist);
        assert_eq!((counts.full_adders, counts.half_adders), (4, 0));
        assert!((3..=5).contains(&counts.tree_levels), "{counts:?}");
        assert_eq!(counts.adder_bits, 0);
    }

    #[test]
    fn an_adder_is_as_wide_as_its_operands() {
        let mut netlist = Netlist::new();
        let [x, y] = ["x", "y"].map(|name| netlist.input(name, 9, 0));
        let sum = adder::add(&mut netlist, Topology::Sklansky, &x, &y);
        netlist.output("sum", sum);
        let counts = Counts::of(&netlist);
        assert_eq!((counts.adder_bits, counts.full_adders, counts.tree_levels), (9, 0, 0));
    }
}
