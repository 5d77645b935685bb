//! The input stage of a layer.

use crate::data::Tensor;

/// `levels[n]` with `n` the number of thresholds of the channel that `x` reaches, or exceeds where
/// `strict`; `thresholds` holds those of a channel next to each other.
///
/// # Panics
/// If there are too few thresholds.
#[must_use]
pub fn quantize(levels: &[i64], thresholds: &[i64], strict: bool, x: &Tensor) -> Tensor {
    let (channels, count) = (x.channels(), levels.len() - 1);
    assert_eq!(thresholds.len(), channels * count, "thresholds");
    let elements = x.data.iter().enumerate();
    let data = elements.map(|(index, &x)| {
        let first = index % channels * count;
        let own = &thresholds[first..first + count];
        levels[own.iter().filter(|&&t| if strict { x > t } else { x >= t }).count()]
    });
    Tensor { shape: x.shape, data: data.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_the_thresholds_that_are_reached() {
        let x = Tensor { shape: [1, 1, 1, 3, 2], data: vec![-1, 4, 0, 5, 1, 6] };
        let sign = |strict| quantize(&[-1, 1], &[0, 5], strict, &x).data;
        assert_eq!(sign(false), [-1, -1, 1, 1, 1, 1]);
        assert_eq!(sign(true), [-1, -1, -1, -1, 1, 1]);
        let levels = quantize(&[-1, 0, 1], &[0, 1, 5, 6], false, &x);
        assert_eq!(levels.data, [-1, -1, 0, 0, 1, 1]);
    }
}
