//! The number formats of a model, layer by layer, and how the integers of its weights are spread.

use hwgen_quantize::formats::{LayerKind, Range};
use hwgen_quantize::{Layer, Model};
use serde::Serialize;

/// A layer as the page shows it.
#[derive(Debug, Serialize)]
pub struct Format {
    /// `data 0`, `scale 1 block 0: expand`, `output 4: scale 0`.
    name: String,
    /// Its output in the table of signal-to-noise ratios (`hwgen_network::reference`), in the first iteration that
    /// computes it.
    tensor: String,
    /// Outputs × inputs × taps.
    shape: String,
    weight_bits: u32,
    /// `u8`, `s8`, the range of pixels.
    input: String,
    /// As it leaves: format, and the clamp where it is narrower.
    output: String,
    /// Accumulator, signed bits.
    acc_bits: u32,
    /// Greatest magnitude of a weight of this format.
    limit: i32,
    /// How often each integer −limit … limit is a weight.
    histogram: Vec<u64>,
    /// Share of the weights that are 0.
    zeros: f64,
}

/// Every layer of a model, in the order of computation; weight sets one after the other.
pub fn layers(model: &Model) -> Vec<Format> {
    let (d, bits) = (&model.description, &model.bits);
    let mut list = Vec::new();
    for (j, layer) in model.data.iter().enumerate() {
        let (input, output) = (bits.data_input_range(d.pixels, j), bits.data_output_range(j));
        let (name, tensor) = (format!("data {j}"), format!("data.{j}"));
        list.push(format_of(name, tensor, layer, bits.weights(LayerKind::of_data(j)), input, output));
    }
    let (wide, narrow) = (Range::unsigned(bits.act_expand), Range::unsigned(bits.act_depthwise));
    for (set, scales) in model.blocks.iter().enumerate() {
        let first = (0..d.iterations as usize).find(|&n| d.set_of(n) == set).unwrap_or(0);
        let prefix = if model.blocks.len() > 1 { format!("set {set}, ") } else { String::new() };
        for (l, blocks) in scales.iter().enumerate() {
            for (k, block) in blocks.iter().enumerate() {
                let parts = [
                    ("expand", &block.expand, LayerKind::Expand, bits.state_range(), wide),
                    ("depthwise", &block.depthwise, LayerKind::Depthwise, wide, narrow),
                    ("project", &block.project, LayerKind::Project, narrow, bits.residual_range()),
                ];
                for (part, layer, kind, input, output) in parts {
                    let name = format!("{prefix}scale {l} block {k}: {part}");
                    let tensor = format!("iter.{first}.{l}.{k}.{part}");
                    list.push(format_of(name, tensor, layer, bits.weights(kind), input, output));
                }
            }
        }
    }
    for (&output, scales) in d.outputs.iter().zip(&model.heads) {
        for (l, layer) in scales.iter().enumerate() {
            let (name, tensor) = (format!("output {output}: scale {l}"), format!("logits.{}.{l}", output - 1));
            list.push(format_of(name, tensor, layer, bits.head, bits.state_range(), bits.logit_range()));
        }
    }
    list
}

fn format_of(name: String, tensor: String, layer: &Layer, bits: u32, input: Range, output: Range) -> Format {
    let limit = Range::symmetric(bits).hi;
    let mut histogram = vec![0u64; 2 * limit as usize + 1];
    for &weight in &layer.weights {
        // The loader holds weights to their format.
        if let Some(count) = histogram.get_mut((i32::from(weight) + limit) as usize) {
            *count += 1;
        }
    }
    let clamp = Range { lo: layer.requant.lo, hi: layer.requant.hi };
    let narrower = if clamp == output { String::new() } else { format!(", {} … {}", clamp.lo, clamp.hi) };
    Format {
        name,
        tensor,
        shape: format!("{} × {} × {}", layer.outputs, layer.inputs, layer.taps),
        weight_bits: bits,
        input: short(input),
        output: short(output) + &narrower,
        acc_bits: layer.acc_bits,
        zeros: histogram[limit as usize] as f64 / layer.weights.len().max(1) as f64,
        limit,
        histogram,
    }
}

/// `u8` for 0…255, `s4` for −8…7, else the range itself.
fn short(range: Range) -> String {
    let bits = 33 - (range.hi.unsigned_abs()).leading_zeros();
    if range == Range::signed(bits) {
        format!("s{bits}")
    } else if range == Range::unsigned(bits - 1) {
        format!("u{}", bits - 1)
    } else {
        format!("{} … {}", range.lo, range.hi)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hwgen_network::{Preset, Weights};
    use hwgen_quantize::{Bits, Ranges, quantize};

    #[test]
    fn ranges_have_short_names() {
        assert_eq!(short(Range::unsigned(8)), "u8");
        assert_eq!(short(Range::signed(4)), "s4");
        assert_eq!(short(Range { lo: -255, hi: 255 }), "-255 … 255");
    }

    #[test]
    fn every_weight_is_counted_once() {
        let description = Preset::Tiny.description();
        let weights = Weights::random(&description, 1);
        let model = quantize(&description, &weights, &Bits::default(), &Ranges::analytic(&description))
            .expect("random weights quantise")
            .model;
        let layers = layers(&model);
        let d = &model.description;
        let blocks = d.scales * d.blocks;
        assert_eq!(layers.len(), d.data_layers() + 3 * blocks as usize + d.outputs.len() * d.scales as usize);
        let stem = &layers[0];
        assert_eq!((stem.weight_bits, stem.input.as_str(), stem.limit), (8, "u8", 127));
        assert_eq!(stem.histogram.iter().sum::<u64>() as usize, model.data[0].weights.len());
    }
}
