//! Which Verilog library a command emits: the program's own, or in development that of a folder.

use super::error::CliError;
use hwgen_core::emit::Library;
use std::path::PathBuf;

/// The library of the folder that `HWGEN_RTL` names, else the embedded one.
///
/// # Errors
/// A folder that is no library.
pub fn library() -> Result<Library, CliError> {
    match std::env::var_os("HWGEN_RTL") {
        Some(folder) if !folder.is_empty() => {
            let path = PathBuf::from(folder);
            Library::read(&path).map_err(|source| CliError::Library { path, source })
        }
        _ => Ok(Library::embedded()),
    }
}
