//! How wide the vectors of the inner loops are.

/// Channels that one vector holds; rows of layer outputs are padded to a multiple of it.
pub const LANES: usize = 16;

/// `n` rounded up to whole vectors.
pub const fn padded(n: usize) -> usize {
    n.div_ceil(LANES) * LANES
}
