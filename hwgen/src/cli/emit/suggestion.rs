//! How busy a core's arrays will be, and which budget would suit the network where that is little.

use hwgen_core::solver::MIN_MULTIPLIERS;
use hwgen_core::{Design, Options};
use serde::Serialize;

/// Arrays that are less busy than this are too many.
const ENOUGH: f64 = 0.5;
/// The next budget that is tried is this part of the one before.
const STEP: f64 = 0.8;
/// Pixels of an image beyond which no other budgets are tried: each takes a schedule of the whole frame.
const MOST_PIXELS: usize = 1 << 18;

/// A smaller budget with which the arrays are busy enough.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Suggestion {
    /// Value of `--multipliers`.
    pub multipliers: usize,
    /// Part of the multipliers' cycles in which they would work.
    pub utilization: f64,
    /// Cycles of a frame, then.
    pub cycles: u64,
}

impl Suggestion {
    /// For a design that takes `macs` multiply-accumulates a frame; none if it is busy enough, or no budget makes it so.
    pub fn new(design: &Design, macs: u64) -> Option<Self> {
        // a folding that was asked for is not to be another
        if design.options.folding.is_some()
            || busy(design, macs) >= ENOUGH
            || design.plan.net.image.pixels() > MOST_PIXELS
        {
            return None;
        }
        let smaller =
            |&budget: &usize| Some((budget as f64 * STEP) as usize).filter(|&budget| budget >= MIN_MULTIPLIERS);
        std::iter::successors(Some(design.plan.folding.total()), smaller)
            .skip(1)
            .find_map(|multipliers| Self::with(design, multipliers, macs))
    }

    /// With this budget and as many pixels a job, if it is enough for the arrays and they are busy enough.
    fn with(design: &Design, multipliers: usize, macs: u64) -> Option<Self> {
        let (model, options, pixels) = (&design.model, &design.options, Some(design.plan.folding.pixels()));
        let target = options.target.map(|target| hwgen_core::solver::Target { products: multipliers, ..target });
        let design = Design::new(model, &Options { multipliers, target, pixels, ..*options }).ok()?;
        let utilization = busy(&design, macs);
        (utilization >= ENOUGH).then_some(Self { multipliers, utilization, cycles: design.prediction.cycles })
    }
}

/// Part of the multipliers' cycles in which they work.
fn busy(design: &Design, macs: u64) -> f64 {
    macs as f64 / (design.plan.folding.total() as f64 * design.prediction.cycles as f64)
}
