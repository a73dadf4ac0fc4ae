//! What quantisation saw, kept beside the model and in emitted folders for `hwgen report`: signal-to-noise ratios, agreement
//! of the maps, histograms of activations.

use super::error::CliError;
use super::report::{Report, json};
use hwgen_quantize::{Model, Seen};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Name in an emitted folder.
pub const FILE: &str = "calibration.json";

/// The document.
#[derive(Serialize)]
pub struct Calibration<'a, S: Serialize, M: Serialize> {
    /// The model that was made, by its content.
    pub model_sha256: String,
    /// Images that gave the ranges.
    pub images: usize,
    /// Images on which integers and floats were compared.
    pub compared: usize,
    /// Tensor by tensor.
    pub snr: S,
    /// Output by output.
    pub maps: M,
    /// Activations by format, with the range that they got.
    pub histograms: &'a [Seen],
}

impl<S: Serialize, M: Serialize> Calibration<'_, S, M> {
    /// The file.
    pub fn bytes(&self) -> Result<Vec<u8>, CliError> {
        Ok((json(self)? + "\n").into_bytes())
    }
}

/// The part of it that tells whose it is.
#[derive(Deserialize)]
struct Owner {
    model_sha256: String,
}

/// Where the calibration of the model file `model` lies: `itnet.calibration.json` beside `itnet.safetensors`.
pub fn beside(model: &Path) -> PathBuf {
    model.with_extension("calibration.json")
}

/// The calibration beside a model file, if there is one and it is that model's.
pub fn of(path: &Path, model: &Model, report: Report) -> Option<Vec<u8>> {
    let path = beside(path);
    let bytes = std::fs::read(&path).ok()?;
    let owner: Option<Owner> = serde_json::from_slice(&bytes).ok();
    if owner.is_some_and(|owner| owner.model_sha256 == model.hash().to_string()) {
        return Some(bytes);
    }
    report.warn(format_args!("{} belongs to another model and is left out", path.display()));
    None
}
