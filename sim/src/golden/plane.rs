//! One feature map of integers.

use hwgen_network::{PixelDomain, Size};

/// A feature map `[H][W][C]` without padding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plane {
    /// `W×H`.
    pub size: Size,
    /// `C`.
    pub channels: usize,
    /// `values[(y·W + x)·C + c]`.
    pub values: Vec<i16>,
}

impl Plane {
    /// The integers that the bytes of an RGB image become: `x`, or `2x − 255`.
    pub fn from_image(image: &[u8], size: Size, domain: PixelDomain) -> Self {
        let value = |&x: &u8| match domain {
            PixelDomain::Unit => i16::from(x),
            PixelDomain::Symmetric => 2 * i16::from(x) - 255,
        };
        Self { size, channels: 3, values: image.iter().map(value).collect() }
    }

    /// Columns.
    pub const fn width(&self) -> usize {
        self.size.width as usize
    }

    /// Rows.
    pub const fn height(&self) -> usize {
        self.size.height as usize
    }

    /// Row `y`: `[W][C]`.
    pub fn row(&self, y: usize) -> &[i16] {
        let length = self.width() * self.channels;
        &self.values[y * length..(y + 1) * length]
    }
}
