//! Carries that run through the digits of a recoding.

use crate::arith::adder::{PrefixGraph, Topology};
use crate::arith::gates::Place;
use crate::arith::netlist::{Bit, Netlist, Role};

/// The carries into all digits, of which the lowest gets none: `carry[i + 1] = generate[i] |
/// propagate[i] & carry[i]` for the steps `(generate, propagate)`, at logarithmic depth. Digits are
/// `step` bit weights apart.
pub(super) fn carries(netlist: &mut Netlist, steps: &[(Bit, Bit)], step: usize) -> Vec<Bit> {
    let (mut generate, mut propagate): (Vec<Bit>, Vec<Bit>) = steps.iter().copied().unzip();
    for level in PrefixGraph::new(Topology::Sklansky, steps.len()).levels() {
        // The lower spans of a level are not merged in it.
        for merge in level {
            let place = Place::new(Role::Encoder, step * merge.high);
            let (high, low) = (merge.high, merge.low);
            generate[high] = netlist.or_and(place, generate[high], propagate[high], generate[low]);
            if !merge.complete {
                propagate[high] = netlist.and(place, propagate[high], propagate[low]);
            }
        }
    }
    generate.insert(0, Bit::Zero);
    generate
}
