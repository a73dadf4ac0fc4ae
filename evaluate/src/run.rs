//! Running a network over a data set, images side by side.
//!
//! Owns: which thread takes which image, sizes of images and labels, and the sums. Each image runs on one thread: that
//! keeps all of them busy without cutting an image into bands, whose borders would be computed twice.

use crate::confusion::{Confusion, Score};
use crate::data_set::{DataSet, Pair};
use crate::error::{EvaluateError, ImageError};
use crate::kind::Kind;
use crate::labels::{Labels, resampled};
use hwgen_network::resize::box_filter;
use hwgen_network::{Cost, Description, RgbImage, Size, Weights, reference};
use hwgen_sim::golden::{Golden, Nothing};
use serde::Serialize;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// mIoU at no MACs: the paper's value at chance level.
pub const CHANCE: f64 = 0.00828;

/// What is evaluated.
pub enum Network {
    /// A quantised model, by the golden model.
    Golden(Box<Golden>),
    /// Float weights, by the float reference.
    Float {
        /// The network.
        description: Description,
        /// Its weights, which have its shapes.
        weights: Box<Weights>,
    },
}

impl Network {
    /// The network.
    pub const fn description(&self) -> &Description {
        match self {
            Self::Golden(golden) => golden.description(),
            Self::Float { description, .. } => description,
        }
    }

    /// The maps of all outputs, ascending, one class a pixel in raster order, of an image of the network's size.
    pub fn maps(&self, image: &RgbImage) -> Result<Vec<Vec<u8>>, EvaluateError> {
        match self {
            Self::Golden(golden) => {
                let iterations = golden.description().iterations as usize;
                let frame = golden.run(image.pixels(), iterations, u64::MAX, &mut Nothing)?;
                Ok(frame.maps.into_iter().map(|(_, map)| map).collect())
            }
            Self::Float { description, weights } => {
                let maps = reference::run(description, weights, image, &mut |_, _| {});
                Ok(maps.into_iter().map(|map| map.classes.into_iter().collect()).collect())
            }
        }
    }
}

/// How a caller decodes an image file as RGB.
pub type Decode<'a> = dyn Fn(&Path) -> Result<RgbImage, ImageError> + Sync + 'a;
/// Hears of the number of images done so far, on any thread; `Break` ends the evaluation.
pub type Progress<'a> = dyn Fn(usize) -> ControlFlow<()> + Sync + 'a;

/// How to evaluate.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Images of another size are scaled as in training (`hwgen_network::resize::box_filter`), labels by the nearest pixel.
    pub resize: bool,
    /// Images at a time.
    pub threads: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { resize: false, threads: std::thread::available_parallelism().map_or(1, std::num::NonZero::get) }
    }
}

/// An output over all images.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OutputScore {
    /// The output, from 1.
    pub output: u32,
    /// MACs up to it.
    pub macs: u64,
    /// Maps as they are, against labels at the network's size.
    pub network: Score,
    /// Maps at the labels' own size, by the nearest pixel.
    pub labels: Score,
}

/// One image.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ImageScore {
    /// What it is called.
    pub name: String,
    /// mIoU of each output at the network's size.
    pub miou: Vec<f64>,
    /// Share of the right pixels of each output at the network's size.
    pub pixel_accuracy: Vec<f64>,
    /// Labelled pixels at the network's size.
    pub pixels: u64,
}

/// The area under mIoU over MACs from (0, [`CHANCE`]) on, divided by the last output's MACs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Auc {
    /// At the network's size.
    pub network: f64,
    /// At the labels' own size.
    pub labels: f64,
}

/// All that was measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evaluation {
    /// The layout that was read.
    pub data_set: Kind,
    /// Name of each class.
    pub classes: Vec<String>,
    /// The network's image size.
    pub size: Size,
    /// By output, ascending.
    pub outputs: Vec<OutputScore>,
    /// Normalised area under the curve.
    pub auc: Auc,
    /// By name.
    pub images: Vec<ImageScore>,
}

/// The matrices of one image: by output, at the network's size and at the label's own.
type Matrices = Vec<[Confusion; 2]>;

/// Runs `network` over all of `set`.
///
/// The result does not depend on the number of threads. Of several errors the one of the first image is returned.
///
/// # Panics
/// If `decode` or `progress` does.
pub fn evaluate(
    network: &Network,
    set: &DataSet,
    decode: &Decode<'_>,
    options: Options,
    progress: &Progress<'_>,
) -> Result<Evaluation, EvaluateError> {
    let images = each(set, options, progress, &|pair| one(network, set, pair, decode, options))?;
    let mut sums: Matrices =
        vec![[(); 2].map(|()| Confusion::new(set.classes.len())); network.description().outputs.len()];
    let mut scores = Vec::with_capacity(images.len());
    for (pair, matrices) in set.pairs.iter().zip(images) {
        scores.push(ImageScore {
            name: pair.name.clone(),
            miou: matrices.iter().map(|[network, _]| network.mean_iou()).collect(),
            pixel_accuracy: matrices.iter().map(|[network, _]| network.pixel_accuracy()).collect(),
            pixels: matrices.first().map_or(0, |[network, _]| network.pixels()),
        });
        for (sum, matrix) in sums.iter_mut().flatten().zip(matrices.iter().flatten()) {
            *sum += matrix;
        }
    }
    Ok(summary(network.description(), set, &sums, scores))
}

/// What `work` makes of every image of `set`, in the set's order. Of several errors that of the first image is returned.
pub(crate) fn each<T: Send>(
    set: &DataSet,
    options: Options,
    progress: &Progress<'_>,
    work: &(dyn Fn(&Pair) -> Result<T, EvaluateError> + Sync),
) -> Result<Vec<T>, EvaluateError> {
    let images = set.pairs.len();
    let results: Vec<Mutex<Option<Result<T, EvaluateError>>>> = (0..images).map(|_| Mutex::new(None)).collect();
    let (next, done, stop) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicBool::new(false));
    let lane = || {
        while !stop.load(Ordering::Relaxed) {
            let i = next.fetch_add(1, Ordering::Relaxed);
            let Some(pair) = set.pairs.get(i) else { break };
            let result = work(pair);
            if result.is_err() {
                stop.store(true, Ordering::Relaxed);
            }
            *results[i].lock().expect("no thread panics while it holds a result") = Some(result);
            if progress(done.fetch_add(1, Ordering::Relaxed) + 1).is_break() {
                stop.store(true, Ordering::Relaxed);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..options.threads.clamp(1, images.max(1)) {
            scope.spawn(|| match rayon::ThreadPoolBuilder::new().num_threads(1).build() {
                Ok(pool) => pool.install(lane),
                Err(_) => lane(),
            });
        }
    });

    let mut all = Vec::with_capacity(images);
    for result in results {
        all.extend(result.into_inner().expect("no thread panicked").transpose()?);
    }
    if all.len() < images {
        return Err(EvaluateError::Stopped { done: all.len(), images });
    }
    Ok(all)
}

/// An image of `set` at the network's size, and its label as it is.
pub(crate) fn load(
    network: &Network,
    set: &DataSet,
    pair: &Pair,
    decode: &Decode<'_>,
    options: Options,
) -> Result<(RgbImage, Labels), EvaluateError> {
    load_with(network.description(), set, pair, decode, options)
}

/// The same for a network of this description.
pub(crate) fn load_with(
    description: &Description,
    set: &DataSet,
    pair: &Pair,
    decode: &Decode<'_>,
    options: Options,
) -> Result<(RgbImage, Labels), EvaluateError> {
    let wanted = description.image;
    let image = decode(&pair.image)?;
    let label = Labels::read(&pair.label, set)?;
    if label.size != image.size() {
        return Err(EvaluateError::LabelSize { path: pair.label.clone(), got: label.size, wanted: image.size() });
    }
    if image.size() == wanted {
        return Ok((image, label));
    }
    if !options.resize || image.size().pixels() == 0 {
        return Err(EvaluateError::ImageSize { path: pair.image.clone(), got: image.size(), wanted });
    }
    Ok((box_filter(&image, wanted), label))
}

/// One image.
fn one(
    network: &Network,
    set: &DataSet,
    pair: &Pair,
    decode: &Decode<'_>,
    options: Options,
) -> Result<Matrices, EvaluateError> {
    let (image, label) = load(network, set, pair, decode, options)?;
    let size = image.size();
    let small = (label.size != size).then(|| resampled(&label.classes, label.size, size));
    let small = small.as_ref().unwrap_or(&label.classes);
    let count = |labels: &[u8], map: &[u8]| Confusion::of(labels, map, set.classes.len());
    let score = |map: &Vec<u8>| {
        let own = count(small, map);
        let large =
            if label.size == size { own.clone() } else { count(&label.classes, &resampled(map, size, label.size)) };
        [own, large]
    };
    Ok(network.maps(&image)?.iter().map(score).collect())
}

fn summary(description: &Description, set: &DataSet, sums: &Matrices, images: Vec<ImageScore>) -> Evaluation {
    let cost = Cost::new(description);
    let outputs: Vec<OutputScore> = cost
        .outputs
        .iter()
        .zip(sums)
        .map(|(cost, [network, labels])| OutputScore {
            output: cost.output,
            macs: cost.sums.macs,
            network: network.into(),
            labels: labels.into(),
        })
        .collect();
    let curve = |score: fn(&OutputScore) -> f64| -> Vec<(f64, f64)> {
        outputs.iter().map(|output| (output.macs as f64, score(output))).collect()
    };
    Evaluation {
        data_set: set.kind,
        classes: set.classes.clone(),
        size: description.image,
        auc: Auc { network: auc(&curve(|o| o.network.miou)), labels: auc(&curve(|o| o.labels.miou)) },
        outputs,
        images,
    }
}

/// The paper's normalised area under the curve: trapezia between the points (MACs, mIoU), which ascend in MACs, from
/// (0, [`CHANCE`]) on, divided by the last point's MACs.
pub fn auc(points: &[(f64, f64)]) -> f64 {
    let (mut area, mut before) = (0.0, (0.0, CHANCE));
    for &(x, y) in points {
        area += (x - before.0) * (y + before.1) / 2.0;
        before = (x, y);
    }
    if before.0 > 0.0 { area / before.0 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn area_under_the_curve_by_hand() {
        // From 0.00828 to 0.5 over 2 units, then flat over 2: (0.25414·2 + 0.5·2) / 4.
        assert!((auc(&[(2.0, 0.5), (4.0, 0.5)]) - 0.37707).abs() < 1e-12);
        assert!(auc(&[]).abs() < 1e-12);
    }
}
