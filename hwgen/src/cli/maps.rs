//! Maps of several frames as files: `m_01.png` and `overlay_01.png`, those of frame 1 and on as `frame_01_m_01.png`.

use super::picture;
use hwgen_network::RgbImage;
use miette::IntoDiagnostic;
use std::path::{Path, PathBuf};

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
