//! What memories are made of: block RAM of 18 kbit, as an ECP5 has it, and LUT RAM.
//!
//! Owns: their sizes, and how many of them a memory takes. Leaves alone: which memories there are (`memory`).

/// Words of a block RAM in its widest shape; a deeper memory has several side by side (`hwg_rom`, `hwg_ram`).
pub const BLOCK_WORDS: usize = 512;
/// Bits of a word of that shape.
pub const BLOCK_BITS: usize = 36;
/// Bits of a byte of it, which has a write enable of its own.
pub const BYTE_BITS: usize = 9;
/// Depths and widths of a block RAM that are narrower than a byte.
const NARROW_SHAPES: [(usize, usize); 3] = [(4096, 4), (8192, 2), (16384, 1)];
/// Memories up to this many words are left to the fabric's distributed RAM in any case.
pub const LUT_RAM_WORDS: usize = 32;
/// Memories of more words are block RAM in any case.
pub const MOST_LUT_RAM_WORDS: usize = BLOCK_WORDS;
/// Words and bits of a cell of LUT RAM, and its LUT sites.
const CELL_WORDS: usize = 16;
const CELL_BITS: usize = 4;
const CELL_SITES: usize = 6;

/// Block RAMs that a memory of `depth` words of `width` bits takes, as Yosys maps it: the words of each 512 side by side in
/// blocks of 36 bits, those of a memory that is written in whole bytes of nine; or all of it in a narrow shape.
pub fn block_rams(width: usize, depth: usize, rom: bool) -> usize {
    if depth <= LUT_RAM_WORDS {
        return 0;
    }
    let words = depth.div_ceil(BLOCK_WORDS);
    let bytes = BLOCK_BITS / BYTE_BITS;
    let packed =
        if rom { (words * width).div_ceil(BLOCK_BITS) } else { (words * width.div_ceil(BYTE_BITS)).div_ceil(bytes) };
    NARROW_SHAPES.iter().map(|&(d, w)| depth.div_ceil(d) * width.div_ceil(w)).fold(packed, usize::min)
}

/// LUT sites of a memory in LUTs: sixteen bits each, those of a RAM with their write ports, and the multiplexers that
/// choose one.
pub fn lut_sites(width: usize, depth: usize, rom: bool) -> usize {
    let rows = depth.div_ceil(CELL_WORDS);
    let bits = if rom { width } else { width.div_ceil(CELL_BITS) * CELL_SITES };
    rows * bits + width * rows.saturating_sub(1).div_ceil(2)
}

#[cfg(test)]
mod tests {
    use super::*;

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
