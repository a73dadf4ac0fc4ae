//! Errors of the quantised model: each names the tensor, what was got and what was wanted.

use miette::Diagnostic;
use thiserror::Error;

/// Why a quantised model is not one.
#[derive(Debug, Error, Diagnostic, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ModelError {
    /// A field outside its documented range.
    #[error("{field} is {got}, must be {lo}…{hi}")]
    #[diagnostic(code(hwgen::model::field_range), help("the ranges are in docs/arithmetic.md"))]
    Field {
        /// The field.
        field: String,
        /// Its value.
        got: i64,
        /// Least legal value.
        lo: i64,
        /// Greatest legal value.
        hi: i64,
    },
    /// A tensor or list with another number of elements.
    #[error("`{tensor}` has {got} {unit}, must have {wanted}")]
    #[diagnostic(code(hwgen::model::shape), help("the shapes follow from the network description"))]
    Count {
        /// The tensor or list.
        tensor: String,
        /// What is counted.
        unit: &'static str,
        /// Elements found.
        got: usize,
        /// Elements wanted.
        wanted: usize,
    },
    /// A value that its format cannot hold.
    #[error("`{tensor}` channel {channel}: {what} {got}, must be {lo}…{hi}")]
    #[diagnostic(
        code(hwgen::model::value_range),
        help("quantise the weights again; the file does not hold its own formats")
    )]
    Value {
        /// The tensor.
        tensor: String,
        /// Output channel.
        channel: usize,
        /// Weight, multiplier or bias.
        what: &'static str,
        /// Value found.
        got: i64,
        /// Least legal value.
        lo: i64,
        /// Greatest legal value.
        hi: i64,
    },
    /// A constant that the rest of the model determines.
    #[error("`{tensor}`: {what} is {got}, must be {wanted}")]
    #[diagnostic(code(hwgen::model::derived), help("quantise the weights again; the file contradicts itself"))]
    Derived {
        /// The tensor.
        tensor: String,
        /// The constant.
        what: &'static str,
        /// Value found.
        got: i64,
        /// Value wanted.
        wanted: i64,
    },
    /// The network description itself is impossible.
    #[error("the model's network description is impossible: {message}")]
    #[diagnostic(code(hwgen::model::description), help("the ranges are in network/src/description.rs"))]
    Description {
        /// What is wrong, all problems together.
        message: String,
    },
}

/// Why weights cannot be quantised.
#[derive(Debug, Error, Diagnostic, Clone, PartialEq)]
#[non_exhaustive]
pub enum QuantizeError {
    /// A formats or model constraint.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Model(#[from] ModelError),
    /// No calibration images.
    #[error("there are no calibration images, at least one is needed")]
    #[diagnostic(code(hwgen::quantize::no_images), help("name a folder that holds PNG or JPEG images with --calib"))]
    NoImages,
    /// A calibration image of another size.
    #[error("calibration image {index} is {got}, must be {wanted}")]
    #[diagnostic(code(hwgen::quantize::image_size), help("resize the calibration images to the network's size"))]
    ImageSize {
        /// Which one, from 0.
        index: usize,
        /// Its size.
        got: String,
        /// The network's.
        wanted: String,
    },
    /// A constant that no 16-bit multiplier and shift, or no offset, can express.
    #[error("`{tensor}` channel {channel}: {what} {got:e} does not fit a 16-bit multiplier with a shift of 1…31")]
    #[diagnostic(code(hwgen::quantize::unfit), help("the float weights are out of proportion; were they trained?"))]
    Unfit {
        /// The tensor.
        tensor: String,
        /// Output channel.
        channel: usize,
        /// Gain or offset.
        what: &'static str,
        /// Its value.
        got: f64,
    },
}
