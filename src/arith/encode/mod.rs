//! Encodings: how operand A becomes digits, and how a digit selects a multiple of operand B.
//!
//! Adding an encoding is one file with an implementation of [`Encoding`] and one line in [`ALL`].
//! The identity that every encoding must keep is
//! `sum over i of digit(i) * 2^weight(i) = A` for every A of the format, which the tests prove
//! exhaustively for widths 1 to 12.
//!
//! Radix-8 Booth digits are not here: 3B takes an adder in front of the rows, which costs more than
//! the rows that it saves. Measured in an open 45 nm library against radix 4, area times delay of
//! an element: 2 to 3 % more at INT8 without operand registers, 14 to 19 % more at INT16 with them.

mod baugh_wooley;
pub mod bit_pairs;
mod booth;
mod carry;
mod csd;
mod digit;
mod ent;
mod sign_magnitude;

pub use baugh_wooley::BaughWooley;
pub use bit_pairs::BitPairs;
pub use booth::Booth;
pub use csd::{Csd, CsdRadix4};
pub use digit::Digit;
pub use ent::Ent;
pub use sign_magnitude::SignMagnitude;

use super::format::Format;
use super::heap::BitHeap;
use super::netlist::{Bit, Netlist};

/// A recoding of operand A into digits of fixed bit weights.
pub trait Encoding: Sync {
    /// Name in the configuration.
    fn name(&self) -> &'static str;

    /// One sentence for documentation and help.
    fn summary(&self) -> &'static str;

    /// Bit weights of the digits of an operand, least significant first; their number is the
    /// extent of the bit-weight loop.
    fn weights(&self, operand: Format) -> Vec<usize>;

    /// The digit values of `value`, in the order of [`Encoding::weights`]. Written from the
    /// definition of the recoding; the circuit does not use it.
    fn digits(&self, operand: Format, value: i128) -> Vec<i8>;

    /// The lines in which `a` is stored as digits, as few as the encoding needs; constants where a
    /// line never changes.
    fn recode(&self, netlist: &mut Netlist, a: &[Bit], format: Format) -> Vec<Bit>;

    /// The digits, in the order of [`Encoding::weights`], given the lines of [`Encoding::recode`].
    fn select(&self, netlist: &mut Netlist, lines: &[Bit], format: Format) -> Vec<Digit>;

    /// The operand again, from all of its lines.
    fn recover(&self, netlist: &mut Netlist, lines: &[Bit], format: Format) -> Vec<Bit> {
        let weights = self.weights(format);
        let step = weights.get(1).map_or(1, |second| second - weights[0]);
        let digits = self.select(netlist, lines, format);
        digit::recover(netlist, &digits, step, format.width)
    }

    /// Adds the partial products of `a * b` to the heap, given the lines of `a`. The bits of `b` may
    /// be followed by those of [`bit_pairs::triple`], for an encoding that selects 3B.
    fn multiply(
        &self,
        netlist: &mut Netlist,
        heap: &mut BitHeap,
        (lines, a_format): (&[Bit], Format),
        b: (&[Bit], Format),
    ) {
        let digits = self.select(netlist, lines, a_format);
        for (digit, weight) in digits.iter().zip(self.weights(a_format)) {
            digit.multiply(netlist, heap, weight, b);
        }
    }

    /// Rows of partial products that one multiplication adds to the heap, corrections excluded.
    fn rows(&self, operand: Format) -> usize {
        self.weights(operand).len()
    }
}

/// All recodings.
pub const ALL: &[&dyn Encoding] = &[&BaughWooley, &Booth, &Ent, &Csd, &CsdRadix4, &SignMagnitude];

/// All ways to choose the rows of a multiplication: the recodings, and those that take several
/// digits at a time.
pub fn rows() -> impl Iterator<Item = &'static dyn Encoding> {
    ALL.iter().copied().chain([&BitPairs as &dyn Encoding])
}

/// Further names of encodings. The digits of a bit-serial engine are the bits.
pub const ALIASES: &[(&str, &dyn Encoding)] = &[("bit_serial", &BaughWooley)];

/// The encoding with this name or alias.
#[must_use]
pub fn find(name: &str) -> Option<&'static dyn Encoding> {
    let named = rows().map(|encoding| (encoding.name(), encoding));
    named.chain(ALIASES.iter().copied()).find(|(known, _)| *known == name).map(|found| found.1)
}

/// Digits of a radix-4 recoding: one per two bits, and for an unsigned operand one more bit for the
/// sign that it does not have.
fn radix_4_digits(operand: Format) -> usize {
    (operand.width + usize::from(!operand.signed)).div_ceil(2)
}

/// Bit `index` of A; its extension above it.
fn extended(a: &[Bit], format: Format, index: usize) -> Bit {
    match a.get(index) {
        Some(&bit) => bit,
        None if format.signed => a[a.len() - 1],
        None => Bit::Zero,
    }
}

/// What is done with a product.
#[derive(Clone, Copy, Debug)]
pub struct Use {
    /// A arrives as digits that were stored, see [`super::recode`].
    pub stored: bool,
    /// It is biased, so that its signs need no ones above it, see
    /// [`super::multiplier::Multiplier::bias`].
    pub biased: bool,
    /// It is added to a carry-save pair.
    pub carry_save: bool,
}

/// The encoding chosen for an `a` x `b` multiplication when the configuration says `auto`.
///
/// Booth's rows are fewer but dearer, and their encoder costs time unless its output is stored.
/// Measured as area times delay of whole elements, at 3 to 16 bits, in an open 45 nm library.
#[must_use]
pub fn auto(a: Format, b: Format, product: Use) -> &'static dyn Encoding {
    /// Operands from which Booth wins with its encoder in the way.
    const CROSSOVER: usize = 12;
    /// Selected operands from which it wins with stored digits, if the heap becomes lower.
    const CROSSOVER_STORED: usize = 5;
    /// The same where no carry has to run through the product meanwhile, and no constant is added:
    /// INT4 0.92 of plain bits, where with an adder it is 1.11.
    const CROSSOVER_CARRY_SAVE: usize = 4;
    let crossover = match product.biased && product.carry_save {
        true => CROSSOVER_CARRY_SAVE,
        false => CROSSOVER_STORED,
    };
    let corrections = match (a.signed, b.signed) {
        (true, _) if product.biased => 0,
        (true, true) => 1,
        // Without signs Booth has more corrections to add, and Baugh-Wooley none.
        _ => 4,
    };
    let lower = Booth.rows(a) + corrections < a.width.min(b.width);
    let booth = match product.stored {
        true => b.width >= crossover && lower,
        false => a.width.min(b.width) >= CROSSOVER,
    };
    if booth { &Booth } else { &BaughWooley }
}

/// Whether [`BitPairs`] with a stored 3B are chosen when the configuration says `auto`: for an unsigned
/// A, whose rows Booth's digits would not halve. Measured as area times delay of whole elements in an
/// open 45 nm library, by rows of plain bits: `mac` 0.87 at 8 and 0.90 at 6 bits, `opt1` 0.83 at 8.
#[must_use]
pub fn pairs_pay(a: Format, b: Format) -> bool {
    /// Narrowest operands for which a row less is worth the registers of 3B.
    const LEAST: usize = 6;
    !a.signed && a.width.min(b.width) >= LEAST
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arith::testing::{lanes, unpack};

    #[test]
    fn digits_decode_to_the_operand() {
        for encoding in rows() {
            for format in Format::sweep(12) {
                let weights = encoding.weights(format);
                for value in format.min()..=format.max() {
                    let digits = encoding.digits(format, value);
                    assert_eq!(digits.len(), weights.len());
                    let sum: i128 =
                        digits.iter().zip(&weights).map(|(&d, &w)| i128::from(d) << w).sum();
                    assert_eq!(sum, value, "{} {format}", encoding.name());
                }
            }
        }
    }

    /// Exhaustive: the heap of every small multiplication sums to the product modulo 2^width, for
    /// all signs, unequal widths and truncated results.
    #[test]
    fn partial_products_sum_to_the_product() {
        for encoding in rows() {
            for a in Format::sweep(5) {
                for b in Format::sweep(4) {
                    for width in [1, a.width, a.width + b.width, a.width + b.width + 3] {
                        check(encoding, a, b, width);
                    }
                }
            }
        }
    }

    fn check(encoding: &dyn Encoding, a: Format, b: Format, width: usize) {
        let mut netlist = Netlist::new();
        let a_bits = netlist.input("a", a.width, 0);
        let b_bits = netlist.input("b", b.width, 0);
        let mut heap = BitHeap::new(width);
        let lines = encoding.recode(&mut netlist, &a_bits, a);
        encoding.multiply(&mut netlist, &mut heap, (&lines, a), (&b_bits, b));
        let columns = heap.into_columns();
        for column in &columns {
            netlist.output("column", column.clone());
        }
        let operands: Vec<(i128, i128)> =
            (a.min()..=a.max()).flat_map(|x| (b.min()..=b.max()).map(move |y| (x, y))).collect();
        for chunk in operands.chunks(64) {
            let xs: Vec<i128> = chunk.iter().map(|pair| pair.0).collect();
            let ys: Vec<i128> = chunk.iter().map(|pair| pair.1).collect();
            let out = netlist.evaluate(&[lanes(&xs, a.width), lanes(&ys, b.width)]);
            for (vector, (x, y)) in chunk.iter().enumerate() {
                let sum: i128 = out
                    .iter()
                    .enumerate()
                    .map(|(column, bits)| {
                        bits.iter()
                            .map(|lane| i128::from(lane >> vector & 1) << column)
                            .sum::<i128>()
                    })
                    .sum();
                let expected = unpack(x * y, width);
                let name = encoding.name();
                assert_eq!(unpack(sum, width), expected, "{name} {a} x {b} mod 2^{width}: {x} {y}");
            }
        }
    }
}
