//! Errors of folding and emission.

use miette::Diagnostic;
use thiserror::Error;

/// What can go wrong between a valid model and a design.
#[derive(Debug, Error, Diagnostic, PartialEq, Eq)]
pub enum Error {
    /// The budget is smaller than one multiplier an array.
    #[error("a core needs at least {wanted} multipliers (one in each array), got a budget of {got}")]
    #[diagnostic(code(hwgen::folding::budget), help("raise --multipliers"))]
    Budget {
        /// The budget.
        got: usize,
        /// The least that works.
        wanted: usize,
    },
}
