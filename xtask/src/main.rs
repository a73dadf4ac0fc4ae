//! What `make` calls. Owns: the order of steps, the demo, the lint matrix, the table of measured numbers. Leaves alone:
//! everything that hwgen can do by itself; it is run as a user runs it.

mod bench;
mod demo;
mod errors;
mod formal;
mod fpga;
mod lint;
mod netlist;
mod pages;
mod registers;
mod run;
mod score;
mod steps;
mod test;

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// The project's own chores
#[derive(Parser)]
#[command(name = "xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Quantise, emit, co-simulate and show the tiny network on an image
    Demo {
        /// Folder to write
        #[arg(long, default_value = "out/demo")]
        out: PathBuf,
    },
    /// All that CI runs; with CI=true, a missing tool is a failure
    Test,
    /// One step of it
    Step {
        /// Name of the step, as `make test` shows it
        name: String,
    },
    /// Verilator, Icarus, Yosys and slang on the library and on emitted cores
    Lint,
    /// Prove what tests/formal lists, kill its mutants, and write docs/formal.md
    Formal {
        /// Proofs to do [default: all]
        names: Vec<String>,
        /// Only what `make test` does
        #[arg(long, conflicts_with = "names")]
        quick: bool,
    },
    /// Simulate the netlist of the tiny core and compare it with the golden model
    Netlist {
        /// As Yosys reads it, not mapped to the cells of an ECP5
        #[arg(long)]
        words: bool,
    },
    /// Take cores through Yosys and nextpnr and write docs/fpga.md
    BenchFpga {
        /// Designs to build [default: all]
        designs: Vec<String>,
        /// Build nothing, make the page anew from the results in docs/fpga/
        #[arg(long, conflicts_with = "designs")]
        page: bool,
    },
    /// Write what follows from registers.yaml: RTL, Rust, Python and C constants, docs/registers.md
    Registers,
    /// Write the pages of docs/ that are made from the sources
    Docs {
        /// Write nothing, say whether they are as the sources are
        #[arg(long)]
        check: bool,
    },
    /// Make the page of `hwgen report` and try it in headless Chromium; pictures in out/pages/pictures
    Pages,
    /// Measure what the README states
    Bench {
        /// Image for the 480×360 network [default: one of `CamVid` beside the project, else the demo's scene]
        #[arg(long)]
        image: Option<PathBuf>,
        /// Leave out the budgets of 1024 and 4096 multipliers, which take minutes to compile
        #[arg(long)]
        quick: bool,
    },
}

fn main() -> ExitCode {
    if let Err(error) = run::enter_workspace() {
        eprintln!("error: {error}");
        return ExitCode::from(2);
    }
    let done = match Cli::parse().command {
        Command::Step { name } => {
            return test::step(&name).unwrap_or_else(|error| {
                eprintln!("error: {error}");
                ExitCode::from(2)
            });
        }
        Command::Demo { out } => demo::demo(&out),
        Command::Test => test::test(),
        Command::Lint => lint::lint(),
        Command::Netlist { words } => netlist::netlist(if words { netlist::Form::Words } else { netlist::Form::Cells }),
        Command::BenchFpga { page: true, .. } => fpga::page().map(|()| true),
        Command::BenchFpga { designs, .. } => fpga::bench(&designs),
        Command::Formal { names, quick } => formal::formal(&match (names.is_empty(), quick) {
            (true, true) => formal::Scope::Quick,
            (true, false) => formal::Scope::All,
            (false, _) => formal::Scope::Named(names),
        }),
        Command::Registers => registers::registers(),
        Command::Pages => pages::browse(),
        Command::Docs { check } => errors::errors(check),
        Command::Bench { image, quick } => bench::bench(image, quick),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}
