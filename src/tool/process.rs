//! Child processes: wait with a limit, end them with their descendants.

use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Waits until the child ends, or gives up after `limit`.
pub(super) fn wait(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
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
pub(super) fn kill(child: &mut Child) {
    if let Ok(Some(_)) = child.try_wait() {
        return;
    }
    kill_tree(child.id());
    // An error means that it has ended already.
    let _ = child.wait();
}

/// Ends a process and its descendants.
pub(super) fn kill_tree(pid: u32) {
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
