//! Images in and out: reading, resizing, maps in grey, overlays in colour.
//!
//! The resize filter is the area average in integers: output pixel (X, Y) of an image W×H made from w×h covers the
//! input area [X·w/W, (X+1)·w/W) × [Y·h/H, (Y+1)·h/H); every input pixel counts by the part of it that is covered,
//! exactly, and the quotient is rounded half up. The aspect ratio is not kept.

mod read;
mod whole;

use super::error::CliError;
use super::report::Report;
use hwgen_network::{RgbImage, Size};
use image::{ExtendedColorType, ImageEncoder};
use read::read;
use std::path::Path;

pub use read::{Folder, folder};

/// The CamVid palette of Badrinarayanan et al.: sky, building, pole, road, pavement, tree, sign, fence, car,
/// pedestrian, bicyclist.
const PALETTE: [[u8; 3]; 11] = [
    [128, 128, 128],
    [128, 0, 0],
    [192, 192, 128],
    [128, 64, 128],
    [60, 40, 222],
    [128, 128, 0],
    [192, 128, 128],
    [64, 64, 128],
    [64, 0, 128],
    [64, 64, 0],
    [0, 128, 192],
];

/// Colour of a class; beyond the palette, colours are spread by an odd multiple.
fn colour(class: u8) -> [u8; 3] {
    let spread = || {
        let hash = u32::from(class).wrapping_mul(0x9e37_79b1);
        [(hash >> 24) as u8, (hash >> 16) as u8, (hash >> 8) as u8]
    };
    PALETTE.get(usize::from(class)).copied().unwrap_or_else(spread)
}

/// An image for a network of size `wanted`, and whether it had to be resized.
pub fn read_sized(path: &Path, wanted: Size, resize: bool, report: Report) -> Result<(RgbImage, bool), CliError> {
    let image = read(path, report)?;
    if image.size() == wanted {
        return Ok((image, false));
    }
    if !resize || image.size().pixels() == 0 {
        return Err(CliError::ImageSize { path: path.to_owned(), got: image.size(), wanted });
    }
    Ok((resized(&image, wanted), true))
}

/// The area average (see the head of this file).
pub fn resized(image: &RgbImage, to: Size) -> RgbImage {
    let from = image.size();
    let columns = overlaps(from.width, to.width);
    let rows = overlaps(from.height, to.height);
    let area = u64::from(from.width) * u64::from(from.height);
    let mut pixels = Vec::with_capacity(3 * to.pixels());
    for row in &rows {
        for column in &columns {
            let mut sums = [area / 2; 3];
            for &(y, wy) in row {
                for &(x, wx) in column {
                    for (channel, sum) in sums.iter_mut().enumerate() {
                        *sum += wx * wy * u64::from(image.at(y, x, channel));
                    }
                }
            }
            pixels.extend(sums.map(|sum| (sum / area) as u8));
        }
    }
    RgbImage::new(to, pixels).expect("three bytes for every pixel")
}

/// For each output position the input positions that it covers, and how much of each in units of 1/`to`.
fn overlaps(from: u32, to: u32) -> Vec<Vec<(usize, u64)>> {
    let (from, to) = (u64::from(from), u64::from(to));
    let one = |position: u64| {
        let (start, end) = (position * from, (position + 1) * from);
        let covered = start / to..end.div_ceil(to);
        covered.map(|i| (i as usize, end.min((i + 1) * to) - start.max(i * to))).collect()
    };
    (0..to).map(one).collect()
}

/// A semantic map as an 8-bit grey PNG.
pub fn map_png(classes: &[u8], size: Size) -> Result<Vec<u8>, image::ImageError> {
    png(classes, size, ExtendedColorType::L8)
}

/// An image as a PNG.
pub fn rgb_png(image: &RgbImage) -> Result<Vec<u8>, image::ImageError> {
    png(image.pixels(), image.size(), ExtendedColorType::Rgb8)
}

/// The image with its classes' colours over it, half and half.
pub fn overlay(image: &RgbImage, classes: &[u8]) -> RgbImage {
    let blend = |(pixel, &class): (&[u8], &u8)| {
        let colour = colour(class);
        [0, 1, 2].map(|c| (u16::from(pixel[c]) + u16::from(colour[c])).div_ceil(2) as u8)
    };
    let pixels = image.pixels().chunks_exact(3).zip(classes).flat_map(blend).collect();
    RgbImage::new(image.size(), pixels).expect("a class for every pixel")
}

fn png(bytes: &[u8], size: Size, colour: ExtendedColorType) -> Result<Vec<u8>, image::ImageError> {
    let mut file = Vec::new();
    image::codecs::png::PngEncoder::new(&mut file).write_image(bytes, size.width, size.height, colour)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grey(width: u32, height: u32, values: &[u8]) -> RgbImage {
        RgbImage::new(Size { width, height }, values.iter().flat_map(|&v| [v; 3]).collect()).expect("fits")
    }

    #[test]
    fn resizing_averages_areas() {
        let image = grey(3, 1, &[0, 100, 200]);
        assert_eq!(resized(&image, Size { width: 1, height: 1 }), grey(1, 1, &[100]));
        // 1.5 input pixels each: (0 + 50) / 1.5 and (50 + 200) / 1.5.
        assert_eq!(resized(&image, Size { width: 2, height: 1 }), grey(2, 1, &[33, 167]));
        assert_eq!(resized(&image, Size { width: 6, height: 2 }), grey(6, 2, &[0, 0, 100, 100, 200, 200].repeat(2)));
        assert_eq!(resized(&image, image.size()), image);
    }

    #[test]
    fn maps_survive_the_png() {
        let size = Size { width: 3, height: 2 };
        let map = map_png(&[0, 1, 2, 3, 4, 255], size).expect("encodable");
        let back = image::load_from_memory(&map).expect("a PNG").into_luma8();
        assert_eq!((back.dimensions(), back.into_raw()), ((3, 2), vec![0, 1, 2, 3, 4, 255]));
    }

    #[test]
    fn classes_have_colours_of_their_own() {
        let colours: std::collections::BTreeSet<_> = (0..=255).map(colour).collect();
        assert_eq!(colours.len(), 256);
    }
}
