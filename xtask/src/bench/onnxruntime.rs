//! The golden model beside ONNX Runtime: milliseconds a frame of the same networks, 8-bit weights, on one thread and two.

use super::table::{REPETITIONS, Table};
use crate::run::{Result, hwgen, hwgen_path, number};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

const PYTHON: &str = ".venv/bin/python";
const SCRIPT: &str = "scripts/onnxruntime_speed.py";
/// Runs of the golden model for each number of threads.
const RUNS: usize = 5 * REPETITIONS;
const WEIGHTS: &str = "weights/camvid-240/camvid-240.safetensors";

/// A row for each network and number of threads.
pub fn beside(table: &mut Table, work: &Path, image: &str) -> Result<()> {
    for (preset, arguments) in [("camvid-240", vec!["--weights", WEIGHTS]), ("paper", vec!["--paper"])] {
        let output = Command::new(PYTHON).arg(SCRIPT).args(arguments).output()?;
        if !output.status.success() {
            return Err(format!("{SCRIPT}: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        let theirs: Value = serde_json::from_slice(&output.stdout)?;
        let model = work.join(format!("{preset}.q.safetensors")).display().to_string();
        hwgen(&["quantize", "--preset", preset, "--weight-bits", "8", "--compare-images", "0", "-o", &model])?;
        for threads in ["1", "2"] {
            let ours = golden(&model, image, threads)?;
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

/// Least milliseconds of a frame.
fn golden(model: &str, image: &str, threads: &str) -> Result<f64> {
    let mut best = f64::INFINITY;
    for _ in 0..RUNS {
        let output = Command::new(hwgen_path()?)
            .args(["run", "--model", model, "--image", image, "--resize", "--json", "--quiet"])
            .env("RAYON_NUM_THREADS", threads)
            .output()?;
        let document: Value = serde_json::from_slice(&output.stdout)?;
        best = best.min(1e3 * number(&document, "/seconds")?);
    }
    Ok(best)
}
