//! Float weights and ranges to the quantised model.
//!
//! Owns: folding batch norm into the convolution before it; which scale each layer reads and writes. Leaves alone: one layer's
//! integers (`channel`), the loop's batch norm (`affine`), finding ranges (`calibrate`, `ranges`).

use crate::affine::affine;
use crate::channel::FloatLayer;
use crate::error::QuantizeError;
use crate::formats::{LayerKind, Range};
use crate::model::{Bits, Block, Layer, Model};
use crate::ranges::{Means, Ranges, SIX, Scales};
use crate::validate::check_bits;
use hwgen_network::weights::{BatchNorm, BlockWeights, DataLayer, Head};
use hwgen_network::{Description, FIRST_STATE_LAYER, Weights};
use ndarray::{ArrayBase, Axis, Data, Dimension, RemoveAxis};

/// A quantised model and the scales that connect its integers to the float network.
#[derive(Clone, Debug)]
pub struct Quantized {
    /// The model.
    pub model: Model,
    /// Its scales.
    pub scales: Scales,
}

/// Quantises `weights` (of `description`, valid) after training: `bits` formats that hold `ranges`.
pub fn quantize(
    description: &Description,
    weights: &Weights,
    bits: &Bits,
    ranges: &Ranges,
) -> Result<Quantized, QuantizeError> {
    check_bits(bits)?;
    let scales = Scales::new(description, bits, ranges);
    let job = Job { description, bits, scales: &scales, means: ranges.means.as_ref() };
    let data = weights.data.iter().enumerate().map(|(j, layer)| job.data(j, layer)).collect::<Result<_, _>>()?;
    let mut blocks = Vec::with_capacity(weights.blocks.len());
    for (set, block_scales) in weights.blocks.iter().enumerate() {
        let scale = |(l, blocks): (usize, &Vec<BlockWeights>)| {
            blocks.iter().enumerate().map(|(k, block)| job.block([set, l, k], block)).collect::<Result<Vec<_>, _>>()
        };
        blocks.push(block_scales.iter().enumerate().map(scale).collect::<Result<Vec<_>, _>>()?);
    }
    let mut heads = Vec::with_capacity(weights.heads.len());
    for (o, layers) in weights.heads.iter().enumerate() {
        heads.push(layers.iter().enumerate().map(|(l, head)| job.head(o, l, head)).collect::<Result<_, _>>()?);
    }
    let affine = affine(description, bits, &scales, &weights.norms, &job.lost(weights, &blocks))?;
    let model = Model {
        description: description.clone(),
        bits: *bits,
        mid_shift: scales.mid_shift,
        confidence_shift: confidence_shift(description, bits),
        data,
        blocks,
        affine,
        heads,
    };
    model.validate()?;
    Ok(Quantized { model, scales })
}

/// The least shift at which no confidence saturates.
fn confidence_shift(description: &Description, bits: &Bits) -> u32 {
    let logit = bits.logit_range();
    let margin = u64::from(logit.hi.abs_diff(logit.lo)) * u64::from(description.scales);
    let greatest = margin * description.scale(0).pixels() as u64;
    (64 - greatest.leading_zeros()).saturating_sub(32)
}

struct Job<'a> {
    description: &'a Description,
    bits: &'a Bits,
    scales: &'a Scales,
    means: Option<&'a Means>,
}

impl Job<'_> {
    /// Clamp of a ReLU6 output of `bits` bits at `scale`.
    fn relu(bits: u32, scale: f64) -> Range {
        let six = (SIX / scale + 0.5).floor().min(f64::from(Range::unsigned(bits).hi));
        Range { lo: 0, hi: (six as i32).max(1) }
    }

    fn data(&self, j: usize, layer: &DataLayer) -> Result<Layer, QuantizeError> {
        let (weights, bias) = folded(&layer.conv, Some(&layer.norm));
        let output_scale = self.scales.data[j];
        FloatLayer {
            name: &format!("data.{j}.conv.weight"),
            kind: LayerKind::of_data(j),
            bits: self.bits.weights(LayerKind::of_data(j)),
            weights,
            bias,
            input_means: self.means.map_or(&[], |means| j.checked_sub(1).map_or(&[], |j| &means.data[j])),
            taps: 9,
            input_scale: if j == 0 { self.scales.pixel } else { self.scales.data[j - 1] },
            input: self.bits.data_input_range(self.description.pixels, j),
            output_scale,
            clamp: if j < FIRST_STATE_LAYER {
                Self::relu(self.bits.act_data, output_scale)
            } else {
                self.bits.state_range()
            },
        }
        .quantize()
    }

    fn block(&self, at: [usize; 3], block: &BlockWeights) -> Result<Block, QuantizeError> {
        let [set, l, k] = at;
        let (bits, scales) = (self.bits, self.scales);
        let name = |part: &str| format!("iter.{set}.{l}.{k}.{part}.weight");
        let (expanded, filtered) = (scales.expand[set][l][k], scales.depthwise[set][l][k]);
        let norms = block.norms.as_ref();
        let (weights, bias) = folded(&block.expand, norms.map(|norms| &norms.expand));
        let expand = FloatLayer {
            name: &name("expand"),
            kind: LayerKind::Expand,
            bits: bits.expand,
            weights,
            bias,
            input_means: &[],
            taps: 1,
            input_scale: scales.block_input(k),
            input: bits.state_range(),
            output_scale: expanded,
            clamp: Self::relu(bits.act_expand, expanded),
        };
        let (weights, bias) = folded(&block.depthwise, norms.map(|norms| &norms.depthwise));
        let depthwise = FloatLayer {
            name: &name("depthwise"),
            kind: LayerKind::Depthwise,
            bits: bits.depthwise,
            weights,
            bias,
            input_means: &[],
            taps: 9,
            input_scale: expanded,
            input: Range::unsigned(bits.act_expand),
            output_scale: filtered,
            clamp: Self::relu(bits.act_depthwise, filtered),
        };
        let project = self.project(&name("project"), at, block).quantize()?;
        Ok(Block { expand: expand.quantize()?, depthwise: depthwise.quantize()?, project })
    }

    fn project<'n>(&self, name: &'n str, [set, l, k]: [usize; 3], block: &BlockWeights) -> FloatLayer<'n> {
        let (weights, bias) = folded(&block.project, block.norms.as_ref().map(|norms| &norms.project));
        FloatLayer {
            name,
            kind: LayerKind::Project,
            bits: self.bits.project,
            weights,
            bias,
            input_means: &[],
            taps: 1,
            input_scale: self.scales.depthwise[set][l][k],
            input: Range::unsigned(self.bits.act_depthwise),
            output_scale: self.scales.residual(),
            clamp: self.bits.residual_range(),
        }
    }

    /// What the residual of iteration `n` at scale `l` lacks on average, `[n][l][channel]`, because the weights of the
    /// project layers were rounded; iterations that share such a layer lack different amounts, so the affine row of each
    /// iteration makes up for it.
    fn lost(&self, weights: &Weights, blocks: &[Vec<Vec<Block>>]) -> Vec<Vec<Vec<f64>>> {
        let d = self.description;
        let one = |n: usize, l: usize| {
            let mut lost = vec![0.0; d.width as usize];
            let set = d.set_of(n);
            for (k, (float, integer)) in weights.blocks[set][l].iter().zip(&blocks[set][l]).enumerate() {
                let means = self.means.map_or(&[][..], |means| &means.depthwise[n][l][k]);
                let errors = self.project("", [set, l, k], float).mean_error(&integer.project, means);
                lost.iter_mut().zip(errors).for_each(|(lost, error)| *lost += error);
            }
            lost
        };
        (0..d.iterations as usize).map(|n| (0..d.scales as usize).map(|l| one(n, l)).collect()).collect()
    }

    fn head(&self, o: usize, l: usize, head: &Head) -> Result<Layer, QuantizeError> {
        let n = self.description.outputs[o] as usize - 1;
        FloatLayer {
            name: &format!("head.{n}.{l}.weight"),
            kind: LayerKind::Head,
            bits: self.bits.head,
            weights: channels(&head.weight),
            bias: head.bias.iter().map(|&b| f64::from(b)).collect(),
            input_means: self.means.map_or(&[], |means| &means.state[n][l]),
            taps: 9,
            input_scale: self.scales.state,
            input: self.bits.state_range(),
            output_scale: self.scales.logit[o],
            clamp: self.bits.logit_range(),
        }
        .quantize()
    }
}

/// The weights of each output channel with the batch norm behind them folded in, and the offsets that it leaves: none
/// without one.
fn folded<S: Data<Elem = f32>, D: Dimension + RemoveAxis>(
    tensor: &ArrayBase<S, D>,
    norm: Option<&BatchNorm>,
) -> (Vec<Vec<f64>>, Vec<f64>) {
    let mut weights = channels(tensor);
    let Some((scale, shift)) = norm.map(BatchNorm::affine) else { return (weights, vec![]) };
    for (channel, &factor) in weights.iter_mut().zip(&scale) {
        for w in channel {
            *w *= f64::from(factor);
        }
    }
    (weights, shift.iter().map(|&b| f64::from(b)).collect())
}

/// The values of each output channel, in storage order.
fn channels<S: Data<Elem = f32>, D: Dimension + RemoveAxis>(tensor: &ArrayBase<S, D>) -> Vec<Vec<f64>> {
    tensor.axis_iter(Axis(0)).map(|channel| channel.iter().map(|&w| f64::from(w)).collect()).collect()
}
