//! An RGB image in memory.
//!
//! Owns: the pixel layout. Leaves alone: file formats (the command line's work) and sizes (`resize`).

use crate::description::Size;
use crate::random::Stream;

/// 8-bit RGB, raster order, `pixels[(y·width + x)·3 + channel]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RgbImage {
    size: Size,
    pixels: Vec<u8>,
}

impl RgbImage {
    /// An image from its bytes; `None` unless there are `3·width·height` of them.
    pub fn new(size: Size, pixels: Vec<u8>) -> Option<Self> {
        (pixels.len() == 3 * size.pixels()).then_some(Self { size, pixels })
    }

    /// Seeded noise over smooth shapes: all byte values occur, neighbours are correlated as in a photograph.
    pub fn random(size: Size, seed: u64) -> Self {
        let mut stream = Stream::new(seed, "image");
        let (cells_x, cells_y) = (size.width as usize / 16 + 2, size.height as usize / 16 + 2);
        let grid: Vec<u32> = (0..cells_x * cells_y * 3).map(|_| stream.below(256) as u32).collect();
        let mut pixels = Vec::with_capacity(3 * size.pixels());
        for y in 0..size.height as usize {
            for x in 0..size.width as usize {
                for c in 0..3 {
                    let corner = |dx: usize, dy: usize| grid[((y / 16 + dy) * cells_x + x / 16 + dx) * 3 + c];
                    let (fx, fy) = (x as u32 % 16, y as u32 % 16);
                    let top = corner(0, 0) * (16 - fx) + corner(1, 0) * fx;
                    let bottom = corner(0, 1) * (16 - fx) + corner(1, 1) * fx;
                    let smooth = (top * (16 - fy) + bottom * fy) >> 8;
                    let noisy = smooth as i32 + stream.below(65) as i32 - 32;
                    pixels.push(noisy.clamp(0, 255) as u8);
                }
            }
        }
        Self { size, pixels }
    }

    /// Width and height.
    pub fn size(&self) -> Size {
        self.size
    }

    /// The bytes, raster order, three a pixel.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// One value.
    pub fn at(&self, y: usize, x: usize, channel: usize) -> u8 {
        self.pixels[(y * self.size.width as usize + x) * 3 + channel]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_byte_count_must_fit() {
        let size = Size { width: 2, height: 1 };
        assert!(RgbImage::new(size, vec![0; 5]).is_none());
        assert_eq!(RgbImage::new(size, vec![0, 1, 2, 3, 4, 5]).expect("fits").at(0, 1, 2), 5);
    }

    #[test]
    fn random_images_repeat() {
        let size = Size { width: 17, height: 33 };
        assert_eq!(RgbImage::random(size, 1), RgbImage::random(size, 1));
        assert_ne!(RgbImage::random(size, 1), RgbImage::random(size, 2));
    }
}
