//! Float weights in memory, and the names and shapes of their tensors (docs/weights.md).
//!
//! Owns: the one list of tensors that loading, saving and random weights walk.
//! Leaves alone: files (`safetensors_file`), values (`random`).

use crate::description::{Description, Normalisation};
use ndarray::{Array1, Array2, Array3, Array4, Zip};

/// Batch norm's epsilon.
pub const EPSILON: f32 = 1e-5;

/// Batch norm of a layer's channels, as `PyTorch` stores it.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchNorm {
    /// Scale γ.
    pub weight: Array1<f32>,
    /// Offset β.
    pub bias: Array1<f32>,
    /// Running mean.
    pub running_mean: Array1<f32>,
    /// Running variance.
    pub running_var: Array1<f32>,
}

impl BatchNorm {
    fn zeros(channels: usize) -> Self {
        let zeros = || Array1::zeros(channels);
        Self { weight: zeros(), bias: zeros(), running_mean: zeros(), running_var: zeros() }
    }

    fn slices(&self) -> [Option<&[f32]>; 4] {
        [&self.weight, &self.bias, &self.running_mean, &self.running_var].map(Array1::as_slice)
    }

    fn slices_mut(&mut self) -> [Option<&mut [f32]>; 4] {
        [&mut self.weight, &mut self.bias, &mut self.running_mean, &mut self.running_var].map(Array1::as_slice_mut)
    }

    /// The same map as `y = scale·x + shift`, per channel.
    pub fn affine(&self) -> (Array1<f32>, Array1<f32>) {
        let scale = Zip::from(&self.weight).and(&self.running_var).map_collect(|w, v| w / (v + EPSILON).sqrt());
        let shift = &self.bias - &(&self.running_mean * &scale);
        (scale, shift)
    }
}

/// One convolution of the data block and its batch norm.
#[derive(Clone, Debug, PartialEq)]
pub struct DataLayer {
    /// `[f, 3 or f, 3, 3]`.
    pub conv: Array4<f32>,
    /// Batch norm after it.
    pub norm: BatchNorm,
}

/// Batch norm after each convolution of a block.
#[derive(Clone, Debug, PartialEq)]
pub struct BlockNorms {
    /// After expand, of e channels.
    pub expand: BatchNorm,
    /// After depthwise, of e channels.
    pub depthwise: BatchNorm,
    /// After project, of f channels.
    pub project: BatchNorm,
}

impl BlockNorms {
    /// In the order of the convolutions.
    fn all(&self) -> [&BatchNorm; 3] {
        [&self.expand, &self.depthwise, &self.project]
    }

    fn all_mut(&mut self) -> [&mut BatchNorm; 3] {
        [&mut self.expand, &mut self.depthwise, &mut self.project]
    }
}

/// One inverted-residual block; convolutions without bias.
#[derive(Clone, Debug, PartialEq)]
pub struct BlockWeights {
    /// 1×1, `[e, c_in]`.
    pub expand: Array2<f32>,
    /// 3×3 depthwise, `[e, 3, 3]`.
    pub depthwise: Array3<f32>,
    /// 1×1, `[f, e]`.
    pub project: Array2<f32>,
    /// Batch norm after each of them, with [`Normalisation::Convolutions`].
    pub norms: Option<BlockNorms>,
}

/// Classification of one output at one scale.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    /// `[C, f, 3, 3]`.
    pub weight: Array4<f32>,
    /// `[C]`.
    pub bias: Array1<f32>,
}

/// All weights of one network.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// Data block, `L + 2` layers.
    pub data: Vec<DataLayer>,
    /// `blocks[set][l][k]`.
    pub blocks: Vec<Vec<Vec<BlockWeights>>>,
    /// `norms[n][l]`: batch norm after iteration `n + 1`; empty with [`Normalisation::Convolutions`].
    pub norms: Vec<Vec<BatchNorm>>,
    /// `heads[o][l]`: classification of `description.outputs[o]`.
    pub heads: Vec<Vec<Head>>,
}

impl Weights {
    /// All weights zero, in the shapes of `description`.
    pub fn zeros(description: &Description) -> Self {
        let d = description;
        let (f, classes) = (d.width as usize, d.classes as usize);
        let between = d.normalisation == Normalisation::Iterations;
        let block = |l: usize, k: usize| {
            let (inputs, hidden) = (d.block_inputs(l, k), d.block_hidden(l, k));
            BlockWeights {
                norms: (!between).then(|| BlockNorms {
                    expand: BatchNorm::zeros(hidden),
                    depthwise: BatchNorm::zeros(hidden),
                    project: BatchNorm::zeros(f),
                }),
                expand: Array2::zeros((hidden, inputs)),
                depthwise: Array3::zeros((hidden, 3, 3)),
                project: Array2::zeros((f, hidden)),
            }
        };
        let scales = 0..d.scales as usize;
        let blocks = |l| (0..d.blocks as usize).map(|k| block(l, k)).collect();
        let head = |_| Head { weight: Array4::zeros((classes, f, 3, 3)), bias: Array1::zeros(classes) };
        Self {
            data: (0..d.data_layers())
                .map(|j| DataLayer { conv: Array4::zeros((f, d.data_inputs(j), 3, 3)), norm: BatchNorm::zeros(f) })
                .collect(),
            blocks: (0..d.set_count()).map(|_| scales.clone().map(blocks).collect()).collect(),
            norms: (0..if between { d.iterations } else { 0 })
                .map(|_| scales.clone().map(|_| BatchNorm::zeros(f)).collect())
                .collect(),
            heads: d.outputs.iter().map(|_| scales.clone().map(head).collect()).collect(),
        }
    }

    /// Name and values of every tensor, in the order of [`layout`].
    pub fn tensors(&self, description: &Description) -> Vec<(String, &[f32])> {
        let mut values = Vec::new();
        for layer in &self.data {
            values.push(layer.conv.as_slice());
            values.extend(layer.norm.slices());
        }
        for block in self.blocks.iter().flatten().flatten() {
            values.extend([block.expand.as_slice(), block.depthwise.as_slice(), block.project.as_slice()]);
            values.extend(block.norms.iter().flat_map(BlockNorms::all).flat_map(BatchNorm::slices));
        }
        values.extend(self.norms.iter().flatten().flat_map(BatchNorm::slices));
        values.extend(self.heads.iter().flatten().flat_map(|h| [h.weight.as_slice(), h.bias.as_slice()]));
        named(description, values)
    }

    /// As [`Weights::tensors`], for writing.
    pub fn tensors_mut(&mut self, description: &Description) -> Vec<(String, &mut [f32])> {
        let mut values = Vec::new();
        for layer in &mut self.data {
            values.push(layer.conv.as_slice_mut());
            values.extend(layer.norm.slices_mut());
        }
        for block in self.blocks.iter_mut().flatten().flatten() {
            values.extend([block.expand.as_slice_mut(), block.depthwise.as_slice_mut(), block.project.as_slice_mut()]);
            values.extend(block.norms.iter_mut().flat_map(BlockNorms::all_mut).flat_map(BatchNorm::slices_mut));
        }
        values.extend(self.norms.iter_mut().flatten().flat_map(BatchNorm::slices_mut));
        values.extend(self.heads.iter_mut().flatten().flat_map(|h| [h.weight.as_slice_mut(), h.bias.as_slice_mut()]));
        named(description, values)
    }
}

fn named<T>(description: &Description, values: Vec<Option<T>>) -> Vec<(String, T)> {
    let names = layout(description).into_iter().map(|(name, _)| name);
    names.zip(values.into_iter().map(|v| v.expect("weights are kept in standard layout"))).collect()
}

/// Name and `PyTorch` shape of every tensor of `description`, in the order of docs/weights.md.
pub fn layout(description: &Description) -> Vec<(String, Vec<usize>)> {
    let d = description;
    let (f, classes) = (d.width as usize, d.classes as usize);
    let mut tensors = Vec::new();
    let norm = |tensors: &mut Vec<(String, Vec<usize>)>, prefix: String, channels: usize| {
        for part in ["weight", "bias", "running_mean", "running_var"] {
            tensors.push((format!("{prefix}.{part}"), vec![channels]));
        }
    };
    for j in 0..d.data_layers() {
        tensors.push((format!("data.{j}.conv.weight"), vec![f, d.data_inputs(j), 3, 3]));
        norm(&mut tensors, format!("data.{j}.bn"), f);
    }
    for set in 0..d.set_count() {
        for l in 0..d.scales as usize {
            for k in 0..d.blocks as usize {
                let (inputs, hidden) = (d.block_inputs(l, k), d.block_hidden(l, k));
                let prefix = format!("iter.{set}.{l}.{k}");
                tensors.push((format!("{prefix}.expand.weight"), vec![hidden, inputs, 1, 1]));
                tensors.push((format!("{prefix}.depthwise.weight"), vec![hidden, 1, 3, 3]));
                tensors.push((format!("{prefix}.project.weight"), vec![f, hidden, 1, 1]));
                if d.normalisation == Normalisation::Convolutions {
                    for (part, channels) in [("expand", hidden), ("depthwise", hidden), ("project", f)] {
                        norm(&mut tensors, format!("{prefix}.{part}_bn"), channels);
                    }
                }
            }
        }
    }
    let between = if d.normalisation == Normalisation::Iterations { d.iterations } else { 0 };
    for n in 0..between {
        for l in 0..d.scales {
            norm(&mut tensors, format!("norm.{n}.{l}"), f);
        }
    }
    for output in &d.outputs {
        for l in 0..d.scales {
            tensors.push((format!("head.{}.{l}.weight", output - 1), vec![classes, f, 3, 3]));
            tensors.push((format!("head.{}.{l}.bias", output - 1), vec![classes]));
        }
    }
    tensors
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::description::{Mixing, WeightSets};
    use crate::preset::Preset;

    #[test]
    fn layout_and_tensors_agree() {
        let mut d = Preset::Tiny.description();
        (d.blocks, d.mixing, d.outputs) = (2, Mixing::Bidirectional, vec![2, 4]);
        d.weight_sets = WeightSets::Map(vec![0, 1, 1, 0]);
        for (normalisation, own) in
            [(Normalisation::Iterations, "norm.3.2.bias"), (Normalisation::Convolutions, "iter.1.2.1.project_bn.bias")]
        {
            d.normalisation = normalisation;
            let mut weights = Weights::zeros(&d);
            let wanted: Vec<_> = layout(&d).into_iter().map(|(name, shape)| (name, shape.iter().product())).collect();
            let seen: Vec<(String, usize)> = weights.tensors(&d).into_iter().map(|(n, v)| (n, v.len())).collect();
            assert_eq!(seen, wanted);
            let seen: Vec<(String, usize)> = weights.tensors_mut(&d).into_iter().map(|(n, v)| (n, v.len())).collect();
            assert_eq!(seen, wanted);
            assert!(["head.3.0.bias", own].iter().all(|&own| wanted.iter().any(|(name, _)| name == own)));
        }
    }

    #[test]
    fn batch_norm_as_affine() {
        let mut norm = BatchNorm::zeros(1);
        norm.weight[0] = 2.0;
        norm.bias[0] = 1.0;
        norm.running_mean[0] = 3.0;
        norm.running_var[0] = 4.0 - EPSILON;
        let (scale, shift) = norm.affine();
        assert!((scale[0] - 1.0).abs() < 1e-6 && (shift[0] + 2.0).abs() < 1e-6);
    }
}
