//! A design: a quantised model, the options, and the plan and prediction that follow.

use hwgen_network::Description;
use hwgen_quantize::Model;

use crate::error::Error;
use crate::folding::Folding;
use crate::interface::Interface;
use crate::mapping::Mapping;
use crate::memory::{self, Memory};
use crate::plan::{Feedback, Plan};
use crate::rates::{Clock, Rates};
use crate::schedule::{self, Prediction};
use crate::solver::{self, Target};
use crate::widths::Widths;

/// What the user may choose about the hardware.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Budget of multipliers.
    pub multipliers: usize,
    /// What a device has, in place of the budget.
    pub target: Option<Target>,
    /// Shapes to use instead of the solver's.
    pub folding: Option<Folding>,
    /// What products and small memories are made of, instead of the solver's choice.
    pub mapping: Option<Mapping>,
    /// Neighbouring pixels of a row that a job works on, instead of the solver's choice.
    pub pixels: Option<usize>,
    /// Where the state goes between iterations.
    pub feedback: Feedback,
    /// Pixels of a beat of the video streams.
    pub beat: usize,
}

/// Multipliers unless told: those of docs/hardware.md, with classification.
pub const DEFAULT_MULTIPLIERS: usize = 342;

impl Default for Options {
    fn default() -> Self {
        Self {
            multipliers: DEFAULT_MULTIPLIERS,
            target: None,
            mapping: None,
            folding: None,
            pixels: None,
            feedback: Feedback::Onchip,
            beat: 1,
        }
    }
}

impl Options {
    /// The ports of a core for this network; beats have to fill its lines.
    pub fn interface(&self, net: &Description) -> Result<Interface, Error> {
        let &Self { feedback, beat, .. } = self;
        if (net.image.width as usize).is_multiple_of(beat) {
            return Ok(Interface { feedback, beat });
        }
        Err(Error::Beat { beat, width: net.image.width })
    }
}

/// All that the emitter writes down.
#[derive(Clone, Debug)]
pub struct Design {
    /// The integers.
    pub model: Model,
    /// What was asked for.
    pub options: Options,
    /// What products and small memories are made of.
    pub mapping: Mapping,
    /// Bits of requantisation.
    pub widths: Widths,
    /// Derived numbers.
    pub plan: Plan,
    /// The frame with all iterations and outputs.
    pub prediction: Prediction,
    /// The clock that is expected of it, if any is.
    pub clock: Option<Clock>,
}

impl Design {
    /// Folds and schedules a model. Fails when the budget cannot hold the arrays, or beats do not fill the lines.
    pub fn new(model: &Model, options: &Options) -> Result<Self, Error> {
        let net = &model.description;
        let interface = options.interface(net)?;
        let (folding, solved) = match (options.folding, options.target) {
            (Some(folding), _) => (folding, None),
            (None, Some(target)) => solver::solve_target(model, interface, target, options.pixels)
                .map(|(folding, mapping)| (folding, Some(mapping)))
                .ok_or(Error::Target { dsp: target.dsp, ebr: target.ebr, lut: target.lut })?,
            (None, None) => solver::solve(net, &model.bits, interface, options.multipliers, options.pixels)
                .map(|folding| (folding, None))
                .ok_or_else(|| Error::Budget {
                    got: options.multipliers,
                    wanted: solver::MIN_MULTIPLIERS * options.pixels.unwrap_or(1),
                })?,
        };
        let mapping = options.mapping.or(solved).unwrap_or_else(|| Mapping::new(&model.bits, &folding));
        let plan = Plan::new(net, &model.bits, folding, interface);
        let prediction = schedule::predict(&plan, net.iterations, schedule::configured_mask(&plan));
        let widths = Widths::new(model);
        Ok(Self { model: model.clone(), options: *options, mapping, widths, plan, prediction, clock: None })
    }

    /// Frames a second at the expected clock; none without one.
    pub fn rates(&self) -> Option<Rates> {
        self.clock.as_ref().map(|clock| Rates::new(clock, self.prediction.frames()))
    }

    /// Its memories.
    pub fn memories(&self) -> Vec<Memory> {
        memory::inventory(&self.plan, &self.widths, self.mapping.shared_lines)
    }

    /// The folder name when none is given.
    pub fn name(&self) -> String {
        let net = &self.plan.net;
        format!("itnet_f{}_l{}_n{}", net.width, net.scales, net.iterations)
    }
}
