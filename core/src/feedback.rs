//! Where the state goes between iterations, and the shape of the FIFO in DRAM.
//!
//! Owns: the kinds of feedback and the numbers of `--feedback axi`. Leaves alone: what the FIFO holds (`plan`).

use serde::{Deserialize, Serialize};

/// Where the state goes between iterations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feedback {
    /// State memory on chip, updated in place.
    Onchip,
    /// Scale 0 leaves on `m_axis_fb` and returns on `s_axis_fb`.
    Stream,
    /// Scale 0 goes through a FIFO in DRAM, behind an AXI4 master of this width.
    Axi(AxiWidth),
}

impl Feedback {
    /// Whether scale 0 leaves the chip.
    pub fn leaves(self) -> bool {
        self != Self::Onchip
    }

    /// Its name on the command line and in the manifest.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Onchip => "onchip",
            Self::Stream => "stream",
            Self::Axi(_) => "axi",
        }
    }
}

/// Data bits of the AXI4 master.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AxiWidth {
    /// 32 bits.
    #[serde(rename = "32")]
    Bits32,
    /// 64 bits.
    #[default]
    #[serde(rename = "64")]
    Bits64,
    /// 128 bits.
    #[serde(rename = "128")]
    Bits128,
}

impl AxiWidth {
    /// As a number.
    pub fn bits(self) -> usize {
        match self {
            Self::Bits32 => 32,
            Self::Bits64 => 64,
            Self::Bits128 => 128,
        }
    }
}

/// Beats of a burst at most; as many end at an address that is a multiple of their size.
pub const BURST_BEATS: usize = 16;
/// Beats that wait for their burst: one is sent while the next is collected.
pub const WRITE_BEATS: usize = 2 * BURST_BEATS;
/// Beats of the prefetch buffer: what the memory's latency may cost at a beat a cycle.
pub const READ_BEATS: usize = 4 * BURST_BEATS;
/// Write bursts without a response.
pub const WRITE_BURSTS: usize = 4;
/// No burst crosses a multiple of this (AXI4); the region in DRAM is made of such pages.
const PAGE_BYTES: usize = 4096;

/// The FIFO in DRAM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AxiRing {
    /// Bits of a beat.
    pub data_bits: usize,
    /// Beats of a word.
    pub word_beats: usize,
    /// Bytes of the region in DRAM.
    pub region_bytes: usize,
}

impl AxiRing {
    /// For words of `word_bits`, `depth_words` of them at once. One page more than they fill lets bursts that begin or
    /// end inside a page never wait for each other.
    pub fn new(width: AxiWidth, word_bits: usize, depth_words: usize) -> Self {
        let data_bits = width.bits();
        let word_beats = word_bits.div_ceil(data_bits);
        let bytes = depth_words * word_beats * data_bits / 8;
        Self { data_bits, word_beats, region_bytes: (bytes.div_ceil(PAGE_BYTES) + 1) * PAGE_BYTES }
    }

    /// Beats of the region.
    pub fn region_beats(&self) -> usize {
        self.region_bytes * 8 / self.data_bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_region_holds_all_words_in_whole_pages() {
        // 2 700 pixels of 51 bytes: seven beats of eight bytes each.
        let ring = AxiRing::new(AxiWidth::Bits64, 408, 2700);
        assert_eq!((ring.word_beats, ring.region_bytes), (7, 38 * 4096));
        assert_eq!(ring.region_beats(), 38 * 512);
        let narrow = AxiRing::new(AxiWidth::Bits128, 4, 256);
        assert_eq!((narrow.word_beats, narrow.region_bytes), (1, 2 * 4096));
    }

    #[test]
    fn bursts_divide_pages() {
        for width in [AxiWidth::Bits32, AxiWidth::Bits64, AxiWidth::Bits128] {
            assert_eq!(PAGE_BYTES % (BURST_BEATS * width.bits() / 8), 0);
        }
        assert!(BURST_BEATS.is_power_of_two());
    }
}
