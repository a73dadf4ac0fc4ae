//! Inner loops in plain Rust: the reference that the others are compared with.

use super::argmax::{self, Between};
use super::dispatch::{Cell, Tail};
use super::generic::{self, Set};
use super::lanes::LANES;
use super::packed::{Dense, Depthwise, GROUP, Lanes, WeightVector};

struct Portable;

impl Set for Portable {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as the others")]
    unsafe fn tile<const P: usize, const Q: usize>(
        weights: &[WeightVector],
        start: &[Lanes<i32>],
        groups: usize,
        input: &[u8],
        pitch: usize,
    ) -> [[Lanes<i32>; Q]; P] {
        let mut acc: [[Lanes<i32>; Q]; P] = std::array::from_fn(|_| std::array::from_fn(|q| start[q]));
        for group in 0..groups {
            for (p, acc) in acc.iter_mut().enumerate() {
                let a = &input[p * pitch + GROUP * group..][..GROUP];
                for (q, acc) in acc.iter_mut().enumerate() {
                    let w = &weights[q * groups + group].0;
                    for c in 0..LANES {
                        for (i, &a) in a.iter().enumerate() {
                            acc.0[c] += i32::from(a) * i32::from(w[GROUP * c + i]);
                        }
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
pub unsafe fn dense<T: Cell>(layer: &Dense, input: &[u8], output: &mut [T]) {
    // SAFETY: passed on; no special instructions.
    unsafe { generic::dense::<Portable, T>(layer, input, output) }
}

/// `Kernels::depthwise`.
///
/// # Safety
/// None needed; unsafe only to have the type of the others.
pub unsafe fn depthwise(layer: &Depthwise, rows: [&[u8]; 3], output: &mut [u8]) {
    generic::depthwise(layer, rows, output);
}

/// `Kernels::finish`.
///
/// # Safety
/// None needed; unsafe only to have the type of the others.
pub unsafe fn finish(tail: &Tail<'_>, channels: usize, own: &[u8], projected: &[i16], output: &mut [u8]) {
    generic::finish(tail, channels, own, projected, output);
}

/// `Kernels::classify`.
///
/// # Safety
/// None needed; unsafe only to have the type of the others.
pub unsafe fn classify(rows: Between<'_>, classes: usize, column: &mut [i32], row: &mut [u8]) {
    argmax::classify(rows, classes, column, row);
}
