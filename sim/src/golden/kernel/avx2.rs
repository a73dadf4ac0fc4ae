//! Inner loops for AVX2: `vpmaddwd` multiplies 8 pairs of 16-bit integers and adds each pair's products, exactly.
//! (`vpmaddubsw`, which takes bytes, saturates.)

use super::argmax::{self, Between};
use super::dispatch::{Cell, Tail};
use super::generic::{self, Set};
use super::lanes::LANES;
use super::packed::{Dense, Depthwise, GROUP, Lanes, WeightVector};
use std::arch::x86_64::{
    __m256i, _mm256_add_epi32, _mm256_and_si256, _mm256_load_si256, _mm256_madd_epi16, _mm256_set1_epi16,
    _mm256_set1_epi32, _mm256_setzero_si256, _mm256_slli_epi16, _mm256_srai_epi16, _mm256_srli_epi16,
    _mm256_store_si256,
};

/// Whether this processor has what the functions below enable.
pub fn detected() -> bool {
    is_x86_feature_detected!("avx2")
}

struct Avx2;

impl Set for Avx2 {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "must be compiled inside the function that enables the instruction set")]
    unsafe fn tile<const P: usize, const Q: usize>(
        weights: &[WeightVector],
        start: &[Lanes<i32>],
        groups: usize,
        input: &[u8],
        pitch: usize,
    ) -> [[Lanes<i32>; Q]; P] {
        let mut out = [[Lanes([0i32; LANES]); Q]; P];
        // With 16 registers, the tile is taken in parts of 3 pixels and one vector of channels.
        for q in 0..Q {
            let weights = &weights[q * groups..(q + 1) * groups];
            for p in (0..P).step_by(3) {
                // SAFETY: passed on.
                unsafe {
                    if P - p >= 3 {
                        part::<3, P, Q>(weights, &start[q], input, pitch, &mut out, p, q);
                    } else {
                        part::<1, P, Q>(weights, &start[q], input, pitch, &mut out, p, q);
                    }
                }
            }
        }
        out
    }
}

/// `R` pixels from `p` on, one vector of channels `q`.
///
/// # Safety
/// As for [`Set::tile`], with `weights` and `start` those of `q` alone and `p + R ≤ P`.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled inside the function that enables the instruction set")]
unsafe fn part<const R: usize, const P: usize, const Q: usize>(
    weights: &[WeightVector],
    start: &Lanes<i32>,
    input: &[u8],
    pitch: usize,
    out: &mut [[Lanes<i32>; Q]; P],
    p: usize,
    q: usize,
) {
    debug_assert!(input.len() == P * pitch && pitch >= GROUP * weights.len() && p + R <= P);
    let input = input.as_ptr();
    // SAFETY: the caller vouches for the instruction set and the lengths; a `WeightVector` and a `Lanes<i32>` are
    // 64 bytes, aligned to 64; groups of inputs are read without alignment.
    unsafe {
        let start = std::ptr::from_ref(start).cast::<__m256i>();
        let mut acc: [[__m256i; 2]; R] = [[_mm256_load_si256(start), _mm256_load_si256(start.add(1))]; R];
        let evens = _mm256_set1_epi16(0xff);
        for (group, vector) in weights.iter().enumerate() {
            let vector = std::ptr::from_ref(vector).cast::<__m256i>();
            // Inputs 0 and 2 of each group, then 1 and 3.
            let mut w = [[_mm256_setzero_si256(); 2]; 2];
            for (half, w) in w.iter_mut().enumerate() {
                let bytes = _mm256_load_si256(vector.add(half));
                *w = [_mm256_srai_epi16(_mm256_slli_epi16(bytes, 8), 8), _mm256_srai_epi16(bytes, 8)];
            }
            for (r, acc) in acc.iter_mut().enumerate() {
                let at = (p + r) * pitch + GROUP * group;
                let bytes = _mm256_set1_epi32(input.add(at).cast::<i32>().read_unaligned());
                let a = [_mm256_and_si256(bytes, evens), _mm256_srli_epi16(bytes, 8)];
                for (acc, w) in acc.iter_mut().zip(&w) {
                    let sums = [_mm256_madd_epi16(w[0], a[0]), _mm256_madd_epi16(w[1], a[1])];
                    *acc = _mm256_add_epi32(*acc, _mm256_add_epi32(sums[0], sums[1]));
                }
            }
        }
        for (r, acc) in acc.iter().enumerate() {
            let to = std::ptr::from_mut(&mut out[p + r][q]).cast::<__m256i>();
            _mm256_store_si256(to, acc[0]);
            _mm256_store_si256(to.add(1), acc[1]);
        }
    }
}

/// `Kernels::dense`.
///
/// # Safety
/// [`detected`] said yes; `input` and `output` hold the same number of whole pixels.
#[target_feature(enable = "avx2")]
pub unsafe fn dense<T: Cell>(layer: &Dense, input: &[u8], output: &mut [T]) {
    // SAFETY: passed on.
    unsafe { generic::dense::<Avx2, T>(layer, input, output) }
}

/// `Kernels::depthwise`.
///
/// # Safety
/// [`detected`] said yes.
#[target_feature(enable = "avx2")]
pub unsafe fn depthwise(layer: &Depthwise, rows: [&[u8]; 3], output: &mut [u8]) {
    generic::depthwise(layer, rows, output);
}

/// `Kernels::finish`.
///
/// # Safety
/// [`detected`] said yes.
#[target_feature(enable = "avx2")]
pub unsafe fn finish(tail: &Tail<'_>, channels: usize, own: &[u8], projected: &[i16], output: &mut [u8]) {
    generic::finish(tail, channels, own, projected, output);
}

/// `Kernels::classify`.
///
/// # Safety
/// [`detected`] said yes.
#[target_feature(enable = "avx2")]
pub unsafe fn classify(rows: Between<'_>, classes: usize, column: &mut [i32], row: &mut [u8]) {
    argmax::classify(rows, classes, column, row);
}
