//! The file of an early exit's thresholds: `hwgen evaluate --exit` writes it, `emit`, `cosim` and `play` take it.

use super::error::CliError;
use hwgen_network::Description;
use hwgen_quantize::Model;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::path::Path;

/// Version of the file's layout.
const SCHEMA: u32 = 1;

/// A threshold of the confidence for each output of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Thresholds {
    schema_version: u32,
    /// Hash of the model that they were chosen for: its confidences are nobody else's.
    model_sha256: String,
    /// By output, ascending.
    outputs: Vec<Entry>,
    /// How they came about, for people.
    #[serde(default)]
    chosen: Value,
}

/// Of one output.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    output: u32,
    /// Confidence from which on a frame ends here; 0: it never does.
    threshold: u32,
}

impl Thresholds {
    /// Those of every output of `model`, ascending; `chosen` says how they came about.
    pub fn new(model: &Model, thresholds: &[u32], chosen: Value) -> Self {
        let outputs = model.description.outputs.iter().zip(thresholds);
        let outputs = outputs.map(|(&output, &threshold)| Entry { output, threshold }).collect();
        Self { schema_version: SCHEMA, model_sha256: model.hash().to_string(), outputs, chosen }
    }

    /// Reads a file, which must be of this model.
    pub fn read(path: &Path, model: &Model) -> Result<Self, CliError> {
        let wrong = |got: String, wanted: String| CliError::Thresholds { path: path.to_owned(), got, wanted };
        let text =
            std::fs::read(path).map_err(|source| CliError::Read { what: "file", path: path.to_owned(), source })?;
        let file: Self = serde_json::from_slice(&text)
            .map_err(|error| wrong(error.to_string(), "what `hwgen evaluate --exit` writes".to_owned()))?;
        if file.schema_version != SCHEMA {
            return Err(wrong(format!("schema_version {}", file.schema_version), SCHEMA.to_string()));
        }
        let hash = model.hash().to_string();
        if file.model_sha256 != hash {
            return Err(wrong(format!("thresholds of model {}", file.model_sha256), format!("those of {hash}")));
        }
        let outputs: Vec<u32> = file.outputs.iter().map(|entry| entry.output).collect();
        if outputs != model.description.outputs {
            return Err(wrong(format!("outputs {outputs:?}"), format!("{:?}", model.description.outputs)));
        }
        Ok(file)
    }

    /// Output and threshold, ascending.
    pub fn of_outputs(&self) -> Vec<(u32, u32)> {
        self.outputs.iter().map(|entry| (entry.output, entry.threshold)).collect()
    }
}

/// What the manifest says of them: those of the file, or that no output ends a frame.
pub fn section(thresholds: Option<&Thresholds>, description: &Description) -> (&'static str, Value) {
    let never = || description.outputs.iter().map(|&output| (output, 0)).collect();
    let all: Vec<(u32, u32)> = thresholds.map_or_else(never, Thresholds::of_outputs);
    let entry = |&(output, threshold): &(u32, u32)| json!({"output": output, "threshold": threshold});
    ("thresholds", all.iter().map(entry).collect())
}
