//! The static schedule: predicts the cycle of every output from counts alone.
//!
//! Each unit takes jobs (pixels) in a fixed order; a job starts one cycle after the first cycle in which its unit is
//! free and its tokens (operand slot, ring pixels, credits) are visible. With no stalls from outside all this is a
//! system of maxima and sums, evaluated here job by job. Its constants are in `latency`; co-simulation checks that
//! prediction and core agree to the cycle.

mod emission;
mod feed;
mod frame;
mod prediction;
mod timeline;

pub use crate::latency::Cycle;
use crate::plan::Plan;
pub use prediction::{Bound, OutputCycles, Prediction};
use timeline::Timeline;
pub use timeline::{Stretch, Unit, Work};

/// Predicts one frame without stalls, with `iterations` run and the outputs of `mask` (bit n − 1 is output n) sent.
pub fn predict(plan: &Plan, iterations: u32, mask: u64) -> Prediction {
    frame::Frame::new(plan, iterations, mask, None).run().0
}

/// Parts of a frame that a picture tells apart.
const PARTS: Cycle = 2000;

/// What every unit does in the configured frame, pauses shorter than 1/2000 of it left out.
pub fn timeline(plan: &Plan, prediction: &Prediction) -> Vec<Stretch> {
    let timeline = Timeline::new(prediction.cycles / PARTS);
    let (_, timeline) = frame::Frame::new(plan, plan.net.iterations, configured_mask(plan), Some(timeline)).run();
    timeline.map(Timeline::finish).unwrap_or_default()
}

/// The mask of the configured outputs.
pub fn configured_mask(plan: &Plan) -> u64 {
    plan.net.outputs.iter().fold(0, |mask, &n| mask | 1 << (n - 1))
}
