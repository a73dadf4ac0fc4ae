//! The result of a co-simulation, as people and programs read it.
//!
//! Owns: the numbers of docs and command line (`hwgen cosim --json`), relative to the first accepted pixel of each
//! frame. Leaves alone: how they were found.

use super::manifest::Multipliers;
use serde::Serialize;

/// The first value that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mismatch {
    /// What was compared: `class`, `state`, `logits`, `total`, `expand`, `depthwise`, `data`, `start`, the name of a
    /// register, `irq`, `s_axis_video_tready`.
    pub tensor: String,
    /// The layer that computes it, named as in docs/weights.md.
    pub layer: Option<String>,
    /// Frame, from 0.
    pub frame: u32,
    /// Iteration, from 1.
    pub iteration: Option<u32>,
    /// Scale, from 0.
    pub scale: Option<u32>,
    /// Row.
    pub y: Option<u32>,
    /// Column.
    pub x: Option<u32>,
    /// Channel.
    pub channel: Option<u32>,
    /// Clock cycle from the start of the simulation.
    pub cycle: u64,
    /// The right value; none where nothing should have come.
    pub expected: Option<i64>,
    /// The value seen.
    pub got: Option<i64>,
    /// What differs, in words, where `expected` and `got` do not tell.
    pub note: Option<String>,
    /// A command that shows it again.
    pub command: String,
}

/// First and last class word of an output, in cycles from the first accepted pixel of its frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct OutputCycles {
    /// Frame, from 0.
    pub frame: u32,
    /// Output, from 1.
    pub output: u32,
    /// First word.
    pub first: u64,
    /// Last word.
    pub last: u64,
}

/// What the core's registers said after a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FrameRegisters {
    /// STATUS.
    pub status: u32,
    /// CONFIDENCE.
    pub confidence: u32,
    /// CYCLES.
    pub cycles: u32,
    /// FRAMES.
    pub frames_done: u32,
    /// GAPS.
    pub input_gaps: u32,
    /// STALLS.
    pub output_stalls: u32,
    /// `LAST_OUTPUT`.
    pub last_output: u32,
    /// The next frame had begun when they were read, so counters may have started anew.
    pub overlapped: bool,
}

/// One frame.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct FrameResult {
    /// Which of the frames that the camera sent it is.
    pub sent: u32,
    /// Iterations that it was to run.
    pub iterations: u32,
    /// Outputs that it was to send, bit n − 1: output n.
    pub outputs: u64,
    /// Threshold of the confidence of each of them, ascending; 0: none.
    pub thresholds: Vec<u32>,
    /// `complete`, `early`, `abandoned`, or `open` where it lacked pixels to the end.
    pub ending: &'static str,
    /// Cycle of the first accepted pixel, from the start of the simulation.
    pub first_pixel: u64,
    /// Cycles from the first accepted pixel to the last class word, both included; none without outputs.
    pub cycles: Option<u64>,
    /// Cycles in which a class word waited.
    pub output_stalls: u64,
    /// Cycles inside the frame in which the core waited for a pixel.
    pub input_gaps: u64,
    /// Starts of the iterations, in cycles from the first accepted pixel.
    pub starts: Vec<u64>,
    /// Expected confidence of each output sent.
    pub confidences: Vec<u32>,
    /// What the registers said; none unless read.
    pub registers: Option<FrameRegisters>,
}

/// A class map that was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedMap {
    /// Frame, from 0.
    pub frame: u32,
    /// Output, from 1.
    pub output: u32,
    /// `W·H` classes in raster order.
    pub map: Vec<u8>,
}

/// An access of the script and its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct AccessResult {
    /// When it ended.
    pub cycle: u64,
    /// Whether it was a write.
    pub write: bool,
    /// Register.
    pub address: u8,
    /// Value written or read.
    pub value: u32,
    /// 0 okay, 2 slave error.
    pub response: u8,
}

/// What the feedback memory counted, all frames together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MemoryTraffic {
    /// Write bursts.
    pub write_bursts: u64,
    /// Read bursts.
    pub read_bursts: u64,
    /// Beats written.
    pub beats_written: u64,
    /// Beats read.
    pub beats_read: u64,
    /// Error responses given.
    pub errors: u64,
}

/// The result of a co-simulation.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Whether every compared value was right and all of them came.
    pub bit_exact: bool,
    /// Values of the network compared.
    pub values_compared: u64,
    /// Register values and answers of the register bus compared; the interrupt is compared in every cycle besides.
    pub registers_compared: u64,
    /// How often the interrupt changed its level.
    pub interrupt_edges: u64,
    /// Frames that the camera sent, broken ones included; `frames` are those that the core began.
    pub frames_sent: u64,
    /// The first one that differs.
    pub first_mismatch: Option<Mismatch>,
    /// Cycles of the first frame.
    pub cycles: Option<u64>,
    /// As predicted by the generator; none with pauses, early exit, or other settings than those predicted for.
    pub predicted_cycles: Option<u64>,
    /// Of all outputs of all frames.
    pub output_cycles: Vec<OutputCycles>,
    /// As predicted, for those frames for which the prediction holds.
    pub predicted_output_cycles: Option<Vec<OutputCycles>>,
    /// Multiply-accumulates of the first frame.
    pub macs: u64,
    /// All multipliers of the arrays.
    pub multipliers: u64,
    /// The same by array.
    pub multipliers_by_array: Multipliers,
    /// `macs / (multipliers · cycles)`.
    pub utilization: Option<f64>,
    /// The same for the loop, iterations 2…N − 1, against the multipliers of expand, depthwise and project.
    pub loop_utilization: Option<f64>,
    /// Cycles from the start of iteration 2 to that of iteration N in the first frame.
    pub loop_cycles: Option<u64>,
    /// As predicted.
    pub predicted_loop_cycles: Option<u64>,
    /// Cycles simulated in all.
    pub sim_cycles: u64,
    /// Seconds spent on simulating, without building.
    pub sim_seconds: f64,
    /// What the simulating thread had of the processor meanwhile, in seconds.
    pub sim_cpu_seconds: f64,
    /// Cycles simulated a second.
    pub sim_cycles_per_second: f64,
    /// Seconds spent on Verilator and the C++ compiler.
    pub build_seconds: f64,
    /// Whether the compiled design was in the cache.
    pub build_cached: bool,
    /// Seed of all pauses.
    pub seed: u64,
    /// Deepest fill of the simulated feedback FIFO, in words; none without feedback streams.
    pub feedback_words: Option<u64>,
    /// What the feedback memory did; none without one.
    pub memory: Option<MemoryTraffic>,
    /// Frame by frame.
    pub frames: Vec<FrameResult>,
    /// Answers to the script.
    pub accesses: Vec<AccessResult>,
    /// Class maps received, complete ones only.
    #[serde(skip)]
    pub maps: Vec<ReceivedMap>,
}
