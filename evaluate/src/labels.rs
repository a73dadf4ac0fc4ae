//! Label images: a class index a pixel, as a PNG with one channel, grey or palette.
//!
//! Owns: reading them as indices (a palette's colours do not matter) and looking at them at another size.

use crate::confusion::VOID;
use crate::data_set::{DataSet, Meaning};
use crate::error::EvaluateError;
use hwgen_network::Size;
use std::io::BufReader;
use std::path::Path;

/// The classes of an image's pixels; [`VOID`] where there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labels {
    /// `W×H`.
    pub size: Size,
    /// `classes[y·W + x]`.
    pub classes: Vec<u8>,
}

impl Labels {
    /// Reads a label of `set`.
    pub fn read(path: &Path, set: &DataSet) -> Result<Self, EvaluateError> {
        let (size, mut classes) = indices(path)?;
        for (at, value) in classes.iter_mut().enumerate() {
            *value = match set.values[usize::from(*value)] {
                Meaning::Class(class) => class,
                Meaning::Void => VOID,
                Meaning::Wrong => {
                    let width = size.width as usize;
                    return Err(EvaluateError::LabelValue {
                        path: path.to_owned(),
                        got: *value,
                        x: at % width,
                        y: at / width,
                        wanted: set.allowed.clone(),
                        kind: set.kind,
                    });
                }
            };
        }
        Ok(Self { size, classes })
    }
}

/// For each position of a line of `to` pixels the nearest of a line of `from`: that below its centre.
pub(crate) fn nearest(from: u32, to: u32) -> Vec<usize> {
    let (from, to) = (u64::from(from), u64::from(to));
    (0..to).map(|x| ((2 * x + 1) * from / (2 * to)) as usize).collect()
}

/// `values` of a map `from` by the nearest pixel at size `to`.
pub(crate) fn resampled(values: &[u8], from: Size, to: Size) -> Vec<u8> {
    let (columns, rows) = (nearest(from.width, to.width), nearest(from.height, to.height));
    let row = |y: &usize| &values[y * from.width as usize..][..from.width as usize];
    rows.iter().flat_map(|y| columns.iter().map(|&x| row(y)[x])).collect()
}

/// Raw values of a PNG with one channel.
fn indices(path: &Path) -> Result<(Size, Vec<u8>), EvaluateError> {
    let wrong = |why: String| EvaluateError::LabelFormat { path: path.to_owned(), why };
    let file = std::fs::File::open(path);
    let file = file.map_err(|source| EvaluateError::Read { what: "label", path: path.to_owned(), source })?;
    let mut decoder = png::Decoder::new(BufReader::new(file));
    decoder.set_transformations(png::Transformations::IDENTITY);
    let mut reader = decoder.read_info().map_err(|e| wrong(format!("is no PNG file that can be read: {e}")))?;
    let info = reader.info();
    let size = Size { width: info.width, height: info.height };
    let bits = match (info.color_type, info.bit_depth) {
        (png::ColorType::Grayscale | png::ColorType::Indexed, depth) if depth != png::BitDepth::Sixteen => {
            depth as usize
        }
        (colour, depth) => {
            let kind = match colour {
                png::ColorType::Grayscale => "grey",
                png::ColorType::GrayscaleAlpha => "grey with alpha",
                png::ColorType::Rgb => "RGB",
                png::ColorType::Rgba => "RGB with alpha",
                png::ColorType::Indexed => "palette",
            };
            return Err(wrong(format!("has {kind} pixels of {} bits a channel", depth as u8)));
        }
    };
    let length = reader.output_buffer_size().ok_or_else(|| wrong("is too large".to_owned()))?;
    let mut bytes = vec![0; length];
    let frame = reader.next_frame(&mut bytes).map_err(|e| wrong(format!("is no PNG file that can be read: {e}")))?;
    let mask = u8::try_from((1u16 << bits) - 1).expect("8 bits at most");
    let mut values = Vec::with_capacity(size.pixels());
    for row in bytes[..frame.buffer_size()].chunks_exact(frame.line_size) {
        let at = |x: usize| row[x * bits / 8] >> (8 - bits - x * bits % 8) & mask;
        values.extend((0..size.width as usize).map(at));
    }
    Ok((size, values))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::Kind;

    #[test]
    fn the_nearest_pixel_is_below_the_centre() {
        assert_eq!(nearest(4, 2), [1, 3]);
        assert_eq!(nearest(2, 4), [0, 0, 1, 1]);
        assert_eq!(nearest(3, 3), [0, 1, 2]);
        let size = |width, height| Size { width, height };
        assert_eq!(resampled(&[1, 2, 3, 4], size(2, 2), size(4, 1)), [3, 3, 4, 4]);
    }

    fn written(colour: png::ColorType, depth: png::BitDepth, width: u32, data: &[u8]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let mut encoder = png::Encoder::new(file.reopen().expect("the file"), width, 2);
        encoder.set_color(colour);
        encoder.set_depth(depth);
        if colour == png::ColorType::Indexed {
            encoder.set_palette(vec![200; 48]);
        }
        encoder.write_header().expect("a header").write_image_data(data).expect("the pixels");
        file
    }

    fn plain(classes: u32) -> DataSet {
        let root = tempfile::tempdir().expect("a folder");
        std::fs::write(root.path().join("a.png"), b"").expect("writable");
        DataSet::open(Kind::Plain, root.path(), root.path(), classes).expect("one pair")
    }

    #[test]
    fn a_palette_does_not_matter_and_few_bits_are_unpacked() {
        let file = written(png::ColorType::Indexed, png::BitDepth::Four, 3, &[0x01, 0x20, 0x34, 0x50]);
        assert_eq!(Labels::read(file.path(), &plain(6)).expect("good").classes, [0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn wrong_values_are_named_with_their_place() {
        let file = written(png::ColorType::Grayscale, png::BitDepth::Eight, 2, &[0, 255, 7, 1]);
        assert_eq!(Labels::read(file.path(), &plain(8)).expect("good").classes, [0, VOID, 7, 1]);
        let error = Labels::read(file.path(), &plain(7)).expect_err("7 is no class");
        assert!(matches!(error, EvaluateError::LabelValue { got: 7, x: 0, y: 1, .. }), "{error}");
        let colour = written(png::ColorType::Rgb, png::BitDepth::Eight, 1, &[0; 6]);
        assert!(matches!(Labels::read(colour.path(), &plain(7)), Err(EvaluateError::LabelFormat { .. })));
    }
}
