//! How far a measurement is, told from many threads, and what of it failed.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::error::{Failure, SynthesisError};

/// What is told while a measurement runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// A step begins: its number from 1, and what is done in it with which tool.
    Step(usize, String),
    /// Runs of tools that are done, and those that are expected so far.
    Runs(usize, usize),
}

/// Counts what is to be done and what is done.
pub struct Progress<'a> {
    steps: AtomicUsize,
    done: AtomicUsize,
    total: AtomicUsize,
    refused: AtomicUsize,
    failures: Mutex<Vec<Failure>>,
    tell: &'a (dyn Fn(Told) + Sync),
}

impl<'a> Progress<'a> {
    /// Tells `tell` of steps, and of done and expected runs.
    pub fn new(tell: &'a (dyn Fn(Told) + Sync)) -> Self {
        let zero = AtomicUsize::default;
        let failures = Mutex::default();
        Self { steps: zero(), done: zero(), total: zero(), refused: zero(), failures, tell }
    }

    /// A step begins.
    pub fn begin(&self, step: String) {
        let number = self.steps.fetch_add(1, Ordering::Relaxed) + 1;
        (self.tell)(Told::Step(number, step));
    }

    /// `more` runs are to come.
    pub fn expect(&self, more: usize) {
        self.total.fetch_add(more, Ordering::Relaxed);
        self.show();
    }

    /// A run is done.
    pub fn step(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
        self.show();
    }

    /// `more` results were not proven and are left out.
    pub fn refused(&self, more: usize) {
        self.refused.fetch_add(more, Ordering::Relaxed);
    }

    /// Passes on what a run gave, or nothing where its tool died: what others gave still counts.
    ///
    /// # Errors
    /// Errors that concern more than this run.
    pub fn survive<T>(
        &self,
        step: &str,
        result: Result<T, SynthesisError>,
    ) -> Result<Option<T>, SynthesisError> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.concerns_one_run() => {
                let failure = Failure::new(step, &error);
                self.failures.lock().unwrap_or_else(|poison| poison.into_inner()).push(failure);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// What failed so far, in an order that does not depend on threads.
    #[must_use]
    pub fn failures(&self) -> Vec<Failure> {
        let failures = self.failures.lock().unwrap_or_else(|poison| poison.into_inner());
        let mut failures = failures.clone();
        failures.sort();
        failures
    }

    /// Runs that were done, and results that were left out.
    #[must_use]
    pub fn totals(&self) -> (usize, usize) {
        (self.done.load(Ordering::Relaxed), self.refused.load(Ordering::Relaxed))
    }

    fn show(&self) {
        (self.tell)(Told::Runs(
            self.done.load(Ordering::Relaxed),
            self.total.load(Ordering::Relaxed),
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tool::ToolError;

    #[test]
    fn a_run_that_died_leaves_the_others() {
        let told = Mutex::new(Vec::new());
        let tell = |what: Told| told.lock().unwrap().push(what);
        let progress = Progress::new(&tell);
        progress.begin("one".to_owned());
        progress.begin("two".to_owned());
        let late = || ToolError::TimedOut {
            what: "timing".to_owned(),
            command: "sta".to_owned(),
            seconds: 1,
        };
        assert_eq!(progress.survive("timing", Ok(7)).unwrap(), Some(7));
        let died: Option<u8> = progress.survive("timing", Err(late().into())).unwrap();
        assert_eq!(died, None);
        let missing = ToolError::Missing { program: "sta".to_owned(), help: String::new() };
        assert!(progress.survive::<u8>("timing", Err(missing.into())).is_err());
        let failures = progress.failures();
        assert_eq!((failures.len(), failures[0].step.as_str()), (1, "timing"));
        assert!(failures[0].reason.contains("within 1 s"), "{}", failures[0].reason);
        let steps = ["one", "two"].map(str::to_owned);
        let [one, two] = steps;
        assert_eq!(*told.lock().unwrap(), [Told::Step(1, one), Told::Step(2, two)]);
    }
}
