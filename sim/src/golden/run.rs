//! The whole network: data block, iterations, outputs.
//!
//! Owns: the order of the operators, and how a scale is cut into bands for the threads.

use super::Frame;
use super::block::{Band, Keep, PackedBlock, STAGES, Stage, band};
use super::classify::{classify, confidence, total};
use super::conv::{band_rows, conv3x3};
use super::error::GoldenError;
use super::kernel::{Dense, Kernels, Requanter, Tail, Zeros};
use super::mix::Parts;
use super::observer::{At, Observer, Tensor, Values, View};
use super::plane::{Plane, STATE_ZERO, input, integers, pixels};
use hwgen_network::{Description, PixelDomain};
use hwgen_quantize::{Layer, Model, Range, Requant};
use rayon::prelude::*;
use std::borrow::Cow;

/// Bits of the residual beyond those of the state.
const RESIDUAL_BITS: u32 = 4;

/// A model prepared for running on any number of images.
#[derive(Clone, Debug)]
pub struct Golden {
    description: Description,
    residual: Range,
    mid_shift: u32,
    confidence_shift: u32,
    kernels: Kernels,
    data: Vec<Dense>,
    blocks: Vec<Vec<Vec<PackedBlock>>>,
    affine: Vec<Vec<Requanter>>,
    mid: Requanter,
    heads: Vec<Vec<Dense>>,
}

impl Golden {
    /// Validates and packs `model`.
    pub fn new(model: &Model) -> Result<Self, GoldenError> {
        Self::with_kernels(model, Kernels::best())
    }

    /// As [`Golden::new`], with inner loops of the caller's choice.
    pub fn with_kernels(model: &Model, kernels: Kernels) -> Result<Self, GoldenError> {
        model.validate()?;
        let data = |(j, layer): (usize, &Layer)| {
            let zeros = Zeros { input: zero_before(j), output: zero_before(j + 1) };
            let layer = if j == 0 { first_layer(layer, model.description.pixels) } else { Cow::Borrowed(layer) };
            Dense::new(&layer, zeros)
        };
        let head = |layer: &Layer| Dense::new(layer, Zeros { input: STATE_ZERO, output: 0 });
        let bits = model.bits.act_state + RESIDUAL_BITS;
        let affine = |requant: &Requant| Requanter::new(requant, bits, STATE_ZERO);
        Ok(Self {
            description: model.description.clone(),
            residual: model.bits.residual_range(),
            mid_shift: model.mid_shift,
            confidence_shift: model.confidence_shift,
            kernels,
            data: model.data.iter().enumerate().map(data).collect(),
            blocks: model
                .blocks
                .iter()
                .map(|set| set.iter().map(|scale| scale.iter().map(PackedBlock::new).collect()).collect())
                .collect(),
            affine: model.affine.iter().map(|rows| rows.iter().map(affine).collect()).collect(),
            mid: affine(&mid_affine(model)),
            heads: model.heads.iter().map(|scales| scales.iter().map(head).collect()).collect(),
        })
    }

    /// The network.
    pub const fn description(&self) -> &Description {
        &self.description
    }

    /// One image; arguments as for [`super::run`].
    pub fn run(
        &self,
        image: &[u8],
        iterations: usize,
        mask: u64,
        observer: &mut dyn Observer,
    ) -> Result<Frame, GoldenError> {
        let d = &self.description;
        let wanted = d.image.pixels() * 3;
        if image.len() != wanted {
            let (width, height) = (d.image.width, d.image.height);
            return Err(GoldenError::ImageSize { got: image.len(), wanted, width, height });
        }
        let mut states = self.data_block(image, observer);
        let mut frame = Frame { maps: vec![], confidences: vec![] };
        for n in 0..iterations.clamp(1, d.iterations as usize) {
            self.iterate(n, &mut states, observer);
            let output = d.outputs.iter().position(|&o| o as usize == n + 1);
            if let Some(o) = output.filter(|_| mask >> n & 1 == 1) {
                self.output(n, o, &states, observer, &mut frame);
            }
        }
        Ok(frame)
    }

    /// `S₀` of every scale.
    fn data_block(&self, image: &[u8], observer: &mut dyn Observer) -> Vec<Plane<u8>> {
        let d = &self.description;
        if observer.wants(Tensor::Input) {
            let view = View { size: d.image, channels: 3, values: Values::I16(&pixels(image, d.pixels)) };
            observer.observe(Tensor::Input, view);
        }
        let mut plane = input(image, d.image, d.pixels);
        let mut states = Vec::with_capacity(d.scales as usize);
        for (j, layer) in self.data.iter().enumerate() {
            plane = conv3x3(self.kernels, layer, &plane, 2);
            show_bytes(observer, Tensor::Data { j }, &plane, zero_before(j + 1));
            if j >= 2 {
                states.push(plane.clone());
            }
        }
        states
    }

    /// Iteration `n`: every scale from the states of the iteration before; block `k` of all scales before `k + 1`.
    fn iterate(&self, n: usize, states: &mut [Plane<u8>], observer: &mut dyn Observer) {
        for k in 0..self.description.blocks as usize {
            let keep: Vec<Keep> = (0..states.len())
                .map(|l| std::array::from_fn(|stage| observer.wants(stage_tensor(stage, At { n, l, k }))))
                .collect();
            let bands: Vec<(usize, Band)> = bands(states)
                .into_par_iter()
                .map(|(l, rows)| (l, self.band(At { n, l, k }, states, rows, keep[l])))
                .collect();
            let mut whole: Vec<Band> = vec![Band::default(); states.len()];
            for (l, band) in bands {
                whole[l].append(band);
            }
            for (l, (state, band)) in states.iter_mut().zip(whole).enumerate() {
                state.values = band.state;
                self.show_block(observer, At { n, l, k }, &band.kept, keep[l], state);
            }
        }
    }

    /// Some rows of one block.
    fn band(&self, at: At, states: &[Plane<u8>], rows: std::ops::Range<usize>, keep: Keep) -> Band {
        let At { n, l, k } = at;
        let d = &self.description;
        let parts = Parts {
            own: &states[l],
            coarser: (k == 0 && d.has_coarser(l)).then(|| &states[l + 1]),
            finer: (k == 0 && d.has_finer(l)).then(|| &states[l - 1]),
        };
        let last = k + 1 == d.blocks as usize;
        let tail = Tail {
            own_shift: if k == 0 { 2 } else { 2 + self.mid_shift },
            residual: self.residual,
            affine: if last { &self.affine[n][l] } else { &self.mid },
        };
        band(self.kernels, &self.blocks[d.set_of(n)][l][k], parts, tail, rows, keep)
    }

    /// Shows the intermediates of one block that were kept, and its output `state`.
    fn show_block(
        &self,
        observer: &mut dyn Observer,
        at: At,
        kept: &[Vec<i16>; STAGES],
        keep: Keep,
        state: &Plane<u8>,
    ) {
        let d = &self.description;
        let (inputs, hidden, width) = (d.block_inputs(at.l, at.k), d.block_hidden(at.l, at.k), state.channels);
        for (stage, channels) in [inputs, hidden, hidden, width, width].into_iter().enumerate() {
            if keep[stage] {
                let view = View { size: state.size, channels, values: Values::I16(&kept[stage]) };
                observer.observe(stage_tensor(stage, at), view);
            }
        }
        show_bytes(observer, Tensor::State(at), state, STATE_ZERO);
    }

    /// Output `o` of the description's list, after iteration `n`.
    fn output(&self, n: usize, o: usize, states: &[Plane<u8>], observer: &mut dyn Observer, frame: &mut Frame) {
        let logits: Vec<Plane<i16>> =
            states.iter().zip(&self.heads[o]).map(|(state, head)| conv3x3(self.kernels, head, state, 1)).collect();
        for (l, logits) in logits.iter().enumerate() {
            show(observer, Tensor::Logits { n, l }, logits);
        }
        let total = total(&logits);
        let tensor = Tensor::Total { n };
        if observer.wants(tensor) {
            let values = Values::I32(&total.values);
            observer.observe(tensor, View { size: total.size, channels: total.classes, values });
        }
        frame.confidences.push(confidence(&total, self.confidence_shift));
        frame.maps.push((n as u32 + 1, classify(self.kernels, &total, self.description.image)));
    }
}

/// The byte that stands for 0 before data-block layer `j`: pixels and the first two layers' outputs are unsigned.
const fn zero_before(j: usize) -> u8 {
    if j < 3 { 0 } else { STATE_ZERO }
}

/// The first layer on the bytes of `plane::input`.
fn first_layer(layer: &Layer, pixels: PixelDomain) -> Cow<'_, Layer> {
    match pixels {
        PixelDomain::Unit => Cow::Borrowed(layer),
        PixelDomain::Symmetric => {
            let both = |weights: &[i8]| [weights.to_vec(), weights.iter().map(|w| -w).collect()].concat();
            let weights = layer.weights.chunks_exact(layer.taps).flat_map(both).collect();
            Cow::Owned(Layer { inputs: 2 * layer.inputs, weights, ..layer.clone() })
        }
    }
}

/// The affine between blocks: `m = 2^(s − 2 − mid_shift)`, `b = 0`, the shift of all affine rows.
fn mid_affine(model: &Model) -> Requant {
    let Range { lo, hi } = model.bits.state_range();
    let shift = model.affine[0][0].shift;
    let channels = model.description.width as usize;
    Requant { mul: vec![1 << (shift - 2 - model.mid_shift); channels], bias: vec![0; channels], shift, lo, hi }
}

/// Bands of rows of every scale, one for each thread, the finest scale first.
fn bands(states: &[Plane<u8>]) -> Vec<(usize, std::ops::Range<usize>)> {
    let threads = rayon::current_num_threads();
    let mut all = Vec::new();
    for (l, state) in states.iter().enumerate() {
        let rows = band_rows(state.size, threads);
        all.extend((0..state.height()).step_by(rows).map(|y| (l, y..(y + rows).min(state.height()))));
    }
    all
}

/// The name of stage number `stage` of a block.
fn stage_tensor(stage: usize, at: At) -> Tensor {
    match stage {
        s if s == Stage::Concat as usize => Tensor::Concat(at),
        s if s == Stage::Expand as usize => Tensor::Expand(at),
        s if s == Stage::Depthwise as usize => Tensor::Depthwise(at),
        s if s == Stage::Project as usize => Tensor::Project(at),
        _ => Tensor::Residual(at),
    }
}

/// What a tensor's bytes stand for.
fn show_bytes(observer: &mut dyn Observer, tensor: Tensor, plane: &Plane<u8>, zero: u8) {
    if observer.wants(tensor) {
        let values = Values::I16(&integers(&plane.values, zero));
        observer.observe(tensor, View { size: plane.size, channels: plane.channels, values });
    }
}

fn show(observer: &mut dyn Observer, tensor: Tensor, plane: &Plane<i16>) {
    if observer.wants(tensor) {
        let values = Values::I16(&plane.values);
        observer.observe(tensor, View { size: plane.size, channels: plane.channels, values });
    }
}
