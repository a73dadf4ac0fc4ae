//! Errors of the co-simulation. A value that differs is no error: it is a result (`report::Mismatch`).

use hwgen_process::Failure;
use miette::Diagnostic;
use std::path::PathBuf;
use thiserror::Error;

/// Why a co-simulation could not be done, or was ended.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum CosimError {
    /// A file of the emitted folder or of the cache.
    #[error("cannot {action} `{path}`")]
    #[diagnostic(
        code(hwgen::cosim::file),
        help("check that it exists, may be used, and that there is room on the disk")
    )]
    File {
        /// What was tried.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A folder without a readable manifest.
    #[error("folder `{folder}`: its `manifest.json` cannot be read")]
    #[diagnostic(code(hwgen::cosim::not_emitted), help("name a folder that `hwgen emit` made"))]
    NotEmitted {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// `manifest.json` is not one.
    #[error("`{path}` is not a manifest of an emitted core: {reason}")]
    #[diagnostic(code(hwgen::cosim::manifest), help("emit the folder again; docs/manifest.md describes the file"))]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The manifest and the model or the frames contradict each other.
    #[error("{what} is {got}, the emitted core has {wanted}")]
    #[diagnostic(
        code(hwgen::cosim::inconsistent),
        help("simulate with the model and images that the folder was made for")
    )]
    Inconsistent {
        /// What was compared.
        what: String,
        /// As given.
        got: String,
        /// As emitted.
        wanted: String,
    },
    /// A program that is not there.
    #[error("`{tool}` cannot be run")]
    #[diagnostic(code(hwgen::cosim::tool), help("install it: apt-get install {package}"))]
    Tool {
        /// Name of the program.
        tool: String,
        /// Debian package that has it.
        package: &'static str,
        /// What the system says.
        source: std::io::Error,
    },
    /// The program is no Verilator.
    #[error("`{program}` is no Verilator that can be used: {reason}")]
    #[diagnostic(
        code(hwgen::cosim::not_verilator),
        help("name the program `verilator` of a whole installation in HWGEN_VERILATOR")
    )]
    NotVerilator {
        /// As it was named.
        program: String,
        /// Why.
        reason: String,
    },
    /// Verilator or the C++ compiler failed.
    #[error("{step} failed: {failure}")]
    #[diagnostic(code(hwgen::cosim::build))]
    Build {
        /// `verilator`, `compile` or `link`; the package where a program was only asked for its version.
        step: &'static str,
        /// The program, how it ended, what it wrote.
        failure: Failure,
        /// What to do, where that is known.
        #[help]
        advice: Option<String>,
    },
    /// The folder of compiled designs cannot be used.
    #[error("cache `{folder}`: {reason}")]
    #[diagnostic(
        code(hwgen::cosim::cache),
        help("name a folder of your own, on a disk with room, in the environment variable HWGEN_CACHE")
    )]
    Cache {
        /// The folder.
        folder: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The waveform could not be written whole.
    #[error("waveform `{path}`: {reason}")]
    #[diagnostic(
        code(hwgen::cosim::waveform),
        help("name a place with room, or trace fewer frames; nothing of it was kept")
    )]
    Waveform {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The compiled design cannot be loaded or does not fit the manifest.
    #[error("{reason}")]
    #[diagnostic(
        code(hwgen::cosim::load),
        help("if the cache was damaged: delete its folder (HWGEN_CACHE) and try again")
    )]
    Load {
        /// What the driver says.
        reason: String,
    },
    /// The core broke a rule of an AXI interface.
    #[error("cycle {cycle}: {reason}")]
    #[diagnostic(code(hwgen::cosim::protocol), help("reproduce with: {command}"))]
    Protocol {
        /// Clock cycle from the start of the simulation.
        cycle: u64,
        /// Which rule.
        reason: String,
        /// How to see it again.
        command: String,
    },
    /// Nothing moves any more.
    #[error("hang at cycle {cycle}: {reason}")]
    #[diagnostic(code(hwgen::cosim::hang), help("reproduce with: {command}"))]
    Hang {
        /// Clock cycle from the start of the simulation.
        cycle: u64,
        /// What everybody waits for.
        reason: String,
        /// How to see it again.
        command: String,
    },
    /// The model stopped by itself.
    #[error("the simulated model stopped at cycle {cycle}: {reason}")]
    #[diagnostic(code(hwgen::cosim::stopped), help("reproduce with: {command}"))]
    Stopped {
        /// Clock cycle from the start of the simulation.
        cycle: u64,
        /// What it says.
        reason: String,
        /// How to see it again.
        command: String,
    },
    /// The golden model refused the model or the image.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Golden(#[from] crate::golden::GoldenError),
}

impl CosimError {
    /// For `map_err` on file operations.
    pub(crate) fn file(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { action, path, source }
    }

    /// A failure of the driver while loading.
    pub(crate) fn load(error: impl std::fmt::Display) -> Self {
        Self::Load { reason: error.to_string() }
    }
}
