//! A heap added up: a compressor tree, a carry-propagate adder, and above the product, where only
//! the accumulated word stands, a step up or down.
//!
//! A product is narrower than the sum that it is added to. In the columns above a signed product
//! stands one accumulated bit, and the constant -2^m that makes up for the sign. To add these up like
//! other columns costs a compressor and a place in the adder each. But the low columns hand at most
//! two carries over, so the word above them goes up by one, down by one, or stays. Which bits that
//! turns is known early, from the accumulated word alone: those above nothing but ones on the way
//! up, above nothing but zeros on the way down. One late signal then tells whether they turn. The
//! idea is that of the carry-increment adder (A. Tyagi, "A reduced-area scheme for carry-select
//! adders", IEEE Transactions on Computers, 1993), with a decrement.

use super::adder::{self, PrefixGraph, Topology};
use super::compress::{CarrySave, Columns, CompressorStrategy};
use super::delay;
use super::gates::Place;
use super::heap::BitHeap;
use super::netlist::{Bit, Kind, Netlist, Role};

/// Merges of the prefix graph during which the carry out of the low columns may still be on its way.
const MERGES_MEANWHILE: u32 = 3;

/// Columns above the product from which on a step is built: below, an adder costs no more.
const LEAST_UPPER: usize = 3;

/// Columns of the product up to which a step is built. Measured as area times delay of whole
/// elements in an open 45 nm library: 0.96 of an adder over all columns at INT8, 0.95 to 1.00 at
/// 8 x 4 and INT4, but 1.03 at INT16, where the signal to turn comes too late to be spread.
const MOST_LOWER: usize = 24;

/// Compresses the heap and adds the two words up, as the output `name`.
///
/// The low columns of a multiplication settle early and are few bits high: they are compressed to
/// one bit each, carries rippling upwards, as far as the adder of the other columns does not have
/// to wait for it. That shortens the adder, which costs more per column than the chain.
pub(super) fn finish(
    netlist: &mut Netlist,
    heap: BitHeap,
    compressor: &dyn CompressorStrategy,
    topology: Topology,
    name: &str,
) {
    let columns = heap.into_columns();
    let parted = Upper::new(&columns).and_then(|upper| {
        let highest = columns.len().checked_sub(LEAST_UPPER)?.min(MOST_LOWER);
        let mut places = upper.from..=highest;
        places.find_map(|from| upper.add(netlist, &columns, from, (compressor, topology)))
    });
    let (whole, result) = parted.unwrap_or_else(|| {
        let (mut whole, pair) = settle(netlist, &columns, columns.len(), compressor);
        let result = add(&mut whole, topology, &pair);
        (whole, result)
    });
    *netlist = whole;
    netlist.output(name, result);
}

/// The sum of columns of at most two bits.
fn add(netlist: &mut Netlist, topology: Topology, columns: &[Vec<Bit>]) -> Vec<Bit> {
    let CarrySave { sum, carry } = CarrySave::of(columns);
    adder::add(netlist, topology, &sum, &carry)
}

/// Compresses columns to two bits each, and as many of the lowest `count` to one as settle before
/// the carries of the others do.
fn settle(
    netlist: &Netlist,
    columns: &Columns,
    count: usize,
    compressor: &dyn CompressorStrategy,
) -> (Netlist, Columns) {
    let mut limits = vec![2; columns.len()];
    let compress = |limits: &[usize]| {
        let mut netlist = netlist.clone();
        let columns = compressor.compress(&mut netlist, columns.clone(), limits);
        (netlist, columns)
    };
    let mut best = compress(&limits);
    let arrivals = best.1[..count].iter().flatten().map(|&bit| best.0.arrival(bit));
    let slowest = arrivals.max().unwrap_or(0);
    let patience = slowest + MERGES_MEANWHILE * delay::through(Kind::OrAnd, 2, 0);
    for column in 0..count {
        limits[column] = 1;
        let candidate = compress(&limits);
        let chain = candidate.1[column].iter().map(|&bit| candidate.0.arrival(bit)).max();
        if chain.unwrap_or(0) > patience {
            break;
        }
        best = candidate;
    }
    best
}

/// The accumulated bits above everything else but ones, which stand for -2^from.
struct Upper {
    /// The lowest column that holds nothing but its bit and a one.
    from: usize,
    /// The bits from `from` on.
    bits: Vec<Bit>,
}

impl Upper {
    fn new(columns: &Columns) -> Option<Self> {
        let lone = |bits: &Vec<Bit>| match bits[..] {
            [Bit::One, bit @ Bit::Net(_)] => Some(bit),
            _ => None,
        };
        let mut bits: Vec<Bit> = columns.iter().rev().map_while(lone).collect();
        bits.reverse();
        let from = columns.len() - bits.len();
        (!bits.is_empty()).then_some(Self { from, bits })
    }

    /// The sum with the step from column `from` on, unless more than two carries reach it.
    fn add(
        &self,
        netlist: &Netlist,
        columns: &Columns,
        from: usize,
        (compressor, topology): (&dyn CompressorStrategy, Topology),
    ) -> Option<(Netlist, Vec<Bit>)> {
        // Two columns more than there are show how many carries the tree hands over.
        let mut low = columns[..from].to_vec();
        low.resize(from + 2, Vec::new());
        let (mut netlist, mut low) = settle(netlist, &low, from, compressor);
        let beyond = low.pop()?;
        let over = low.pop()?;
        if !beyond.is_empty() || over.len() > 1 {
            return None;
        }
        let of_tree = over.first().copied().unwrap_or(Bit::Zero);
        low.push(Vec::new());
        let mut result = add(&mut netlist, topology, &low);
        let of_adder = result.pop()?;

        let place = Place::new(Role::Adder, from);
        let word = &self.bits[from - self.from..];
        let above_ones = below_all(&mut netlist, topology, from, word);
        let inverted: Vec<Bit> = (from..)
            .zip(word)
            .map(|(column, &bit)| netlist.not(Place::new(Role::Adder, column), bit))
            .collect();
        let above_zeros = below_all(&mut netlist, topology, from, &inverted);
        // Up by one if both carries come, down by one if none does.
        let none = netlist.not(place, of_tree);
        let step = netlist.xnor(place, of_tree, of_adder);
        let ways = above_ones.into_iter().zip(above_zeros);
        for ((&bit, (up, down)), column) in word.iter().zip(ways).zip(from..) {
            let place = Place::new(Role::Adder, column);
            let turns = netlist.select(place, [of_tree, up, none, down]);
            let turns = netlist.and(place, turns, step);
            result.push(netlist.xor(place, bit, turns));
        }
        Some((netlist, result))
    }
}

/// For each bit whether all bits below it are set.
fn below_all(netlist: &mut Netlist, topology: Topology, column: usize, bits: &[Bit]) -> Vec<Bit> {
    let lower = bits.len().saturating_sub(1);
    let mut all = bits[..lower].to_vec();
    for level in PrefixGraph::new(topology, lower).levels() {
        let before = all.clone();
        for step in level {
            let place = Place::new(Role::Adder, column + step.high);
            all[step.high] = netlist.and(place, before[step.high], before[step.low]);
        }
    }
    std::iter::once(Bit::One).chain(all).collect()
}

#[cfg(test)]
mod tests {
    use num_bigint::BigInt;
    use proptest::prelude::*;

    use super::*;
    use crate::arith::compress;
    use crate::arith::testing::{lanes, unpack, word};

    /// Adds a word of `width` bits, other bits of the given column heights, and a constant; compares
    /// with integer arithmetic.
    fn check(
        (width, heights): (usize, &[usize]),
        constant: i128,
        (compressor, topology): (&dyn CompressorStrategy, Topology),
        vectors: &[[i128; 2]],
    ) {
        let others: usize = heights.iter().sum();
        let weights: Vec<usize> =
            heights.iter().enumerate().flat_map(|(c, &h)| std::iter::repeat_n(c, h)).collect();
        let mut netlist = Netlist::new();
        let accumulated = netlist.input("sum", width, 0);
        let bits = netlist.input("x", others, 0);
        let mut heap = BitHeap::new(width);
        accumulated.iter().enumerate().for_each(|(column, &bit)| heap.add(column, bit));
        bits.iter().zip(&weights).for_each(|(&bit, &column)| heap.add(column, bit));
        heap.add_constant(&BigInt::from(constant));
        finish(&mut netlist, heap, compressor, topology, "sum");
        for chunk in vectors.chunks(64) {
            let [sums, words] = [0, 1].map(|i| chunk.iter().map(|v| v[i]).collect::<Vec<_>>());
            let out = netlist.evaluate(&[lanes(&sums, width), lanes(&words, others)]);
            for (vector, &[sum, x]) in chunk.iter().enumerate() {
                let added: i128 =
                    weights.iter().enumerate().map(|(i, &c)| (x >> i & 1) << c).sum::<i128>();
                let expected = unpack(sum.wrapping_add(constant).wrapping_add(added), width);
                assert_eq!(
                    word(&out[0], vector),
                    expected,
                    "{width} {heights:?} {constant} {} {topology}",
                    compressor.name()
                );
            }
        }
    }

    /// Every word and every bit below it, with every constant.
    #[test]
    fn every_small_sum_is_right() {
        let all: Vec<[i128; 2]> =
            (0..1 << 6).flat_map(|sum| (0..1 << 5).map(move |x| [sum, x])).collect();
        for strategy in compress::ALL {
            for topology in Topology::ALL {
                for heights in [&[1, 1][..], &[2], &[1, 2], &[3, 1], &[4], &[0, 3], &[2, 2, 1]] {
                    for constant in -8..8 {
                        check((6, heights), constant, (*strategy, topology), &all);
                    }
                }
            }
        }
    }

    proptest! {
        #[test]
        fn random_sums_are_right(
            heights in prop::collection::vec(0usize..6, 1..8),
            above in 0usize..20,
            constant in any::<i64>(),
            mut vectors in prop::collection::vec(any::<[i128; 2]>(), 60),
        ) {
            let width = heights.len() + above;
            // Steps that run through the whole word.
            vectors.extend([[-1, -1], [0, -1], [-1, 0], [0, 0]]);
            let top = -(1i128 << heights.len());
            for constant in [0, top, top + 1, i128::from(constant)] {
                for strategy in compress::ALL {
                    for topology in [Topology::Sklansky, Topology::BrentKung] {
                        check((width, &heights), constant, (*strategy, topology), &vectors);
                    }
                }
            }
        }
    }
}
