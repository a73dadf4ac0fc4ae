//! The folding for a device: the fewest cycles a frame among the foldings whose multipliers, block RAMs and LUTs fit; of
//! those that are as good as equal in cycles, the one with the fewest LUTs, where each product of a cycle counts as some.
//!
//! For each length of an iteration and each shape of the expand array that keeps to it, the other arrays take the
//! cheapest shapes that keep to it too. Which products then get hardware multipliers is decided by trying all ways:
//! the one with the fewest LUTs wins. Small memories move to LUT RAM where block RAMs run out.

use std::collections::HashSet;

use hwgen_network::Description;
use hwgen_quantize::{Bits, Model};

use super::rings::{frame_cycles, size_rings};
use super::search::{Candidate, MIN_MULTIPLIERS, Search, divisors};
use crate::array::PerArray;
use crate::block_ram::block_rams;
use crate::folding::Folding;
use crate::mapping::{LutMemories, Mapping, SMALL_MEMORIES};
use crate::math::in_spans;
use crate::memory::{self, Memory};
use crate::plan::{Feedback, Plan};
use crate::resources::{self, Resources};
use crate::widths::Widths;

/// Share of a device's LUTs that the estimate may take: routers want room, and the estimate is one.
const LUT_SHARE: f64 = 0.75;
/// Share of a device's multipliers that a mapping takes if LUTs can make the rest: of columns that are full, a row's
/// weights get multipliers far away.
const DSP_SHARE: f64 = 0.8;
/// A product in LUTs takes at least so many: the bound of the search, and what a product is charged in the choice between
/// foldings with as good as equal cycles, whatever it is made of.
const LUTS_A_PRODUCT: usize = 60;
/// So many cycles more are given for fewer LUTs, which place and route better.
const CYCLES_FOR_LUTS: f64 = 0.002;
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

/// What a core may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// Hardware multipliers.
    pub dsp: usize,
    /// Block RAMs.
    pub ebr: usize,
    /// LUT sites.
    pub lut: usize,
    /// Products a cycle in all arrays together.
    pub products: usize,
}

/// A resource of which a device has too little.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortage {
    /// `multipliers`, `block RAMs` or `LUTs`.
    pub what: &'static str,
    /// Wanted.
    pub wanted: usize,
    /// There, less the LUTs that routers want free.
    pub there: usize,
}

/// The folding and mapping with the fewest cycles that fit, with jobs of `pixels` pixels; `None` if none does.
pub fn solve_target(model: &Model, feedback: Feedback, target: Target, pixels: usize) -> Option<(Folding, Mapping)> {
    let net = &model.description;
    let budget = (2 * target.dsp + target.lut / LUTS_A_PRODUCT).min(target.products).max(MIN_MULTIPLIERS * pixels);
    let search = Search::new(net, &model.bits, budget, pixels);
    let fit = Fit { bits: &model.bits, net, widths: Widths::new(model), feedback, target, search };
    let mut found = fit.candidates();
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    // the same folding may be the answer to several lengths of an iteration
    let mut seen = HashSet::new();
    found.retain(|&(_, folding)| seen.insert(folding));
    found.truncate(CANDIDATES);
    let mut fitting: Vec<(u64, usize, Folding, Mapping)> = Vec::new();
    let mut fewest = u64::MAX;
    for (estimated, folding) in found {
        if estimated > fewest as f64 * ESTIMATE_ABOVE {
            break;
        }
        let sized = size_rings(net, &model.bits, feedback, folding);
        for folding in [sized, with_least_rings(folding), with_a_row(sized, net)] {
            let Some((mapping, luts)) = fit.mapping(&folding) else { continue };
            let cycles = frame_cycles(net, &model.bits, feedback, folding);
            fewest = fewest.min(cycles);
            fitting.push((cycles, luts, folding, mapping));
        }
    }
    let near = fitting.into_iter().filter(|found| found.0 as f64 <= fewest as f64 * (1.0 + CYCLES_FOR_LUTS));
    near.min_by_key(|&(cycles, luts, folding, _)| (luts + LUTS_A_PRODUCT * folding.total(), cycles))
        .map(|(_, _, folding, mapping)| (folding, mapping))
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

/// A network's way into a device.
pub(super) struct Fit<'a> {
    bits: &'a Bits,
    net: &'a Description,
    widths: Widths,
    feedback: Feedback,
    target: Target,
    search: Search<'a>,
}

impl<'a> Fit<'a> {
    /// To map one folding, without a search for others.
    pub(super) fn of_one(
        net: &'a Description,
        bits: &'a Bits,
        widths: Widths,
        feedback: Feedback,
        target: Target,
    ) -> Self {
        Self { bits, net, widths, feedback, target, search: Search::new(net, bits, MIN_MULTIPLIERS, 1) }
    }

    /// What a folding takes with the mapping that fits with the fewest LUTs; if none does, with no regard to the device,
    /// and what of it is short.
    pub(super) fn resources(&self, folding: &Folding) -> (Resources, Vec<Shortage>) {
        let plan = Plan::new(self.net, self.bits, *folding, self.feedback);
        let mapped = [false, true].into_iter().find_map(|shared_lines| {
            let (mapping, _) = self.mapping_with(&plan, shared_lines)?;
            Some(self.cost(&plan, &mapping))
        });
        if let Some(cost) = mapped {
            return (cost, Vec::new());
        }
        let cost = self.cost(&plan, &Mapping::new(self.bits, folding));
        let room = [
            ("multipliers", cost.dsp, self.target.dsp),
            ("block RAMs", cost.ebr, self.target.ebr),
            ("LUTs", cost.lut, (LUT_SHARE * self.target.lut as f64) as usize),
        ];
        let short = room.into_iter().filter(|&(_, wanted, there)| wanted > there);
        (cost, short.map(|(what, wanted, there)| Shortage { what, wanted, there }).collect())
    }

    /// The estimate with one mapping.
    fn cost(&self, plan: &Plan, mapping: &Mapping) -> Resources {
        let memories = memory::inventory(plan, &self.widths, mapping.shared_lines);
        resources::estimate(plan, mapping, &self.widths, resources::stored(&memories, mapping.lut_memories))
    }

    /// Foldings that fit, with the estimated cycles of a frame.
    fn candidates(&self) -> Vec<(f64, Folding)> {
        let search = &self.search;
        let mut targets: Vec<usize> = search.expand.iter().chain(&search.project).map(|shape| shape.cycles).collect();
        targets.sort_unstable();
        targets.dedup_by(|a, b| *a <= *b + *b / 100);
        let mut found: Vec<(f64, Folding)> = Vec::new();
        for &cycles in &targets {
            let before = found.len();
            // an expand array much faster than the rest is a waste
            let expands = search.expand.iter().filter(|s| s.cycles <= cycles && s.cycles * 10 >= cycles * 9);
            for expand in expands {
                for folding in self.complete(expand, cycles) {
                    if self.mapping(&with_least_rings(folding)).is_some() {
                        let PerArray { expand: shape, classify, .. } = folding.arrays;
                        let data = search.data_cycles(expand, shape.drain);
                        let classify = search.class_cycles(classify.lanes, classify.rows);
                        found.push((search.frame(data, cycles, classify), folding));
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
        let (net, search) = (self.net, &self.search);
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
        let beats = SLOW_DRAIN * (net.width as usize).div_ceil(expand.shape.lanes);
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
        made.retain(|folding| folding.total() <= self.target.products);
        made
    }

    /// Multipliers of a project array, two rows sharing one, and the block RAMs of its weights, which are scarcer.
    fn project_cost(&self, candidate: &Candidate) -> usize {
        let shape = &candidate.shape;
        let bits = self.bits.project as usize;
        let groups = (self.net.width as usize).div_ceil(shape.rows);
        let depth: usize = (0..self.net.scales as usize)
            .flat_map(|l| (0..self.net.blocks as usize).map(move |k| (l, k)))
            .map(|(l, k)| groups * self.net.block_hidden(l, k).div_ceil(shape.lanes))
            .sum();
        let blocks = block_rams(shape.rows * shape.lanes * bits, depth * self.net.set_count(), true);
        2 * blocks + shape.rows.div_ceil(2) * shape.lanes * shape.pixels
    }

    /// The mapping with the fewest LUTs that fits the device, if possible with multipliers to spare, and the LUTs.
    fn mapping(&self, folding: &Folding) -> Option<(Mapping, usize)> {
        let plan = Plan::new(self.net, self.bits, *folding, self.feedback);
        // two memories in the same block RAMs cost a multiplexer at both ports: only where they would not fit else
        [false, true].into_iter().find_map(|shared_lines| self.mapping_with(&plan, shared_lines))
    }

    fn mapping_with(&self, plan: &Plan, shared_lines: bool) -> Option<(Mapping, usize)> {
        let memories = memory::inventory(plan, &self.widths, shared_lines);
        let shared = Mapping::new(self.bits, &plan.folding);
        let lut_memories = self.lut_memories(&memories)?;
        let stored = resources::stored(&memories, lut_memories);
        let estimate = |mapping: &Mapping| resources::estimate(plan, mapping, &self.widths, stored);
        (0..=u8::MAX)
            .map(|in_luts| {
                let mapping = Mapping { lut_memories, shared_lines, ..shared.with_luts(in_luts) };
                (estimate(&mapping), mapping)
            })
            .filter(|(cost, _)| self.holds(cost))
            .min_by_key(|(cost, _)| (cost.dsp as f64 > DSP_SHARE * self.target.dsp as f64, cost.lut))
            .map(|(cost, mapping)| (mapping, cost.lut))
    }

    /// The small memories that have to be LUT RAM for the others to fit in block RAMs: those first that save most block
    /// RAMs for their LUTs.
    fn lut_memories(&self, memories: &[Memory]) -> Option<LutMemories> {
        let blocks = |luts: LutMemories| resources::stored(memories, luts).ebr;
        let luts = |luts: LutMemories| resources::stored(memories, luts).lut;
        let all = SMALL_MEMORIES.into_iter().fold(LutMemories::default(), LutMemories::with);
        if blocks(all) > self.target.ebr {
            return None;
        }
        let mut chosen = LutMemories::default();
        while blocks(chosen) > self.target.ebr {
            let price = |next: LutMemories| (luts(next) - luts(chosen)) as f64 / (blocks(chosen) - blocks(next)) as f64;
            let next = SMALL_MEMORIES
                .into_iter()
                .map(|memory| chosen.with(memory))
                .filter(|&next| blocks(next) < blocks(chosen))
                .min_by(|&a, &b| price(a).total_cmp(&price(b)))?;
            chosen = next;
        }
        // what was cheap may be too little, and needless once something larger has moved
        for memory in SMALL_MEMORIES {
            let without = chosen.without(memory);
            if blocks(without) <= self.target.ebr {
                chosen = without;
            }
        }
        Some(chosen)
    }

    fn holds(&self, cost: &Resources) -> bool {
        cost.dsp <= self.target.dsp
            && cost.ebr <= self.target.ebr
            && cost.lut as f64 <= LUT_SHARE * self.target.lut as f64
    }
}
