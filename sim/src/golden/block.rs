//! One inverted-residual block over a band of rows: concatenation, expand, depthwise, project, residual, affine.
//!
//! Owns: fusing the five row by row, so that the expanded rows never leave the cache. Rows next to a band are
//! expanded twice. Leaves alone: which bands and scales run when (`super::run`).

use super::conv::compact;
use super::kernel::{Dense, Depthwise, Kernels, Requanter};
use super::mix::Parts;
use hwgen_quantize::{Block, Range};
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
        let project = Dense::with_pitch(&block.project, depthwise.stride());
        Self { expand: Dense::new(&block.expand), depthwise, project }
    }
}

/// The residual and the affine that follow a block.
#[derive(Clone, Copy, Debug)]
pub struct Tail<'a> {
    /// `q`: the own input is shifted left by so many bits before it is added.
    pub own_shift: u32,
    /// Range of the residual.
    pub residual: Range,
    /// Batch norm, or the affine between blocks.
    pub affine: &'a Requanter,
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
    /// The state or intermediate state.
    pub state: Vec<i16>,
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
        if keep[stage as usize] {
            let rows = &mut self.kept[stage as usize];
            let from = rows.len();
            rows.resize(from + padded.len() / stride * channels, 0);
            compact(padded, stride, channels, &mut rows[from..]);
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
    let mut concat = vec![0i16; width * block.expand.input_stride()];
    // Three expanded rows, each with a border pixel of zeros at either end, and one row of zeros for the outside.
    let mut ring = vec![vec![0i16; (width + 2) * hidden]; 3];
    let outside = vec![0i16; (width + 2) * hidden];
    let mut filtered = vec![0i16; width * hidden];
    let mut projected = vec![0i16; width * block.project.output_stride()];

    for y in rows.start.saturating_sub(1)..(rows.end + 1).min(height) {
        parts.row(y, block.expand.input_stride(), &mut concat);
        let expanded = &mut ring[y % 3][hidden..(width + 1) * hidden];
        kernels.dense(&block.expand, &concat, expanded);
        if rows.contains(&y) {
            band.keep(keep, Stage::Concat, &concat, block.expand.input_stride(), parts.channels());
            band.keep(keep, Stage::Expand, expanded, hidden, block.depthwise.channels);
        }
        // Row y completes the window of row y − 1, and the last row of the map that of itself.
        let ready = y.saturating_sub(1)..if y + 1 == height { height } else { y };
        for out in ready.filter(|out| rows.contains(out)) {
            let above = if out == 0 { &outside } else { &ring[(out + 2) % 3] };
            let below = if out + 1 == height { &outside } else { &ring[(out + 1) % 3] };
            kernels.depthwise(&block.depthwise, [above, &ring[out % 3], below], &mut filtered);
            kernels.dense(&block.project, &filtered, &mut projected);
            band.keep(keep, Stage::Depthwise, &filtered, hidden, block.depthwise.channels);
            band.keep(keep, Stage::Project, &projected, block.project.output_stride(), channels);
            finish(tail, parts.own.row(out), channels, &projected, block.project.output_stride(), keep, &mut band);
        }
    }
    band
}

/// Residual and affine of one row.
fn finish(tail: Tail<'_>, own: &[i16], channels: usize, projected: &[i16], stride: usize, keep: Keep, band: &mut Band) {
    for (own, projected) in own.chunks_exact(channels).zip(projected.chunks_exact(stride)) {
        for (c, (&own, &projected)) in own.iter().zip(projected).enumerate() {
            let sum = i32::from(projected) + (i32::from(own) << tail.own_shift);
            let residual = sum.clamp(tail.residual.lo, tail.residual.hi);
            if keep[Stage::Residual as usize] {
                band.kept[Stage::Residual as usize].push(residual as i16);
            }
            band.state.push(tail.affine.apply(residual, c) as i16);
        }
    }
}
