//! The folding for a rate: the fewest LUTs among the cores on a device that end a frame's output in time.
//!
//! The device's solver looks for the fastest core within a budget of products. Here the budget is halved in, as a core with
//! fewer products has fewer LUTs; among the foldings that each budget gives, those in time are compared by their LUTs.

use hwgen_network::Cost;
use hwgen_quantize::Model;

use super::fit::{Fitting, fitting, most_products};
use super::mapper::{Mapper, Target};
use super::pixels::choices;
use super::rings::frame;
use super::search::MIN_MULTIPLIERS;
use crate::folding::Folding;
use crate::interface::Interface;
use crate::mapping::Mapping;
use crate::plan::Plan;
use crate::resources::Resources;
use crate::schedule::Prediction;
use crate::widths::Widths;

/// Budgets are told apart down to this part of one.
const STEP: usize = 50;
/// A resource of which a larger share is taken has run out.
const FULL: f64 = 0.9;

/// What is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Goal {
    /// One of the network's outputs.
    pub output: u32,
    /// From a frame's first pixel to that output's last word, at most.
    pub cycles: u64,
}

/// A core that was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The shapes.
    pub folding: Folding,
    /// What products are made of.
    pub mapping: Mapping,
    /// The estimate.
    pub resources: Resources,
    /// Its frame.
    pub prediction: Prediction,
}

impl Found {
    /// What of the device is as good as used up: words, taken, there.
    pub fn used_up(&self, target: Target) -> Vec<(&'static str, usize, usize)> {
        let Resources { dsp, ebr, lut, .. } = self.resources;
        [("multipliers", dsp, target.dsp), ("block RAMs", ebr, target.ebr), ("LUTs", lut, target.luts())]
            .into_iter()
            .filter(|&(_, taken, there)| taken as f64 > FULL * there as f64)
            .collect()
    }
}

/// The smallest core that reaches the goal, with jobs of `pixels` pixels or, unless told, of any; if none does, the fastest,
/// if any fits.
pub fn solve_rate(
    model: &Model,
    interface: Interface,
    target: Target,
    pixels: Option<usize>,
    goal: Goal,
) -> Result<Found, Option<Box<Found>>> {
    let search = Search { model, interface, target, goal };
    let (mut smallest, mut fastest) = (None::<Fitting>, None::<Box<Fitting>>);
    for pixels in choices(pixels) {
        // among more pixels only what is in time counts, if anything was, and only what is faster, if nothing was
        let bound = match (&smallest, &fastest) {
            (None, None) => u64::MAX,
            (None, Some(fits)) => search.bound().max(fits.cycles),
            (Some(_), _) => search.bound(),
        };
        match search.smallest(pixels, bound) {
            Ok(found) => smallest = smallest.into_iter().chain([found]).min_by_key(|fits| fits.luts),
            Err(found) => fastest = fastest.into_iter().chain(found).min_by_key(|fits| fits.cycles),
        }
    }
    match smallest {
        Some(fits) => Ok(search.found(fits)),
        None => Err(fastest.map(|fits| Box::new(search.found(*fits)))),
    }
}

/// The search for the smallest core.
struct Search<'a> {
    model: &'a Model,
    interface: Interface,
    target: Target,
    goal: Goal,
}

impl Search<'_> {
    /// Cycles of a frame at most, as far as the goal says it.
    fn bound(&self) -> u64 {
        let last = self.model.description.outputs.last() == Some(&self.goal.output);
        if last { self.goal.cycles } else { u64::MAX }
    }

    /// The smallest with jobs of so many pixels; if none is in time, the fastest that fits, both of frames within a bound.
    fn smallest(&self, pixels: usize, bound: u64) -> Result<Fitting, Option<Box<Fitting>>> {
        let all = fitting(self.model, self.interface, self.target, pixels, bound);
        let Some(mut best) = self.in_time(&all) else {
            return Err(all.into_iter().min_by_key(|fits| fits.cycles).map(Box::new));
        };
        let (mut low, mut high) = (self.too_few(pixels), most_products(self.target, pixels).min(best.folding.total()));
        while high > low + 1 + high / STEP {
            let budget = usize::midpoint(low, high);
            let target = Target { products: budget, ..self.target };
            if let Some(fits) = self.in_time(&fitting(self.model, self.interface, target, pixels, self.bound())) {
                high = budget.min(fits.folding.total());
                if fits.luts < best.luts {
                    best = fits;
                }
            } else {
                low = budget;
            }
        }
        Ok(best)
    }

    /// The one with the fewest LUTs of those in time.
    fn in_time(&self, all: &[Fitting]) -> Option<Fitting> {
        let mut all = all.to_vec();
        all.sort_by_key(|fits| (fits.luts, fits.cycles));
        all.into_iter().find(|fits| {
            let frame = self.frame(fits.folding);
            frame.frames().any(|(output, cycles)| output == self.goal.output && cycles <= self.goal.cycles)
        })
    }

    fn frame(&self, folding: Folding) -> Prediction {
        frame(&self.model.description, &self.model.bits, self.interface, folding)
    }

    fn found(&self, fits: Fitting) -> Found {
        let (net, bits) = (&self.model.description, &self.model.bits);
        let plan = Plan::new(net, bits, fits.folding, self.interface);
        let mapper =
            Mapper { bits, net, widths: Widths::new(self.model), interface: self.interface, target: self.target };
        let resources = mapper.cost(&plan, &fits.mapping);
        Found { folding: fits.folding, mapping: fits.mapping, resources, prediction: self.frame(fits.folding) }
    }

    /// A budget that cannot be enough, were every multiplier busy in every cycle.
    fn too_few(&self, pixels: usize) -> usize {
        let cost = Cost::new(&self.model.description);
        let output = cost.outputs.iter().find(|output| output.output == self.goal.output);
        let macs = output.map_or(0, |output| output.sums.macs);
        let busy = usize::try_from(macs / self.goal.cycles.max(1)).unwrap_or(usize::MAX);
        busy.saturating_sub(1).max(MIN_MULTIPLIERS * pixels - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::devices;
    use crate::feedback::Feedback;
    use hwgen_network::{Preset, Weights};
    use hwgen_quantize::{Bits, Ranges, quantize};

    fn tiny() -> Model {
        let net = Preset::Tiny.description();
        let (weights, ranges) = (Weights::random(&net, 1), Ranges::analytic(&net));
        quantize(&net, &weights, &Bits::default(), &ranges).expect("random weights quantise").model
    }

    fn target() -> Target {
        let device = devices().into_iter().find(|device| device.name == "ecp5-45k").expect("a device");
        Target { dsp: device.multipliers, ebr: device.block_rams, lut: device.luts, products: usize::MAX }
    }

    fn cycles(found: &Found, output: u32) -> u64 {
        found.prediction.frames().find(|frame| frame.0 == output).map_or(0, |frame| frame.1)
    }

    #[test]
    fn slower_goals_have_smaller_cores() {
        let model = tiny();
        let solve =
            |output, cycles| solve_rate(&model, Feedback::Onchip.into(), target(), None, Goal { output, cycles });
        let slow = solve(4, 800_000).expect("a small core does it");
        let fast = solve(4, 200_000).expect("a larger core does it");
        assert!(cycles(&slow, 4) <= 800_000 && cycles(&fast, 4) <= 200_000);
        assert!(slow.resources.lut < fast.resources.lut, "{:?} {:?}", slow.resources, fast.resources);
        // Fewer iterations within the same cycles are done by a core that is no larger.
        let early = solve(1, 200_000).expect("a core does it");
        assert!(cycles(&early, 1) <= 200_000 && early.resources.lut <= fast.resources.lut);
        // The goal is not missed by far: the budget next below would be too slow.
        assert!(cycles(&slow, 4) > 400_000, "{}", cycles(&slow, 4));
    }

    #[test]
    fn what_cannot_be_had_names_the_fastest() {
        let goal = Goal { output: 4, cycles: 1000 };
        let fastest =
            solve_rate(&tiny(), Feedback::Onchip.into(), target(), None, goal).expect_err("too fast for any core");
        assert!(cycles(&fastest.expect("some core fits"), 4) > 1000);
        let none = Target { dsp: 1, ebr: 1, lut: 100, ..target() };
        assert!(solve_rate(&tiny(), Feedback::Onchip.into(), none, None, goal).expect_err("nothing fits").is_none());
    }

    #[test]
    fn a_resource_that_is_used_up_is_named() {
        let goal = Goal { output: 4, cycles: 10_000_000 };
        let found = solve_rate(&tiny(), Feedback::Onchip.into(), target(), None, goal).expect("a small core does it");
        let tight = Target { ebr: found.resources.ebr, ..target() };
        assert!(found.used_up(tight).iter().any(|&(what, ..)| what == "block RAMs"));
        assert!(found.used_up(Target { dsp: 1 << 20, ebr: 1 << 20, lut: 1 << 30, ..tight }).is_empty());
    }
}
