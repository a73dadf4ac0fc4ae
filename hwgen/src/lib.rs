//! The command line as a library: what the `hwgen` binary and the Python package have in common.
//!
//! Owns: running a command inside another process, and reading images as commands do. Leaves alone: everything else,
//! which is in the crates that `cli` puts together.

mod cli;

use hwgen_network::{Description, RgbImage, Size};
use miette::IntoDiagnostic;
use std::path::Path;

pub use cli::outcome::Outcome;
pub use cli::{Executed, execute, main};

/// The pixels of a PNG or JPEG file for a network of size `wanted` (docs/images.md); `resize` scales another size.
///
/// # Errors
/// As `hwgen run` has them: no such file, no image, another size.
pub fn read_image(path: &Path, wanted: Size, resize: bool) -> miette::Result<RgbImage> {
    Ok(cli::picture::read_sized(path, wanted, resize, cli::report::Report::SILENT)?.0)
}

/// Writes an image as PNG, whole or not at all.
///
/// # Errors
/// If the place cannot be written.
pub fn write_image(path: &Path, image: &RgbImage) -> miette::Result<()> {
    Ok(cli::write::file(path, &cli::picture::rgb_png(image).into_diagnostic()?)?)
}

/// The iterations of a run: all of the network's unless told.
///
/// # Errors
/// If there are not so many, or no output comes that early.
pub fn iterations(wanted: Option<u32>, network: &Description) -> miette::Result<u32> {
    Ok(cli::run::iterations(wanted, network)?)
}
