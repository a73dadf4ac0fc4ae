//! What an emitted folder says of time: cycles of every output, and a clock rate where one is known.

use crate::cli::error::CliError;
use crate::cli::model;
use hwgen_evaluate::table::Timing;
use hwgen_network::Description;
use hwgen_sim::cosim::Manifest;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// What an emitted folder says of time.
#[derive(Serialize)]
pub struct Core {
    pub folder: PathBuf,
    pub clock_mhz: Option<f64>,
    /// Where the clock rate comes from.
    pub clock_from: Option<&'static str>,
    pub outputs: Vec<Timing>,
}

/// What `synth/synth.json` says of the clock.
#[derive(serde::Deserialize)]
struct Synthesis {
    clocks: Vec<Clock>,
}

#[derive(serde::Deserialize)]
struct Clock {
    fmax_mhz: f64,
}

impl Core {
    /// Cycles of an emitted folder, which has to be of the same network.
    pub fn read(folder: &Path, description: &Description) -> miette::Result<Self> {
        let manifest = Manifest::read(folder)?;
        if manifest.description != *description {
            let what = model::differing(&manifest.description, description).join(", ");
            return Err(CliError::OtherNetwork { folder: folder.to_owned(), what }.into());
        }
        let routed = std::fs::read(folder.join("synth/synth.json"))
            .ok()
            .and_then(|bytes| serde_json::from_slice::<Synthesis>(&bytes).ok())
            .and_then(|synthesis| synthesis.clocks.iter().map(|clock| clock.fmax_mhz).reduce(f64::min));
        let (clock_mhz, clock_from) = match (manifest.board, routed) {
            // A board's core runs at what its PLL makes, however fast it might.
            (Some(board), _) => (Some(board.clock_mhz), Some("the board's clock")),
            (None, Some(routed)) => (Some(routed), Some("the clock after routing")),
            (None, None) => (None, None),
        };
        let timing = |output: u32, last: u64| {
            let cycles = last + 1;
            Timing { output, cycles, frames_per_second: clock_mhz.map(|clock| clock * 1e6 / cycles as f64) }
        };
        let predicted = manifest.prediction.iter().flat_map(|prediction| &prediction.outputs);
        let outputs = predicted.map(|predicted| timing(predicted.output, predicted.last)).collect();
        Ok(Self { folder: folder.to_owned(), clock_mhz, clock_from, outputs })
    }

    /// The clock as text.
    pub fn clock(&self) -> Option<String> {
        Some(format!("{:.1} MHz, {}", self.clock_mhz?, self.clock_from?))
    }
}
