//! `make lint`: looks for the four tools; the matrix itself is scripts/lint.py. Also whether docs/mutants.md speaks of the
//! present library, which the script of the mutants knows.

use crate::run::{self, Result, have, hwgen_path};
use std::process::Command;

/// Tools of the matrix. slang comes as a Python module, so it is the interpreter that is looked for.
const TOOLS: [&str; 4] = ["verilator", "iverilog", "yosys", PYTHON];
const PYTHON: &str = ".venv/bin/python";

/// Tools that are missing here.
pub fn missing() -> Vec<&'static str> {
    TOOLS.into_iter().filter(|tool| !have(tool)).collect()
}

/// Lints the library and emitted cores; whether no tool said a word.
pub fn lint() -> Result<bool> {
    if let Some(tool) = missing().first() {
        return Err(format!("{tool} is not installed (make setup installs it)").into());
    }
    let linted = run::succeeds(Command::new(PYTHON).arg("scripts/lint.py").env("HWGEN_BIN", hwgen_path()?))?;
    let known = run::succeeds(Command::new(PYTHON).args(["tests/mutants/mutants.py", "--check"]))?;
    Ok(linted && known)
}
