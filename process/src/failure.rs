//! A program that failed, in words.

use std::fmt;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Output};

/// Most of a program's output that is shown, in bytes.
const SHOWN: usize = 4000;

/// A program that ran and did not succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The program, as it was named.
    pub program: String,
    /// `exit status 3`, `signal 9 (SIGKILL)`.
    pub status: String,
    /// What it wrote: all, or the beginning, where the first complaint is, and the end.
    pub said: String,
}

impl Failure {
    /// From how it ended and what it wrote.
    pub fn new(program: impl fmt::Display, status: ExitStatus, said: &str) -> Self {
        Self { program: program.to_string(), status: words(status), said: shortened(said.trim_end()) }
    }

    /// From both streams of a run, errors first.
    pub fn of(program: impl fmt::Display, output: &Output) -> Self {
        let text = [&output.stderr[..], &output.stdout].concat();
        Self::new(program, output.status, &String::from_utf8_lossy(&text))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { program, status, said } = self;
        if said.is_empty() {
            write!(f, "`{program}` ended with {status}, without a word")
        } else {
            write!(f, "`{program}` ended with {status}:\n{said}")
        }
    }
}

impl std::error::Error for Failure {}

fn words(status: ExitStatus) -> String {
    if let Some(code) = status.code() {
        return format!("exit status {code}");
    }
    let number = status.signal().unwrap_or_default();
    let name =
        nix::sys::signal::Signal::try_from(number).map_or_else(|_| String::new(), |signal| format!(" ({signal})"));
    format!("signal {number}{name}")
}

/// The first and the last of a long text, in whole lines.
fn shortened(text: &str) -> String {
    if text.len() <= SHOWN {
        return text.to_owned();
    }
    let head = text.floor_char_boundary(SHOWN / 2);
    let head = text[..head].rfind('\n').unwrap_or(head);
    let tail = text.ceil_char_boundary(text.len() - SHOWN / 2);
    let tail = text[tail..].find('\n').map_or(tail, |at| tail + at + 1);
    format!("{}\n…\n{}", &text[..head], &text[tail..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    fn failed(script: &str) -> Failure {
        Failure::of("tool", &Command::new("sh").args(["-c", script]).output().expect("sh starts"))
    }

    #[test]
    fn status_and_words_are_told() {
        assert_eq!(
            failed("echo out; echo wrong >&2; exit 3").to_string(),
            "`tool` ended with exit status 3:\nwrong\nout"
        );
        assert_eq!(failed("exit 1").to_string(), "`tool` ended with exit status 1, without a word");
        assert_eq!(failed("kill -9 $$").status, "signal 9 (SIGKILL)");
    }

    #[test]
    fn long_texts_keep_both_ends() {
        let lines: Vec<String> = (0..2000).map(|i| format!("ligne n° {i}")).collect();
        let text = shortened(&lines.join("\n"));
        assert!(text.len() <= SHOWN + 8, "{}", text.len());
        assert!(text.starts_with("ligne n° 0\n") && text.contains("\n…\n") && text.ends_with("\nligne n° 1999"));
    }
}
