//! Depths of the core's pipelines and sizes of its fixed queues, each named once.
//!
//! Owns: the numbers that hold for every configuration. The schedule counts with them, the plan sizes with them, and
//! `hwg_pkg` in `rtl/` has those that the modules share: a test below holds the two together. The others are latencies
//! that a module's header states; co-simulation compares them with the core to the cycle.

use crate::math::clog2;

/// Cycle 0 is the handshake of the first pixel.
pub type Cycle = u64;

/// Requantisation: from the accumulator to the result (`hwg_requant`).
pub const REQUANT: Cycle = 6;
/// Expand, project and classification arrays: from the last word issued to the accumulators, less the levels of the adder
/// tree (`hwg_mac_array`).
const ARRAY: Cycle = 6;
/// Depthwise array: from the last tap's cycle to the accumulators (`hwg_depthwise`).
const DEPTHWISE_ARRAY: Cycle = 7;

/// From the first pixel's handshake to the frame's begin inside the core.
pub const FRAME_BEGIN: Cycle = 2;
/// From the pixel that completes a patch to the patch (`hwg_patch`).
pub const PATCH: Cycle = 3;
/// Between two decisions of the loader in the data block (`hwg_data_seq`), and cycles that a job takes it at least.
pub const DATA_JOB: Cycle = 2;
/// Cycles that a job of the loop takes the loader at least (`hwg_iter_seq`), and from the frame's begin to its first
/// decision.
pub const LOOP_JOB: Cycle = 3;
/// With one pixel a job.
const LOADER: Cycle = 6;
/// From the last result of a pixel to its first state word (`hwg_pixel_pack`, `hwg_slicer`).
pub const STATE_WORD: Cycle = 2;
/// From the last beat of a pixel to its last word in the ring behind the unit, seen by the reader (`hwg_gear`,
/// `hwg_window`).
pub const RING_WRITE: Cycle = 3;
/// From the project unit's result to the sum with the residual, before batch norm (`hwg_project`).
pub const RESIDUAL: Cycle = 2;
/// With one pixel a job.
const FEEDBACK_READ: Cycle = 2;
/// From a logit to where it is seen in its memory (`hwg_logit_sum`).
pub const LOGIT_WRITE: Cycle = 2;
/// From a logit that was read for the last time to the classification unit, which hears of it a cycle late.
pub const LOGITS_FREE: Cycle = 2;
/// From a row of sums given back to the first read for the next one in its place.
pub const ROW_FREE: Cycle = 2;
/// From the last read for a pixel of sums to where it is seen in its row (`hwg_logit_sum`).
pub const SUM_WRITE: Cycle = 8;
/// Between two columns that the up-sampler fetches: it reads two rows (`hwg_upsample`).
pub const COLUMN: Cycle = 2;
/// From a column's first read to the column in the up-sampler's queue (`hwg_upsample`).
pub const COLUMN_FETCH: Cycle = 8;

/// With several pixels a job all else is read so much later than lines of the data block, as a tap needs spans that come
/// after its own (`hwg_loader`).
const LINES_AHEAD: Cycle = 2;
/// With several pixels a job a depthwise product waits so long for the span beside its own (`hwg_depthwise`), and so does
/// a product of the classification (`hwg_classify`).
const SPAN_BESIDE: Cycle = 1;

/// From the loader's read of a word to the word in the operand memory (`hwg_loader`).
pub fn loader(pixels: usize) -> Cycle {
    LOADER + if pixels > 1 { LINES_AHEAD } else { 0 }
}

/// From the loader's decision to its read of the feedback FIFO's first word.
pub fn feedback_read(pixels: usize) -> Cycle {
    FEEDBACK_READ + if pixels > 1 { LINES_AHEAD } else { 0 }
}

/// With several pixels a job: that much later than with one a window's products begin.
pub fn beside(pixels: usize) -> Cycle {
    if pixels > 1 { SPAN_BESIDE } else { 0 }
}

/// Cycles of a project job at least beyond a pixel's words: its residual is fetched, its state leaves.
pub const PROJECT_JOB: usize = 6;
/// From the last issue of a depthwise pixel to the first of its project job, rounded up.
pub const DEPTHWISE_TO_PROJECT: usize = 40;
/// Pixels between the depthwise ring and the residual's use, rounded up: more than `DEPTHWISE_TO_PROJECT` cycles hold.
pub const RESIDUAL_LAG: usize = 16;

/// Jobs to spare between a data-block layer and the next (so that a pixel is written before it is read).
pub const DATA_LAG: usize = 4;
/// Input vectors of the expand array in flight.
pub const OPERAND_SLOTS: usize = 4;
/// Patches of the first convolution that wait for the array.
pub const PATCHES: usize = 16;
/// Rows of logit sums that wait for the up-sampler.
pub const TOTAL_ROWS: usize = 4;
/// Class words in flight at most.
pub const CLASS_WORDS: usize = 16;
/// Pixels that the outgoing feedback FIFO books.
pub const FEEDBACK_OUT: usize = 16;
/// Words of the feedback FIFO on its way back at least.
pub const FEEDBACK_BACK: usize = 16;

/// An array with this many lanes: from the last word issued to its accumulators.
pub fn array(lanes: usize) -> Cycle {
    ARRAY + clog2(lanes) as Cycle
}

/// A unit with an array of rows and lanes: from the last word of a pixel issued to its last result.
pub fn unit(lanes: usize, beats: usize) -> Cycle {
    array(lanes) + beats as Cycle + REQUANT
}

/// The depthwise unit: from the cycle after a pixel's last tap to its last result.
pub fn depthwise_unit(pixels: usize, beats: usize) -> Cycle {
    DEPTHWISE_ARRAY + beside(pixels) + beats as Cycle + REQUANT
}

/// Argmax over the classes: from a segment's pixel to its class word (`hwg_argbest`). Several pixels a beat have a register
/// before it.
pub fn argmax(classes: usize, beat: usize) -> Cycle {
    1 + clog2(classes).max(1) as Cycle + Cycle::from(beat > 1)
}

/// Columns that the up-sampler's queue holds: with four pixels a beat they leave as fast as they can come (`hwg_upsample`).
pub fn columns(beat: usize) -> usize {
    if beat == 4 { 8 } else { 4 }
}
