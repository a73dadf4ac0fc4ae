//! The code that all instruction sets share. It is inlined into one function for each of them, which lets the
//! compiler vectorise it for that set; the dense product, and `requant` where a set has something better, are written by
//! hand.

use super::dispatch::{Cell, Tail};
use super::lanes::LANES;
use super::packed::{Dense, Depthwise, Lanes, Requanter, WeightVector};

/// What an instruction set does in its own way.
pub trait Set {
    /// `acc[p][q][c] = start[q][c] + Σ_group Σ_i weights[q·groups + group][4c + i] · input[p·pitch + 4·group + i]` for
    /// `P` pixels and `Q` vectors of channels.
    ///
    /// # Safety
    /// The processor has the instruction set; `weights` holds `Q·groups` vectors, `start` `Q`, and `input` `P` pixels
    /// of `pitch ≥ 4·groups`.
    unsafe fn tile<const P: usize, const Q: usize>(
        weights: &[WeightVector],
        start: &[Lanes<i32>],
        groups: usize,
        input: &[u8],
        pitch: usize,
    ) -> [[Lanes<i32>; Q]; P];

    /// `requant` of `Q` vectors from vector `first` on, `output` being as long.
    ///
    /// # Safety
    /// The processor has the instruction set.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "must be compiled inside the function that enables the instruction set")]
    unsafe fn requant<T: Cell, const Q: usize>(
        table: &Requanter,
        first: usize,
        acc: &[Lanes<i32>; Q],
        output: &mut [T],
    ) {
        for (q, (acc, output)) in acc.iter().zip(output.chunks_exact_mut(LANES)).enumerate() {
            requant(table, first + q, acc, output);
        }
    }
}

/// `Kernels::dense` for one instruction set.
///
/// # Safety
/// As for [`Set::tile`], for the whole row; `input` and `output` hold the same number of whole pixels.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled inside the function that enables the instruction set")]
pub unsafe fn dense<S: Set, T: Cell>(layer: &Dense, input: &[u8], output: &mut [T]) {
    let blocks = layer.outputs.div_ceil(LANES);
    let mut first = 0;
    while first < blocks {
        let count = (blocks - first).min(4);
        // SAFETY: passed on.
        unsafe {
            match count {
                4 => group::<S, T, 4>(layer, first, input, output),
                3 => group::<S, T, 3>(layer, first, input, output),
                2 => group::<S, T, 2>(layer, first, input, output),
                _ => group::<S, T, 1>(layer, first, input, output),
            }
        }
        first += count;
    }
}

/// `Q` vectors of output channels from vector `first` on, for all pixels.
///
/// # Safety
/// As for [`dense`].
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled inside the function that enables the instruction set")]
unsafe fn group<S: Set, T: Cell, const Q: usize>(layer: &Dense, first: usize, input: &[u8], output: &mut [T]) {
    let pixels = output.len() / layer.output_stride();
    let mut x = 0;
    while x < pixels {
        // SAFETY: passed on; at least as many pixels as the tile takes are left.
        unsafe {
            match pixels - x {
                6.. => x += tile_and_requant::<S, T, 6, Q>(layer, first, x, input, output),
                3.. => x += tile_and_requant::<S, T, 3, Q>(layer, first, x, input, output),
                _ => x += tile_and_requant::<S, T, 1, Q>(layer, first, x, input, output),
            }
        }
    }
}

/// One tile from pixel `x` on; returns the number of pixels done.
///
/// # Safety
/// As for [`dense`], and `P` pixels are left.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled inside the function that enables the instruction set")]
unsafe fn tile_and_requant<S: Set, T: Cell, const P: usize, const Q: usize>(
    layer: &Dense,
    first: usize,
    x: usize,
    input: &[u8],
    output: &mut [T],
) -> usize {
    let (from, to) = (layer.input_stride(), layer.output_stride());
    let weights = &layer.weights[first * layer.groups..(first + Q) * layer.groups];
    let (start, input) = (&layer.start[first..first + Q], &input[x * from..(x + P) * from]);
    // SAFETY: the slices have the lengths that the tile needs.
    let acc = unsafe { S::tile::<P, Q>(weights, start, layer.groups, input, from) };
    for (p, acc) in acc.iter().enumerate() {
        for acc in acc {
            check_width(acc, layer.acc_bits);
        }
        let at = (x + p) * to + first * LANES;
        // SAFETY: passed on.
        unsafe { S::requant(&layer.requant, first, acc, &mut output[at..at + Q * LANES]) };
    }
    P
}

/// `Kernels::depthwise` for one instruction set.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled inside the function that enables the instruction set")]
pub fn depthwise(layer: &Depthwise, rows: [&[u8]; 3], output: &mut [u8]) {
    let stride = layer.stride();
    let pixels = output.len() / stride;
    for (block, weights) in layer.weights.iter().enumerate() {
        for x in 0..pixels {
            let mut acc = Lanes([0i32; LANES]);
            for (tap, w) in weights.iter().enumerate() {
                let from = (x + tap % 3) * stride + block * LANES;
                let a: &[u8; LANES] = rows[tap / 3][from..from + LANES].try_into().expect("one vector");
                for ((acc, &w), &a) in acc.0.iter_mut().zip(&w.0).zip(a) {
                    *acc += i32::from(w) * i32::from(a);
                }
            }
            check_width(&acc, layer.acc_bits);
            let to = x * stride + block * LANES;
            requant(&layer.requant, block, &acc, &mut output[to..to + LANES]);
        }
    }
}

/// `Kernels::finish` for one instruction set.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled inside the function that enables the instruction set")]
pub fn finish(tail: &Tail<'_>, channels: usize, own: &[u8], projected: &[i16], output: &mut [u8]) {
    let pixels = own.chunks_exact(channels).zip(projected.chunks_exact(super::lanes::padded(channels)));
    for (output, (own, projected)) in output.chunks_exact_mut(channels).zip(pixels) {
        for (c, ((output, &own), &projected)) in output.iter_mut().zip(own).zip(projected).enumerate() {
            *output = tail.affine.apply(tail.residual(own, projected), c) as u8;
        }
    }
}

/// The operator `requant` on the vector of channels `block`.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled inside the function that enables the instruction set")]
pub fn requant<T: Cell>(table: &Requanter, block: usize, acc: &Lanes<i32>, output: &mut [T]) {
    let (mul, bias) = (&table.mul[block].0, &table.bias[block].0);
    let (lo, hi) = (i64::from(table.lo), i64::from(table.hi));
    // The mask tells the compiler that no shift is out of range; 1…31 is checked where models are validated.
    let shift = table.shift & 31;
    let output: &mut [T; LANES] = output.try_into().expect("one vector");
    for c in 0..LANES {
        let shifted = (i64::from(acc.0[c]) * i64::from(mul[c]) + bias[c]) >> shift;
        output[c] = T::narrow(shifted.clamp(lo, hi) as i32);
    }
}

/// The golden model asserts the accumulator width (docs/arithmetic.md): on each value in debug builds; in release
/// builds by the worst case of the weights, which `Model::validate` computes.
#[inline(always)]
#[expect(clippy::inline_always, reason = "empty in release builds")]
pub fn check_width(acc: &Lanes<i32>, bits: u32) {
    if cfg!(debug_assertions) {
        let limit = 1i64 << (bits - 1);
        assert!(acc.0.iter().all(|&a| (-limit..limit).contains(&i64::from(a))), "accumulator beyond {bits} bits");
    }
}
