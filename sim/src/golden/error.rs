//! Errors of the golden model.

use hwgen_quantize::{ModelError, QuantizeError};
use miette::Diagnostic;
use thiserror::Error;

/// Why the golden model cannot run.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum GoldenError {
    /// The model breaks a constraint of docs/arithmetic.md.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Model(#[from] ModelError),
    /// Weights whose batch norms were changed to match statistics cannot be quantised.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Quantize(#[from] QuantizeError),
    /// The image is not the network's size.
    #[error("the image has {got} bytes, {width}×{height} RGB pixels need {wanted}")]
    #[diagnostic(code(hwgen::golden::image_size), help("resize the image to the network's size first"))]
    ImageSize {
        /// Bytes given.
        got: usize,
        /// Bytes wanted.
        wanted: usize,
        /// Columns.
        width: u32,
        /// Rows.
        height: u32,
    },
}
