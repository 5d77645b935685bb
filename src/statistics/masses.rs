//! Arithmetic on the probabilities of counts: entry n of a list is the mass of n.

/// Probabilities of 0 to `count` hits.
pub(super) fn binomial(count: usize, p: f64) -> Vec<f64> {
    power(&[1.0 - p, p], count)
}

/// Distribution of the sum of `count` independent variables.
pub(super) fn power(one: &[f64], count: usize) -> Vec<f64> {
    let mut result = vec![1.0];
    let mut square = one.to_vec();
    let mut rest = count;
    while rest > 0 {
        if rest % 2 == 1 {
            result = convolve(&result, &square);
        }
        rest /= 2;
        if rest > 0 {
            square = convolve(&square, &square);
        }
    }
    result
}

fn convolve(a: &[f64], b: &[f64]) -> Vec<f64> {
    let mut sum = vec![0.0; a.len() + b.len() - 1];
    for (i, x) in a.iter().enumerate() {
        for (j, y) in b.iter().enumerate() {
            sum[i + j] += x * y;
        }
    }
    sum
}

/// Expectation of the largest of `count` independent variables with these probabilities of 0, 1, 2
/// and so on.
pub(super) fn expected_maximum(masses: &[f64], count: usize) -> f64 {
    let mut below = 0.0;
    let mut expectation = 0.0;
    for mass in &masses[..masses.len() - 1] {
        below += mass;
        expectation += 1.0 - f64::powf(below.min(1.0), count as f64);
    }
    expectation
}
