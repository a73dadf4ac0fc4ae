//! What a core's products and memories are made of: hardware multipliers, one or two products each, or LUTs; block RAMs,
//! one memory or two each, or LUTs.
//!
//! Owns: the choice for each array, requantisation and memory. Leaves alone: array shapes (`folding`), which choice is good
//! (`solver`). It changes what synthesis sees; the behavioural models and the cycles are the same for all of them.

use hwgen_quantize::Bits;
use serde::{Deserialize, Serialize};

use crate::array::{ARRAYS, PerArray};
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
    /// Products of each array.
    #[serde(flatten)]
    pub arrays: PerArray<Products>,
    /// Products of requantisation and affine maps behind each; pairs make no sense here.
    #[serde(with = "listed")]
    pub requant: PerArray<Products>,
    /// Small memories that are LUT RAM; the others are block RAM.
    pub lut_memories: LutMemories,
    /// The lines of the data block and the depthwise ring, which are never needed at the same time, are in the same block
    /// RAMs.
    pub shared_lines: bool,
}

/// Memories that may be LUT RAM or block RAM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmallMemory {
    /// Two rows of pixels before the first convolution.
    PatchLines,
    /// Input vectors of the expand array.
    Operands,
    /// States that wait for what is added to them.
    Residuals,
    /// Output vectors of the depthwise array.
    Vectors,
    /// Maps of logits on their way to scale 0.
    Maps,
    /// Rows of sums of logits.
    Sums,
    /// Constants of requantisation behind the project and the classification array.
    Constants,
}

/// All of them.
pub const SMALL_MEMORIES: [SmallMemory; 7] = [
    SmallMemory::PatchLines,
    SmallMemory::Operands,
    SmallMemory::Residuals,
    SmallMemory::Vectors,
    SmallMemory::Maps,
    SmallMemory::Sums,
    SmallMemory::Constants,
];

/// A set of [`SmallMemory`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "Vec<SmallMemory>", from = "Vec<SmallMemory>")]
pub struct LutMemories(u8);

impl LutMemories {
    /// Whether the memory is LUT RAM.
    pub fn has(self, memory: SmallMemory) -> bool {
        self.0 >> memory as u8 & 1 == 1
    }

    /// The same set without the memory.
    #[must_use]
    pub fn without(self, memory: SmallMemory) -> Self {
        Self(self.0 & !(1 << memory as u8))
    }

    /// The same set with the memory.
    #[must_use]
    pub fn with(self, memory: SmallMemory) -> Self {
        Self(self.0 | 1 << memory as u8)
    }
}

impl From<LutMemories> for Vec<SmallMemory> {
    fn from(set: LutMemories) -> Self {
        SMALL_MEMORIES.into_iter().filter(|&memory| set.has(memory)).collect()
    }
}

impl From<Vec<SmallMemory>> for LutMemories {
    fn from(memories: Vec<SmallMemory>) -> Self {
        memories.into_iter().fold(Self::default(), Self::with)
    }
}

/// Bits of an operand of the expand array: states, and unsigned outputs of the data block.
pub const OPERAND_BITS: usize = 9;

impl Mapping {
    /// Hardware multipliers everywhere, shared by two rows where the widths allow it.
    pub fn new(bits: &Bits, folding: &Folding) -> Self {
        let pair = |allowed: bool, rows: usize| if allowed && rows > 1 { Products::Pair } else { Products::Dsp };
        let digits = usize::from(bits.stem.max(bits.data) > bits.expand);
        let depthwise = bits.act_depthwise as usize + 1;
        let arrays = &folding.arrays;
        Self {
            arrays: PerArray {
                expand: pair(pairs(OPERAND_BITS, bits.expand as usize, digits), arrays.expand.rows),
                depthwise: Products::Dsp,
                project: pair(pairs(depthwise, bits.project as usize, 0), arrays.project.rows),
                classify: pair(pairs(bits.act_state as usize, bits.head as usize, 0), arrays.classify.rows),
            },
            requant: PerArray::from_fn(|_| Products::Dsp),
            lut_memories: LutMemories::default(),
            shared_lines: false,
        }
    }

    /// The same with some products in LUTs, some memories in LUT RAM or shared, as the bits of `choice` say.
    #[must_use]
    pub fn mixed(self, choice: u64) -> Self {
        Self {
            lut_memories: LutMemories((choice >> 8 & 0x7f) as u8),
            shared_lines: choice >> 15 & 1 == 1,
            ..self.with_luts(choice as u8)
        }
    }

    /// The same with some products in LUTs: bit `i` of `choice` is the array `i`, bit `4 + i` its requantisation.
    #[must_use]
    pub fn with_luts(self, choice: u8) -> Self {
        let pick = |bit: u8, products: Products| if choice >> bit & 1 == 1 { Products::Lut } else { products };
        Self {
            arrays: PerArray::from_fn(|array| pick(array as u8, self.arrays[array])),
            requant: PerArray::from_fn(|array| pick(4 + array as u8, self.requant[array])),
            ..self
        }
    }
}

/// The values alone, in the order of the arrays.
mod listed {
    use super::{ARRAYS, PerArray, Products};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
    pub fn serialize<S: Serializer>(values: &PerArray<Products>, to: S) -> Result<S::Ok, S::Error> {
        ARRAYS.map(|array| values[array]).serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<PerArray<Products>, D::Error> {
        let values = <[Products; 4]>::deserialize(from)?;
        Ok(PerArray::from_fn(|array| values[array as usize]))
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
    fn a_set_of_memories_is_a_list_of_names() {
        let set = LutMemories::default().with(SmallMemory::Sums).with(SmallMemory::Operands);
        assert_eq!(serde_json::to_string(&set).expect("names"), r#"["operands","sums"]"#);
        assert_eq!(serde_json::from_str::<LutMemories>(r#"["sums","operands"]"#).expect("names"), set);
        assert!(!set.without(SmallMemory::Sums).has(SmallMemory::Sums));
    }

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
