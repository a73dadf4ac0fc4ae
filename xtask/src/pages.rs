//! What people look at: the page of `hwgen report` in a browser, and the book.

use crate::run::{self, Result, have, hwgen};
use std::path::Path;
use std::process::Command;

/// Where the pages are tried.
const OUT: &str = "out/pages";
/// What is missing for [`browse`].
pub fn browser_missing() -> bool {
    !have("chromium") || !Path::new(".venv/bin/playwright").exists()
}

/// What is missing for [`book`].
pub fn book_missing() -> bool {
    !Path::new(".venv/bin/zensical").exists()
}

/// Makes a report of two cores, one of them simulated and measured, and holds the page to its promises in headless Chromium.
pub fn browse() -> Result<bool> {
    let at = |name: &str| format!("{OUT}/{name}");
    let (model, core, other, page) = (at("tiny.q.safetensors"), at("core"), at("other"), at("report.html"));
    std::fs::create_dir_all(OUT)?;
    let calibration = ["--weights", "weights/tiny/tiny.safetensors", "--calib", "examples/tiny/calib"];
    hwgen(&[&["quantize"], &calibration[..], &["-o", &model]].concat())?;
    for (multipliers, folder) in [("64", &core), ("24", &other)] {
        hwgen(&["emit", "--model", &model, "--multipliers", multipliers, "-o", folder])?;
    }
    hwgen(&["cosim", &core, "--image", "examples/tiny/scene.png"])?;
    let images = at("images");
    let labels = at("labels");
    for (folder, file) in [(&images, "scene.png"), (&labels, "scene_label.png")] {
        std::fs::create_dir_all(folder)?;
        std::fs::copy(format!("examples/tiny/{file}"), format!("{folder}/scene.png"))?;
    }
    let measured = format!("{core}/evaluate");
    let folders = ["--images", &images, "--labels", &labels, "--core", &core, "-o", &measured];
    hwgen(&[&["evaluate", "--model", &model], &folders[..]].concat())?;
    hwgen(&["report", &core, &other, "--label", "examples/tiny/scene_label.png", "-o", &page])?;
    let shown = [
        "outputs=confidence",
        "formats=dB",
        "memories=block RAMs",
        "utilisation=depthwise",
        "synthesis=By estimate",
        "accuracy=pixels right",
    ];
    let pictures = at("pictures");
    let mut command = Command::new(".venv/bin/python");
    command.args(["tests/browser/report.py", &page]).args(shown).args(["--pictures", &pictures]);
    run::succeeds(&mut command)
}

/// Builds the book; a link to nowhere is a failure.
pub fn book() -> Result<bool> {
    run::succeeds(Command::new(".venv/bin/zensical").args(["build", "--strict"]))
}
