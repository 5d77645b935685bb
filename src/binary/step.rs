//! The steps that follow a dot product, their integer ranges, and the tables that they read.
//!
//! A step works on every value of a position and channel by itself (pooling: on a window of
//! positions of a channel). Order and rounding are part of the definition: each step says how it
//! rounds, and saturates where it says so, so that a layer is bit-exact from end to end.

use std::fmt;

/// Bits of a multiplier: of a scale's mantissa and of a slope.
pub const MANTISSA: usize = 16;

/// Largest shift of a scale or slope.
pub const MAX_SHIFT: usize = 40;

/// Widest value between two steps.
pub const MAX_VALUE_WIDTH: usize = 32;

/// Most bits of a multi-threshold's result.
pub const MAX_LEVEL_BITS: usize = 4;

/// An interval of integers, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// Smallest value.
    pub min: i64,
    /// Largest value.
    pub max: i64,
}

impl Range {
    /// One bit.
    pub const BIT: Self = Self { min: 0, max: 1 };

    /// The two's complement numbers of `width` bits.
    #[must_use]
    pub const fn signed(width: usize) -> Self {
        Self { min: -(1 << (width - 1)), max: (1 << (width - 1)) - 1 }
    }

    /// Whether it has negative numbers, so that two's complement is needed.
    #[must_use]
    pub const fn is_signed(self) -> bool {
        self.min < 0
    }

    /// Fewest bits that hold it: two's complement if there are negative numbers.
    #[must_use]
    pub fn width(self) -> usize {
        let bits = |value: i64| 64 - value.leading_zeros() as usize;
        if self.is_signed() {
            1 + bits(self.max.max(0)).max(bits(!self.min))
        } else {
            bits(self.max).max(1)
        }
    }

    /// Fewest bits that hold it as two's complement.
    #[must_use]
    pub fn signed_width(self) -> usize {
        self.width() + usize::from(!self.is_signed())
    }

    /// All sums of a number of each.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self { min: self.min + other.min, max: self.max + other.max }
    }

    /// The nearest number of the interval.
    #[must_use]
    pub fn clamp(self, value: i64) -> i64 {
        value.clamp(self.min, self.max)
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.min, self.max)
    }
}

/// Which mantissa a scale takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    /// One for each output channel, with a bias.
    Channel,
    /// One for each output position, without a bias: the spatial scale of XNOR++.
    Position,
    /// The sum of |x| over all channels and taps of the output position, where a tap in the padding
    /// counts nothing: the K of XNOR-Net times the terms of a dot product. The layer computes it.
    Magnitude,
}

/// One step after the dot product. `x` is its input, `c` the output channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// `y = (x >= threshold[c]) ^ invert[c]`, or `x >` when `strict`: 1 bit.
    Threshold {
        /// Whether a value that equals the threshold does not reach it.
        strict: bool,
    },
    /// `y = base + #{i : threshold[c][i] <= x}` with 2^bits - 1 thresholds.
    MultiThreshold {
        /// Bits of the count.
        bits: usize,
        /// Added to the count.
        base: i64,
    },
    /// `y = x + bias[c]`, exact: the bias of ReCU, inside the scale.
    Bias {
        /// Bits of the bias.
        width: usize,
    },
    /// `y = sat((x * scale[c] + bias[c] + 2^(shift-1)) >> shift)`: rounds half up, towards
    /// positive infinity. Per position: `y = sat((x * scale[position] + 2^(shift-1)) >> shift)`, and
    /// with the magnitude likewise.
    Scale {
        /// Whose mantissa.
        per: Per,
        /// Binary digits that are dropped.
        shift: usize,
        /// Bits of the result, to which it saturates.
        width: usize,
    },
    /// `y = sat(x >= 0 ? x : (x * slope[c] + 2^(shift-1)) >> shift)`: rounds half up.
    Prelu {
        /// Binary digits of the slope's fraction.
        shift: usize,
        /// Bits of the result, to which it saturates.
        width: usize,
    },
    /// `y = sat(prelu(x + before[c]) + after[c])`; nothing saturates in between.
    Rprelu {
        /// Binary digits of the slope's fraction.
        shift: usize,
        /// Bits of the two shifts and of the result, to which it saturates.
        width: usize,
    },
    /// `y = sat(x + r)` with `r` from the residual stream, on the same grid.
    Residual {
        /// Bits of the residual.
        residual: usize,
        /// Bits of the result, to which it saturates.
        width: usize,
    },
    /// `y = x`, and `x` leaves the layer as a stream of its own: the shortcut of what follows.
    Tee,
    /// `y = min(max(x, low), high)`: Hardtanh, with limits that are values of the grid.
    Clamp {
        /// Smallest result.
        low: i64,
        /// Largest result.
        high: i64,
    },
    /// The largest of each window of positions; windows do not overlap, and positions beyond the
    /// last whole window are dropped.
    MaxPool {
        /// Depth, height and width of a window.
        window: [usize; 3],
        /// On bits: they are pooled as if before the threshold, which is the smallest (AND) where
        /// the threshold inverts.
        before_threshold: bool,
    },
    /// `y = (sum of the window + n / 2) >> log2 n`, rounds half up; n is a power of two.
    AvgPool {
        /// Depth, height and width of a window.
        window: [usize; 3],
    },
}

/// What a table has an entry for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableOf {
    /// Each output channel, with this many values.
    Channels(usize),
    /// Each output position of the layer.
    Positions,
}

/// A table of parameters that a step reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Name, also of its file.
    pub name: &'static str,
    /// What its entries belong to.
    pub of: TableOf,
    /// Bits of a value.
    pub width: usize,
    /// The values that are allowed.
    pub range: Range,
    /// A value outside the range means the same as the nearest one in it.
    pub saturates: bool,
}

impl Table {
    fn channels(name: &'static str, width: usize, range: Range) -> Self {
        Self { name, of: TableOf::Channels(1), width, range, saturates: false }
    }

    fn signed(name: &'static str, width: usize) -> Self {
        Self::channels(name, width, Range::signed(width))
    }
}

impl Step {
    /// Name in a configuration.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Step::Threshold { .. } => "threshold",
            Step::MultiThreshold { .. } => "multi_threshold",
            Step::Bias { .. } => "bias",
            Step::Scale { .. } => "scale",
            Step::Prelu { .. } => "prelu",
            Step::Rprelu { .. } => "rprelu",
            Step::Residual { .. } => "residual",
            Step::Tee => "tee",
            Step::Clamp { .. } => "clamp",
            Step::MaxPool { .. } => "maxpool",
            Step::AvgPool { .. } => "avgpool",
        }
    }

    /// The pooling window, if this is a pooling step.
    #[must_use]
    pub const fn window(&self) -> Option<[usize; 3]> {
        match self {
            Step::MaxPool { window, .. } | Step::AvgPool { window } => Some(*window),
            _ => None,
        }
    }

    /// All results for inputs of the range.
    #[must_use]
    pub fn output(&self, input: Range) -> Range {
        match *self {
            Step::Threshold { .. } => Range::BIT,
            Step::MultiThreshold { bits, base } => Range { min: base, max: base + (1 << bits) - 1 },
            Step::Bias { width } => input.plus(Range::signed(width)),
            Step::Scale { width, .. }
            | Step::Prelu { width, .. }
            | Step::Rprelu { width, .. }
            | Step::Residual { width, .. } => Range::signed(width),
            Step::Clamp { low, high } => {
                let limits = Range { min: low, max: high };
                Range { min: limits.clamp(input.min), max: limits.clamp(input.max) }
            }
            Step::Tee | Step::MaxPool { .. } | Step::AvgPool { .. } => input,
        }
    }

    /// Bits of a scale's bias: the product's, at least 24.
    #[must_use]
    pub fn bias_width(input: Range) -> usize {
        (input.signed_width() + MANTISSA).max(24)
    }

    /// The tables that it reads, in the order in which they are loaded.
    #[must_use]
    pub fn tables(&self, input: Range) -> Vec<Table> {
        // One more than the largest value is never reached.
        let limits = Range { min: input.min, max: input.max + 1 };
        let threshold = |of| Table {
            name: "threshold",
            of,
            width: limits.signed_width(),
            range: limits,
            saturates: true,
        };
        match *self {
            Step::Threshold { .. } => {
                vec![threshold(TableOf::Channels(1)), Table::channels("invert", 1, Range::BIT)]
            }
            Step::MultiThreshold { bits, .. } => {
                vec![threshold(TableOf::Channels((1 << bits) - 1))]
            }
            Step::Bias { width } => vec![Table::signed("bias", width)],
            Step::Scale { per: Per::Channel, .. } => vec![
                Table::signed("scale", MANTISSA),
                Table::signed("bias", Self::bias_width(input)),
            ],
            Step::Scale { per: Per::Magnitude, .. } => Vec::new(),
            Step::Scale { per: Per::Position, .. } => {
                vec![Table { of: TableOf::Positions, ..Table::signed("scale", MANTISSA) }]
            }
            Step::Prelu { .. } => vec![Table::signed("slope", MANTISSA)],
            Step::Rprelu { width, .. } => vec![
                Table::signed("before", width),
                Table::signed("slope", MANTISSA),
                Table::signed("after", width),
            ],
            Step::Residual { .. }
            | Step::Tee
            | Step::Clamp { .. }
            | Step::MaxPool { .. }
            | Step::AvgPool { .. } => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_the_smallest_that_hold() {
        for min in -40i64..=40 {
            for max in min.max(0)..=70 {
                let range = Range { min, max };
                let holds = |width: usize| {
                    let limits = match range.is_signed() {
                        true => Range::signed(width),
                        false => Range { min: 0, max: (1 << width) - 1 },
                    };
                    limits.min <= min && max <= limits.max
                };
                assert_eq!(Some(range.width()), (1..10).find(|&width| holds(width)), "{range}");
                assert!(Range::signed(range.signed_width()).max >= max);
            }
        }
    }
}
