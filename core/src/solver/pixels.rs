//! How many pixels a job has, where nobody says it: whether more of them are worth it.

/// Pixels that a job may have.
pub const PIXELS: [usize; 3] = [1, 2, 4];
/// A job gets more pixels for so many cycles less: wider words take LUTs, some tens of percent for twice the pixels.
const GAIN: f64 = 0.03;

/// Those to try, in rising order: what was said, else all.
pub(super) fn choices(said: Option<usize>) -> Vec<usize> {
    said.map_or(PIXELS.to_vec(), |pixels| vec![pixels])
}

/// Whether a folding with more pixels a job is so much faster than one with fewer.
pub(super) fn worthwhile(more: f64, fewer: f64) -> bool {
    more < fewer * (1.0 - GAIN)
}
