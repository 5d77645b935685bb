//! The sparse encoder: which of a group of digits is worked on next.
//!
//! A group is a mask of the digits that are not zero. Each cycle takes the lowest one; the mask
//! without it is the state of the next cycle. Source: arXiv 2503.06342, section on OPT3.

use super::delay;
use super::gates::Place;
use super::netlist::{Bit, Netlist, Role};

/// Largest group.
pub const MAX_GROUP: usize = 64;

/// Bits of the index of a member of a group; 0 for a group of one.
#[must_use]
pub const fn index_width(group: usize) -> usize {
    group.next_power_of_two().trailing_zeros() as usize
}

/// The sparse encoder of a group of `group` digits.
///
/// | word | width | meaning |
/// |---|---|---|
/// | `pending` (in) | G | digits that are not zero and still to be worked on |
/// | `first` | G | the lowest pending one, one-hot; zero when none is |
/// | `index` | log2 G, rounded up | its index; 0 when none is pending; absent for G = 1 |
/// | `rest` | G | `pending` without the first |
/// | `any` | 1 | at least one is pending |
/// | `last` | 1 | at most one is pending: the group is finished after this cycle |
///
/// # Panics
/// If `group` is not 1 to [`MAX_GROUP`].
#[must_use]
pub fn encoder(group: usize) -> Netlist {
    assert!((1..=MAX_GROUP).contains(&group), "a group of 1 to {MAX_GROUP}");
    let place = |column: usize| Place::new(Role::Encoder, column);
    let mut netlist = Netlist::new();
    let pending = netlist.input("pending", group, delay::REGISTER);
    // up_to[i]: one of the members 0..=i is pending. Logarithmic depth: spans double.
    let mut up_to = pending.clone();
    let mut span = 1;
    while span < group {
        let before = up_to.clone();
        for index in span..group {
            up_to[index] = netlist.or(place(index), before[index], before[index - span]);
        }
        span *= 2;
    }
    let mut first = vec![pending[0]];
    let mut rest = vec![Bit::Zero];
    for index in 1..group {
        let clear = netlist.not(place(index), up_to[index - 1]);
        first.push(netlist.and(place(index), pending[index], clear));
        rest.push(netlist.and(place(index), pending[index], up_to[index - 1]));
    }
    let index: Vec<Bit> = (0..index_width(group))
        .map(|bit| {
            let members = (0..group).filter(|member| member >> bit & 1 == 1);
            let lines: Vec<Bit> = members.map(|member| first[member]).collect();
            any(&mut netlist, place(bit), lines)
        })
        .collect();
    let more = any(&mut netlist, place(0), rest.clone());
    let last = netlist.not(place(0), more);
    netlist.output("first", first);
    if !index.is_empty() {
        netlist.output("index", index);
    }
    netlist.output("rest", rest);
    netlist.output("any", vec![up_to[group - 1]]);
    netlist.output("last", vec![last]);
    netlist.pruned()
}

/// The disjunction of all bits as a balanced tree.
fn any(netlist: &mut Netlist, place: Place, mut bits: Vec<Bit>) -> Bit {
    while bits.len() > 1 {
        let pairs = bits.chunks(2);
        bits = pairs
            .map(|pair| netlist.or(place, pair[0], pair.get(1).copied().unwrap_or(Bit::Zero)))
            .collect();
    }
    bits.first().copied().unwrap_or(Bit::Zero)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arith::testing::{lanes, word};

    fn check(group: usize, masks: &[u64]) {
        let encoder = encoder(group);
        for chunk in masks.chunks(64) {
            let values: Vec<i128> = chunk.iter().map(|&mask| i128::from(mask)).collect();
            let out = encoder.evaluate(&[lanes(&values, group)]);
            let found = |name: &str, vector: usize| {
                let index = encoder.outputs().iter().position(|word| word.name == name);
                index.map(|index| word(&out[index], vector) as u64)
            };
            for (vector, &mask) in chunk.iter().enumerate() {
                let first = if mask == 0 { 0 } else { 1 << mask.trailing_zeros() };
                let index = if mask == 0 { 0 } else { u64::from(mask.trailing_zeros()) };
                assert_eq!(found("first", vector), Some(first), "{group} {mask:b}");
                assert_eq!(found("index", vector), (group > 1).then_some(index));
                assert_eq!(found("rest", vector), Some(mask & !first));
                assert_eq!(found("any", vector), Some(u64::from(mask != 0)));
                assert_eq!(found("last", vector), Some(u64::from(mask.count_ones() <= 1)));
            }
        }
    }

    #[test]
    fn every_mask_of_small_groups() {
        for group in 1..=12 {
            check(group, &(0..1 << group).collect::<Vec<_>>());
        }
    }

    #[test]
    fn groups_of_every_size() {
        for group in 1..=MAX_GROUP {
            let all = u64::MAX >> (64 - group);
            let singles = (0..group).map(|index| 1 << index);
            let pairs = (0..group).flat_map(|i| (0..i).map(move |j| 1 << i | 1 << j));
            let tails = (0..group).map(|index| all << index & all);
            check(group, &singles.chain(pairs).chain(tails).chain([0, all]).collect::<Vec<_>>());
        }
    }
}
