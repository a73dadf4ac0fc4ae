//! One feature map of integers.
//!
//! Everything that a convolution reads is held in bytes: unsigned activations and pixels as they are, states moved up
//! by [`STATE_ZERO`]. Logits need 16 bits.

use hwgen_network::{PixelDomain, Size};

/// The byte that stands for a state of 0.
pub const STATE_ZERO: u8 = 128;

/// A feature map `[H][W][C]` without padding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plane<T> {
    /// `W×H`.
    pub size: Size,
    /// `C`.
    pub channels: usize,
    /// `values[(y·W + x)·C + c]`.
    pub values: Vec<T>,
}

impl<T> Plane<T> {
    /// Columns.
    pub const fn width(&self) -> usize {
        self.size.width as usize
    }

    /// Rows.
    pub const fn height(&self) -> usize {
        self.size.height as usize
    }

    /// Row `y`: `[W][C]`.
    pub fn row(&self, y: usize) -> &[T] {
        let length = self.width() * self.channels;
        &self.values[y * length..(y + 1) * length]
    }
}

/// Bytes that the first convolution reads for each pixel.
pub const fn pixel_bytes(domain: PixelDomain) -> usize {
    match domain {
        PixelDomain::Unit => 3,
        PixelDomain::Symmetric => 6,
    }
}

/// What the first convolution reads of an RGB image: `x`, or for `2x − 255 = x − (255 − x)` both `x` and `255 − x`,
/// whose weight is the negative of the other's. Padding is 0 in either case.
pub fn input(image: &[u8], size: Size, domain: PixelDomain) -> Plane<u8> {
    let values = match domain {
        PixelDomain::Unit => image.to_vec(),
        PixelDomain::Symmetric => image.iter().flat_map(|&x| [x, 255 - x]).collect(),
    };
    Plane { size, channels: pixel_bytes(domain), values }
}

/// The integers that the bytes of an RGB image become (docs/arithmetic.md).
pub fn pixels(image: &[u8], domain: PixelDomain) -> Vec<i16> {
    let value = |&x: &u8| match domain {
        PixelDomain::Unit => i16::from(x),
        PixelDomain::Symmetric => 2 * i16::from(x) - 255,
    };
    image.iter().map(value).collect()
}

/// Bytes as the integers that they stand for, `zero` being 0.
pub fn integers(bytes: &[u8], zero: u8) -> Vec<i16> {
    bytes.iter().map(|&byte| i16::from(byte) - i16::from(zero)).collect()
}
