//! Cycles per multiply-accumulate of engines that work on one digit per lane and cycle.
//!
//! Such an engine goes through the planes of a row of operands one after the other, and within a
//! plane through groups of G digits. A group with n non-zero digits takes n cycles; what happens to
//! an empty one, and how lanes wait for each other, is its *policy*. For a distribution the
//! operands are independent, so n is binomial in every group and all policies have closed forms.
//! Source of the engines: arXiv 2503.06342, sections on OPT3 to OPT4.

use super::masses::{binomial, expected_maximum, power};
use super::{DigitStatistics, Policy, StatisticsError};
use crate::arith::encode::Encoding;
use crate::arith::format::Format;

/// Longest row for which the lanes of a plane are followed.
const MAX_K: usize = 1 << 14;

/// Shape of an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Engine {
    /// Digits of a group.
    pub group: usize,
    /// Lanes that share an accumulator, each with groups of its own.
    pub lanes: usize,
}

/// Cycles per operand of one policy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cycles {
    /// The policy.
    pub policy: Policy,
    /// Length of a row, where it matters.
    pub k: Option<usize>,
    /// Mean cycles per operand, which is per multiply-accumulate of one result.
    pub cycles: f64,
}

impl Engine {
    /// Expected cycles of all policies for independent operands, at every row length of `ks`.
    ///
    /// # Errors
    /// When a row is not made of whole groups in all lanes, or too long to be followed.
    pub fn expected(
        self,
        digits: &DigitStatistics,
        ks: &[usize],
    ) -> Result<Vec<Cycles>, StatisticsError> {
        let unit = self.group * self.lanes;
        for &k in ks {
            if k == 0 || !k.is_multiple_of(unit) || k > MAX_K {
                return Err(StatisticsError {
                    message: format!(
                        "K is {k}, but rows of whole groups have a multiple of {unit} operands, and \
                         at most {MAX_K}: {} lanes of groups of {}",
                        self.lanes, self.group
                    ),
                    help: format!("give for example {}", unit * (k / unit).clamp(1, MAX_K / unit)),
                });
            }
        }
        let mut list = Vec::new();
        for policy in Policy::ALL {
            let lengths: Vec<Option<usize>> = match policy.depends_on_k() {
                true => ks.iter().copied().map(Some).collect(),
                false => vec![None],
            };
            for k in lengths {
                let cycles = self.expectation(policy, &digits.nonzero, k.unwrap_or(unit));
                list.push(Cycles { policy, k, cycles });
            }
        }
        Ok(list)
    }

    fn expectation(self, policy: Policy, planes: &[f64], k: usize) -> f64 {
        let Self { group, lanes } = self;
        let groups = |p: &f64| binomial(group, *p);
        let per_group = |cost: fn(usize) -> usize| {
            let plane = |p: &f64| {
                let outcomes = groups(p).into_iter().enumerate();
                outcomes.map(|(n, mass)| cost(n) as f64 * mass).sum::<f64>()
            };
            planes.iter().map(plane).sum::<f64>() / group as f64
        };
        // The lanes of a plane in `k` operands, as a sum of groups with this cost each.
        let meeting = |cost: fn(usize) -> usize, k: usize| {
            let plane = |p: &f64| {
                let mut one = vec![0.0; group + 1];
                groups(p).into_iter().enumerate().for_each(|(n, mass)| one[cost(n)] += mass);
                expected_maximum(&power(&one, k / (group * lanes)), lanes)
            };
            planes.iter().map(plane).sum::<f64>() / k as f64
        };
        match policy {
            Policy::Dense => planes.len() as f64,
            Policy::Bubble => per_group(|n| n.max(1)),
            Policy::SkipEmpty => per_group(|n| n),
            Policy::Lockstep => meeting(|n| n.max(1), group * lanes),
            Policy::Decoupled => meeting(|n| n.max(1), k),
            Policy::DecoupledSkipEmpty => meeting(|n| n, k),
            Policy::Published => {
                let last = planes.last().map(groups).unwrap_or_default();
                let twice: f64 = last.iter().take(2).sum();
                let counted = last.get(1).copied().unwrap_or(0.0);
                let samples = (k / group * planes.len()) as f64;
                let sum = k as f64 * planes.iter().sum::<f64>();
                published((sum + counted, samples + twice), planes.len(), group)
            }
        }
    }

    /// Cycles of all policies counted on rows of `k` operands, of which the last group is filled
    /// up with zeros. Lane l takes the groups l, l + L, l + 2L and so on.
    ///
    /// # Panics
    /// If `k` is zero.
    #[must_use]
    pub fn measured(
        self,
        encoding: &dyn Encoding,
        format: Format,
        values: &[i128],
        k: usize,
    ) -> Vec<Cycles> {
        let planes = encoding.weights(format).len();
        let mut sums = [0usize; Policy::ALL.len()];
        // Sum and number of the samples of the published rule.
        let mut samples = (0usize, 0usize);
        for row in values.chunks(k) {
            let digits: Vec<Vec<i8>> =
                row.iter().map(|&value| encoding.digits(format, value)).collect();
            for plane in 0..planes {
                let counts: Vec<usize> = digits
                    .chunks(self.group)
                    .map(|group| group.iter().filter(|digits| digits[plane] != 0).count())
                    .collect();
                for (sum, policy) in sums.iter_mut().zip(Policy::ALL) {
                    *sum += self.plane(policy, &counts, row.len());
                }
                samples.0 += counts.iter().sum::<usize>();
                samples.1 += counts.len();
                if let Some(&n) = counts.last()
                    && plane + 1 == planes
                    && n <= 1
                {
                    samples.0 += n;
                    samples.1 += 1;
                }
            }
        }
        let count = |(sum, policy): (usize, Policy)| {
            let cycles = match policy {
                Policy::Published => {
                    published((samples.0 as f64, samples.1 as f64), planes, self.group)
                }
                _ => sum as f64 / values.len().max(1) as f64,
            };
            Cycles { policy, k: policy.depends_on_k().then_some(k), cycles }
        };
        sums.into_iter().zip(Policy::ALL).map(count).collect()
    }

    /// Cycles of one plane of a row with these non-zero digits in its groups.
    fn plane(self, policy: Policy, counts: &[usize], operands: usize) -> usize {
        let lane = |lane: usize, cost: fn(usize) -> usize| {
            let own = counts.iter().skip(lane).step_by(self.lanes);
            own.map(|&n| cost(n)).sum::<usize>()
        };
        let longest = |cost| (0..self.lanes).map(|index| lane(index, cost)).max().unwrap_or(0);
        match policy {
            Policy::Dense => operands,
            Policy::Bubble => counts.iter().map(|&n| n.max(1)).sum(),
            Policy::SkipEmpty => counts.iter().sum(),
            Policy::Lockstep => counts
                .chunks(self.lanes)
                .map(|step| step.iter().copied().max().unwrap_or(0).max(1))
                .sum(),
            Policy::Decoupled => longest(|n| n.max(1)),
            Policy::DecoupledSkipEmpty => longest(|n| n),
            // Counted in samples, by the caller.
            Policy::Published => 0,
        }
    }
}

/// The published mean: sum of the samples by their number, per operand instead of per group.
fn published((sum, samples): (f64, f64), planes: usize, group: usize) -> f64 {
    if samples == 0.0 { 0.0 } else { sum / samples * planes as f64 / group as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arith::encode::{self, Ent};
    use crate::statistics::Probabilities;
    use crate::vectors::{self, Distribution};

    const INT8: Format = Format::signed(8);
    const ENGINE: Engine = Engine { group: 4, lanes: 4 };

    fn expected(encoding: &str, sigma: f64, k: usize) -> impl Fn(Policy) -> f64 {
        let probabilities = Probabilities::new(INT8, Distribution::Normal(sigma)).unwrap();
        let encoding = encode::find(encoding).unwrap();
        let digits = DigitStatistics::expected(encoding, INT8, &probabilities);
        let list = ENGINE.expected(&digits, &[k]).unwrap();
        move |policy| list.iter().find(|entry| entry.policy == policy).unwrap().cycles
    }

    /// The averages that were published for EN-T, of which some are a sample's.
    #[test]
    fn published_averages_are_reproduced() {
        for (k, rule, averages) in [
            (32, [1.708, 2.055, 2.284, 2.452, 2.576], [1.71, 2.05, 2.27, 2.45, 2.57]),
            (128, [1.748, 2.099, 2.322, 2.480, 2.597], [1.75, 2.10, 2.32, 2.48, 2.60]),
        ] {
            for (index, sigma) in [10.0, 20.0, 30.0, 40.0, 50.0].into_iter().enumerate() {
                let found = expected("ent", sigma, k)(Policy::Published);
                assert!((found - rule[index]).abs() < 1e-3, "{k} {sigma}: {found}");
                assert!((found - averages[index]).abs() < 0.015, "{k} {sigma}: {found}");
            }
        }
    }

    /// Independently computed cycles with a bubble per empty group.
    #[test]
    fn bubbles_cost_what_is_known() {
        for (encoding, cycles) in [
            ("ent", [2.077, 2.342, 2.466, 2.559, 2.643]),
            ("booth", [2.204, 2.456, 2.598, 2.704, 2.786]),
        ] {
            for (sigma, cycles) in [10.0, 20.0, 30.0, 40.0, 50.0].into_iter().zip(cycles) {
                let found = expected(encoding, sigma, 32)(Policy::Bubble);
                assert!((found - cycles).abs() < 1e-3, "{encoding} {sigma}: {found}");
            }
        }
    }

    /// Throughputs of four lanes that were found by simulating some rows.
    #[test]
    fn four_lanes_are_as_fast_as_simulated() {
        use Policy::{Decoupled, DecoupledSkipEmpty, Lockstep};
        for (sigma, k, policy, throughput) in [
            (20.0, 64, Lockstep, 1.34),
            (20.0, 256, Lockstep, 1.35),
            (30.0, 256, Lockstep, 1.28),
            (50.0, 256, Lockstep, 1.16),
            (20.0, 64, Decoupled, 1.49),
            (20.0, 256, Decoupled, 1.59),
            (20.0, 1024, Decoupled, 1.65),
            (30.0, 256, Decoupled, 1.50),
            (50.0, 256, Decoupled, 1.40),
            (20.0, 64, DecoupledSkipEmpty, 1.59),
            (20.0, 256, DecoupledSkipEmpty, 1.73),
            (20.0, 1024, DecoupledSkipEmpty, 1.82),
            (30.0, 256, DecoupledSkipEmpty, 1.56),
            (50.0, 256, DecoupledSkipEmpty, 1.41),
        ] {
            let found = 1.0 / expected("ent", sigma, k)(policy);
            assert!((found - throughput).abs() < 0.015, "{policy:?} {sigma} {k}: {found}");
        }
    }

    /// What is counted on a large sample is what is expected.
    #[test]
    fn samples_are_counted_to_the_expectation() {
        let (k, rows) = (64, 4000);
        let sample = vectors::random(rows, k, INT8, Distribution::Normal(20.0), 3, 0);
        let values: Vec<i128> = (0..rows)
            .flat_map(|row| (0..k).map(move |col| (row, col)))
            .map(|(row, col)| sample.value(row, col))
            .collect();
        let expected = expected("ent", 20.0, k);
        for found in ENGINE.measured(&Ent, INT8, &values, k) {
            let expected = expected(found.policy);
            assert!((found.cycles / expected - 1.0).abs() < 0.006, "{found:?}: {expected}");
        }
    }

    /// By hand: two groups of two in two lanes; the row is one operand short.
    #[test]
    fn a_row_is_counted_by_hand() {
        let engine = Engine { group: 2, lanes: 2 };
        // Plane 0: digits 1 1 | 1, plane 1: 1 0 | 0.
        let values = [3i128, 1, 1];
        let found = engine.measured(&encode::BaughWooley, Format::unsigned(2), &values, 3);
        let cycles: Vec<f64> = found.iter().map(|entry| entry.cycles * 3.0).collect();
        // Samples 2, 1, 1, 0 and once more the last one, 0: 4 in 5, times 2 planes by 2.
        let published = 4.0 / 5.0 * 3.0;
        let expected = [6.0, published, 5.0, 4.0, 3.0, 3.0, 3.0];
        for (found, expected) in cycles.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{cycles:?}");
        }
    }

    #[test]
    fn rows_that_do_not_divide_are_refused() {
        let digits = DigitStatistics { weights: vec![0], nonzero: vec![0.5], histogram: vec![] };
        for k in [0, 8, 33, 1 << 15] {
            let error = ENGINE.expected(&digits, &[k]).unwrap_err();
            assert!(error.message.contains("multiple of 16"), "{error}");
        }
    }
}
