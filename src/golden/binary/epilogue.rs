//! The steps after the dot product, each by its formula.

use crate::binary::{Per, Range, Step};
use crate::data::{Tensor, Values};

/// Applies the steps in order. A pooling that is marked to be before a threshold is done before
/// the threshold that it follows. `magnitudes` are those of the positions, for a scale by them.
///
/// # Panics
/// If tables or residuals have the wrong size.
#[must_use]
pub fn epilogue(
    steps: &[Step],
    values: &[Values],
    (residuals, magnitudes): (&[Tensor], Option<&Tensor>),
    d: &Tensor,
) -> Tensor {
    let mut order: Vec<usize> = (0..steps.len()).collect();
    for index in 1..steps.len() {
        let moves = matches!(steps[index], Step::MaxPool { before_threshold: true, .. });
        if moves && matches!(steps[index - 1], Step::Threshold { .. }) {
            order.swap(index - 1, index);
        }
    }
    let mut residuals = residuals.iter();
    order.into_iter().fold(d.clone(), |x, index| {
        let second = match steps[index] {
            Step::Residual { .. } => residuals.next(),
            Step::Scale { per: Per::Magnitude, .. } => magnitudes,
            _ => None,
        };
        apply(&steps[index], &values[index], second, &x)
    })
}

/// One step; `second` is the residual, or the magnitudes of the positions, where it takes them.
///
/// # Panics
/// If tables or the second operand have the wrong size.
#[must_use]
pub fn apply(step: &Step, values: &Values, second: Option<&Tensor>, x: &Tensor) -> Tensor {
    let channels = x.channels();
    let each = |function: &dyn Fn(i64, usize) -> i64| {
        let elements = x.data.iter().enumerate();
        let data = elements.map(|(index, &value)| function(value, index % channels)).collect();
        Tensor { shape: x.shape, data }
    };
    match *step {
        Step::Threshold { strict } => each(&|x, c| {
            let reached = if strict { x > values[0][c] } else { x >= values[0][c] };
            i64::from(reached != (values[1][c] != 0))
        }),
        Step::MultiThreshold { bits, base } => {
            let count = (1 << bits) - 1;
            each(&|x, c| {
                let thresholds = &values[0][c * count..(c + 1) * count];
                base + thresholds.iter().filter(|&&threshold| threshold <= x).count() as i64
            })
        }
        Step::Bias { .. } => each(&|x, c| x + values[0][c]),
        Step::Scale { per: Per::Channel, shift, width } => {
            each(&|x, c| saturate(shifted(x * values[0][c] + values[1][c], shift), width))
        }
        Step::Scale { per: Per::Position, shift, width } => {
            let positions: usize = x.shape[1..4].iter().product();
            let elements = x.data.iter().enumerate();
            let data = elements.map(|(index, &x)| {
                let scale = values[0][index / channels % positions];
                saturate(shifted(x * scale, shift), width)
            });
            Tensor { shape: x.shape, data: data.collect() }
        }
        Step::Scale { per: Per::Magnitude, shift, width } => {
            let magnitudes = second.expect("magnitudes for this step");
            assert_eq!(magnitudes.shape[..4], x.shape[..4], "positions of the magnitudes");
            let elements = x.data.iter().enumerate();
            let data = elements.map(|(index, &x)| {
                saturate(shifted(x * magnitudes.data[index / channels], shift), width)
            });
            Tensor { shape: x.shape, data: data.collect() }
        }
        Step::Prelu { shift, width } => {
            each(&|x, c| saturate(prelu(x, values[0][c], shift), width))
        }
        Step::Rprelu { shift, width } => each(&|x, c| {
            saturate(prelu(x + values[0][c], values[1][c], shift) + values[2][c], width)
        }),
        Step::Residual { width, .. } => {
            let residual = second.expect("a residual for this step");
            assert_eq!(residual.shape, x.shape, "shape of the residual");
            let pairs = x.data.iter().zip(&residual.data);
            Tensor { shape: x.shape, data: pairs.map(|(x, r)| saturate(x + r, width)).collect() }
        }
        Step::Tee => x.clone(),
        Step::Clamp { low, high } => each(&|x, _| x.max(low).min(high)),
        Step::MaxPool { window, .. } => {
            pool(x, window, |values| values.iter().copied().max().unwrap_or_default())
        }
        Step::AvgPool { window } => pool(x, window, |values| {
            let count = values.len() as i64;
            (values.iter().sum::<i64>() + count / 2).div_euclid(count)
        }),
    }
}

/// `x / 2^shift`, rounded to the nearest integer, halves towards positive infinity.
fn shifted(x: i64, shift: usize) -> i64 {
    let unit = 1i64 << shift;
    (x + unit / 2).div_euclid(unit)
}

fn prelu(x: i64, slope: i64, shift: usize) -> i64 {
    if x >= 0 { x } else { shifted(x * slope, shift) }
}

fn saturate(x: i64, width: usize) -> i64 {
    Range::signed(width).clamp(x)
}

/// Combines the values of each whole window; windows do not overlap.
fn pool(x: &Tensor, window: [usize; 3], combine: impl Fn(&[i64]) -> i64) -> Tensor {
    let [samples, depth, height, width, channels] = x.shape;
    let shape = [samples, depth / window[0], height / window[1], width / window[2], channels];
    Tensor::from_fn(shape, |[n, pz, py, px, c]| {
        let mut values = Vec::new();
        for z in 0..window[0] {
            for y in 0..window[1] {
                for w in 0..window[2] {
                    let at = [pz * window[0] + z, py * window[1] + y, px * window[2] + w];
                    values.push(x.at([n, at[0], at[1], at[2], c]));
                }
            }
        }
        combine(&values)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(data: &[i64]) -> Tensor {
        Tensor { shape: [1, 1, 1, 1, data.len()], data: data.to_vec() }
    }

    /// The stated rounding at exact halves, and saturation at both ends.
    #[test]
    fn halves_round_up_and_limits_hold() {
        let step = Step::Scale { per: Per::Channel, shift: 1, width: 4 };
        let x = row(&[-3, -1, 1, 3, 100, -100]);
        let values = vec![vec![1; 6], vec![0; 6]];
        assert_eq!(apply(&step, &values, None, &x).data, [-1, 0, 1, 2, 7, -8]);
        let step = Step::AvgPool { window: [1, 1, 2] };
        let pair = |a, b| Tensor { shape: [1, 1, 1, 2, 1], data: vec![a, b] };
        for (a, b, mean) in [(1, 2, 2), (-1, -2, -1), (-3, -2, -2), (5, 5, 5)] {
            assert_eq!(apply(&step, &vec![], None, &pair(a, b)).data, [mean]);
        }
    }

    /// Hardtanh keeps +1.0 itself, and slopes may be negative or above one.
    #[test]
    fn steps_follow_their_formulas() {
        let x = row(&[-300, -256, -1, 0, 256, 300]);
        let clamp = Step::Clamp { low: -256, high: 256 };
        assert_eq!(apply(&clamp, &vec![], None, &x).data, [-256, -256, -1, 0, 256, 256]);
        let step = Step::Rprelu { shift: 2, width: 12 };
        let values = vec![vec![1, 0, 0, -1, 0, 0], vec![-4, 8, 6, 2, 9, 9], vec![0, 1, 2, 3, 4, 5]];
        assert_eq!(apply(&step, &values, None, &x).data, [299, -511, 1, 3, 260, 305]);
        let threshold = Step::Threshold { strict: false };
        let values = vec![vec![-300, -255, -1, 1, 257, 300], vec![0, 0, 1, 1, 1, 0]];
        assert_eq!(apply(&threshold, &values, None, &x).data, [1, 0, 0, 1, 1, 1]);
        let strict = Step::Threshold { strict: true };
        assert_eq!(apply(&strict, &values, None, &x).data, [0, 0, 1, 1, 1, 0]);
        let levels = Step::MultiThreshold { bits: 2, base: -1 };
        let thresholds = [-300, 0, 5].repeat(6);
        assert_eq!(apply(&levels, &vec![thresholds], None, &x).data, [0, 0, 0, 1, 2, 2]);
    }

    /// Pooling before a threshold that inverts is the smallest bit, after it the largest.
    #[test]
    fn pooling_before_an_inverting_threshold_is_an_and() {
        let d = Tensor { shape: [1, 1, 1, 2, 2], data: vec![-3, -3, 5, 5] };
        let values = vec![vec![vec![0, 0], vec![0, 1]], vec![]];
        for (before_threshold, expected) in [(true, [1, 0]), (false, [1, 1])] {
            let steps = [
                Step::Threshold { strict: false },
                Step::MaxPool { window: [1, 1, 2], before_threshold },
            ];
            assert_eq!(epilogue(&steps, &values, (&[], None), &d).data, expected);
        }
    }
}
