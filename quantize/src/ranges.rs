//! Clipping ranges of every format of a network, and the scales that follow.
//!
//! Owns: which tensors share a scale (docs/arithmetic.md, "Formats"). Leaves alone: finding ranges from images
//! (`calibrate`) and making integers (`post_training`).

use crate::formats::Range;
use crate::model::Bits;
use hwgen_network::Description;
use hwgen_network::random::RANGES;

/// Greatest ReLU6 output.
pub const SIX: f64 = 6.0;

/// Greatest magnitude that each format shall hold, in real units.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranges {
    /// ReLU6 outputs of data-block layers 0 and 1.
    pub data: [f64; 2],
    /// All states.
    pub state: f64,
    /// Intermediate states between blocks; used where K > 1.
    pub mid: f64,
    /// ReLU6 outputs of expand, `[set][l][k]`.
    pub expand: Vec<Vec<Vec<f64>>>,
    /// ReLU6 outputs of depthwise, `[set][l][k]`.
    pub depthwise: Vec<Vec<Vec<f64>>>,
    /// Logits of `description.outputs[o]`.
    pub logit: Vec<f64>,
    /// Channel means, where there were images.
    pub means: Option<Means>,
}

/// Mean of every channel of the tensors whose readers can make up for rounded weights by an offset, in real units.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Means {
    /// Outputs of data-block layers.
    pub data: Vec<Vec<f64>>,
    /// States `[n][l]`.
    pub state: Vec<Vec<Vec<f64>>>,
    /// Depthwise outputs `[n][l][k]`.
    pub depthwise: Vec<Vec<Vec<Vec<f64>>>>,
}

impl Ranges {
    /// The ranges of seeded random weights (`Weights::random`), known without images.
    pub fn analytic(description: &Description) -> Self {
        let per_block = |value: f32| {
            let scale = vec![f64::from(value).min(SIX); description.blocks as usize];
            vec![vec![scale; description.scales as usize]; description.set_count()]
        };
        let state = f64::from(RANGES.state);
        Self {
            data: [f64::from(RANGES.data); 2],
            state,
            mid: state + f64::from(RANGES.block) * f64::from(description.blocks - 1),
            expand: per_block(RANGES.expand),
            depthwise: per_block(RANGES.depthwise),
            logit: vec![f64::from(RANGES.logit); description.outputs.len()],
            means: None,
        }
    }
}

/// Real value of one unit of every format.
#[derive(Clone, Debug, PartialEq)]
pub struct Scales {
    /// Pixels.
    pub pixel: f64,
    /// Outputs of data-block layers; `Δs` from layer 2 on.
    pub data: Vec<f64>,
    /// `Δs`.
    pub state: f64,
    /// `j`: the intermediate state's scale is `Δs·2^j`.
    pub mid_shift: u32,
    /// Expand outputs, `[set][l][k]`.
    pub expand: Vec<Vec<Vec<f64>>>,
    /// Depthwise outputs, `[set][l][k]`.
    pub depthwise: Vec<Vec<Vec<f64>>>,
    /// Logits of `description.outputs[o]`.
    pub logit: Vec<f64>,
}

impl Scales {
    /// The scales at which the formats of `bits` just hold `ranges`.
    pub fn new(description: &Description, bits: &Bits, ranges: &Ranges) -> Self {
        let unsigned = |clip: f64, bits: u32| clip / f64::from(Range::unsigned(bits).hi);
        let blocks = |clips: &Vec<Vec<Vec<f64>>>, bits: u32| {
            let scale = |clips: &Vec<f64>| clips.iter().map(|&clip| unsigned(clip, bits)).collect();
            clips.iter().map(|set| set.iter().map(scale).collect()).collect()
        };
        let state = ranges.state / f64::from(bits.state_range().hi);
        let data = (0..description.data_layers())
            .map(|j| ranges.data.get(j).map_or(state, |&clip| unsigned(clip, bits.act_data)))
            .collect();
        // The nearest power of two, in the ratio: 2^(j ± 1/2).
        let ratio = ranges.mid / ranges.state;
        let mid_shift = [1.5, 3.0, 6.0].iter().filter(|&&limit| ratio > limit).count() as u32;
        Self {
            pixel: 1.0 / 255.0,
            data,
            state,
            mid_shift: if description.blocks > 1 { mid_shift } else { 0 },
            expand: blocks(&ranges.expand, bits.act_expand),
            depthwise: blocks(&ranges.depthwise, bits.act_depthwise),
            logit: ranges.logit.iter().map(|clip| clip / f64::from(bits.logit_range().hi)).collect(),
        }
    }

    /// `Δr`.
    pub fn residual(&self) -> f64 {
        self.state / 4.0
    }

    /// Scale of what block `k` reads.
    pub fn block_input(&self, k: usize) -> f64 {
        if k == 0 { self.state } else { self.mid() }
    }

    /// Scale of the intermediate states.
    pub fn mid(&self) -> f64 {
        self.state * f64::from(1u32 << self.mid_shift)
    }
}
