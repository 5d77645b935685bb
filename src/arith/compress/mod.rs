//! Compressor trees: a bit heap becomes at most two bits per column without a carry chain.
//!
//! Adding a strategy is one file with an implementation of [`CompressorStrategy`] and one line in [`ALL`].
//! Every strategy keeps the sum modulo 2^width, which the tests prove on exhaustive and random
//! heaps, and only ever uses half and full adders.

mod counters;
mod dadda;
mod kept;
mod timed;
mod wallace;

pub use counters::Counters;
pub use dadda::Dadda;
pub use kept::KeptCounters;
pub use timed::Timed;
pub use wallace::Wallace;

use super::gates::Place;
use super::heap::BitHeap;
use super::netlist::{Bit, Netlist, Role};

/// Bits by column, least significant column first.
pub type Columns = Vec<Vec<Bit>>;

/// A way to place compressors.
pub trait CompressorStrategy: Sync {
    /// Name in the configuration.
    fn name(&self) -> &'static str;

    /// One sentence for documentation and help.
    fn summary(&self) -> &'static str;

    /// Adds compressors to the netlist until no column holds more than its limit of 1 or 2 bits.
    /// Carries out of the last column vanish modulo 2^width.
    fn compress(&self, netlist: &mut Netlist, columns: Columns, limits: &[usize]) -> Columns;

    /// What takes the place of this strategy where a carry chain of look-up tables adds the two
    /// words up; nothing where it does so itself.
    fn before_carry_chain(&self) -> Option<&'static dyn CompressorStrategy> {
        None
    }
}

/// All strategies.
pub const ALL: &[&dyn CompressorStrategy] = &[&Wallace, &Dadda, &Timed, &Counters, &KeptCounters];

/// The strategy with this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static dyn CompressorStrategy> {
    ALL.iter().copied().find(|strategy| strategy.name() == name)
}

/// The carry-save result of a compressor tree.
#[derive(Clone, Debug)]
pub struct CarrySave {
    /// First word: one bit per column.
    pub sum: Vec<Bit>,
    /// Second word: a bit where a column kept two, else [`Bit::Zero`].
    pub carry: Vec<Bit>,
}

/// Compresses `heap` to two words whose sum modulo 2^width is that of the heap.
pub fn carry_save(
    netlist: &mut Netlist,
    heap: BitHeap,
    strategy: &dyn CompressorStrategy,
    limits: &[usize],
) -> CarrySave {
    CarrySave::of(&strategy.compress(netlist, heap.into_columns(), limits))
}

/// Compresses `heap` to two words for a carry chain of look-up tables. In a column of two bits it is
/// the second that the table of the chain may take in.
pub fn for_carry_chain(
    netlist: &mut Netlist,
    heap: BitHeap,
    strategy: &'static dyn CompressorStrategy,
) -> CarrySave {
    let limits = vec![2; heap.width()];
    carry_save(netlist, heap, strategy.before_carry_chain().unwrap_or(strategy), &limits)
}

impl CarrySave {
    /// The two words of columns of at most two bits.
    #[must_use]
    pub fn of(columns: &[Vec<Bit>]) -> Self {
        let word = |index: usize| {
            columns.iter().map(|bits| bits.get(index).copied().unwrap_or(Bit::Zero)).collect()
        };
        Self { sum: word(0), carry: word(1) }
    }
}

/// A full adder of the tree: its sum goes to the first result, its carry to the column above.
fn full_adder(netlist: &mut Netlist, column: usize, [a, b, c]: [Bit; 3]) -> (Bit, Bit) {
    netlist.full_adder(Place::new(Role::Compressor, column), a, b, c)
}

/// A half adder of the tree.
fn half_adder(netlist: &mut Netlist, column: usize, [a, b]: [Bit; 2]) -> (Bit, Bit) {
    netlist.half_adder(Place::new(Role::Compressor, column), a, b)
}

/// Adds `bit` to a column unless it is zero or beyond the width. A one that constant folding
/// yields stays a bit of its column: it costs nothing in the adder that absorbs it.
fn push(columns: &mut Columns, column: usize, bit: Bit) {
    if bit != Bit::Zero
        && let Some(bits) = columns.get_mut(column)
    {
        bits.push(bit);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::arith::testing::{lanes, unpack, word};

    /// Builds a heap of the given column heights and constant, compresses it, and compares the sum
    /// of the result with the sum of the heap for the given input vectors.
    fn check(
        strategy: &dyn CompressorStrategy,
        heights: &[usize],
        constant: u64,
        limits: &[usize],
        vectors: &[i128],
    ) {
        let width = heights.len();
        let bits: usize = heights.iter().sum();
        let mut netlist = Netlist::new();
        let x = netlist.input("x", bits, 0);
        let mut heap = BitHeap::new(width);
        let weights: Vec<usize> =
            heights.iter().enumerate().flat_map(|(c, &h)| std::iter::repeat_n(c, h)).collect();
        for (&bit, &column) in x.iter().zip(&weights) {
            heap.add(column, bit);
        }
        heap.add_constant(&constant.into());
        let columns = strategy.compress(&mut netlist, heap.into_columns(), limits);
        assert_eq!(columns.len(), width);
        for (column, bits) in columns.iter().enumerate() {
            assert!(bits.len() <= limits[column], "{}: column {column}", strategy.name());
            netlist.output("column", bits.clone());
        }
        for chunk in vectors.chunks(64) {
            let out = netlist.evaluate(&[lanes(chunk, bits)]);
            for (vector, &value) in chunk.iter().enumerate() {
                let expected: i128 = i128::from(constant)
                    + weights.iter().enumerate().map(|(i, &c)| (value >> i & 1) << c).sum::<i128>();
                let sum: i128 = out
                    .iter()
                    .enumerate()
                    .map(|(c, bits)| {
                        bits.iter().map(|&lane| word(&[lane], vector) << c).sum::<i128>()
                    })
                    .sum();
                assert_eq!(unpack(sum, width), unpack(expected, width), "{}", strategy.name());
            }
        }
    }

    #[test]
    fn every_small_heap_keeps_its_sum() {
        let all: Vec<i128> = (0..1 << 8).collect();
        for strategy in ALL {
            for heights in [[8, 0, 0, 0], [3, 3, 2, 0], [2, 2, 2, 2], [4, 0, 4, 0], [1, 3, 4, 0]] {
                for constant in 0..16 {
                    for limits in [[2, 2, 2, 2], [1, 1, 1, 1], [2, 1, 2, 1]] {
                        check(*strategy, &heights, constant, &limits, &all);
                    }
                }
            }
        }
    }

    proptest! {
        #[test]
        fn random_heaps_keep_their_sum(
            heights in prop::collection::vec(0usize..7, 1..14),
            constant in any::<u64>(),
            limits in prop::collection::vec(1usize..=2, 14),
            vectors in prop::collection::vec(any::<i128>(), 64),
        ) {
            for strategy in ALL {
                let constant = constant & ((1 << heights.len()) - 1);
                check(*strategy, &heights, constant, &limits[..heights.len()], &vectors);
            }
        }
    }
}
