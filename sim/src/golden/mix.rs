//! The concatenation that a block reads, one row at a time: own state, up2 of the coarser scale, pool2 of the finer.
//!
//! Owns: `up2`, `pool2` and the order of the parts (docs/arithmetic.md).

use super::plane::Plane;
use rayon::prelude::*;

/// What one block reads.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a> {
    /// Its own state or intermediate state, from which the residual is taken too.
    pub own: &'a Plane<u8>,
    /// The state of the next coarser scale.
    pub coarser: Option<&'a Plane<u8>>,
    /// The state of the next finer scale.
    pub finer: Option<&'a Plane<u8>>,
}

impl Parts<'_> {
    /// Channels of the concatenation.
    pub fn channels(&self) -> usize {
        self.own.channels + self.coarser.map_or(0, |p| p.channels) + self.finer.map_or(0, |p| p.channels)
    }

    /// Row `y` of the concatenation, pixels `stride` apart in `row`; padding is left alone.
    pub fn row(&self, y: usize, stride: usize, row: &mut [u8]) {
        let channels = self.own.channels;
        for (pixel, own) in row.chunks_exact_mut(stride).zip(self.own.row(y).chunks_exact(channels)) {
            pixel[..channels].copy_from_slice(own);
        }
        let mut offset = channels;
        if let Some(coarser) = self.coarser {
            up2_row(coarser, y, stride, offset, row);
            offset += coarser.channels;
        }
        if let Some(finer) = self.finer {
            pool2_row(finer, y, stride, offset, row);
        }
    }
}

/// A value that up2 mixes.
///
/// The weights of up2 add up to 16 and those of pool2 to 4, so states that are moved up by a constant give results that
/// are moved up by the same.
pub trait Mix: Copy + Default + Send + Sync {
    /// `(9·near + 3·side + 3·other side + far + 8) >> 4`.
    fn up2(near: Self, sides: [Self; 2], far: Self) -> Self;
}

impl Mix for u8 {
    fn up2(near: Self, sides: [Self; 2], far: Self) -> Self {
        // At most 16·255 + 8.
        let sum = 9 * u16::from(near) + 3 * (u16::from(sides[0]) + u16::from(sides[1])) + u16::from(far);
        ((sum + 8) >> 4) as Self
    }
}

impl Mix for i16 {
    fn up2(near: Self, sides: [Self; 2], far: Self) -> Self {
        let sum = 9 * i32::from(near) + 3 * (i32::from(sides[0]) + i32::from(sides[1])) + i32::from(far);
        ((sum + 8) >> 4) as Self
    }
}

/// The two taps of up2 along one axis for fine coordinate `fine`: near and other, clamped to `0 … length − 1`.
const fn taps(fine: usize, length: usize) -> (usize, usize) {
    let near = fine >> 1;
    let other = if fine & 1 == 0 { near.saturating_sub(1) } else { near + 1 };
    (near, if other < length { other } else { length - 1 })
}

/// Fine row `y` of up2, into `row[x·stride + offset …]` for as many pixels as `row` holds.
pub fn up2_row<T: Mix>(coarse: &Plane<T>, y: usize, stride: usize, offset: usize, row: &mut [T]) {
    let (near, other) = taps(y, coarse.height());
    let (near, other) = (coarse.row(near), coarse.row(other));
    let channels = coarse.channels;
    for (x, pixel) in row.chunks_exact_mut(stride).enumerate() {
        let (nx, ox) = taps(x, coarse.width());
        let nn = &near[nx * channels..(nx + 1) * channels];
        let no = &near[ox * channels..(ox + 1) * channels];
        let on = &other[nx * channels..(nx + 1) * channels];
        let oo = &other[ox * channels..(ox + 1) * channels];
        for (c, out) in pixel[offset..offset + channels].iter_mut().enumerate() {
            *out = T::up2(nn[c], [no[c], on[c]], oo[c]);
        }
    }
}

/// The whole of up2, cropped to `size`.
pub fn up2<T: Mix>(coarse: &Plane<T>, size: hwgen_network::Size) -> Plane<T> {
    let channels = coarse.channels;
    let mut values = vec![T::default(); size.pixels() * channels];
    values
        .par_chunks_exact_mut(size.width as usize * channels)
        .enumerate()
        .for_each(|(y, row)| up2_row(coarse, y, channels, 0, row));
    Plane { size, channels, values }
}

/// Row `y` of pool2, into `row[x·stride + offset …]` for as many pixels as `row` holds.
pub fn pool2_row(finer: &Plane<u8>, y: usize, stride: usize, offset: usize, row: &mut [u8]) {
    let (last_row, last_column) = (finer.height() - 1, finer.width() - 1);
    let (top, bottom) = (finer.row((2 * y).min(last_row)), finer.row((2 * y + 1).min(last_row)));
    let channels = finer.channels;
    for (x, pixel) in row.chunks_exact_mut(stride).enumerate() {
        let (left, right) = ((2 * x).min(last_column) * channels, (2 * x + 1).min(last_column) * channels);
        for (c, out) in pixel[offset..offset + channels].iter_mut().enumerate() {
            let sum = [top[left + c], top[right + c], bottom[left + c], bottom[right + c]].map(u16::from);
            *out = ((sum.iter().sum::<u16>() + 2) >> 2) as u8;
        }
    }
}
