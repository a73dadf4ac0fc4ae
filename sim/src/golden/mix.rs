//! The concatenation that a block reads, one row at a time: own state, up2 of the coarser scale, pool2 of the finer.
//!
//! Owns: `up2`, `pool2` and the order of the parts (docs/arithmetic.md).

use super::plane::Plane;
use rayon::prelude::*;

/// What one block reads.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a> {
    /// Its own state or intermediate state, from which the residual is taken too.
    pub own: &'a Plane,
    /// The state of the next coarser scale.
    pub coarser: Option<&'a Plane>,
    /// The state of the next finer scale.
    pub finer: Option<&'a Plane>,
}

impl Parts<'_> {
    /// Channels of the concatenation.
    pub fn channels(&self) -> usize {
        self.own.channels + self.coarser.map_or(0, |p| p.channels) + self.finer.map_or(0, |p| p.channels)
    }

    /// Row `y` of the concatenation, pixels `stride` apart in `row`; padding is left alone.
    pub fn row(&self, y: usize, stride: usize, row: &mut [i16]) {
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

/// The two taps of up2 along one axis for fine coordinate `fine`: near and other, clamped to `0 … length − 1`.
const fn taps(fine: usize, length: usize) -> (usize, usize) {
    let near = fine >> 1;
    let other = if fine & 1 == 0 { near.saturating_sub(1) } else { near + 1 };
    (near, if other < length { other } else { length - 1 })
}

/// Fine row `y` of up2, into `row[x·stride + offset …]` for as many pixels as `row` holds.
pub fn up2_row(coarse: &Plane, y: usize, stride: usize, offset: usize, row: &mut [i16]) {
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
            let sum = 9 * i32::from(nn[c]) + 3 * (i32::from(no[c]) + i32::from(on[c])) + i32::from(oo[c]);
            *out = ((sum + 8) >> 4) as i16;
        }
    }
}

/// The whole of up2, cropped to `size`.
pub fn up2(coarse: &Plane, size: hwgen_network::Size) -> Plane {
    let channels = coarse.channels;
    let mut values = vec![0; size.pixels() * channels];
    values
        .par_chunks_exact_mut(size.width as usize * channels)
        .enumerate()
        .for_each(|(y, row)| up2_row(coarse, y, channels, 0, row));
    Plane { size, channels, values }
}

/// Row `y` of pool2, into `row[x·stride + offset …]` for as many pixels as `row` holds.
pub fn pool2_row(finer: &Plane, y: usize, stride: usize, offset: usize, row: &mut [i16]) {
    let (last_row, last_column) = (finer.height() - 1, finer.width() - 1);
    let (top, bottom) = (finer.row((2 * y).min(last_row)), finer.row((2 * y + 1).min(last_row)));
    let channels = finer.channels;
    for (x, pixel) in row.chunks_exact_mut(stride).enumerate() {
        let (left, right) = ((2 * x).min(last_column) * channels, (2 * x + 1).min(last_column) * channels);
        for (c, out) in pixel[offset..offset + channels].iter_mut().enumerate() {
            let sum = top[left + c] + top[right + c] + bottom[left + c] + bottom[right + c];
            *out = (sum + 2) >> 2;
        }
    }
}
