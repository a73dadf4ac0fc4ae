//! What the user sees: data on stdout, messages on stderr.

use super::error::CliError;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use serde_json::Value;
use std::cell::Cell;
use std::fmt::Display;
use std::io::{IsTerminal, Write};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Version of every JSON document on stdout.
const SCHEMA_VERSION: u32 = 1;

/// Pause between two lines of progress on a terminal.
const TICK: Duration = Duration::from_secs(1);
/// Pause between two lines of progress elsewhere.
const SELDOM: Duration = Duration::from_secs(30);
/// What takes longer is worth a line that stays, where there is no terminal.
const LONG: Duration = Duration::from_secs(5);

/// What becomes of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Text on stdout.
    Text,
    /// One JSON document on stdout.
    Json,
    /// Kept for [`captured`]: this process is no command line.
    Captured,
}

/// Where output goes.
#[derive(Clone, Copy, Debug)]
pub struct Report {
    /// Of the result.
    pub form: Form,
    /// Nothing but errors, and JSON if that is asked for.
    pub quiet: bool,
}

/// When there was a line of progress off a terminal, or the first reason for one.
static SAID: Mutex<Option<Instant>> = Mutex::new(None);

/// Whether a line of progress is due, off a terminal.
fn is_due(said: &mut Option<Instant>, now: Instant) -> bool {
    let due = now.duration_since(*said.get_or_insert(now)) >= SELDOM;
    if due {
        *said = Some(now);
    }
    due
}

thread_local! {
    static CAPTURED: Cell<Value> = const { Cell::new(Value::Null) };
}

/// The result of the last command in this thread that ran with [`Form::Captured`].
pub fn captured() -> Value {
    CAPTURED.take()
}

#[derive(Serialize)]
struct Document<'a, T> {
    schema_version: u32,
    #[serde(flatten)]
    body: &'a T,
}

/// A result as the JSON document that `--json` prints.
pub fn json(body: &impl Serialize) -> Result<String, CliError> {
    let document = Document { schema_version: SCHEMA_VERSION, body };
    serde_json::to_string_pretty(&document).map_err(|source| CliError::Json { source })
}

impl Report {
    /// Says nothing.
    pub const SILENT: Self = Self { form: Form::Captured, quiet: true };

    /// Prints the result: `body` as JSON, or `text`, which is not for the quiet.
    pub fn result(self, body: &impl Serialize, text: impl FnOnce() -> String) -> Result<(), CliError> {
        let mut out = match self.form {
            Form::Text if self.quiet => return Ok(()),
            Form::Text => text(),
            Form::Json => json(body)?,
            Form::Captured => {
                let document = Document { schema_version: SCHEMA_VERSION, body };
                CAPTURED.set(serde_json::to_value(&document).map_err(|source| CliError::Json { source })?);
                return Ok(());
            }
        };
        if !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
        match std::io::stdout().lock().write_all(out.as_bytes()) {
            // Whoever read the pipe has seen enough.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            other => other.map_err(|source| CliError::Stdout { source }),
        }
    }

    /// A message.
    pub fn note(self, message: impl Display) {
        if !self.quiet {
            eprintln!("{message}");
        }
    }

    /// A message that should not be missed.
    pub fn warn(self, message: impl Display) {
        if !self.quiet {
            eprintln!("{} {message}", paint("warning:"));
        }
    }

    /// On a terminal one line that the next call overwrites; elsewhere a line that stays, twice a minute at most and none
    /// in the first half.
    pub fn progress(self, message: impl Display) {
        if self.quiet {
            return;
        }
        if std::io::stderr().is_terminal() {
            eprint!("\r\x1b[K{message}");
        } else if is_due(&mut SAID.lock().unwrap_or_else(PoisonError::into_inner), Instant::now()) {
            eprintln!("{message}");
        }
    }

    /// Does `work` and says what it is meanwhile, with the seconds so far: on a terminal always, elsewhere if it takes long.
    pub fn during<T>(self, what: &str, work: impl FnOnce() -> T) -> T {
        if self.quiet {
            return work();
        }
        let (working, ended) = mpsc::channel::<()>();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                let mut is_unsaid = !std::io::stderr().is_terminal();
                let start = Instant::now();
                if !is_unsaid {
                    self.progress(format_args!("{what} …"));
                }
                while ended.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                    let elapsed = start.elapsed();
                    if !is_unsaid {
                        self.progress(format_args!("{what} … {:.0} s", elapsed.as_secs_f64()));
                    } else if elapsed >= LONG {
                        eprintln!("{what} …");
                        *SAID.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
                        is_unsaid = false;
                    }
                }
                self.clear_progress();
            });
            // Goes with the work, also with one that panics.
            let _working = working;
            work()
        })
    }

    /// A bar over `length` steps; shown on a terminal only.
    pub fn bar(self, length: u64, what: &'static str) -> ProgressBar {
        let target = if self.quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}, {per_sec}, {eta} left");
        let bar = ProgressBar::with_draw_target(Some(length), target);
        bar.with_style(style.expect("the template is correct")).with_message(what)
    }

    /// Takes the progress line away.
    pub fn clear_progress(self) {
        if !self.quiet && std::io::stderr().is_terminal() {
            eprint!("\r\x1b[K");
        }
    }
}

/// Yellow and bold on a terminal, unless `NO_COLOR` is set.
fn paint(text: &str) -> String {
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
    if colour { format!("\x1b[1;33m{text}\x1b[0m") } else { text.to_owned() }
}

/// A table with a header, columns two spaces apart; the first to the left, the others to the right.
pub fn table<const N: usize>(header: [&str; N], rows: &[[String; N]]) -> String {
    let mut widths = header.map(|h| h.chars().count());
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |cells: [&str; N]| {
        let mut line = String::new();
        for (i, (cell, width)) in cells.iter().zip(widths).enumerate() {
            let padding = " ".repeat(width - cell.chars().count());
            let cell = if i == 0 { format!("{cell}{padding}") } else { format!("  {padding}{cell}") };
            line.push_str(&cell);
        }
        line.truncate(line.trim_end().len());
        line + "\n"
    };
    let body: String = rows.iter().map(|row| line(row.each_ref().map(String::as_str))).collect();
    line(header) + &body
}

/// A number with an SI prefix and four significant digits: `6.186 G`.
pub fn si(value: u64) -> String {
    let prefixes = [("", 1u64), ("k", 1_000), ("M", 1_000_000), ("G", 1_000_000_000), ("T", 1_000_000_000_000)];
    let (prefix, unit) = prefixes.into_iter().rfind(|&(_, unit)| value >= unit).unwrap_or(("", 1));
    if unit == 1 {
        return format!("{value} ");
    }
    let scaled = value as f64 / unit as f64;
    let decimals = if scaled < 10.0 {
        3
    } else if scaled < 100.0 {
        2
    } else {
        1
    };
    format!("{scaled:.decimals$} {prefix}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_align() {
        let rows = [["a".to_owned(), "12".to_owned()], ["bcd".to_owned(), "3".to_owned()]];
        assert_eq!(table(["", "n"], &rows), "      n\na    12\nbcd   3\n");
    }

    #[test]
    fn off_a_terminal_there_is_a_line_every_half_minute() {
        let start = Instant::now();
        let mut said = None;
        let seconds = [0, 1, 29, 30, 31, 59, 60, 100].map(Duration::from_secs);
        let due = seconds.map(|after| is_due(&mut said, start + after));
        assert_eq!(due, [false, false, false, true, false, false, true, true]);
    }

    #[test]
    fn prefixes() {
        assert_eq!([si(0), si(999), si(6_186_000_000), si(78_510_564)], ["0 ", "999 ", "6.186 G", "78.51 M"]);
    }
}
