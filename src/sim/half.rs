//! Numbers of half precision (IEEE 754 binary16), which NumPy calls float16.

use std::io;

use npyz::{DType, DTypeError, Deserialize, TypeRead};

/// The bits of a number of half precision: sign, 5 bits of exponent, 10 of fraction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Half(u16);

/// Reads the two bytes, lowest first.
pub(super) struct HalfReader;

impl TypeRead for HalfReader {
    type Value = Half;

    fn read_one<R: io::Read>(&self, mut bytes: R) -> io::Result<Half> {
        let mut both = [0; 2];
        bytes.read_exact(&mut both)?;
        Ok(Half(u16::from_le_bytes(both)))
    }
}

impl Deserialize for Half {
    type TypeReader = HalfReader;

    fn reader(_: &DType) -> Result<HalfReader, DTypeError> {
        Ok(HalfReader)
    }
}

impl Half {
    /// The number; every one is exact in double precision.
    pub fn value(self) -> f64 {
        let sign = if self.0 >> 15 == 1 { -1.0 } else { 1.0 };
        let (exponent, fraction) = (i32::from(self.0 >> 10 & 0x1f), f64::from(self.0 & 0x3ff));
        sign * match exponent {
            0 => fraction * f64::exp2(-24.0),
            31 if fraction == 0.0 => f64::INFINITY,
            31 => f64::NAN,
            _ => (1024.0 + fraction) * f64::powi(2.0, exponent - 25),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_those_of_the_standard() {
        let known = [
            (0x0000, 0.0),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x3555, 0.333_251_953_125),
            (0x7bff, 65504.0),
            (0x0001, 5.960_464_477_539_063e-8),
            (0x0400, 6.103_515_625e-5),
            (0x7c00, f64::INFINITY),
        ];
        for (bits, value) in known {
            assert!((Half(bits).value() - value).abs() == 0.0 || value.is_infinite(), "{bits:x}");
            assert!(Half(bits).value() == value, "{bits:x}");
        }
        assert!(Half(0x7e00).value().is_nan());
    }
}
