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
    /// The iteration that computes it, from 1; 0: the data block.
    pub(crate) iteration: usize,
    /// Whether it comes only where that iteration's output is sent.
    pub(crate) output: bool,
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
                    let (size, channels) = (d.scale(l), channels(l, k));
                    all.push(Part { tensor, size, channels, words, iteration: n + 1, output: false });
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
            let (tensor, size) = (Some(Tensor::Data { j: tag }), d.data_size(tag));
            Ok(vec![Part { tensor, size, channels: whole, words, iteration: 0, output: false }])
        }
        "expand" => in_loop(Tensor::Expand, &|l, k| d.block_hidden(l, k)),
        "depthwise" => in_loop(Tensor::Depthwise, &|l, k| d.block_hidden(l, k)),
        "state" => in_loop(Tensor::State, &|_, _| whole),
        "logits" => {
            let words = class_words()?;
            let part = |n, l| {
                let (tensor, size) = (Some(Tensor::Logits { n, l }), d.scale(l));
                Part { tensor, size, channels: classes, words, iteration: n + 1, output: true }
            };
            Ok(iterations.flat_map(|n| scales.clone().map(move |l| part(n, l))).collect())
        }
        "total" => {
            let words = class_words()?;
            let part = |n| {
                let (tensor, size) = (Some(Tensor::Total { n }), d.scale(0));
                Part { tensor, size, channels: classes, words, iteration: n + 1, output: true }
            };
            Ok(iterations.map(part).collect())
        }
        "start" => {
            let size = Size { width: 1, height: 1 };
            let part = |iteration| Part { tensor: None, size, channels: 0, words: 1, iteration, output: false };
            Ok((1..=course.iterations).map(part).collect())
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
        let (pixels, width) = (probe.pixels, self.size.width);
        let row = width.div_ceil(pixels);
        Segment {
            spans: u64::from(row) * u64::from(self.size.height),
            row,
            tail: width - (row - 1) * pixels,
            words: self.words as u32,
            full_words: full as u32,
            last_bits: last as u32 * pixels * probe.lane_bits,
            iteration: self.iteration as u32,
            output: self.output,
        }
    }
}

/// The place of value `value` of word `word`; none beyond the end.
pub(crate) fn place(parts: &[Part], lanes: usize, pixels: usize, word: usize, value: usize) -> Option<Place> {
    let mut word = word;
    for part in parts {
        let width = (part.size.width as usize).div_ceil(pixels);
        let count = width * part.size.height as usize * part.words;
        if word < count {
            let (span, in_span) = (word / part.words, word % part.words);
            let channel = in_span * lanes + value / pixels;
            let x = span % width * pixels + value % pixels;
            return Some(Place { tensor: part.tensor, y: span / width, x, channel });
        }
        word -= count;
    }
    None
}
