//! One measurement from a design to its report.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::array;
use super::energy::{self, Energy, Feed, Rate};
use super::error::SynthesisError;
use super::front::{self, Operators};
use super::library::{Library, WireLoad};
use super::measured;
use super::memory;
use super::missing;
use super::netlist::Netlist;
use super::progress::{Progress, Told};
use super::report::{self, Report};
use super::search::{self, Context, Effort, Source};
use super::solution::Solution;
use super::spread;
use super::store::Store;
use super::subject::Subject;
use super::tools::Tools;
use crate::design::Design;
use crate::parallel;
use crate::rtl::Module;

/// What of a design is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One processing element.
    Element,
    /// The bare array.
    Array,
    /// Everything: the array with streams, control and readout.
    Core,
}

impl Scope {
    /// Name on the command line and in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Element => "pe",
            Self::Array => "array",
            Self::Core => "core",
        }
    }

    /// The module that is measured, and its multiply-accumulate operations per cycle.
    pub(super) fn top(self, design: &Design) -> (String, f64) {
        let all = design.operations_per_cycle();
        match self {
            Self::Element => (format!("{}_pe", design.name), all / design.elements() as f64),
            Self::Array => (format!("{}_array", design.name), all),
            Self::Core => (design.name.clone(), all),
        }
    }
}

/// What is to be measured.
pub struct Job<'a> {
    /// The design.
    pub subject: Subject<'a>,
    /// What of it.
    pub scope: Scope,
    /// The library, or the default one.
    pub liberty: Option<PathBuf>,
    /// Whether the library's own wire load counts.
    pub wire_load: WireLoad,
    /// Periods in ns that shall be met.
    pub periods: Vec<f64>,
    /// Whether the whole curve is wanted, besides the periods.
    pub sweep: bool,
    /// How long to search.
    pub effort: Effort,
    /// What the data on which energy is measured are, for reports.
    pub data: String,
    /// Leave the simulation out: energy is a guess of OpenSTA.
    pub vectorless: bool,
    /// Time limit of each run of a tool.
    pub limit: Duration,
}

/// Measures. `tell` is called with the steps, and with the number of runs that are done and expected.
/// What a tool that died leaves out is told in the report; the rest of it stands.
///
/// # Errors
/// [`SynthesisError`] when the library or a tool is missing or unusable, or the design does not
/// fit the library.
pub fn run(job: &Job<'_>, tell: &(dyn Fn(Told) + Sync)) -> Result<Report, SynthesisError> {
    let start = Instant::now();
    let library = Library::load(job.liberty.as_deref(), job.wire_load)?;
    let tools = Tools::find(job.limit)?;
    let store = Store::open()?;
    let progress = Progress::new(tell);
    let context = Context {
        library: &library,
        tools: &tools,
        store: &store,
        effort: job.effort,
        periods: &job.periods,
        sweep: job.sweep,
        progress: &progress,
    };
    let solutions = solve(job, &context)?;
    let (_, macs_per_cycle) = job.subject.top(job.scope);
    let sustained = job.subject.sustained(job.scope);
    let findings = report::find(&solutions, &job.periods, sustained).ok_or_else(|| {
        // Where every run died the first one says why.
        let reason = progress.failures().into_iter().next();
        let reason = reason.map_or("it found no netlist".to_owned(), |failure| failure.reason);
        SynthesisError::Unknown { what: "the search".to_owned(), reason }
    })?;
    let chosen = findings.chosen;
    let chosen_point = findings.chosen_point();
    let rate = Rate {
        macs_per_cycle,
        sustained,
        period_ns: chosen_point.period_ns.max(chosen_point.delay_ns),
    };
    let energy = measure_energy(job, &context, chosen, rate);
    let energy = progress.survive("energy", energy)?;
    let memories = memory::count(&chosen.assembly);
    let (runs, unproven) = progress.totals();
    let [smallest_area, smallest_delay, best_area_delay] = findings.best.clone();
    let report = Report {
        tools: tools.versions(),
        design: job.subject.name(),
        element: job.subject.element(),
        operands: job.subject.operands(),
        scope: job.scope.name().to_owned(),
        library: library.name.clone(),
        library_hash: library.hash.clone(),
        driving_cell: library.driver.clone(),
        output_load_pf: library.load_pf,
        wire_load: library.wire_load.clone(),
        data: job.data.clone(),
        macs_per_cycle,
        sustained_macs_per_cycle: sustained,
        spread: spread::of(&solutions),
        missing: missing::of(job.subject, job.scope),
        smallest_area,
        smallest_delay,
        best_area_delay,
        gmacs_per_s_per_mm2: rate.density(chosen.area.area_um2),
        chosen: chosen_point,
        beyond_limits: chosen.beyond.clone(),
        area: chosen.area,
        breakdown: report::breakdown(&chosen.assembly, &job.subject.name(), &library),
        memory_bits: memories.iter().map(|memory| memory.total_bits).sum(),
        memory_note: (!memories.is_empty()).then_some(memory::NOTE),
        memories,
        critical_path: report::critical_path(chosen),
        energy_pj_per_mac: energy.as_ref().map(|energy| energy.pj_per_mac),
        energy_kind: energy.as_ref().map(|energy| energy.kind),
        energy,
        failures: progress.failures(),
        netlist: chosen.assembly.verilog(),
        runs,
        unproven,
        seconds: start.elapsed().as_secs_f64(),
        swept: job.sweep || job.periods.is_empty(),
        points: findings.points,
        at_period: findings.at_period,
    };
    if let Subject::Array(design, _) = job.subject {
        measured::note(&store, design, &report);
    }
    Ok(report)
}

/// The energy of the netlist that was chosen.
fn measure_energy(
    job: &Job<'_>,
    context: &Context<'_>,
    chosen: &Solution,
    rate: Rate,
) -> Result<Energy, SynthesisError> {
    let (library, tools) = (context.library, (context.tools, context.store));
    let how = if job.vectorless { "OpenSTA" } else { "simulation, OpenSTA" };
    context.progress.begin(format!("energy of {} ({how})", chosen.assembly.top));
    let (design, (a, b)) = match job.subject {
        Subject::Array(design, data) if !job.vectorless => (design, data),
        _ => return energy::vectorless(chosen, rate, "no", library, tools),
    };
    // What is not a core is run in its place in one, unless it is an element that takes operands.
    let ports = job.scope == Scope::Element && energy::takes_operands(design, chosen);
    let core = match job.scope {
        Scope::Element | Scope::Array if !ports => Some(synthesise(job, context, Scope::Core)?),
        _ => None,
    };
    let feed = if ports { Feed::Ports } else { Feed::Streams(core.as_ref()) };
    energy::measure((design, chosen), rate, (a, b, job.data.clone()), feed, library, tools)
}

/// The gates of a scope with Yosys's usual operators.
fn synthesise(
    job: &Job<'_>,
    context: &Context<'_>,
    scope: Scope,
) -> Result<Netlist, SynthesisError> {
    let (top, _) = job.subject.top(scope);
    translate(job, context, &top, Operators::Default)
}

/// The gates of the module `top`.
fn translate(
    job: &Job<'_>,
    context: &Context<'_>,
    top: &str,
    operators: Operators,
) -> Result<Netlist, SynthesisError> {
    let (element, _) = job.subject.top(Scope::Element);
    let way = operators.name();
    context.progress.begin(format!("gates of {top} with {way} operators (Yosys)"));
    let needed = needed(&job.subject.modules(), top);
    let pair = (context.tools, context.store);
    front::run(&needed, (top, &element), operators, context.library, pair)
}

fn solve(job: &Job<'_>, context: &Context<'_>) -> Result<Vec<Solution>, SynthesisError> {
    let (element, _) = job.subject.top(Scope::Element);
    // Only `behavioural` leaves a choice: the others hand over gates.
    let ways = match job.subject.leaves_operators() {
        true => front::known_operators(context.tools)?,
        false => vec![Operators::Default],
    };
    let sources = parallel::map(&ways, |&operators| {
        let netlist = translate(job, context, &element, operators)?;
        let module = Arc::new(netlist.modules[&netlist.top].clone());
        Ok::<_, SynthesisError>(Source { key: netlist.top, module, operators })
    })?;
    let elements = search::module(context, &sources)?;
    if job.scope == Scope::Element {
        return Ok(elements);
    }
    let netlist = synthesise(job, context, job.scope)?;
    array::design(context, &netlist, (&element, &elements))
}

/// The modules that `top` consists of: files that do not matter shall not change a key.
pub(super) fn needed(modules: &[Module], top: &str) -> Vec<Module> {
    let mut wanted = vec![top.to_owned()];
    // Leaf modules come first, so whoever uses a module comes after it.
    for module in modules.iter().rev() {
        if wanted.contains(&module.name) {
            let used = |line: &str, other: &Module| {
                line.split_whitespace().next() == Some(other.name.as_str())
            };
            let uses = |other: &&Module| module.text.lines().any(|line| used(line, other));
            wanted.extend(modules.iter().filter(uses).map(|other| other.name.clone()));
        }
    }
    modules.iter().filter(|module| wanted.contains(&module.name)).cloned().collect()
}
