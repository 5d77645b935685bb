//! The accumulated value: how wide it is, and for how many terms it cannot overflow.

use num_bigint::BigInt;

use super::{AccumulatorParameters, Invalid, in_range};
use crate::arith::Levels;

/// Widest accumulator.
pub const MAX_ACCUMULATOR_WIDTH: usize = 256;

/// Longest sum that a design can be asked to hold.
pub const MAX_K: u64 = 1 << 32;

/// Terms that the accumulator holds when a configuration says nothing: with 8-bit operands this
/// gives the customary 32 bits.
const DEFAULT_K: u64 = 1 << 16;

/// Width of the accumulated value and what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accumulator {
    /// Bits; sums are exact modulo 2^width.
    pub width: usize,
    /// Whether the result is read as two's complement: it is unless both operands are unsigned.
    pub signed: bool,
    /// Number of terms up to which no sum can overflow; 0 when a single product can.
    pub k_max: u64,
}

impl Accumulator {
    pub(super) fn new(
        (a, b): (Levels, Levels),
        given: AccumulatorParameters,
    ) -> Result<Self, Invalid> {
        let signed = a.signed() || b.signed();
        let k_max = match given.k_max {
            None => None,
            Some(k) => match u64::try_from(k) {
                Ok(k) if (1..=MAX_K).contains(&k) => Some(k),
                _ => {
                    return Err(Invalid::new(
                        "accumulator.k_max",
                        format!("`k_max` is {k}, out of range 1 to {MAX_K}"),
                        "give the number of terms of the longest sum",
                    ));
                }
            },
        };
        let Some(width) = given.width else {
            let k_max = k_max.unwrap_or(DEFAULT_K);
            return Ok(Self { width: required_width(a, b, k_max), signed, k_max });
        };
        let width = in_range("accumulator.width", width, MAX_ACCUMULATOR_WIDTH)?;
        let Some(k_max) = k_max else {
            return Ok(Self { width, signed, k_max: longest_sum(a, b, width) });
        };
        let needed = required_width(a, b, k_max);
        if needed > width {
            let holds = longest_sum(a, b, width);
            return Err(Invalid::new(
                "accumulator.width",
                format!(
                    "`width` is {width}, but sums of up to {k_max} products {a} x {b} need {needed} \
                     bits"
                ),
                if holds == 0 {
                    format!(
                        "set `width: {needed}` or leave `width` out to derive it; without `k_max` \
                         a width that holds no product is accepted, and results wrap"
                    )
                } else {
                    format!(
                        "set `width: {needed}`, lower `k_max` to {holds}, or leave `width` out to \
                         derive it"
                    )
                },
            ));
        }
        Ok(Self { width, signed, k_max })
    }
}

/// Smallest and largest product of the two formats.
fn product_range(a: Levels, b: Levels) -> (BigInt, BigInt) {
    let corners = [a.min(), a.max()].into_iter().flat_map(|x| {
        [b.min(), b.max()].into_iter().map(move |y| BigInt::from(x) * BigInt::from(y))
    });
    let mut sorted: Vec<BigInt> = corners.collect();
    sorted.sort();
    (sorted[0].clone(), sorted[3].clone())
}

/// Bits that hold every sum of `k` products.
fn required_width(a: Levels, b: Levels, k: u64) -> usize {
    let (min, max) = product_range(a, b);
    let (min, max) = (min * k, max * k);
    let zero = BigInt::ZERO;
    // -2^(w-1) holds the negative bound; 2^(w-1) - 1 (or 2^w - 1) the positive one.
    let negative = if min < zero { (-&min - 1u32).bits() + 1 } else { 0 };
    let positive = max.bits() + u64::from(a.signed() || b.signed());
    usize::try_from(negative.max(positive).max(1)).expect("a few hundred bits")
}

/// Number of products up to which a sum fits `width` bits, at most [`MAX_K`].
fn longest_sum(a: Levels, b: Levels, width: usize) -> u64 {
    let (mut fits, mut too_long) = (0, MAX_K + 1);
    while too_long - fits > 1 {
        let middle = fits + (too_long - fits) / 2;
        if required_width(a, b, middle) <= width { fits = middle } else { too_long = middle }
    }
    fits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arith::format::Format;

    /// The bounds against a direct enumeration of all products.
    #[test]
    fn widths_are_the_smallest_that_hold() {
        for a in Format::sweep(5) {
            for b in Format::sweep(4) {
                for k in [1u64, 2, 3, 7, 8] {
                    let products =
                        (a.min()..=a.max()).flat_map(|x| (b.min()..=b.max()).map(move |y| x * y));
                    let (min, max) =
                        products.fold((0, 0), |(lo, hi), p: i128| (lo.min(p), hi.max(p)));
                    let (min, max) = (min * i128::from(k), max * i128::from(k));
                    let signed = a.signed || b.signed;
                    let holds = |w: usize| {
                        let format = Format { width: w, signed };
                        format.min() <= min && max <= format.max()
                    };
                    let (a, b) = (a.into(), b.into());
                    let smallest = (1..).find(|&w| holds(w)).unwrap();
                    assert_eq!(required_width(a, b, k), smallest, "{a} x {b}, k = {k}");
                    assert!(longest_sum(a, b, smallest) >= k);
                    assert_eq!(required_width(a, b, longest_sum(a, b, smallest)), smallest);
                }
            }
        }
    }

    #[test]
    fn int8_into_32_bits_holds_the_published_length() {
        let int8 = Levels::from(Format::signed(8));
        assert_eq!(longest_sum(int8, int8, 32), 131_071);
        assert_eq!(required_width(int8, int8, DEFAULT_K), 32);
    }
}
