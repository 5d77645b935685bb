//! The datapaths of an element that adds a product to what its neighbour hands it: sums hop along
//! K from element to element, and nothing is ever dropped.
//!
//! Port names are those of [`super::datapath`], without `keep`.

use super::adder::Topology;
use super::addition::finish;
use super::carry_save::{self, CarryLayout, CarryStorage, Feed};
use super::compress;
use super::datapath;
use super::delay;
use super::format::Format;
use super::heap::BitHeap;
use super::multiplier::Multiplier;
use super::netlist::{Bit, Netlist};

/// `sum' = sum + a * b` modulo 2^width, with one carry-propagate adder, cut into `stages + 1`
/// netlists at balanced depths, of which the last one takes `sum`: so a sum goes on by one element
/// per cycle, however many stages an element has.
#[must_use]
pub fn multiply_add(
    multiplier: &Multiplier,
    width: usize,
    topology: Topology,
    stages: usize,
) -> Vec<Netlist> {
    let build = |multiplier: &Multiplier| {
        let mut netlist = Netlist::new();
        let mut heap = multiplier.heap(&mut netlist, width);
        let columns: Vec<usize> = (0..width).collect();
        let word = ("sum", multiplier.feedback);
        Feed::Neighbour.add(&mut netlist, &mut heap, word, &columns);
        finish(&mut netlist, heap, multiplier.compressor, topology, "sum");
        (netlist.pruned(), ())
    };
    datapath::in_stages(multiplier, stages, build).0
}

/// `sum' = sum + product` modulo 2^width.
#[must_use]
pub fn accumulate(product: Format, width: usize, topology: Topology) -> Netlist {
    let mut netlist = Netlist::new();
    let mut heap = BitHeap::new(width);
    let bits = netlist.input("product", product.width, delay::REGISTER);
    heap.add_word(&mut netlist, 0, &bits, product.signed);
    let sum: Vec<Bit> = netlist.input("sum", width, delay::REGISTER);
    sum.into_iter().enumerate().for_each(|(column, bit)| heap.add(column, bit));
    finish(&mut netlist, heap, &compress::Timed, topology, "sum");
    netlist.pruned()
}

/// `sum' + carry' = sum + carry + a * b` modulo 2^width, without a carry-propagate adder, cut like
/// [`multiply_add`]. The words that come in and the words that go out have the same layout, so
/// elements can be chained.
///
/// # Panics
/// If the carries of every 0th column are asked for.
#[must_use]
pub fn multiply_compress(
    multiplier: &Multiplier,
    width: usize,
    storage: CarryStorage,
    stages: usize,
) -> (Vec<Netlist>, CarryLayout) {
    datapath::in_stages(multiplier, stages, |multiplier| {
        carry_save::compress_product(multiplier, width, storage, Feed::Neighbour)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::arith::testing::{lanes, unpack, word};
    use crate::arith::{compress as strategies, encode};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        /// A chain of three elements, for every encoding, cut and uncut: what comes out is the sum.
        #[test]
        fn chains_add_up(
            widths in (1usize..=9, 1usize..=9),
            signs in any::<(bool, bool)>(),
            width in 1usize..=30,
            every in 0usize..4,
            cuts in 0usize..3,
            vectors in prop::collection::vec(any::<[i64; 7]>(), 64),
        ) {
            let a = Format { width: widths.0, signed: signs.0 };
            let b = Format { width: widths.1, signed: signs.1 };
            let storage = if every == 0 { CarryStorage::Slack } else { CarryStorage::Every(every) };
            let value = |v: i64, f: Format| {
                let bits = unpack(i128::from(v), f.width);
                if f.signed && bits >> (f.width - 1) == 1 { bits - (1 << f.width) } else { bits }
            };
            let column = |index: usize| vectors.iter().map(|v| i128::from(v[index])).collect::<Vec<_>>();
            let expected = |v: &[i64; 7]| {
                let term = |k: usize| value(v[2 * k], a) * value(v[2 * k + 1], b);
                unpack(i128::from(v[6]) + (0..3).map(term).sum::<i128>(), width)
            };
            for encoding in encode::rows() {
                let m = Multiplier { a, b, levels: None, encoding, compressor: &strategies::Timed, recoded: false, tripled: false, terms: 1, bias: 0, feedback: 0 };
                let mac = multiply_add(&m, width, Topology::Sklansky, cuts);
                let (opt1, layout) = multiply_compress(&m, width, storage, cuts);
                let resolve = carry_save::resolve(width, &layout, Topology::BrentKung);
                let mut sum = lanes(&column(6), width);
                let mut pair = vec![sum.clone()];
                if layout.width() > 0 {
                    pair.push(vec![0; layout.width()]);
                }
                for k in 0..3 {
                    let operands = [lanes(&column(2 * k), a.width), lanes(&column(2 * k + 1), b.width)];
                    sum = run(&mac, &operands, &[sum]).remove(0);
                    pair = run(&opt1, &operands, &pair);
                }
                let resolved = resolve.evaluate(&pair);
                for (index, vector) in vectors.iter().enumerate() {
                    prop_assert_eq!(word(&sum, index), expected(vector), "mac {}", encoding.name());
                    prop_assert_eq!(word(&resolved[0], index), expected(vector), "{}", encoding.name());
                }
            }
        }
    }

    /// Evaluates the stages of a netlist one after the other.
    fn run(stages: &[Netlist], operands: &[Vec<u64>], fed: &[Vec<u64>]) -> Vec<Vec<u64>> {
        let mut between: Option<Vec<u64>> = None;
        let mut last = Vec::new();
        for part in stages {
            let inputs = part.inputs().iter().map(|word| match word.name.as_str() {
                "a" => operands[0].clone(),
                "b" => operands[1].clone(),
                "sum" => fed[0].clone(),
                "carry" => fed[1].clone(),
                _ => between.clone().expect("the stage before has an output"),
            });
            last = part.evaluate(&inputs.collect::<Vec<_>>());
            between = last.first().cloned();
        }
        last
    }
}
