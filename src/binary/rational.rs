//! Exact rational numbers, and comparisons with one square root among them.

use std::cmp::Ordering;
use std::ops::{Add, Mul, Neg, Sub};

use num_bigint::{BigInt, Sign};

/// A quotient of integers. The denominator is positive; common factors are not removed, since the
/// numbers here come from floats and stay short.
#[derive(Clone, Debug)]
pub struct Rational {
    numerator: BigInt,
    denominator: BigInt,
}

impl Rational {
    /// An integer.
    #[must_use]
    pub fn integer(value: impl Into<BigInt>) -> Self {
        Self { numerator: value.into(), denominator: BigInt::from(1) }
    }

    /// The quotient of two integers, or nothing where the denominator is zero.
    #[must_use]
    pub fn quotient(numerator: impl Into<BigInt>, denominator: impl Into<BigInt>) -> Option<Self> {
        let (numerator, denominator) = (numerator.into(), denominator.into());
        match denominator.sign() {
            Sign::NoSign => None,
            Sign::Plus => Some(Self { numerator, denominator }),
            Sign::Minus => Some(Self { numerator: -numerator, denominator: -denominator }),
        }
    }

    /// The exact value of a float, or nothing where it is not finite. Every single-precision float
    /// is a double-precision one of the same value.
    #[must_use]
    pub fn from_float(value: f64) -> Option<Self> {
        if !value.is_finite() {
            return None;
        }
        let bits = value.to_bits();
        let (exponent, fraction) = ((bits >> 52 & 0x7ff) as i64, bits & ((1 << 52) - 1));
        // Subnormal numbers have no hidden one.
        let (mantissa, exponent) = match exponent {
            0 => (fraction, -1074),
            _ => (fraction | 1 << 52, exponent - 1075),
        };
        let mantissa = BigInt::from(mantissa);
        let mantissa = if value.is_sign_negative() { -mantissa } else { mantissa };
        Some(Self::integer(mantissa).scaled(exponent))
    }

    /// The exact value of a decimal number such as `1e-5` or `-0.25`, or nothing where the text is
    /// not one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (negative, mantissa) = match mantissa.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}");
        let plain = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
        if !plain || exponent.abs() > 400 || digits.len() > 400 {
            return None;
        }
        let value: BigInt = digits.parse().ok()?;
        let power = i64::from(exponent) - fraction.len() as i64;
        let ten = BigInt::from(10).pow(u32::try_from(power.abs()).ok()?);
        let (numerator, denominator) =
            if power < 0 { (value, ten) } else { (value * ten, BigInt::from(1)) };
        Some(Self { numerator: if negative { -numerator } else { numerator }, denominator })
    }

    /// This number times 2^exponent.
    #[must_use]
    pub fn scaled(mut self, exponent: i64) -> Self {
        let places = exponent.unsigned_abs();
        if exponent < 0 {
            self.denominator <<= places
        } else {
            self.numerator <<= places
        }
        self
    }

    /// -1, 0 or 1.
    #[must_use]
    pub fn signum(&self) -> i32 {
        match self.numerator.sign() {
            Sign::Minus => -1,
            Sign::NoSign => 0,
            Sign::Plus => 1,
        }
    }

    /// The magnitude.
    #[must_use]
    pub fn abs(&self) -> Self {
        if self.signum() < 0 { -self } else { self.clone() }
    }

    /// The reciprocal, or nothing for zero.
    #[must_use]
    pub fn reciprocal(&self) -> Option<Self> {
        Self::quotient(self.denominator.clone(), self.numerator.clone())
    }

    /// The sign of `self + factor * sqrt(radicand)`, exactly. A negative radicand counts as zero.
    #[must_use]
    pub fn signum_with_root(&self, factor: &Self, radicand: &Self) -> i32 {
        let root = if radicand.signum() > 0 { factor.signum() } else { 0 };
        let own = self.signum();
        if root == 0 || own == root {
            return own;
        }
        if own == 0 {
            return root;
        }
        // The signs are opposite: the greater magnitude wins, which squares decide.
        match (self * self).cmp(&(&(factor * factor) * radicand)) {
            Ordering::Greater => own,
            Ordering::Equal => 0,
            Ordering::Less => root,
        }
    }

    /// The largest integer that is not above `self + factor * sqrt(radicand)`.
    #[must_use]
    pub fn floor_with_root(&self, factor: &Self, radicand: &Self) -> BigInt {
        let reaches = |n: &BigInt| {
            (self - &Rational::integer(n.clone())).signum_with_root(factor, radicand) >= 0
        };
        let mut span = BigInt::from(1);
        while reaches(&span) || !reaches(&-&span) {
            span <<= 1;
        }
        let (mut below, mut above) = (-span.clone(), span);
        while &above - &below > BigInt::from(1) {
            let middle: BigInt = (&above + &below) >> 1;
            if reaches(&middle) { below = middle } else { above = middle }
        }
        below
    }
}

impl PartialEq for Rational {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Rational {}

impl PartialOrd for Rational {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Rational {
    fn cmp(&self, other: &Self) -> Ordering {
        (&self.numerator * &other.denominator).cmp(&(&other.numerator * &self.denominator))
    }
}

impl Add for &Rational {
    type Output = Rational;
    fn add(self, other: &Rational) -> Rational {
        let numerator = &self.numerator * &other.denominator + &other.numerator * &self.denominator;
        Rational { numerator, denominator: &self.denominator * &other.denominator }
    }
}

impl Sub for &Rational {
    type Output = Rational;
    fn sub(self, other: &Rational) -> Rational {
        self + &-other
    }
}

impl Mul for &Rational {
    type Output = Rational;
    fn mul(self, other: &Rational) -> Rational {
        Rational {
            numerator: &self.numerator * &other.numerator,
            denominator: &self.denominator * &other.denominator,
        }
    }
}

impl Neg for &Rational {
    type Output = Rational;
    fn neg(self) -> Rational {
        Rational { numerator: -&self.numerator, denominator: self.denominator.clone() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ratio(numerator: i64, denominator: i64) -> Rational {
        Rational::quotient(numerator, denominator).unwrap()
    }

    #[test]
    fn floats_and_decimals_are_exact() {
        assert_eq!(Rational::from_float(-0.75), Some(ratio(-3, 4)));
        assert_eq!(Rational::from_float(f64::from(0.1f32)), Some(ratio(13_421_773, 134_217_728)));
        let smallest = Rational::from_float(f64::from_bits(1)).unwrap();
        assert_eq!(smallest.scaled(1074), Rational::integer(1));
        assert_eq!(Rational::from_float(f64::NAN), None);
        assert_eq!(Rational::parse("1e-5"), Some(ratio(1, 100_000)));
        assert_eq!(Rational::parse("-12.50"), Some(ratio(-25, 2)));
        assert_eq!(Rational::parse("+3E2"), Some(ratio(300, 1)));
        for text in ["", "e5", "1e", "0x1", "1.2.3", "inf", "--1", "1e9999"] {
            assert_eq!(Rational::parse(text), None, "{text}");
        }
    }

    proptest! {
        /// Roots of squares are rational, so that the comparisons can be made without them.
        #[test]
        fn comparisons_with_a_root_agree_with_rational_ones(
            (a, b) in (-200i64..200, 1i64..40),
            (c, d) in (-200i64..200, 1i64..40),
            (e, f) in (0i64..60, 1i64..20),
        ) {
            let (u, w, root) = (ratio(a, b), ratio(c, d), ratio(e, f));
            let sum = &u + &(&w * &root);
            prop_assert_eq!(u.signum_with_root(&w, &(&root * &root)), sum.signum());
            let floor = Rational::integer(u.floor_with_root(&w, &(&root * &root)));
            prop_assert!(floor <= sum && sum < &floor + &Rational::integer(1));
        }
    }
}
