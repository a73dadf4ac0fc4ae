//! Bits that the requantisation behind each array needs for a model's integers.

use hwgen_quantize::{Layer, Model, Requant};

use crate::array::PerArray;

/// Bits of the multiplier of a requantisation, unsigned and at most 2¹⁵ (docs/arithmetic.md).
pub const MULTIPLIER_BITS: usize = 16;

/// Widths of one requantisation unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequantWidths {
    /// Accumulator, or what comes in its place.
    pub acc: usize,
    /// Offset in the constant memory.
    pub bias: usize,
    /// Product and sum.
    pub product: usize,
}

impl RequantWidths {
    /// A constant of its memory: `{bias, mul}`.
    pub fn constant(&self) -> usize {
        self.bias + MULTIPLIER_BITS
    }

    fn new<'a>(layers: impl Iterator<Item = (usize, &'a Requant)>) -> Self {
        let (mut acc, mut bias) = (2, 2);
        for (bits, requant) in layers {
            acc = acc.max(bits);
            bias = requant.bias.iter().map(|&b| signed_width(b)).max().unwrap_or(2).max(bias);
        }
        Self { acc, bias, product: (acc + MULTIPLIER_BITS).max(bias).max(32) + 2 }
    }
}

/// Widths of all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Widths {
    /// Behind each array.
    pub arrays: PerArray<RequantWidths>,
    /// Batch norm of the state.
    pub affine: RequantWidths,
}

impl Widths {
    /// The widest of each array's layers.
    pub fn new(model: &Model) -> Self {
        let blocks = || model.blocks.iter().flatten().flatten();
        let widths = |layers: Vec<&Layer>| {
            RequantWidths::new(layers.into_iter().map(|layer| (layer.acc_bits as usize, &layer.requant)))
        };
        let residual = model.bits.residual() as usize;
        Self {
            arrays: PerArray {
                expand: widths(model.data.iter().chain(blocks().map(|block| &block.expand)).collect()),
                depthwise: widths(blocks().map(|block| &block.depthwise).collect()),
                project: widths(blocks().map(|block| &block.project).collect()),
                classify: widths(model.heads.iter().flatten().collect()),
            },
            affine: RequantWidths::new(model.affine.iter().flatten().map(|requant| (residual, requant))),
        }
    }
}

/// Bits of a two's complement number that holds `value`.
pub fn signed_width(value: i64) -> usize {
    let magnitude = if value < 0 { !value } else { value };
    65 - magnitude.leading_zeros() as usize
}
