//! Tests that cross the crates live in `tests/tests/`; here is what they share: hwgen as a user runs it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

/// The binary: `HWGEN_BIN`, or a build of this workspace in the tests' own profile.
///
/// # Panics
/// If hwgen does not build.
pub fn hwgen_path() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| {
        if let Some(path) = std::env::var_os("HWGEN_BIN") {
            return PathBuf::from(path);
        }
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let built = Command::new(cargo)
            .args(["build", "--quiet", "--package", "hwgen", "--bin", "hwgen", "--message-format", "json"])
            .current_dir(root())
            .output()
            .expect("cargo starts");
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        String::from_utf8_lossy(&built.stdout)
            .lines()
            .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
            .find_map(|message| message["executable"].as_str().map(PathBuf::from))
            .expect("cargo names the executable")
    })
}

/// The workspace.
///
/// # Panics
/// Never: this package lies in it.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package has a parent")
}

/// Whether Verilator is here; says "skipped" if not.
///
/// # Panics
/// In CI, where it has to be.
pub fn has_verilator() -> bool {
    let here = Command::new("verilator").arg("--version").output().is_ok();
    let ci = std::env::var("CI").is_ok_and(|v| v == "true");
    assert!(here || !ci, "verilator is not installed (make setup installs it)");
    if !here {
        eprintln!("skipped: verilator is not installed (make setup installs it)");
    }
    here
}

/// A folder of one test, gone at its end; hwgen runs inside it, so that messages hold no path of this machine.
pub struct Scratch(tempfile::TempDir);

impl Default for Scratch {
    fn default() -> Self {
        Self::new()
    }
}

impl Scratch {
    /// An empty folder.
    ///
    /// # Panics
    /// If there is no place for it.
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    /// A path inside.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file.
    ///
    /// # Panics
    /// If it cannot be written.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), bytes).expect("the folder can be written");
    }

    /// Names of what lies in the folder, sorted.
    ///
    /// # Panics
    /// If it cannot be read.
    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.path()).expect("the folder can be read");
        let mut names: Vec<String> =
            entries.map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// A command that runs hwgen here, with a plain environment.
    pub fn hwgen(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(hwgen_path());
        command.args(arguments).current_dir(self.0.path()).stdin(Stdio::null()).env("NO_COLOR", "1");
        command
    }

    /// Runs hwgen.
    ///
    /// # Panics
    /// If it does not start.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.hwgen(arguments).output().expect("hwgen starts")
    }

    /// Runs hwgen, which has to succeed; its standard output.
    ///
    /// # Panics
    /// If it fails.
    pub fn good(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8 on stdout")
    }

    /// Runs hwgen with `--json` among its arguments: exit status and document.
    ///
    /// # Panics
    /// If it prints none.
    pub fn json(&self, arguments: &[&str]) -> (i32, serde_json::Value) {
        let output = self.run(arguments);
        let text = String::from_utf8_lossy(&output.stderr);
        let code = output.status.code().expect("hwgen was not killed");
        (code, serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {text}")))
    }

    /// Exit status, standard output and error of a run as one text, without this folder's name and without the line
    /// breaks that depend on its length.
    pub fn transcript(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let status = output.status.code().map_or("killed".to_owned(), |code| code.to_string());
        let text = format!(
            "$ hwgen {}\nexit status: {status}\n--- stdout\n{}--- stderr\n{}",
            arguments.join(" "),
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        let folder = self.0.path().canonicalize().unwrap_or_else(|_| self.0.path().to_owned());
        let text = unwrapped(&text).replace(&folder.display().to_string(), "[DIR]");
        text.replace(&self.0.path().display().to_string(), "[DIR]")
    }
}

/// Joins lines that were broken to fit a terminal.
fn unwrapped(text: &str) -> String {
    let mut joined = String::new();
    for line in text.lines() {
        let trimmed = line.trim_start();
        let continued =
            trimmed.strip_prefix("│ ").filter(|_| line.starts_with("  │ ") || line.starts_with("        │ "));
        let indented =
            (line.starts_with("        ") && !trimmed.starts_with(['│', '╰', '╭', '×', 'h', '·'])).then_some(trimmed);
        match continued.or(indented) {
            Some(rest) if joined.ends_with('-') => joined.push_str(rest),
            Some(rest) => {
                joined.push(' ');
                joined.push_str(rest);
            }
            None => {
                joined.push('\n');
                joined.push_str(line.trim_end());
            }
        }
    }
    joined.trim_start().to_owned()
}
