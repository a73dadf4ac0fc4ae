//! The quantised model: the only language that golden model and emitter share.
//!
//! Owns: integers, formats and rounding constants of every layer (docs/arithmetic.md).
//! Leaves alone: how they were found (`calibrate`), how they are stored (`file`).

use hwgen_network::Description;
use serde::{Deserialize, Serialize};

/// Bits of weights and activations per layer kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bits {
    /// Weights of the first convolution, 2…8.
    pub stem: u32,
    /// Weights of the other data-block convolutions, 2…8.
    pub data: u32,
    /// Weights of the expand layers, 2…8.
    pub expand: u32,
    /// Weights of the depthwise layers, 2…8.
    pub depthwise: u32,
    /// Weights of the project layers, 2…8.
    pub project: u32,
    /// Weights of the classification layers, 2…8.
    pub head: u32,
    /// ReLU6 outputs inside the data block, unsigned, 4…8.
    pub act_data: u32,
    /// States, signed, 4…8.
    pub act_state: u32,
    /// ReLU6 outputs of expand, unsigned, 4…8.
    pub act_expand: u32,
    /// ReLU6 outputs of depthwise, unsigned, 4…8.
    pub act_depthwise: u32,
    /// Logits, signed, 8…16.
    pub act_logit: u32,
}

impl Default for Bits {
    fn default() -> Self {
        Self {
            stem: 8,
            data: 4,
            expand: 4,
            depthwise: 4,
            project: 4,
            head: 4,
            act_data: 8,
            act_state: 8,
            act_expand: 8,
            act_depthwise: 8,
            act_logit: 12,
        }
    }
}

impl Bits {
    /// Bits of the residual `r` (docs/arithmetic.md).
    pub fn residual(&self) -> u32 {
        self.act_state + 4
    }
}

/// `requant` of one layer: per-channel `m` and `b`, one shift, one clamp.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requant {
    /// Multiplier per output channel, signed 16 bits.
    pub mul: Vec<i16>,
    /// Offset per output channel at the precision of the product, signed 48 bits.
    pub bias: Vec<i64>,
    /// Shift `s`, 1…31.
    pub shift: u32,
    /// Lower clamp.
    pub lo: i32,
    /// Upper clamp.
    pub hi: i32,
}

/// A convolution and its requantisation. Weights in PyTorch order `[out, in, kernel, kernel]`, flattened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Output channels.
    pub outputs: usize,
    /// Input channels of one output (1 for depthwise).
    pub inputs: usize,
    /// Kernel taps: 1 or 9 (row-major).
    pub taps: usize,
    /// `weights[(o·inputs + i)·taps + tap]`.
    pub weights: Vec<i8>,
    /// What follows the accumulation.
    pub requant: Requant,
    /// Accumulator width from the worst case of these weights, signed bits.
    pub acc_bits: u32,
}

/// One inverted-residual block: weights of one (set, scale, block).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// 1×1 expand, ReLU6.
    pub expand: Layer,
    /// 3×3 depthwise, ReLU6.
    pub depthwise: Layer,
    /// 1×1 project into the residual format.
    pub project: Layer,
}

/// A quantised ItNet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// The network.
    pub description: Description,
    /// Its number formats.
    pub bits: Bits,
    /// `j` of the intermediate state's scale `Δs·2^j` (docs/arithmetic.md), 0…3; used where K > 1.
    pub mid_shift: u32,
    /// Shift of the confidence (docs/arithmetic.md).
    pub confidence_shift: u32,
    /// Data block, `L + 2` layers.
    pub data: Vec<Layer>,
    /// `blocks[set][scale][k]`.
    pub blocks: Vec<Vec<Vec<Block>>>,
    /// `affine[n][scale]`: batch norm of iteration n + 1; all share one shift.
    pub affine: Vec<Vec<Requant>>,
    /// `heads[o][scale]`: classification of `description.outputs[o]`.
    pub heads: Vec<Vec<Layer>>,
}
