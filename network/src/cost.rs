//! What a network costs, by the counting rules of the paper (docs/network.md, "Figures of merit").
//!
//! Owns: MACs, parameters, computational graph, memory traffic, state and depth, by layer, block and output.
//! Convolutions only, without biases, everything in float32; a tap that falls on padding counts as a MAC.
//! Leaves alone: what the hardware spends (cycles, integers, block RAMs).

use crate::description::Description;
use serde::Serialize;
use std::ops::AddAssign;

/// Bytes of one float32.
const BYTES: u64 = 4;

/// Sums over a group of layers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Sums {
    /// Multiply-accumulates for one image.
    pub macs: u64,
    /// Parameters; a shared one counts once.
    pub params: u64,
    /// Computational graph: parameters + input + output of every layer; a layer that a loop re-uses counts once.
    pub graph_bytes: u64,
    /// Memory traffic for one image: the same tensors, once for each use.
    pub traffic_bytes: u64,
}

impl AddAssign for Sums {
    fn add_assign(&mut self, other: Self) {
        self.macs += other.macs;
        self.params += other.params;
        self.graph_bytes += other.graph_bytes;
        self.traffic_bytes += other.traffic_bytes;
    }
}

/// One convolution, all its uses together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LayerCost {
    /// `data.{j}`, `iter.{set}.{l}.{k}.{expand, depthwise, project}` or `head.{n}.{l}`, counted from 0.
    pub name: String,
    /// How often it runs for one image.
    pub uses: u64,
    /// What it costs.
    #[serde(flatten)]
    pub sums: Sums,
}

/// What has been spent when output n is complete.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OutputCost {
    /// The output, counted from 1.
    pub output: u32,
    /// Convolutions on the longest path from the input to it.
    pub depth: u64,
    /// Data block, iterations 1…n and the classifications up to it.
    #[serde(flatten)]
    pub sums: Sums,
}

/// The three blocks of the paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Blocks {
    /// Data block.
    pub data: Sums,
    /// Iterative block, all iterations.
    pub iterative: Sums,
    /// Classification block, all outputs.
    pub classification: Sums,
}

/// The cost of one network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cost {
    /// The whole network.
    #[serde(flatten)]
    pub total: Sums,
    /// All scales of the state, float32.
    pub state_bytes: u64,
    /// Convolutions on the longest path from the input to the last output.
    pub depth: u64,
    /// By block.
    pub blocks: Blocks,
    /// Running sums at each output.
    pub outputs: Vec<OutputCost>,
    /// Every convolution, in the order of docs/weights.md.
    pub layers: Vec<LayerCost>,
}

/// A convolution in the terms that cost depends on.
struct Conv {
    inputs: usize,
    outputs: usize,
    weights: usize,
    pixels_in: usize,
    pixels_out: usize,
}

impl Conv {
    /// Cost of `uses` runs of one copy.
    fn sums(&self, uses: u64) -> Sums {
        let tensors = (self.inputs * self.pixels_in + self.outputs * self.pixels_out) as u64;
        let weights = self.weights as u64;
        Sums {
            macs: uses * weights * self.pixels_out as u64,
            params: weights,
            graph_bytes: BYTES * (weights + tensors),
            traffic_bytes: uses * BYTES * (weights + tensors),
        }
    }
}

impl Cost {
    /// The cost of `description`, which must be valid.
    pub fn new(description: &Description) -> Self {
        let d = description;
        let mut layers = data_layers(d);
        let data = sum(&layers);
        let iterations = iterative_layers(d, d.iterations as usize);
        let iterative = sum(&iterations);
        layers.extend(iterations);
        let heads: Vec<_> = d.outputs.iter().map(|&n| head_layers(d, n)).collect();
        let mut classification = Sums::default();
        let mut outputs = Vec::new();
        for (&n, head) in d.outputs.iter().zip(&heads) {
            classification += sum(head);
            let mut sums = data;
            sums += sum(&iterative_layers(d, n as usize));
            sums += classification;
            outputs.push(OutputCost { output: n, depth: depth(d, n), sums });
        }
        layers.extend(heads.into_iter().flatten());
        let mut total = data;
        total += iterative;
        total += classification;
        let state: usize = (0..d.scales as usize).map(|l| d.width as usize * d.scale(l).pixels()).sum();
        Self {
            total,
            state_bytes: BYTES * state as u64,
            depth: d.outputs.last().map_or(0, |&n| depth(d, n)),
            blocks: Blocks { data, iterative, classification },
            outputs,
            layers,
        }
    }
}

/// 3 + (L − 1) + 3·K·n + 1.
fn depth(d: &Description, n: u32) -> u64 {
    u64::from(3 + (d.scales - 1) + 3 * d.blocks * n + 1)
}

fn sum(layers: &[LayerCost]) -> Sums {
    let mut sums = Sums::default();
    for layer in layers {
        sums += layer.sums;
    }
    sums
}

fn data_layers(d: &Description) -> Vec<LayerCost> {
    let f = d.width as usize;
    let layer = |j: usize| {
        let inputs = d.data_inputs(j);
        let pixels_in = if j == 0 { d.image.pixels() } else { d.data_size(j - 1).pixels() };
        let conv = Conv { inputs, outputs: f, weights: 9 * f * inputs, pixels_in, pixels_out: d.data_size(j).pixels() };
        LayerCost { name: format!("data.{j}"), uses: 1, sums: conv.sums(1) }
    };
    (0..d.data_layers()).map(layer).collect()
}

/// The weight sets that the first `iterations` iterations touch.
fn iterative_layers(d: &Description, iterations: usize) -> Vec<LayerCost> {
    let f = d.width as usize;
    let mut layers = Vec::new();
    for set in 0..d.set_count() {
        let uses = (0..iterations).filter(|&n| d.set_of(n) == set).count() as u64;
        if uses == 0 {
            continue;
        }
        for l in 0..d.scales as usize {
            let pixels = d.scale(l).pixels();
            for k in 0..d.blocks as usize {
                let (c, e) = (d.block_inputs(l, k), d.block_hidden(l, k));
                for (kind, inputs, outputs, weights) in
                    [("expand", c, e, c * e), ("depthwise", e, e, 9 * e), ("project", e, f, e * f)]
                {
                    let conv = Conv { inputs, outputs, weights, pixels_in: pixels, pixels_out: pixels };
                    let name = format!("iter.{set}.{l}.{k}.{kind}");
                    layers.push(LayerCost { name, uses, sums: conv.sums(uses) });
                }
            }
        }
    }
    layers
}

fn head_layers(d: &Description, n: u32) -> Vec<LayerCost> {
    let (f, classes) = (d.width as usize, d.classes as usize);
    let layer = |l: usize| {
        let pixels = d.scale(l).pixels();
        let weights = 9 * f * classes;
        let conv = Conv { inputs: f, outputs: classes, weights, pixels_in: pixels, pixels_out: pixels };
        LayerCost { name: format!("head.{}.{l}", n - 1), uses: 1, sums: conv.sums(1) }
    };
    (0..d.scales as usize).map(layer).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::description::{Mixing, WeightSets};
    use crate::preset::Preset;
    use crate::weights::layout;

    /// Shared f = 51 and independent f = 29, as the counting rules of docs/network.md give them.
    fn pair(classes: u32) -> (Cost, Cost) {
        let shared = Description { classes, ..Preset::Paper.description() };
        let independent = Description { width: 29, weight_sets: WeightSets::Independent, ..shared.clone() };
        (Cost::new(&shared), Cost::new(&independent))
    }

    fn row(classes: u32) -> [String; 5] {
        let (shared, independent) = pair(classes);
        [
            format!("{:.3}", shared.total.macs as f64 / 1e9),
            format!("{:.3}", independent.total.macs as f64 / 1e9),
            format!("{:.1}", shared.total.graph_bytes as f64 / 1e6),
            format!("{:.1}", independent.total.graph_bytes as f64 / 1e6),
            format!("{:.3}", shared.total.params as f64 / independent.total.params as f64),
        ]
    }

    #[test]
    fn the_table_of_the_page_to_the_printed_digit() {
        assert_eq!(row(12), ["6.186", "2.167", "78.5", "360.1", "0.412"]);
        assert_eq!(row(11), ["6.160", "2.152", "78.2", "359.8", "0.400"]);
    }

    #[test]
    fn the_last_output_has_spent_everything() {
        for preset in Preset::ALL {
            let cost = Cost::new(&preset.description());
            let last = cost.outputs.last().expect("outputs");
            assert_eq!((last.sums, last.depth), (cost.total, cost.depth));
            assert_eq!(sum(&cost.layers), cost.total);
        }
    }

    #[test]
    fn iterations_without_an_output_count_in_the_whole_only() {
        let d = Description { outputs: vec![1], ..Preset::Tiny.description() };
        let cost = Cost::new(&d);
        let all = cost.blocks.iterative.macs;
        assert_eq!(cost.outputs[0].sums.macs, cost.total.macs - all + all / 4);
        assert_eq!(cost.depth, 3 + 2 + 3 + 1);
    }

    #[test]
    fn parameters_are_those_of_the_tensor_list() {
        let mut d = Preset::Tiny.description();
        (d.blocks, d.mixing, d.weight_sets) = (2, Mixing::Bidirectional, WeightSets::Map(vec![0, 1, 1, 0]));
        let convolutions = layout(&d).into_iter().filter(|(_, shape)| shape.len() == 4);
        let params: usize = convolutions.map(|(_, shape)| shape.iter().product::<usize>()).sum();
        assert_eq!(Cost::new(&d).total.params, params as u64);
    }

    #[test]
    fn the_state_of_the_paper() {
        assert_eq!(Cost::new(&Preset::Paper.description()).state_bytes, 4 * 51 * 3570);
    }

    #[test]
    fn traffic_counts_each_use() {
        let d = Preset::Tiny.description();
        let cost = Cost::new(&d);
        assert_eq!(cost.blocks.iterative.traffic_bytes, 4 * cost.blocks.iterative.graph_bytes);
        assert_eq!(cost.blocks.data.traffic_bytes, cost.blocks.data.graph_bytes);
    }
}
