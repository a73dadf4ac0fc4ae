//! The `hwgen` command: arguments in, exit status out; the work is in `cli` and the libraries.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
