//! Inner loops for AVX-512 with VNNI: `vpdpwssd` adds the products of 16 pairs of 16-bit integers, exactly.

use super::LANES;
use super::argmax;
use super::generic::{self, Tile};
use super::packed::{Dense, Depthwise, Lanes, WeightVector};
use std::arch::x86_64::{
    __m512i, _mm512_dpwssd_epi32, _mm512_load_si512, _mm512_set1_epi32, _mm512_setzero_si512, _mm512_store_si512,
};

/// Whether this processor has what the functions below enable.
pub fn detected() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512vnni")
}

struct Avx512;

impl Tile for Avx512 {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "must be compiled inside the function that enables the instruction set")]
    unsafe fn tile<const P: usize, const Q: usize>(
        weights: &[WeightVector],
        pairs: usize,
        input: &[i16],
        pitch: usize,
    ) -> [[Lanes<i32>; Q]; P] {
        debug_assert!(weights.len() == Q * pairs && input.len() == P * pitch && pitch >= 2 * pairs);
        let (weights, input) = (weights.as_ptr(), input.as_ptr());
        let mut out = [[Lanes([0i32; LANES]); Q]; P];
        // SAFETY: the caller vouches for the instruction set and the lengths; a `WeightVector` and a `Lanes<i32>` are
        // 64 bytes, aligned to 64; pairs of inputs are read without alignment.
        unsafe {
            let mut acc: [[__m512i; Q]; P] = [[_mm512_setzero_si512(); Q]; P];
            for pair in 0..pairs {
                let mut w = [_mm512_setzero_si512(); Q];
                for (q, w) in w.iter_mut().enumerate() {
                    *w = _mm512_load_si512(weights.add(q * pairs + pair).cast());
                }
                for (p, acc) in acc.iter_mut().enumerate() {
                    let a = _mm512_set1_epi32(input.add(p * pitch + 2 * pair).cast::<i32>().read_unaligned());
                    for (q, acc) in acc.iter_mut().enumerate() {
                        *acc = _mm512_dpwssd_epi32(*acc, w[q], a);
                    }
                }
            }
            for (out, acc) in out.iter_mut().flatten().zip(acc.iter().flatten()) {
                _mm512_store_si512(out.0.as_mut_ptr().cast(), *acc);
            }
        }
        out
    }
}

/// `Kernels::dense`.
///
/// # Safety
/// [`detected`] said yes; `input` and `output` hold the same number of whole pixels.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
pub unsafe fn dense(layer: &Dense, input: &[i16], output: &mut [i16]) {
    // SAFETY: passed on.
    unsafe { generic::dense::<Avx512>(layer, input, output) }
}

/// `Kernels::depthwise`.
///
/// # Safety
/// [`detected`] said yes.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
pub unsafe fn depthwise(layer: &Depthwise, rows: [&[i16]; 3], output: &mut [i16]) {
    generic::depthwise(layer, rows, output);
}

/// `Kernels::classify`.
///
/// # Safety
/// [`detected`] said yes.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
pub unsafe fn classify(column: &[i32], classes: usize, row: &mut [u8]) {
    argmax::classify(column, classes, row);
}
