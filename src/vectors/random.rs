//! Random operands, reproducible from a seed.

use rand::Rng as _;
use rand_distr::{Distribution as _, Normal};
use rand_pcg::Pcg64;
use rand_pcg::rand_core::SeedableRng as _;

use crate::arith::Levels;
use crate::arith::format::Format;
use crate::data::Matrix;

/// How random operands are distributed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Distribution {
    /// Every value of the format is as likely as any other.
    Uniform,
    /// Normal with mean 0 and this standard deviation, drawn again where it falls outside the
    /// range of the format, and rounded half away from zero. Unsigned operands take the magnitude.
    /// Where it is far wider than the format nothing of its shape is left, and uniform values are
    /// drawn.
    Normal(f64),
}

impl Distribution {
    /// The distribution that operands of `format` really have.
    #[must_use]
    pub fn over(self, format: Format) -> Self {
        match self {
            Self::Normal(sigma) if sigma > FLAT * format.max().max(1) as f64 => Self::Uniform,
            other => other,
        }
    }
}

impl std::str::FromStr for Distribution {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "uniform" {
            return Ok(Self::Uniform);
        }
        let sigma = text.strip_prefix("normal:").and_then(|sigma| sigma.parse::<f64>().ok());
        match sigma {
            Some(sigma) if sigma.is_finite() && sigma > 0.0 => Ok(Self::Normal(sigma)),
            _ => Err(format!("`{text}` is neither `uniform` nor `normal:SIGMA` with SIGMA > 0")),
        }
    }
}

impl std::fmt::Display for Distribution {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Uniform => f.write_str("uniform"),
            Self::Normal(sigma) => write!(f, "normal:{sigma}"),
        }
    }
}

/// Standard deviation, in units of the largest value, beyond which a normal distribution is flat
/// over the format.
const FLAT: f64 = 64.0;

/// A generator for `seed`; `stream` tells apart the matrices of one run.
fn generator(seed: u64, stream: u64) -> Pcg64 {
    Pcg64::seed_from_u64(seed ^ stream.wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// A random matrix. Of operands whose codes stand for other values the codes are drawn.
#[must_use]
pub fn random(
    rows: usize,
    cols: usize,
    levels: impl Into<Levels>,
    distribution: Distribution,
    seed: u64,
    stream: u64,
) -> Matrix {
    let levels = levels.into();
    let format = levels.code_format();
    let mut generator = generator(seed, stream);
    let distribution = distribution.over(format);
    let shift = 64 - format.width;
    let mut draw = || match distribution {
        Distribution::Uniform => {
            let bits: u64 = generator.next_u64();
            if format.signed { bits as i64 >> shift } else { (bits >> shift) as i64 }
        }
        Distribution::Normal(sigma) => {
            let normal = Normal::new(0.0, sigma).expect("a positive standard deviation");
            loop {
                let value: f64 = normal.sample(&mut generator);
                let value = if format.signed { value } else { value.abs() };
                if value >= format.min() as f64 && value <= format.max() as f64 {
                    // The bounds keep the value within 65 bits; unsigned ones keep their bits.
                    break value.round() as i128 as i64;
                }
            }
        }
    };
    let data = (0..rows * cols).map(|_| levels.value(draw())).collect();
    Matrix { rows, cols, data, format: levels.value_format() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_stay_in_the_format_and_repeat() {
        for format in [
            Format::signed(1),
            Format::signed(8),
            Format::unsigned(5),
            Format::signed(64),
            Format::unsigned(64),
        ] {
            for distribution in
                [Distribution::Uniform, Distribution::Normal(3.0), Distribution::Normal(1e300)]
            {
                let draw = |seed| random(20, 20, format, distribution, seed, 1);
                let matrix = draw(7);
                for row in 0..20 {
                    for col in 0..20 {
                        let value = matrix.value(row, col);
                        assert!((format.min()..=format.max()).contains(&value), "{format} {value}");
                    }
                }
                assert_eq!(matrix, draw(7));
                assert_ne!(matrix, draw(8));
            }
        }
    }

    #[test]
    fn distributions_are_parsed() {
        assert_eq!("normal:2.5".parse(), Ok(Distribution::Normal(2.5)));
        assert_eq!("uniform".parse(), Ok(Distribution::Uniform));
        for bad in ["", "normal", "normal:", "normal:-1", "normal:nan", "gauss:3"] {
            assert!(bad.parse::<Distribution>().is_err(), "{bad}");
        }
    }
}
