//! What a core's products and small memories are made of: hardware multipliers, one or two products each, or LUTs.
//!
//! Owns: the choice for each array and requantisation. Leaves alone: array shapes (`folding`), which choice is good
//! (`solver`). It changes what synthesis sees; the behavioural models and the cycles are the same for all of them.

use hwgen_quantize::Bits;
use serde::{Deserialize, Serialize};

use crate::folding::Folding;

/// What the products of an array are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Products {
    /// A hardware multiplier each.
    Dsp,
    /// Two rows share a hardware multiplier.
    Pair,
    /// Adders in LUTs.
    Lut,
}

/// The choice for every array and for the requantisation behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Mapping {
    /// Products of the expand array.
    pub expand: Products,
    /// Products of the depthwise array.
    pub depthwise: Products,
    /// Products of the project array.
    pub project: Products,
    /// Products of the classification array.
    pub classify: Products,
    /// Products of requantisation and affine maps, in the order of the arrays; pairs make no sense here.
    pub requant: [Products; 4],
    /// Memories of up to so many words are LUT RAM.
    pub lut_ram_words: usize,
}

/// Memories up to this many words are left to the fabric's distributed RAM in any case.
pub const LUT_RAM_WORDS: usize = 32;
/// Bits of an operand of the expand array: states, and unsigned outputs of the data block.
pub const OPERAND_BITS: usize = 9;

impl Mapping {
    /// Hardware multipliers everywhere, shared by two rows where the widths allow it.
    pub fn new(bits: &Bits, folding: &Folding) -> Self {
        let pair = |allowed: bool, rows: usize| if allowed && rows > 1 { Products::Pair } else { Products::Dsp };
        let digits = usize::from(bits.stem.max(bits.data) > bits.expand);
        let depthwise = bits.act_depthwise as usize + 1;
        Self {
            expand: pair(pairs(OPERAND_BITS, bits.expand as usize, digits), folding.expand_rows),
            depthwise: Products::Dsp,
            project: pair(pairs(depthwise, bits.project as usize, 0), folding.project_rows),
            classify: pair(pairs(bits.act_state as usize, bits.head as usize, 0), folding.classify_rows),
            requant: [Products::Dsp; 4],
            lut_ram_words: LUT_RAM_WORDS,
        }
    }

    /// The same with some products in LUTs and some memories in LUT RAM, as the bits of `choice` say.
    #[must_use]
    pub fn mixed(self, choice: u64) -> Self {
        let pick = |bit: u32, products: Products| if choice >> bit & 1 == 1 { Products::Lut } else { products };
        Self {
            expand: pick(0, self.expand),
            depthwise: pick(1, self.depthwise),
            project: pick(2, self.project),
            classify: pick(3, self.classify),
            requant: std::array::from_fn(|i| pick(4 + i as u32, self.requant[i])),
            lut_ram_words: LUT_RAM_WORDS << (choice >> 8 & 3),
        }
    }
}

/// Whether two products fit in 18×18 bits (`hwg_dot_pair`): a bit more is needed where weights are cut into digits.
fn pairs(activation: usize, weight: usize, digits: usize) -> bool {
    activation + 2 * weight + digits <= 19
}

/// Multipliers of `rows` × `lanes` products.
pub fn multipliers(products: Products, rows: usize, lanes: usize) -> usize {
    match products {
        Products::Dsp => rows * lanes,
        Products::Pair => rows.div_ceil(2) * lanes,
        Products::Lut => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_products_share_a_multiplier_up_to_five_bits() {
        assert!(pairs(9, 4, 1));
        assert!(pairs(9, 5, 0));
        assert!(!pairs(9, 5, 1));
        assert!(!pairs(8, 6, 0));
        assert_eq!(multipliers(Products::Pair, 11, 17), 102);
        assert_eq!(multipliers(Products::Lut, 11, 17), 0);
    }
}
