//! Speed of `sim`, golden comparison included, beside a bare C++ loop on the same Verilated model.
//!
//! `cargo bench` prints the medians of alternating runs and their ratio. The bare loop offers
//! random operands in every cycle and looks at no result. The time of `sim` is that of the whole
//! call, with the start of the process, packing, pipes and the golden model.

use std::time::{Duration, Instant};

use bitweight::config;
use bitweight::design::Design;
use bitweight::rtl;
use bitweight::sim::build::{self, Source};
use bitweight::sim::{self, Job, ports};
use bitweight::tool::Invocation;
use bitweight::vectors::{self, Distribution};

const DESIGNS: [&str; 2] = ["systolic_os_opt1_int8", "systolic_os_mac_int8"];

/// Beats of a tile: the length of a small layer, long enough to keep the array busy.
const LENGTH: usize = 64;

/// Tiles along M and along N.
const TILES: (usize, usize) = (60, 12);

const ROUNDS: usize = 7;

const LIMIT: Duration = Duration::from_secs(900);

/// An error of the library or a tool.
type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    println!("kcycles/s, median of {ROUNDS} alternating rounds");
    println!("{:28}  {:>9}  {:>9}  ratio", "design", "bare loop", "sim");
    for name in DESIGNS {
        let design = config::load(name)?;
        let (bare, whole) = compare(&design)?;
        println!("{name:28}  {:9.2}  {:9.2}  {:.3}", bare / 1e3, whole / 1e3, whole / bare);
    }
    Ok(())
}

/// Cycles per second of the bare loop and of `sim`.
fn compare(design: &Design) -> Result<(f64, f64), Failure> {
    let modules = rtl::modules(design).into_iter();
    let source = Source {
        top: design.name.clone(),
        files: modules.map(|module| (module.file(), module.text)).collect(),
        driver: include_str!("bare_loop.cpp").to_owned(),
        ports: ports::of_streams(&[design.stream_a(), design.stream_b()], &[design.stream_c()]),
        trace: false,
    };
    let loop_program = build::build(&source, LIMIT)?.path;
    let (m, n) = (TILES.0 * design.rows(), TILES.1 * design.cols());
    let operand = |rows, cols, format, stream| {
        vectors::random(rows, cols, format, Distribution::Uniform, 1, stream)
    };
    let a = operand(m, LENGTH, design.operand_a(), 0);
    let b = operand(LENGTH, n, design.operand_b(), 1);
    let job =
        Job { design, files: None, a: &a, b: &b, seed: 1, stall: 0.0, trace: None, limit: LIMIT };
    // Once before the clock runs: the simulator comes out of the cache afterwards.
    let cycles = sim::run(&job, &mut |_, _| {})?.0.cycles;

    let (mut bare, mut whole) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let run = Invocation::new("running the bare loop", &loop_program)
            .args([cycles.to_string(), LENGTH.to_string()])
            .run(LIMIT)?;
        bare.push(cycles as f64 / run.stdout.trim().parse::<f64>()?);
        let start = Instant::now();
        let (report, _) = sim::run(&job, &mut |_, _| {})?;
        whole.push(report.cycles as f64 / start.elapsed().as_secs_f64());
        if !report.passed {
            return Err(format!("{}: the simulation failed", design.name).into());
        }
    }
    Ok((median(bare), median(whole)))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
