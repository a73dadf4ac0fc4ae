//! Maps of several frames as files: `m_01.png` and `overlay_01.png`, those of frame 1 and on as `frame_01_m_01.png`, those of
//! several images with their names in front.
//!
//! Owns: their names, and that a folder holds the maps of one run: `maps.json` lists what hwgen wrote, so that the next run
//! can take away what it does not write anew and nobody has changed.

use super::error::CliError;
use super::report::Report;
use super::{overwrite, picture, write};
use hwgen_network::RgbImage;
use miette::IntoDiagnostic;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// The list of a folder's maps.
const LIST: &str = "maps.json";

/// What the list holds.
#[derive(Debug, Serialize, Deserialize)]
struct List {
    schema_version: u32,
    /// SHA-256 of each file.
    files: BTreeMap<String, String>,
}

impl List {
    fn of(files: &[(PathBuf, Vec<u8>)]) -> Self {
        let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Self { schema_version: 1, files: files.iter().map(|(path, bytes)| (name(path), hash(bytes))).collect() }
    }

    /// The list in a folder; an empty one if there is none that can be read.
    fn read(folder: &Path) -> Self {
        let list = std::fs::read(folder.join(LIST)).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        list.unwrap_or(Self { schema_version: 1, files: BTreeMap::new() })
    }
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Writes the maps of a run into `folder`, and takes away those of an earlier run. `inputs` are the files that the
/// command reads: none is written over or taken away.
pub fn write(
    folder: &Path,
    mut files: Vec<(PathBuf, Vec<u8>)>,
    inputs: &[&Path],
    report: Report,
) -> Result<(), CliError> {
    let earlier = List::read(folder);
    let list = List::of(&files);
    let json = serde_json::to_vec_pretty(&list).map_err(|source| CliError::Json { source })?;
    files.push((folder.join(LIST), json));
    let places: Vec<PathBuf> = files.iter().map(|(path, _)| path.clone()).collect();
    overwrite::check_inputs(inputs, &places)?;
    write::files(&files)?;
    let inputs: Vec<PathBuf> = inputs.iter().filter_map(|path| path.canonicalize().ok()).collect();
    for (name, wanted) in earlier.files.iter().filter(|(name, _)| !list.files.contains_key(*name)) {
        let path = folder.join(name);
        let is_plain = Path::new(name).file_name().is_some_and(|plain| plain == name.as_str());
        let is_input = path.canonicalize().is_ok_and(|path| inputs.contains(&path));
        if is_plain && !is_input && std::fs::read(&path).is_ok_and(|bytes| hash(&bytes) == *wanted) {
            let _ = std::fs::remove_file(&path);
        }
    }
    warn_of_others(folder, &list, report);
    Ok(())
}

/// Whether a file is called like a map or an overlay: `m_01.png`, `frame_01_m_01.png`, `street_overlay_16.png`.
fn is_map(name: &str) -> bool {
    let number = name.strip_suffix(".png").and_then(|stem| stem.rsplit_once('_'));
    number.is_some_and(|(kind, number)| {
        let last = kind.rsplit_once('_').map_or(kind, |(_, last)| last);
        ["m", "overlay"].contains(&last) && number.bytes().all(|digit| digit.is_ascii_digit())
    })
}

/// Says which maps in the folder are of nobody knows which run; they are the user's, and stay.
fn warn_of_others(folder: &Path, list: &List, report: Report) {
    let mut others: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| is_map(name) && !list.files.contains_key(name))
        .collect();
    others.sort();
    if let Some((first, rest)) = others.split_first() {
        let (folder, more) = (folder.display(), rest.len());
        report.warn(format_args!("{folder} holds maps that are not of this run: {first} and {more} more"));
    }
}

/// A frame whose maps are to be written.
pub struct Frame<'a> {
    /// Its number, from 0.
    pub number: usize,
    /// The image as the core saw it.
    pub image: &'a RgbImage,
    /// Whether it was scaled; then it is written too.
    pub resized: bool,
}

impl Frame<'_> {
    fn place(&self, folder: &Path, name: &str) -> PathBuf {
        folder.join(if self.number == 0 { name.to_owned() } else { format!("frame_{:02}_{name}", self.number) })
    }

    /// The image itself, if it was scaled.
    pub fn image_file(&self, folder: &Path) -> miette::Result<Option<(PathBuf, Vec<u8>)>> {
        let png = self.resized.then(|| picture::rgb_png(self.image)).transpose().into_diagnostic()?;
        Ok(png.map(|png| (self.place(folder, "resized.png"), png)))
    }

    /// A map and its overlay.
    pub fn map_files(&self, folder: &Path, output: u32, classes: &[u8]) -> miette::Result<[(PathBuf, Vec<u8>); 2]> {
        let map = picture::map_png(classes, self.image.size()).into_diagnostic()?;
        let overlay = picture::rgb_png(&picture::overlay(self.image, classes)).into_diagnostic()?;
        Ok([
            (self.place(folder, &format!("m_{output:02}.png")), map),
            (self.place(folder, &format!("overlay_{output:02}.png")), overlay),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_are_known_by_their_names() {
        assert!(["m_01.png", "frame_01_m_01.png", "street_overlay_16.png"].into_iter().all(is_map));
        assert!(!["m_a.png", "form_01.png", "street.png", "m_01.jpg"].into_iter().any(is_map));
    }
}
