//! Inner loops for AVX-512 with VNNI: `vpdpbusd` adds the products of 16 groups of four bytes, exactly.
//!
//! `requant` takes six instructions for 16 values ([`super::packed::Split`]): `vpdpwssd` multiplies one half of each value
//! and adds the bias in one. Layers whose numbers do not allow that go the way of the others.

use super::argmax::{self, Between};
use super::dispatch::{Cell, Tail};
use super::generic::{self, Set};
use super::lanes::{LANES, padded};
use super::packed::{Dense, Depthwise, GROUP, Half, Lanes, Requanter, Split, WIDE, WeightVector};
use std::arch::x86_64::{
    __m128i, __m512i, _mm_cvtsi32_si128, _mm_mask_storeu_epi8, _mm_maskz_loadu_epi8, _mm_storeu_si128,
    _mm256_loadu_si256, _mm256_storeu_si256, _mm512_add_epi32, _mm512_cvtepi16_epi32, _mm512_cvtepi32_epi8,
    _mm512_cvtepi32_epi16, _mm512_cvtepu8_epi32, _mm512_dpbusd_epi32, _mm512_dpwssd_epi32, _mm512_load_si512,
    _mm512_mask_storeu_epi8, _mm512_maskz_loadu_epi8, _mm512_max_epi32, _mm512_max_epu8, _mm512_min_epi32,
    _mm512_min_epu8, _mm512_packs_epi32, _mm512_packus_epi16, _mm512_permutexvar_epi32, _mm512_set1_epi8,
    _mm512_set1_epi32, _mm512_setr_epi32, _mm512_setzero_si512, _mm512_sll_epi32, _mm512_sra_epi32, _mm512_srai_epi32,
    _mm512_store_si512, _mm512_storeu_si512, _mm512_sub_epi32, _mm512_unpackhi_epi8, _mm512_unpackhi_epi16,
    _mm512_unpacklo_epi8, _mm512_unpacklo_epi16,
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

impl Set for Avx512 {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "must be compiled inside the function that enables the instruction set")]
    unsafe fn tile<const P: usize, const Q: usize>(
        weights: &[WeightVector],
        start: &[Lanes<i32>],
        groups: usize,
        input: &[u8],
        pitch: usize,
    ) -> [[Lanes<i32>; Q]; P] {
        debug_assert!(weights.len() == Q * groups && start.len() == Q);
        debug_assert!(input.len() == P * pitch && pitch >= GROUP * groups);
        let (weights, input) = (weights.as_ptr(), input.as_ptr());
        let mut out = [[Lanes([0i32; LANES]); Q]; P];
        // SAFETY: the caller vouches for the instruction set and the lengths; a `WeightVector` and a `Lanes<i32>` are
        // 64 bytes, aligned to 64; groups of inputs are read without alignment.
        unsafe {
            let mut first = [_mm512_setzero_si512(); Q];
            for (first, start) in first.iter_mut().zip(start) {
                *first = lanes(start);
            }
            let mut acc: [[__m512i; Q]; P] = [first; P];
            for group in 0..groups {
                let mut w = [_mm512_setzero_si512(); Q];
                for (q, w) in w.iter_mut().enumerate() {
                    *w = _mm512_load_si512(weights.add(q * groups + group).cast());
                }
                for (p, acc) in acc.iter_mut().enumerate() {
                    let a = _mm512_set1_epi32(input.add(p * pitch + GROUP * group).cast::<i32>().read_unaligned());
                    for (q, acc) in acc.iter_mut().enumerate() {
                        *acc = _mm512_dpbusd_epi32(*acc, a, w[q]);
                    }
                }
            }
            // Two loops of constant length, which the compiler unrolls, and not one over `flatten`: with that the sums above
            // were stored in every round, and all took twice as long.
            for (out, acc) in out.iter_mut().zip(&acc) {
                for (out, acc) in out.iter_mut().zip(acc) {
                    _mm512_store_si512(out.0.as_mut_ptr().cast(), *acc);
                }
            }
        }
        out
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "must be compiled inside the function that enables the instruction set")]
    unsafe fn requant<T: Cell, const Q: usize>(
        table: &Requanter,
        first: usize,
        acc: &[Lanes<i32>; Q],
        output: &mut [T],
    ) {
        let Some(split) = &table.split else {
            for (q, (acc, output)) in acc.iter().zip(output.chunks_exact_mut(LANES)).enumerate() {
                generic::requant(table, first + q, acc, output);
            }
            return;
        };
        assert!(output.len() == Q * LANES && first + Q <= split.low.mul.len(), "as many outputs as sums");
        let to = output.as_mut_ptr();
        // SAFETY: the caller vouches for the instruction set; the lengths have just been checked, and a `Cell` is an
        // integer of one or two bytes.
        unsafe {
            let mut values = [_mm512_setzero_si512(); Q];
            for (q, (value, acc)) in values.iter_mut().zip(acc).enumerate() {
                *value = scaled(lanes(acc), split, first + q);
            }
            if size_of::<T>() == 1 && Q == WIDE {
                // The packing instructions work in quarters of 16 bytes: quarter i gets the lanes 4i … 4i + 3 of all four.
                let order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
                let bytes =
                    _mm512_permutexvar_epi32(order, packed(values[0], values[1 % Q], values[2 % Q], values[3 % Q]));
                _mm512_storeu_si512(to.cast(), within(table, bytes));
                return;
            }
            let (lo, hi) = (_mm512_set1_epi32(table.lo), _mm512_set1_epi32(table.hi));
            for (q, value) in values.into_iter().enumerate() {
                let value = _mm512_min_epi32(_mm512_max_epi32(value, lo), hi);
                if size_of::<T>() == 1 {
                    _mm_storeu_si128(to.add(q * LANES).cast(), _mm512_cvtepi32_epi8(value));
                } else {
                    _mm256_storeu_si256(to.add(q * LANES).cast(), _mm512_cvtepi32_epi16(value));
                }
            }
        }
    }
}

/// # Safety
/// The processor has AVX-512.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled inside the function that enables the instruction set")]
unsafe fn lanes(values: &Lanes<i32>) -> __m512i {
    // SAFETY: 64 bytes, aligned to 64.
    unsafe { _mm512_load_si512(values.0.as_ptr().cast()) }
}

/// `requant` of vector `index` before the clamp.
///
/// # Safety
/// The processor has the instruction set; the tables have more than `index` vectors.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled inside the function that enables the instruction set")]
unsafe fn scaled(v: __m512i, split: &Split, index: usize) -> __m512i {
    debug_assert!(index < split.low.mul.len());
    // SAFETY: passed on.
    unsafe {
        let shift = _mm_cvtsi32_si128(split.shift as i32);
        let product = |half: &Half, v: __m512i| {
            let (mul, bias) = (half.mul.get_unchecked(index), half.bias.get_unchecked(index));
            _mm512_dpwssd_epi32(lanes(bias), v, lanes(mul))
        };
        let low = product(&split.low, v);
        let sum = match &split.high {
            None => low,
            Some(high) => {
                let high = product(high, _mm512_add_epi32(v, _mm512_set1_epi32(0x8000)));
                _mm512_add_epi32(high, _mm512_srai_epi32::<16>(low))
            }
        };
        _mm512_sra_epi32(sum, shift)
    }
}

/// Four vectors saturated to unsigned bytes: in each quarter four lanes of each.
///
/// # Safety
/// The processor has AVX-512.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled inside the function that enables the instruction set")]
unsafe fn packed(a: __m512i, b: __m512i, c: __m512i, d: __m512i) -> __m512i {
    // SAFETY: passed on.
    unsafe { _mm512_packus_epi16(_mm512_packs_epi32(a, b), _mm512_packs_epi32(c, d)) }
}

/// Bytes clamped to the table's range, which lies in 0…255.
///
/// # Safety
/// The processor has AVX-512.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled inside the function that enables the instruction set")]
unsafe fn within(table: &Requanter, bytes: __m512i) -> __m512i {
    // SAFETY: passed on.
    unsafe {
        let (lo, hi) = (_mm512_set1_epi8(table.lo as i8), _mm512_set1_epi8(table.hi as i8));
        _mm512_min_epu8(_mm512_max_epu8(bytes, lo), hi)
    }
}

/// `Kernels::dense`.
///
/// # Safety
/// [`detected`] said yes; `input` and `output` hold the same number of whole pixels.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
pub unsafe fn dense<T: Cell>(layer: &Dense, input: &[u8], output: &mut [T]) {
    // SAFETY: passed on.
    unsafe { generic::dense::<Avx512, T>(layer, input, output) }
}

/// `Kernels::depthwise`: for 64 channels the three rows of a column are interleaved once, to groups of four bytes of
/// which the last meets a weight of 0, and used in three windows.
///
/// # Safety
/// [`detected`] said yes; the rows have one pixel more at either end than the output.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
pub unsafe fn depthwise(layer: &Depthwise, rows: [&[u8]; 3], output: &mut [u8]) {
    let Some(split) = &layer.split else { return generic::depthwise(layer, rows, output) };
    let stride = layer.stride();
    let pixels = output.len() / stride;
    for (block, weights) in layer.columns.iter().enumerate() {
        let offset = block * WIDE * LANES;
        let mask = u64::MAX >> (64 - (stride - offset).min(64));
        // SAFETY: masked loads and stores stay inside of the pixel, and the pixels inside of the rows, whose lengths the
        // caller checked; the tables have four vectors for each block.
        unsafe {
            let column = |x: usize| {
                let [a, b, c] =
                    rows.map(|row| _mm512_maskz_loadu_epi8(mask, row.as_ptr().add(x * stride + offset).cast()));
                let zero = _mm512_setzero_si512();
                let (low, high) = (_mm512_unpacklo_epi8(a, b), _mm512_unpackhi_epi8(a, b));
                let (low_c, high_c) = (_mm512_unpacklo_epi8(c, zero), _mm512_unpackhi_epi8(c, zero));
                [
                    _mm512_unpacklo_epi16(low, low_c),
                    _mm512_unpackhi_epi16(low, low_c),
                    _mm512_unpacklo_epi16(high, high_c),
                    _mm512_unpackhi_epi16(high, high_c),
                ]
            };
            let (mut left, mut middle) = (column(0), column(1));
            for x in 0..pixels {
                let right = column(x + 2);
                let mut values = [_mm512_setzero_si512(); WIDE];
                for (v, value) in values.iter_mut().enumerate() {
                    let w = |column: usize| _mm512_load_si512(weights[column][v].0.as_ptr().cast());
                    let acc = _mm512_dpbusd_epi32(_mm512_setzero_si512(), left[v], w(0));
                    let acc = _mm512_dpbusd_epi32(acc, middle[v], w(1));
                    let acc = _mm512_dpbusd_epi32(acc, right[v], w(2));
                    if cfg!(debug_assertions) {
                        let mut sums = Lanes([0i32; LANES]);
                        _mm512_store_si512(sums.0.as_mut_ptr().cast(), acc);
                        generic::check_width(&sums, layer.acc_bits);
                    }
                    *value = scaled(acc, split, block * WIDE + v);
                }
                // Packing undoes the interleaving.
                let bytes = within(&layer.requant, packed(values[0], values[1], values[2], values[3]));
                _mm512_mask_storeu_epi8(output.as_mut_ptr().add(x * stride + offset).cast(), mask, bytes);
                (left, middle) = (middle, right);
            }
        }
    }
}

/// `Kernels::finish`.
///
/// # Safety
/// [`detected`] said yes; the slices hold the same number of whole pixels.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
pub unsafe fn finish(tail: &Tail<'_>, channels: usize, own: &[u8], projected: &[i16], output: &mut [u8]) {
    let Some(split) = &tail.affine.split else { return generic::finish(tail, channels, own, projected, output) };
    let shift: __m128i = _mm_cvtsi32_si128(tail.own_shift as i32);
    let (low, high) = (_mm512_set1_epi32(tail.residual.lo), _mm512_set1_epi32(tail.residual.hi));
    let (lo, hi) = (_mm512_set1_epi32(tail.affine.lo), _mm512_set1_epi32(tail.affine.hi));
    let zero = _mm512_set1_epi32(i32::from(crate::golden::plane::STATE_ZERO));
    let stride = padded(channels);
    for (x, output) in output.chunks_exact_mut(channels).enumerate() {
        for block in 0..stride / LANES {
            let at = block * LANES;
            let mask = u16::MAX >> (LANES - (channels - at).min(LANES));
            // SAFETY: masked loads and stores stay inside of the pixel, whose length the caller checked.
            unsafe {
                let own = _mm_maskz_loadu_epi8(mask, own.as_ptr().add(x * channels + at).cast());
                let own = _mm512_sll_epi32(_mm512_sub_epi32(_mm512_cvtepu8_epi32(own), zero), shift);
                let sum = _mm256_loadu_si256(projected.as_ptr().add(x * stride + at).cast());
                let sum = _mm512_add_epi32(_mm512_cvtepi16_epi32(sum), own);
                let residual = _mm512_min_epi32(_mm512_max_epi32(sum, low), high);
                let state = _mm512_min_epi32(_mm512_max_epi32(scaled(residual, split, block), lo), hi);
                _mm_mask_storeu_epi8(output.as_mut_ptr().add(at).cast(), mask, _mm512_cvtepi32_epi8(state));
            }
        }
    }
}

/// `Kernels::classify`.
///
/// # Safety
/// [`detected`] said yes.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
pub unsafe fn classify(rows: Between<'_>, classes: usize, column: &mut [i32], row: &mut [u8]) {
    argmax::classify(rows, classes, column, row);
}
