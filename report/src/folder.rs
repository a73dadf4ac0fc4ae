//! What an emitted folder holds, gathered for the page: one JSON value a core.

use crate::error::ReportError;
use crate::formats;
use base64::Engine as _;
use hwgen_quantize::Model;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// What the page takes of `manifest.json`.
const OF_MANIFEST: [&str; 6] = ["name", "command", "description", "bits", "prediction", "feedback"];
/// What it cannot do without in `report.json`.
const OF_REPORT: [&str; 4] = ["arrays", "memories", "estimate", "phases"];

/// Everything the page shows of the core in `folder`; `label` is a PNG of the classes of the image it was simulated with.
pub fn read(folder: &Path, label: Option<&Path>) -> Result<Value, ReportError> {
    let manifest = document(&folder.join("manifest.json"), &OF_MANIFEST)?;
    let report = document(&folder.join("report.json"), &OF_REPORT)?;
    let timeline = document(&folder.join("timeline.json"), &["stretches"])?;
    let mut core = json!({
        "folder": folder.file_name().map_or_else(|| folder.display().to_string(), |name| name.to_string_lossy().into_owned()),
        "report": report,
        "timeline": timeline["stretches"],
        "cosim": cosim(&folder.join("cosim"), label)?,
        "evaluation": optional(&folder.join("evaluate/evaluation.json"))?,
        "synth": optional(&folder.join("synth/synth.json"))?,
        "floorplan": optional(&folder.join("synth/floorplan.json"))?,
        "calibration": optional(&folder.join("calibration.json"))?,
    });
    for field in OF_MANIFEST {
        core[field] = manifest[field].clone();
    }
    // A model that cannot be read costs its panel, not the page: the other files speak for themselves.
    match Model::load(&folder.join(manifest["model"].as_str().unwrap_or("model.safetensors"))) {
        Ok(model) => core["formats"] = json!(formats::layers(&model)),
        Err(error) => core["formats_error"] = json!(error.to_string()),
    }
    if let Some(fmax) = fmax(&core["synth"]) {
        core["synth"]["fmax_mhz"] = json!(fmax);
    }
    Ok(core)
}

/// What the clock of the core reaches after routing: the slowest of the clocks in `synth.json`.
fn fmax(synth: &Value) -> Option<f64> {
    let clocks = synth["clocks"].as_array()?;
    clocks.iter().filter_map(|clock| clock["fmax_mhz"].as_f64()).reduce(f64::min)
}

fn document(path: &Path, fields: &[&'static str]) -> Result<Value, ReportError> {
    let text = fs::read(path).map_err(|source| ReportError::Read { path: path.to_owned(), source })?;
    let value: Value =
        serde_json::from_slice(&text).map_err(|source| ReportError::Json { path: path.to_owned(), source })?;
    match fields.iter().find(|&&field| value.get(field).is_none()) {
        Some(field) => Err(ReportError::Field { path: path.to_owned(), field }),
        None => Ok(value),
    }
}

/// A document that need not be there; null then.
fn optional(path: &Path) -> Result<Value, ReportError> {
    if path.exists() { document(path, &[]) } else { Ok(Value::Null) }
}

/// The last co-simulation with its first frame's image and maps.
fn cosim(folder: &Path, label: Option<&Path>) -> Result<Value, ReportError> {
    let path = folder.join("cosim.json");
    if !path.exists() {
        return Ok(Value::Null);
    }
    let mut value = document(&path, &["bit_exact", "values_compared", "output_cycles", "frames"])?;
    let mut maps = Vec::new();
    let outputs = value["output_cycles"].as_array().cloned().unwrap_or_default();
    for (index, output) in outputs.iter().filter(|output| output["frame"] == 0).enumerate() {
        let Some(number) = output["output"].as_u64() else { continue };
        let Some(png) = picture(&folder.join(format!("m_{number:02}.png")))? else { continue };
        maps.push(json!({"output": number, "png": png, "confidence": value["frames"][0]["confidences"][index]}));
    }
    value["image"] = json!(picture(&folder.join("image.png"))?);
    value["label"] = json!(label.map(label_picture).transpose()?);
    value["maps"] = if value["image"].is_null() { json!([]) } else { json!(maps) };
    Ok(value)
}

/// A label given by the user: it has to be there.
fn label_picture(path: &Path) -> Result<String, ReportError> {
    let missing = || std::io::Error::from(std::io::ErrorKind::NotFound);
    picture(path)?.ok_or_else(|| ReportError::Label { path: path.to_owned(), source: missing() })
}

/// A PNG as the address of an `img`; none if it is not there.
fn picture(path: &Path) -> Result<Option<String>, ReportError> {
    match fs::read(path) {
        Ok(bytes) => {
            Ok(Some(format!("data:image/png;base64,{}", base64::engine::general_purpose::STANDARD.encode(bytes))))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(ReportError::Read { path: path.to_owned(), source }),
    }
}
