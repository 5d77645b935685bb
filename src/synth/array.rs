//! Netlists of a design with hierarchy: the element's best ones, with everything around them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::assembly::{Assembly, Part};
use super::error::SynthesisError;
use super::front::Operators;
use super::mapping::{SCRIPTS, Setting, Target};
use super::netlist::Netlist;
use super::search::{self, Context, Effort, Source};
use super::solution::{self, Candidate, Solution};
use crate::parallel;

/// How much of the period the logic of a module around the elements may take. Paths go through
/// several modules, so less is tried where the first attempt is too slow.
const SHARES: &[f64] = &[0.8, 0.5, 0.3, 0.0];

/// A combination may be slower than its element by this factor before the next share is tried.
const TOLERANCE: f64 = 1.01;

/// The next share is not tried either where the last one made the combination faster by less: what
/// limits it then is not the logic whose share it was.
const WORTHWHILE: f64 = 0.99;

/// Searches the netlists of a design. `elements` are the solutions of its element.
///
/// # Errors
/// [`SynthesisError`] when there is none.
pub fn design(
    context: &Context<'_>,
    netlist: &Netlist,
    element: (&str, &[Solution]),
) -> Result<Vec<Solution>, SynthesisError> {
    let (element_key, elements) = element;
    let around = map_around(context, netlist, element_key)?;
    let chosen = spread(
        solution::pareto(elements),
        match context.effort {
            Effort::Fast => 4,
            Effort::Full => 10,
        },
    );
    let count = chosen.len();
    context.progress.begin(format!("timing of {} with {count} elements (OpenSTA)", netlist.top));
    context.progress.expect(count);
    let solutions = parallel::map(&chosen, |element| {
        let mut found = Vec::new();
        for share in SHARES {
            let mut parts: BTreeMap<String, Part> = BTreeMap::new();
            let limit = share * element.timing.delay_ns * 1000.0;
            for (key, module) in &netlist.modules {
                let part = match around.get(key) {
                    _ if key == element_key => element.assembly.parts.get(key).cloned(),
                    Some(candidates) => within(candidates, limit).map(|c| c.part.clone()),
                    None => None,
                };
                let part = part.unwrap_or_else(|| Part {
                    module: Arc::new(module.clone()),
                    mapped: Arc::default(),
                });
                parts.insert(key.clone(), part);
            }
            let assembly = Assembly { top: netlist.top.clone(), parts };
            let solution = solution::finish(context, assembly, element.how.clone());
            let step = format!("timing of {}, {}", netlist.top, element.how);
            let Some(solution) = context.progress.survive(&step, solution)? else { break };
            let delay = solution.timing.delay_ns;
            let enough = delay <= element.timing.delay_ns * TOLERANCE;
            let before: Option<&Solution> = found.last();
            let vain = before.is_some_and(|last| delay > last.timing.delay_ns * WORTHWHILE);
            found.push(solution);
            if enough || vain {
                break;
            }
        }
        context.progress.step();
        Ok::<_, SynthesisError>(found)
    })?;
    Ok(solutions.into_iter().flatten().collect())
}

/// Maps all modules but the element, each in several ways.
fn map_around(
    context: &Context<'_>,
    netlist: &Netlist,
    element: &str,
) -> Result<BTreeMap<String, Vec<Candidate>>, SynthesisError> {
    let modules = netlist
        .modules
        .iter()
        .filter(|(key, module)| key.as_str() != element && !module.gates.is_empty());
    let sources: Vec<Source> = modules
        .map(|(key, module)| Source {
            key: key.clone(),
            module: Arc::new(module.clone()),
            operators: Operators::Default,
        })
        .collect();
    let settings: Vec<Setting> = SCRIPTS[..4]
        .iter()
        .flat_map(|&script| {
            [Target::Fastest, Target::Smallest].map(|target| Setting { script, target, shuffle: 0 })
        })
        .collect();
    let mut mapped = BTreeMap::new();
    for source in &sources {
        let work: Vec<_> = settings.iter().map(|setting| (source, *setting)).collect();
        let mut candidates = search::map(context, &work)?;
        let fastest = candidates.iter().map(|c| c.delay_ps).fold(f64::INFINITY, f64::min);
        let between = [1.2, 1.6].map(|factor| Target::Delay((fastest * factor).max(1.0)));
        let between =
            between.into_iter().map(|target| Setting { script: SCRIPTS[2], target, shuffle: 0 });
        let work: Vec<_> = between.map(|setting| (source, setting)).collect();
        candidates.extend(search::map(context, &work)?);
        mapped.insert(source.key.clone(), candidates);
    }
    Ok(mapped)
}

/// The smallest candidate whose logic takes at most `limit` ps, or else the fastest.
fn within(candidates: &[Candidate], limit: f64) -> Option<&Candidate> {
    let fits = candidates.iter().filter(|candidate| candidate.delay_ps <= limit);
    let smallest = fits.min_by(|x, y| x.area.area_um2.total_cmp(&y.area.area_um2));
    smallest.or_else(|| candidates.iter().min_by(|x, y| x.delay_ps.total_cmp(&y.delay_ps)))
}

/// At most `count` of the solutions: the ends, the best area x delay, and some between.
fn spread(solutions: Vec<&Solution>, count: usize) -> Vec<&Solution> {
    let last = solutions.len().saturating_sub(1);
    let best = (0..solutions.len())
        .min_by(|&x, &y| solutions[x].area_delay().total_cmp(&solutions[y].area_delay()));
    let mut chosen: Vec<usize> = (0..count).map(|step| step * last / (count - 1).max(1)).collect();
    chosen.extend(best);
    chosen.sort_unstable();
    chosen.dedup();
    chosen.into_iter().filter_map(|index| solutions.get(index).copied()).collect()
}
