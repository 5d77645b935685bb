//! Prefix adders: the carry network as a graph, and the adder that is built over it.

mod graph;

pub use graph::{PrefixGraph, Topology};

use super::gates::Place;
use super::netlist::{Bit, Netlist, Role};

/// The topology chosen when the configuration gives none. `in_loop` says whether the adder closes
/// the loop of an accumulation behind rows of plain bits, which are narrow: of the columns above
/// them only the accumulated bit is left, and a graph with few nodes costs less than it delays.
///
/// Measured as area times delay of whole elements in an open 45 nm library, Brent-Kung by Sklansky:
/// 0.96 at 4 x 4 and at unsigned 8 x 8 bits of plain rows; behind Booth's rows 0.99 at 8 x 8 and
/// 1.04 at 16 x 16 bits.
#[must_use]
pub const fn auto(in_loop: bool) -> Topology {
    if in_loop { Topology::BrentKung } else { Topology::Sklansky }
}

/// The sum of two words modulo 2^width with the carries computed by `topology`. Bits that are
/// constant zero (a column that kept one bit) cost nothing.
///
/// # Panics
/// If the words differ in width.
pub fn add(netlist: &mut Netlist, topology: Topology, a: &[Bit], b: &[Bit]) -> Vec<Bit> {
    assert_eq!(a.len(), b.len(), "words of one width");
    let place = |column: usize| Place::new(Role::Adder, column);
    let mut generate = Vec::with_capacity(a.len());
    let mut propagate = Vec::with_capacity(a.len());
    for (column, (&a, &b)) in a.iter().zip(b).enumerate() {
        let (sum, carry) = netlist.half_adder(place(column), a, b);
        propagate.push(sum);
        generate.push(carry);
    }
    let half_sum = propagate.clone();
    // Low columns in which only one bit stands carry nothing. From the first one that does, column
    // c needs the carry out of the columns below it: the last column generates for nobody.
    let first = generate.iter().take_while(|&&bit| bit == Bit::Zero).count();
    let graph = PrefixGraph::new(topology, a.len().saturating_sub(first + 1));
    for level in graph.levels() {
        let (old_generate, old_propagate) = (generate.clone(), propagate.clone());
        for step in level {
            let (high, low) = (step.high + first, step.low + first);
            let place = place(high);
            generate[high] =
                netlist.or_and(place, old_generate[high], old_propagate[high], old_generate[low]);
            if !step.complete {
                propagate[high] = netlist.and(place, old_propagate[high], old_propagate[low]);
            }
        }
    }
    let sum = |column: usize| match column {
        column if column <= first => half_sum[column],
        column => netlist.xor(place(column), half_sum[column], generate[column - 1]),
    };
    (0..a.len()).map(sum).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::arith::testing::{lanes, unpack, word};

    fn check(topology: Topology, width: usize, pairs: &[(i128, i128)]) {
        let mut netlist = Netlist::new();
        let a = netlist.input("a", width, 0);
        let b = netlist.input("b", width, 0);
        let sum = add(&mut netlist, topology, &a, &b);
        netlist.output("sum", sum);
        for chunk in pairs.chunks(64) {
            let xs: Vec<i128> = chunk.iter().map(|pair| pair.0).collect();
            let ys: Vec<i128> = chunk.iter().map(|pair| pair.1).collect();
            let out = netlist.evaluate(&[lanes(&xs, width), lanes(&ys, width)]);
            for (vector, (x, y)) in chunk.iter().enumerate() {
                assert_eq!(
                    word(&out[0], vector),
                    unpack(x.wrapping_add(*y), width),
                    "{topology} {width}"
                );
            }
        }
    }

    #[test]
    fn every_small_sum_is_right() {
        for topology in Topology::ALL {
            for width in 1..=5 {
                let pairs: Vec<_> =
                    (0..1 << width).flat_map(|x| (0..1 << width).map(move |y| (x, y))).collect();
                check(topology, width, &pairs);
            }
        }
    }

    proptest! {
        #[test]
        fn random_sums_are_right(
            width in 1usize..120,
            mut pairs in prop::collection::vec(any::<(i128, i128)>(), 64),
        ) {
            // Operands that make a carry run the whole length.
            pairs.push((-1, 1));
            pairs.push((1, -1));
            for topology in Topology::ALL {
                check(topology, width, &pairs);
            }
        }
    }
}
