//! The memory behind `--feedback axi`: its regions, and which of them a frame is told to use.
//!
//! Owns: addresses. Leaves alone: how the memory answers (`cpp/axi_memory.h`).

use super::ffi::bridge::{MemoryShape, RegisterWrite};
use super::manifest::Feedback;

/// First addresses of the regions that clock-by-clock tests may choose from.
pub const PIN_BASES: [u64; 2] = [0, 0x1_2345_6000];

/// Registers of the base address, low and high.
const BASE: [u8; 2] = [hwgen_registers::BASE_LOW, hwgen_registers::BASE_HIGH];

/// The regions; nothing without a memory.
pub(crate) fn shape(feedback: &Feedback, bases: [u64; 2]) -> MemoryShape {
    let Some(axi) = feedback.axi else { return MemoryShape::default() };
    MemoryShape {
        beat_bytes: axi.data_bits / 8,
        burst_beats: axi.burst_beats,
        region_bytes: axi.region_bytes,
        bases: bases.to_vec(),
    }
}

/// Two regions somewhere in the address space, apart from each other: frames use them in turn.
pub(crate) fn bases(seed: u64) -> [u64; 2] {
    let page = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 13;
    [page << 12, (page ^ 1 << 50) << 12]
}

/// What tells the core of frame `frame`'s region.
pub(crate) fn base_writes(feedback: &Feedback, seed: u64, frame: usize) -> Vec<RegisterWrite> {
    if feedback.axi.is_none() {
        return Vec::new();
    }
    let base = bases(seed)[frame % 2];
    let write = |(address, value)| RegisterWrite { address, value, strobe: 0xF };
    BASE.into_iter().zip([base as u32, (base >> 32) as u32]).map(write).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_lie_on_pages_and_apart() {
        for seed in 0..1000 {
            let [one, other] = bases(seed);
            assert_eq!((one % 4096, other % 4096), (0, 0));
            assert!(one.abs_diff(other) > 1 << 40);
            assert!(one.max(other) < u64::MAX - (1 << 40), "{seed}");
        }
    }
}
