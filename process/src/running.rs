//! Programs that run now, and their end with hwgen's.
//!
//! Each gets a process group of its own, so that what it starts in turn (the compiler's passes, Yosys' ABC) can be ended
//! with it. A terminal's Ctrl-C reaches hwgen alone, then, which ends the groups.

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Groups of the programs that run now.
static GROUPS: Mutex<Vec<Pid>> = Mutex::new(Vec::new());
/// How long programs may take to tidy up when they are ended.
const PATIENCE: Duration = Duration::from_secs(1);

fn groups() -> MutexGuard<'static, Vec<Pid>> {
    GROUPS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A program that was started.
#[derive(Debug)]
pub struct Running {
    child: Option<Child>,
    group: Pid,
}

/// Starts a program without standard input.
///
/// # Errors
/// If it cannot be run.
pub fn start(command: &mut Command) -> io::Result<Running> {
    // Held meanwhile: nothing starts once `end_all` has begun.
    let mut groups = groups();
    let child = command.stdin(Stdio::null()).process_group(0).spawn()?;
    let group = Pid::from_raw(child.id().cast_signed());
    groups.push(group);
    Ok(Running { child: Some(child), group })
}

/// Runs a program to its end and takes all that it writes.
///
/// # Errors
/// If it cannot be run.
///
/// # Panics
/// Never: the program was started here, and nobody has waited for it yet.
pub fn output(command: &mut Command) -> io::Result<Output> {
    let mut running = start(command.stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    running.child.take().expect("nobody took it before").wait_with_output()
}

impl Running {
    /// How it ended; none while it runs.
    ///
    /// # Errors
    /// If the system does not tell.
    pub fn try_wait(&mut self) -> io::Result<Option<ExitStatus>> {
        self.child.as_mut().map_or(Ok(None), Child::try_wait)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        groups().retain(|&group| group != self.group);
    }
}

/// Ends all that run, and lets no other start: for the end of hwgen itself.
pub fn end_all() {
    let groups = groups();
    let alive = || groups.iter().filter(|&&group| killpg(group, None).is_ok());
    for &group in groups.iter() {
        let _ = killpg(group, Signal::SIGTERM);
    }
    let start = Instant::now();
    while alive().next().is_some() && start.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(5));
    }
    for &group in alive() {
        let _ = killpg(group, Signal::SIGKILL);
    }
    std::mem::forget(groups);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_is_taken_and_the_group_forgotten() {
        let output = output(Command::new("sh").args(["-c", "echo a; echo b >&2; exit 4"])).expect("sh starts");
        assert_eq!((&output.stdout[..], &output.stderr[..], output.status.code()), (&b"a\n"[..], &b"b\n"[..], Some(4)));
        assert!(start(&mut Command::new("/nowhere/at/all")).is_err());
    }

    /// Whether a process is there and no zombie that nobody has asked after.
    fn lives(process: &str) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        stat.rsplit_once(')').is_some_and(|(_, state)| !state.trim_start().starts_with('Z'))
    }

    #[test]
    fn what_a_program_started_ends_with_it() {
        use std::io::{BufRead, BufReader};
        let mut command = Command::new("sh");
        let mut running =
            start(command.args(["-c", "sleep 100 & echo $!; wait"]).stdout(Stdio::piped())).expect("sh starts");
        let stdout = running.child.as_mut().and_then(|child| child.stdout.take()).expect("piped");
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        assert!(lives(line.trim()));
        killpg(running.group, Signal::SIGTERM).expect("alive");
        while running.try_wait().expect("the system tells").is_none() || lives(line.trim()) {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}
