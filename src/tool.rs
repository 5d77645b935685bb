//! The only place that runs other programs: find, run with a time limit, explain a failure.

use std::ffi::OsStr;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

mod process;
mod running;
mod version;

pub use running::Running;
pub use version::Version;

use process::{kill, wait};

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
        Ok(Running::new(self.what, line, child, stderr))
    }

    fn start(&mut self) -> Result<Child, ToolError> {
        let line = self.line();
        self.command.spawn().map_err(|reason| ToolError::NotStarted { command: line, reason })
    }

    /// The command line as one would type it.
    fn line(&self) -> String {
        let words = std::iter::once(self.program.as_os_str()).chain(self.command.get_args());
        words.map(|word| shell_word(&word.to_string_lossy())).collect::<Vec<_>>().join(" ")
    }
}

/// A word as it is typed in a shell.
#[must_use]
pub fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:+,%@".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
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

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

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
