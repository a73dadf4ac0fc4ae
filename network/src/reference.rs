//! The whole network in float32: what the integers are compared with.
//!
//! Owns: the order of the layers (docs/network.md) and the names of the intermediates.
//! Leaves alone: the operators (`conv`, `resample`), number formats, speed records: it is meant to be read.
//!
//! Names, all indices counted from 0 as in docs/weights.md:
//!
//! | name | what | channels |
//! |---|---|---|
//! | `data.{j}` | data-block layer j, after batch norm and ReLU6 (inside) or batch norm (the initial states) | f |
//! | `iter.{n}.{l}.{k}.expand` | after ReLU6 | t·c_in |
//! | `iter.{n}.{l}.{k}.depthwise` | after ReLU6 | t·c_in |
//! | `iter.{n}.{l}.{k}.project` | linear, before the residual is added | f |
//! | `iter.{n}.{l}.{k}.residual` | after it is added; before batch norm | f |
//! | `state.{n}.{l}` | after batch norm | f |
//! | `logits.{n}.{l}` | classification convolution of one scale, at that scale | C |
//! | `total.{n}` | sum over the scales, at scale 0, before the last up-sampling | C |

pub mod conv;
pub mod resample;

use crate::description::{Description, FIRST_STATE_LAYER, PixelDomain};
use crate::image::RgbImage;
use crate::weights::{BatchNorm, BlockWeights, Weights};
use ndarray::{Array2, Array3, ArrayView3, Axis, concatenate};

/// The semantic map of one output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassMap {
    /// The output, counted from 1.
    pub output: u32,
    /// Class of every pixel, `[H, W]`.
    pub classes: Array2<u8>,
}

/// Runs the network on an image of the description's size and gives every intermediate, `[channels, rows, columns]`,
/// to `visit` in the order of computation.
///
/// # Panics
/// If the image has another size than the description, or the weights other shapes.
pub fn run(
    description: &Description,
    weights: &Weights,
    image: &RgbImage,
    visit: &mut dyn FnMut(&str, &Array3<f32>),
) -> Vec<ClassMap> {
    let d = description;
    assert_eq!(image.size(), d.image, "the image has the size of the description");
    let mut states = data_block(d, weights, &input(image, d.pixels), visit);
    let mut maps = Vec::new();
    for n in 0..d.iterations as usize {
        states = iterate(d, weights, n, &states, visit);
        if let Some(o) = d.outputs.iter().position(|&output| output as usize == n + 1) {
            let total = classify(d, weights, o, &states, visit);
            maps.push(ClassMap { output: d.outputs[o], classes: resample::classes(&total, d.image) });
        }
    }
    maps
}

/// Pixels as numbers, `[3, H, W]`.
pub fn input(image: &RgbImage, pixels: PixelDomain) -> Array3<f32> {
    let size = image.size();
    Array3::from_shape_fn((3, size.height as usize, size.width as usize), |(c, y, x)| {
        let value = f32::from(image.at(y, x, c));
        match pixels {
            PixelDomain::Unit => value / 255.0,
            PixelDomain::Symmetric => value / 127.5 - 1.0,
        }
    })
}

/// The initial states of all scales.
fn data_block(
    d: &Description,
    weights: &Weights,
    input: &Array3<f32>,
    visit: &mut dyn FnMut(&str, &Array3<f32>),
) -> Vec<Array3<f32>> {
    let mut layers: Vec<Array3<f32>> = Vec::new();
    for (j, layer) in weights.data.iter().enumerate() {
        let mut output = conv::full(layers.last().unwrap_or(input).view(), &layer.conv, 2);
        normalise(&mut output, &layer.norm);
        if j < FIRST_STATE_LAYER {
            output.par_mapv_inplace(relu6);
        }
        visit(&format!("data.{j}"), &output);
        layers.push(output);
    }
    debug_assert_eq!(layers.len(), d.data_layers(), "the weights fit the description");
    layers.split_off(2)
}

/// One iteration of all scales, each from the states before.
fn iterate(
    d: &Description,
    weights: &Weights,
    n: usize,
    states: &[Array3<f32>],
    visit: &mut dyn FnMut(&str, &Array3<f32>),
) -> Vec<Array3<f32>> {
    let one_scale = |l: usize| {
        let mut value = states[l].clone();
        for (k, block) in weights.blocks[d.set_of(n)][l].iter().enumerate() {
            let mixed = if k == 0 { mix(d, states, l) } else { value.clone() };
            value = inverted_residual(block, mixed.view(), &value, &mut |part, tensor| {
                visit(&format!("iter.{n}.{l}.{k}.{part}"), tensor);
            });
        }
        if let Some(norms) = weights.norms.get(n) {
            normalise(&mut value, &norms[l]);
        }
        visit(&format!("state.{n}.{l}"), &value);
        value
    };
    (0..states.len()).map(one_scale).collect()
}

/// What block 0 of scale `l` reads: own state, the coarser one up-sampled, the finer one pooled.
fn mix(d: &Description, states: &[Array3<f32>], l: usize) -> Array3<f32> {
    let coarser = d.has_coarser(l).then(|| resample::up2(states[l + 1].view(), d.scale(l)));
    let finer = d.has_finer(l).then(|| resample::pool2(states[l - 1].view()));
    let parts: Vec<ArrayView3<'_, f32>> =
        [Some(&states[l]), coarser.as_ref(), finer.as_ref()].into_iter().flatten().map(Array3::view).collect();
    concatenate(Axis(0), &parts).expect("the parts have the size of their scale")
}

/// Expand, depthwise, project, and the block's own input on top.
fn inverted_residual(
    block: &BlockWeights,
    input: ArrayView3<'_, f32>,
    own: &Array3<f32>,
    visit: &mut dyn FnMut(&str, &Array3<f32>),
) -> Array3<f32> {
    let norms = block.norms.as_ref();
    let mut expanded = conv::pointwise(input, &block.expand);
    norms.inspect(|norms| normalise(&mut expanded, &norms.expand));
    expanded.par_mapv_inplace(relu6);
    visit("expand", &expanded);
    let mut filtered = conv::depthwise(expanded.view(), &block.depthwise);
    norms.inspect(|norms| normalise(&mut filtered, &norms.depthwise));
    filtered.par_mapv_inplace(relu6);
    visit("depthwise", &filtered);
    let mut projected = conv::pointwise(filtered.view(), &block.project);
    norms.inspect(|norms| normalise(&mut projected, &norms.project));
    visit("project", &projected);
    projected += own;
    visit("residual", &projected);
    projected
}

/// The logits of output `o` summed over the scales, at scale 0.
fn classify(
    d: &Description,
    weights: &Weights,
    o: usize,
    states: &[Array3<f32>],
    visit: &mut dyn FnMut(&str, &Array3<f32>),
) -> Array3<f32> {
    let n = d.outputs[o] - 1;
    let mut total: Option<Array3<f32>> = None;
    for (l, (state, head)) in states.iter().zip(&weights.heads[o]).enumerate() {
        let mut logits = conv::full(state.view(), &head.weight, 1);
        for (mut plane, &bias) in logits.outer_iter_mut().zip(&head.bias) {
            plane += bias;
        }
        visit(&format!("logits.{n}.{l}"), &logits);
        for finer in (0..l).rev() {
            logits = resample::up2(logits.view(), d.scale(finer));
        }
        total = Some(match total {
            Some(sum) => sum + logits,
            None => logits,
        });
    }
    let total = total.expect("a network has at least one scale");
    visit(&format!("total.{n}"), &total);
    total
}

fn normalise(tensor: &mut Array3<f32>, norm: &BatchNorm) {
    let (scale, shift) = norm.affine();
    for ((mut plane, scale), shift) in tensor.outer_iter_mut().zip(scale).zip(shift) {
        plane.mapv_inplace(|v| v * scale + shift);
    }
}

fn relu6(value: f32) -> f32 {
    value.clamp(0.0, 6.0)
}

#[cfg(test)]
mod tests;
