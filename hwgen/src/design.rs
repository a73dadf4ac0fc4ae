//! A design: a quantised model, the options, and the plan and prediction that follow.

use hwgen_quantize::Model;

use crate::error::Error;
use crate::folding::Folding;
use crate::plan::{Feedback, Plan};
use crate::schedule::{self, Prediction};
use crate::solver;

/// What the user may choose about the hardware.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Budget of multipliers.
    pub multipliers: usize,
    /// Whether the multipliers of requantisation and affine maps come out of the budget too, as on a device.
    pub budget_is_whole: bool,
    /// Shapes to use instead of the solver's.
    pub folding: Option<Folding>,
    /// Where the state goes between iterations.
    pub feedback: Feedback,
}

/// Multipliers unless told: the worked example of the design page, classification included.
pub const DEFAULT_MULTIPLIERS: usize = 342;

impl Default for Options {
    fn default() -> Self {
        Self { multipliers: DEFAULT_MULTIPLIERS, budget_is_whole: false, folding: None, feedback: Feedback::Onchip }
    }
}

/// All that the emitter writes down.
#[derive(Clone, Debug)]
pub struct Design {
    /// The integers.
    pub model: Model,
    /// What was asked for.
    pub options: Options,
    /// Derived numbers.
    pub plan: Plan,
    /// The frame with all iterations and outputs.
    pub prediction: Prediction,
}

impl Design {
    /// Folds and schedules a model. Fails when the budget cannot hold the arrays.
    pub fn new(model: &Model, options: &Options) -> Result<Self, Error> {
        let net = &model.description;
        let solve = if options.budget_is_whole { solver::solve_whole } else { solver::solve };
        let folding = match options.folding {
            Some(folding) => folding,
            None => solve(net, &model.bits, options.feedback, options.multipliers)
                .ok_or(Error::Budget { got: options.multipliers, wanted: solver::MIN_MULTIPLIERS })?,
        };
        let plan = Plan::new(net, &model.bits, folding, options.feedback);
        let prediction = schedule::predict(&plan, net.iterations, schedule::configured_mask(&plan));
        Ok(Self { model: model.clone(), options: *options, plan, prediction })
    }

    /// The folder name when none is given.
    pub fn name(&self) -> String {
        let net = &self.plan.net;
        format!("itnet_f{}_l{}_n{}", net.width, net.scales, net.iterations)
    }
}
