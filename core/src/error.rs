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
    /// A line of the image ends inside a beat.
    #[error("lines of {width} pixels do not end with a beat of {beat} pixels")]
    #[diagnostic(
        code(hwgen::folding::beat),
        help("wanted a width that is a multiple of {beat}, or --pixels-per-beat 1")
    )]
    Beat {
        /// Pixels of a beat.
        beat: usize,
        /// The image's width.
        width: u32,
    },
    /// No folding fits the device.
    #[error("no folding of this network fits {dsp} multipliers, {ebr} block RAMs and {lut} LUTs")]
    #[diagnostic(
        code(hwgen::folding::device),
        help(
            "try --feedback stream, fewer bits, a smaller image or network, or a larger device; \
              `hwgen emit --multipliers M` emits a core whatever its size, its report.json has the memories"
        )
    )]
    Target {
        /// Multipliers of the device.
        dsp: usize,
        /// Its block RAMs.
        ebr: usize,
        /// Its LUTs.
        lut: usize,
    },
}
