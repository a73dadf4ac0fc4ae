//! The steps of `make test`: what each runs, and what it needs for that.

use crate::errors;
use crate::formal;
use crate::fpga;
use crate::lint;
use crate::netlist::{self, Form};
use crate::pages;
use crate::run::{self, Result, have, hwgen_path, succeeds};
use std::path::Path;
use std::process::Command;

/// How a step ended.
pub enum Outcome {
    Passed,
    Failed,
    /// Not run, and why.
    Skipped(&'static str),
}

impl From<bool> for Outcome {
    fn from(good: bool) -> Self {
        if good { Self::Passed } else { Self::Failed }
    }
}

/// The tests' own Python.
const VENV_PYTHON: &str = ".venv/bin/python";

/// A part of `make test`.
pub struct Step {
    /// As `xtask step` takes it.
    pub name: &'static str,
    pub run: fn() -> Result<Outcome>,
}

const fn step(name: &'static str, run: fn() -> Result<Outcome>) -> Step {
    Step { name, run }
}

/// Rows can run side by side, the steps of a row one after the other: Cargo locks its folder, so that a second one beside
/// it would only wait. In the order in which they begin: what keeps one processor busy first, what spreads over all of
/// them last, so that none is idle at the end.
pub const ROWS: [&[Step]; 12] = [
    &[
        step("format", format),
        step("clippy", clippy),
        step("rust", rust),
        step("package", package),
        step("licences", licences),
    ],
    &[step("bitstream", bitstream)],
    &[step("netlist", netlist)],
    &[step("cocotb", cocotb)],
    &[step("pages", pages)],
    &[step("book", book)],
    &[step("onnx", onnx)],
    &[step("training", training)],
    &[step("lint", verilog)],
    &[step("fuzz", fuzz)],
    &[step("structure", structure)],
    &[step("proofs", proofs)],
];

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

/// The Python package: its wheel, installed into the tests' own Python, and what its tests and the notebook say.
fn package() -> Result<Outcome> {
    let needs = "import maturin, nbclient, ipykernel, pytest, safetensors, PIL, onnxruntime";
    if !have(VENV_PYTHON) || !succeeds(Command::new(VENV_PYTHON).args(["-c", needs]))? {
        return Ok(missing("maturin or nbclient not installed in .venv (scripts/setup.sh package installs them)"));
    }
    let wheels = Path::new("out/wheel");
    if wheels.exists() {
        std::fs::remove_dir_all(wheels)?;
    }
    let mut build = Command::new(VENV_PYTHON);
    build.args(["-m", "maturin", "build", "--quiet", "--manifest-path", "python/Cargo.toml"]);
    build.args(["--compatibility", "linux", "--out"]).arg(wheels);
    if !succeeds(&mut build)? {
        return Ok(Outcome::Failed);
    }
    let mut install = Command::new(VENV_PYTHON);
    install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-index"]);
    install.args(["--force-reinstall", "--find-links", "out/wheel", "hwgen"]);
    let mut tests = Command::new(VENV_PYTHON);
    tests.args(["-m", "pytest", "-q", "-p", "no:cacheprovider", "python/tests"]).env("HWGEN_BIN", hwgen_path()?);
    Ok((succeeds(&mut install)? && succeeds(&mut tests)?).into())
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
    Ok(succeeds(Command::new(hwgen_path()?).args(["fuzz", "--cases", "8", "--seed", "1"]))?.into())
}

fn structure() -> Result<Outcome> {
    if !have("verilator") {
        return Ok(missing("verilator not installed (make setup installs it)"));
    }
    Ok(succeeds(Command::new(hwgen_path()?).args(["fuzz", "--cases", "6", "--seed", "5", "--structure"]))?.into())
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
