//! 3×3 convolutions over all input channels: the data block and the classification layers.
//!
//! Owns: borders, stride and gathering of inputs. Leaves alone: sums and `requant` (`kernel`).

use super::kernel::{Cell, Dense, Kernels};
use super::plane::Plane;
use hwgen_network::Size;
use rayon::prelude::*;

/// Rows that one task computes.
const ROWS: usize = 4;

/// `requant(conv3×3(input))` with `layer`, pad 1 and the given stride; the output has `ceil(in / stride)` pixels.
pub fn conv3x3<T: Cell>(kernels: Kernels, layer: &Dense, input: &Plane<u8>, stride: usize) -> Plane<T> {
    let size = if stride == 2 { input.size.halved() } else { input.size };
    let channels = layer.outputs;
    let row_length = size.width as usize * channels;
    let mut values = vec![T::default(); size.height as usize * row_length];
    values.par_chunks_mut(ROWS * row_length).enumerate().for_each(|(band, rows)| {
        let mut gathered = vec![0u8; size.width as usize * layer.input_stride()];
        let mut padded = vec![T::default(); size.width as usize * layer.output_stride()];
        for (i, row) in rows.chunks_exact_mut(row_length).enumerate() {
            gather(input, band * ROWS + i, stride, layer, &mut gathered);
            kernels.dense(layer, &gathered, &mut padded);
            compact(&padded, layer.output_stride(), channels, row);
        }
    });
    Plane { size, channels, values }
}

/// The inputs of every output pixel of row `y`, in the order `[tap][channel]`; taps outside the map are the layer's 0.
fn gather(input: &Plane<u8>, y: usize, stride: usize, layer: &Dense, gathered: &mut [u8]) {
    let channels = input.channels;
    let segment = 3 * channels;
    for ky in 0..3 {
        let source = (y * stride + ky).checked_sub(1).filter(|&row| row < input.height());
        for (x, pixel) in gathered.chunks_exact_mut(layer.input_stride()).enumerate() {
            let target = &mut pixel[ky * segment..(ky + 1) * segment];
            let Some(source) = source else {
                target.fill(layer.zero);
                continue;
            };
            let row = input.row(source);
            // Columns first … first + 2 of the map widened by one column of zeros at its left.
            let first = x * stride;
            let skipped = usize::from(first == 0);
            let last = (first + 2).min(input.width());
            let taken = last + 1 - first - skipped;
            target[..skipped * channels].fill(layer.zero);
            let from = (first + skipped - 1) * channels;
            let to = (skipped + taken) * channels;
            target[skipped * channels..to].copy_from_slice(&row[from..from + taken * channels]);
            target[to..].fill(layer.zero);
        }
    }
}

/// Drops the padding between pixels.
pub fn compact<T: Copy>(padded: &[T], stride: usize, channels: usize, row: &mut [T]) {
    for (pixel, padded) in row.chunks_exact_mut(channels).zip(padded.chunks_exact(stride)) {
        pixel.copy_from_slice(&padded[..channels]);
    }
}

/// Number of rows of `size` that a band of one of `bands` holds.
pub const fn band_rows(size: Size, bands: usize) -> usize {
    let rows = (size.height as usize).div_ceil(bands);
    if rows < ROWS { ROWS } else { rows }
}
