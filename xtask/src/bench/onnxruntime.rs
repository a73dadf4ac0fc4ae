//! The golden model beside ONNX Runtime: milliseconds a frame of the same networks, 8-bit weights, on one thread and two.

use super::golden;
use super::table::Table;
use crate::run::{Result, hwgen, number};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

const PYTHON: &str = ".venv/bin/python";
const SCRIPT: &str = "scripts/onnxruntime_speed.py";
const WEIGHTS: &str = "weights/camvid-240/camvid-240.safetensors";

/// A row for each network and number of threads.
pub fn beside(table: &mut Table, work: &Path, image: &str) -> Result<()> {
    let images = golden::copies(work, image)?;
    for (preset, arguments) in [("camvid-240", vec!["--weights", WEIGHTS]), ("paper", vec!["--paper"])] {
        let output = Command::new(PYTHON).arg(SCRIPT).args(arguments).output()?;
        if !output.status.success() {
            return Err(format!("{SCRIPT}: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        let theirs: Value = serde_json::from_slice(&output.stdout)?;
        let model = work.join(format!("{preset}.q.safetensors")).display().to_string();
        hwgen(&["quantize", "--preset", preset, "--weight-bits", "8", "--compare-images", "0", "-o", &model])?;
        for threads in ["1", "2"] {
            let ours = 1e3 * golden::fastest(&model, &images, Some(threads))?.seconds;
            let [int8, float] =
                ["int8", "float"].map(|kind| number(&theirs, &format!("/{kind}/{threads}/wall")).unwrap_or(f64::NAN));
            let measured =
                format!("{ours:.1} ms; onnxruntime int8 {int8:.1} ms, fp32 {float:.1} ms; ratio {:.2}", ours / int8);
            let noun = if threads == "1" { "thread" } else { "threads" };
            table.row(&format!("golden model, {preset}, {threads} {noun}"), "≤ 0.9 of int8", &measured);
        }
    }
    Ok(())
}
