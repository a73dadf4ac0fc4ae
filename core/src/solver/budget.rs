//! The folding for a budget of multipliers.

use hwgen_network::Description;
use hwgen_quantize::Bits;

use super::rings::{frame_cycles, size_rings};
use super::search::{Candidate, MIN_MULTIPLIERS, Search};
use crate::array::PerArray;
use crate::folding::Folding;
use crate::plan::Feedback;

/// How many foldings the exact schedule compares.
const FINALISTS: usize = 4;

/// Finds a folding for `multipliers` in all arrays together and jobs of `pixels` pixels; `None` below [`MIN_MULTIPLIERS`]
/// for each of them.
pub fn solve(net: &Description, bits: &Bits, feedback: Feedback, multipliers: usize, pixels: usize) -> Option<Folding> {
    if multipliers < MIN_MULTIPLIERS * pixels {
        return None;
    }
    let search = Search::new(net, bits, multipliers, pixels);
    let scored = |shape| complete(&search, shape).map(|(score, folding, _)| (score, folding));
    let mut found: Vec<(f64, Folding)> = search.expand.iter().filter_map(scored).collect();
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    found.truncate(FINALISTS);
    let best = found
        .into_iter()
        .map(|(_, folding)| (frame_cycles(net, bits, feedback, folding), folding))
        .min_by_key(|(cycles, _)| *cycles)?
        .1;
    Some(size_rings(net, bits, feedback, best))
}

/// Estimated cycles.
#[derive(Clone, Copy, Debug)]
pub(super) struct Time {
    /// Of the data block.
    pub data: usize,
    /// Of an iteration.
    pub iteration: usize,
    /// Of an output in the classification array.
    pub classify: usize,
    /// Of a frame.
    pub frame: f64,
}

/// Completes an expand shape to a folding within the budget, with its score (less is better) and its estimated cycles.
pub(super) fn complete(search: &Search, expand: &Candidate) -> Option<(f64, Folding, Time)> {
    let rest = search.budget - expand.cost();
    let mut targets: Vec<usize> = search
        .depthwise
        .iter()
        .chain(&search.project)
        .chain(&search.classify)
        .map(|s| s.cycles)
        .filter(|&c| c >= expand.cycles)
        .chain([expand.cycles])
        .collect();
    targets.sort_unstable();
    targets.dedup();
    search
        .class_factors()
        .iter()
        .filter_map(|factor| {
            let fits = |&cycles: &usize| {
                search.cheapest(cycles, cycles * factor).is_some_and(|[d, p, c]| d.cost() + p.cost() + c.cost() <= rest)
            };
            let first = targets.partition_point(|cycles| !fits(cycles));
            let [depthwise, project, classify] = search.cheapest(*targets.get(first)?, targets[first] * factor)?;
            let iteration = expand.cycles.max(depthwise.cycles).max(project.cycles);
            let (data, drain) = search.data_block(expand, depthwise.shape.rows);
            let frame = search.frame(data, iteration, classify.cycles);
            let arrays = PerArray { expand: expand.draining(drain), depthwise, project, classify };
            let folding = search.folding(&arrays, search.spans(0).width as usize);
            // every requantisation lane is hardware too: a lane is worth a tenth of a percent
            let time = Time { data, iteration, classify: classify.cycles, frame };
            Some((frame * (1.0 + 0.001 * folding.requant() as f64), folding, time))
        })
        .min_by(|a, b| a.0.total_cmp(&b.0))
}
