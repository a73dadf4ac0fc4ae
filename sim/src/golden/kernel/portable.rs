//! Inner loops for any processor: what the compiler makes of plain code.

use super::LANES;
use super::argmax;
use super::generic::{self, Tile};
use super::packed::{Dense, Depthwise, Lanes, WeightVector};

struct Portable;

impl Tile for Portable {
    #[inline]
    unsafe fn tile<const P: usize, const Q: usize>(
        weights: &[WeightVector],
        pairs: usize,
        input: &[i16],
        pitch: usize,
    ) -> [[Lanes<i32>; Q]; P] {
        let mut acc = [[Lanes([0i32; LANES]); Q]; P];
        for pair in 0..pairs {
            for (p, acc) in acc.iter_mut().enumerate() {
                let at = p * pitch + 2 * pair;
                let (a, b) = (i32::from(input[at]), i32::from(input[at + 1]));
                for (q, acc) in acc.iter_mut().enumerate() {
                    let w = &weights[q * pairs + pair].0;
                    for c in 0..LANES {
                        acc.0[c] += a * i32::from(w[2 * c]) + b * i32::from(w[2 * c + 1]);
                    }
                }
            }
        }
        acc
    }
}

/// `Kernels::dense`.
///
/// # Safety
/// `input` and `output` hold the same number of whole pixels.
pub unsafe fn dense(layer: &Dense, input: &[i16], output: &mut [i16]) {
    // SAFETY: passed on; no special instructions.
    unsafe { generic::dense::<Portable>(layer, input, output) }
}

/// `Kernels::depthwise`.
///
/// # Safety
/// None needed; unsafe only to have the type of the others.
pub unsafe fn depthwise(layer: &Depthwise, rows: [&[i16]; 3], output: &mut [i16]) {
    generic::depthwise(layer, rows, output);
}

/// `Kernels::classify`.
///
/// # Safety
/// None needed; unsafe only to have the type of the others.
pub unsafe fn classify(column: &[i32], classes: usize, row: &mut [u8]) {
    argmax::classify(column, classes, row);
}
