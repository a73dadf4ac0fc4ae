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
    /// Column and row of the tile.
    #[serde(default)]
    loc: Option<[usize; 2]>,
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
    /// Columns and rows of the tiles of both, where nextpnr tells them.
    #[serde(skip)]
    pub places: Vec<[usize; 2]>,
}

/// Steps of a path through the cells that Yosys made of one signal.
#[derive(Clone, Debug, PartialEq)]
pub struct Stretch {
    /// Instances and signal, in our names.
    pub signal: String,
    /// Cells.
    pub cells: usize,
    /// Nanoseconds, the wires that lead there included.
    pub delay_ns: f64,
    /// Of these, in wires.
    pub routing_ns: f64,
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

impl CriticalPath {
    /// The path as somebody reads it who knows the RTL: a carry chain of forty cells is one line.
    pub fn stretches(&self) -> Vec<Stretch> {
        let mut list: Vec<Stretch> = Vec::new();
        let mut wires = 0.0;
        for step in &self.steps {
            if step.kind == "routing" {
                wires += step.delay_ns;
                continue;
            }
            let wires = std::mem::take(&mut wires);
            let (cells, delay) = (usize::from(step.kind != "setup"), step.delay_ns + wires);
            let name = signal(&step.to);
            match list.last_mut().filter(|last| name.is_none_or(|name| name == last.signal)) {
                Some(last) => {
                    last.cells += cells;
                    last.delay_ns += delay;
                    last.routing_ns += wires;
                }
                None => list.push(Stretch {
                    signal: name.unwrap_or(&step.to).to_owned(),
                    cells,
                    delay_ns: delay,
                    routing_ns: wires,
                }),
            }
        }
        list
    }
}

/// What the RTL calls the signal that a cell was made of; none for a cell that nextpnr put between two parts of one.
fn signal(cell: &str) -> Option<&str> {
    const MADE: [&str; 6] = ["_LUT4_", "_CCU2C_", "_TRELLIS_FF_", "_PFUMX_", "_L6MUX21_", "$"];
    let end = MADE.iter().filter_map(|mark| cell.find(mark)).min().unwrap_or(cell.len());
    (end > 0).then(|| &cell[..end])
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
                places: [segment.from.loc, segment.to.loc].into_iter().flatten().collect(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_carry_chain_is_one_stretch() {
        let step = |kind: &str, to: &str, delay_ns: f64| Step {
            delay_ns,
            kind: kind.to_owned(),
            from: String::new(),
            to: to.to_owned(),
            places: Vec::new(),
        };
        let path = CriticalPath {
            from: "posedge clk".to_owned(),
            to: "posedge clk".to_owned(),
            delay_ns: 5.0,
            routing_ns: 3.0,
            steps: vec![
                step("clk-to-q", "u_a.x_q_TRELLIS_FF_Q_3", 0.5),
                step("routing", "u_b.sum_CCU2C_S0$CCU2_COMB0", 2.0),
                step("logic", "u_b.sum_CCU2C_S0$CCU2_COMB0", 0.5),
                step("logic", "$nextpnr_CCU2C_3$CCU2_COMB1", 0.5),
                step("routing", "u_b.sum_TRELLIS_FF_Q", 1.0),
                step("setup", "u_b.sum_TRELLIS_FF_Q", 0.5),
            ],
        };
        let stretch = |signal: &str, cells, delay_ns, routing_ns| Stretch {
            signal: signal.to_owned(),
            cells,
            delay_ns,
            routing_ns,
        };
        assert_eq!(path.stretches(), [stretch("u_a.x_q", 1, 0.5, 0.0), stretch("u_b.sum", 2, 4.5, 3.0)]);
    }
}
