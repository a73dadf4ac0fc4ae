//! FPGA devices as data: `constraints/*.yaml`, carried in the program.
//!
//! Owns: what a device has. Leaves alone: boards and what a tool makes of a design.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::pins::Pin;

const FILES: [&str; 5] = [
    include_str!("../../constraints/ecp5-25k.yaml"),
    include_str!("../../constraints/ecp5-45k.yaml"),
    include_str!("../../constraints/ecp5-85k.yaml"),
    include_str!("../../constraints/ice40-up5k.yaml"),
    include_str!("../../constraints/nexus-lifcl40.yaml"),
];
/// Depths and widths of an 18-kbit block RAM that are narrower than a byte of nine bits.
const NARROW_SHAPES: [(usize, usize); 3] = [(4096, 4), (8192, 2), (16384, 1)];
/// Memories up to this many words are left to the fabric's distributed RAM.
const DISTRIBUTED_WORDS: usize = 32;

/// Families of devices, by their open tools.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// Lattice ECP5.
    Ecp5,
    /// Lattice iCE40 `UltraPlus`.
    Ice40,
    /// Lattice Nexus.
    Nexus,
}

/// What a device offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// Name on the command line.
    pub name: String,
    /// Its family.
    pub family: Family,
    /// The vendor's part.
    pub part: String,
    /// DSP multipliers, 18×18 (iCE40: 16×16).
    pub multipliers: usize,
    /// Block RAMs.
    pub block_rams: usize,
    /// Bits of each, in kbit; the emitter's estimate counts blocks of 18.
    #[serde(default = "eighteen")]
    pub block_kbits: usize,
    /// Four-input LUTs, and as many flip-flops.
    pub luts: usize,
    /// Arguments of nextpnr: device, a package with many pins, speed grade.
    pub nextpnr: Vec<String>,
    /// Pins for the ports of `itnet_pins`, where nextpnr does not choose them.
    #[serde(default)]
    pub pins: BTreeMap<String, Pin>,
}

fn eighteen() -> usize {
    18
}

impl Device {
    /// Its block RAMs in the unit that the emitter estimates in.
    pub fn blocks_of_18_kbit(&self) -> usize {
        self.block_rams * self.block_kbits / eighteen()
    }
}

/// All known devices.
///
/// # Panics
/// Never: a test reads every file.
pub fn devices() -> Vec<Device> {
    FILES.iter().map(|text| serde_yaml::from_str(text).expect("the files of constraints/ are valid")).collect()
}

/// Words of a block RAM in its widest shape; a deeper memory has several side by side (`hwg_rom`, `hwg_ram`).
pub const BLOCK_WORDS: usize = 512;
/// Bits of a word of that shape.
pub const BLOCK_BITS: usize = 36;

/// Block RAMs that a memory of `depth` words of `width` bits takes, as Yosys maps it: the words of each 512 side by side in
/// blocks of 36 bits, those of a memory that is written in whole bytes of nine; or all of it in a narrow shape.
pub fn block_rams(width: usize, depth: usize, rom: bool) -> usize {
    if depth <= DISTRIBUTED_WORDS {
        return 0;
    }
    let words = depth.div_ceil(BLOCK_WORDS);
    let packed = if rom { (words * width).div_ceil(BLOCK_BITS) } else { (words * width.div_ceil(9)).div_ceil(4) };
    NARROW_SHAPES.iter().map(|&(d, w)| depth.div_ceil(d) * width.div_ceil(w)).fold(packed, usize::min)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_a_device() {
        let names: Vec<String> = devices().into_iter().map(|device| device.name).collect();
        assert_eq!(names, ["ecp5-25k", "ecp5-45k", "ecp5-85k", "ice40-up5k", "nexus-lifcl40"]);
    }

    #[test]
    fn pins_are_named_where_nextpnr_wants_them() {
        for device in devices() {
            let ports: Vec<&str> = device.pins.keys().map(String::as_str).collect();
            let wanted: &[&str] = match device.family {
                Family::Nexus => &["capture", "clk", "rst_n", "shift_in", "shift_out"],
                Family::Ecp5 | Family::Ice40 => &[],
            };
            assert_eq!(ports, wanted, "{}", device.name);
        }
    }

    #[test]
    fn memories_round_up_to_blocks() {
        assert_eq!(block_rams(408, 32, true), 0);
        assert_eq!(block_rams(36, 512, true), 1);
        assert_eq!(block_rams(36, 513, true), 2);
        // The project weights of the worked example: 408 bits by 765 words.
        assert_eq!(block_rams(408, 765, true), 23);
        // What Yosys 0.70 made of memories of camvid-240.
        assert_eq!(block_rams(38, 2496, true), 6);
        assert_eq!(block_rams(16, 5265, true), 5);
        assert_eq!(block_rams(128, 3081, false), 27);
        assert_eq!(block_rams(120, 3318, false), 25);
        assert_eq!(block_rams(136, 2754, false), 24);
        assert_eq!(block_rams(132, 918, false), 8);
        // And of smaller ones.
        assert_eq!(block_rams(4, 4096, false), 1);
        assert_eq!(block_rams(2, 8192, false), 1);
        assert_eq!(block_rams(20, 4096, false), 5);
    }
}
