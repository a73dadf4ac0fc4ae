//! What the schedule says of a frame.

use serde::Serialize;

use crate::latency::Cycle;

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

impl OutputCycles {
    /// Cycles of a frame that ends with it.
    pub fn frame(&self) -> Cycle {
        self.last + 1
    }
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

impl Prediction {
    /// Cycles of a frame by the output that it ends with.
    pub fn frames(&self) -> impl Iterator<Item = (u32, Cycle)> {
        self.outputs.iter().map(|output| (output.output, output.frame()))
    }
}
