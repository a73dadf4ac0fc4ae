//! The golden model beside the float reference: signal-to-noise ratio of every tensor, agreement of the maps.
//!
//! Both networks run free, so errors of earlier layers count.

use super::counterpart::counterpart;
use super::observer::{Recorded, Recorder, Tensor};
use super::{Golden, GoldenError, Nothing};
use hwgen_network::{RgbImage, Weights, reference};
use hwgen_quantize::{Quantized, SnrTable};
use std::collections::BTreeMap;

/// Compares `quantized` with the float `weights` that it was made of, on `images` of the network's size.
pub fn snr(quantized: &Quantized, weights: &Weights, images: &[RgbImage]) -> Result<SnrTable, GoldenError> {
    let description = &quantized.model.description;
    let golden = Golden::new(&quantized.model)?;
    let mut table = SnrTable::default();
    for image in images {
        let frame = golden.run(image.pixels(), description.iterations as usize, u64::MAX, &mut Nothing)?;
        // Integers of one iteration at a time (of the data block for `None`): all of them would take much memory.
        let mut held: Option<(Option<usize>, BTreeMap<Tensor, Recorded>)> = None;
        let mut visit = |name: &str, float: &ndarray::Array3<f32>| {
            let Some(counterpart) = counterpart(quantized, name) else { return };
            let phase = iteration(counterpart.tensor);
            if held.as_ref().is_none_or(|(held, _)| *held != phase) {
                held = Some((phase, record(&golden, image, phase)));
            }
            let Some(integers) = held.as_ref().and_then(|(_, tensors)| tensors.get(&counterpart.tensor)) else {
                return;
            };
            let channels = integers.channels;
            let pixels = integers.values.chunks_exact(channels);
            // Float tensors are [C, H, W], integers [H, W, C].
            let columns = float.dim().2;
            let pairs = pixels.enumerate().flat_map(|(i, pixel)| {
                pixel.iter().enumerate().map(move |(c, &v)| (float[[c, i / columns, i % columns]], v))
            });
            table.add(name, pairs, counterpart.scale, [counterpart.clamp.lo, counterpart.clamp.hi]);
        };
        let maps = reference::run(description, weights, image, &mut visit);
        for (float, (output, integer)) in maps.iter().zip(&frame.maps) {
            table.add_maps(*output, float.classes.iter().copied().zip(integer.iter().copied()));
        }
    }
    Ok(table)
}

/// Every intermediate of iteration `phase`, or of the data block.
fn record(golden: &Golden, image: &RgbImage, phase: Option<usize>) -> BTreeMap<Tensor, Recorded> {
    let mut recorder = Recorder::new(|tensor| iteration(tensor) == phase);
    let n = phase.unwrap_or(0);
    // The image's size was checked by the run before.
    match golden.run(image.pixels(), n + 1, 1 << n, &mut recorder) {
        Ok(_) => recorder.tensors,
        Err(_) => BTreeMap::new(),
    }
}

/// The iteration index of a tensor; `None` for the data block.
fn iteration(tensor: Tensor) -> Option<usize> {
    match tensor {
        Tensor::Input | Tensor::Data { .. } => None,
        Tensor::Concat(at)
        | Tensor::Expand(at)
        | Tensor::Depthwise(at)
        | Tensor::Project(at)
        | Tensor::Residual(at)
        | Tensor::State(at) => Some(at.n),
        Tensor::Logits { n, .. } | Tensor::Total { n } => Some(n),
    }
}
