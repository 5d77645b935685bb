//! Folded parameters against exact rational arithmetic.

use proptest::prelude::*;

use super::*;

fn float(value: f64) -> Rational {
    Rational::from_float(value).unwrap()
}

/// A batch norm of one channel whose deviation is rational, so that z can be computed as it is
/// written: variance + epsilon = sigma^2.
fn square(gamma: f64, beta: f64, mean: f64, sigma: f64, alpha: f64) -> (BatchNorm, Rational) {
    let sigma = float(sigma);
    let epsilon = Rational::parse("1e-5").unwrap();
    let norm = BatchNorm {
        gamma: vec![float(gamma)],
        beta: vec![float(beta)],
        mean: vec![float(mean)],
        variance: vec![&(&sigma * &sigma) - &epsilon],
        epsilon,
        alpha: vec![float(alpha)],
        bias: vec![float(0.125)],
    };
    (norm, sigma)
}

fn z(norm: &BatchNorm, sigma: &Rational, d: i64) -> Rational {
    let scaled = &(&norm.alpha[0] * &Rational::integer(d)) + &norm.bias[0];
    let normal = &(&scaled - &norm.mean[0]) * &sigma.reciprocal().unwrap();
    &(&norm.gamma[0] * &normal) + &norm.beta[0]
}

fn interesting() -> impl Strategy<Value = f64> {
    prop_oneof![
        Just(0.0),
        Just(-0.0),
        Just(1e-30),
        Just(-1e-30),
        (-3.0f64..3.0),
        (-3i32..3).prop_map(f64::from),
        any::<f32>().prop_filter("finite", |x| x.is_finite()).prop_map(f64::from),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    /// Thresholds against the batch norm itself, for every d.
    #[test]
    fn thresholds_are_the_sign_of_the_batch_norm(
        gamma in interesting(),
        beta in interesting(),
        mean in -20.0f64..20.0,
        sigma in 0.05f64..6.0,
        alpha in interesting(),
        strict in any::<bool>(),
    ) {
        let (norm, sigma) = square(gamma, beta, mean, sigma, alpha);
        let range = Range { min: -33, max: 33 };
        let folded = norm.thresholds(range, strict).unwrap();
        for d in range.min..=range.max {
            let sign = z(&norm, &sigma, d).signum();
            let expected = if strict { sign > 0 } else { sign >= 0 };
            let bit = (d >= folded.threshold[0]) != folded.invert[0];
            prop_assert_eq!(bit, expected, "d = {}, {:?}", d, folded);
        }
        prop_assert_eq!(folded.constant.is_empty(), gamma != 0.0 && alpha != 0.0);
    }

    /// Mantissa and bias are within half a unit of the exact values, and the shift is as
    /// large as it can be.
    #[test]
    fn scales_are_the_nearest(
        gamma in -3.0f64..3.0,
        beta in -3.0f64..3.0,
        mean in -20.0f64..20.0,
        sigma in 0.05f64..6.0,
        alpha in -2.0f64..2.0,
        fraction in 0usize..12,
    ) {
        let (norm, sigma) = square(gamma, beta, mean, sigma, alpha);
        let folded = match norm.scales(fraction, 62) {
            Ok(folded) => folded,
            Err(error) => {
                prop_assert_eq!(error, FoldError::Scale { channel: 0 });
                let scale = (gamma * alpha).abs() * 2f64.powi(fraction as i32);
                prop_assert!(scale / 0.05 > 32_000.0);
                return Ok(());
            }
        };
        let places = (folded.shift + fraction) as i64;
        let slope = &z(&norm, &sigma, 1) - &z(&norm, &sigma, 0);
        for (integer, exact) in [
            (folded.scale[0], slope.clone().scaled(places)),
            (folded.bias[0], z(&norm, &sigma, 0).scaled(places)),
        ] {
            let error = &Rational::integer(2 * integer) - &exact.scaled(1);
            // Halves go up: error in (-1/2, 1/2] of a unit, doubled here.
            prop_assert!(error <= Rational::integer(1) && error > Rational::integer(-1));
        }
        if folded.shift < MAX_SHIFT && slope.signum() != 0 {
            prop_assert!(folded.scale[0].abs() >= 1 << 14);
        }
    }
}

#[test]
fn irrational_deviations_are_decided_exactly() {
    // sigma = sqrt(2): z = d - 1.5 + beta * sqrt(2) changes its sign at 1.5 - beta * sqrt(2).
    let channel = |gamma: i64, beta: i64| BatchNorm {
        gamma: vec![Rational::integer(gamma)],
        beta: vec![Rational::integer(beta)],
        mean: vec![Rational::quotient(3, 2).unwrap()],
        variance: vec![Rational::integer(2)],
        epsilon: Rational::integer(0),
        alpha: vec![Rational::integer(1)],
        bias: vec![Rational::integer(0)],
    };
    let range = Range { min: -1000, max: 1000 };
    for beta in -600i64..=600 {
        let root = 2f64.sqrt() * beta as f64;
        let plus = channel(1, beta).thresholds(range, false).unwrap();
        let exact = (1.5 - root).ceil() as i64;
        assert_eq!(plus.threshold, [exact]);
        let minus = channel(-1, beta).thresholds(range, false).unwrap();
        // d <= 1.5 + beta * sqrt(2)
        assert_eq!((minus.threshold[0], minus.invert[0]), ((1.5 + root).floor() as i64 + 1, true));
    }
}

#[test]
fn degenerate_channels_are_told() {
    let (mut norm, _) = square(1.0, 0.0, 1e9, 1.0, 1.0);
    let range = Range { min: -5, max: 5 };
    let never = norm.thresholds(range, false).unwrap();
    assert_eq!((never.threshold[0], never.clamped), (6, vec![0]));
    norm.gamma = vec![Rational::integer(0)];
    let constant = norm.thresholds(range, false).unwrap();
    assert_eq!((constant.threshold[0], constant.constant), (-5, vec![0]));
    norm.variance = vec![Rational::integer(-1)];
    assert_eq!(norm.thresholds(range, false), Err(FoldError::Variance { channel: 0 }));
    norm.beta.clear();
    let error = norm.scales(8, 24).unwrap_err();
    assert_eq!(error, FoldError::Length { name: "beta", found: 0, expected: 1 });
}
