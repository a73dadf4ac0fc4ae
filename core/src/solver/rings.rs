//! Sizes of the rings between the arrays, by the exact schedule.

use hwgen_network::Description;
use hwgen_quantize::Bits;

use crate::folding::Folding;
use crate::interface::Interface;
use crate::math::in_spans;
use crate::plan::Plan;
use crate::schedule::{self, Prediction};

/// Pixels of an image beyond which foldings are compared on its first rows: a schedule has an entry for every pixel, and
/// all rows are alike.
const MOST_PIXELS: usize = 1 << 20;
/// Rows that are left of such an image at least: some of the coarsest scale.
const LEAST_ROWS: u32 = 256;

/// A frame with all iterations and outputs.
pub fn frame(net: &Description, bits: &Bits, interface: Interface, folding: Folding) -> Prediction {
    let plan = Plan::new(net, bits, folding, interface);
    schedule::predict(&plan, net.iterations, schedule::configured_mask(&plan))
}

/// Cycles by which foldings are compared: those of a whole frame with all outputs, of a very large image the first rows.
pub fn frame_cycles(net: &Description, bits: &Bits, interface: Interface, folding: Folding) -> u64 {
    if net.image.pixels() <= MOST_PIXELS {
        return frame(net, bits, interface, folding).cycles;
    }
    let mut top = net.clone();
    let rows = (MOST_PIXELS / net.image.width as usize) as u32;
    top.image.height = net.image.height.min(rows.max(LEAST_ROWS));
    frame(&top, bits, interface, folding).cycles
}

/// The smallest rings that cost less than 0.1 % of the cycles of a short frame.
pub fn size_rings(net: &Description, bits: &Bits, interface: Interface, mut folding: Folding) -> Folding {
    let w0 = in_spans(net.scale(0), folding.pixels()).width as usize;
    let mut short = net.clone();
    short.iterations = net.iterations.min(3);
    short.outputs.retain(|&n| n <= short.iterations);
    if let hwgen_network::WeightSets::Map(map) = &mut short.weight_sets {
        map.truncate(short.iterations as usize);
    }
    let choices = [4, 8, w0 / 4, w0 / 2, w0];
    let cycles = |folding: Folding| frame_cycles(&short, bits, interface, folding) as f64;
    let choose = |folding: Folding, set: &dyn Fn(&mut Folding, usize)| -> usize {
        let measured: Vec<(usize, f64)> = choices
            .iter()
            .filter(|&&slack| slack >= 4)
            .map(|&slack| {
                let mut candidate = folding;
                set(&mut candidate, slack);
                (slack, cycles(candidate))
            })
            .collect();
        let best = measured.iter().map(|m| m.1).fold(f64::INFINITY, f64::min);
        measured.iter().filter(|m| m.1 <= best * 1.001).map(|m| m.0).min().unwrap_or(4)
    };
    folding.ring_slack = choose(folding, &|f, slack| f.ring_slack = slack);
    folding.queue_slack = choose(folding, &|f, slack| f.queue_slack = slack);
    folding
}
