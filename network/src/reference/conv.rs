//! Convolutions in float32, padded with zero. Tensors are `[channels, rows, columns]`.
//!
//! Owns: the three kinds of convolution that the network has. Work is split over bands of output rows.

use ndarray::{Array2, Array3, Array4, ArrayView1, ArrayView3, Axis, s};
use rayon::prelude::*;

/// Multiply-accumulates that are worth a task of their own.
const TASK: usize = 1 << 18;

/// 3×3 with `stride`, padding 1: `weights` are `[outputs, inputs, 3, 3]`.
///
/// # Panics
/// If `input` has other channels than `weights`.
pub fn full(input: ArrayView3<'_, f32>, weights: &Array4<f32>, stride: usize) -> Array3<f32> {
    let (channels, height, width) = input.dim();
    let (outputs, inputs, ..) = weights.dim();
    assert_eq!(channels, inputs, "input channels of a convolution");
    let (rows, columns) = (height.div_ceil(stride), width.div_ceil(stride));
    let matrix = weights.view().into_shape_with_order((outputs, inputs * 9)).expect("weights are contiguous");
    let band = (TASK / (matrix.len() * columns).max(1)).clamp(1, rows);
    let mut output = Array3::zeros((outputs, rows, columns));
    output.axis_chunks_iter_mut(Axis(1), band).into_par_iter().enumerate().for_each(|(i, mut chunk)| {
        let (first, count) = (i * band, chunk.dim().1);
        let mut patches = Array2::zeros((inputs * 9, count * columns));
        for ((channel, tap), mut patch) in (0..inputs).flat_map(|c| (0..9).map(move |t| (c, t))).zip(patches.rows_mut())
        {
            for row in 0..count {
                let Some(y) = ((first + row) * stride + tap / 3).checked_sub(1).filter(|&y| y < height) else {
                    continue;
                };
                let target = &mut patch.as_slice_mut().expect("rows are contiguous")[row * columns..][..columns];
                gather(target, input.slice(s![channel, y, ..]), tap % 3, stride);
            }
        }
        let product = matrix.dot(&patches);
        chunk.assign(&product.into_shape_with_order((outputs, count, columns)).expect("one column a pixel"));
    });
    output
}

/// `target[x] = line[x·stride + tap − 1]` where that exists.
fn gather(target: &mut [f32], line: ArrayView1<'_, f32>, tap: usize, stride: usize) {
    for (x, value) in target.iter_mut().enumerate() {
        if let Some(&pixel) = (x * stride + tap).checked_sub(1).and_then(|x| line.get(x)) {
            *value = pixel;
        }
    }
}

/// 1×1: `weights` are `[outputs, inputs]`.
///
/// # Panics
/// If `input` has other channels than `weights`.
pub fn pointwise(input: ArrayView3<'_, f32>, weights: &Array2<f32>) -> Array3<f32> {
    let (channels, rows, columns) = input.dim();
    assert_eq!(channels, weights.ncols(), "input channels of a convolution");
    let outputs = weights.nrows();
    let input = input.as_standard_layout();
    let pixels = input.view().into_shape_with_order((channels, rows * columns)).expect("standard layout");
    let band = (TASK / weights.len().max(1)).clamp(1, rows * columns);
    let mut output = Array2::zeros((outputs, rows * columns));
    let chunks = output.axis_chunks_iter_mut(Axis(1), band).into_par_iter();
    chunks.zip(pixels.axis_chunks_iter(Axis(1), band)).for_each(|(mut chunk, pixels)| {
        chunk.assign(&weights.dot(&pixels));
    });
    output.into_shape_with_order((outputs, rows, columns)).expect("one column a pixel")
}

/// 3×3 depthwise, stride 1, padding 1: `weights` are `[channels, 3, 3]`.
///
/// # Panics
/// If `input` has other channels than `weights`.
pub fn depthwise(input: ArrayView3<'_, f32>, weights: &Array3<f32>) -> Array3<f32> {
    let (channels, height, width) = input.dim();
    assert_eq!(channels, weights.dim().0, "channels of a depthwise convolution");
    let mut output = Array3::zeros((channels, height, width));
    output.axis_iter_mut(Axis(0)).into_par_iter().enumerate().for_each(|(channel, mut plane)| {
        for (y, mut row) in plane.outer_iter_mut().enumerate() {
            for dy in 0..3 {
                let Some(from) = (y + dy).checked_sub(1).filter(|&from| from < height) else { continue };
                let line = input.slice(s![channel, from, ..]);
                let taps = weights.slice(s![channel, dy, ..]);
                for x in 0..width {
                    let left = if x > 0 { line[x - 1] } else { 0.0 };
                    let right = if x + 1 < width { line[x + 1] } else { 0.0 };
                    row[x] += taps[0] * left + taps[1] * line[x] + taps[2] * right;
                }
            }
        }
    });
    output
}
