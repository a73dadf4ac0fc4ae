//! A program as a user names it in an environment variable.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A program with what always stands behind it: `verilator`, `/opt/bin/g++`, `ccache g++`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    path: PathBuf,
    arguments: Vec<String>,
}

impl Program {
    /// From a text: the name of a file, which may have spaces in it, or words between spaces.
    pub fn new(text: &str) -> Self {
        if Path::new(text).is_file() {
            return Self { path: text.into(), arguments: Vec::new() };
        }
        let mut words = text.split_whitespace();
        let path = words.next().unwrap_or(text).into();
        Self { path, arguments: words.map(str::to_owned).collect() }
    }

    /// What the environment variable `name` says, unless it is empty or not there.
    pub fn of_variable(name: &str) -> Option<Self> {
        let value: OsString = std::env::var_os(name).filter(|value| !value.is_empty())?;
        Some(match value.into_string() {
            Ok(text) => Self::new(&text),
            Err(path) => Self { path: path.into(), arguments: Vec::new() },
        })
    }

    /// To run it.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        command.args(&self.arguments);
        command
    }
}

impl From<PathBuf> for Program {
    fn from(path: PathBuf) -> Self {
        Self { path, arguments: Vec::new() }
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        self.arguments.iter().try_for_each(|argument| write!(f, " {argument}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_files() {
        let program = Program::new("ccache  g++ -m64");
        assert_eq!((program.path, program.arguments), ("ccache".into(), vec!["g++".to_owned(), "-m64".to_owned()]));
        assert_eq!(Program::new("g++").to_string(), "g++");
        let name = std::env::temp_dir().join(format!("hwgen program {}", std::process::id()));
        std::fs::write(&name, "").expect("writable");
        let program = Program::new(&name.to_string_lossy());
        std::fs::remove_file(&name).expect("there");
        assert_eq!(program, Program::from(name));
    }
}
