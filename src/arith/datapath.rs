//! The combinational datapaths of the processing elements, put together from encodings,
//! compressors and prefix adders.
//!
//! Port names are those of the emitted modules: `a`, `b` operands, `keep` (0 in the first beat of
//! a tile: the accumulated value is dropped), `sum` and `carry` the accumulated words.

use super::adder::{self, Topology};
use super::compress::{self, CarrySave, CompressorStrategy};
use super::delay;
use super::encode::Encoding;
use super::format::Format;
use super::gates::Place;
use super::heap::BitHeap;
use super::netlist::{Bit, Netlist, Role};

/// How a product is formed and added up.
#[derive(Clone, Copy)]
pub struct Multiplier {
    /// Format of operand A, the encoded one.
    pub a: Format,
    /// Format of operand B, the selected one.
    pub b: Format,
    /// Recoding of A.
    pub encoding: &'static dyn Encoding,
    /// Placement of the compressors.
    pub compressor: &'static dyn CompressorStrategy,
}

impl Multiplier {
    /// Format of the product: the sum of the widths holds every product.
    #[must_use]
    pub fn product(&self) -> Format {
        Format { width: self.a.width + self.b.width, signed: self.a.signed || self.b.signed }
    }

    fn heap(&self, netlist: &mut Netlist, width: usize) -> BitHeap {
        let a = netlist.input("a", self.a.width, delay::REGISTER);
        let b = netlist.input("b", self.b.width, delay::REGISTER);
        let mut heap = BitHeap::new(width);
        self.encoding.multiply(netlist, &mut heap, (&a, self.a), (&b, self.b));
        heap
    }
}

/// Which columns of a carry-save accumulator store a carry beside their sum bit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CarryLayout {
    columns: Vec<usize>,
}

impl CarryLayout {
    /// Columns that store a carry, ascending.
    #[must_use]
    pub fn columns(&self) -> &[usize] {
        &self.columns
    }

    /// Number of stored carries.
    #[must_use]
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// The stored carries at their columns of a word of `width` bits, zeros elsewhere.
    fn expand(&self, stored: &[Bit], width: usize) -> Vec<Bit> {
        let mut word = vec![Bit::Zero; width];
        for (&column, &bit) in self.columns.iter().zip(stored) {
            word[column] = bit;
        }
        word
    }
}

/// `sum' = (keep ? sum : 0) + a * b` modulo 2^width, with one carry-propagate adder: the plain
/// multiply-accumulate. The accumulated word is a row of the compressor tree like any other.
#[must_use]
pub fn multiply_add(multiplier: &Multiplier, width: usize, topology: Topology) -> Netlist {
    let mut netlist = Netlist::new();
    let mut heap = multiplier.heap(&mut netlist, width);
    add_kept(&mut netlist, &mut heap, "sum", &(0..width).collect::<Vec<_>>());
    finish(&mut netlist, heap, multiplier.compressor, topology, "sum");
    netlist.pruned()
}

/// `product = a * b`, to be registered.
#[must_use]
pub fn multiply(multiplier: &Multiplier, topology: Topology) -> Netlist {
    let mut netlist = Netlist::new();
    let heap = multiplier.heap(&mut netlist, multiplier.product().width);
    finish(&mut netlist, heap, multiplier.compressor, topology, "product");
    netlist.pruned()
}

/// `sum' = (keep ? sum : 0) + product` modulo 2^width.
#[must_use]
pub fn accumulate(product: Format, width: usize, topology: Topology) -> Netlist {
    let mut netlist = Netlist::new();
    let mut heap = BitHeap::new(width);
    let bits = netlist.input("product", product.width, delay::REGISTER);
    heap.add_word(&mut netlist, 0, &bits, product.signed);
    add_kept(&mut netlist, &mut heap, "sum", &(0..width).collect::<Vec<_>>());
    finish(&mut netlist, heap, &compress::Timed, topology, "sum");
    netlist.pruned()
}

/// `sum' + carry' = (keep ? sum + carry : 0) + a * b` modulo 2^width: the carry-save accumulation
/// of `opt1`, with no carry chain. The words are fed back as they come out; column c may store a
/// carry where `c` is a multiple of `every`, and ripples it into column c + 1 elsewhere.
/// Source: the half-compress accumulation of arXiv 2503.06342, section on OPT1.
///
/// # Panics
/// If `every` is 0.
#[must_use]
pub fn multiply_compress(
    multiplier: &Multiplier,
    width: usize,
    every: usize,
) -> (Netlist, CarryLayout) {
    let stored = |column: &usize| *column > 0 && column.is_multiple_of(every);
    let mut layout = CarryLayout { columns: (0..width).filter(stored).collect() };
    // A column that ends up with one bit stores no carry, which may spare its neighbour one too:
    // shrink the layout until it is its own image.
    loop {
        let (netlist, image) = compress_with(multiplier, width, &layout);
        if image == layout {
            return (netlist, layout);
        }
        debug_assert!(image.columns.iter().all(|column| layout.columns.contains(column)));
        layout = image;
    }
}

fn compress_with(
    multiplier: &Multiplier,
    width: usize,
    layout: &CarryLayout,
) -> (Netlist, CarryLayout) {
    let mut netlist = Netlist::new();
    let mut heap = multiplier.heap(&mut netlist, width);
    add_kept(&mut netlist, &mut heap, "sum", &(0..width).collect::<Vec<_>>());
    if layout.width() > 0 {
        add_kept(&mut netlist, &mut heap, "carry", &layout.columns);
    }
    let mut limits = vec![1; width];
    layout.columns.iter().for_each(|&column| limits[column] = 2);
    let CarrySave { sum, carry } =
        compress::carry_save(&mut netlist, heap, multiplier.compressor, &limits);
    let kept = |column: &usize| carry[*column] != Bit::Zero;
    let image = CarryLayout { columns: (0..width).filter(kept).collect() };
    netlist.output("sum", sum);
    if image.width() > 0 {
        let stored = image.columns.iter().map(|&column| carry[column]).collect();
        netlist.output("carry", stored);
    }
    (netlist.pruned(), image)
}

/// `sum = sum + carry` modulo 2^width: the carry-propagate adder that resolves a carry-save pair.
#[must_use]
pub fn resolve(width: usize, layout: &CarryLayout, topology: Topology) -> Netlist {
    let mut netlist = Netlist::new();
    let sum = netlist.input("sum", width, delay::REGISTER);
    let mut word = vec![Bit::Zero; width];
    if layout.width() > 0 {
        let stored = netlist.input("carry", layout.width(), delay::REGISTER);
        word = layout.expand(&stored, width);
    }
    let resolved = adder::add(&mut netlist, topology, &sum, &word);
    netlist.output("sum", resolved);
    netlist.pruned()
}

/// Adds the input word `name`, gated by `keep`, to the heap; bit i stands in column `columns[i]`.
fn add_kept(netlist: &mut Netlist, heap: &mut BitHeap, name: &str, columns: &[usize]) {
    let bits = netlist.input(name, columns.len(), delay::REGISTER);
    let keep = match netlist.inputs().iter().find(|word| word.name == "keep") {
        Some(word) => word.bits[0],
        None => netlist.input("keep", 1, delay::REGISTER)[0],
    };
    for (&column, &bit) in columns.iter().zip(&bits) {
        let kept = netlist.and(Place::new(Role::Feedback, column), bit, keep);
        heap.add(column, kept);
    }
}

/// Compresses the heap and adds the two words up.
fn finish(
    netlist: &mut Netlist,
    heap: BitHeap,
    compressor: &dyn CompressorStrategy,
    topology: Topology,
    name: &str,
) {
    let limits = vec![2; heap.width()];
    let CarrySave { sum, carry } = compress::carry_save(netlist, heap, compressor, &limits);
    let result = adder::add(netlist, topology, &sum, &carry);
    netlist.output(name, result);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::arith::testing::{lanes, unpack, word};
    use crate::arith::{compress as strategies, encode};

    fn multipliers(a: Format, b: Format) -> Vec<Multiplier> {
        let all = encode::ALL.iter().flat_map(|&encoding| {
            strategies::ALL.iter().map(move |&compressor| Multiplier { a, b, encoding, compressor })
        });
        all.collect()
    }

    /// Feeds random states and operands and compares with integer arithmetic.
    fn check(m: &Multiplier, width: usize, vectors: &[[i128; 5]]) {
        let column = |index: usize| vectors.iter().map(|v| v[index]).collect::<Vec<i128>>();
        let [a, b, keep, s, c] = [0, 1, 2, 3, 4].map(column);
        let names = format!("{} {} x {} mod 2^{width}", m.encoding.name(), m.a, m.b);
        let value = |v: &i128, f: Format| {
            let bits = unpack(*v, f.width);
            if f.signed && bits >> (f.width - 1) == 1 { bits - (1 << f.width) } else { bits }
        };
        let products: Vec<i128> =
            a.iter().zip(&b).map(|(a, b)| value(a, m.a) * value(b, m.b)).collect();
        let [la, lb, lk, ls] =
            [(&a, m.a.width), (&b, m.b.width), (&keep, 1), (&s, width)].map(|(v, w)| lanes(v, w));
        let topology = Topology::Sklansky;

        let mac = multiply_add(m, width, topology);
        let out = mac.evaluate(&[la.clone(), lb.clone(), ls.clone(), lk.clone()]);
        for (v, product) in products.iter().enumerate() {
            let expected = unpack(s[v] * (keep[v] & 1) + product, width);
            assert_eq!(word(&out[0], v), expected, "mac {names}");
        }

        for every in [1, 2, 5] {
            let (opt1, layout) = multiply_compress(m, width, every);
            let lc = lanes(&c, layout.width());
            let mut inputs = vec![la.clone(), lb.clone(), ls.clone(), lk.clone()];
            if layout.width() > 0 {
                inputs.push(lc.clone());
            }
            let out = opt1.evaluate(&inputs);
            let spread = |v: usize, lanes: &[u64]| {
                let columns = layout.columns().iter().zip(lanes);
                columns.map(|(&column, lane)| i128::from(lane >> v & 1) << column).sum::<i128>()
            };
            let resolver = resolve(width, &layout, topology);
            let resolved = resolver.evaluate(&out);
            for (v, product) in products.iter().enumerate() {
                let state = unpack(s[v], width) + spread(v, &lc);
                let expected = unpack(state * (keep[v] & 1) + product, width);
                let carry = out.get(1).map_or(0, |lanes| spread(v, lanes));
                assert_eq!(unpack(word(&out[0], v) + carry, width), expected, "opt1 {names}");
                assert_eq!(word(&resolved[0], v), expected, "resolve {names}");
            }
            let registers = opt1.outputs().iter().flat_map(|word| &word.bits);
            assert!(registers.into_iter().all(|bit| matches!(bit, Bit::Net(_))), "{names}");
        }

        let product = multiply(m, topology);
        let out = product.evaluate(&[la, lb]);
        let adder = accumulate(m.product(), width, topology);
        let sums = adder.evaluate(&[out[0].clone(), ls, lk]);
        for (v, product) in products.iter().enumerate() {
            assert_eq!(word(&out[0], v), unpack(*product, m.product().width), "product {names}");
            let expected = unpack(s[v] * (keep[v] & 1) + product, width);
            assert_eq!(word(&sums[0], v), expected, "accumulate {names}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn datapaths_accumulate(
            widths in (1usize..=17, 1usize..=17),
            signs in any::<(bool, bool)>(),
            width in 1usize..=48,
            vectors in prop::collection::vec(any::<[i64; 5]>(), 64),
        ) {
            let a = Format { width: widths.0, signed: signs.0 };
            let b = Format { width: widths.1, signed: signs.1 };
            let mut vectors: Vec<[i128; 5]> =
                vectors.iter().map(|v| v.map(i128::from)).collect();
            // The corners: all minimum, all maximum, mixed.
            vectors[0] = [a.min(), b.min(), 1, -1, -1];
            vectors[1] = [a.max(), b.min(), 1, 0, -1];
            vectors[2] = [a.min(), b.max(), 0, -1, 0];
            vectors[3] = [a.max(), b.max(), 1, -1, 1];
            for multiplier in multipliers(a, b) {
                check(&multiplier, width, &vectors);
            }
        }
    }
}
