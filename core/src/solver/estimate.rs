//! A core's cycles and resources as they are estimated before there are weights, without the exact schedule: for
//! comparing many networks.
//!
//! The folding is the budget's best by the estimate alone, of the expand shapes that no cheaper one beats. Widths behind
//! the arrays are those of the worst weights that the formats allow, so LUTs come out a little high.

use hwgen_network::Description;
use hwgen_quantize::Bits;

use super::budget::complete;
use super::mapper::{Mapper, Shortage, Target};
use super::rings::size_rings;
use super::search::{MIN_MULTIPLIERS, Search, pareto};
use crate::folding::Folding;
use crate::plan::{Feedback, Plan};
use crate::resources::Resources;
use crate::schedule::{self, Prediction};
use crate::widths::Widths;

/// A folding and its estimated times.
#[derive(Clone, Copy, Debug)]
pub struct Estimate {
    /// The shapes.
    pub folding: Folding,
    /// Of a frame with all iterations and outputs.
    pub cycles: u64,
    /// Up to the last word of the first output.
    pub first_output: u64,
}

/// Estimates a core of at most `multipliers` multipliers; `None` if no four arrays are as small.
pub fn estimate(net: &Description, bits: &Bits, multipliers: usize) -> Option<Estimate> {
    if multipliers < MIN_MULTIPLIERS {
        return None;
    }
    let search = Search::new(net, bits, multipliers, 1);
    let expand = pareto(search.expand.clone());
    let (_, folding, time) =
        expand.iter().filter_map(|shape| complete(&search, shape)).min_by(|a, b| a.0.total_cmp(&b.0))?;
    let first = net.outputs.first().map_or(0, |&n| n as usize);
    let first_output = time.data + (first * time.iteration).max(time.classify) + net.image.pixels();
    Some(Estimate { folding, cycles: time.frame as u64, first_output: (first_output as u64).min(time.frame as u64) })
}

/// What a folding takes of a device, and what of it is short.
pub fn resources(
    net: &Description,
    bits: &Bits,
    feedback: Feedback,
    target: Target,
    folding: &Folding,
) -> (Resources, Vec<Shortage>) {
    Mapper { bits, net, widths: Widths::worst(net, bits), feedback, target }.resources(folding)
}

/// The exact schedule of an estimated folding, its rings sized as those of a solved one.
pub fn exact(net: &Description, bits: &Bits, feedback: Feedback, folding: Folding) -> Prediction {
    let plan = Plan::new(net, bits, size_rings(net, bits, feedback, folding), feedback);
    schedule::predict(&plan, net.iterations, schedule::configured_mask(&plan))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hwgen_network::Preset;

    #[test]
    fn the_estimate_is_near_the_exact_schedule() {
        for (preset, multipliers) in [(Preset::Paper, 342), (Preset::Camvid240, 284), (Preset::Tiny, 24)] {
            let (net, bits) = (preset.description(), Bits::default());
            let found = estimate(&net, &bits, multipliers).expect("enough multipliers");
            let exact = exact(&net, &bits, Feedback::Onchip, found.folding);
            let near = |estimated: u64, exact: u64| (estimated as f64 / exact as f64 - 1.0).abs();
            assert!(near(found.cycles, exact.cycles) < 0.1, "{preset:?}: {} {}", found.cycles, exact.cycles);
            let first = exact.outputs[0].last;
            assert!(near(found.first_output, first) < 0.3, "{preset:?}: {} {first}", found.first_output);
        }
    }

    #[test]
    fn what_is_short_is_named() {
        let (net, bits) = (Preset::Paper.description(), Bits::default());
        let found = estimate(&net, &bits, 342).expect("enough multipliers");
        let large = Target { dsp: 1 << 20, ebr: 1 << 20, lut: 1 << 30, products: 1 << 20 };
        let (cost, short) = resources(&net, &bits, Feedback::Onchip, large, &found.folding);
        assert!(short.is_empty() && cost.lut > 10_000);
        let (_, short) = resources(&net, &bits, Feedback::Onchip, Target { ebr: 10, ..large }, &found.folding);
        assert_eq!(short[0].what, "block RAMs");
    }

    #[test]
    fn three_multipliers_are_too_few() {
        assert!(estimate(&Preset::Tiny.description(), &Bits::default(), 3).is_none());
    }
}
