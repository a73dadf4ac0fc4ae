//! `make test`: all that CI runs, step by step, to the end even if one fails.

use crate::errors;
use crate::formal;
use crate::fpga;
use crate::lint;
use crate::netlist::{self, Form};
use crate::pages;
use crate::run::{self, Result, have, hwgen_path, succeeds};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

enum Outcome {
    Passed,
    Failed,
    Skipped(&'static str),
}

impl From<bool> for Outcome {
    fn from(good: bool) -> Self {
        if good { Self::Passed } else { Self::Failed }
    }
}

/// The tests' own Python.
const VENV_PYTHON: &str = ".venv/bin/python";

type Step = fn() -> Result<Outcome>;

const STEPS: [(&str, Step); 14] = [
    ("format", format),
    ("clippy", clippy),
    ("licences", licences),
    ("rust tests", rust),
    ("lint of Verilog", verilog),
    ("proofs", proofs),
    ("netlist", netlist),
    ("bitstream", bitstream),
    ("fuzz, 14 cases", fuzz),
    ("ONNX, 6 cases", onnx),
    ("cocotb client", cocotb),
    ("pages", pages),
    ("book", book),
    ("training", training),
];

/// Runs every step; whether none failed.
pub fn test() -> bool {
    let mut lines = Vec::new();
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    for (index, (name, step)) in STEPS.iter().enumerate() {
        eprintln!("\n=== {}/{} {name}", index + 1, STEPS.len());
        let start = Instant::now();
        let outcome = step().unwrap_or_else(|error| {
            eprintln!("error: {error}");
            Outcome::Failed
        });
        let word = match outcome {
            Outcome::Passed => {
                passed += 1;
                "passed".to_owned()
            }
            Outcome::Failed => {
                failed += 1;
                "FAILED".to_owned()
            }
            Outcome::Skipped(why) => {
                skipped += 1;
                format!("skipped: {why}")
            }
        };
        lines.push(format!("{name:<18}{:>6.0} s  {word}", start.elapsed().as_secs_f64()));
    }
    println!("\n{}\n\n{passed} passed, {failed} failed, {skipped} skipped", lines.join("\n"));
    failed == 0
}

/// For tools that `make setup` installs: in CI their absence is a failure.
fn missing(why: &'static str) -> Outcome {
    if std::env::var("CI").is_ok_and(|v| v == "true") {
        eprintln!("error: {why}");
        Outcome::Failed
    } else {
        Outcome::Skipped(why)
    }
}

fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(arguments);
    command
}

fn format() -> Result<Outcome> {
    Ok(succeeds(&mut cargo(&["fmt", "--all", "--check"]))?.into())
}

fn clippy() -> Result<Outcome> {
    Ok(succeeds(&mut cargo(&["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"]))?.into())
}

fn licences() -> Result<Outcome> {
    if !have("cargo-deny") {
        // Ten minutes of compiling on a fresh machine: not worth it on every run.
        return Ok(Outcome::Skipped("cargo-deny not installed (cargo install --locked cargo-deny)"));
    }
    Ok(succeeds(&mut cargo(&["deny", "check", "bans", "licenses", "sources"]))?.into())
}

fn rust() -> Result<Outcome> {
    let nextest: &[&str] = &["nextest", "run", "--workspace", "--no-fail-fast"];
    let plain: &[&str] = &["test", "--workspace", "--no-fail-fast"];
    let mut command = cargo(if have("cargo-nextest") { nextest } else { plain });
    command.env("HWGEN_BIN", hwgen_path()?);
    Ok(succeeds(&mut command)?.into())
}

fn verilog() -> Result<Outcome> {
    if !lint::missing().is_empty() {
        return Ok(missing("verilator, iverilog, yosys or .venv not installed (make setup installs them)"));
    }
    Ok(lint::lint()?.into())
}

fn proofs() -> Result<Outcome> {
    if !formal::missing().is_empty() {
        return Ok(missing("yosys or its solver not installed (make setup installs them)"));
    }
    Ok(formal::formal(&formal::Scope::Quick)?.into())
}

fn netlist() -> Result<Outcome> {
    if !netlist::missing().is_empty() {
        return Ok(missing("verilator or yosys not installed (make setup installs them)"));
    }
    Ok(netlist::netlist(Form::Words)?.into())
}

fn bitstream() -> Result<Outcome> {
    if !fpga::installed() {
        return Ok(missing("yosys, nextpnr-ecp5 or ecppack not installed (make setup-fpga installs them)"));
    }
    Ok(fpga::tiny()?.into())
}

fn fuzz() -> Result<Outcome> {
    if !have("verilator") {
        return Ok(missing("verilator not installed (make setup installs it)"));
    }
    let behaviour = succeeds(Command::new(hwgen_path()?).args(["fuzz", "--cases", "8", "--seed", "1"]))?;
    let structure = succeeds(Command::new(hwgen_path()?).args(["fuzz", "--cases", "6", "--seed", "2", "--structure"]))?;
    Ok((behaviour && structure).into())
}

fn onnx() -> Result<Outcome> {
    if !have(VENV_PYTHON) || !succeeds(Command::new(VENV_PYTHON).args(["-c", "import onnx, onnxruntime"]))? {
        return Ok(missing("onnxruntime not installed in .venv (make setup installs it)"));
    }
    let fuzz = ["fuzz", "--onnx", "--cases", "6", "--seed", "1", "--python", VENV_PYTHON];
    Ok(succeeds(Command::new(hwgen_path()?).args(fuzz))?.into())
}

fn cocotb() -> Result<Outcome> {
    let script = "tests/cocotb/run.sh";
    if !Path::new(script).exists() {
        return Ok(missing("tests/cocotb is not there"));
    }
    if !have("iverilog") || !Path::new(".venv/bin/python").exists() {
        return Ok(missing("iverilog or .venv not installed (make setup installs them)"));
    }
    Ok(succeeds(Command::new("bash").arg(script).env("HWGEN_BIN", hwgen_path()?))?.into())
}

fn pages() -> Result<Outcome> {
    if pages::browser_missing() {
        return Ok(missing("chromium or playwright not installed (scripts/setup.sh browser installs them)"));
    }
    Ok(pages::browse()?.into())
}

fn book() -> Result<Outcome> {
    if pages::book_missing() {
        return Ok(missing("zensical not installed (scripts/setup.sh book installs it)"));
    }
    // Both, so that one fault does not hide the other.
    let (errors, book) = (errors::errors(true)?, pages::book()?);
    Ok((errors && book).into())
}

fn training() -> Result<Outcome> {
    // Three gigabytes of PyTorch are no part of the set-up, not even in CI.
    let python = if Path::new("train/.venv/bin/python").exists() { "train/.venv/bin/python" } else { "python3" };
    let torch = have(python)
        && Command::new(python).args(["-c", "import torch, pytest"]).output().is_ok_and(|o| o.status.success());
    if !torch {
        return Ok(Outcome::Skipped("torch not installed (make train-deps installs it)"));
    }
    Ok(run::succeeds(&mut Command::new("train/test.sh"))?.into())
}
