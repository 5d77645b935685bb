//! 6:3 counters that are blocks of their own, for a carry chain of look-up tables that adds their
//! two rows up.
//!
//! The gates in front of the heap go into the counters that read them: three XNORs have six inputs,
//! so that sum and carry of three are a table each and the gates cost nothing. Columns follow, the
//! lowest first: six bits at a time become three, by a table each, until what is left fits the
//! carry chain. Its table of a place takes one bit as it is and the sum of up to five others, so
//! that only their carries cost tables.
//!
//! A block is a function of at most six inputs for each output, and mappers leave it alone: it takes
//! as many tables in any of them, see [`crate::arith::block`].

use std::collections::HashMap;

use super::{Columns, CompressorStrategy, push};
use crate::arith::delay;
use crate::arith::gates::Place;
use crate::arith::netlist::{Bit, Cell, Netlist, Role};

/// Inputs of a table.
const INPUTS: usize = 6;

/// Inputs of a gate that is formed again wherever it is read; gates of more are tables themselves.
const GATE: usize = 3;

/// Blocks of counters, and sums for the tables of a carry chain.
pub struct KeptCounters;

impl CompressorStrategy for KeptCounters {
    fn name(&self) -> &'static str {
        "kept_counters"
    }

    fn summary(&self) -> &'static str {
        "6:3 counters that mappers to look-up tables leave alone, in front of a carry chain"
    }

    fn compress(&self, netlist: &mut Netlist, columns: Columns, limits: &[usize]) -> Columns {
        let gates = Gates::of(netlist);
        let mut columns = absorb(netlist, &gates, columns);
        for column in 0..columns.len() {
            let mut bits = std::mem::take(&mut columns[column]);
            // Bits as they are first: they are the ones that a carry chain takes directly.
            bits.sort_by_key(|&bit| (bit == Bit::One, gates.inputs(bit).len() > 1));
            while bits.len() > limits[column] {
                if limits[column] > 1 && last(netlist, &gates, column, &mut bits, &mut columns) {
                    break;
                }
                // A constant costs a counter nothing.
                if let Some(one) = bits.iter().position(|&bit| bit == Bit::One) {
                    bits[..=one].rotate_right(1);
                }
                let taken = gates.fitting(&bits, INPUTS);
                let block: Vec<Bit> = bits.drain(..taken).collect();
                let sum = counter(netlist, &gates, column, &block, &mut columns);
                // Behind the other bits as they are: it is the latest of them.
                let place = bits.iter().position(|&bit| gates.inputs(bit).len() != 1);
                match sum {
                    Bit::Zero => {}
                    Bit::One => bits.push(sum),
                    Bit::Net(_) => bits.insert(place.unwrap_or(bits.len()), sum),
                }
            }
            columns[column] = bits;
        }
        columns
    }
}

/// Counters of three bits or more for the gates, where they fit.
fn absorb(netlist: &mut Netlist, gates: &Gates, columns: Columns) -> Columns {
    let mut next: Columns = vec![Vec::new(); columns.len()];
    for (column, bits) in columns.into_iter().enumerate() {
        let (mut bits, rest): (Vec<Bit>, Vec<Bit>) =
            bits.into_iter().partition(|&bit| gates.inputs(bit).len() > 1);
        while !bits.is_empty() {
            let taken = gates.fitting(&bits, INPUTS);
            let block: Vec<Bit> = bits.drain(..taken).collect();
            if taken < 3 {
                block.into_iter().for_each(|bit| push(&mut next, column, bit));
            } else {
                let sum = counter(netlist, gates, column, &block, &mut next);
                push(&mut next, column, sum);
            }
        }
        rest.into_iter().for_each(|bit| push(&mut next, column, bit));
    }
    next
}

/// Leaves the first bit and the sum of the others, if the table of a place of a carry chain has
/// room for all of them.
fn last(
    netlist: &mut Netlist,
    gates: &Gates,
    column: usize,
    bits: &mut Vec<Bit>,
    columns: &mut Columns,
) -> bool {
    let others = &bits[1..];
    if gates.fitting(others, INPUTS - 1) < others.len() {
        return false;
    }
    counter(netlist, gates, column, others, columns);
    let place = Place::new(Role::Adder, column);
    let sum = others.iter().fold(Bit::Zero, |sum, &bit| netlist.xor(place, sum, bit));
    bits.truncate(1);
    if sum != Bit::Zero {
        bits.push(sum);
    }
    true
}

/// A block that counts the ones among these bits: gives the sum, and puts the carries where they
/// belong.
fn counter(
    netlist: &mut Netlist,
    gates: &Gates,
    column: usize,
    bits: &[Bit],
    columns: &mut Columns,
) -> Bit {
    let counted = netlist.in_block(|netlist| count(netlist, gates, column, bits));
    push(columns, column + 1, counted[1]);
    push(columns, column + 2, counted[2]);
    counted[0]
}

/// The number of ones among up to seven bits. The gates that they come from are formed anew.
fn count(netlist: &mut Netlist, gates: &Gates, column: usize, bits: &[Bit]) -> Vec<Bit> {
    let nets = gates.union(bits);
    // Apart from the netlist no input is late, and counters of one kind are built alike.
    let mut part = Netlist::new();
    let inputs = part.input("bits", nets.len(), delay::REGISTER);
    let mut here: HashMap<Bit, Bit> = nets.iter().copied().zip(inputs).collect();
    let bits: Vec<Bit> = bits.iter().map(|&bit| gates.copy(&mut part, &mut here, bit)).collect();
    let bit = |index: usize| bits.get(index).copied().unwrap_or(Bit::Zero);
    let [place, above] = [0, 1].map(|more| Place::new(Role::Compressor, column + more));
    let (first, carry_of_first) = part.full_adder(place, bit(0), bit(1), bit(2));
    let (second, carry_of_second) = part.full_adder(place, bit(3), bit(4), bit(5));
    let (ones, carry) = part.full_adder(place, first, second, bit(6));
    let (twos, fours) = part.full_adder(above, carry_of_first, carry_of_second, carry);
    part.output("count", vec![ones, twos, fours]);
    netlist.embed(&part, &[&nets]).remove(0)
}

/// The gates in front of a heap.
struct Gates {
    /// By the net that it drives, each gate of few inputs with the nets at the end of its cone.
    gates: HashMap<u32, (Cell, Vec<Bit>)>,
}

impl Gates {
    /// The cells of the netlist that are no part of a block.
    fn of(netlist: &Netlist) -> Self {
        let mut found = Self { gates: HashMap::new() };
        for cell in netlist.cells() {
            let bits = &cell.inputs[..cell.kind.inputs()];
            let inputs = found.union(bits);
            if cell.block.is_none() && cell.kind.outputs() == 1 && inputs.len() <= GATE {
                found.gates.insert(cell.outputs[0], (cell.clone(), inputs));
            }
        }
        found
    }

    /// The nets that a bit is a function of: itself unless a gate drives it.
    fn inputs(&self, bit: Bit) -> Vec<Bit> {
        match bit {
            Bit::Zero | Bit::One => Vec::new(),
            Bit::Net(net) => match self.gates.get(&net) {
                Some((_, inputs)) => inputs.clone(),
                None => vec![bit],
            },
        }
    }

    fn union(&self, bits: &[Bit]) -> Vec<Bit> {
        let mut all: Vec<Bit> = bits.iter().flat_map(|&bit| self.inputs(bit)).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// How many of the first bits, at most seven, are together functions of no more than `most`
    /// inputs.
    fn fitting(&self, bits: &[Bit], most: usize) -> usize {
        let fits = |taken: &usize| self.union(&bits[..*taken]).len() <= most;
        (1..=bits.len().min(INPUTS + 1)).take_while(fits).last().unwrap_or(0)
    }

    /// The bit from a copy of its gate; `here` tells what has been copied.
    fn copy(&self, part: &mut Netlist, here: &mut HashMap<Bit, Bit>, bit: Bit) -> Bit {
        if let Some(&copied) = here.get(&bit) {
            return copied;
        }
        let Bit::Net(net) = bit else { return bit };
        let (cell, _) = &self.gates[&net];
        let inputs: Vec<Bit> = cell.inputs[..cell.kind.inputs()]
            .iter()
            .map(|&input| self.copy(part, here, input))
            .collect();
        let copied = part.copy(cell, &inputs, 0)[0];
        here.insert(bit, copied);
        copied
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arith::compress::Counters;
    use crate::arith::dot::Dot;
    use crate::arith::operand::Operand;
    use crate::arith::testing::word;

    fn popcount(lanes: usize) -> Netlist {
        let bit = Operand::Bipolar { planes: 1 };
        Dot { x: bit, w: bit, lanes, masked: false, compressor: &Counters }.count(None)
    }

    /// Popcounts of any number of terms are counted right, by blocks of no more than six inputs.
    #[test]
    fn blocks_are_tables_and_count() {
        let mut seed = 1u64;
        for lanes in (1..=70).chain([127, 128, 255, 256]) {
            let netlist = popcount(lanes);
            let blocks = netlist.blocks();
            assert!(blocks.iter().all(|block| (2..=INPUTS).contains(&block.inputs.len())));
            let mut draw = || {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                seed ^ seed >> 29
            };
            let mut lane = |vector: u64| match vector {
                0 => u64::MAX,
                1 => 0,
                _ => draw(),
            };
            for round in 0..3 {
                let words = [0, 1].map(|_| (0..lanes).map(|_| lane(round)).collect::<Vec<u64>>());
                let out = netlist.evaluate(&words);
                for vector in 0..64 {
                    let same = |(a, b): (&u64, &u64)| (a >> vector & 1) == (b >> vector & 1);
                    let expected = words[0].iter().zip(&words[1]).filter(|pair| same(*pair));
                    let sum: i128 = out.iter().map(|bits| word(bits, vector)).sum();
                    assert_eq!(sum, expected.count() as i128, "{lanes} terms");
                }
            }
        }
    }

    /// Six inputs a table: three terms take two, and then each takes a bit away. The carry chain has
    /// two bits a place.
    #[test]
    fn popcounts_take_few_tables() {
        for (lanes, most, kinds) in [(3, 2, 1), (64, 75, 5), (256, 328, 8)] {
            let blocks = popcount(lanes).blocks();
            let tables: usize = blocks.iter().map(|block| block.outputs.len()).sum();
            assert!(tables <= most, "{tables} tables for {lanes} terms");
            let mut shapes: Vec<_> =
                blocks.iter().map(|b| (b.inputs.len(), b.outputs.len())).collect();
            shapes.sort_unstable();
            shapes.dedup();
            assert!(shapes.len() <= kinds, "{shapes:?}");
        }
    }
}
