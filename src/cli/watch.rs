//! What a long command is doing: a bar on a terminal, else a line per step on standard error.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::synth::Told;

/// Shows the steps of one measurement.
pub(super) struct Watch {
    name: String,
    start: Instant,
    bar: Option<ProgressBar>,
}

impl Watch {
    /// Watches what `name` is measured by.
    pub fn new(name: &str) -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{msg} {bar:40} {pos}/{len} runs, {elapsed}");
            let style = style.expect("the template is well-formed");
            ProgressBar::new(0).with_style(style).with_message(name.to_owned())
        });
        Self { name: name.to_owned(), start: Instant::now(), bar }
    }

    /// Shows what is told.
    pub fn tell(&self, told: Told) {
        match (&self.bar, told) {
            (Some(bar), Told::Runs(done, total)) => {
                bar.set_length(total as u64);
                bar.set_position(done as u64);
            }
            (None, Told::Step(number, step)) => step_line(&self.name, number, self.start, &step),
            _ => {}
        }
    }
}

fn step_line(name: &str, number: usize, start: Instant, step: &str) {
    let line = format!("{name}, step {number}, {:.1} s: {step}\n", start.elapsed().as_secs_f64());
    // Who closed standard error does not want to know.
    let _ = io::stderr().write_all(line.as_bytes());
}

/// Time between two lines on the tiles that are done.
const PAUSE: Duration = Duration::from_secs(10);

/// Shows how many tiles of a simulation are done: a bar on a terminal, else a line at the start,
/// one when the simulator stands, and one every ten seconds.
pub(super) struct Tiles {
    name: String,
    start: Instant,
    bar: Option<ProgressBar>,
    /// Steps told, and when the last one was.
    told: (usize, Instant),
}

impl Tiles {
    /// Watches the simulation of `name`, whose simulator is built first.
    pub fn new(name: &str) -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{bar:40} {pos}/{len} tiles, {eta} left");
            ProgressBar::new(0).with_style(style.expect("the template is well-formed"))
        });
        let start = Instant::now();
        if bar.is_none() {
            step_line(name, 1, start, "simulator (Verilator, g++; or the cache)");
        }
        Self { name: name.to_owned(), start, bar, told: (1, start) }
    }

    /// Shows that `done` of `tiles` are done.
    pub fn tell(&mut self, done: usize, tiles: usize) {
        let Some(bar) = &self.bar else {
            let (number, last) = self.told;
            if number == 1 || last.elapsed() >= PAUSE {
                let step = format!("simulation, {done} of {tiles} tiles done");
                step_line(&self.name, number + 1, self.start, &step);
                self.told = (number + 1, Instant::now());
            }
            return;
        };
        bar.set_length(tiles as u64);
        bar.set_position(done as u64);
    }
}

impl Drop for Tiles {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
