//! What stands where output is to go: nothing of the user's is lost.
//!
//! Owns: which folder may be replaced by an emitted one, which file may be written. Leaves alone: writing.

use super::error::CliError;
use hwgen_sim::cosim::{Differences, Manifest};
use std::fs;
use std::path::{Path, PathBuf};

/// The place that a path names: a symbolic link stays, what it points to is written.
pub fn place(path: &Path) -> Result<PathBuf, CliError> {
    let failed = |source| CliError::Write { path: path.to_owned(), source };
    let is_link = path.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink());
    if is_link { path.canonicalize().map_err(failed) } else { std::path::absolute(path).map_err(failed) }
}

/// Refuses a folder that holds anything but a core as hwgen emitted it. An absent or empty one is fine.
pub fn check_folder(path: &Path) -> Result<(), CliError> {
    let occupied = |why: String| Err(CliError::Occupied { path: path.to_owned(), why });
    let Ok(metadata) = fs::metadata(path) else { return Ok(()) };
    if !metadata.is_dir() {
        return occupied("is no folder".to_owned());
    }
    if fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none()) {
        return Ok(());
    }
    let Ok(manifest) = Manifest::read(path) else { return occupied("was not emitted by hwgen".to_owned()) };
    let differences = Differences::find(path, &manifest)?;
    match (differences.foreign.first(), differences.changed.first()) {
        (Some(file), _) => occupied(format!("holds `{file}`, which hwgen did not emit")),
        (None, Some(file)) => occupied(format!("holds `{file}`, which was changed after it was emitted")),
        (None, None) => Ok(()),
    }
}

/// Refuses a place that is there and no regular file (a folder, a device).
pub fn check_file(path: &Path) -> Result<(), CliError> {
    match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => Err(CliError::NoRegularFile { path: path.to_owned() }),
        _ => Ok(()),
    }
}

/// Refuses to write over what the command reads.
pub fn check_inputs(inputs: &[&Path], outputs: &[PathBuf]) -> Result<(), CliError> {
    let inputs: Vec<PathBuf> = inputs.iter().filter_map(|path| path.canonicalize().ok()).collect();
    let is_input = |output: &&PathBuf| output.canonicalize().is_ok_and(|output| inputs.contains(&output));
    match outputs.iter().find(is_input) {
        Some(path) => Err(CliError::OutputIsInput { path: path.clone() }),
        None => Ok(()),
    }
}
