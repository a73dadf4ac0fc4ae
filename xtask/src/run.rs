//! Starting other programs.

use serde_json::Value;
use std::error::Error;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Chores fail with a message; nobody tells their errors apart.
pub type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Makes the workspace the current folder, so that every path here is relative.
pub fn enter_workspace() -> Result<()> {
    if let Some(package) = std::env::var_os("CARGO_MANIFEST_DIR") {
        let root = Path::new(&package).parent().ok_or("xtask has no parent folder")?;
        std::env::set_current_dir(root)?;
    }
    Ok(())
}

/// The hwgen that was built beside this program, absolute, or the one that `HWGEN_BIN` names.
pub fn hwgen_path() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("HWGEN_BIN") {
        return Ok(PathBuf::from(path));
    }
    let path = std::env::current_exe()?.with_file_name("hwgen");
    if path.exists() { Ok(path) } else { Err(format!("{}: hwgen is not built (cargo build)", path.display()).into()) }
}

/// Runs hwgen with `--json`. Exit status 1, a failed check, is an answer too; its messages pass through.
pub fn hwgen<S: AsRef<OsStr>>(arguments: &[S]) -> Result<Value> {
    let shown = arguments.iter().map(|a| a.as_ref().to_string_lossy()).collect::<Vec<_>>().join(" ");
    eprintln!("  hwgen {shown}");
    let output =
        Command::new(hwgen_path()?).args(arguments).args(["--json", "--quiet"]).stderr(Stdio::inherit()).output()?;
    if !matches!(output.status.code(), Some(0 | 1)) {
        return Err(format!("hwgen {shown}: {}", output.status).into());
    }
    serde_json::from_slice(&output.stdout).map_err(|e| format!("hwgen {shown}: no JSON on stdout: {e}").into())
}

/// Whether a program can be started.
pub fn have(program: &str) -> bool {
    program.contains('/') && Path::new(program).exists()
        || std::env::var_os("PATH")
            .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

/// Runs a program, output to the terminal; whether it succeeded.
pub fn succeeds(command: &mut Command) -> Result<bool> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.stdin(Stdio::null()).status().map_err(|e| format!("{program}: {e}"))?;
    Ok(status.success())
}

/// Reads a number out of a JSON document; absent is an error, since names of keys are fixed.
pub fn number(document: &Value, pointer: &str) -> Result<f64> {
    document.pointer(pointer).and_then(Value::as_f64).ok_or_else(|| format!("no number at {pointer}").into())
}

/// Writes under a temporary name, then renames: an interrupted run leaves no half of a file.
pub fn write(path: &Path, text: &str) -> Result<()> {
    let temporary = path.with_extension("new");
    std::fs::write(&temporary, text)?;
    std::fs::rename(&temporary, path)?;
    Ok(())
}
