//! Bits that the requantisation behind each array needs for a model's integers.

use hwgen_network::Description;
use hwgen_quantize::{Bits, Layer, Model, Requant};

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

impl Widths {
    /// Those of the worst weights that the formats allow, for a network without weights.
    pub fn worst(net: &Description, bits: &Bits) -> Self {
        let f = net.width as usize;
        let hidden = (0..net.scales as usize)
            .flat_map(|l| (0..net.blocks as usize).map(move |k| (l, k)))
            .map(|(l, k)| (net.block_inputs(l, k), net.block_hidden(l, k)));
        let (inputs, hidden) = hidden.fold((1, 1), |most, next| (most.0.max(next.0), most.1.max(next.1)));
        // a sum of `terms` products of a signed weight and an activation
        let acc = |terms: usize, weight: u32, activation: u32| weight as usize + activation as usize + bits_for(terms);
        let unit = |acc: usize| {
            let bias = acc + MULTIPLIER_BITS - 1;
            RequantWidths { acc, bias, product: (acc + MULTIPLIER_BITS).max(bias).max(32) + 2 }
        };
        let data = acc(9 * f, bits.data, bits.act_data.max(bits.act_state)).max(acc(27, bits.stem, 9));
        Self {
            arrays: PerArray {
                expand: unit(data.max(acc(inputs, bits.expand, bits.act_state))),
                depthwise: unit(acc(9, bits.depthwise, bits.act_expand)),
                project: unit(acc(hidden, bits.project, bits.act_depthwise)),
                classify: unit(acc(9 * f, bits.head, bits.act_state)),
            },
            affine: unit(bits.residual() as usize),
        }
    }
}

/// Bits by which a sum of `terms` grows.
fn bits_for(terms: usize) -> usize {
    terms.next_power_of_two().trailing_zeros() as usize
}

/// Bits of a two's complement number that holds `value`.
pub fn signed_width(value: i64) -> usize {
    let magnitude = if value < 0 { !value } else { value };
    65 - magnitude.leading_zeros() as usize
}
