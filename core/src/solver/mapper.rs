//! What a folding takes of a device, made of what takes the fewest LUTs.
//!
//! Owns: the choice of a mapping for a folding, and whether it fits. Leaves alone: which folding (`fit`). Which products get
//! hardware multipliers is decided by trying all ways; small memories move to LUT RAM where block RAMs run out.

use hwgen_network::Description;
use hwgen_quantize::Bits;

use crate::folding::Folding;
use crate::interface::Interface;
use crate::mapping::{LutMemories, Mapping, SMALL_MEMORIES};
use crate::memory::{self, Memory};
use crate::plan::Plan;
use crate::resources::{self, Resources};
use crate::widths::Widths;

/// Share of a device's LUTs that the estimate may take: routers want room, and the estimate is one.
const LUT_SHARE: f64 = 0.75;
/// Share of a device's multipliers that a mapping takes if LUTs can make the rest: of columns that are full, a row's
/// weights get multipliers far away.
const DSP_SHARE: f64 = 0.8;

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

impl Target {
    /// LUTs that a core may take of those there: routers want some free.
    pub fn luts(self) -> usize {
        (LUT_SHARE * self.lut as f64) as usize
    }
}

/// A network, the device that it is to fit, and what it takes of it.
pub(super) struct Mapper<'a> {
    pub bits: &'a Bits,
    pub net: &'a Description,
    pub widths: Widths,
    pub interface: Interface,
    pub target: Target,
}

impl Mapper<'_> {
    /// What a folding takes with the mapping that fits with the fewest LUTs; if none does, with no regard to the device,
    /// and what of it is short.
    pub fn resources(&self, folding: &Folding) -> (Resources, Vec<Shortage>) {
        let plan = Plan::new(self.net, self.bits, *folding, self.interface);
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
            ("LUTs", cost.lut, self.target.luts()),
        ];
        let short = room.into_iter().filter(|&(_, wanted, there)| wanted > there);
        (cost, short.map(|(what, wanted, there)| Shortage { what, wanted, there }).collect())
    }

    /// The estimate with one mapping.
    pub fn cost(&self, plan: &Plan, mapping: &Mapping) -> Resources {
        let memories = memory::inventory(plan, &self.widths, mapping.shared_lines);
        resources::estimate(plan, mapping, &self.widths, resources::stored(&memories, mapping.lut_memories))
    }

    /// The mapping with the fewest LUTs that fits the device, if possible with multipliers to spare, and the LUTs.
    pub fn mapping(&self, folding: &Folding) -> Option<(Mapping, usize)> {
        let plan = Plan::new(self.net, self.bits, *folding, self.interface);
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
        cost.dsp <= self.target.dsp && cost.ebr <= self.target.ebr && cost.lut <= self.target.luts()
    }
}
