//! The probability of every value of a format.

use super::StatisticsError;
use crate::arith::format::Format;
use crate::vectors::Distribution;

/// Most values that are enumerated.
pub const MAX_VALUES: i128 = 1 << 24;

/// Standard deviations from the mean beyond which there is no mass left: less than 1e-22.
const TAIL: f64 = 10.0;

/// Probabilities of consecutive values; they sum to 1. What is left out has no mass.
#[derive(Clone, Debug)]
pub struct Probabilities {
    first: i128,
    masses: Vec<f64>,
}

impl Probabilities {
    /// The probabilities of the values that `vectors::random` draws.
    ///
    /// # Errors
    /// When more than [`MAX_VALUES`] values have mass. A uniform distribution has that many beyond
    /// 24 bits, a normal one where the standard deviation is above some 800 thousand.
    pub fn new(format: Format, distribution: Distribution) -> Result<Self, StatisticsError> {
        let (mut first, mut last) = (format.min(), format.max());
        let distribution = distribution.over(format);
        if let Distribution::Normal(sigma) = distribution {
            let reach = (TAIL * sigma).ceil() as i128 + 1;
            (first, last) = (first.max(-reach), last.min(reach));
        }
        if last - first >= MAX_VALUES {
            return Err(StatisticsError {
                message: format!(
                    "{distribution} operands {format} take more than 2^24 different values, which \
                     is more than are summed up"
                ),
                help: "give a narrower format or distribution, or a file with a sample".to_owned(),
            });
        }
        let mass = |value: i128| match distribution {
            Distribution::Uniform => 1.0,
            Distribution::Normal(sigma) => {
                // What rounds to the value and is not drawn again.
                let low = (value as f64 - 0.5).max(format.min() as f64);
                let high = (value as f64 + 0.5).min(format.max() as f64);
                match (format.signed, value) {
                    (true, _) => normal(low, high, sigma),
                    (false, 0) => normal(-high, high, sigma),
                    (false, _) => 2.0 * normal(low, high, sigma),
                }
            }
        };
        let mut masses: Vec<f64> = (first..=last).map(mass).collect();
        let total: f64 = masses.iter().sum();
        masses.iter_mut().for_each(|mass| *mass /= total);
        Ok(Self { first, masses })
    }

    /// Every value with its probability.
    pub fn iter(&self) -> impl Iterator<Item = (i128, f64)> + '_ {
        let values = self.masses.iter().enumerate();
        values.map(|(index, &mass)| (self.first + index as i128, mass))
    }
}

/// Mass of the normal distribution between `low` and `high`; precise in the tails too.
fn normal(low: f64, high: f64, sigma: f64) -> f64 {
    let above = |x: f64| 0.5 * libm::erfc(x / (sigma * std::f64::consts::SQRT_2));
    if low >= 0.0 { above(low) - above(high) } else { above(-high) - above(-low) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors;

    /// The formula against a large sample of what is drawn.
    #[test]
    fn masses_are_the_frequencies_of_random_operands() {
        for (format, sigma) in [
            (Format::signed(4), 3.0),
            (Format::unsigned(3), 2.5),
            (Format::signed(1), 0.6),
            (Format::signed(6), 0.4),
        ] {
            let distribution = Distribution::Normal(sigma);
            let draws = 400;
            let sample = vectors::random(draws, draws, format, distribution, 5, 0);
            let probabilities = Probabilities::new(format, distribution).unwrap();
            let mut total = 0.0;
            for (value, mass) in probabilities.iter() {
                let cells = (0..draws).flat_map(|row| (0..draws).map(move |col| (row, col)));
                let hits = cells.filter(|&(row, col)| sample.value(row, col) == value).count();
                let frequency = hits as f64 / (draws * draws) as f64;
                // Five standard deviations of a frequency among 160 000 draws.
                let slack = 5.0 * (mass * (1.0 - mass) / (draws * draws) as f64).sqrt() + 1e-12;
                assert!((frequency - mass).abs() <= slack, "{format} {value}: {frequency} {mass}");
                total += mass;
            }
            assert!((total - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn wide_formats_are_summed_where_the_mass_is() {
        let narrow = Probabilities::new(Format::signed(64), Distribution::Normal(20.0)).unwrap();
        assert!(narrow.iter().count() < 500);
        let error = Probabilities::new(Format::signed(25), Distribution::Uniform).unwrap_err();
        assert!(error.message.contains("uniform operands int25 take more than 2^24"), "{error}");
        assert!(Probabilities::new(Format::unsigned(64), Distribution::Normal(1e7)).is_err());
    }
}
