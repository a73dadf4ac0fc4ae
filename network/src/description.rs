//! The typed description of one ItNet and the shapes that follow from it.
//!
//! Owns: symbols, ranges and geometry of the network (`W×H`, `f`, `L`, `N`, `K`, `t`, `C`, `O`).
//! Leaves alone: number formats (crate `quantize`), files and flags (module `config`).

use serde::{Deserialize, Serialize};

/// How the iterations share the weights of the iterative block (paper, sections 2.1 and 4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum WeightSets {
    /// One set for all iterations.
    #[default]
    Shared,
    /// One set for each iteration.
    Independent,
    /// `map[n]` is the set of iteration `n + 1`; sets are numbered from 0 without holes.
    Map(Vec<u32>),
}

/// Which neighbouring scales a scale reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Mixing {
    /// Scale `l` reads itself and the up-sampled scale `l + 1`.
    #[default]
    CoarseToFine,
    /// As above, and the 2×2 average-pooled scale `l − 1`.
    Bidirectional,
}

/// How pixels 0…255 become numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum PixelDomain {
    /// `x / 255` (CamVid); the integer input is `x`.
    #[default]
    Unit,
    /// `x / 127.5 − 1` (Cityscapes); the integer input is `2x − 255`.
    Symmetric,
}

/// Where the iterative block has its batch norm (paper, section 2.5 and Figure 3a).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Normalisation {
    /// Between iterations: of the state, with weights and statistics of its own for each iteration and scale.
    #[default]
    Iterations,
    /// After every convolution of the block, shared as its weights are; none between iterations.
    Convolutions,
}

impl Normalisation {
    /// The paper's choice, which files do not name.
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
    fn is_default(&self) -> bool {
        *self == Self::Iterations
    }
}

/// Width and height of a feature map or image, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Size {
    /// Number of pixels.
    pub fn pixels(self) -> usize {
        self.width as usize * self.height as usize
    }

    /// The size after a stride-2 convolution: `ceil(in / 2)`.
    #[must_use]
    pub fn halved(self) -> Self {
        Self { width: self.width.div_ceil(2), height: self.height.div_ceil(2) }
    }
}

/// The data-block layer whose output is the initial state of scale 0; layer `FIRST_STATE_LAYER + l` gives that of scale
/// `l`, the layers before it are inside.
pub const FIRST_STATE_LAYER: usize = 2;

/// One ItNet (docs/network.md); every field has the symbol of the paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// `f`, channels of the state, 1…256.
    pub width: u32,
    /// `L`, number of scales, 1…5.
    pub scales: u32,
    /// `N`, number of iterations, 1…64.
    pub iterations: u32,
    /// `K`, bottleneck blocks per scale, 1…8.
    pub blocks: u32,
    /// `t`, expansion of the bottleneck, 1…8.
    pub expansion: u32,
    /// `C`, number of classes, 1…256.
    pub classes: u32,
    /// `W×H` of the image, each 16…8192.
    pub image: Size,
    /// `O`, the iterations (from 1) that give an output; ascending, without repetition, not empty.
    pub outputs: Vec<u32>,
    /// Which iterations share weights.
    #[serde(default)]
    pub weight_sets: WeightSets,
    /// Which scales feed which.
    #[serde(default)]
    pub mixing: Mixing,
    /// Meaning of the pixels.
    #[serde(default)]
    pub pixels: PixelDomain,
    /// Where the batch norm of the iterative block is.
    #[serde(default, skip_serializing_if = "Normalisation::is_default")]
    pub normalisation: Normalisation,
}

impl Description {
    /// Size of scale `l` (`l = 0` is 1/8 of the image): that of the data-block layer that gives its initial state.
    pub fn scale(&self, l: usize) -> Size {
        self.data_size(FIRST_STATE_LAYER + l)
    }

    /// Number of convolutions in the data block: three, and one more for each coarser scale.
    pub fn data_layers(&self) -> usize {
        FIRST_STATE_LAYER + self.scales as usize
    }

    /// Output size of data-block layer `j` (0-based).
    pub fn data_size(&self, j: usize) -> Size {
        (0..=j).fold(self.image, |size, _| size.halved())
    }

    /// Input channels of data-block layer `j`.
    pub fn data_inputs(&self, j: usize) -> usize {
        if j == 0 { 3 } else { self.width as usize }
    }

    /// Parts of the concatenation that block 0 of scale `l` reads: own state, up-sampled, pooled.
    pub fn has_finer(&self, l: usize) -> bool {
        self.mixing == Mixing::Bidirectional && l > 0
    }

    /// Whether block 0 of scale `l` reads the up-sampled scale `l + 1`.
    pub fn has_coarser(&self, l: usize) -> bool {
        l + 1 < self.scales as usize
    }

    /// `c_in` of block `k` at scale `l`, in channels.
    pub fn block_inputs(&self, l: usize, k: usize) -> usize {
        let parts = if k == 0 { 1 + usize::from(self.has_coarser(l)) + usize::from(self.has_finer(l)) } else { 1 };
        parts * self.width as usize
    }

    /// `t·c_in` of block `k` at scale `l`, in channels.
    pub fn block_hidden(&self, l: usize, k: usize) -> usize {
        self.expansion as usize * self.block_inputs(l, k)
    }

    /// Number of weight sets of the iterative block.
    pub fn set_count(&self) -> usize {
        match &self.weight_sets {
            WeightSets::Shared => 1,
            WeightSets::Independent => self.iterations as usize,
            WeightSets::Map(map) => map.iter().max().map_or(1, |&m| m as usize + 1),
        }
    }

    /// The weight set of iteration `n` (0-based).
    pub fn set_of(&self, n: usize) -> usize {
        match &self.weight_sets {
            WeightSets::Shared => 0,
            WeightSets::Independent => n,
            WeightSets::Map(map) => map[n] as usize,
        }
    }
}
