//! How to simulate: pauses of the streams, seeds, what is compared.

use super::manifest::{Manifest, Prediction};
use super::script::Access;
use std::path::PathBuf;

/// How often a stream pauses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pause {
    /// Percent of cycles, 0…97.
    pub percent: u32,
    /// Mean length of a pause in cycles; 0: every cycle is drawn by itself.
    pub burst: u32,
}

impl Pause {
    /// `percent` of the cycles, each drawn by itself.
    pub const fn percent(percent: u32) -> Self {
        Self { percent, burst: 0 }
    }
}

/// How to simulate.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// Pauses of the pixel source.
    pub gap: Pause,
    /// Pauses of the class sink.
    pub stall: Pause,
    /// Pauses of the FIFO towards the core; none: as `gap`.
    pub feedback_gap: Option<Pause>,
    /// Pauses of the FIFO taking words; none: as `stall`.
    pub feedback_stall: Option<Pause>,
    /// Cycles from a request to the feedback memory to its answer: 0 to this, at random.
    pub latency: u32,
    /// Percent of the memory's answers that are errors.
    pub bus_errors: u32,
    /// Pauses of the host.
    pub host: Pause,
    /// Seed of all pauses, and of what uninitialised registers hold.
    pub seed: u64,
    /// Compare expand, depthwise and data-block words too.
    pub deep: bool,
    /// Registers that nothing initialises start with random values, not 0.
    pub random_initial: bool,
    /// Read every register, all the time and after each frame, and compare registers, interrupt and the video port's
    /// readiness with what docs/registers.md says.
    pub registers: bool,
    /// Accesses of the host besides.
    pub script: Vec<Access>,
    /// Write a waveform; the session must have been built with `trace`.
    pub trace: Option<PathBuf>,
    /// Cycles without progress that are a hang; none: from the prediction and the pauses.
    pub hang_cycles: Option<u64>,
    /// A prediction for these frames; none: the manifest's, where it holds.
    pub prediction: Option<Prediction>,
    /// A command that does the same again, for reports.
    pub command: String,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            gap: Pause::default(),
            stall: Pause::default(),
            feedback_gap: None,
            feedback_stall: None,
            latency: 0,
            bus_errors: 0,
            host: Pause::default(),
            seed: 1,
            deep: false,
            random_initial: true,
            registers: true,
            script: Vec::new(),
            trace: None,
            hang_cycles: None,
            prediction: None,
            command: String::new(),
        }
    }
}

impl RunOptions {
    /// Pauses of the FIFO towards the core, and of it taking words.
    pub(crate) fn feedback(&self) -> (Pause, Pause) {
        (self.feedback_gap.unwrap_or(self.gap), self.feedback_stall.unwrap_or(self.stall))
    }

    /// Whether nothing from outside delays the core.
    pub(crate) fn undisturbed(&self, manifest: &Manifest) -> bool {
        let (source, sink) = self.feedback();
        let streams = if manifest.feedback.stays_inside() { 0 } else { source.percent + sink.percent + self.latency };
        self.gap.percent + self.stall.percent + streams == 0
    }
}
