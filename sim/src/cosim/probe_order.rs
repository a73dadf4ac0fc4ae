//! The order in which a probe shows its words (docs/manifest.md).
//!
//! Owns: which tensor, pixel and channels the word with a given number carries. Both the expected words (`expected`)
//! and the name of a mismatch (`decode`) follow from it.

use super::ffi::bridge::Segment;
use super::manifest::ProbeEntry;
use crate::golden::{At, Tensor};
use hwgen_network::{Description, Size};

/// A stretch of words: one tensor in raster order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// The tensor; none for `start`.
    pub(crate) tensor: Option<Tensor>,
    /// Its map.
    pub(crate) size: Size,
    /// Its channels.
    pub(crate) channels: usize,
    /// Words of a pixel.
    pub(crate) words: usize,
}

/// Where a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) tensor: Option<Tensor>,
    pub(crate) y: usize,
    pub(crate) x: usize,
    pub(crate) channel: usize,
}

/// What a frame runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Course {
    /// Iterations, 1…N.
    pub(crate) iterations: usize,
    /// Enabled outputs up to there, from 1.
    pub(crate) outputs: Vec<u32>,
}

/// The number of tags of a probe: data-block layers, else 1.
pub(crate) fn tags(description: &Description, probe: &ProbeEntry) -> usize {
    if probe.tensor == "data" { description.data_layers() } else { 1 }
}

/// The words of a frame under one tag, in order; an error text if the probe cannot carry its tensor.
pub(crate) fn parts(
    description: &Description,
    probe: &ProbeEntry,
    tag: usize,
    course: &Course,
) -> Result<Vec<Part>, String> {
    let d = description;
    let whole = d.width as usize;
    let scales = 0..d.scales as usize;
    let in_loop = |name: fn(At) -> Tensor, channels: &dyn Fn(usize, usize) -> usize| {
        let mut all = Vec::new();
        for n in 0..course.iterations {
            for l in scales.clone() {
                for k in 0..d.blocks as usize {
                    let words = words(probe, l, k, channels(l, k))?;
                    let tensor = Some(name(At { n, l, k }));
                    all.push(Part { tensor, size: d.scale(l), channels: channels(l, k), words });
                }
            }
        }
        Ok(all)
    };
    let classes = d.classes as usize;
    let class_words = || words(probe, 0, 0, classes);
    let iterations = course.outputs.iter().map(|&o| o as usize - 1);
    match probe.tensor.as_str() {
        "data" => {
            let words = words(probe, 0, 0, whole)?;
            Ok(vec![Part { tensor: Some(Tensor::Data { j: tag }), size: d.data_size(tag), channels: whole, words }])
        }
        "expand" => in_loop(Tensor::Expand, &|l, k| d.block_hidden(l, k)),
        "depthwise" => in_loop(Tensor::Depthwise, &|l, k| d.block_hidden(l, k)),
        "state" => in_loop(Tensor::State, &|_, _| whole),
        "logits" => {
            let words = class_words()?;
            let part =
                |n, l| Part { tensor: Some(Tensor::Logits { n, l }), size: d.scale(l), channels: classes, words };
            Ok(iterations.flat_map(|n| scales.clone().map(move |l| part(n, l))).collect())
        }
        "total" => {
            let words = class_words()?;
            let part = |n| Part { tensor: Some(Tensor::Total { n }), size: d.scale(0), channels: classes, words };
            Ok(iterations.map(part).collect())
        }
        "start" => {
            let size = Size { width: course.iterations as u32, height: 1 };
            Ok(vec![Part { tensor: None, size, channels: 0, words: 1 }])
        }
        other => Err(format!("probe tensor `{other}` is unknown")),
    }
}

/// Words of a pixel of `channels` channels.
fn words(probe: &ProbeEntry, l: usize, k: usize, channels: usize) -> Result<usize, String> {
    let lanes = probe.lanes as usize;
    if lanes == 0 || !(1..=32).contains(&probe.lane_bits) {
        let tensor = &probe.tensor;
        return Err(format!("probe `{tensor}` has {lanes} lanes of {} bits", probe.lane_bits));
    }
    let needed = channels.div_ceil(lanes);
    let Some(told) = &probe.words else { return Ok(needed) };
    match told.get(l).and_then(|row| row.get(k)) {
        // padded groups give words past the last channel: expected, not compared
        Some(&words) if words as usize >= needed => Ok(words as usize),
        Some(&words) => Err(format!(
            "probe `{}` has {words} words of {lanes} lanes for {channels} channels at scale {l} block {k}",
            probe.tensor
        )),
        None => Err(format!("probe `{}` tells no words for scale {l} block {k}", probe.tensor)),
    }
}

impl Part {
    /// The same for the driver.
    pub(crate) fn segment(&self, probe: &ProbeEntry) -> Segment {
        let lanes = probe.lanes as usize;
        let full = self.channels.div_ceil(lanes);
        let last = self.channels - (full - 1) * lanes;
        Segment {
            pixels: self.size.pixels() as u64,
            words: self.words as u32,
            full_words: full as u32,
            last_bits: last as u32 * probe.lane_bits,
        }
    }
}

/// The place of lane `lane` of word `word`; none beyond the end.
pub(crate) fn place(parts: &[Part], lanes: usize, word: usize, lane: usize) -> Option<Place> {
    let mut word = word;
    for part in parts {
        let count = part.size.pixels() * part.words;
        if word < count {
            let (pixel, in_pixel) = (word / part.words, word % part.words);
            let width = part.size.width as usize;
            let channel = in_pixel * lanes + lane;
            return Some(Place { tensor: part.tensor, y: pixel / width, x: pixel % width, channel });
        }
        word -= count;
    }
    None
}
