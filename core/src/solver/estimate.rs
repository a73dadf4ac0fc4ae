//! A core's cycles and resources as they are estimated before there are weights, without the exact schedule: for
//! comparing many networks.
//!
//! The folding is the budget's best by the estimate alone, of the expand shapes that no cheaper one beats. Widths behind
//! the arrays are those of the worst weights that the formats allow, so LUTs come out a little high.

use hwgen_network::Description;
use hwgen_quantize::Bits;

use super::budget::complete;
use super::mapper::{Mapper, Shortage, Target};
use super::pixels::choices;
use super::rings::size_rings;
use super::search::{MIN_MULTIPLIERS, Search, pareto};
use crate::folding::Folding;
use crate::interface::Interface;
use crate::plan::Plan;
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

/// Estimates a core of at most `multipliers` multipliers with jobs of `pixels` pixels; `None` if no four arrays are as small.
pub fn estimate(
    net: &Description,
    bits: &Bits,
    interface: Interface,
    multipliers: usize,
    pixels: usize,
) -> Option<Estimate> {
    if multipliers < MIN_MULTIPLIERS * pixels {
        return None;
    }
    let search = Search::new(net, bits, interface, multipliers, pixels);
    let expand = pareto(search.expand.clone());
    let (_, folding, time) =
        expand.iter().filter_map(|shape| complete(&search, shape)).min_by(|a, b| a.0.total_cmp(&b.0))?;
    let first = net.outputs.first().map_or(0, |&n| n as usize);
    let first_output = time.data + (first * time.iteration).max(time.classify) + search.stream();
    Some(Estimate { folding, cycles: time.frame as u64, first_output: (first_output as u64).min(time.frame as u64) })
}

/// Estimates a core and what it takes of a device, and what of it is short. Jobs have `pixels` pixels, or, unless told,
/// one, or more where a core fits only so: how much faster it is, an estimate says too roughly.
pub fn weigh(
    net: &Description,
    bits: &Bits,
    interface: Interface,
    target: Target,
    multipliers: usize,
    pixels: Option<usize>,
) -> Option<(Estimate, Resources, Vec<Shortage>)> {
    let mapper = Mapper { bits, net, widths: Widths::worst(net, bits), interface, target };
    let weighed = |pixels| {
        let found = estimate(net, bits, interface, multipliers, pixels)?;
        let (resources, short) = mapper.resources(&found.folding);
        Some((found, resources, short))
    };
    let mut found = None;
    for pixels in choices(pixels) {
        let Some(next) = weighed(pixels) else { continue };
        let fits = next.2.is_empty();
        if fits || found.is_none() {
            found = Some(next);
        }
        if fits {
            break;
        }
    }
    found
}

/// The exact schedule of an estimated folding, its rings sized as those of a solved one.
pub fn exact(net: &Description, bits: &Bits, interface: Interface, folding: Folding) -> Prediction {
    let plan = Plan::new(net, bits, size_rings(net, bits, interface, folding), interface);
    schedule::predict(&plan, net.iterations, schedule::configured_mask(&plan))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feedback::Feedback;
    use hwgen_network::Preset;

    #[test]
    fn the_estimate_is_near_the_exact_schedule() {
        let cores = [
            (Preset::Paper, 342, 1),
            (Preset::Paper, 1368, 4),
            (Preset::Camvid240, 284, 1),
            (Preset::Camvid240, 568, 2),
            (Preset::Tiny, 24, 1),
        ];
        for (preset, multipliers, pixels) in cores {
            let (net, bits) = (preset.description(), Bits::default());
            let found =
                estimate(&net, &bits, Feedback::Onchip.into(), multipliers, pixels).expect("enough multipliers");
            let exact = exact(&net, &bits, Feedback::Onchip.into(), found.folding);
            let near = |estimated: u64, exact: u64| (estimated as f64 / exact as f64 - 1.0).abs();
            assert!(near(found.cycles, exact.cycles) < 0.1, "{preset:?}: {} {}", found.cycles, exact.cycles);
            let first = exact.outputs[0].last;
            assert!(near(found.first_output, first) < 0.3, "{preset:?}: {} {first}", found.first_output);
        }
    }

    #[test]
    fn what_is_short_is_named() {
        let (net, bits) = (Preset::Paper.description(), Bits::default());
        let weigh =
            |target| weigh(&net, &bits, Feedback::Onchip.into(), target, 342, None).expect("enough multipliers");
        let large = Target { dsp: 1 << 20, ebr: 1 << 20, lut: 1 << 30, products: 1 << 20 };
        let (_, cost, short) = weigh(large);
        assert!(short.is_empty() && cost.lut > 10_000);
        let (_, _, short) = weigh(Target { ebr: 10, ..large });
        assert_eq!(short[0].what, "block RAMs");
    }

    #[test]
    fn three_multipliers_are_too_few() {
        assert!(estimate(&Preset::Tiny.description(), &Bits::default(), Feedback::Onchip.into(), 3, 1).is_none());
    }
}
