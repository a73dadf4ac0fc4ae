//! The folding for a budget of multipliers.

use hwgen_network::Description;
use hwgen_quantize::Bits;

use super::pixels::{choices, worthwhile};
use super::rings::{frame_cycles, size_rings};
use super::search::{Candidate, MIN_MULTIPLIERS, Search};
use crate::array::PerArray;
use crate::folding::Folding;
use crate::interface::Interface;

/// How many foldings the exact schedule compares.
const FINALISTS: usize = 4;

/// Frames with several pixels a beat are so much longer than estimated, or less: what holds up the data block of large
/// budgets, where they matter, is in the exact schedule alone.
const BEATS_ABOVE: f64 = 1.05;

/// Every requantisation lane is hardware too: one is worth so much of the cycles.
const LANE: f64 = 0.001;

/// Finds a folding for `multipliers` in all arrays together; `None` below [`MIN_MULTIPLIERS`] for each pixel of a job. Jobs
/// have `pixels` pixels, or, unless told, more than one where that is faster.
pub fn solve(
    net: &Description,
    bits: &Bits,
    interface: Interface,
    multipliers: usize,
    pixels: Option<usize>,
) -> Option<Folding> {
    let mut best: Option<(u64, Folding)> = None;
    let mut estimated = f64::INFINITY;
    let above = if interface.beat > 1 { BEATS_ABOVE } else { 1.0 };
    for pixels in choices(pixels) {
        let found = finalists(net, bits, interface, multipliers, pixels);
        // the exact schedules of what is not even estimated to be faster would be a waste of time
        let Some(&(estimate, _)) = found.first().filter(|first| first.0 < estimated * above) else { continue };
        estimated = estimated.min(estimate);
        let exact = found.into_iter().map(|(_, folding)| (frame_cycles(net, bits, interface, folding), folding));
        let fastest = exact.min_by_key(|(cycles, _)| *cycles);
        best = match (best, fastest) {
            (Some(fewer), Some(more)) if !worthwhile(more.0 as f64, fewer.0 as f64) => Some(fewer),
            (fewer, more) => more.or(fewer),
        };
    }
    best.map(|(_, folding)| size_rings(net, bits, interface, folding))
}

/// The foldings that are estimated to be the best, with their scores, best first.
fn finalists(
    net: &Description,
    bits: &Bits,
    interface: Interface,
    multipliers: usize,
    pixels: usize,
) -> Vec<(f64, Folding)> {
    if multipliers < MIN_MULTIPLIERS * pixels {
        return Vec::new();
    }
    let search = Search::new(net, bits, interface, multipliers, pixels);
    let scored = |shape| complete(&search, shape).map(|(score, folding, _)| (score, folding));
    let mut found: Vec<(f64, Folding)> = search.expand.iter().filter_map(scored).collect();
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    found.truncate(FINALISTS);
    found
}

/// Cycles with the lanes of requantisation: less is better.
fn score(cycles: f64, folding: &Folding) -> f64 {
    cycles * (1.0 + LANE * folding.requant() as f64)
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
            let time = Time { data, iteration, classify: classify.cycles, frame };
            Some((score(frame, &folding), folding, time))
        })
        .min_by(|a, b| a.0.total_cmp(&b.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feedback::Feedback;
    use hwgen_network::Preset;

    #[test]
    fn jobs_have_more_pixels_where_that_is_faster() {
        let (net, bits) = (Preset::Tiny.description(), Bits::default());
        let solve = |multipliers, pixels| {
            let folding = solve(&net, &bits, Feedback::Onchip.into(), multipliers, pixels).expect("enough multipliers");
            (folding.pixels(), frame_cycles(&net, &bits, Feedback::Onchip.into(), folding))
        };
        // as many multipliers as the channels use well: one pixel
        assert_eq!(solve(24, None), solve(24, Some(1)));
        assert_eq!(solve(24, Some(4)).0, 4);
        // more than they use well
        let (pixels, cycles) = solve(342, None);
        let (_, with_one) = solve(342, Some(1));
        assert!(pixels > 1 && worthwhile(cycles as f64, with_one as f64), "{pixels}: {cycles}, {with_one}");
    }
}
