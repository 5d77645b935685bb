//! How far a search is, told from many threads.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts what is to be done and what is done.
pub struct Progress<'a> {
    done: AtomicUsize,
    total: AtomicUsize,
    refused: AtomicUsize,
    tell: &'a (dyn Fn(usize, usize) + Sync),
}

impl<'a> Progress<'a> {
    /// Tells `tell` of done and expected runs.
    pub fn new(tell: &'a (dyn Fn(usize, usize) + Sync)) -> Self {
        let zero = AtomicUsize::default;
        Self { done: zero(), total: zero(), refused: zero(), tell }
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

    /// Runs that were done, and results that were left out.
    #[must_use]
    pub fn totals(&self) -> (usize, usize) {
        (self.done.load(Ordering::Relaxed), self.refused.load(Ordering::Relaxed))
    }

    fn show(&self) {
        (self.tell)(self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed));
    }
}
