//! What a search finds: mapped modules, and designs whose area and delay are measured.

use super::assembly::{Area, Assembly, Part};
use super::error::SynthesisError;
use super::front::Operators;
use super::limits::{self, Excess};
use super::mapping::{Setting, Target};
use super::search::Context;
use super::timing::{self, Timing};

/// One mapped module.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The module with its cells.
    pub part: Part,
    /// How it was made.
    pub setting: Setting,
    /// How operators became gates.
    pub operators: Operators,
    /// Delay of the logic in ps, as ABC sees it.
    pub delay_ps: f64,
    /// Area without instances.
    pub area: Area,
}

impl Candidate {
    /// How it was made, in words.
    pub fn how(&self) -> String {
        let Setting { script, target, shuffle } = &self.setting;
        let target = match target {
            Target::Fastest => "fastest".to_owned(),
            Target::Smallest => "smallest".to_owned(),
            Target::Delay(delay) => format!("{delay:.0} ps"),
        };
        let order = if *shuffle == 0 { String::new() } else { format!(", order {shuffle}") };
        let operators = match self.operators {
            Operators::Default => String::new(),
            other => format!("{}, ", other.name()),
        };
        format!("{operators}{} for {target}{order}", script.name)
    }
}

/// A measured design.
#[derive(Clone, Debug)]
pub struct Solution {
    /// The netlist.
    pub assembly: Assembly,
    /// Its area.
    pub area: Area,
    /// Its delay.
    pub timing: Timing,
    /// How the element, or else the design, was mapped.
    pub how: String,
    /// Nets beyond the limits of the library.
    pub beyond: Vec<Excess>,
}

impl Solution {
    /// Area by delay, in um2 ns.
    #[must_use]
    pub fn area_delay(&self) -> f64 {
        self.area.area_um2 * self.timing.delay_ns
    }
}

/// Measures an assembly.
///
/// # Errors
/// [`SynthesisError`] of the timing analysis.
pub fn finish(
    context: &Context<'_>,
    assembly: Assembly,
    how: String,
) -> Result<Solution, SynthesisError> {
    let timing = timing::run(&assembly, context.library, (context.tools, context.store))?;
    let area = assembly.area(context.library);
    let beyond = limits::beyond(&assembly, context.library, &timing.slow_edges);
    Ok(Solution { assembly, area, timing, how, beyond })
}

/// The solutions that no other beats in area and delay, the fastest first.
#[must_use]
pub fn pareto(solutions: &[Solution]) -> Vec<&Solution> {
    let mut sorted: Vec<&Solution> = solutions.iter().collect();
    sorted.sort_by(|x, y| {
        let key = |s: &Solution| (s.timing.delay_ns, s.area.area_um2);
        key(x).partial_cmp(&key(y)).unwrap_or(std::cmp::Ordering::Equal)
    });
    let mut best = f64::INFINITY;
    sorted.retain(|solution| {
        let better = solution.area.area_um2 < best;
        best = best.min(solution.area.area_um2);
        better
    });
    sorted
}
