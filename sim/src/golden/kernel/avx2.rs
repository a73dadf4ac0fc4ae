//! Inner loops for AVX2: `vpmaddwd` multiplies 8 pairs of 16-bit integers and adds each pair's products, exactly.

use super::LANES;
use super::argmax;
use super::generic::{self, Tile};
use super::packed::{Dense, Depthwise, Lanes, WeightVector};
use std::arch::x86_64::{
    __m256i, _mm256_add_epi32, _mm256_load_si256, _mm256_madd_epi16, _mm256_set1_epi32, _mm256_setzero_si256,
    _mm256_store_si256,
};

/// Whether this processor has what the functions below enable.
pub fn detected() -> bool {
    is_x86_feature_detected!("avx2")
}

struct Avx2;

impl Tile for Avx2 {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "must be compiled inside the function that enables the instruction set")]
    unsafe fn tile<const P: usize, const Q: usize>(
        weights: &[WeightVector],
        pairs: usize,
        input: &[i16],
        pitch: usize,
    ) -> [[Lanes<i32>; Q]; P] {
        let mut out = [[Lanes([0i32; LANES]); Q]; P];
        // With 16 registers, the tile is taken in parts of 3 pixels and one vector of channels.
        for q in 0..Q {
            let weights = &weights[q * pairs..(q + 1) * pairs];
            for p in (0..P).step_by(3) {
                // SAFETY: passed on.
                unsafe {
                    if P - p >= 3 {
                        part::<3, P, Q>(weights, input, pitch, &mut out, p, q);
                    } else {
                        part::<1, P, Q>(weights, input, pitch, &mut out, p, q);
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
/// As for [`Tile::tile`], with `weights` those of `q` alone and `p + R ≤ P`.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled inside the function that enables the instruction set")]
unsafe fn part<const R: usize, const P: usize, const Q: usize>(
    weights: &[WeightVector],
    input: &[i16],
    pitch: usize,
    out: &mut [[Lanes<i32>; Q]; P],
    p: usize,
    q: usize,
) {
    debug_assert!(input.len() == P * pitch && pitch >= 2 * weights.len() && p + R <= P);
    let input = input.as_ptr();
    // SAFETY: the caller vouches for the instruction set and the lengths; a `WeightVector` and a `Lanes<i32>` are
    // 64 bytes, aligned to 64; pairs of inputs are read without alignment.
    unsafe {
        let mut acc: [[__m256i; 2]; R] = [[_mm256_setzero_si256(); 2]; R];
        for (pair, vector) in weights.iter().enumerate() {
            let vector = std::ptr::from_ref(vector).cast::<__m256i>();
            let w = [_mm256_load_si256(vector), _mm256_load_si256(vector.add(1))];
            for (r, acc) in acc.iter_mut().enumerate() {
                let at = (p + r) * pitch + 2 * pair;
                let a = _mm256_set1_epi32(input.add(at).cast::<i32>().read_unaligned());
                acc[0] = _mm256_add_epi32(acc[0], _mm256_madd_epi16(w[0], a));
                acc[1] = _mm256_add_epi32(acc[1], _mm256_madd_epi16(w[1], a));
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
pub unsafe fn dense(layer: &Dense, input: &[i16], output: &mut [i16]) {
    // SAFETY: passed on.
    unsafe { generic::dense::<Avx2>(layer, input, output) }
}

/// `Kernels::depthwise`.
///
/// # Safety
/// [`detected`] said yes.
#[target_feature(enable = "avx2")]
pub unsafe fn depthwise(layer: &Depthwise, rows: [&[i16]; 3], output: &mut [i16]) {
    generic::depthwise(layer, rows, output);
}

/// `Kernels::classify`.
///
/// # Safety
/// [`detected`] said yes.
#[target_feature(enable = "avx2")]
pub unsafe fn classify(column: &[i32], classes: usize, row: &mut [u8]) {
    argmax::classify(column, classes, row);
}
