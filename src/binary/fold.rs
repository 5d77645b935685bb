//! Turns trained float parameters into integer ones, in exact rational arithmetic.
//!
//! A batch norm after a binarized layer is `z = gamma * (alpha * d + b - mean) / sigma + beta` with
//! `sigma = sqrt(variance + epsilon)`. Where only its sign is used, it is a threshold on the
//! integer `d`, found here by deciding the sign of `z` exactly: there is one rounding, and it is
//! that of the integer threshold. Where its value is used, it becomes a mantissa and a bias in
//! fixed point, each the nearest to the true value, halves up.

use num_bigint::BigInt;

use super::rational::Rational;
use super::step::{MANTISSA, MAX_SHIFT, Range};

/// Parameters of a batch norm with what stands before it, per output channel.
#[derive(Clone, Debug)]
pub struct BatchNorm {
    /// Factor after the normalisation.
    pub gamma: Vec<Rational>,
    /// Added after the normalisation.
    pub beta: Vec<Rational>,
    /// Running mean.
    pub mean: Vec<Rational>,
    /// Running variance.
    pub variance: Vec<Rational>,
    /// Added to the variance.
    pub epsilon: Rational,
    /// Scale of the dot product; 1 where the algorithm has none.
    pub alpha: Vec<Rational>,
    /// Added to the scaled dot product.
    pub bias: Vec<Rational>,
}

/// Parameters that have no meaning as a batch norm.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FoldError {
    /// Variance plus epsilon is not positive.
    #[error("channel {channel}: variance plus epsilon is not above zero, so there is no deviation")]
    Variance {
        /// The channel.
        channel: usize,
    },
    /// Arrays of different length.
    #[error("{name} has {found} channels, gamma has {expected}")]
    Length {
        /// The array.
        name: &'static str,
        /// Its length.
        found: usize,
        /// Length of gamma.
        expected: usize,
    },
    /// The scale is larger than a mantissa without a fraction can hold.
    #[error(
        "channel {channel}: the scale does not fit {MANTISSA} bits even without a shift; lower the \
         fraction bits of the result"
    )]
    Scale {
        /// The channel.
        channel: usize,
    },
}

/// Thresholds of a layer: `bit = (d >= threshold) ^ invert`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Thresholds {
    /// Integer thresholds on `d`, from the smallest `d` to the largest plus one.
    pub threshold: Vec<i64>,
    /// Whether the bit is inverted: where alpha * gamma is negative.
    pub invert: Vec<bool>,
    /// Channels whose exact threshold lies outside the range of `d`, so that it was clamped.
    pub clamped: Vec<usize>,
    /// Channels whose bit does not depend on `d`, because alpha * gamma is zero.
    pub constant: Vec<usize>,
}

/// A layer's batch norm in fixed point: `y = (d * scale + bias + 2^(shift-1)) >> shift`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scales {
    /// Binary digits that are dropped, common to the layer.
    pub shift: usize,
    /// Mantissas of 16 bits.
    pub scale: Vec<i64>,
    /// Biases in the scale of the product.
    pub bias: Vec<i64>,
    /// Channels whose bias did not fit and was clamped.
    pub clamped: Vec<usize>,
    /// Channels whose result does not depend on `d`.
    pub constant: Vec<usize>,
}

impl BatchNorm {
    /// Channels.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.gamma.len()
    }

    /// The variances with epsilon, after the lengths have been checked.
    fn radicands(&self) -> Result<Vec<Rational>, FoldError> {
        let expected = self.channels();
        for (name, array) in [
            ("beta", &self.beta),
            ("mean", &self.mean),
            ("variance", &self.variance),
            ("alpha", &self.alpha),
            ("bias", &self.bias),
        ] {
            if array.len() != expected {
                return Err(FoldError::Length { name, found: array.len(), expected });
            }
        }
        let radicand = |(channel, variance): (usize, &Rational)| {
            let sum = variance + &self.epsilon;
            if sum.signum() > 0 { Ok(sum) } else { Err(FoldError::Variance { channel }) }
        };
        self.variance.iter().enumerate().map(radicand).collect()
    }

    /// The thresholds that give the sign of the batch norm for every `d` of the range; a zero
    /// counts as positive unless `strict`.
    ///
    /// # Errors
    /// [`FoldError`] when the parameters do not form a batch norm.
    pub fn thresholds(&self, range: Range, strict: bool) -> Result<Thresholds, FoldError> {
        let mut folded = Thresholds::default();
        for (channel, radicand) in self.radicands()?.iter().enumerate() {
            // The sign of z is that of gamma * (alpha * d + b - mean) + beta * sigma.
            let positive = |d: i64| {
                let scaled = &self.alpha[channel] * &Rational::integer(d);
                let centred = &(&scaled + &self.bias[channel]) - &self.mean[channel];
                let sign = (&self.gamma[channel] * &centred)
                    .signum_with_root(&self.beta[channel], radicand);
                if strict { sign > 0 } else { sign >= 0 }
            };
            let slope = self.gamma[channel].signum() * self.alpha[channel].signum();
            let invert = slope < 0;
            // The smallest d from which on the bit is what it is for large d.
            let reached = |d: i64| positive(d) != invert;
            let threshold = match slope {
                0 if positive(0) => range.min,
                0 => range.max + 1,
                _ => smallest(range, reached),
            };
            match slope {
                0 => folded.constant.push(channel),
                _ if threshold == range.min || threshold > range.max => {
                    folded.clamped.push(channel);
                }
                _ => {}
            }
            folded.threshold.push(threshold);
            folded.invert.push(invert);
        }
        Ok(folded)
    }

    /// Mantissas and biases for a result with `fraction` fraction bits. The shift is as large as
    /// the largest mantissa allows; biases are clamped to `bias_width` bits.
    ///
    /// # Errors
    /// [`FoldError`] when the parameters do not form a batch norm, or a scale is too large.
    pub fn scales(&self, fraction: usize, bias_width: usize) -> Result<Scales, FoldError> {
        let radicands = self.radicands()?;
        let zero = Rational::integer(0);
        // factor / sigma = (factor / radicand) * sqrt(radicand)
        let over = |factor: &Rational, channel: usize| {
            let inverse = radicands[channel].reciprocal().unwrap_or(zero.clone());
            factor * &inverse
        };
        let half = Rational::integer(1).scaled(-1);
        let mantissas = |shift: usize| -> Vec<BigInt> {
            let places = (shift + fraction) as i64;
            let mantissa = |channel: usize| {
                let factor = &self.alpha[channel] * &self.gamma[channel];
                let factor = over(&factor, channel).scaled(places);
                half.floor_with_root(&factor, &radicands[channel])
            };
            (0..self.channels()).map(mantissa).collect()
        };
        let limits = Range::signed(MANTISSA);
        let too_large = |mantissas: &[BigInt]| {
            mantissas
                .iter()
                .position(|m| *m < BigInt::from(limits.min) || *m > BigInt::from(limits.max))
        };
        // Mantissas double with every step of the shift.
        let (mut shift, mut beyond) = (0, MAX_SHIFT + 1);
        if let Some(channel) = too_large(&mantissas(0)) {
            return Err(FoldError::Scale { channel });
        }
        while beyond - shift > 1 {
            let middle = usize::midpoint(shift, beyond);
            if too_large(&mantissas(middle)).is_none() { shift = middle } else { beyond = middle }
        }
        let mut folded = Scales { shift, ..Scales::default() };
        for (channel, mantissa) in mantissas(shift).into_iter().enumerate() {
            folded.scale.push(i64::try_from(mantissa).unwrap_or_default());
            let places = (shift + fraction) as i64;
            let centred = &self.bias[channel] - &self.mean[channel];
            let factor = over(&(&self.gamma[channel] * &centred), channel).scaled(places);
            let constant = &self.beta[channel].clone().scaled(places) + &half;
            let exact = constant.floor_with_root(&factor, &radicands[channel]);
            let limits = Range::signed(bias_width);
            let bias = exact.clone().clamp(BigInt::from(limits.min), BigInt::from(limits.max));
            if bias != exact {
                folded.clamped.push(channel);
            }
            folded.bias.push(i64::try_from(bias).unwrap_or_default());
            if self.gamma[channel].signum() * self.alpha[channel].signum() == 0 {
                folded.constant.push(channel);
            }
        }
        Ok(folded)
    }
}

/// The smallest number of the range, or one more than its largest, from which on `reached` holds.
fn smallest(range: Range, reached: impl Fn(i64) -> bool) -> i64 {
    let (mut first, mut end) = (range.min, range.max + 1);
    while first < end {
        let middle = first + (end - first) / 2;
        if reached(middle) { end = middle } else { first = middle + 1 }
    }
    first
}

#[cfg(test)]
mod tests;
