//! The programs that turn Verilog into a library: Verilator and the C++ compiler.
//!
//! Owns: finding them, asking their versions, running them. `HWGEN_VERILATOR` and `CXX` name others.

use super::error::CosimError;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Longest part of a tool's output that an error shows, in bytes.
const SHOWN: usize = 4000;

/// Compile for this machine's processor.
pub(crate) const NATIVE: &str = "-march=native";

/// Verilator and a C++ compiler.
#[derive(Clone, Debug)]
pub(crate) struct Toolchain {
    verilator: String,
    compiler: String,
    /// Folder of the runtime's sources.
    pub(crate) include: PathBuf,
    /// Both versions and what the processor can do, for keys: a cache may be shared by several machines.
    pub(crate) version: String,
    /// The compiler is Clang.
    pub(crate) is_clang: bool,
}

impl Toolchain {
    /// Finds the tools; asked once a process.
    pub(crate) fn find() -> Result<&'static Self, CosimError> {
        static FOUND: OnceLock<Toolchain> = OnceLock::new();
        if let Some(found) = FOUND.get() {
            return Ok(found);
        }
        let variable = |name, otherwise: &str| {
            std::env::var(name).ok().filter(|v| !v.is_empty()).unwrap_or_else(|| otherwise.to_owned())
        };
        let verilator = variable("HWGEN_VERILATOR", "verilator");
        let compiler = variable("CXX", "c++");
        let root = ask(&verilator, "verilator", &["--getenv", "VERILATOR_ROOT"])?;
        let version = ask(&verilator, "verilator", &["--version"])?;
        let compiler_version = ask(&compiler, "g++", &["--version"])?;
        let processor = ask(&compiler, "g++", &[NATIVE, "-dM", "-E", "-x", "c++", "/dev/null"])?;
        let first = compiler_version.lines().next().unwrap_or_default();
        let version = format!("{version}\n{compiler}: {first}\n{processor}");
        let include = Path::new(root.trim()).join("include");
        let is_clang = version.contains("clang");
        Ok(FOUND.get_or_init(|| Self { verilator, compiler, include, version, is_clang }))
    }

    /// Runs Verilator in `folder`.
    pub(crate) fn verilate<S: AsRef<OsStr>>(&self, folder: &Path, arguments: &[S]) -> Result<(), CosimError> {
        let mut command = Command::new(&self.verilator);
        command.current_dir(folder).args(arguments);
        finish("verilator", &self.verilator, "verilator", &mut command)
    }

    /// Runs the compiler in `folder`.
    pub(crate) fn compile<S: AsRef<OsStr>>(
        &self,
        step: &'static str,
        folder: &Path,
        arguments: &[S],
    ) -> Result<(), CosimError> {
        let mut command = Command::new(&self.compiler);
        command.current_dir(folder).args(arguments);
        finish(step, &self.compiler, "g++", &mut command)
    }
}

fn ask(tool: &str, package: &'static str, arguments: &[&str]) -> Result<String, CosimError> {
    let output = Command::new(tool)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .map_err(|source| CosimError::Tool { tool: tool.to_owned(), package, source })?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn finish(step: &'static str, tool: &str, package: &'static str, command: &mut Command) -> Result<(), CosimError> {
    let output = command.stdin(Stdio::null()).output().map_err(|source| CosimError::Tool {
        tool: tool.to_owned(),
        package,
        source,
    })?;
    if output.status.success() {
        return Ok(());
    }
    let mut text = String::from_utf8_lossy(&output.stderr).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stdout));
    // The first complaint is the one that matters.
    let end = text.char_indices().map(|(i, _)| i).find(|&i| i >= SHOWN).unwrap_or(text.len());
    text.truncate(end);
    Err(CosimError::Build { step, output: text.trim_end().to_owned() })
}
