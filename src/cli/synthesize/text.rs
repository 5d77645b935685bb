//! The report of a synthesis for people.

use std::fmt::Write as _;

use crate::synth::{self, Energy, EnergyKind, Failure, Report, Role};

/// A report for people.
pub(super) fn text(report: &Report) -> String {
    let mut text = format!(
        "{}, scope {}, library {}\n\n   delay ns   area um2   area x delay    cells  flip-flops  mapping\n",
        report.design, report.scope, report.library
    );
    let line = |text: &mut String, point: &synth::Point, mark: &str| {
        let synth::Point {
            delay_ns,
            area_um2,
            area_delay_um2_ns,
            cells,
            flip_flops,
            mapping,
            nets_beyond_limits,
            ..
        } = point;
        let beyond = match nets_beyond_limits {
            0 => String::new(),
            nets => format!("  ! {nets} nets beyond limits"),
        };
        let _ = writeln!(
            text,
            "  {delay_ns:9.3} {area_um2:10.1} {area_delay_um2_ns:14.1} {cells:8}  {flip_flops:10}  {mapping}{beyond}{mark}"
        );
    };
    for point in &report.points {
        let same = |other: &synth::Point| other.delay_ns == point.delay_ns;
        let marks = [
            (same(&report.smallest_delay), "smallest delay"),
            (same(&report.best_area_delay), "best area x delay"),
            (same(&report.smallest_area), "smallest area"),
        ];
        let marks: Vec<&str> = marks.iter().filter(|(on, _)| *on).map(|(_, text)| *text).collect();
        let mark =
            if marks.is_empty() { String::new() } else { format!("  <- {}", marks.join(", ")) };
        line(&mut text, point, &mark);
    }
    for period in &report.at_period {
        let point = &period.point;
        let _ = match period.met {
            true => writeln!(
                text,
                "\nat {} ns: {:.1} um2, delay {:.3} ns",
                period.period_ns, point.area_um2, point.delay_ns
            ),
            false => writeln!(
                text,
                "\nat {} ns: not met; the fastest netlist that was found has {:.3} ns\n  help: give a \
                 longer period, try --effort full, or a faster element or library",
                period.period_ns, point.delay_ns
            ),
        };
    }
    // Where the two are not the same the rate depends on the data.
    let sustained = report.sustained_macs_per_cycle;
    let (sustained, on_data) = match sustained == report.macs_per_cycle {
        true => (rounded(sustained), String::new()),
        false => (format!("{sustained:.3}"), format!(", on {} data", report.data)),
    };
    let area = &report.area;
    let share = |part: f64| 100.0 * part / area.area_um2;
    let _ = write!(
        text,
        "\nthe netlist of {:.1} um2 and {:.3} ns\n  \
         flip-flops     {:10.1} um2  {:4.1} %\n  \
         logic          {:10.1} um2  {:4.1} %\n  \
         buffers        {:10.1} um2  {:4.1} %, inverters among them\n  \
         throughput     {:.1} GMAC/s/mm2 at a period of {:.3} ns and {} MAC per cycle{}\n  \
         area           {:.2} um2 per MAC and cycle\n",
        report.chosen.area_um2,
        report.chosen.delay_ns,
        area.flip_flop_area_um2,
        share(area.flip_flop_area_um2),
        area.logic_area_um2,
        share(area.logic_area_um2),
        area.buffer_area_um2,
        share(area.buffer_area_um2),
        report.gmacs_per_s_per_mm2,
        report.chosen.period_ns.max(report.chosen.delay_ns),
        sustained,
        on_data,
        area.area_um2 / report.sustained_macs_per_cycle,
    );
    if report.breakdown.len() > 1 {
        for role in &report.breakdown {
            let without = match role.role {
                Role::BuffersAndMemories if report.memory_bits > 0 => {
                    ", without the bits of memories"
                }
                _ => "",
            };
            let _ = writeln!(
                text,
                "  {:24} {:12.1} um2  {:4.1} %{without}",
                role.role.words(),
                role.area.area_um2,
                100.0 * role.share
            );
        }
    }
    text.push_str(&missing(report));
    text.push_str(&beyond_limits(report));
    text.push_str(&memories(report));
    let _ = writeln!(text, "  critical path  {}", report.critical_path.words);
    text.push_str(&report.energy.as_ref().map_or_else(String::new, energy));
    text.push_str(&failures(&report.failures));
    let tools: Vec<String> =
        report.tools.iter().map(|(name, version)| format!("{name} {version}")).collect();
    let _ = write!(
        text,
        "\n{} results, each proven equal to the gates that went in{}; {:.1} s; {}\n\
         {}\n",
        report.runs,
        match report.unproven {
            0 => String::new(),
            count => format!(" ({count} others were not, and are left out)"),
        },
        report.seconds,
        tools.join(", "),
        report.wires()
    );
    text
}

/// Steps that failed, each with its reason.
pub(in crate::cli) fn failures(failures: &[Failure]) -> String {
    let line = |failure: &Failure| {
        let reason = failure.reason.trim_end().replace('\n', "\n  ");
        format!("\nNOT MEASURED: {}\n  {reason}\n", failure.step)
    };
    failures.iter().map(line).collect()
}

/// What a whole top has and this scope leaves out.
fn missing(report: &Report) -> String {
    match report.missing.is_empty() {
        true => String::new(),
        false => format!("  left out       {}\n", report.missing.words()),
    }
}

/// Nets that are shown of those beyond limits; JSON has them all.
const SHOWN_NETS: usize = 5;

/// The nets beyond the limits of the library, the worst first.
fn beyond_limits(report: &Report) -> String {
    let found = &report.beyond_limits;
    if found.is_empty() {
        return String::new();
    }
    let mut text = format!(
        "  BEYOND LIMITS  {} nets exceed what the library allows: as it is it cannot be built \
         with these figures\n",
        report.chosen.nets_beyond_limits
    );
    for excess in found.iter().take(SHOWN_NETS) {
        let _ = writeln!(text, "    {}", excess.words());
    }
    if found.len() > SHOWN_NETS {
        let _ = writeln!(text, "    and {} more; --json lists them all", found.len() - SHOWN_NETS);
    }
    text
}

/// The memories, and what of them is left out.
fn memories(report: &Report) -> String {
    let Some(note) = report.memory_note else { return String::new() };
    let mut text = format!("  memories, {} bits: {note}\n", report.memory_bits);
    for memory in &report.memories {
        let _ = writeln!(
            text,
            "    {:5} x {}: {} x {} = {} bits, {} in all",
            memory.instances,
            memory.module,
            memory.words,
            memory.width,
            memory.bits,
            memory.total_bits
        );
    }
    text
}

/// What the energy is spent on.
fn energy(energy: &Energy) -> String {
    let part = |pj: f64| format!("{pj:8.4} pJ  {:4.1} %", 100.0 * pj / energy.pj_per_mac);
    let head = match energy.kind {
        EnergyKind::Simulated => format!(
            "energy on {} data: {} cycles of a gate-level simulation at {:.1} % utilisation, results \
             as they must be",
            energy.data,
            energy.cycles,
            100.0 * energy.utilisation
        ),
        EnergyKind::Vectorless => {
            format!("energy, VECTORLESS: a guess of OpenSTA, {}", energy.data)
        }
    };
    format!(
        "\n{head}; glitches {}\n  \
         per MAC      {:8.4} pJ\n  \
         clock        {}\n  \
         flip-flops   {}\n  \
         logic        {}\n  \
         leakage      {}, {:.0} nW\n",
        energy.glitches,
        energy.pj_per_mac,
        part(energy.clock_pj),
        part(energy.flip_flop_pj),
        part(energy.logic_pj),
        part(energy.leakage_pj),
        energy.leakage_nw,
    )
}

/// A number with two decimals, or none where it is whole.
fn rounded(number: f64) -> String {
    let decimals = if number.fract() == 0.0 { 0 } else { 2 };
    format!("{number:.decimals$}")
}
