//! Integer ranges of the formats of docs/arithmetic.md.
//!
//! Owns: which integers a value of each kind may take. Leaves alone: scales (`calibrate`) and rounding (`requant`).

use crate::model::Bits;
use hwgen_network::{FIRST_STATE_LAYER, PixelDomain};

/// An inclusive range of integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// Least value.
    pub lo: i32,
    /// Greatest value.
    pub hi: i32,
}

impl Range {
    /// `0 … 2^bits − 1`.
    pub const fn unsigned(bits: u32) -> Self {
        Self { lo: 0, hi: (1 << bits) - 1 }
    }

    /// `−2^(bits−1) … 2^(bits−1) − 1`.
    pub const fn signed(bits: u32) -> Self {
        Self { lo: -(1 << (bits - 1)), hi: (1 << (bits - 1)) - 1 }
    }

    /// Symmetric: `−(2^(bits−1) − 1) … 2^(bits−1) − 1`, the format of weights.
    pub const fn symmetric(bits: u32) -> Self {
        let hi = (1 << (bits - 1)) - 1;
        Self { lo: -hi, hi }
    }

    /// Whether `value` lies inside.
    pub const fn contains(self, value: i32) -> bool {
        self.lo <= value && value <= self.hi
    }
}

/// The layer kinds that have a weight width of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LayerKind {
    /// First convolution, on pixels.
    Stem,
    /// The other data-block convolutions.
    Data,
    /// 1×1 expand.
    Expand,
    /// 3×3 depthwise.
    Depthwise,
    /// 1×1 project.
    Project,
    /// Classification.
    Head,
}

impl LayerKind {
    /// Kind of data-block layer `j`.
    pub const fn of_data(j: usize) -> Self {
        if j == 0 { Self::Stem } else { Self::Data }
    }
}

/// The integers that pixels become (channel values 0…255 before).
pub const fn pixel_range(domain: PixelDomain) -> Range {
    match domain {
        PixelDomain::Unit => Range::unsigned(8),
        PixelDomain::Symmetric => Range { lo: -255, hi: 255 },
    }
}

impl Bits {
    /// Weight bits of a layer kind.
    pub const fn weights(&self, kind: LayerKind) -> u32 {
        match kind {
            LayerKind::Stem => self.stem,
            LayerKind::Data => self.data,
            LayerKind::Expand => self.expand,
            LayerKind::Depthwise => self.depthwise,
            LayerKind::Project => self.project,
            LayerKind::Head => self.head,
        }
    }

    /// States and intermediate states.
    pub const fn state_range(&self) -> Range {
        Range::signed(self.act_state)
    }

    /// The residual `r`.
    pub const fn residual_range(&self) -> Range {
        Range::signed(self.act_state + 4)
    }

    /// Logits of one scale.
    pub const fn logit_range(&self) -> Range {
        Range::signed(self.act_logit)
    }

    /// Input of data-block layer `j`: pixels, ReLU6 outputs, or the state of scale `j − 3`.
    pub const fn data_input_range(&self, domain: PixelDomain, j: usize) -> Range {
        match j {
            0 => pixel_range(domain),
            _ => self.data_output_range(j - 1),
        }
    }

    /// Output format of data-block layer `j` (the clamp of layers 0 and 1 may be narrower).
    pub const fn data_output_range(&self, j: usize) -> Range {
        if j < FIRST_STATE_LAYER { Range::unsigned(self.act_data) } else { self.state_range() }
    }
}
