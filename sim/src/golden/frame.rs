//! The result of a frame.

/// What leaves the core for one image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The outputs that were enabled and reached, ascending: output `n` (from 1) and its map, `W·H` classes in raster
    /// order.
    pub maps: Vec<(u32, Vec<u8>)>,
    /// The confidence of each of them.
    pub confidences: Vec<u32>,
}
