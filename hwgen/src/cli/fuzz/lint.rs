//! Linters on an emitted core: whatever a public tool says of it is a failure.
//!
//! Owns: which tools, with which arguments; those of `scripts/lint.py`, which reads a set of chosen cores. A tool that is not
//! here is left out.

use hwgen_process::{Failure, Program};
use hwgen_sim::cosim::Manifest;
use std::path::Path;

/// Yosys reads one case of so many: it takes longer than all others.
const YOSYS_EVERY: u64 = 8;

/// What a tool says of the core in `folder`, the first that says anything.
pub fn lint(folder: &Path, case: u64) -> Result<(), String> {
    let manifest = Manifest::read(folder).map_err(|error| format!("{:?}", miette::Report::new(error)))?;
    let sources = manifest.sources.join(" ");
    let top = &manifest.top;
    let named = |variable, name: &str| Program::of_variable(variable).unwrap_or_else(|| Program::new(name));
    let verilator = named("HWGEN_VERILATOR", "verilator");
    let reading = format!("--lint-only -Wall --top-module {top} lint.vlt {sources}");
    quiet(&verilator, &words(&reading), folder)?;
    quiet(&verilator, &words(&format!("-DSYNTHESIS {reading}")), folder)?;
    quiet(&Program::new("iverilog"), &words(&format!("-g2012 -Wall -t null -s {top} {sources}")), folder)?;
    if case.is_multiple_of(YOSYS_EVERY) {
        let script = format!(
            "read_verilog -lib +/ecp5/cells_bb.v; read_verilog -sv -defer {sources}; hierarchy -check -top {top}; proc; \
             check -assert"
        );
        quiet(&named("HWGEN_YOSYS", "yosys"), &["-q".to_owned(), "-p".to_owned(), script], folder)?;
    }
    Ok(())
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// Runs a tool that has to have nothing to say.
fn quiet(program: &Program, arguments: &[String], folder: &Path) -> Result<(), String> {
    let Ok(output) = hwgen_process::output(program.command().args(arguments).current_dir(folder)) else {
        return Ok(());
    };
    // Newer versions of Verilator end with how long they took.
    let says = |bytes: &[u8]| String::from_utf8_lossy(bytes).lines().any(|line| !line.starts_with("- V"));
    if output.status.success() && !says(&output.stdout) && !says(&output.stderr) {
        return Ok(());
    }
    Err(format!("lint: {}", Failure::of(program, &output)))
}
