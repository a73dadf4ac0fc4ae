//! The code that all instruction sets share. It is inlined into one function for each of them, which lets the
//! compiler vectorise it for that set; only the tile of the dense product is written by hand.

use super::LANES;
use super::packed::{Dense, Depthwise, Lanes, Requanter, WeightVector};

/// The dense product of `P` pixels and `Q` vectors of output channels.
pub trait Tile {
    /// `acc[p][q][c] = Σ_pair Σ_i weights[q·pairs + pair][2c + i] · input[p·pitch + 2·pair + i]`.
    ///
    /// # Safety
    /// The processor has the instruction set; `weights` holds `Q·pairs` vectors and `input` `P` pixels
    /// of `pitch ≥ 2·pairs`.
    unsafe fn tile<const P: usize, const Q: usize>(
        weights: &[WeightVector],
        pairs: usize,
        input: &[i16],
        pitch: usize,
    ) -> [[Lanes<i32>; Q]; P];
}

/// `Kernels::dense` for one instruction set.
///
/// # Safety
/// As for [`Tile::tile`], for the whole row; `input` and `output` hold the same number of whole pixels.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled inside the function that enables the instruction set")]
pub unsafe fn dense<T: Tile>(layer: &Dense, input: &[i16], output: &mut [i16]) {
    let blocks = layer.outputs.div_ceil(LANES);
    let mut first = 0;
    while first < blocks {
        let count = (blocks - first).min(4);
        // SAFETY: passed on.
        unsafe {
            match count {
                4 => group::<T, 4>(layer, first, input, output),
                3 => group::<T, 3>(layer, first, input, output),
                2 => group::<T, 2>(layer, first, input, output),
                _ => group::<T, 1>(layer, first, input, output),
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
unsafe fn group<T: Tile, const Q: usize>(layer: &Dense, first: usize, input: &[i16], output: &mut [i16]) {
    let pixels = output.len() / layer.output_stride();
    let mut x = 0;
    while x < pixels {
        // SAFETY: passed on; at least as many pixels as the tile takes are left.
        unsafe {
            match pixels - x {
                6.. => x += tile_and_requant::<T, 6, Q>(layer, first, x, input, output),
                3.. => x += tile_and_requant::<T, 3, Q>(layer, first, x, input, output),
                _ => x += tile_and_requant::<T, 1, Q>(layer, first, x, input, output),
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
unsafe fn tile_and_requant<T: Tile, const P: usize, const Q: usize>(
    layer: &Dense,
    first: usize,
    x: usize,
    input: &[i16],
    output: &mut [i16],
) -> usize {
    let (from, to) = (layer.input_stride(), layer.output_stride());
    let weights = &layer.weights[first * layer.pairs..(first + Q) * layer.pairs];
    // SAFETY: the slices have the lengths that the tile needs.
    let acc = unsafe { T::tile::<P, Q>(weights, layer.pairs, &input[x * from..(x + P) * from], from) };
    for (p, acc) in acc.iter().enumerate() {
        let pixel = &mut output[(x + p) * to..(x + p + 1) * to];
        for (q, acc) in acc.iter().enumerate() {
            let block = first + q;
            check_width(acc, layer.acc_bits);
            requant(&layer.requant, block, acc, &mut pixel[block * LANES..(block + 1) * LANES]);
        }
    }
    P
}

/// `Kernels::depthwise` for one instruction set.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled inside the function that enables the instruction set")]
pub fn depthwise(layer: &Depthwise, rows: [&[i16]; 3], output: &mut [i16]) {
    let stride = layer.stride();
    let pixels = output.len() / stride;
    for (block, weights) in layer.weights.iter().enumerate() {
        for x in 0..pixels {
            let mut acc = Lanes([0i32; LANES]);
            for (tap, w) in weights.iter().enumerate() {
                let from = (x + tap % 3) * stride + block * LANES;
                let a: &[i16; LANES] = rows[tap / 3][from..from + LANES].try_into().expect("one vector");
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

/// The operator `requant` on the vector of channels `block`.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled inside the function that enables the instruction set")]
fn requant(table: &Requanter, block: usize, acc: &Lanes<i32>, output: &mut [i16]) {
    let (mul, bias) = (&table.mul[block].0, &table.bias[block].0);
    let (lo, hi) = (i64::from(table.lo), i64::from(table.hi));
    // The mask tells the compiler that no shift is out of range; 1…31 is checked where models are validated.
    let shift = table.shift & 31;
    let output: &mut [i16; LANES] = output.try_into().expect("one vector");
    for c in 0..LANES {
        let shifted = (i64::from(acc.0[c]) * i64::from(mul[c]) + bias[c]) >> shift;
        output[c] = shifted.clamp(lo, hi) as i16;
    }
}

/// The golden model asserts the accumulator width (docs/arithmetic.md): on each value in debug builds; in release
/// builds by the worst case of the weights, which `Model::validate` computes.
#[inline(always)]
#[expect(clippy::inline_always, reason = "empty in release builds")]
fn check_width(acc: &Lanes<i32>, bits: u32) {
    if cfg!(debug_assertions) {
        let limit = 1i64 << (bits - 1);
        assert!(acc.0.iter().all(|&a| (-limit..limit).contains(&i64::from(a))), "accumulator beyond {bits} bits");
    }
}
