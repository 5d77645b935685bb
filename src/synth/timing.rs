//! Delay of a mapped design: a run of OpenSTA.

use std::fs;

use serde::{Deserialize, Serialize};

use super::assembly::Assembly;
use super::error::SynthesisError;
use super::library::Library;
use super::store::Store;
use super::tools::Tools;
use crate::cache;
use crate::tool::Invocation;

/// Period in ns at which paths are reported. OpenSTA takes times that differ by less than a
/// millionth for equal, the period included: with one that is much longer than the paths it takes
/// any of them for the worst. Paths may be longer, slack is negative then.
const PERIOD_NS: f64 = 1.0;

/// One cell on a path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Path of the instance.
    pub instance: String,
    /// Output pin.
    pub pin: String,
    /// Cell.
    pub cell: String,
    /// Time of arrival at the output in ns.
    pub arrival_ns: f64,
}

/// The slowest path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// Shortest period in ns.
    pub delay_ns: f64,
    /// Where the path starts: an instance or a port.
    pub start: String,
    /// Where it ends.
    pub end: String,
    /// Cells on the way, the starting flip-flop first.
    pub steps: Vec<Step>,
    /// Setup time of the final flip-flop in ns.
    pub setup_ns: f64,
    /// Pins at which edges take longer than the library allows.
    pub slow_edges: Vec<SlowEdge>,
}

/// A pin at which an edge takes longer than the library allows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SlowEdge {
    /// Path of the pin, such as `i3/g12/Y`, or name of the port.
    pub pin: String,
    /// What is allowed, in ns.
    pub limit_ns: f64,
    /// What it takes, in ns.
    pub slew_ns: f64,
}

/// A netlist of library cells, for OpenSTA.
struct Netlist<'a> {
    verilog: &'a str,
    top: &'a str,
    clock: &'a str,
    reset: Option<&'a str>,
}

/// Measures the slowest path of a design.
///
/// # Errors
/// [`SynthesisError`] when OpenSTA fails or finds no path.
pub fn run(
    assembly: &Assembly,
    library: &Library,
    context: (&Tools, &Store),
) -> Result<Timing, SynthesisError> {
    let verilog = assembly.cells_only(library)?;
    let netlist = Netlist {
        verilog: &verilog,
        top: &assembly.top,
        clock: assembly.clock(),
        reset: assembly.reset(),
    };
    measure(&netlist, library, context)
}

fn measure(
    netlist: &Netlist<'_>,
    library: &Library,
    (tools, store): (&Tools, &Store),
) -> Result<Timing, SynthesisError> {
    let Netlist { verilog, top, clock, reset } = netlist;
    let ignored =
        reset.map_or(String::new(), |reset| format!("set_false_path -from [get_ports {reset}]\n"));
    // The driving cell stands at the inputs, the clock excepted: it is ideal.
    let script = format!(
        "read_liberty library.lib\nread_verilog netlist.v\nlink_design {top}\n\
         set_cmd_units -time ns -capacitance pF\n\
         create_clock -name clock -period {PERIOD_NS} [get_ports {clock}]\n\
         set inputs {{}}\n\
         foreach port [all_inputs] {{\n  \
         if {{[get_property $port full_name] ne \"{clock}\"}} {{ lappend inputs $port }}\n}}\n\
         set_input_delay 0 -clock clock $inputs\n\
         set_driving_cell -lib_cell {driver} $inputs\n\
         set_output_delay 0 -clock clock [all_outputs]\n\
         set_load {load:.6} [all_outputs]\n{ignored}\
         report_checks -path_delay max -format full -digits 6\n\
         report_check_types -max_transition -all_violators -digits 6 -no_line_splits\n",
        driver = library.driver,
        load = library.load_pf,
    );
    let key = cache::hash(&["timing", &tools.sta.version, &library.hash, &script, verilog]);
    let unknown = |reason: String| SynthesisError::Unknown {
        what: format!("timing of {top} (OpenSTA)"),
        reason,
    };
    let text = store.get_or(&key, || {
        let work = store.work()?;
        fs::write(work.path().join("netlist.v"), verilog)?;
        fs::write(work.path().join("timing.tcl"), &script)?;
        fs::copy(&library.path, work.path().join("library.lib"))?;
        let said = Invocation::new(format!("timing of {top} (OpenSTA)"), &tools.sta.path)
            .args(["-no_splash", "-no_init", "-exit", "timing.tcl"])
            .folder(work.path())
            .run(tools.limit)?;
        let all = format!("{}\n{}", said.stdout, said.stderr);
        let timing = parse(&all).map_err(unknown)?;
        serde_json::to_string(&timing).map_err(|error| unknown(error.to_string()))
    })?;
    serde_json::from_str(&text).map_err(|error| unknown(error.to_string()))
}

/// Reads a report of one path.
fn parse(text: &str) -> Result<Timing, String> {
    if let Some(line) = text.lines().find(|line| line.starts_with("Error")) {
        return Err(line.to_owned());
    }
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name));
    let first = |text: &str| text.split_whitespace().next().unwrap_or_default().to_owned();
    let start = field("Startpoint: ").map(first);
    let (Some(start), Some(end)) = (start, field("Endpoint: ").map(first)) else {
        let last = text.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("no output");
        return Err(format!("it reports no path: {last}"));
    };
    let mut steps: Vec<Step> = Vec::new();
    let mut setup_ns = 0.0;
    let mut slack = None;
    let mut slow_edges = Vec::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let number = |index: usize| words.get(index).and_then(|word| word.parse::<f64>().ok());
        match words.as_slice() {
            [pin, limit, slew, _, "(VIOLATED)"] => slow_edges.extend(slow_edge(pin, limit, slew)),
            [value, "slack", ..] => slack = value.parse::<f64>().ok(),
            [_, _, "library", "setup", "time"] => setup_ns = -number(0).unwrap_or(0.0),
            [_, _, "^" | "v", place, cell] => {
                let cell = cell.trim_matches(['(', ')']);
                let Some((instance, pin)) = place.rsplit_once('/') else { continue };
                // Input pins come with a delay of their own only where wires have one.
                let arrival_ns = number(1).unwrap_or(0.0);
                match steps.last_mut() {
                    Some(last) if last.instance == instance => {
                        pin.clone_into(&mut last.pin);
                        last.arrival_ns = arrival_ns;
                    }
                    _ => steps.push(Step {
                        instance: instance.to_owned(),
                        pin: pin.to_owned(),
                        cell: cell.to_owned(),
                        arrival_ns,
                    }),
                }
            }
            _ => {}
        }
    }
    let slack = slack.filter(|slack| slack.is_finite()).ok_or("it reports no slack")?;
    let delay_ns = PERIOD_NS - slack;
    if delay_ns <= 0.0 {
        return Err(format!("it reports a delay of {delay_ns} ns"));
    }
    // The flip-flop at the end is where the path goes, not a cell on the way.
    if steps.len() > 1 && steps.last().is_some_and(|step| step.instance == end) {
        steps.pop();
    }
    Ok(Timing { delay_ns, start, end, steps, setup_ns, slow_edges })
}

/// A line of the table of edges: pin, limit, time, slack.
fn slow_edge(pin: &str, limit: &str, slew: &str) -> Option<SlowEdge> {
    let (limit_ns, slew_ns) = (limit.parse().ok()?, slew.parse().ok()?);
    Some(SlowEdge { pin: pin.to_owned(), limit_ns, slew_ns })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::synth::library::WireLoad;

    const REPORT: &str = "\
Startpoint: f1 (rising edge-triggered flip-flop clocked by clock)
Endpoint: i2/f3 (rising edge-triggered flip-flop clocked by clock)
Path Group: clock
Path Type: max

  Delay    Time   Description
---------------------------------------------------------
  0.000000   0.000000   clock clock (rise edge)
  0.000000   0.000000   clock network delay (ideal)
  0.000000   0.000000 ^ f1/CK (DFF_X1)
  0.100000   0.100000 ^ f1/Q (DFF_X1)
  0.050000   0.150000 v i2/g7/ZN (INV_X1)
  0.000000   0.150000 v i2/f3/D (DFF_X1)
             0.150000   data arrival time

1.000000   1.000000   clock clock (rise edge)
  0.000000   1.000000   clock network delay (ideal)
  0.000000   1.000000   clock reconvergence pessimism
             1.000000 ^ i2/f3/CK (DFF_X1)
 -0.040000   0.960000   library setup time
             0.960000   data required time
---------------------------------------------------------
             0.960000   data required time
            -0.150000   data arrival time
---------------------------------------------------------
             0.810000   slack (MET)

max_transition

Pin                   Limit       Trans       Slack
----------------------------------------------------
i2/g7/ZN           0.198535    0.505520   -0.306985 (VIOLATED)
";

    #[test]
    fn a_report_is_read() {
        let timing = parse(REPORT).unwrap();
        assert!((timing.delay_ns - 0.19).abs() < 1e-6);
        assert!((timing.setup_ns - 0.04).abs() < 1e-9);
        assert_eq!((timing.start.as_str(), timing.end.as_str()), ("f1", "i2/f3"));
        let steps: Vec<(&str, &str)> =
            timing.steps.iter().map(|s| (s.instance.as_str(), s.pin.as_str())).collect();
        assert_eq!(steps, [("f1", "Q"), ("i2/g7", "ZN")]);
        assert_eq!(timing.slow_edges.len(), 1);
        assert_eq!(timing.slow_edges[0].pin, "i2/g7/ZN");
        assert!(timing.slow_edges[0].slew_ns > 0.5 && timing.slow_edges[0].limit_ns < 0.2);
    }

    /// A multiplier of two bits in the default library, against a run of OpenSTA by hand at a period
    /// near the delay. At a period of 10,000 ns it reported 1.743 ns of another path.
    #[test]
    fn delays_are_those_of_a_run_by_hand() {
        let sta = crate::tool::find("sta", "").ok();
        let known = Library::load(None, WireLoad::None).ok();
        let tools = Tools::find(Duration::from_secs(100)).ok();
        let (Some(sta), Some(library), Some(tools)) = (sta, known, tools) else {
            eprintln!("SKIPPED: needs yosys, sta and the default library");
            return;
        };
        let verilog = include_str!("../../tests/synthesis/multiplier.v");
        let netlist = Netlist { verilog, top: "tiny_pe", clock: "clk_i", reset: None };
        let store = Store::open().unwrap();
        let found = measure(&netlist, &library, (&tools, &store)).unwrap();
        let work = store.work().unwrap();
        fs::write(work.path().join("multiplier.v"), verilog).unwrap();
        let by_hand = format!(
            "read_liberty {}\nread_verilog multiplier.v\nlink_design tiny_pe\n\
             create_clock -name clock -period 1.7 [get_ports clk_i]\n\
             set inputs {{first_i a_i[0] a_i[1] b_i[0] b_i[1]}}\n\
             foreach port $inputs {{\n  set_input_delay 0 -clock clock [get_ports $port]\n  \
             set_driving_cell -lib_cell BUFX2 [get_ports $port]\n}}\n\
             set_output_delay 0 -clock clock [all_outputs]\n\
             set_load {:.6} [all_outputs]\nputs \"worst [worst_slack]\"\n",
            crate::synth::library::DEFAULT,
            library.load_pf
        );
        fs::write(work.path().join("hand.tcl"), by_hand).unwrap();
        let run = Invocation::new("timing by hand", &sta);
        let run = run.args(["-no_splash", "-no_init", "-exit", "hand.tcl"]).folder(work.path());
        let said = run.run(Duration::from_secs(100)).unwrap().stdout;
        let worst = said.lines().find_map(|line| line.strip_prefix("worst ")).expect(&said);
        let delay_ns = 1.7 - worst.trim().parse::<f64>().unwrap();
        assert!((found.delay_ns - delay_ns).abs() < 1e-4, "{} by hand {delay_ns}", found.delay_ns);
    }

    #[test]
    fn a_report_without_a_path_is_an_error() {
        assert!(parse("No paths found.\n").unwrap_err().contains("No paths found"));
        assert!(parse("Error: netlist.v line 3, syntax error\n").unwrap_err().contains("syntax"));
        assert!(parse(&REPORT.replace("slack", "slick")).unwrap_err().contains("no slack"));
    }
}
