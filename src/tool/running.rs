//! A program with which data is exchanged while it runs.

use std::process::{Child, ChildStdin, ChildStdout};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::process::{kill, kill_tree, wait};
use super::{Output, ToolError, excerpt};

/// A program with which we exchange data.
#[derive(Debug)]
pub struct Running {
    what: String,
    line: String,
    child: Child,
    stderr: Option<thread::JoinHandle<Vec<u8>>>,
    watch: Arc<Watch>,
}

/// Signs of life of a running program.
#[derive(Debug, Default)]
struct Watch {
    /// Counts what we have received.
    beats: AtomicU64,
    /// The program has ended or is no longer of interest.
    over: AtomicBool,
    /// It was stopped because it was silent for too long.
    stopped: AtomicBool,
}

impl Running {
    /// A child that has just been started with piped input and output.
    pub(super) fn new(
        what: String,
        line: String,
        child: Child,
        stderr: Option<thread::JoinHandle<Vec<u8>>>,
    ) -> Self {
        Self { what, line, child, stderr, watch: Arc::default() }
    }

    /// The pipes to and from the program. Can be taken once.
    pub fn pipes(&mut self) -> (Option<ChildStdin>, Option<ChildStdout>) {
        (self.child.stdin.take(), self.child.stdout.take())
    }

    /// A sign that something was received.
    pub fn alive(&self) {
        self.watch.beats.fetch_add(1, Ordering::Relaxed);
    }

    /// Stops the program when [`Running::alive`] is not called for `limit`; whoever reads from it
    /// then sees the end of its output.
    pub fn guard(&self, limit: Duration) {
        let watch = Arc::clone(&self.watch);
        let pid = self.child.id();
        thread::spawn(move || {
            let mut seen = 0;
            let mut since = Instant::now();
            while !watch.over.load(Ordering::Relaxed) {
                thread::sleep(Duration::from_millis(20).min(limit));
                let beats = watch.beats.load(Ordering::Relaxed);
                if beats != seen {
                    (seen, since) = (beats, Instant::now());
                } else if since.elapsed() >= limit {
                    watch.stopped.store(true, Ordering::Relaxed);
                    kill_tree(pid);
                    return;
                }
            }
        });
    }

    /// Waits for the end, within `limit`.
    ///
    /// # Errors
    /// [`ToolError`] when it failed, was stopped by [`Running::guard`], or takes too long.
    pub fn finish(mut self, limit: Duration) -> Result<(), ToolError> {
        let status = wait(&mut self.child, limit);
        self.watch.over.store(true, Ordering::Relaxed);
        let stopped = self.watch.stopped.load(Ordering::Relaxed);
        let Some(status) = status.filter(|_| !stopped) else {
            kill(&mut self.child);
            let (what, command) = (self.what.clone(), self.line.clone());
            return Err(ToolError::TimedOut { what, command, seconds: limit.as_secs() });
        };
        if status.success() {
            return Ok(());
        }
        let stderr = self.stderr.take().map(|reader| reader.join().unwrap_or_default());
        let stderr = String::from_utf8_lossy(&stderr.unwrap_or_default()).into_owned();
        let output = excerpt(&Output { stdout: String::new(), stderr });
        let (what, command) = (self.what.clone(), self.line.clone());
        Err(ToolError::Failed { what, command, status, output })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.watch.over.store(true, Ordering::Relaxed);
        kill(&mut self.child);
    }
}
