//! What a long command is doing: a bar on a terminal, else a line per step on standard error.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::Instant;

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
            (None, Told::Step(number, step)) => {
                let seconds = self.start.elapsed().as_secs_f64();
                let line = format!("{}, step {number}, {seconds:.1} s: {step}\n", self.name);
                // Who closed standard error does not want to know.
                let _ = io::stderr().write_all(line.as_bytes());
            }
            _ => {}
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
