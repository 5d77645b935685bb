//! The only place that runs other programs: find, run with a time limit, explain a failure.

use std::ffi::OsStr;
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Lines of a failing tool's output that are shown.
const SHOWN_LINES: usize = 20;

/// Why a tool did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// It is not installed.
    #[error("`{program}` was not found\n  help: {help}")]
    Missing {
        /// Name of the program.
        program: String,
        /// How to install it.
        help: String,
    },
    /// It is older than what is needed.
    #[error("`{program}` is version {found}, but {needed} or newer is needed\n  help: {help}")]
    TooOld {
        /// Name of the program.
        program: String,
        /// Version that was found.
        found: String,
        /// Oldest usable version.
        needed: String,
        /// How to get a newer one.
        help: String,
    },
    /// It could not be started.
    #[error("cannot start `{command}`: {reason}")]
    NotStarted {
        /// The command line.
        command: String,
        /// What the system said.
        reason: std::io::Error,
    },
    /// It ended with an error.
    #[error("{what} failed ({status})\n  command: {command}\n{output}")]
    Failed {
        /// What was being done.
        what: String,
        /// The command line, to be run by hand.
        command: String,
        /// How it ended.
        status: ExitStatus,
        /// The telling part of what it printed.
        output: String,
    },
    /// It did not end in time and was stopped.
    #[error(
        "{what} did not finish within {seconds} s and was stopped\n  command: {command}\n  \
         help: raise the limit with --timeout"
    )]
    TimedOut {
        /// What was being done.
        what: String,
        /// The command line.
        command: String,
        /// The limit.
        seconds: u64,
    },
}

/// What a program printed.
#[derive(Clone, Debug, Default)]
pub struct Output {
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// A command that can be printed for people.
pub struct Invocation {
    what: String,
    program: PathBuf,
    command: Command,
}

impl Invocation {
    /// A run of `program` in order to do `what` (a noun phrase for messages).
    pub fn new(what: impl Into<String>, program: &Path) -> Self {
        Self { what: what.into(), program: program.to_owned(), command: Command::new(program) }
    }

    /// Appends an argument.
    #[must_use]
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    /// Appends arguments.
    #[must_use]
    pub fn args<S: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = S>) -> Self {
        self.command.args(arguments);
        self
    }

    /// Runs in this folder.
    #[must_use]
    pub fn folder(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Runs to the end, within `limit`.
    ///
    /// # Errors
    /// [`ToolError`] when it cannot be started, fails, or takes too long.
    pub fn run(mut self, limit: Duration) -> Result<Output, ToolError> {
        let line = self.line();
        self.command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.start()?;
        let stdout = reader(child.stdout.take());
        let stderr = reader(child.stderr.take());
        let status = wait(&mut child, limit);
        if status.is_none() {
            kill(&mut child);
        }
        let collect = |handle: thread::JoinHandle<Vec<u8>>| {
            String::from_utf8_lossy(&handle.join().unwrap_or_default()).into_owned()
        };
        let output = Output { stdout: collect(stdout), stderr: collect(stderr) };
        match status {
            None => Err(ToolError::TimedOut {
                what: self.what,
                command: line,
                seconds: limit.as_secs(),
            }),
            Some(status) if !status.success() => Err(ToolError::Failed {
                what: self.what,
                command: line,
                status,
                output: excerpt(&output),
            }),
            Some(_) => Ok(output),
        }
    }

    /// Starts it with piped input and output, for a dialogue.
    ///
    /// # Errors
    /// [`ToolError::NotStarted`].
    pub fn dialogue(mut self) -> Result<Running, ToolError> {
        let line = self.line();
        self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.start()?;
        let stderr = Some(reader(child.stderr.take()));
        Ok(Running { what: self.what, line, child, stderr, watch: Arc::default() })
    }

    fn start(&mut self) -> Result<Child, ToolError> {
        let line = self.line();
        self.command.spawn().map_err(|reason| ToolError::NotStarted { command: line, reason })
    }

    /// The command line as one would type it.
    fn line(&self) -> String {
        let quote = |text: &OsStr| {
            let text = text.to_string_lossy();
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:+,%@".contains(c);
            if !text.is_empty() && text.chars().all(plain) {
                text.into_owned()
            } else {
                format!("'{}'", text.replace('\'', "'\\''"))
            }
        };
        let words = std::iter::once(self.program.as_os_str()).chain(self.command.get_args());
        words.map(quote).collect::<Vec<_>>().join(" ")
    }
}

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

/// Finds a program in the search path, or takes the path that the environment variable
/// `BITWEIGHT_<NAME>` gives.
///
/// # Errors
/// [`ToolError::Missing`] with the given help.
pub fn find(program: &str, help: &str) -> Result<PathBuf, ToolError> {
    let variable = format!("BITWEIGHT_{}", program.to_uppercase().replace(['-', '+'], "_"));
    let missing = || ToolError::Missing { program: program.to_owned(), help: help.to_owned() };
    if let Some(path) = std::env::var_os(variable) {
        let path = PathBuf::from(path);
        return if path.is_file() { Ok(path) } else { Err(missing()) };
    }
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let candidates = std::env::split_paths(&folders).map(|folder| folder.join(program));
    candidates.into_iter().find(|path| path.is_file()).ok_or_else(missing)
}

fn reader(pipe: Option<impl Read + Send + 'static>) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // A broken pipe only shortens what we can show.
            let _ = pipe.read_to_end(&mut bytes);
        }
        bytes
    })
}

/// Waits until the child ends, or gives up after `limit`.
fn wait(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    let deadline = Instant::now() + limit;
    let mut pause = Duration::from_millis(1);
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        if Instant::now() >= deadline {
            return None;
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

/// Ends a child and whatever it has started: Verilator, for one, is a script around the program.
fn kill(child: &mut Child) {
    if let Ok(Some(_)) = child.try_wait() {
        return;
    }
    kill_tree(child.id());
    // An error means that it has ended already.
    let _ = child.wait();
}

/// Ends a process and its descendants.
fn kill_tree(pid: u32) {
    for process in descendants(pid).into_iter().chain([pid]) {
        let pid = process.to_string();
        let _ = Command::new("kill").args(["-9", &pid]).stderr(Stdio::null()).status();
    }
}

/// Children, grandchildren and so on, from the process table.
fn descendants(pid: u32) -> Vec<u32> {
    let path = format!("/proc/{pid}/task/{pid}/children");
    let children = std::fs::read_to_string(path).unwrap_or_default();
    let children = children.split_whitespace().filter_map(|child| child.parse().ok());
    children.flat_map(|child| [vec![child], descendants(child)].concat()).collect()
}

/// The telling lines of what a tool printed: from its first error on, or else the last ones.
fn excerpt(output: &Output) -> String {
    let text = if output.stderr.trim().is_empty() { &output.stdout } else { &output.stderr };
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let error = lines.iter().position(|line| line.to_lowercase().contains("error"));
    let start = error.unwrap_or(lines.len().saturating_sub(SHOWN_LINES));
    let end = (start + SHOWN_LINES).min(lines.len());
    let mut shown: Vec<String> = Vec::new();
    if start > 0 {
        shown.push(format!("  ... {start} lines before"));
    }
    shown.extend(lines[start..end].iter().map(|line| format!("  | {line}")));
    if end < lines.len() {
        shown.push(format!("  ... {} lines more", lines.len() - end));
    }
    shown.join("\n")
}

/// A version such as 5.006 or 0.23, compared number by number.
#[derive(Clone, Debug, Eq)]
pub struct Version {
    numbers: Vec<u32>,
    text: String,
}

impl Version {
    /// The first word of `text` that starts with a number and has a dot.
    #[must_use]
    pub fn find(text: &str) -> Option<Self> {
        let starts = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit());
        let word = text.split_whitespace().filter(starts).find(|word| word.contains('.'))?;
        let end = word.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(word.len());
        let text = word[..end].trim_end_matches('.').to_owned();
        let numbers = text.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
        Some(Self { numbers, text })
    }

    /// A version from its numbers.
    #[must_use]
    pub fn of(numbers: &[u32]) -> Self {
        let text: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        Self { numbers: numbers.to_vec(), text: text.join(".") }
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.numbers == other.numbers
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.numbers.cmp(&other.numbers)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_and_compared() {
        let old = Version::find("Verilator 4.228 2022-10-01 rev v4.228").unwrap();
        let new = Version::find("Verilator 5.006 2023-01-22 rev (Debian 5.006-3)").unwrap();
        assert_eq!((old.to_string(), new.to_string()), ("4.228".to_owned(), "5.006".to_owned()));
        assert!(old < Version::of(&[5, 0]) && new >= Version::of(&[5, 0]));
        assert_eq!(Version::find("no version here"), None);
    }

    #[test]
    fn a_hanging_tool_is_stopped_with_its_children() {
        let shell = find("sh", "").unwrap();
        let run = Invocation::new("waiting", &shell).args(["-c", "sleep 600; true"]);
        let start = Instant::now();
        let error = run.run(Duration::from_millis(200)).unwrap_err();
        assert!(matches!(error, ToolError::TimedOut { .. }), "{error}");
        assert!(start.elapsed() < Duration::from_secs(60), "the reader saw the end of the pipe");
    }

    #[test]
    fn a_failure_shows_the_command_and_the_output() {
        let shell = find("sh", "").unwrap();
        let run = Invocation::new("a test", &shell).args(["-c", "echo it broke >&2; exit 3"]);
        let error = run.run(Duration::from_secs(10)).unwrap_err().to_string();
        assert!(error.contains("a test failed (exit status: 3)"), "{error}");
        assert!(error.contains("sh -c 'echo it broke >&2; exit 3'"), "{error}");
        assert!(error.contains("| it broke"), "{error}");
    }
}
