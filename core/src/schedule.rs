//! The static schedule: predicts the cycle of every output from counts alone.
//!
//! Each unit takes jobs (pixels) in a fixed order; a job starts one cycle after the first cycle in which its unit is
//! free and its tokens (operand slot, ring pixels, credits) are visible. With no stalls from outside all this is a
//! system of maxima and sums, evaluated here job by job. Its constants are in `latency`; co-simulation checks that
//! prediction and core agree to the cycle.

mod emission;
mod feed;
mod frame;

use serde::Serialize;

pub use crate::latency::Cycle;
use crate::plan::Plan;

/// First and last class word of one output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct OutputCycles {
    /// Iteration that it belongs to, from 1.
    pub output: u32,
    /// Cycle of its first class word.
    pub first: Cycle,
    /// Cycle of its last class word.
    pub last: Cycle,
}

/// What limits the frame rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// The arrays of the loop.
    Loop,
    /// The class stream: one word a cycle.
    ClassStream,
    /// The classification array.
    Classify,
}

/// The predicted frame.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Prediction {
    /// From the first pixel to the last class word (or the end of the loop, with no output), both counted.
    pub cycles: Cycle,
    /// First expand slot of iteration 2 to that of iteration N; none for N < 3.
    pub loop_start_to_start: Option<Cycle>,
    /// First expand slot of each iteration.
    pub starts: Vec<Cycle>,
    /// What limits the frame.
    pub bound: Bound,
    /// Every enabled output.
    pub outputs: Vec<OutputCycles>,
}

/// Predicts one frame without stalls, with `iterations` run and the outputs of `mask` (bit n − 1 is output n) sent.
pub fn predict(plan: &Plan, iterations: u32, mask: u64) -> Prediction {
    frame::Frame::new(plan, iterations, mask).run()
}

/// The mask of the configured outputs.
pub fn configured_mask(plan: &Plan) -> u64 {
    plan.net.outputs.iter().fold(0, |mask, &n| mask | 1 << (n - 1))
}
