//! Statistics of a quantised network brought back to those of its float network.
//!
//! Rounded weights shift and shrink the values of a channel, a little in every iteration and always in the same direction, and
//! the recurrence adds it up. The affine rows behind each iteration can undo it: one iteration after the other, each
//! channel of the state gets the mean and the standard deviation that the float network's state has on the same
//! images, and each output's offsets get the mean of its logits. The hardware does not notice.

use super::counterpart::counterpart;
use super::observer::{Observer, Tensor, View};
use super::{Golden, GoldenError};
use hwgen_network::weights::BatchNorm;
use hwgen_network::{Description, FIRST_STATE_LAYER, RgbImage, Weights, reference};
use hwgen_quantize::{Bits, Quantized, Ranges, quantize};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Most by which a standard deviation is corrected, either way: a channel that hardly varies says nothing.
const RATIO: f64 = 2.0;

/// Quantises `weights` as [`quantize`] does, with batch norms and offsets of the outputs such that the statistics of states
/// and logits on `images` (of the network's size, at least one) are the float network's. `progress` hears of each
/// iteration.
///
/// Where batch norm follows the convolutions, iterations have no constants of their own: first states and logits alone
/// are matched.
pub fn match_statistics(
    weights: &Weights,
    description: &Description,
    bits: &Bits,
    ranges: &Ranges,
    images: &[RgbImage],
    progress: &mut dyn FnMut(usize),
) -> Result<Quantized, GoldenError> {
    let (scales, mut matched) = (description.scales as usize, weights.clone());
    let mut quantized = quantize(description, &matched, bits, ranges)?;
    let wanted = float_statistics(&quantized, weights, images);
    let step = quantized.scales.state;
    for l in 0..scales {
        // Scale l + 1 is made of scale l.
        let tensor = Tensor::Data { j: FIRST_STATE_LAYER + l };
        let found = statistics(&quantized, images, 0, &[tensor])?;
        let scale = quantized.scales.data[FIRST_STATE_LAYER + l];
        adjust(&mut matched.data[FIRST_STATE_LAYER + l].norm, &wanted[&tensor], &found[&tensor], scale);
        quantized = quantize(description, &matched, bits, ranges)?;
    }
    for n in 0..description.iterations as usize {
        progress(n);
        if let Some(norms) = matched.norms.get_mut(n) {
            let states: Vec<Tensor> = (0..scales).map(|l| state(description, n, l)).collect();
            let found = statistics(&quantized, images, n, &states)?;
            for (norm, tensor) in norms.iter_mut().zip(&states) {
                adjust(norm, &wanted[tensor], &found[tensor], step);
            }
            quantized = quantize(description, &matched, bits, ranges)?;
        }
        if let Some(o) = description.outputs.iter().position(|&output| output as usize == n + 1) {
            let tensor = Tensor::Total { n };
            let found = statistics(&quantized, images, n, &[tensor])?;
            let scale = quantized.scales.logit[o];
            for (c, bias) in matched.heads[o][0].bias.iter_mut().enumerate() {
                *bias += (wanted[&tensor][c].mean() - scale * found[&tensor][c].mean()) as f32;
            }
        }
    }
    Ok(quantize(description, &matched, bits, ranges)?)
}

/// The state of scale `l` after iteration `n + 1`.
fn state(description: &Description, n: usize, l: usize) -> Tensor {
    Tensor::State(super::At { n, l, k: description.blocks as usize - 1 })
}

/// Gain and offset such that what the batch norm gave, `found` in steps of `scale`, would have been as `wanted`.
fn adjust(norm: &mut BatchNorm, wanted: &[Moments], found: &[Moments], scale: f64) {
    for (c, (wanted, found)) in wanted.iter().zip(found).enumerate() {
        let spread = scale * found.deviation();
        let ratio = if spread > 0.0 { (wanted.deviation() / spread).clamp(1.0 / RATIO, RATIO) } else { 1.0 };
        norm.weight[c] *= ratio as f32;
        norm.bias[c] = (ratio * f64::from(norm.bias[c]) + wanted.mean() - ratio * scale * found.mean()) as f32;
    }
}

/// Number, sum and sum of squares of a channel's values.
#[derive(Clone, Copy, Debug, Default)]
struct Moments {
    count: f64,
    sum: f64,
    squares: f64,
}

impl Moments {
    fn add(&mut self, value: f64) {
        self.count += 1.0;
        self.sum += value;
        self.squares += value * value;
    }

    fn mean(&self) -> f64 {
        self.sum / self.count.max(1.0)
    }

    fn deviation(&self) -> f64 {
        (self.squares / self.count.max(1.0) - self.mean().powi(2)).max(0.0).sqrt()
    }
}

/// Of every channel of some tensors.
type Statistics = BTreeMap<Tensor, Vec<Moments>>;

fn merged(mut all: Statistics, one: Statistics) -> Statistics {
    for (tensor, channels) in one {
        let into = all.entry(tensor).or_insert_with(|| vec![Moments::default(); channels.len()]);
        for (into, one) in into.iter_mut().zip(channels) {
            into.count += one.count;
            into.sum += one.sum;
            into.squares += one.squares;
        }
    }
    all
}

/// Of first states, states and totals of the float network.
fn float_statistics(quantized: &Quantized, weights: &Weights, images: &[RgbImage]) -> Statistics {
    let description = &quantized.model.description;
    let one = |image: &RgbImage| {
        let mut all = Statistics::new();
        let mut visit = |name: &str, values: &ndarray::Array3<f32>| {
            let Some(counterpart) = counterpart(quantized, name) else { return };
            let kept = match counterpart.tensor {
                Tensor::Data { j } => j >= FIRST_STATE_LAYER,
                Tensor::State(_) | Tensor::Total { .. } => true,
                _ => false,
            };
            if kept {
                let channels = values.outer_iter().map(|channel| {
                    let mut moments = Moments::default();
                    channel.iter().for_each(|&value| moments.add(f64::from(value)));
                    moments
                });
                all.insert(counterpart.tensor, channels.collect());
            }
        };
        reference::run(description, weights, image, &mut visit);
        all
    };
    // In the order of the images, so that the sums do not hang on the threads.
    images.par_iter().map(one).collect::<Vec<_>>().into_iter().fold(Statistics::new(), merged)
}

/// Of some tensors of the golden model, which it has computed after iteration `n + 1`.
fn statistics(
    quantized: &Quantized,
    images: &[RgbImage],
    n: usize,
    tensors: &[Tensor],
) -> Result<Statistics, GoldenError> {
    let golden = Golden::new(&quantized.model)?;
    let mask = if tensors.contains(&Tensor::Total { n }) { 1 << n } else { 0 };
    let one = |image: &RgbImage| -> Result<Statistics, GoldenError> {
        let mut seen = Seen { tensors, all: Statistics::new() };
        golden.run(image.pixels(), n + 1, mask, &mut seen)?;
        Ok(seen.all)
    };
    let all: Vec<Statistics> = images.par_iter().map(one).collect::<Result<_, _>>()?;
    Ok(all.into_iter().fold(Statistics::new(), merged))
}

/// Keeps the moments of some tensors of a run.
struct Seen<'a> {
    tensors: &'a [Tensor],
    all: Statistics,
}

impl Observer for Seen<'_> {
    fn wants(&self, tensor: Tensor) -> bool {
        self.tensors.contains(&tensor)
    }

    fn observe(&mut self, tensor: Tensor, view: View<'_>) {
        let mut channels = vec![Moments::default(); view.channels];
        for pixel in view.to_vec().chunks_exact(view.channels) {
            channels.iter_mut().zip(pixel).for_each(|(moments, &value)| moments.add(f64::from(value)));
        }
        self.all.insert(tensor, channels);
    }
}
