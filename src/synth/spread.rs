//! How far the results of different ways to map are apart: what a ratio must exceed to say anything.

use std::collections::BTreeMap;

use serde::Serialize;

use super::solution::Solution;

/// By how much the best netlist of the second best script is worse than the best of all, as a part
/// of it. Scripts differ in luck as much as in skill, so smaller differences between designs are
/// no findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Spread {
    /// Of the smallest area.
    pub area: f64,
    /// Of the shortest delay.
    pub delay: f64,
    /// Of the best area x delay.
    pub area_delay: f64,
}

/// The spread of the netlists of a search.
#[must_use]
pub fn of(solutions: &[Solution]) -> Spread {
    Spread {
        area: runner_up(solutions, |solution| solution.area.area_um2),
        delay: runner_up(solutions, |solution| solution.timing.delay_ns),
        area_delay: runner_up(solutions, Solution::area_delay),
    }
}

/// The distance of the second best script from the best, as a part of it; 0 with one script alone.
fn runner_up(solutions: &[Solution], measure: impl Fn(&Solution) -> f64) -> f64 {
    let mut best: BTreeMap<&str, f64> = BTreeMap::new();
    for solution in solutions {
        let script = solution.how.split(" for ").next().unwrap_or_default();
        let figure = best.entry(script).or_insert(f64::INFINITY);
        *figure = figure.min(measure(solution));
    }
    let mut figures: Vec<f64> = best.into_values().collect();
    figures.sort_by(f64::total_cmp);
    match figures.as_slice() {
        [first, second, ..] if *first > 0.0 => second / first - 1.0,
        _ => 0.0,
    }
}

/// Ratios nearer to 1 than this are printed with their spread.
const CLOSE: f64 = 1.1;

/// A ratio of two figures in brackets, with the larger spread of the two where it is below 1.1 either
/// way.
#[must_use]
pub fn ratio(value: f64, base: f64, spreads: [f64; 2]) -> String {
    let ratio = value / base;
    let spread = 100.0 * spreads[0].max(spreads[1]);
    let same = value == base;
    match !same && ratio < CLOSE && ratio > 1.0 / CLOSE {
        true => format!("({ratio:.2}, spread {spread:.0} %)"),
        false => format!("({ratio:.2})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_ratios_come_with_their_spread() {
        assert_eq!(ratio(1.0, 1.0, [0.5, 0.5]), "(1.00)");
        assert_eq!(ratio(1.05, 1.0, [0.02, 0.031]), "(1.05, spread 3 %)");
        assert_eq!(ratio(0.95, 1.0, [0.02, 0.0]), "(0.95, spread 2 %)");
        assert_eq!(ratio(1.2, 1.0, [0.02, 0.0]), "(1.20)");
        assert_eq!(ratio(0.5, 1.0, [0.02, 0.0]), "(0.50)");
    }
}
