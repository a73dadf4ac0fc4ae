//! The golden model beside ONNX Runtime: milliseconds a frame of the same networks, 8-bit weights, on one thread and two.

use super::table::Table;
use crate::run::{Result, hwgen, hwgen_path, number};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

const PYTHON: &str = ".venv/bin/python";
const SCRIPT: &str = "scripts/onnxruntime_speed.py";
/// Frames of the golden model for each number of threads, one after the other in one process, as those of ONNX Runtime.
const FRAMES: usize = 30;
const WEIGHTS: &str = "weights/camvid-240/camvid-240.safetensors";

/// A row for each network and number of threads.
pub fn beside(table: &mut Table, work: &Path, image: &str) -> Result<()> {
    let images = copies(work, image)?;
    for (preset, arguments) in [("camvid-240", vec!["--weights", WEIGHTS]), ("paper", vec!["--paper"])] {
        let output = Command::new(PYTHON).arg(SCRIPT).args(arguments).output()?;
        if !output.status.success() {
            return Err(format!("{SCRIPT}: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        let theirs: Value = serde_json::from_slice(&output.stdout)?;
        let model = work.join(format!("{preset}.q.safetensors")).display().to_string();
        hwgen(&["quantize", "--preset", preset, "--weight-bits", "8", "--compare-images", "0", "-o", &model])?;
        for threads in ["1", "2"] {
            let ours = golden(&model, &images, threads)?;
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

/// The image under as many names.
fn copies(work: &Path, image: &str) -> Result<Vec<PathBuf>> {
    let folder = work.join("frames");
    std::fs::create_dir_all(&folder)?;
    let extension = Path::new(image).extension().unwrap_or_default();
    let mut all = Vec::new();
    for number in 0..FRAMES {
        let copy = folder.join(format!("{number}")).with_extension(extension);
        std::fs::copy(image, &copy)?;
        all.push(copy);
    }
    Ok(all)
}

/// Least milliseconds of a frame.
fn golden(model: &str, images: &[PathBuf], threads: &str) -> Result<f64> {
    let mut command = Command::new(hwgen_path()?);
    command.args(["run", "--model", model, "--resize", "--json", "--quiet"]).env("RAYON_NUM_THREADS", threads);
    for image in images {
        command.arg("--image").arg(image);
    }
    let document: Value = serde_json::from_slice(&command.output()?.stdout)?;
    let frames = document["images"].as_array().ok_or("hwgen run names no images")?;
    let mut best = f64::INFINITY;
    for frame in frames {
        best = best.min(1e3 * number(frame, "/seconds")?);
    }
    Ok(best)
}
