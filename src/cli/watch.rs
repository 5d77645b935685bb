//! What a long command is doing: a bar on a terminal, else a line per step on standard error.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
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

/// Time after which a simulation that is not done tells what it does.
const PATIENCE: Duration = Duration::from_secs(5);

/// Time between two lines on the tiles that are done.
const PAUSE: Duration = Duration::from_secs(10);

/// Shows how many tiles of a simulation are done: a bar on a terminal, else, of one that takes
/// longer than a moment, a line when its simulator is built, one when that runs, and one every ten
/// seconds.
pub(super) struct Tiles {
    name: String,
    start: Instant,
    bar: Option<ProgressBar>,
    /// Ends the wait for a slow build when it goes.
    building: Option<mpsc::Sender<()>>,
    /// When a line was last told.
    told: Option<Instant>,
    /// Lines told.
    steps: usize,
}

impl Tiles {
    /// Watches the simulation of `name`, whose simulator is built first.
    pub fn new(name: &str) -> Self {
        let start = Instant::now();
        let bar = io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{bar:40} {pos}/{len} tiles, {eta} left");
            ProgressBar::new(0).with_style(style.expect("the template is well-formed"))
        });
        let building = bar.is_none().then(|| {
            let (sender, receiver) = mpsc::channel::<()>();
            let name = name.to_owned();
            thread::spawn(move || {
                if receiver.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                    step_line(&name, 1, start, "building the simulator (Verilator, g++)");
                }
            });
            sender
        });
        Self { name: name.to_owned(), start, bar, building, told: None, steps: 1 }
    }

    /// Shows that `done` of `tiles` are done.
    pub fn tell(&mut self, done: usize, tiles: usize) {
        self.building = None;
        if let Some(bar) = &self.bar {
            bar.set_length(tiles as u64);
            bar.set_position(done as u64);
        } else if self.start.elapsed() >= PATIENCE
            && self.told.is_none_or(|last| last.elapsed() >= PAUSE)
        {
            self.steps += 1;
            let step = format!("simulation, {done} of {tiles} tiles done");
            step_line(&self.name, self.steps, self.start, &step);
            self.told = Some(Instant::now());
        }
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
