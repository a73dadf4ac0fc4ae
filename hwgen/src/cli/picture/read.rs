//! Image files as RGB, the way docs/images.md says.
//!
//! Owns: which files are taken, and saying what of a file is not used. Leaves alone: resizing.

use super::whole::{self, End};
use crate::cli::error::CliError;
use crate::cli::report::Report;
use hwgen_network::{RgbImage, Size};
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};
use std::io::Cursor;
use std::path::{Path, PathBuf};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::{bytestream::ZCursor, options::DecoderOptions};

/// Pixels that a side may have.
const MAX_SIDE: usize = 1 << 15;
/// Extensions of the files that a folder of images is read for.
const EXTENSIONS: [&str; 3] = ["png", "jpg", "jpeg"];
/// Names of files of other kinds that a message shows.
const SHOWN: usize = 3;

/// Reads a PNG or JPEG file as RGB, upright; says what had to be left out.
pub fn read(path: &Path, report: Report) -> Result<RgbImage, CliError> {
    let unreadable = |source| CliError::Read { what: "image", path: path.to_owned(), source };
    let refused = |source| CliError::Image { path: path.to_owned(), source };
    let bytes = std::fs::read(path).map_err(unreadable)?;
    let mut reader = ImageReader::new(Cursor::new(bytes.as_slice())).with_guessed_format().map_err(unreadable)?;
    if let End::Missing(mark) = whole::end(&bytes) {
        return Err(CliError::CutImage { path: path.to_owned(), bytes: bytes.len(), mark });
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE as u32);
    limits.max_image_height = Some(MAX_SIDE as u32);
    reader.limits(limits);
    let format = reader.format();
    let image = decode(reader).map_err(refused)?;
    if format == Some(ImageFormat::Jpeg) {
        if let missing @ 1.. = missing_pixels(&bytes) {
            let all = image.width() as usize * image.height() as usize;
            return Err(CliError::CutPixels { path: path.to_owned(), missing, all });
        }
        if let Some(complaint) = damage(&bytes) {
            report.warn(format_args!("image {}: parts of it may be wrong: {complaint}", path.display()));
        }
    }
    if let count @ 1.. = transparent(&image) {
        let (name, all) = (path.display(), u64::from(image.width()) * u64::from(image.height()));
        report
            .warn(format_args!("image {name}: {count} of {all} pixels are transparent; their hidden colours are used"));
    }
    let image = image.into_rgb8();
    let size = Size { width: image.width(), height: image.height() };
    let image = RgbImage::new(size, image.into_raw());
    image.ok_or_else(|| unreadable(std::io::ErrorKind::InvalidData.into()))
}

/// The image, turned and mirrored as its EXIF data says.
fn decode(reader: ImageReader<Cursor<&[u8]>>) -> Result<DynamicImage, ImageError> {
    let mut decoder = reader.into_decoder()?;
    let orientation = decoder.orientation()?;
    let mut image = DynamicImage::from_decoder(decoder)?;
    image.apply_orientation(orientation);
    Ok(image)
}

/// Pixels of a JPEG that depend on what follows its data: those that are not in it.
fn missing_pixels(bytes: &[u8]) -> usize {
    let decoded = |bytes: &[u8]| {
        let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options());
        let channels = decoder.decode_headers().ok().and_then(|()| decoder.output_colorspace())?.num_components();
        Some((decoder.decode().ok()?, channels))
    };
    let Some((image, channels)) = decoded(bytes) else { return 0 };
    let different = |tail: u8| {
        let (other, _) = decoded(&whole::jpeg_with_tail(bytes, tail)?)?;
        Some(image.chunks(channels).zip(other.chunks(channels)).filter(|(one, other)| one != other).count())
    };
    // Two, as bits may happen to say what zeros say.
    TAILS.into_iter().filter_map(different).max().unwrap_or(0)
}

/// Bits to put behind a JPEG's data: codes that are frequent, and others.
const TAILS: [u8; 2] = [0x55, 0xaa];

fn options() -> DecoderOptions {
    DecoderOptions::default().set_max_width(MAX_SIDE).set_max_height(MAX_SIDE)
}

/// What a strict reader says against the data of a JPEG that a lenient one makes an image of.
fn damage(bytes: &[u8]) -> Option<String> {
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options().set_strict_mode(true));
    decoder.decode().err().map(|error| error.to_string())
}

/// Pixels that are not opaque.
fn transparent(image: &DynamicImage) -> usize {
    if !image.color().has_alpha() {
        return 0;
    }
    image.to_rgba8().pixels().filter(|pixel| pixel[3] < 255).count()
}

/// The images of a folder.
#[derive(Debug)]
pub struct Folder {
    /// PNG and JPEG files by their extensions, sorted; at least one.
    pub images: Vec<PathBuf>,
    /// What else is there, as words; none if nothing is.
    pub others: Option<String>,
}

/// All PNG and JPEG files of a folder, by name. Hidden files, among them those that macOS puts beside every file of a
/// foreign disk (`._x.png`), are passed over; everything else that is not read is counted.
pub fn folder(path: &Path) -> Result<Folder, CliError> {
    let unreadable = |source| CliError::Read { what: "folder", path: path.to_owned(), source };
    let (mut images, mut others) = (Vec::new(), Vec::new());
    for entry in std::fs::read_dir(path).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let extension = file.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        if name.starts_with('.') {
            continue;
        }
        if EXTENSIONS.contains(&extension.as_str()) && !file.is_dir() {
            images.push(file);
        } else {
            others.push(name);
        }
    }
    others.sort();
    let others = (!others.is_empty()).then(|| {
        let more = if others.len() > SHOWN { ", …" } else { "" };
        format!("{} of other kinds: {}{more}", others.len(), others[..others.len().min(SHOWN)].join(", "))
    });
    if images.is_empty() {
        return Err(CliError::NoImages { path: path.to_owned(), others: others.unwrap_or("it is empty".to_owned()) });
    }
    images.sort();
    Ok(Folder { images, others })
}
