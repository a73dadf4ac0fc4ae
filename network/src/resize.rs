//! Two resize filters, both in integers; neither keeps the aspect ratio.
//!
//! [`area_average`]: output pixel (X, Y) of an image W×H made from w×h covers the input area
//! [X·w/W, (X+1)·w/W) × [Y·h/H, (Y+1)·h/H); every input pixel counts by the part of it that is covered, exactly, and the
//! quotient is rounded half up.
//!
//! [`box_filter`]: what training does (Pillow's `BOX`), bit by bit: first along the rows, then down the columns, each time
//! the mean of the pixels whose centres are covered, rounded to a byte.

use crate::description::Size;
use crate::image::RgbImage;
use std::ops::Range;

/// The image at size `to`.
///
/// # Panics
/// If the image has no pixels and `to` has some.
pub fn area_average(image: &RgbImage, to: Size) -> RgbImage {
    let from = image.size();
    let columns = overlaps(from.width, to.width);
    let rows = overlaps(from.height, to.height);
    let area = u64::from(from.width) * u64::from(from.height);
    let line = 3 * from.width as usize;
    // First down the columns of a row of output pixels, then along it: each input value is multiplied once by its row's
    // weight. Every product is exact, so the order does not matter.
    let mut column = vec![0u64; line];
    let mut pixels = Vec::with_capacity(3 * to.pixels());
    for row in &rows {
        column.fill(0);
        for &(y, wy) in row {
            for (sum, &value) in column.iter_mut().zip(&image.pixels()[y * line..(y + 1) * line]) {
                *sum += wy * u64::from(value);
            }
        }
        for covered in &columns {
            let mut sums = [area / 2; 3];
            for &(x, wx) in covered {
                for (sum, value) in sums.iter_mut().zip(&column[3 * x..]) {
                    *sum += wx * value;
                }
            }
            pixels.extend(sums.map(|sum| (sum / area) as u8));
        }
    }
    RgbImage::new(to, pixels).expect("three bytes for every pixel")
}

/// The image at size `to` as training sees it.
///
/// # Panics
/// If the image has no pixels and `to` has some.
pub fn box_filter(image: &RgbImage, to: Size) -> RgbImage {
    let from = image.size();
    let line = 3 * from.width as usize;
    let columns = windows(from.width, to.width);
    let mut narrow = Vec::with_capacity(3 * to.width as usize * from.height as usize);
    for row in image.pixels().chunks_exact(line.max(1)) {
        for window in &columns {
            for channel in 0..3 {
                narrow.push(mean(window.clone().map(|x| row[3 * x + channel])));
            }
        }
    }
    let line = 3 * to.width as usize;
    let mut pixels = Vec::with_capacity(line * to.height as usize);
    for window in windows(from.height, to.height) {
        pixels.extend((0..line).map(|x| mean(window.clone().map(|y| narrow[y * line + x]))));
    }
    RgbImage::new(to, pixels).expect("three bytes for every pixel")
}

/// For each output position the input positions whose centres it covers; the one at its centre where inputs are larger.
fn windows(from: u32, to: u32) -> Vec<Range<usize>> {
    let (from, to) = (u64::from(from), u64::from(to));
    let one = |x: u64| {
        let window = if from >= to {
            (2 * x * from + to) / (2 * to)..((2 * (x + 1) * from + to) / (2 * to)).min(from)
        } else {
            let centre = (2 * x + 1) * from / (2 * to);
            centre..centre + 1
        };
        window.start as usize..window.end as usize
    };
    (0..to).map(one).collect()
}

/// The mean in 22 bits of fraction, the precision that Pillow's weights have.
fn mean(values: impl ExactSizeIterator<Item = u8>) -> u8 {
    const ONE: u64 = 1 << 22;
    let count = values.len() as u64;
    let weight = (2 * ONE + count) / (2 * count);
    let sum: u64 = values.map(u64::from).sum();
    ((sum * weight + ONE / 2) / ONE).min(255) as u8
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

#[cfg(test)]
mod tests {
    use super::*;

    fn grey(width: u32, height: u32, values: &[u8]) -> RgbImage {
        RgbImage::new(Size { width, height }, values.iter().flat_map(|&v| [v; 3]).collect()).expect("fits")
    }

    #[test]
    fn resizing_averages_areas() {
        let image = grey(3, 1, &[0, 100, 200]);
        assert_eq!(area_average(&image, Size { width: 1, height: 1 }), grey(1, 1, &[100]));
        // 1.5 input pixels each: (0 + 50) / 1.5 and (50 + 200) / 1.5.
        assert_eq!(area_average(&image, Size { width: 2, height: 1 }), grey(2, 1, &[33, 167]));
        let six = area_average(&image, Size { width: 6, height: 2 });
        assert_eq!(six, grey(6, 2, &[0, 0, 100, 100, 200, 200].repeat(2)));
        assert_eq!(area_average(&image, image.size()), image);
    }

    #[test]
    fn rows_average_too() {
        let image = grey(2, 3, &[0, 10, 20, 30, 40, 50]);
        // (0 + 10 + 20/2 + 30/2) / 3 = 11.67; (20/2 + 30/2 + 40 + 50) / 3 = 38.33.
        assert_eq!(area_average(&image, Size { width: 1, height: 2 }), grey(1, 2, &[12, 38]));
    }

    #[test]
    fn the_box_rounds_rows_and_then_columns() {
        // Rows give 1 (of 0.5) and 0; their mean 0.5 gives 1. The area average is 0.25.
        let image = grey(2, 2, &[0, 1, 0, 0]);
        let one = Size { width: 1, height: 1 };
        assert_eq!(box_filter(&image, one), grey(1, 1, &[1]));
        assert_eq!(area_average(&image, one), grey(1, 1, &[0]));
        assert_eq!(box_filter(&image, image.size()), image);
    }

    #[test]
    fn the_box_takes_centres() {
        // 5 to 3: [0, 5/3), [5/3, 10/3), [10/3, 5) cover the centres 0.5, 1.5 | 2.5 | 3.5, 4.5.
        assert_eq!(windows(5, 3), [0..2, 2..3, 3..5]);
        assert_eq!(windows(2, 5), [0..1, 0..1, 1..2, 1..2, 1..2]);
    }
}
