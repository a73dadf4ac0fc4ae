//! `manifest.json` of an emitted folder (docs/manifest.md), as far as the simulator reads it.
//!
//! Owns: reading and checking it. Leaves alone: everything else in the folder.

use super::error::CosimError;
use hwgen_network::Description;
use hwgen_quantize::Bits;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// The version that this simulator reads.
const SCHEMA: u32 = 1;
/// What an emitted core shows; without one of them, a part of the datapath would go unchecked.
const TENSORS: [&str; 7] = ["data", "expand", "depthwise", "state", "logits", "total", "start"];
/// Values of a word at most: hidden channels of the widest network, K = 1.
const MAX_LANES: u32 = 1 << 14;

/// What the simulator has to know of an emitted core.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Manifest {
    /// Version of the file's layout.
    pub schema_version: u32,
    /// Name of the core.
    pub name: String,
    /// Top module.
    pub top: String,
    /// Verilog files, relative to the folder.
    pub sources: Vec<String>,
    /// The quantised model, relative to the folder.
    pub model: String,
    /// SHA-256 of every file but this one, by its path relative to the folder.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// The network.
    pub description: Description,
    /// Its number formats.
    pub bits: Bits,
    /// Register HASH.
    #[serde(default)]
    pub config_hash: Option<String>,
    /// What emitted it.
    #[serde(default)]
    pub versions: Versions,
    /// Lanes of the arrays.
    #[serde(default)]
    pub folding: Option<Folding>,
    /// The feedback FIFO.
    pub feedback: Feedback,
    /// Colours of `tdata` from bit 0 up.
    #[serde(default = "rgb")]
    pub pixel_order: String,
    /// Pixels of a beat of the image, and classes of a beat of the maps.
    #[serde(default = "one")]
    pub pixels_per_beat: u32,
    /// Multipliers by array.
    pub multipliers: Multipliers,
    /// Predicted cycles.
    #[serde(default)]
    pub prediction: Option<Prediction>,
    /// Observation points.
    pub probes: Vec<ProbeEntry>,
    /// The board that it was emitted for.
    #[serde(default)]
    pub board: Option<Board>,
}

/// Versions of what made the core.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Versions {
    /// The generator.
    #[serde(default)]
    pub hwgen: String,
}

/// What the simulator has to know of the folding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Folding {
    /// Channels of a word of the state.
    pub expand_lanes: u32,
}

/// A board around the core.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Board {
    /// Its name.
    pub name: String,
    /// Its device.
    pub device: String,
    /// The vendor's part.
    pub part: String,
    /// Arguments of nextpnr.
    pub nextpnr: Vec<String>,
    /// Top module.
    pub top: String,
    /// Verilog files beside the core's, relative to the folder.
    pub sources: Vec<String>,
    /// Where its pins are, relative to the folder.
    pub constraints: String,
    /// The core's clock.
    pub clock_mhz: f64,
    /// Rate of the serial line.
    pub baud: u32,
}

fn rgb() -> String {
    "rgb".to_owned()
}

/// Shape of the feedback FIFO.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Feedback {
    /// `onchip`, `stream` or `axi`.
    pub kind: String,
    /// Bytes of a word.
    #[serde(default)]
    pub word_bytes: u32,
    /// Words of a pixel, or of as many neighbours of a row as a word has.
    #[serde(default)]
    pub words_per_pixel: u32,
    /// Pixels of a word, neighbours in a row.
    #[serde(default = "one")]
    pub pixels_per_word: u32,
    /// Words that the FIFO must hold.
    #[serde(default)]
    pub depth_words: u64,
    /// The FIFO in DRAM, for `axi`.
    #[serde(default)]
    pub axi: Option<AxiFeedback>,
}

/// The region of the feedback FIFO in DRAM, and the bursts to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct AxiFeedback {
    /// Bits of a beat.
    pub data_bits: u32,
    /// Beats of a burst at most.
    pub burst_beats: u32,
    /// Bytes of the region.
    pub region_bytes: u64,
}

/// Bytes of a region at most: 8192×8192 pixels at 256 channels, a byte each, in beats of 16 bytes.
const MAX_REGION: u64 = 1 << 32;

impl Feedback {
    /// Whether nothing of the state leaves the core.
    pub fn stays_inside(&self) -> bool {
        self.kind == "onchip"
    }

    fn check(&self) -> Result<(), String> {
        let words = self.word_bytes > 0 && self.words_per_pixel > 0;
        match (self.kind.as_str(), self.axi) {
            ("onchip", None) => Ok(()),
            ("stream", None) if words => Ok(()),
            ("axi", Some(axi)) if words => axi.check(),
            (kind, _) => Err(format!("feedback kind `{kind}` cannot be simulated")),
        }
    }
}

impl AxiFeedback {
    fn check(self) -> Result<(), String> {
        let Self { data_bits, burst_beats, region_bytes } = self;
        if [32, 64, 128].contains(&data_bits)
            && (1..=256).contains(&burst_beats)
            && (1..=MAX_REGION).contains(&region_bytes)
            && region_bytes.is_multiple_of(4096)
        {
            return Ok(());
        }
        Err(format!("feedback to a memory of {data_bits} bits, {burst_beats} beats a burst, {region_bytes} bytes"))
    }
}

/// Multipliers of the core.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Multipliers {
    /// Expand array.
    pub expand: u64,
    /// Depthwise array.
    pub depthwise: u64,
    /// Project array.
    pub project: u64,
    /// All arrays, those of classification and of the data block included.
    pub total: u64,
}

impl Multipliers {
    /// Those that the loop keeps busy.
    pub fn in_loop(self) -> u64 {
        self.expand + self.depthwise + self.project
    }
}

/// Cycles predicted for a frame, counted from its first accepted pixel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prediction {
    /// Of the whole frame.
    pub cycles: u64,
    /// From the start of iteration 2 to that of iteration N.
    #[serde(default)]
    pub loop_start_to_start: Option<u64>,
    /// Of each output.
    pub outputs: Vec<PredictedOutput>,
}

/// First and last class word of an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PredictedOutput {
    /// The output, from 1.
    pub output: u32,
    /// Cycle of its first word.
    pub first: u64,
    /// Cycle of its last word.
    pub last: u64,
}

/// A probe.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ProbeEntry {
    /// What it shows.
    pub tensor: String,
    /// Path of the strobe.
    pub valid: String,
    /// Path of the word; none for `start`.
    pub data: Option<String>,
    /// Path of the number of the data-block layer.
    #[serde(default)]
    pub tag: Option<String>,
    /// Channels in a word.
    #[serde(default)]
    pub lanes: u32,
    /// Pixels in a word, neighbours in a row, side by side in every lane.
    #[serde(default = "one")]
    pub pixels: u32,
    /// Bits of a value.
    #[serde(default)]
    pub lane_bits: u32,
    /// Whether values are signed.
    #[serde(default)]
    pub signed: bool,
    /// Words a pixel, by scale and block.
    #[serde(default)]
    pub words: Option<Vec<Vec<u32>>>,
}

fn one() -> u32 {
    1
}

impl Manifest {
    /// Reads `manifest.json` in `folder`.
    pub fn read(folder: &Path) -> Result<Self, CosimError> {
        let path = folder.join("manifest.json");
        let text = std::fs::read_to_string(&path)
            .map_err(|source| CosimError::NotEmitted { folder: folder.to_owned(), source })?;
        let wrong = |reason: String| CosimError::Manifest { path: path.clone(), reason };
        let manifest: Self = serde_json::from_str(&text).map_err(|e| wrong(e.to_string()))?;
        manifest.check().map_err(wrong)?;
        Ok(manifest)
    }

    /// What a simulation relies on and the types do not say.
    fn check(&self) -> Result<(), String> {
        if self.schema_version != SCHEMA {
            return Err(format!("schema_version is {}, this version reads {SCHEMA}", self.schema_version));
        }
        if self.description.validate().is_err() {
            return Err("the description is out of range".to_owned());
        }
        let mut order: Vec<char> = self.pixel_order.chars().collect();
        order.sort_unstable();
        if order != ['b', 'g', 'r'] {
            return Err(format!("pixel_order is `{}`, must be an order of r, g, b", self.pixel_order));
        }
        let (width, beat) = (self.description.image.width, self.pixels_per_beat);
        if ![1, 2, 4].contains(&beat) || !width.is_multiple_of(beat) {
            return Err(format!("pixels_per_beat is {beat}, must be 1, 2 or 4 and divide the width of {width}"));
        }
        let inside = |file: &String| Path::new(file).components().all(|c| matches!(c, std::path::Component::Normal(_)));
        let board = self.board.iter().flat_map(|board| board.sources.iter().chain([&board.constraints]));
        let mut all = self.sources.iter().chain(board).chain([&self.model]).chain(self.files.keys());
        if let Some(file) = all.find(|file| !inside(file)) {
            return Err(format!("`{file}` is not a file inside the folder"));
        }
        let wide =
            |probe: &&ProbeEntry| probe.pixels == 0 || probe.lanes > MAX_LANES / probe.pixels || probe.lane_bits > 32;
        if let Some(probe) = self.probes.iter().find(wide) {
            let ProbeEntry { tensor, lanes, pixels, lane_bits, .. } = probe;
            return Err(format!(
                "probe `{tensor}` has {lanes} lanes of {pixels} pixels of {lane_bits} bits, at most {MAX_LANES} of 32"
            ));
        }
        self.feedback.check()
    }

    /// Refuses a manifest that lacks a probe, so that nothing passes unchecked.
    pub fn require_all_probes(&self, folder: &Path) -> Result<(), CosimError> {
        let has = |tensor: &&str| self.probes.iter().any(|probe| probe.tensor == **tensor);
        let missing: Vec<&str> = TENSORS.iter().filter(|tensor| !has(tensor)).copied().collect();
        if missing.is_empty() {
            return Ok(());
        }
        let reason = format!("no probe for {}; what they show would not be compared", missing.join(", "));
        Err(CosimError::Manifest { path: folder.join("manifest.json"), reason })
    }

    /// What register VERSION reads: 0x00MMmmpp.
    pub fn version(&self) -> u32 {
        self.versions.hwgen.split('.').fold(0, |word, part| word << 8 | part.parse::<u32>().unwrap_or(0))
    }

    /// What register HASH reads.
    pub fn hash(&self) -> u32 {
        let text = self.config_hash.as_deref().unwrap_or_default();
        u32::from_str_radix(text.trim_start_matches("0x"), 16).unwrap_or(0)
    }

    /// Beats of an image or of a map.
    pub fn beats(&self) -> u64 {
        self.description.image.pixels() as u64 / u64::from(self.pixels_per_beat)
    }

    /// Words of a pixel of the state, inside the core.
    pub fn state_words(&self) -> u32 {
        self.folding.map_or(1, |folding| self.description.width.div_ceil(folding.expand_lanes.max(1)))
    }

    /// Whether the feedback streams are at the pins.
    pub fn has_stream(&self) -> bool {
        self.feedback.kind == "stream"
    }
}
