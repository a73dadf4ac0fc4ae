//! Whether an image file is all there.
//!
//! Owns: finding the end marks of PNG and JPEG. A decoder paints what is missing in grey and says nothing, as a browser
//! wants it; maps of such an image mean nothing.

/// What marks the end of a file of a kind that has such a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It is there, or the file is of another kind.
    Found,
    /// The file ends before it; its name.
    Missing(&'static str),
}

/// Looks for the end of a PNG or JPEG file. What follows it (a second picture, padding) does not matter.
pub fn end(bytes: &[u8]) -> End {
    let missing = |found: Option<()>, name| if found.is_some() { End::Found } else { End::Missing(name) };
    if let Some(chunks) = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n") {
        missing(png_end(chunks), "its IEND chunk")
    } else if let Some(segments) = bytes.strip_prefix(b"\xff\xd8") {
        missing(jpeg_end(segments), "its end-of-image marker")
    } else {
        End::Found
    }
}

/// Walks the chunks: length, type, data, check sum.
fn png_end(mut rest: &[u8]) -> Option<()> {
    loop {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let length = u32::from_be_bytes(*length) as usize;
        rest = after.get(4 + length + 4..)?;
        if after.starts_with(b"IEND") {
            return Some(());
        }
    }
}

/// A JPEG with other bits behind its pixels' data, before the end mark; none for files of other kinds. A decoder that has
/// all pixels never looks at them; one that lacks some makes others of them than of the zeros that it reads there else.
pub fn jpeg_with_tail(bytes: &[u8], tail: u8) -> Option<Vec<u8>> {
    let segments = bytes.strip_prefix(b"\xff\xd8")?;
    let end = jpeg_end_at(segments)?;
    let (whole, mark) = (&bytes[..bytes.len() - end.len()], [0xff, 0xd9]);
    let mut data = whole.strip_suffix(&mark)?;
    // The first byte of a marker that was cut is none of the data's.
    while let Some(without) = data.strip_suffix(&[0xff]) {
        data = without;
    }
    Some([data, &[tail; TAIL], &mark].concat())
}

/// Bytes of such bits: enough for a code of Huffman's and what follows it.
const TAIL: usize = 64;

/// Walks the segments, so that the end of a thumbnail inside of one is not taken for the image's. Between segments lies
/// entropy-coded data, in which `FF` is followed by 0 or is a restart marker (ITU-T T.81, B.1.1).
fn jpeg_end(rest: &[u8]) -> Option<()> {
    jpeg_end_at(rest).map(|_| ())
}

/// What follows the end mark.
fn jpeg_end_at(mut rest: &[u8]) -> Option<&[u8]> {
    loop {
        let at = rest.iter().position(|&byte| byte == 0xff)?;
        rest = &rest[at + 1..];
        match rest.first()? {
            0xd9 => return Some(&rest[1..]),
            // A fill byte: the marker comes later.
            0xff => {}
            // Stuffing, TEM, restart, start of image: nothing follows that has a length.
            0 | 1 | 0xd0..=0xd8 => rest = &rest[1..],
            _ => {
                let (length, _) = rest.get(1..)?.split_first_chunk::<2>()?;
                rest = rest.get(1 + usize::from(u16::from_be_bytes(*length)).max(2)..)?;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::ExtendedColorType::Rgb8;
    use image::codecs::{jpeg::JpegEncoder, png::PngEncoder};
    use image::{ImageEncoder, RgbImage};

    fn noise() -> RgbImage {
        RgbImage::from_fn(40, 24, |x, y| image::Rgb([x, y, x * y].map(|v| (v * 37 % 251) as u8)))
    }

    fn jpeg() -> Vec<u8> {
        let mut file = Vec::new();
        JpegEncoder::new(&mut file).encode_image(&noise()).expect("encodable");
        file
    }

    #[test]
    fn every_cut_is_found() {
        let mut png = Vec::new();
        PngEncoder::new(&mut png).write_image(&noise(), 40, 24, Rgb8).expect("encodable");
        for (file, head) in [(jpeg(), 2), (png, 8)] {
            assert_eq!(end(&file), End::Found);
            assert_eq!(end(&[&file[..], &[0, 0xff, 0xd8, 3]].concat()), End::Found);
            for length in head..file.len() - 4 {
                assert!(matches!(end(&file[..length]), End::Missing(_)), "{length} of {} bytes", file.len());
            }
        }
        assert_eq!(end(b"GIF89a"), End::Found);
    }

    #[test]
    fn the_end_of_a_thumbnail_is_not_the_images() {
        let file = jpeg();
        let segment = [&[0xff, 0xd8, 0xff, 0xe1, 0, 6], &[0xff, 0xd9, 0xff, 0xd9][..]].concat();
        let with_thumbnail = [&segment, &file[2..]].concat();
        assert_eq!(end(&with_thumbnail), End::Found);
        assert!(matches!(end(&with_thumbnail[..with_thumbnail.len() - 2]), End::Missing(_)));
    }
}
