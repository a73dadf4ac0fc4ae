//! `make test`: all that CI runs, to the end even if a part fails. Rows of steps run side by side, each step as a process
//! of its own (`xtask step NAME`) that writes to `out/test/NAME.log`; what it wrote is shown when it ends.

use crate::run::Result;
use crate::steps::{Outcome, ROWS, Step};
use std::collections::VecDeque;
use std::fs::File;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::Instant;

const LOGS: &str = "out/test";
/// Exit status of a step that did not run; its last line says why.
const SKIPPED: u8 = 77;
/// Rows at a time. More would only share the same processors: most steps use several by themselves.
const LANES: usize = 2;

/// A step that has ended.
struct Ended {
    name: &'static str,
    seconds: f64,
    /// Exit status; none: a signal.
    code: Option<i32>,
    words: String,
}

/// Runs every step; whether none failed.
pub fn test() -> Result<bool> {
    std::fs::create_dir_all(LOGS)?;
    let start = Instant::now();
    let rows = Mutex::new(ROWS.iter().collect::<VecDeque<_>>());
    let ended = Mutex::new(Vec::new());
    let next = || rows.lock().expect("no lane panics").pop_front();
    thread::scope(|scope| {
        for _ in 0..LANES {
            scope.spawn(|| {
                while let Some(row) = next() {
                    for step in *row {
                        let one = process(step);
                        ended.lock().expect("no lane panics").push(one);
                    }
                }
            });
        }
    });
    let ended = ended.into_inner().expect("no lane panics");
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    println!();
    for Ended { name, seconds, code, words } in &ended {
        let word = match code {
            Some(0) => {
                passed += 1;
                "passed"
            }
            Some(code) if *code == i32::from(SKIPPED) => {
                skipped += 1;
                words.lines().last().unwrap_or_default()
            }
            _ => {
                failed += 1;
                "FAILED"
            }
        };
        println!("{name:<12}{seconds:>6.0} s  {word}");
    }
    let minutes = start.elapsed().as_secs_f64() / 60.0;
    println!("\n{passed} passed, {failed} failed, {skipped} skipped in {minutes:.1} minutes; logs in {LOGS}");
    Ok(failed == 0)
}

/// One step as a process of this program.
fn process(step: &Step) -> Ended {
    let name = step.name;
    let start = Instant::now();
    eprintln!("=== {name} begins");
    let path = format!("{LOGS}/{name}.log");
    let run = || -> Result<Option<i32>> {
        let log = File::create(&path)?;
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["step", name]).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        Ok(command.status()?.code())
    };
    let (code, words) = match run() {
        Ok(code) => (code, String::from_utf8_lossy(&std::fs::read(&path).unwrap_or_default()).into_owned()),
        Err(error) => (None, format!("error: {error}")),
    };
    let seconds = start.elapsed().as_secs_f64();
    eprintln!("=== {name}, {seconds:.0} s\n{words}");
    Ended { name, seconds, code, words }
}

/// The step of this name, in this process.
pub fn step(name: &str) -> Result<ExitCode> {
    let steps = || ROWS.iter().flat_map(|row| row.iter());
    let step = steps().find(|step| step.name == name).ok_or_else(|| {
        let names: Vec<_> = steps().map(|step| step.name).collect();
        format!("step `{name}` is unknown, wanted one of {}", names.join(", "))
    })?;
    Ok(match (step.run)()? {
        Outcome::Passed => ExitCode::SUCCESS,
        Outcome::Failed => ExitCode::FAILURE,
        Outcome::Skipped(why) => {
            eprintln!("skipped: {why}");
            ExitCode::from(SKIPPED)
        }
    })
}
