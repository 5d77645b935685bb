//! The search for the best netlists of one module: many ways to map it, the Pareto set kept.

use std::sync::Arc;

use super::assembly::{Assembly, Part};
use super::blif::{self, Logic};
use super::error::SynthesisError;
use super::front::Operators;
use super::library::Library;
use super::mapping::{self, MappedLogic, Refusal, SCRIPTS, Script, Setting, Target};
use super::netlist::Module;
use super::progress::Progress;
use super::solution::{Candidate, Solution, finish};
use super::store::Store;
use super::tools::Tools;
use crate::parallel;

/// How long to search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// Some ways: within a few per cent of the best, in seconds.
    Fast,
    /// All ways and several orders of the gates: minutes.
    Full,
}

impl Effort {
    fn scripts(self) -> &'static [Script] {
        match self {
            Self::Fast => &SCRIPTS[..4],
            Self::Full => SCRIPTS,
        }
    }

    /// Wanted delays by the smallest that was seen.
    fn factors(self) -> &'static [f64] {
        match self {
            Self::Fast => &[1.02, 1.15, 1.4, 1.8],
            Self::Full => &[0.95, 1.0, 1.05, 1.1, 1.15, 1.2, 1.3, 1.45, 1.6, 1.8, 2.1, 2.5],
        }
    }

    /// Further orders of the gates in which the best settings are repeated.
    fn shuffles(self) -> u64 {
        match self {
            Self::Fast => 0,
            Self::Full => 6,
        }
    }
}

/// Everything that a search needs.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// Library.
    pub library: &'a Library,
    /// Programs.
    pub tools: &'a Tools,
    /// Finished results.
    pub store: &'a Store,
    /// How long to search.
    pub effort: Effort,
    /// Periods in ns that shall be met.
    pub periods: &'a [f64],
    /// Whether the whole curve is wanted, besides the periods.
    pub sweep: bool,
    /// Where progress is told.
    pub progress: &'a Progress<'a>,
}

/// A module in one translation to gates.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its key.
    pub key: String,
    /// The module.
    pub module: Arc<Module>,
    /// How operators became gates.
    pub operators: Operators,
}

/// Results that are worse by more than this, in area and in the mapper's delay, are not measured.
const WORSE: f64 = 1.04;

/// Settings of the best results that are repeated with other orders of the gates.
const REPEATED: usize = 4;

/// An order of `count` items, drawn by the number `shuffle`; 0 leaves them as they are.
fn order(count: usize, shuffle: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    let mut state = shuffle.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    if shuffle > 0 {
        for index in (1..count).rev() {
            // The generator of Knuth's MMIX: any order will do, if it is always the same.
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            order.swap(index, (state >> 33) as usize % (index + 1));
        }
    }
    order
}

/// Maps modules with settings; refused ones are left out.
///
/// # Errors
/// [`SynthesisError`] when all are refused, or nothing works.
pub fn map(
    context: &Context<'_>,
    work: &[(&Source, Setting)],
) -> Result<Vec<Candidate>, SynthesisError> {
    if let Some((source, _)) = work.first() {
        let (name, ways) = (&source.module.name, work.len());
        context.progress.begin(format!("mapping of {name} in {ways} ways (ABC)"));
    }
    context.progress.expect(work.len());
    let mapped = parallel::map(work, |(source, setting)| {
        let module = &source.module;
        let logic: Logic = blif::write(module, &order(module.gates.len(), setting.shuffle));
        let result = mapping::run(&logic, setting, context.library, (context.tools, context.store));
        context.progress.step();
        match result {
            Ok(MappedLogic { mapped, delay_ps }) => {
                let part = Part { module: Arc::clone(module), mapped: Arc::new(mapped) };
                let area = part.area(context.library);
                let operators = source.operators;
                Ok(Ok(Candidate { part, setting: *setting, operators, delay_ps, area }))
            }
            Err(Refusal::Unproven(reason)) => Ok(Err(reason)),
            Err(Refusal::Fatal(error)) => Err(error),
        }
    })?;
    let (proven, refused): (Vec<_>, Vec<_>) = mapped.into_iter().partition(Result::is_ok);
    context.progress.refused(refused.len());
    let candidates: Vec<Candidate> = proven.into_iter().filter_map(Result::ok).collect();
    match (candidates.is_empty(), refused.into_iter().find_map(Result::err)) {
        (true, Some(reason)) => {
            let module = work.first().map_or_else(String::new, |(s, _)| s.module.name.clone());
            Err(SynthesisError::NotProven { module, reason })
        }
        _ => Ok(candidates),
    }
}

/// Candidates that no other beats clearly.
fn worthy(candidates: Vec<Candidate>) -> Vec<Candidate> {
    let beats = |x: &Candidate, y: &Candidate| {
        x.area.area_um2 * WORSE < y.area.area_um2 && x.delay_ps * WORSE < y.delay_ps
    };
    let kept: Vec<bool> =
        candidates.iter().map(|y| !candidates.iter().any(|x| beats(x, y))).collect();
    candidates.into_iter().zip(kept).filter_map(|(c, kept)| kept.then_some(c)).collect()
}

/// Measures candidates; those whose timing died are left out.
///
/// # Errors
/// [`SynthesisError`] of more than one run.
fn measure(
    context: &Context<'_>,
    key: &str,
    candidates: Vec<Candidate>,
) -> Result<Vec<(Candidate, Solution)>, SynthesisError> {
    let count = candidates.len();
    context.progress.begin(format!("timing of {count} netlists of {key} (OpenSTA)"));
    context.progress.expect(count);
    let solutions = parallel::map(&candidates, |candidate| {
        let parts = [(key.to_owned(), candidate.part.clone())].into_iter().collect();
        let assembly = Assembly { top: key.to_owned(), parts };
        let solution = finish(context, assembly, candidate.how());
        context.progress.step();
        context.progress.survive(&format!("timing of {key}, {}", candidate.how()), solution)
    })?;
    let measured = candidates.into_iter().zip(solutions);
    Ok(measured.filter_map(|(candidate, solution)| Some((candidate, solution?))).collect())
}

/// Searches the netlists of a module without instances, given in one or more translations.
///
/// # Errors
/// [`SynthesisError`] when there is none.
pub fn module(context: &Context<'_>, sources: &[Source]) -> Result<Vec<Solution>, SynthesisError> {
    let Some(key) = sources.first().map(|source| source.key.clone()) else { return Ok(vec![]) };
    let scripts = context.effort.scripts();
    let all = |targets: &[Target]| {
        let mut work = Vec::new();
        for source in sources {
            for script in scripts {
                // This one does not heed the wanted delay but in sizing.
                let settings =
                    targets.iter().map(|&target| Setting { script: *script, target, shuffle: 0 });
                work.extend(settings.map(|setting| (source, setting)));
            }
        }
        work
    };
    let first = map(context, &all(&[Target::Fastest, Target::Smallest]))?;
    let fastest = first.iter().map(|c| c.delay_ps).fold(f64::INFINITY, f64::min);
    let mut measured = measure(context, &key, worthy(first))?;
    // What flip-flops add to the delay of the logic.
    let gap = |(c, s): &(Candidate, Solution)| s.timing.delay_ns * 1000.0 - c.delay_ps;
    let overhead = measured.iter().map(gap).fold(f64::INFINITY, f64::min);

    let mut targets = Vec::new();
    if context.sweep || context.periods.is_empty() {
        targets.extend(context.effort.factors().iter().map(|factor| factor * fastest));
    }
    for period in context.periods {
        let logic = period * 1000.0 - overhead;
        targets.extend([0.92, 0.97, 1.0].map(|factor| factor * logic));
    }
    targets.retain(|delay| delay.is_finite() && *delay >= 1.0);
    let targets: Vec<Target> = targets.into_iter().map(Target::Delay).collect();
    let second = worthy(map(context, &all(&targets))?);
    measured.extend(measure(context, &key, second)?);

    if context.effort.shuffles() > 0 {
        let work = repetitions(context, sources, &measured);
        let third = worthy(map(context, &work)?);
        measured.extend(measure(context, &key, third)?);
    }
    Ok(measured.into_iter().map(|(_, solution)| solution).collect())
}

/// The most successful settings with other orders of the gates.
fn repetitions<'a>(
    context: &Context<'_>,
    sources: &'a [Source],
    measured: &[(Candidate, Solution)],
) -> Vec<(&'a Source, Setting)> {
    let mut ranked: Vec<&(Candidate, Solution)> = measured.iter().collect();
    let mut chosen: Vec<(Operators, Setting)> = Vec::new();
    let scores: [fn(&Solution) -> f64; 3] =
        [Solution::area_delay, |s| s.timing.delay_ns, |s| s.area.area_um2];
    for score in scores {
        ranked.sort_by(|x, y| score(&x.1).total_cmp(&score(&y.1)));
        for (candidate, _) in ranked.iter().take(REPEATED) {
            let setting = (candidate.operators, candidate.setting);
            if !chosen.contains(&setting) {
                chosen.push(setting);
            }
        }
    }
    let mut work = Vec::new();
    for (operators, setting) in chosen {
        if let Some(source) = sources.iter().find(|source| source.operators == operators) {
            let orders = 1..=context.effort.shuffles();
            work.extend(orders.map(|shuffle| (source, Setting { shuffle, ..setting })));
        }
    }
    work
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_permutations_and_repeatable() {
        assert_eq!(order(4, 0), [0, 1, 2, 3]);
        let shuffled = order(50, 3);
        assert_eq!(shuffled, order(50, 3));
        assert_ne!(shuffled, order(50, 4));
        let mut sorted = shuffled;
        sorted.sort_unstable();
        assert_eq!(sorted, order(50, 0));
    }
}
