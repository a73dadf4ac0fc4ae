//! The folding for a device: the fewest cycles a frame among the foldings whose multipliers, block RAMs and LUTs fit; of
//! those that are as good as equal in cycles, the one with the fewest LUTs, where each product of a cycle counts as some.
//!
//! For each length of an iteration and each shape of the expand array that keeps to it, the other arrays take the
//! cheapest shapes that keep to it too. What each folding is then made of, `mapper` says.

use std::collections::HashSet;

use hwgen_network::Description;
use hwgen_quantize::Model;

use super::mapper::{Mapper, Target};
use super::pixels::{choices, worthwhile};
use super::rings::{frame_cycles, size_rings};
use super::search::{Candidate, MIN_MULTIPLIERS, Search, divisors};
use crate::array::PerArray;
use crate::block_ram::block_rams;
use crate::folding::Folding;
use crate::interface::Interface;
use crate::mapping::Mapping;
use crate::math::in_spans;
use crate::widths::Widths;

/// A product in LUTs takes at least so many: the bound of the search, and what a product is charged in the choice between
/// foldings with as good as equal cycles, whatever it is made of.
const LUTS_A_PRODUCT: usize = 60;
/// So many cycles more are given for fewer LUTs, which place and route better.
const CYCLES_FOR_LUTS: f64 = 0.002;
/// A job gets more pixels for no cycles less where its core then has this part of the LUTs.
const LUTS_FOR_PIXELS: f64 = 0.9;
/// Foldings whose frames are estimated before the exact schedule compares them.
const CANDIDATES: usize = 1024;
/// An estimate of a frame's cycles is at most so much too high, a ninth for a loop estimated at a target that its arrays
/// beat by a tenth: none above it can win.
const ESTIMATE_ABOVE: f64 = 1.12;
/// Slots that a ring has at least beyond its windows.
const LEAST_SLACK: usize = 4;
/// Shapes of the project array that are tried for each expand array.
const PROJECT_CHOICES: usize = 6;
/// Beats that draining the expand array may take, for each word of a state pixel.
const SLOW_DRAIN: usize = 2;

/// The folding and mapping with the fewest cycles that fit; `None` if none does. Jobs have `pixels` pixels, or, unless
/// told, more than one where that is faster, or as fast with fewer LUTs.
pub fn solve_target(
    model: &Model,
    interface: Interface,
    target: Target,
    pixels: Option<usize>,
) -> Option<(Folding, Mapping)> {
    let better = |more: &Fitting, fewer: &Fitting| {
        let smaller = (more.luts as f64) < fewer.luts as f64 * LUTS_FOR_PIXELS;
        worthwhile(more.cycles as f64, fewer.cycles as f64) || (more.cycles <= fewer.cycles && smaller)
    };
    let mut best: Option<Fitting> = None;
    for pixels in choices(pixels) {
        let bound = best.map_or(u64::MAX, |best| best.cycles);
        let found = fastest(&fitting(model, interface, target, pixels, bound));
        best = match (best, found) {
            (Some(fewer), Some(more)) if !better(&more, &fewer) => Some(fewer),
            (fewer, more) => more.or(fewer),
        };
    }
    best.map(|best| (best.folding, best.mapping))
}

/// The fastest, or one as good as equal with fewer LUTs.
fn fastest(fitting: &[Fitting]) -> Option<Fitting> {
    let fewest = fitting.iter().map(|found| found.cycles).min()?;
    let near = fitting.iter().filter(|found| found.cycles as f64 <= fewest as f64 * (1.0 + CYCLES_FOR_LUTS));
    near.min_by_key(|found| (found.luts + LUTS_A_PRODUCT * found.folding.total(), found.cycles)).copied()
}

/// A folding that fits a device.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fitting {
    /// Of a frame, by the exact schedule.
    pub cycles: u64,
    /// LUT sites.
    pub luts: usize,
    /// The shapes.
    pub folding: Folding,
    /// What the products are made of.
    pub mapping: Mapping,
}

/// So many products a cycle a device may hold.
pub(super) fn most_products(target: Target, pixels: usize) -> usize {
    (2 * target.dsp + target.lut / LUTS_A_PRODUCT).min(target.products).max(MIN_MULTIPLIERS * pixels)
}

/// The foldings that fit, the fastest and those near it, with jobs of `pixels` pixels. Frames of more than `bound` cycles are
/// of no interest; some of those returned may be as slow.
pub(super) fn fitting(model: &Model, interface: Interface, target: Target, pixels: usize, bound: u64) -> Vec<Fitting> {
    let net = &model.description;
    let search = Search::new(net, &model.bits, interface, most_products(target, pixels), pixels);
    let mapper = Mapper { bits: &model.bits, net, widths: Widths::new(model), interface, target };
    let fit = Fit { mapper, search, bound: bound as f64 * ESTIMATE_ABOVE };
    let mut found = fit.candidates();
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    // the same folding may be the answer to several lengths of an iteration
    let mut seen = HashSet::new();
    found.retain(|&(_, folding)| seen.insert(folding));
    found.truncate(CANDIDATES);
    let mut fitting = Vec::new();
    let mut fewest = u64::MAX;
    for (estimated, folding) in found {
        if estimated > fewest as f64 * ESTIMATE_ABOVE {
            break;
        }
        let sized = size_rings(net, &model.bits, interface, folding);
        for folding in [sized, with_least_rings(folding), with_a_row(sized, net)] {
            let Some((mapping, luts)) = fit.mapper.mapping(&folding) else { continue };
            let cycles = frame_cycles(net, &model.bits, interface, folding);
            fewest = fewest.min(cycles);
            fitting.push(Fitting { cycles, luts, folding, mapping });
        }
    }
    fitting
}

/// The folding with rings as small as they may be.
fn with_least_rings(folding: Folding) -> Folding {
    Folding { ring_slack: LEAST_SLACK, queue_slack: LEAST_SLACK, ..folding }
}

/// The folding with a ring as much longer as a row.
fn with_a_row(folding: Folding, net: &Description) -> Folding {
    let row = in_spans(net.scale(0), folding.pixels()).width as usize;
    Folding { ring_slack: folding.ring_slack.max(row), ..folding }
}

/// The search for foldings that a device holds.
struct Fit<'a> {
    mapper: Mapper<'a>,
    search: Search<'a>,
    /// Estimated cycles of a frame at most.
    bound: f64,
}

impl Fit<'_> {
    /// Foldings that fit, with the estimated cycles of a frame.
    fn candidates(&self) -> Vec<(f64, Folding)> {
        let search = &self.search;
        let mut targets: Vec<usize> = search.expand.iter().chain(&search.project).map(|shape| shape.cycles).collect();
        targets.sort_unstable();
        targets.dedup_by(|a, b| *a <= *b + *b / 100);
        let mut found: Vec<(f64, Folding)> = Vec::new();
        let iterations = search.net.iterations as usize;
        for &cycles in targets.iter().take_while(|&&cycles| (iterations * cycles) as f64 <= self.bound) {
            let before = found.len();
            // an expand array much faster than the rest is a waste
            let expands = search.expand.iter().filter(|s| s.cycles <= cycles && s.cycles * 10 >= cycles * 9);
            for expand in expands {
                for folding in self.complete(expand, cycles) {
                    let PerArray { expand: shape, classify, .. } = folding.arrays;
                    let data = search.data_cycles(expand, shape.drain);
                    let classify = search.class_cycles(classify.lanes, classify.rows);
                    let frame = search.frame(data, cycles, classify);
                    if frame <= self.bound && self.mapper.mapping(&with_least_rings(folding)).is_some() {
                        found.push((frame, folding));
                    }
                }
            }
            // longer iterations cannot win once several shorter ones fit
            if found.len() > before && found.len() > CANDIDATES {
                break;
            }
        }
        found
    }

    /// The other arrays' shapes for iterations of `cycles`.
    fn complete(&self, expand: &Candidate, cycles: usize) -> Vec<Folding> {
        let search = &self.search;
        let factors = search.class_factors();
        let Some(depthwise) = search.depthwise.iter().filter(|s| s.cycles <= cycles).min_by_key(|s| s.cost()) else {
            return Vec::new();
        };
        let mut projects: Vec<(usize, &Candidate)> = search
            .project
            .iter()
            .filter(|s| s.cycles <= cycles)
            .filter(|s| s.takes(depthwise))
            .map(|s| (self.project_cost(s), s))
            .collect();
        projects.sort_by_key(|(cost, _)| *cost);
        projects.truncate(PROJECT_CHOICES);
        let (_, fast) = search.data_block(expand, depthwise.shape.rows);
        // a drain that holds the array up where a pixel has few words may be worth the lanes that it saves
        let beats = SLOW_DRAIN * (search.net.width as usize).div_ceil(expand.shape.lanes);
        let slow = divisors(expand.shape.rows).into_iter().rfind(|&q| q < fast && expand.shape.rows / q <= beats);
        let drains: Vec<usize> = slow.into_iter().chain([fast]).collect();
        let mut made = Vec::new();
        for (_, project) in projects {
            for (factor, drain) in factors.iter().flat_map(|factor| drains.iter().map(move |&drain| (factor, drain))) {
                let wanted = search.classify.iter().filter(|s| s.cycles <= cycles * factor);
                let Some(classify) = wanted.min_by_key(|s| (s.cost(), s.shape.rows)) else { continue };
                let arrays = PerArray {
                    expand: expand.draining(drain),
                    depthwise: *depthwise,
                    project: *project,
                    classify: *classify,
                };
                made.push(search.folding(&arrays, search.spans(0).width as usize / 2));
            }
        }
        made.retain(|folding| folding.total() <= self.mapper.target.products);
        made
    }

    /// Multipliers of a project array, two rows sharing one, and the block RAMs of its weights, which are scarcer.
    fn project_cost(&self, candidate: &Candidate) -> usize {
        let shape = &candidate.shape;
        let (net, bits) = (self.search.net, self.mapper.bits.project as usize);
        let groups = (net.width as usize).div_ceil(shape.rows);
        let depth: usize = (0..net.scales as usize)
            .flat_map(|l| (0..net.blocks as usize).map(move |k| (l, k)))
            .map(|(l, k)| groups * net.block_hidden(l, k).div_ceil(shape.lanes))
            .sum();
        let blocks = block_rams(shape.rows * shape.lanes * bits, depth * net.set_count(), true);
        2 * blocks + shape.rows.div_ceil(2) * shape.lanes * shape.pixels
    }
}
