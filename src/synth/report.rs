//! What a measurement says: points, best figures, breakdown, critical path.

use std::collections::BTreeMap;

use serde::Serialize;

use super::assembly::{Area, Assembly};
use super::energy::{Energy, EnergyKind};
use super::error::Failure;
use super::library::Library;
use super::limits::{self, Excess};
use super::memory::MemoryCount;
use super::missing::Missing;
use super::role::Role;
use super::solution::{self, Solution};
use super::spread::Spread;

/// One netlist.
#[derive(Clone, Debug, Serialize)]
pub struct Point {
    /// Period in ns at which it works: what was asked for, or its delay.
    pub period_ns: f64,
    /// Cell area.
    pub area_um2: f64,
    /// Shortest period.
    pub delay_ns: f64,
    /// Area by delay.
    pub area_delay_um2_ns: f64,
    /// Number of cells, flip-flops among them.
    pub cells: u64,
    /// Number of flip-flops.
    pub flip_flops: u64,
    /// How it was mapped.
    pub mapping: String,
    /// Nets beyond the library's limits on capacitance, fan-out and slew: with any the netlist
    /// cannot be built as it is.
    pub nets_beyond_limits: usize,
}

impl Point {
    fn of(solution: &Solution) -> Self {
        let Area { area_um2, cells, flip_flops, .. } = solution.area;
        let delay_ns = solution.timing.delay_ns;
        Self {
            period_ns: delay_ns,
            area_um2,
            delay_ns,
            area_delay_um2_ns: solution.area_delay(),
            cells,
            flip_flops,
            mapping: solution.how.clone(),
            nets_beyond_limits: limits::nets(&solution.beyond),
        }
    }
}

/// What became of a period that was asked for.
#[derive(Clone, Debug, Serialize)]
pub struct AtPeriod {
    /// The period.
    pub period_ns: f64,
    /// Whether a netlist meets it.
    pub met: bool,
    /// The smallest netlist that does, or else the fastest.
    pub point: Point,
    /// Its sustained throughput per area at this period; nothing where it is not met.
    pub gmacs_per_s_per_mm2: Option<f64>,
}

/// Area of one role.
#[derive(Clone, Debug, Serialize)]
pub struct RoleArea {
    /// The role.
    pub role: Role,
    /// Its part of the area, 0 to 1.
    pub share: f64,
    /// Its area.
    #[serde(flatten)]
    pub area: Area,
}

/// The slowest path.
#[derive(Clone, Debug, Serialize)]
pub struct CriticalPath {
    /// Register or port where it starts.
    pub start: String,
    /// Register or port where it ends.
    pub end: String,
    /// Delay from edge to edge in ns.
    pub delay_ns: f64,
    /// Setup time of the register at the end in ns.
    pub setup_ns: f64,
    /// Cells on the way, the register at the start among them.
    pub cells: Vec<String>,
    /// The same in one sentence.
    pub words: String,
}

/// The measurement of one design in one library.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Programs and their versions.
    pub tools: BTreeMap<String, String>,
    /// Name of the design.
    pub design: String,
    /// Its element.
    pub element: String,
    /// Formats of the operands, such as `int8 x int8`.
    pub operands: String,
    /// What was measured.
    pub scope: String,
    /// Name of the library.
    pub library: String,
    /// Hash of the library as the tools read it.
    pub library_hash: String,
    /// Cell that drives the inputs.
    pub driving_cell: String,
    /// Load of each output in pF.
    pub output_load_pf: f64,
    /// Which wire load counts: `none`, whatever the library says, or `library` with its default.
    pub wire_load: String,
    /// The operands on which cycles and energy are counted.
    pub data: String,
    /// Most multiply-accumulate operations per cycle.
    pub macs_per_cycle: f64,
    /// Multiply-accumulate operations per cycle in the long run: fewer where the number of cycles
    /// depends on the data, which are those of the energy.
    pub sustained_macs_per_cycle: f64,
    /// How far the best netlists of different ways to map are apart: smaller ratios say nothing.
    pub spread: Spread,
    /// What a whole top has and this scope leaves out.
    pub missing: Missing,
    /// Netlists that no other beats in both area and delay, the fastest first.
    pub points: Vec<Point>,
    /// Smallest area.
    pub smallest_area: Point,
    /// Smallest delay.
    pub smallest_delay: Point,
    /// Smallest area x delay.
    pub best_area_delay: Point,
    /// Whether the whole curve was searched, besides the periods.
    pub swept: bool,
    /// The periods that were asked for.
    pub at_period: Vec<AtPeriod>,
    /// Netlist that the figures below belong to.
    pub chosen: Point,
    /// Its nets beyond the library's limits, the worst first.
    pub beyond_limits: Vec<Excess>,
    /// Sustained throughput per area of the chosen netlist at the first period that was asked for,
    /// or else at its delay.
    pub gmacs_per_s_per_mm2: f64,
    /// Its area by kind of cell.
    pub area: Area,
    /// Its area by role.
    pub breakdown: Vec<RoleArea>,
    /// Its memories: neither in its area nor in its energy.
    pub memories: Vec<MemoryCount>,
    /// Bits of them all.
    pub memory_bits: u64,
    /// What of them counts and what does not; nothing where there are none.
    pub memory_note: Option<&'static str>,
    /// Its slowest path.
    pub critical_path: CriticalPath,
    /// Energy; nothing where its measurement failed.
    pub energy_pj_per_mac: Option<f64>,
    /// Whether that comes from data.
    pub energy_kind: Option<EnergyKind>,
    /// What the energy is spent on.
    pub energy: Option<Energy>,
    /// Steps that failed; what they would have given is not in the report.
    pub failures: Vec<Failure>,
    /// Structural Verilog of the chosen netlist.
    #[serde(skip)]
    pub netlist: String,
    /// Results that went into the search.
    pub runs: usize,
    /// Results that were left out because they were not proven equal to the design.
    pub unproven: usize,
    /// Time taken, results that were in the cache included.
    pub seconds: f64,
}

impl Report {
    /// Whether a netlist of which a figure is printed has nets beyond the library's limits.
    #[must_use]
    pub fn has_nets_beyond_limits(&self) -> bool {
        let best = [&self.smallest_area, &self.smallest_delay, &self.best_area_delay, &self.chosen];
        let periods = self.at_period.iter().map(|period| &period.point);
        best.into_iter().chain(periods).any(|point| point.nets_beyond_limits > 0)
    }

    /// What is said of wires below figures.
    #[must_use]
    pub fn wires(&self) -> String {
        match self.wire_load.as_str() {
            "none" => "no wire load: absolute figures are optimistic, ratios in one flow are what \
                       counts"
                .to_owned(),
            words => format!("wire load of the {words}; ratios in one flow are what counts"),
        }
    }
}

/// The smallest by a measure; `solutions` is not empty.
pub(super) fn best<'a>(
    solutions: &[&'a Solution],
    measure: impl Fn(&Solution) -> f64,
) -> Option<&'a Solution> {
    solutions.iter().copied().min_by(|x, y| measure(x).total_cmp(&measure(y)))
}

/// The solutions of a search, looked at from all sides. The report's head is filled in by the
/// caller.
pub(super) struct Findings<'a> {
    /// Netlists that no other beats.
    pub points: Vec<Point>,
    /// Smallest area, smallest delay, smallest area x delay.
    pub best: [Point; 3],
    /// The periods.
    pub at_period: Vec<AtPeriod>,
    /// The netlist that is looked at closely.
    pub chosen: &'a Solution,
}

/// Looks at solutions; nothing if there are none. `sustained` are the operations per cycle.
pub(super) fn find<'a>(
    solutions: &'a [Solution],
    periods: &[f64],
    sustained: f64,
) -> Option<Findings<'a>> {
    let pareto = solution::pareto(solutions);
    let smallest = best(&pareto, |s| s.area.area_um2)?;
    let fastest = best(&pareto, |s| s.timing.delay_ns)?;
    let product = best(&pareto, Solution::area_delay)?;
    let mut chosen = product;
    let mut at_period = Vec::new();
    for &period_ns in periods {
        let meets: Vec<&Solution> =
            pareto.iter().copied().filter(|s| s.timing.delay_ns <= period_ns).collect();
        let found = best(&meets, |s| s.area.area_um2);
        if at_period.is_empty() {
            chosen = found.unwrap_or(fastest);
        }
        let point = Point { period_ns, ..Point::of(found.unwrap_or(fastest)) };
        let density = |s: &Solution| sustained * 1e6 / (s.area.area_um2 * period_ns);
        let gmacs_per_s_per_mm2 = found.map(density);
        at_period.push(AtPeriod { period_ns, met: found.is_some(), point, gmacs_per_s_per_mm2 });
    }
    Some(Findings {
        points: pareto.into_iter().map(Point::of).collect(),
        best: [smallest, fastest, product].map(Point::of),
        at_period,
        chosen,
    })
}

impl Findings<'_> {
    /// The chosen netlist as a point.
    pub fn chosen_point(&self) -> Point {
        match self.at_period.first() {
            Some(first) => first.point.clone(),
            None => Point::of(self.chosen),
        }
    }
}

/// Area by role, the largest first.
pub(super) fn breakdown(assembly: &Assembly, design: &str, library: &Library) -> Vec<RoleArea> {
    let mut roles: BTreeMap<Role, Area> = BTreeMap::new();
    let mut total = 0.0;
    for (key, times) in assembly.counts() {
        let Some(part) = assembly.parts.get(&key) else { continue };
        if part.module.memory.is_some() {
            continue;
        }
        let area = part.area(library);
        total += area.area_um2 * times as f64;
        roles.entry(Role::of(&part.module.name, design)).or_default().add(&area, times);
    }
    let share = |area: &Area| if total > 0.0 { area.area_um2 / total } else { 0.0 };
    let mut list: Vec<RoleArea> = roles
        .into_iter()
        .map(|(role, area)| RoleArea { role, share: share(&area), area })
        .collect();
    list.sort_by(|x, y| y.share.total_cmp(&x.share));
    list
}

/// The slowest path in words.
pub(super) fn critical_path(solution: &Solution) -> CriticalPath {
    let timing = &solution.timing;
    let place = |path: &str, starts| solution.assembly.register(path, starts);
    let (start, end) = (place(&timing.start, true), place(&timing.end, false));
    let cells: Vec<String> = timing.steps.iter().map(|step| step.cell.clone()).collect();
    let name = |register: &Option<String>, path: &str| match register {
        Some(register) => format!("register {register}"),
        None => format!("port {path}"),
    };
    let logic = &cells[usize::from(start.is_some()).min(cells.len())..];
    let first =
        if start.is_some() { timing.steps.first().map_or(0.0, |s| s.arrival_ns) } else { 0.0 };
    let words = format!(
        "from {} to {}: {} cells ({}) in {:.3} ns, with {first:.3} ns from clock to output and {:.3} ns \
         of setup",
        name(&start, &timing.start),
        name(&end, &timing.end),
        logic.len(),
        runs(logic),
        timing.delay_ns,
        timing.setup_ns,
    );
    CriticalPath {
        start: start.unwrap_or_else(|| timing.start.clone()),
        end: end.unwrap_or_else(|| timing.end.clone()),
        delay_ns: timing.delay_ns,
        setup_ns: timing.setup_ns,
        cells,
        words,
    }
}

/// Cells in their order, repetitions counted: `INV, 3 XOR2, NAND2`.
fn runs(cells: &[String]) -> String {
    let mut words: Vec<(usize, &str)> = Vec::new();
    for cell in cells {
        match words.last_mut() {
            Some((count, last)) if last == cell => *count += 1,
            _ => words.push((1, cell)),
        }
    }
    let word = |(count, cell): &(usize, &str)| match count {
        1 => (*cell).to_owned(),
        count => format!("{count} {cell}"),
    };
    words.iter().map(word).collect::<Vec<_>>().join(", ")
}
