//! The combinational datapaths of the processing elements, put together from encodings,
//! compressors and prefix adders.
//!
//! Port names are those of the emitted modules: `a`, `b` operands, `keep` (0 in the first beat of
//! a tile: the accumulated value is dropped), `sum` and `carry` the accumulated words.

use super::adder::Topology;
use super::addition::finish;
use super::compress;
use super::delay;
use super::format::Format;
use super::gates::Place;
use super::heap::BitHeap;
use super::multiplier::Multiplier;
use super::netlist::{Netlist, Role};

/// `sum' = (keep ? sum : 0) + a * b` modulo 2^width, with one carry-propagate adder: the plain
/// multiply-accumulate. The accumulated word is a row of the compressor tree like any other.
#[must_use]
pub fn multiply_add(multiplier: &Multiplier, width: usize, topology: Topology) -> Netlist {
    let mut netlist = Netlist::new();
    let mut heap = multiplier.heap(&mut netlist, width);
    let columns: Vec<usize> = (0..width).collect();
    add_kept(&mut netlist, &mut heap, ("sum", multiplier.feedback), &columns);
    finish(&mut netlist, heap, multiplier.compressor, topology, "sum");
    netlist.pruned()
}

/// [`multiply_add`], cut into `stages + 1` netlists at balanced depths, see [`super::stages`].
#[must_use]
pub fn multiply_add_in_stages(
    multiplier: &Multiplier,
    width: usize,
    topology: Topology,
    stages: usize,
) -> Vec<Netlist> {
    let build = |multiplier: &Multiplier| (multiply_add(multiplier, width, topology), ());
    in_stages(multiplier, stages, build).0
}

/// The words that the last stage of a pipelined accumulation reads.
const LATE: [&str; 3] = ["sum", "carry", "keep"];

/// Fractions of the whole depth at which the accumulated words are tried to arrive.
const ARRIVALS: u32 = 8;

/// Cuts what `build` makes into `stages + 1` netlists. The accumulated words are read by the last
/// one; how late the tree takes them in is chosen so that the longest stage is shortest.
pub(super) fn in_stages<T>(
    multiplier: &Multiplier,
    stages: usize,
    build: impl Fn(&Multiplier) -> (Netlist, T),
) -> (Vec<Netlist>, T) {
    let (netlist, other) = build(multiplier);
    if stages == 0 {
        return (vec![netlist], other);
    }
    let depth = netlist.depth();
    let mut best = (super::stages::longest(&netlist, stages, &LATE), netlist, other);
    for step in 1..=ARRIVALS {
        let late = Multiplier { feedback: depth * step / ARRIVALS, ..*multiplier };
        let (netlist, other) = build(&late);
        let longest = super::stages::longest(&netlist, stages, &LATE);
        if longest < best.0 {
            best = (longest, netlist, other);
        }
    }
    (super::stages::cut(&best.1, stages, &LATE), best.2)
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
    let columns: Vec<usize> = (0..width).collect();
    add_kept(&mut netlist, &mut heap, ("sum", delay::REGISTER), &columns);
    finish(&mut netlist, heap, &compress::Timed, topology, "sum");
    netlist.pruned()
}

/// Adds the input word `name`, gated by `keep`, to the heap; bit i stands in column `columns[i]`.
pub(super) fn add_kept(
    netlist: &mut Netlist,
    heap: &mut BitHeap,
    (name, arrival): (&str, u32),
    columns: &[usize],
) {
    let bits = netlist.input(name, columns.len(), arrival);
    let keep = match netlist.inputs().iter().find(|word| word.name == "keep") {
        Some(word) => word.bits[0],
        None => netlist.input("keep", 1, arrival)[0],
    };
    for (&column, &bit) in columns.iter().zip(&bits) {
        let kept = netlist.and(Place::new(Role::Feedback, column), bit, keep);
        heap.add(column, kept);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::arith::carry_save::{CarryStorage, multiply_compress, resolve, resolve_biased};
    use crate::arith::dot::DotKind;
    use crate::arith::encode::Encoding;
    use crate::arith::netlist::Bit;
    use crate::arith::operand::Operand;
    use crate::arith::testing::{lanes, unpack, word};
    use crate::arith::{compress as strategies, encode, recode};

    fn multipliers(a: Format, b: Format) -> Vec<Multiplier> {
        let all = encode::rows().flat_map(|encoding| {
            strategies::ALL.iter().flat_map(move |&compressor| {
                [(false, 0), (true, 0), (true, 1), (false, 2)].map(|(recoded, bias)| Multiplier {
                    a,
                    b,
                    levels: None,
                    encoding,
                    compressor,
                    recoded,
                    tripled: recoded && encoding.name() == encode::BitPairs.name(),
                    terms: 1,
                    bias,
                    feedback: 0,
                })
            })
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
        // Of a biased product as much too much as no wrapping hides.
        let bias = i128::try_from(m.bias(m.a.width + m.b.width + 40)).unwrap();
        let products: Vec<i128> =
            a.iter().zip(&b).map(|(a, b)| value(a, m.a) * value(b, m.b) + bias).collect();
        let [la, lb, lk, ls] =
            [(&a, m.a.width), (&b, m.b.width), (&keep, 1), (&s, width)].map(|(v, w)| lanes(v, w));
        let topology = Topology::Sklansky;
        let la = if m.recoded { recode::encoder(m).evaluate(&[la]).remove(0) } else { la };
        let mut operands = vec![la, lb.clone()];
        if m.tripled {
            operands.push(recode::tripler(m).evaluate(&[lb]).remove(0));
        }
        let with = |others: &[&Vec<u64>]| -> Vec<Vec<u64>> {
            operands.iter().chain(others.iter().copied()).cloned().collect()
        };

        let mac = multiply_add(m, width, topology);
        let out = mac.evaluate(&with(&[&ls, &lk]));
        for (v, product) in products.iter().enumerate() {
            let expected = unpack(s[v] * (keep[v] & 1) + product, width);
            assert_eq!(word(&out[0], v), expected, "mac {names}");
        }

        for storage in [CarryStorage::Every(1), CarryStorage::Every(5), CarryStorage::Slack] {
            let (opt1, layout) = multiply_compress(m, width, storage);
            let lc = lanes(&c, layout.width());
            let mut inputs = with(&[&ls, &lk]);
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
            let shift = width / 3;
            let corrector = resolve_biased((width, shift), &layout, topology);
            let correction = lanes(&b, width - shift);
            let corrected =
                corrector.evaluate(&[out.as_slice(), std::slice::from_ref(&correction)].concat());
            for (v, product) in products.iter().enumerate() {
                let state = unpack(s[v], width) + spread(v, &lc);
                let expected = unpack(state * (keep[v] & 1) + product, width);
                let carry = out.get(1).map_or(0, |lanes| spread(v, lanes));
                assert_eq!(unpack(word(&out[0], v) + carry, width), expected, "opt1 {names}");
                assert_eq!(word(&resolved[0], v), expected, "resolve {names}");
                let expected = unpack(expected + (word(&correction, v) << shift), width);
                assert_eq!(word(&corrected[0], v), expected, "resolve, {shift} {names}");
            }
            let registers = opt1.outputs().iter().flat_map(|word| &word.bits);
            assert!(registers.into_iter().all(|bit| matches!(bit, Bit::Net(_))), "{names}");
        }

        let product = multiply(m, topology);
        let out = product.evaluate(&operands);
        let adder = accumulate(m.product(), width, topology);
        let sums = adder.evaluate(&[out[0].clone(), ls, lk]);
        for (v, product) in products.iter().enumerate() {
            assert_eq!(word(&out[0], v), unpack(*product, m.product().width), "product {names}");
            let fits = m.product().min() <= *product && *product <= m.product().max();
            assert!(fits, "product {names}");
            let expected = unpack(s[v] * (keep[v] & 1) + product, width);
            assert_eq!(word(&sums[0], v), expected, "accumulate {names}");
        }
    }

    /// The dot product of words of codes, and what their row shares, by the definition.
    fn popcount_vector(m: &Multiplier, seed: &mut u64) -> (i128, i128, i128) {
        let (x, w) = m.levels.unwrap();
        let mut code = |operand: Operand| {
            *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let bits = *seed >> 40 & ((1 << operand.width()) - 1);
            if operand.value(bits).is_some() { bits } else { 0 }
        };
        let (mut a, mut b, mut dot, mut sum) = (0i128, 0i128, 0i128, 0i128);
        let kind = m.dot().unwrap().kind();
        // Terms that count; where zero is a level, those beyond are zeros like any other.
        let terms = match kind {
            DotKind::Xnor => code(Operand::Unsigned { planes: 8 }) as usize % (m.terms + 1),
            _ => m.terms,
        };
        for term in terms..m.terms {
            let all = (1i128 << w.width()) - 1;
            b |= (if term % 2 == 1 { all } else { 0 }) << (term * w.width());
        }
        for term in 0..terms {
            let (cx, cw) = (code(x), code(w));
            a |= i128::from(cx) << (term * x.width());
            b |= i128::from(cw) << (term * w.width());
            let (vx, vw) = (x.value(cx).unwrap(), w.value(cw).unwrap());
            dot += i128::from(vx * vw);
            sum += i128::from(vx);
        }
        let shared = match kind {
            DotKind::Xnor => terms as i128 % 2,
            DotKind::AndShared => -sum * i128::from(w.max()),
            _ => 0,
        };
        (a | unpack(shared, m.shared_width()) << (m.terms * x.width()), b, dot)
    }

    #[test]
    fn popcounts_accumulate_dot_products() {
        let bipolar = |planes| Operand::Bipolar { planes };
        let pairs = [
            (Operand::BINARY, Operand::BINARY),
            (bipolar(2), bipolar(3)),
            (Operand::Unsigned { planes: 1 }, Operand::BINARY),
            (Operand::Signed { planes: 3 }, bipolar(2)),
            (Operand::Ternary, Operand::Ternary),
            (Operand::Unsigned { planes: 2 }, Operand::Signed { planes: 2 }),
        ];
        let mut seed = 1;
        for (x, w) in pairs {
            for (terms, width) in [(1, 9), (7, 14), (12, 5), (16, 20)] {
                let m = Multiplier {
                    a: Format::unsigned(x.width()),
                    b: Format::unsigned(w.width()),
                    levels: Some((x, w)),
                    encoding: &encode::BaughWooley,
                    compressor: &strategies::Timed,
                    recoded: false,
                    tripled: false,
                    terms,
                    bias: 0,
                    feedback: 0,
                };
                let vectors: Vec<_> = (0..64).map(|_| popcount_vector(&m, &mut seed)).collect();
                let column = |at: fn(&(i128, i128, i128)) -> i128, bits| {
                    lanes(&vectors.iter().map(at).collect::<Vec<_>>(), bits)
                };
                let a = column(|v| v.0, x.width() * terms + m.shared_width());
                let b = column(|v| v.1, w.width() * terms);
                let old = column(|v| v.1 ^ v.0, width);
                let keep = vec![u64::MAX];
                let sums = multiply_add(&m, width, Topology::Sklansky);
                let sums = sums.evaluate(&[a.clone(), b.clone(), old.clone(), keep]);
                let products = multiply(&m, Topology::Sklansky).evaluate(&[a, b]);
                for (index, (a, b, dot)) in vectors.iter().enumerate() {
                    let what = format!("{x} x {w}, {terms} terms mod 2^{width}");
                    let sum = unpack(unpack(a ^ b, width) + dot, width);
                    assert_eq!(word(&sums[0], index), sum, "{what}");
                    let product = unpack(*dot, m.product().width);
                    assert_eq!(word(&products[0], index), product, "product, {what}");
                }
            }
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
