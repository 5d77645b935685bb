//! Cutting a netlist into pipeline stages at balanced depths.
//!
//! Every cell is placed in the earliest stage in which it settles within a budget, and the budget
//! is the smallest one with which the cells fit the stages: no other assignment of whole cells has
//! a shorter longest stage.

use super::delay;
use super::netlist::{Bit, Netlist};

/// Name of the word that passes from one stage to the next.
pub const BETWEEN: &str = "stage";

/// Stage of each net, and the longest delay within a stage.
struct Placement {
    stages: Vec<usize>,
    budget: u32,
}

/// Cuts `netlist` into `stages + 1` netlists between which the word [`BETWEEN`] is registered. The
/// input words named in `late` are read by the last one, such as accumulated words that are fed
/// back; all others by the first. Output words come from the last one. Where no bit passes, for
/// instance when all inputs are late, [`BETWEEN`] is absent.
#[must_use]
pub fn cut(netlist: &Netlist, stages: usize, late: &[&str]) -> Vec<Netlist> {
    if stages == 0 {
        return vec![netlist.clone()];
    }
    let placement = place(netlist, stages, late);
    split(netlist, stages, late, &placement.stages)
}

/// The longest delay within one of `stages + 1` stages, in the units of [`delay`].
#[must_use]
pub fn longest(netlist: &Netlist, stages: usize, late: &[&str]) -> u32 {
    place(netlist, stages, late).budget
}

/// The placement with the smallest budget.
fn place(netlist: &Netlist, stages: usize, late: &[&str]) -> Placement {
    let (mut least, mut most) = (0, netlist.depth().max(1));
    // Without a limit everything fits the first stage, and late cells the last one.
    while within(netlist, stages, late, most).is_none() {
        most *= 2;
    }
    while least < most {
        let middle = least + (most - least) / 2;
        match within(netlist, stages, late, middle) {
            Some(_) => most = middle,
            None => least = middle + 1,
        }
    }
    let stages = within(netlist, stages, late, most).unwrap_or_default();
    Placement { stages, budget: most }
}

/// The stage of each net if all cells fit with this budget per stage.
fn within(netlist: &Netlist, last: usize, late: &[&str], budget: u32) -> Option<Vec<usize>> {
    // Stage and time within the stage at which a net is stable.
    let mut stable = vec![(0usize, 0u32); netlist.nets()];
    for word in netlist.inputs() {
        let stage = if late.contains(&word.name.as_str()) { last } else { 0 };
        for bit in &word.bits {
            if let Bit::Net(net) = *bit {
                stable[net as usize] = (stage, 0);
            }
        }
    }
    for cell in netlist.cells() {
        let known = |bit: &Bit| match *bit {
            Bit::Net(net) => stable[net as usize],
            Bit::Zero | Bit::One => (0, 0),
        };
        let inputs = cell.inputs.map(|bit| known(&bit));
        let mut stage = inputs.iter().map(|input| input.0).max().unwrap_or(0);
        let settle = |stage: usize| {
            let times = inputs.map(|(at, time)| if at == stage { time } else { 0 });
            let outputs = 0..cell.kind.outputs();
            let times = outputs.map(|output| delay::output_arrival(cell.kind, &times, output));
            times.collect::<Vec<u32>>()
        };
        let mut times = settle(stage);
        if times.iter().any(|&time| time > budget) {
            stage += 1;
            times = settle(stage);
            if stage > last || times.iter().any(|&time| time > budget) {
                return None;
            }
        }
        for (&net, time) in cell.outputs.iter().zip(times) {
            stable[net as usize] = (stage, time);
        }
    }
    Some(stable.into_iter().map(|(stage, _)| stage).collect())
}

/// Builds the netlists of the stages.
fn split(netlist: &Netlist, last: usize, late: &[&str], stage_of: &[usize]) -> Vec<Netlist> {
    // The last stage that reads a net.
    let mut read = stage_of.to_vec();
    for cell in netlist.cells() {
        let stage = stage_of[cell.outputs[0] as usize];
        for bit in &cell.inputs {
            if let Bit::Net(net) = *bit {
                read[net as usize] = read[net as usize].max(stage);
            }
        }
    }
    for bit in netlist.outputs().iter().flat_map(|word| &word.bits) {
        if let Bit::Net(net) = *bit {
            read[net as usize] = last;
        }
    }
    let mut parts = Vec::with_capacity(last + 1);
    for stage in 0..=last {
        let mut part = Netlist::new();
        let mut here: Vec<Option<Bit>> = vec![None; netlist.nets()];
        let crosses = |net: usize, stage: usize| stage_of[net] <= stage && read[net] > stage;
        if stage > 0 {
            let nets: Vec<usize> =
                (0..netlist.nets()).filter(|&net| crosses(net, stage - 1)).collect();
            if !nets.is_empty() {
                let bits = part.input(BETWEEN, nets.len(), delay::REGISTER);
                for (net, bit) in nets.into_iter().zip(bits) {
                    here[net] = Some(bit);
                }
            }
        }
        for word in netlist.inputs() {
            let at = if late.contains(&word.name.as_str()) { last } else { 0 };
            if at == stage {
                let bits = part.input(&word.name, word.bits.len(), delay::REGISTER);
                for (old, bit) in word.bits.iter().zip(bits) {
                    if let Bit::Net(net) = *old {
                        here[net as usize] = Some(bit);
                    }
                }
            }
        }
        let find = |here: &[Option<Bit>], bit: Bit| match bit {
            Bit::Net(net) => here[net as usize].expect("a net is read after it is made"),
            constant => constant,
        };
        for cell in netlist.cells() {
            if stage_of[cell.outputs[0] as usize] == stage {
                let inputs: Vec<Bit> =
                    cell.inputs[..cell.kind.inputs()].iter().map(|&bit| find(&here, bit)).collect();
                let outputs = part.copy(cell, &inputs, 0);
                for (&net, bit) in cell.outputs.iter().zip(outputs).take(cell.kind.outputs()) {
                    here[net as usize] = Some(bit);
                }
            }
        }
        if stage == last {
            for word in netlist.outputs() {
                let bits = word.bits.iter().map(|&bit| find(&here, bit)).collect();
                part.output(&word.name, bits);
            }
        } else {
            let nets = (0..netlist.nets()).filter(|&net| crosses(net, stage));
            let bits: Vec<Bit> = nets.filter_map(|net| here[net]).collect();
            if !bits.is_empty() {
                part.output(BETWEEN, bits);
            }
        }
        parts.push(part);
    }
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::arith::adder::Topology;
    use crate::arith::datapath::multiply_add;
    use crate::arith::format::Format;
    use crate::arith::multiplier::Multiplier;
    use crate::arith::{compress, encode};

    fn netlist(widths: (usize, usize), encoding: usize) -> Netlist {
        let (a, b) = (Format::signed(widths.0), Format::signed(widths.1));
        let encoding = encode::ALL[encoding % encode::ALL.len()];
        let compressor = &compress::Timed;
        let (terms, feedback) = (1, 0);
        let multiplier = Multiplier {
            a,
            b,
            levels: None,
            encoding,
            compressor,
            recoded: false,
            tripled: false,
            terms,
            bias: 0,
            feedback,
        };
        multiply_add(&multiplier, widths.0 + widths.1 + 2, Topology::Sklansky)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        /// The stages in a row compute what the netlist computes.
        #[test]
        fn stages_compose_to_the_whole(
            widths in (1usize..10, 1usize..10),
            encoding in 0usize..8,
            stages in 0usize..5,
            feedback in any::<bool>(),
            values in prop::collection::vec(any::<u64>(), 64),
        ) {
            let whole = netlist(widths, encoding);
            let late: &[&str] = if feedback { &["sum", "keep"] } else { &[] };
            let parts = cut(&whole, stages, late);
            prop_assert_eq!(parts.len(), stages + 1);
            let mut next = values.iter().cycle();
            let inputs: Vec<(String, Vec<u64>)> = whole
                .inputs()
                .iter()
                .map(|word| {
                    let lanes = word.bits.iter().map(|_| *next.next().unwrap()).collect();
                    (word.name.clone(), lanes)
                })
                .collect();
            let lanes: Vec<Vec<u64>> = inputs.iter().map(|(_, lanes)| lanes.clone()).collect();
            let expected = whole.evaluate(&lanes);
            let mut passed: Vec<u64> = Vec::new();
            for (index, part) in parts.iter().enumerate() {
                let lanes: Vec<Vec<u64>> = part
                    .inputs()
                    .iter()
                    .map(|word| match inputs.iter().find(|(name, _)| *name == word.name) {
                        Some((_, lanes)) => lanes.clone(),
                        None => passed.clone(),
                    })
                    .collect();
                let mut outputs = part.evaluate(&lanes);
                if index == stages {
                    prop_assert_eq!(&outputs, &expected);
                } else {
                    passed = outputs.pop().unwrap_or_default();
                }
            }
        }

        /// No stage is longer than the budget, and more stages are never longer.
        #[test]
        fn stages_are_balanced(widths in (2usize..12, 2usize..12), encoding in 0usize..8) {
            let whole = netlist(widths, encoding);
            let mut previous = whole.depth();
            for stages in 0..5 {
                let budget = longest(&whole, stages, &[]);
                prop_assert!(budget <= previous);
                let parts = cut(&whole, stages, &[]);
                prop_assert!(parts.iter().all(|part| part.depth() <= budget));
                // A stage ends at most one cell early.
                let cell = 2 * delay::XOR;
                let whole = whole.depth();
                prop_assert!(budget <= whole.div_ceil(stages as u32 + 1) + cell);
                previous = budget;
            }
        }
    }
}
