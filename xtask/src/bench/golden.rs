//! How fast the golden model is: the fastest of some frames, one after the other in one process, as other runtimes are timed.

use crate::run::{Result, hwgen_path, number};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Frames of a run.
const FRAMES: usize = 30;

/// The fastest frame.
pub struct Fastest {
    /// It took so long.
    pub seconds: f64,
    /// Multiply-accumulates of a frame.
    pub macs: f64,
}

/// An image under as many names.
pub fn copies(work: &Path, image: &str) -> Result<Vec<PathBuf>> {
    let folder = work.join("frames");
    std::fs::create_dir_all(&folder)?;
    let extension = Path::new(image).extension().unwrap_or_default();
    let mut all = Vec::new();
    for number in 0..FRAMES {
        let copy = folder.join(number.to_string()).with_extension(extension);
        std::fs::copy(image, &copy)?;
        all.push(copy);
    }
    Ok(all)
}

/// Runs a model on images, with so many threads, or as many as there are processors.
pub fn fastest(model: &str, images: &[PathBuf], threads: Option<&str>) -> Result<Fastest> {
    let mut command = Command::new(hwgen_path()?);
    command.args(["run", "--model", model, "--resize", "--json", "--quiet"]);
    command.envs(threads.map(|threads| ("RAYON_NUM_THREADS", threads)));
    for image in images {
        command.arg("--image").arg(image);
    }
    let document: Value = serde_json::from_slice(&command.output()?.stdout)?;
    let frames = document["images"].as_array().ok_or("hwgen run names no images")?;
    let mut seconds = f64::INFINITY;
    for frame in frames {
        seconds = seconds.min(number(frame, "/seconds")?);
    }
    Ok(Fastest { seconds, macs: number(&document, "/macs")? })
}
