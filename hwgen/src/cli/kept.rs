//! What a command leaves in the emitted folder for `hwgen report`: the last co-simulation with its image and maps.
//!
//! These files can be made again, so they are no reason to leave a folder alone (`hwgen_sim::cosim::Differences`).

use super::picture;
use super::report::{Report, json};
use super::write;
use hwgen_network::RgbImage;
use hwgen_sim::cosim::report::ReceivedMap;
use miette::IntoDiagnostic;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Keeps `cosim/` in `folder`: the result, the image of frame 0 and its maps. A folder that cannot be written to is a
/// warning: the simulation was for its result.
pub fn cosim(folder: &Path, body: &impl Serialize, image: &RgbImage, maps: &[ReceivedMap], report: Report) {
    let kept = files(&folder.join("cosim"), body, image, maps).and_then(|(files, stale)| {
        write::files(&files)?;
        stale.iter().try_for_each(std::fs::remove_file).into_diagnostic()
    });
    if let Err(error) = kept {
        report.warn(format_args!("the result is not kept for `hwgen report`: {error}"));
    }
}

type Files = Vec<(PathBuf, Vec<u8>)>;

/// The files, and those of an earlier run that would contradict them.
fn files(
    folder: &Path,
    body: &impl Serialize,
    image: &RgbImage,
    maps: &[ReceivedMap],
) -> miette::Result<(Files, Vec<PathBuf>)> {
    let mut files = vec![
        (folder.join("cosim.json"), json(body)?.into_bytes()),
        (folder.join("image.png"), picture::rgb_png(image).into_diagnostic()?),
    ];
    for map in maps.iter().filter(|map| map.frame == 0) {
        let png = picture::map_png(&map.map, image.size()).into_diagnostic()?;
        files.push((folder.join(format!("m_{:02}.png", map.output)), png));
    }
    let stale = (1..=64).map(|n| folder.join(format!("m_{n:02}.png")));
    let stale = stale.filter(|path| path.exists() && files.iter().all(|(name, _)| name != path)).collect();
    Ok((files, stale))
}
