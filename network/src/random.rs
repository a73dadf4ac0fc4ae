//! Seeded random weights with known statistics.
//!
//! Owns: a counter-based generator (SplitMix64 keyed by seed and tensor name) and the analytic model of the network's
//! signals that batch norms are set by. Only integer arithmetic, `+ − × ÷` and `sqrt` are used, so a seed gives the
//! same bits on every machine, and a tensor's values do not depend on which other tensors exist.
//!
//! The model: pixels are uniform; convolution weights have zero mean, so pre-activations are about normal with the
//! deviation that the fan-in and the second moment of the inputs give; half of a zero-mean normal survives ReLU6, with
//! mean 0.4·σ and second moment σ²/2. States come out of batch norm with a deviation of about 1. [`RANGES`] holds the
//! limits that follow, for quantisers that have no images to calibrate on.

use crate::description::{Description, PixelDomain};
use crate::weights::{BatchNorm, BlockWeights, DataLayer, Weights};
use ndarray::{Array1, ArrayViewMut1, Axis};

/// Mean of max(z, 0) for a standard normal z.
const RELU_MEAN: f64 = 0.398_942_280_401_432_7;
/// Deviation of the pre-activations of expand and depthwise.
const HIDDEN_DEVIATION: f64 = 1.25;
/// Deviation of a block's branch (project) beside a state of deviation 1.
const BRANCH_DEVIATION: f64 = 0.4;
/// Deviation of one scale's logits.
const LOGIT_DEVIATION: f64 = 1.0;

/// Limits that the signals of a random network keep to but for rare outliers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranges {
    /// ReLU6 outputs inside the data block lie in 0…this.
    pub data: f32,
    /// States lie within ± this.
    pub state: f32,
    /// Intermediate states between blocks lie within ± this for every block that went before, on top of the state.
    pub block: f32,
    /// ReLU6 outputs of expand lie in 0…this.
    pub expand: f32,
    /// ReLU6 outputs of depthwise lie in 0…this.
    pub depthwise: f32,
    /// Logits of one scale lie within ± this.
    pub logit: f32,
}

/// The limits of [`Weights::random`].
pub const RANGES: Ranges = Ranges { data: 5.0, state: 6.0, block: 1.5, expand: 6.0, depthwise: 6.0, logit: 5.0 };

/// A stream of pseudo-random numbers: value `i` is a hash of (seed, name, i).
#[derive(Clone, Debug)]
pub struct Stream {
    state: u64,
}

impl Stream {
    /// The stream of `name` under `seed`.
    pub fn new(seed: u64, name: &str) -> Self {
        // FNV-1a of the name, then one mixing step with the seed.
        let hash = name
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325, |h: u64, byte| (h ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
        Self { state: mix(hash ^ mix(seed.wrapping_add(0x9e37_79b9_7f4a_7c15))) }
    }

    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.state)
    }

    /// Uniform in 0…`bound − 1`; `bound` ≥ 1. The bias, below `bound / 2^64`, is of no matter here.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next_u64()) * u128::from(bound)) >> 64) as u64
    }

    /// Uniform in `low..=high`.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high - low + 1)
    }

    /// Uniform in [0, 1).
    pub fn unit(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Zero mean, unit variance, within ±3: the sum of three uniforms, bell-shaped.
    pub fn bell(&mut self) -> f64 {
        2.0 * (self.unit() + self.unit() + self.unit() - 1.5)
    }
}

/// SplitMix64's finaliser.
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Weights {
    /// Random weights of `description` (valid), the same for the same seed on every machine.
    pub fn random(description: &Description, seed: u64) -> Self {
        let d = description;
        let mut weights = Self::zeros(d);
        for (name, values) in weights.tensors_mut(d) {
            if name.ends_with("running_mean") || name.ends_with("running_var") {
                continue;
            }
            let mut stream = Stream::new(seed, &name);
            let (mean, spread) = statistics(&name, values.len(), d);
            for value in values {
                *value = (mean + spread * stream.bell()) as f32;
            }
        }
        for (j, layer) in weights.data.iter_mut().enumerate() {
            set_data_statistics(layer, j, d.pixels);
        }
        for (n, norms) in weights.norms.iter_mut().enumerate() {
            for (l, norm) in norms.iter_mut().enumerate() {
                set_state_statistics(norm, &weights.blocks[d.set_of(n)][l]);
            }
        }
        for block in weights.blocks.iter_mut().flatten().flatten() {
            set_block_statistics(block);
        }
        weights
    }
}

/// Mean and deviation of a tensor's values.
fn statistics(name: &str, count: usize, d: &Description) -> (f64, f64) {
    let outputs = f64::from(d.width);
    let fan_in = |channels: f64| count as f64 / channels;
    let half = HIDDEN_DEVIATION * HIDDEN_DEVIATION / 2.0;
    match name {
        _ if name.ends_with("conv.weight") => (0.0, (2.0 / fan_in(outputs)).sqrt()),
        _ if name.ends_with("expand.weight") => {
            // [t·c, c]: the up-sampled and pooled parts vary less than 1, which leaves a little head-room.
            (0.0, HIDDEN_DEVIATION / (count as f64 / f64::from(d.expansion)).sqrt().sqrt())
        }
        _ if name.ends_with("depthwise.weight") => (0.0, HIDDEN_DEVIATION / (9.0 * half).sqrt()),
        _ if name.ends_with("project.weight") => (0.0, BRANCH_DEVIATION / (fan_in(outputs) * half).sqrt()),
        _ if name.starts_with("head.") && name.ends_with(".weight") => {
            (0.0, LOGIT_DEVIATION / fan_in(f64::from(d.classes)).sqrt())
        }
        _ if name.starts_with("head.") => (0.0, 0.1),
        _ if name.starts_with("norm.") && name.ends_with(".weight") => (0.78, 0.04),
        _ if name.ends_with(".weight") => (1.0, 0.05),
        _ if name.starts_with("norm.") => (0.0, 0.3),
        // Offsets of the data block.
        _ => (0.0, 0.1),
    }
}

/// Running statistics of a data-block layer, from the moments of its input.
fn set_data_statistics(layer: &mut DataLayer, j: usize, pixels: PixelDomain) {
    let (mean, variance) = match (j, pixels) {
        (0, PixelDomain::Unit) => (0.5, 1.0 / 12.0),
        (0, PixelDomain::Symmetric) => (0.0, 1.0 / 3.0),
        (1 | 2, _) => (RELU_MEAN, 0.5 - RELU_MEAN * RELU_MEAN),
        // From the state of the next finer scale.
        _ => (0.0, 1.0),
    };
    for (c, filter) in layer.conv.axis_iter(Axis(0)).enumerate() {
        let (sum, squares) = moments(filter.iter().copied());
        layer.norm.running_mean[c] = (mean * sum) as f32;
        layer.norm.running_var[c] = (variance * squares) as f32;
    }
}

/// Running statistics of the residual at the end of `blocks`: the state, and every block's branch on top.
fn set_state_statistics(norm: &mut BatchNorm, blocks: &[BlockWeights]) {
    let mut mean: Array1<f64> = Array1::zeros(norm.weight.len());
    let mut variance = 1.0;
    for block in blocks {
        let hidden_means = block.depthwise.axis_iter(Axis(0)).map(|filter| hidden_mean(filter.iter().copied()));
        let hidden_means: Array1<f64> = hidden_means.collect();
        for (c, row) in block.project.axis_iter(Axis(0)).enumerate() {
            mean[c] += row.iter().zip(&hidden_means).map(|(&w, m)| f64::from(w) * m).sum::<f64>();
        }
        variance += BRANCH_DEVIATION * BRANCH_DEVIATION;
    }
    let set = |mut target: ArrayViewMut1<f32>, value: &dyn Fn(usize) -> f64| {
        target.iter_mut().enumerate().for_each(|(c, t)| *t = value(c) as f32);
    };
    set(norm.running_mean.view_mut(), &|c| mean[c]);
    set(norm.running_var.view_mut(), &|_| variance);
}

/// Running statistics inside a block: pre-activations keep their deviation; branches are half as strong as where batch norm
/// follows every iteration, since nothing holds their sum back.
fn set_block_statistics(block: &mut BlockWeights) {
    let Some(norms) = &mut block.norms else { return };
    for norm in [&mut norms.expand, &mut norms.depthwise] {
        norm.running_var.fill(1.0);
    }
    norms.project.running_var.fill(4.0);
    for (c, row) in block.project.axis_iter(Axis(0)).enumerate() {
        let means = block.depthwise.axis_iter(Axis(0)).map(|filter| hidden_mean(filter.iter().copied()));
        norms.project.running_mean[c] = row.iter().zip(means).map(|(&w, mean)| f64::from(w) * mean).sum::<f64>() as f32;
    }
}

/// Mean of a depthwise output after ReLU6: pre-activation of mean m = `RELU_MEAN`·σ·Σw and of the variance that the
/// weights give; the mean of the rectified normal to second order in m/s, and m itself where m is large.
fn hidden_mean(filter: impl Iterator<Item = f32>) -> f64 {
    let (sum, squares) = moments(filter);
    let mean = RELU_MEAN * HIDDEN_DEVIATION * sum;
    let deviation = HIDDEN_DEVIATION * ((0.5 - RELU_MEAN * RELU_MEAN) * squares).sqrt();
    let ratio = mean / deviation.max(1e-6);
    if ratio > 2.0 {
        mean
    } else if ratio < -2.0 {
        0.0
    } else {
        deviation * (RELU_MEAN + ratio / 2.0 + ratio * ratio * RELU_MEAN / 2.0)
    }
}

/// Σ w and Σ w².
fn moments(filter: impl Iterator<Item = f32>) -> (f64, f64) {
    filter.fold((0.0, 0.0), |(sum, squares), w| (sum + f64::from(w), squares + f64::from(w) * f64::from(w)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tensor_does_not_depend_on_the_others() {
        let short = crate::Preset::Tiny.description();
        let long = Description { iterations: 5, ..short.clone() };
        assert_eq!(Weights::random(&short, 1).norms[..], Weights::random(&long, 1).norms[..4]);
        assert_ne!(Weights::random(&short, 1), Weights::random(&short, 2));
    }

    #[test]
    fn streams_are_fixed_for_all_time() {
        assert_eq!(Stream::new(1, "data.0.conv.weight").next_u64(), Stream::new(1, "data.0.conv.weight").next_u64());
        let mut stream = Stream::new(7, "x");
        let bells: Vec<f64> = (0..4000).map(|_| stream.bell()).collect();
        let square = bells.iter().map(|b| b * b).sum::<f64>() / 4000.0;
        assert!((square - 1.0).abs() < 0.05 && bells.iter().all(|b| b.abs() <= 3.0));
    }
}
