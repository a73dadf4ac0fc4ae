//! One float layer to one integer layer: a weight scale per output channel, `requant` constants, accumulator width.

use crate::accumulate::acc_bits;
use crate::constant::{Gain, MAX_SHIFT, Offset};
use crate::error::QuantizeError;
use crate::formats::{LayerKind, Range};
use crate::histogram::squared_error;
use crate::model::{Layer, Requant};
use rayon::prelude::*;

/// Weight scales tried for a channel: so many steps from the greatest magnitude down to [`LEAST_CLIP`] of it.
const STEPS: u32 = 60;

/// The tightest clipping of weights that is tried.
const LEAST_CLIP: f64 = 0.4;

/// A float layer and the formats around it.
#[derive(Clone, Debug)]
pub struct FloatLayer<'a> {
    /// Tensor name for errors.
    pub name: &'a str,
    /// Kind, which gives the weight format.
    pub kind: LayerKind,
    /// Weight bits.
    pub bits: u32,
    /// `[outputs][inputs·taps]`, batch norm folded in.
    pub weights: Vec<Vec<f64>>,
    /// Offset per output channel in real units; empty for none.
    pub bias: Vec<f64>,
    /// Mean of each input channel in real units, by which the offset makes up for rounded weights; empty if unknown.
    pub input_means: &'a [f64],
    /// Kernel taps, 1 or 9.
    pub taps: usize,
    /// Scale of the inputs.
    pub input_scale: f64,
    /// Format of the inputs.
    pub input: Range,
    /// Scale of the outputs.
    pub output_scale: f64,
    /// Clamp of the outputs.
    pub clamp: Range,
}

impl FloatLayer<'_> {
    /// The integer layer.
    ///
    /// Each channel's weight scale is the one with the least squared error, then moved to the nearest that its 16-bit
    /// multiplier expresses exactly, so that only the weights are rounded, not the gain.
    pub fn quantize(&self) -> Result<Layer, QuantizeError> {
        let range = Range::symmetric(self.bits);
        let scales: Vec<f64> = self.weights.par_iter().map(|w| best_scale(w, range)).collect();
        // A channel of zeros takes part with the least scale of the others.
        let least = scales.iter().copied().filter(|&s| s > 0.0).fold(f64::INFINITY, f64::min);
        let least = if least.is_finite() { least } else { self.output_scale / self.input_scale };
        let ratio = self.input_scale / self.output_scale;
        let gains = scales
            .iter()
            .enumerate()
            .map(|(c, &scale)| {
                let gain = (if scale > 0.0 { scale } else { least }) * ratio;
                Gain::new(gain).ok_or_else(|| self.unfit(c, "gain", gain))
            })
            .collect::<Result<Vec<Gain>, _>>()?;
        let greatest = gains.iter().map(|g| g.value()).fold(0.0, f64::max);
        let shift = Gain::common_shift(&gains, 1, MAX_SHIFT).ok_or_else(|| self.unfit(0, "gain", greatest))?;
        let mul: Vec<i16> = gains
            .iter()
            .zip(&self.weights)
            .map(|(gain, weights)| nearest_multiplier(*gain, shift, weights, ratio, range))
            .collect();
        let bias = vec![0; mul.len()];
        let requant = Requant { mul, bias, shift, lo: self.clamp.lo, hi: self.clamp.hi };
        let weights: Vec<i8> = self
            .weights
            .iter()
            .enumerate()
            .flat_map(|(c, weights)| {
                let scale = Gain::of(&requant, c).value() / ratio;
                weights.chunks(self.taps).flat_map(move |kernel| round_kernel(kernel, scale, range))
            })
            .collect();
        let outputs = self.weights.len();
        let inputs = weights.len() / (outputs * self.taps).max(1);
        let acc_bits = acc_bits(&weights, outputs, self.input);
        let mut layer = Layer { outputs, inputs, taps: self.taps, weights, requant, acc_bits };
        let lost = self.mean_error(&layer, self.input_means);
        for (c, &bias) in self.bias.iter().enumerate() {
            let offset = (bias + lost[c]) / self.output_scale;
            let fixed = Offset::new(offset).ok_or_else(|| self.unfit(c, "offset", offset))?;
            layer.requant.bias[c] = fixed.bias(shift);
        }
        Ok(layer)
    }

    /// What each output of `layer` lacks on average, in real units, because its weights were rounded: the float weights
    /// less the integer ones, on inputs of these means (0 where unknown), away from borders.
    pub fn mean_error(&self, layer: &Layer, input_means: &[f64]) -> Vec<f64> {
        let ratio = self.input_scale / self.output_scale;
        let integers = layer.weights.chunks(layer.inputs * layer.taps);
        let channel = |(c, (float, integers)): (usize, (&Vec<f64>, &[i8]))| {
            let scale = Gain::of(&layer.requant, c).value() / ratio;
            let kernels = float.chunks(layer.taps).zip(integers.chunks(layer.taps));
            let kernel = |(float, integers): (&[f64], &[i8])| {
                float.iter().zip(integers).map(|(w, &q)| w - f64::from(q) * scale).sum::<f64>()
            };
            kernels.zip(input_means).map(|(pair, mean)| kernel(pair) * mean).sum()
        };
        self.weights.iter().zip(integers).enumerate().map(channel).collect()
    }

    fn unfit(&self, channel: usize, what: &'static str, got: f64) -> QuantizeError {
        QuantizeError::Unfit { tensor: self.name.to_owned(), channel, what, got }
    }
}

/// The multiplier of a channel: at least 1, and where it is small, of the two around `gain` the one whose weights lose
/// less.
fn nearest_multiplier(gain: Gain, shift: u32, weights: &[f64], ratio: f64, range: Range) -> i16 {
    let m = gain.multiplier(shift).map_or(1, |m| m.max(1));
    if m > 64 {
        return m;
    }
    let error = |m: i16| {
        let scale = f64::from(m) / (1u64 << shift) as f64 / ratio;
        weights.iter().map(|&w| squared_error(w, scale, range)).sum::<f64>()
    };
    [m, m + 1].into_iter().min_by(|&a, &b| error(a).total_cmp(&error(b))).unwrap_or(m)
}

/// The nearest integer of `range` to `value / scale`, halves up.
fn to_integer(value: f64, scale: f64, range: Range) -> i32 {
    (value / scale + 0.5).floor().clamp(f64::from(range.lo), f64::from(range.hi)) as i32
}

/// The integers of one kernel: nearest, but for the fewest weights (those nearest to a boundary) that must go to the
/// other side for the kernel's sum to be right to half a unit. Neighbouring pixels are alike, so the sum counts most.
fn round_kernel(kernel: &[f64], scale: f64, range: Range) -> Vec<i8> {
    let mut integers: Vec<i32> = kernel.iter().map(|&w| to_integer(w, scale, range)).collect();
    if kernel.len() > 1 {
        let missing = |integers: &[i32], tap: usize| kernel[tap] / scale - f64::from(integers[tap]);
        for _ in 0..kernel.len() {
            let sum: f64 = (0..kernel.len()).map(|tap| missing(&integers, tap)).sum();
            let step = if sum > 0.5 { 1 } else { -1 };
            let free = (0..kernel.len()).filter(|&tap| range.contains(integers[tap] + step));
            let weight = |tap: &usize| missing(&integers, *tap) * f64::from(step);
            match free.max_by(|a, b| weight(a).total_cmp(&weight(b))) {
                Some(tap) if sum.abs() > 0.5 => integers[tap] += step,
                _ => break,
            }
        }
    }
    integers.into_iter().map(|q| q as i8).collect()
}

/// The scale with the least squared error for `weights`; 0 if all of them are 0.
fn best_scale(weights: &[f64], range: Range) -> f64 {
    let greatest = weights.iter().fold(0.0, |m: f64, w| m.max(w.abs()));
    let full = greatest / f64::from(range.hi);
    let mut best = (f64::INFINITY, full);
    if greatest > 0.0 {
        for step in 0..=STEPS {
            let scale = full * (1.0 - (1.0 - LEAST_CLIP) * f64::from(step) / f64::from(STEPS));
            let error: f64 = weights.iter().map(|&w| squared_error(w, scale, range)).sum();
            if error < best.0 {
                best = (error, scale);
            }
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(weights: Vec<Vec<f64>>, bits: u32) -> FloatLayer<'static> {
        FloatLayer {
            name: "test",
            kind: LayerKind::Project,
            bits,
            bias: vec![0.5; weights.len()],
            input_means: &[],
            weights,
            taps: 1,
            input_scale: 0.02,
            input: Range::unsigned(8),
            output_scale: 0.01,
            clamp: Range::signed(12),
        }
    }

    #[test]
    fn gain_and_weights_together_give_the_float_weights() {
        let weights = vec![vec![0.5, -0.25, 0.125], vec![1e-4, 2e-4, -3e-4], vec![0.0; 3], vec![-3.0, 1.0, 2.9]];
        let float = layer(weights.clone(), 8);
        let integer = float.quantize().expect("fits");
        for (c, channel) in weights.iter().enumerate() {
            let scale = Gain::of(&integer.requant, c).value() / 2.0;
            for (i, &w) in channel.iter().enumerate() {
                let back = f64::from(integer.weights[c * 3 + i]) * scale;
                let greatest = channel.iter().fold(0.0, |m: f64, w| m.max(w.abs()));
                assert!(
                    (back - w).abs() <= greatest / 127.0 * if c == 1 { 2.0 } else { 0.51 },
                    "channel {c}: {back} for {w}"
                );
            }
        }
        assert_eq!(integer.requant.bias[0], 50 << integer.requant.shift);
        assert!(integer.requant.mul.iter().all(|&m| m > 0));
        assert!(integer.requant.mul.iter().any(|&m| m > 16383), "the multipliers use their 16 bits");
    }

    #[test]
    fn two_bits_have_three_values() {
        let integer = layer(vec![vec![1.0, -1.0, 0.1, 0.9]], 2).quantize().expect("fits");
        assert_eq!(integer.weights, [1, -1, 0, 1]);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let error = layer(vec![vec![1e30]], 4).quantize().expect_err("no format holds it");
        assert!(error.to_string().starts_with("`test` channel 0: gain"), "{error}");
    }
}
