//! The `hwgen` command: arguments in, exit status out; the work is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    hwgen::main()
}
