//! What a point costs: counted of the network, estimated or scheduled exactly of the hardware.

use crate::point::{self, Point};
use hwgen_core::Device;
use hwgen_core::device::devices;
use hwgen_core::schedule::OutputCycles;
use hwgen_core::solver::{self, Target};
use hwgen_network::Cost;
use serde::{Deserialize, Serialize};

/// What is assumed of the hardware.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    /// The expected clock; without it, that of each point's device.
    pub clock_mhz: Option<f64>,
}

/// Clock of a point without a device, unless told.
pub const CLOCK_OF_NO_DEVICE: f64 = 100.0;

impl Setting {
    /// What is expected of a point.
    fn clock(self, point: &Point) -> f64 {
        let of_device = || device(point).map_or(CLOCK_OF_NO_DEVICE, |device| device.expected_clock.mhz);
        self.clock_mhz.unwrap_or_else(of_device)
    }
}

/// A point and all that is known of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields of a description have their names from there")]
pub struct Row {
    /// The command that emits it; what tells points apart.
    pub command: String,
    pub width: u32,
    pub scales: u32,
    pub iterations: u32,
    pub blocks: u32,
    pub expansion: u32,
    pub classes: u32,
    pub image: String,
    pub outputs: String,
    pub weight_sets: String,
    pub mixing: String,
    pub pixels: String,
    pub normalisation: String,
    /// Of the expand layers.
    pub weight_bits: u32,
    /// Of the states.
    pub act_bits: u32,
    pub multipliers: usize,
    /// Of the video streams.
    pub pixels_per_beat: usize,
    pub feedback: String,
    pub device: Option<String>,
    /// MACs of a frame.
    pub macs: u64,
    pub params: u64,
    /// Computational graph in float32, the paper's count.
    pub graph_bytes: u64,
    /// Memory traffic in float32, the paper's count.
    pub traffic_bytes: u64,
    /// All scales of the state in float32.
    pub state_bytes: u64,
    /// Convolutions on the longest path.
    pub depth: u64,
    /// Pixels that a weight works on in the same cycle: the grid's, or the fewest that fit; none where the budget is too small.
    pub pixels_per_cycle: Option<usize>,
    /// Multipliers of the folding; none where the budget is too small for the four arrays.
    pub used_multipliers: Option<usize>,
    /// Of a frame.
    pub cycles: Option<u64>,
    /// Up to the last word of the first output.
    pub first_output_cycles: Option<u64>,
    /// The expected clock.
    pub clock_mhz: f64,
    /// At that clock.
    pub frames_per_second: Option<f64>,
    pub dsp: Option<usize>,
    /// Block RAMs of 18 kbit.
    pub ebr: Option<usize>,
    pub lut: Option<usize>,
    pub ff: Option<usize>,
    /// On its device; none without one.
    pub fits: Option<bool>,
    /// What is short, empty if nothing is.
    pub missing: String,
    /// Whether the cycles are those of the exact schedule.
    pub exact: bool,
    /// Whether it is one of the front's points.
    pub front: bool,
    /// Measured, if a table has it.
    pub miou: Option<f64>,
}

/// Estimates a point.
pub fn measure(point: &Point, setting: Setting) -> Row {
    let (d, cost) = (&point.description, Cost::new(&point.description));
    let mut row = Row {
        command: point.command(),
        width: d.width,
        scales: d.scales,
        iterations: d.iterations,
        blocks: d.blocks,
        expansion: d.expansion,
        classes: d.classes,
        image: format!("{}x{}", d.image.width, d.image.height),
        outputs: point::outputs(d),
        weight_sets: point::weight_sets(&d.weight_sets),
        mixing: point::mixing(d.mixing).to_owned(),
        pixels: point::pixels(d.pixels).to_owned(),
        normalisation: point::normalisation(d.normalisation).to_owned(),
        weight_bits: point.bits.expand,
        act_bits: point.bits.act_state,
        multipliers: point.multipliers,
        pixels_per_beat: point.pixels_per_beat,
        feedback: point.feedback.kind().to_owned(),
        device: point.device.clone(),
        macs: cost.total.macs,
        params: cost.total.params,
        graph_bytes: cost.total.graph_bytes,
        traffic_bytes: cost.total.traffic_bytes,
        state_bytes: cost.state_bytes,
        depth: cost.depth,
        pixels_per_cycle: None,
        used_multipliers: None,
        cycles: None,
        first_output_cycles: None,
        clock_mhz: setting.clock(point),
        frames_per_second: None,
        dsp: None,
        ebr: None,
        lut: None,
        ff: None,
        fits: point.device.as_ref().map(|_| false),
        missing: String::new(),
        exact: false,
        front: false,
        miou: None,
    };
    if !d.image.width.is_multiple_of(point.pixels_per_beat as u32) {
        "lines of whole beats".clone_into(&mut row.missing);
        return row;
    }
    let target = target(point);
    let everything = Target { dsp: usize::MAX, ebr: usize::MAX, lut: 1 << 40, products: usize::MAX };
    let (device, pixels) = (target.unwrap_or(everything), point.pixels_per_cycle);
    let weighed = solver::weigh(d, &point.bits, point.interface(), device, point.multipliers, pixels);
    let Some((estimate, cost, short)) = weighed else {
        "a budget for the four arrays".clone_into(&mut row.missing);
        return row;
    };
    row.pixels_per_cycle = Some(estimate.folding.pixels());
    row.used_multipliers = Some(estimate.folding.total());
    row.set_cycles(estimate.cycles, estimate.first_output);
    (row.dsp, row.ebr, row.lut, row.ff) = (Some(cost.dsp), Some(cost.ebr), Some(cost.lut), Some(cost.ff));
    row.fits = target.map(|_| short.is_empty());
    let short = short.iter().map(|short| format!("{} {}", short.wanted - short.there, short.what));
    row.missing = short.collect::<Vec<_>>().join(", ");
    row
}

/// Puts the exact schedule in the place of a point's estimated cycles.
pub fn schedule(point: &Point, row: &mut Row) {
    let estimate =
        |pixels| solver::estimate(&point.description, &point.bits, point.interface(), point.multipliers, pixels);
    let Some(estimate) = row.pixels_per_cycle.and_then(estimate) else { return };
    let prediction = solver::exact(&point.description, &point.bits, point.interface(), estimate.folding);
    let first = prediction.outputs.first().map_or(prediction.cycles, OutputCycles::frame);
    row.set_cycles(prediction.cycles, first);
    row.exact = true;
}

fn device(point: &Point) -> Option<Device> {
    devices().into_iter().find(|device| Some(&device.name) == point.device.as_ref())
}

/// What the point's device offers.
fn target(point: &Point) -> Option<Target> {
    let device = device(point)?;
    Some(Target { dsp: device.multipliers, ebr: device.block_rams, lut: device.luts, products: point.multipliers })
}

impl Row {
    fn set_cycles(&mut self, cycles: u64, first_output: u64) {
        self.cycles = Some(cycles);
        self.first_output_cycles = Some(first_output);
        self.frames_per_second = Some(self.clock_mhz * 1e6 / cycles.max(1) as f64);
    }

    /// Whether it can be built, and is as fast as wanted.
    pub fn is_possible(&self, min_rate: f64) -> bool {
        self.fits != Some(false) && self.frames_per_second.is_some_and(|rate| rate >= min_rate)
    }

    /// How good its maps are: measured mIoU, or MACs where nothing was measured.
    pub fn quality(&self, measured: bool) -> Option<f64> {
        if measured { self.miou } else { Some(self.macs as f64) }
    }
}
