//! nextpnr's report (`--report`): what was used, what each clock reaches, and the path that limits it.

use super::error::FlowError;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// The report, as far as it is read.
#[derive(Clone, Debug, Deserialize)]
pub struct Timing {
    #[serde(default)]
    critical_paths: Vec<RawPath>,
    #[serde(default)]
    fmax: BTreeMap<String, RawClock>,
    #[serde(default)]
    utilization: BTreeMap<String, Use>,
}

#[derive(Clone, Debug, Deserialize)]
struct RawClock {
    achieved: f64,
    constraint: f64,
}

#[derive(Clone, Debug, Deserialize)]
struct RawPath {
    from: String,
    to: String,
    path: Vec<RawSegment>,
}

#[derive(Clone, Debug, Deserialize)]
struct RawSegment {
    delay: f64,
    #[serde(rename = "type")]
    kind: String,
    from: Pin,
    to: Pin,
}

#[derive(Clone, Debug, Deserialize)]
struct Pin {
    cell: String,
}

/// Sites of a kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Use {
    /// Taken.
    pub used: u64,
    /// On the device.
    pub available: u64,
}

/// A clock.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Clock {
    /// Net.
    pub name: String,
    /// What it reaches after routing.
    pub fmax_mhz: f64,
    /// What nextpnr was told to reach, which is more than the target.
    pub target_mhz: f64,
}

/// One step of the critical path.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// Nanoseconds.
    pub delay_ns: f64,
    /// `clk-to-q`, `routing`, `logic`, `setup`.
    pub kind: String,
    /// Cell that it begins at, named after our instances and signals.
    pub from: String,
    /// Cell that it ends at.
    pub to: String,
}

/// The slowest path of a clock.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CriticalPath {
    /// Clock edge that it begins with.
    pub from: String,
    /// Clock edge that it ends with.
    pub to: String,
    /// Nanoseconds.
    pub delay_ns: f64,
    /// Of these, in wires.
    pub routing_ns: f64,
    /// Its steps.
    pub steps: Vec<Step>,
}

impl Timing {
    /// Reads the report.
    pub fn read(path: &Path) -> Result<Self, FlowError> {
        let text = std::fs::read_to_string(path).map_err(FlowError::file("read", path))?;
        let wrong = |error: serde_json::Error| FlowError::Output {
            tool: "nextpnr",
            path: path.to_owned(),
            reason: error.to_string(),
        };
        serde_json::from_str(&text).map_err(wrong)
    }

    /// Sites of a kind, such as `TRELLIS_COMB`.
    pub fn sites(&self, kind: &str) -> Option<Use> {
        self.utilization.get(kind).copied()
    }

    /// All clocks.
    pub fn clocks(&self) -> Vec<Clock> {
        let clock = |(name, raw): (&String, &RawClock)| Clock {
            name: name.trim_start_matches("$glbnet$").to_owned(),
            fmax_mhz: raw.achieved,
            target_mhz: raw.constraint,
        };
        self.fmax.iter().map(clock).collect()
    }

    /// The longest path between two edges of one clock.
    pub fn critical_path(&self) -> Option<CriticalPath> {
        let edge = |text: &str| text.rsplit_once(' ').map_or_else(|| text.to_owned(), |(_, net)| net.to_owned());
        let inside = self.critical_paths.iter().filter(|path| edge(&path.from) == edge(&path.to));
        let path = |raw: &RawPath| {
            let step = |segment: &RawSegment| Step {
                delay_ns: segment.delay,
                kind: segment.kind.clone(),
                from: segment.from.cell.clone(),
                to: segment.to.cell.clone(),
            };
            let sum = |wires_only: bool| -> f64 {
                let counted = raw.path.iter().filter(|s| !wires_only || s.kind == "routing");
                counted.map(|s| s.delay).sum()
            };
            CriticalPath {
                from: raw.from.clone(),
                to: raw.to.clone(),
                delay_ns: sum(false),
                routing_ns: sum(true),
                steps: raw.path.iter().map(step).collect(),
            }
        };
        inside.map(path).max_by(|a, b| a.delay_ns.total_cmp(&b.delay_ns))
    }
}
