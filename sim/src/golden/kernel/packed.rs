//! Layers in the order in which the inner loops read them.

use super::{LANES, padded};
use hwgen_quantize::{Layer, Requant};

/// Weights of `LANES` output channels for one pair of inputs: `[channel][2]`.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub struct WeightVector(pub [i16; 2 * LANES]);

/// One value for each of `LANES` channels.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub struct Lanes<T>(pub [T; LANES]);

/// `requant` of docs/arithmetic.md with its tables padded to whole vectors (padding gives 0 before the clamp).
#[derive(Clone, Debug)]
pub struct Requanter {
    pub(super) mul: Vec<Lanes<i32>>,
    /// `b + 2^(s−1)`.
    pub(super) bias: Vec<Lanes<i64>>,
    pub(super) shift: u32,
    pub(super) lo: i32,
    pub(super) hi: i32,
}

impl Requanter {
    /// The tables of `requant`.
    pub fn new(requant: &Requant) -> Self {
        let blocks = requant.mul.len().div_ceil(LANES);
        let half = 1i64 << (requant.shift - 1);
        let mut mul = vec![Lanes([0; LANES]); blocks];
        let mut bias = vec![Lanes([half; LANES]); blocks];
        for (c, (&m, &b)) in requant.mul.iter().zip(&requant.bias).enumerate() {
            mul[c / LANES].0[c % LANES] = i32::from(m);
            bias[c / LANES].0[c % LANES] = b + half;
        }
        Self { mul, bias, shift: requant.shift, lo: requant.lo, hi: requant.hi }
    }

    /// The operator on one value of channel `c`.
    #[inline]
    pub fn apply(&self, v: i32, c: usize) -> i32 {
        let (mul, bias) = (self.mul[c / LANES].0[c % LANES], self.bias[c / LANES].0[c % LANES]);
        let shifted = (i64::from(v) * i64::from(mul) + bias) >> self.shift;
        shifted.clamp(i64::from(self.lo), i64::from(self.hi)) as i32
    }
}

/// A layer that sums over all input channels and taps: 1×1, or 3×3 on gathered inputs in the order `[tap][channel]`.
#[derive(Clone, Debug)]
pub struct Dense {
    /// `[block][pair]`.
    pub(super) weights: Vec<WeightVector>,
    pub(super) pairs: usize,
    pitch: usize,
    pub(super) requant: Requanter,
    pub(super) acc_bits: u32,
    /// Output channels.
    pub outputs: usize,
    /// Inputs summed: input channels × taps.
    pub inputs: usize,
}

impl Dense {
    /// Packs `layer`, whose input pixels are as close as pairs allow.
    pub fn new(layer: &Layer) -> Self {
        Self::with_pitch(layer, (layer.inputs * layer.taps).next_multiple_of(2))
    }

    /// Packs `layer`, whose input pixels are `pitch` values apart: at least its inputs, rounded up to pairs.
    ///
    /// # Panics
    /// If `pitch` is less.
    pub fn with_pitch(layer: &Layer, pitch: usize) -> Self {
        let inputs = layer.inputs * layer.taps;
        let pairs = inputs.div_ceil(2);
        assert!(pitch >= 2 * pairs, "a pixel holds all inputs");
        let blocks = layer.outputs.div_ceil(LANES);
        let mut weights = vec![WeightVector([0; 2 * LANES]); blocks * pairs];
        for o in 0..layer.outputs {
            for i in 0..layer.inputs {
                for tap in 0..layer.taps {
                    let at = tap * layer.inputs + i;
                    let vector = &mut weights[o / LANES * pairs + at / 2].0;
                    vector[o % LANES * 2 + at % 2] =
                        i16::from(layer.weights[(o * layer.inputs + i) * layer.taps + tap]);
                }
            }
        }
        let requant = Requanter::new(&layer.requant);
        Self { weights, pairs, pitch, requant, acc_bits: layer.acc_bits, outputs: layer.outputs, inputs }
    }

    /// Values from one input pixel to the next; those beyond the inputs are 0 or meet weights that are.
    pub const fn input_stride(&self) -> usize {
        self.pitch
    }

    /// Values from one output pixel to the next: the outputs, padded to vectors.
    pub const fn output_stride(&self) -> usize {
        padded(self.outputs)
    }
}

/// A 3×3 depthwise layer.
#[derive(Clone, Debug)]
pub struct Depthwise {
    /// `[block][tap]`.
    pub(super) weights: Vec<[Lanes<i16>; 9]>,
    pub(super) requant: Requanter,
    pub(super) acc_bits: u32,
    /// Channels.
    pub channels: usize,
}

impl Depthwise {
    /// Packs `layer`, whose `inputs` is 1.
    pub fn new(layer: &Layer) -> Self {
        let mut weights = vec![[Lanes([0; LANES]); 9]; layer.outputs.div_ceil(LANES)];
        for (c, taps) in layer.weights.chunks_exact(9).enumerate() {
            for (tap, &w) in taps.iter().enumerate() {
                weights[c / LANES][tap].0[c % LANES] = i16::from(w);
            }
        }
        let requant = Requanter::new(&layer.requant);
        Self { weights, requant, acc_bits: layer.acc_bits, channels: layer.outputs }
    }

    /// Values from one pixel to the next.
    pub const fn stride(&self) -> usize {
        padded(self.channels)
    }
}
