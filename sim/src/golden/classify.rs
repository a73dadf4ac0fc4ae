//! From logits to a semantic map: logit sum, confidence, up8, argmax (docs/arithmetic.md).

use super::kernel::{Between, Kernels};
use super::mix::up2;
use super::plane::Plane;
use hwgen_network::Size;
use rayon::prelude::*;

/// `T` on the scale-0 grid, `[h][w][C]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Total {
    /// `w×h` of scale 0.
    pub size: Size,
    /// `C`.
    pub classes: usize,
    /// `values[(y·w + x)·C + c]`.
    pub values: Vec<i32>,
}

/// `T = Σ_l up2^l(head_l)`; `logits[l]` is scale `l`.
pub fn total(logits: &[Plane<i16>]) -> Total {
    let finest = &logits[0];
    let mut values: Vec<i32> = finest.values.iter().map(|&v| i32::from(v)).collect();
    for l in 1..logits.len() {
        let up = (0..l).rev().fold(None::<Plane<i16>>, |coarse, target| {
            Some(up2(coarse.as_ref().unwrap_or(&logits[l]), logits[target].size))
        });
        for (sum, up) in values.iter_mut().zip(up.iter().flat_map(|p| &p.values)) {
            *sum += i32::from(*up);
        }
    }
    Total { size: finest.size, classes: finest.channels, values }
}

/// `min((Σ best − second best) >> shift, 2^32 − 1)`, 0 for one class.
pub fn confidence(total: &Total, shift: u32) -> u32 {
    if total.classes < 2 {
        return 0;
    }
    let margin = |pixel: &[i32]| {
        let start = (pixel[0].max(pixel[1]), pixel[0].min(pixel[1]));
        let (best, second) = pixel[2..].iter().fold(start, |(best, second), &v| (best.max(v), second.max(best.min(v))));
        u64::from(best.abs_diff(second))
    };
    let sum: u64 = total.values.chunks_exact(total.classes).map(margin).sum();
    u32::try_from(sum >> shift).unwrap_or(u32::MAX)
}

/// The semantic map: up8, then the lowest index of the greatest value; one byte a pixel, cropped to `size`.
pub fn classify(kernels: Kernels, total: &Total, size: Size) -> Vec<u8> {
    let width = size.width as usize;
    let mut map = vec![0; size.pixels()];
    map.par_chunks_mut(8 * width).enumerate().for_each(|(strip, rows)| {
        let mut column = vec![0; total.size.width as usize * total.classes];
        for (i, row) in rows.chunks_exact_mut(width).enumerate() {
            kernels.classify(between(total, 8 * strip + i), total.classes, &mut column, row);
        }
    });
    map
}

/// The taps of up8 along one axis: two clamped indices, and the weight of the second out of 16.
fn taps(fine: usize, length: usize) -> (usize, usize, i32) {
    // fine = 8i + 4 + j with i ≥ −1: i + 1 = (fine + 4) / 8, j = (fine + 4) mod 8.
    let (next, j) = ((fine + 4) / 8, (fine + 4) % 8);
    (next.saturating_sub(1).min(length - 1), next.min(length - 1), 2 * j as i32 + 1)
}

/// The rows of `T` between which output row `y` lies.
fn between(total: &Total, y: usize) -> Between<'_> {
    let (upper, lower, weight) = taps(y, total.size.height as usize);
    let length = total.size.width as usize * total.classes;
    let row = |y: usize| &total.values[y * length..][..length];
    Between { upper: row(upper), lower: row(lower), weight }
}
