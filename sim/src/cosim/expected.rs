//! What the core has to show, from the golden model.
//!
//! Owns: running it once for each image and packing what probes will show. Leaves alone: comparing (`cpp/`).

use super::error::CosimError;
use super::ffi::bridge::{FrameSet, FrameWords, OutputSpec, ProbeSpec, TagWords};
use super::manifest::{Manifest, ProbeEntry};
use super::probe_order::{self, Course};
use crate::golden::{Frame, Observer, Tensor, View};
use std::collections::BTreeMap;

/// The order in which the driver looks at probes within one cycle: what comes first in the datapath comes first.
const ORDER: [&str; 7] = ["data", "start", "expand", "depthwise", "state", "logits", "total"];
/// Compared only on request: as many values as there are multiplications in a depthwise layer.
const DEEP: [&str; 3] = ["data", "expand", "depthwise"];

/// One frame to simulate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameInput {
    /// `[H][W][3]`, R first.
    pub image: Vec<u8>,
    /// ITERATIONS; none: as configured.
    pub iterations: Option<u32>,
    /// `MASK_LOW` and `MASK_HIGH`, bit n − 1: output n; none: all that are configured.
    pub mask: Option<u64>,
    /// THRESHOLD of all outputs; 0: no early exit.
    pub threshold: u32,
    /// Outputs with a threshold of their own, and that.
    pub thresholds: Vec<(u32, u32)>,
    /// What is wrong with its words.
    pub fault: Option<FrameFault>,
}

/// A fault of the words of a frame; words, each a beat, are counted in raster order from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "at")]
pub enum FrameFault {
    /// The frame ends before this word.
    Cut(u64),
    /// This word is left out: a short line.
    Remove(u64),
    /// A word more comes before this one: a long line, or before the frame or behind it.
    Insert(u64),
    /// A line more than the image has.
    ExtraLine,
    /// `tuser` of this word is wrong: a start of frame in the middle, or none at the beginning.
    User(u64),
    /// `tlast` of this word is wrong.
    Last(u64),
}

impl FrameInput {
    /// A frame with the settings that the core has after reset.
    pub fn new(image: Vec<u8>) -> Self {
        Self { image, iterations: None, mask: None, threshold: 0, thresholds: Vec::new(), fault: None }
    }

    /// Whether it may end early.
    pub(crate) fn may_exit(&self) -> bool {
        self.threshold != 0 || self.thresholds.iter().any(|&(_, threshold)| threshold != 0)
    }
}

/// What an image gives.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// All outputs of the core up to the iterations that a frame of it may run: number and map.
    pub maps: Vec<(u32, Vec<u8>)>,
    /// Confidence of each.
    pub confidences: Vec<u32>,
    /// Words of `words[probe][tag]`, for the probes of [`chosen`].
    pub(crate) words: Vec<Vec<FrameWords>>,
}

/// The probes to look at, in the driver's order.
pub(crate) fn chosen(manifest: &Manifest, deep: bool) -> Vec<ProbeEntry> {
    let rank = |probe: &ProbeEntry| ORDER.iter().position(|&name| name == probe.tensor);
    let wanted = |probe: &&ProbeEntry| rank(probe).is_some() && (deep || !DEEP.contains(&probe.tensor.as_str()));
    let mut all: Vec<ProbeEntry> = manifest.probes.iter().filter(wanted).cloned().collect();
    all.sort_by_key(rank);
    all
}

/// Where the expected values come from: the golden model, or what stands for it in tests. Arguments: the image, the
/// iterations, the mask, and who wants to see intermediates.
pub(crate) type Reference<'a> = dyn Fn(&[u8], usize, u64, &mut dyn Observer) -> Result<Frame, CosimError> + 'a;

/// Runs the reference on one image, for frames of up to `iterations`.
pub(crate) fn expect(
    reference: &Reference<'_>,
    manifest: &Manifest,
    probes: &[ProbeEntry],
    image: &[u8],
    iterations: u32,
) -> Result<Expectation, CosimError> {
    let d = &manifest.description;
    let outputs: Vec<u32> = d.outputs.iter().copied().filter(|&o| o <= iterations).collect();
    let course = Course { iterations: iterations as usize, outputs };
    let mut collect = Collect::default();
    for (p, probe) in probes.iter().enumerate() {
        for tag in 0..probe_order::tags(d, probe) {
            let parts = parts(manifest, probe, tag, &course)?;
            collect.wanted.extend(parts.iter().filter_map(|part| part.tensor).map(|tensor| (tensor, p)));
        }
    }
    collect.probes = probes.to_vec();
    let whole = reference(image, iterations as usize, u64::MAX, &mut collect)?;
    let mut words = Vec::new();
    for probe in probes {
        let tags = (0..probe_order::tags(d, probe)).map(|tag| collect.frame(manifest, probe, tag, &course));
        words.push(tags.collect::<Result<_, _>>()?);
    }
    Ok(Expectation { maps: whole.maps, confidences: whole.confidences, words })
}

/// [`probe_order::parts`], with its complaint as an error.
pub(crate) fn parts(
    manifest: &Manifest,
    probe: &ProbeEntry,
    tag: usize,
    course: &Course,
) -> Result<Vec<probe_order::Part>, CosimError> {
    probe_order::parts(&manifest.description, probe, tag, course)
        .map_err(|reason| CosimError::Manifest { path: "manifest.json".into(), reason })
}

/// Packs the tensors that probes show.
#[derive(Default)]
struct Collect {
    wanted: BTreeMap<Tensor, usize>,
    probes: Vec<ProbeEntry>,
    packed: BTreeMap<Tensor, Vec<u32>>,
}

impl Observer for Collect {
    fn wants(&self, tensor: Tensor) -> bool {
        self.wanted.contains_key(&tensor)
    }

    fn observe(&mut self, tensor: Tensor, view: View<'_>) {
        let Some(&probe) = self.wanted.get(&tensor) else { return };
        let probe = &self.probes[probe];
        let spans = Spans { width: view.size.width as usize, pixels: probe.pixels as usize };
        let packed = pack(&view.to_vec(), view.channels, spans, probe.lanes as usize, probe.lane_bits);
        self.packed.insert(tensor, packed);
    }
}

impl Collect {
    /// All words of a frame under one tag.
    fn frame(
        &mut self,
        manifest: &Manifest,
        probe: &ProbeEntry,
        tag: usize,
        course: &Course,
    ) -> Result<FrameWords, CosimError> {
        let mut words = FrameWords::default();
        for part in parts(manifest, probe, tag, course)? {
            words.segments.push(if part.tensor.is_some() { part.segment(probe) } else { start_segment(part) });
            if let Some(packed) = part.tensor.and_then(|tensor| self.packed.remove(&tensor)) {
                words.data.extend(packed);
            }
        }
        Ok(words)
    }
}

fn start_segment(part: probe_order::Part) -> super::ffi::bridge::Segment {
    let iteration = part.iteration as u32;
    super::ffi::bridge::Segment {
        spans: 1,
        row: 1,
        tail: 1,
        words: 1,
        full_words: 1,
        last_bits: 0,
        iteration,
        output: false,
    }
}

/// How the rows of a map are cut: `pixels` neighbours in a word, fewer in the last one of a row.
#[derive(Clone, Copy)]
pub(crate) struct Spans {
    pub(crate) width: usize,
    pub(crate) pixels: usize,
}

/// `values[pixel·channels + c]` as words of `lanes` channels, of a span's pixels each, of `bits` bits; a pixel beyond the
/// row's end is 0. Each word takes whole 32-bit units.
pub(crate) fn pack(values: &[i32], channels: usize, spans: Spans, lanes: usize, bits: u32) -> Vec<u32> {
    let stride = (lanes * spans.pixels * bits as usize).div_ceil(32);
    let mask = if bits == 32 { u64::from(u32::MAX) } else { (1 << bits) - 1 };
    let mut packed = Vec::with_capacity(values.len().div_ceil(channels) * channels.div_ceil(lanes) * stride);
    for span in values.chunks_exact(spans.width * channels).flat_map(|row| row.chunks(spans.pixels * channels)) {
        for first in (0..channels).step_by(lanes) {
            let start = packed.len();
            packed.resize(start + stride, 0);
            for channel in first..channels.min(first + lanes) {
                for (pixel, values) in span.chunks_exact(channels).enumerate() {
                    let at = ((channel - first) * spans.pixels + pixel) * bits as usize;
                    let shifted = (i64::from(values[channel]) as u64 & mask) << (at % 32);
                    packed[start + at / 32] |= shifted as u32;
                    if shifted >> 32 != 0 {
                        packed[start + at / 32 + 1] |= (shifted >> 32) as u32;
                    }
                }
            }
        }
    }
    packed
}

/// The value in lane `lane` of a packed word.
pub(crate) fn unpack(word: &[u32], lane: usize, bits: u32, signed: bool) -> i64 {
    let at = lane * bits as usize;
    let unit = |i: usize| u64::from(word.get(i).copied().unwrap_or(0));
    let raw = (unit(at / 32) | unit(at / 32 + 1) << 32) >> (at % 32);
    let raw = (raw << (64 - bits)) as i64;
    if signed { raw >> (64 - bits) } else { ((raw as u64) >> (64 - bits)) as i64 }
}

/// The probes for the driver: `sets[i]` is the expectation of frame set `i`.
pub(crate) fn probe_specs(probes: &[ProbeEntry], sets: &mut [Expectation]) -> Vec<ProbeSpec> {
    let spec = |(p, probe): (usize, &ProbeEntry)| {
        let tags = sets.first().map_or(0, |set| set.words[p].len());
        let tag_words = |tag: usize, sets: &mut [Expectation]| TagWords {
            sets: sets.iter_mut().map(|set| std::mem::take(&mut set.words[p][tag])).collect(),
        };
        ProbeSpec {
            tensor: probe.tensor.clone(),
            valid: probe.valid.clone(),
            data: probe.data.clone().unwrap_or_default(),
            tag: probe.tag.clone().unwrap_or_default(),
            lanes: if probe.data.is_some() { probe.lanes } else { 0 },
            pixels: probe.pixels,
            lane_bits: probe.lane_bits,
            tags: (0..tags).map(|tag| tag_words(tag, sets)).collect(),
        }
    };
    probes.iter().enumerate().map(spec).collect()
}

/// The frame set for the driver.
pub(crate) fn frame_set(manifest: &Manifest, image: &[u8], expectation: &Expectation) -> FrameSet {
    let order: Vec<usize> = manifest.pixel_order.chars().map(|c| "rgb".find(c).unwrap_or(0)).collect();
    let pixel = |rgb: &[u8]| (0..3).fold(0, |word, i| word | u32::from(rgb[order[i]]) << (8 * i));
    let output = |((n, map), &confidence): (&(u32, Vec<u8>), &u32)| OutputSpec {
        output: *n as u8,
        confidence,
        map: map.clone(),
    };
    FrameSet {
        pixels: image.chunks_exact(3).map(pixel).collect(),
        outputs: expectation.maps.iter().zip(&expectation.confidences).map(output).collect(),
    }
}
