//! Non-zero digits of an operand.

use super::Probabilities;
use crate::arith::encode::Encoding;
use crate::arith::format::Format;

/// How often the digits of an operand are non-zero.
#[derive(Clone, Debug, PartialEq)]
pub struct DigitStatistics {
    /// Bit weights of the digits as exponents of 2, least significant first.
    pub weights: Vec<usize>,
    /// Probability, or share, of operands whose digit of each weight is non-zero.
    pub nonzero: Vec<f64>,
    /// Entry n: probability, or share, of operands with n non-zero digits.
    pub histogram: Vec<f64>,
}

impl DigitStatistics {
    /// The expectation for operands of `format` with these probabilities.
    #[must_use]
    pub fn expected(
        encoding: &dyn Encoding,
        format: Format,
        probabilities: &Probabilities,
    ) -> Self {
        Self::weighted(encoding, format, probabilities.iter())
    }

    /// The count over operands of `format`; all zeros where there are none.
    #[must_use]
    pub fn measured(encoding: &dyn Encoding, format: Format, values: &[i128]) -> Self {
        let share = 1.0 / values.len().max(1) as f64;
        Self::weighted(encoding, format, values.iter().map(|&value| (value, share)))
    }

    fn weighted(
        encoding: &dyn Encoding,
        format: Format,
        values: impl Iterator<Item = (i128, f64)>,
    ) -> Self {
        let weights = encoding.weights(format);
        let mut nonzero = vec![0.0; weights.len()];
        let mut histogram = vec![0.0; weights.len() + 1];
        for (value, mass) in values {
            let mut count = 0;
            for (sum, digit) in nonzero.iter_mut().zip(encoding.digits(format, value)) {
                if digit != 0 {
                    *sum += mass;
                    count += 1;
                }
            }
            histogram[count] += mass;
        }
        Self { weights, nonzero, histogram }
    }

    /// Mean number of non-zero digits of an operand.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.nonzero.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arith::encode;
    use crate::vectors::Distribution;

    const INT8: Format = Format::signed(8);

    fn statistics(encoding: &str, distribution: Distribution) -> DigitStatistics {
        let probabilities = Probabilities::new(INT8, distribution).unwrap();
        DigitStatistics::expected(encode::find(encoding).unwrap(), INT8, &probabilities)
    }

    /// Independently computed means to three decimals.
    #[test]
    fn means_are_the_known_ones() {
        let encodings = ["ent", "booth", "bit_serial", "sign_magnitude", "csd"];
        let rows = [
            (Distribution::Normal(5.0), [1.399, 1.547, 3.823, 1.463, 1.396]),
            (Distribution::Normal(10.0), [1.762, 1.926, 3.931, 1.890, 1.731]),
            (Distribution::Normal(20.0), [2.115, 2.294, 3.976, 2.344, 2.063]),
            (Distribution::Normal(30.0), [2.335, 2.530, 3.988, 2.619, 2.259]),
            (Distribution::Normal(40.0), [2.490, 2.673, 3.993, 2.815, 2.397]),
            (Distribution::Normal(50.0), [2.605, 2.769, 3.996, 2.968, 2.500]),
            (Distribution::Uniform, [2.918, 3.000, 4.000, 3.504, 2.777]),
        ];
        for (distribution, means) in rows {
            for (encoding, mean) in encodings.into_iter().zip(means) {
                let found = statistics(encoding, distribution).mean();
                assert!((found - mean).abs() < 6e-4, "{encoding} {distribution}: {found}");
            }
        }
    }

    /// Numbers of 8-bit values by their non-zero digits.
    #[test]
    fn histograms_are_the_known_ones() {
        for (encoding, counts) in [
            ("ent", [1, 15, 60, 108, 72]),
            ("booth", [1, 12, 54, 108, 81]),
            ("csd_radix4", [1, 15, 72, 120, 48]),
        ] {
            let found = statistics(encoding, Distribution::Uniform).histogram;
            let found: Vec<i64> =
                found.iter().map(|share| (share * 256.0).round() as i64).collect();
            assert_eq!(found, counts, "{encoding}");
        }
    }

    /// Pairing canonical signed digits changes the weights and not the number.
    #[test]
    fn a_file_is_counted_like_the_distribution_that_it_holds() {
        let values: Vec<i128> = (-128..128).collect();
        for &encoding in encode::ALL {
            let counted = DigitStatistics::measured(encoding, INT8, &values);
            let expected = statistics(encoding.name(), Distribution::Uniform);
            for (found, expected) in counted.nonzero.iter().zip(&expected.nonzero) {
                assert!((found - expected).abs() < 1e-12, "{}", encoding.name());
            }
        }
        assert_eq!(DigitStatistics::measured(&encode::Booth, INT8, &[]).mean(), 0.0);
    }
}
