//! Images in and out: reading, maps in grey, overlays in colour. How they are resized: `hwgen_network::resize`.

mod read;
mod whole;

use super::error::CliError;
use super::report::Report;
use hwgen_network::palette::colour;
use hwgen_network::resize::area_average as resized;
use hwgen_network::{RgbImage, Size};
use image::{ExtendedColorType, ImageEncoder};
use std::path::Path;

pub use read::{Folder, folder, read};

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

    #[test]
    fn maps_survive_the_png() {
        let size = Size { width: 3, height: 2 };
        let map = map_png(&[0, 1, 2, 3, 4, 255], size).expect("encodable");
        let back = image::load_from_memory(&map).expect("a PNG").into_luma8();
        assert_eq!((back.dimensions(), back.into_raw()), ((3, 2), vec![0, 1, 2, 3, 4, 255]));
    }
}
