//! One inverted-residual block over a band of rows: concatenation, expand, depthwise, project, residual, affine.
//!
//! Owns: fusing the five row by row, so that the expanded rows never leave the cache. Rows next to a band are
//! expanded twice. Leaves alone: which bands and scales run when (`super::run`).

use super::conv::compact;
use super::kernel::{Dense, Depthwise, Kernels, Tail, Zeros};
use super::mix::Parts;
use super::plane::{STATE_ZERO, integers};
use hwgen_quantize::Block;
use std::ops::Range as Span;

/// The layers of one block, packed.
#[derive(Clone, Debug)]
pub struct PackedBlock {
    expand: Dense,
    depthwise: Depthwise,
    project: Dense,
}

impl PackedBlock {
    /// Packs `block`.
    pub fn new(block: &Block) -> Self {
        let depthwise = Depthwise::new(&block.depthwise);
        let project = Dense::with_pitch(&block.project, Zeros { input: 0, output: 0 }, depthwise.stride());
        Self { expand: Dense::new(&block.expand, Zeros { input: STATE_ZERO, output: 0 }), depthwise, project }
    }
}

/// The intermediates of a block, in the order of computation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// What expand reads.
    Concat,
    /// Expand output.
    Expand,
    /// Depthwise output.
    Depthwise,
    /// Project output.
    Project,
    /// Project output plus own input.
    Residual,
}

/// Number of stages.
pub const STAGES: usize = 5;

/// Which intermediates of a band are kept, by [`Stage`].
pub type Keep = [bool; STAGES];

/// Rows of one band, `[rows][W][C]` each.
#[derive(Clone, Debug, Default)]
pub struct Band {
    /// Intermediates by [`Stage`]; empty where not kept.
    pub kept: [Vec<i16>; STAGES],
    /// The state or intermediate state, in bytes.
    pub state: Vec<u8>,
}

impl Band {
    /// Appends the rows of the band below.
    pub fn append(&mut self, mut below: Self) {
        for (kept, below) in self.kept.iter_mut().zip(&mut below.kept) {
            kept.append(below);
        }
        self.state.append(&mut below.state);
    }

    /// Appends a row of `stage` without its padding, if that stage is kept.
    fn keep(&mut self, keep: Keep, stage: Stage, padded: &[i16], stride: usize, channels: usize) {
        let rows = &mut self.kept[stage as usize];
        let from = rows.len();
        if keep[stage as usize] {
            rows.resize(from + padded.len() / stride * channels, 0);
            compact(padded, stride, channels, &mut rows[from..]);
        }
    }

    /// As [`Band::keep`], for bytes of which `zero` is 0.
    fn keep_bytes(&mut self, keep: Keep, stage: Stage, row: (&[u8], u8), stride: usize, channels: usize) {
        if keep[stage as usize] {
            self.keep(keep, stage, &integers(row.0, row.1), stride, channels);
        }
    }
}

/// Rows `rows` of the block's output.
pub fn band(
    kernels: Kernels,
    block: &PackedBlock,
    parts: Parts<'_>,
    tail: Tail<'_>,
    rows: Span<usize>,
    keep: Keep,
) -> Band {
    let (width, height, channels) = (parts.own.width(), parts.own.height(), parts.own.channels);
    let hidden = block.depthwise.stride();
    let mut band = Band::default();
    band.state.reserve(rows.len() * width * channels);
    let mut concat = vec![0u8; width * block.expand.input_stride()];
    // Three expanded rows, each with a border pixel of zeros at either end, and one row of zeros for the outside.
    let mut ring = vec![vec![0u8; (width + 2) * hidden]; 3];
    let outside = vec![0u8; (width + 2) * hidden];
    let mut filtered = vec![0u8; width * hidden];
    let mut projected = vec![0i16; width * block.project.output_stride()];
    let mut state = vec![0u8; width * channels];

    for y in rows.start.saturating_sub(1)..(rows.end + 1).min(height) {
        parts.row(y, block.expand.input_stride(), &mut concat);
        let expanded = &mut ring[y % 3][hidden..(width + 1) * hidden];
        kernels.dense(&block.expand, &concat, expanded);
        if rows.contains(&y) {
            let (stride, inputs) = (block.expand.input_stride(), parts.channels());
            band.keep_bytes(keep, Stage::Concat, (&concat, STATE_ZERO), stride, inputs);
            band.keep_bytes(keep, Stage::Expand, (expanded, 0), hidden, block.depthwise.channels);
        }
        // Row y completes the window of row y − 1, and the last row of the map that of itself.
        let ready = y.saturating_sub(1)..if y + 1 == height { height } else { y };
        for out in ready.filter(|out| rows.contains(out)) {
            let above = if out == 0 { &outside } else { &ring[(out + 2) % 3] };
            let below = if out + 1 == height { &outside } else { &ring[(out + 1) % 3] };
            kernels.depthwise(&block.depthwise, [above, &ring[out % 3], below], &mut filtered);
            kernels.dense(&block.project, &filtered, &mut projected);
            let own = parts.own.row(out);
            kernels.finish(&tail, channels, own, &projected, &mut state);
            band.keep_bytes(keep, Stage::Depthwise, (&filtered, 0), hidden, block.depthwise.channels);
            band.keep(keep, Stage::Project, &projected, block.project.output_stride(), channels);
            if keep[Stage::Residual as usize] {
                let pixels = own.chunks_exact(channels).zip(projected.chunks_exact(block.project.output_stride()));
                let residual = pixels.flat_map(|(own, projected)| {
                    own.iter().zip(projected).map(|(&own, &projected)| tail.residual(own, projected) as i16)
                });
                band.kept[Stage::Residual as usize].extend(residual);
            }
            band.state.extend_from_slice(&state);
        }
    }
    band
}
