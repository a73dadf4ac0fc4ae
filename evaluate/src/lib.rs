//! How good a network is: a folder of images and their labels, and the mIoU of every output.
//!
//! Sits above `sim` in the order of imports: `network ← quantize ← sim ← evaluate ← hwgen`.
//!
//! | module | owns |
//! |---|---|
//! | [`data_set`] | which image belongs to which label, and what the labels' values mean |
//! | [`labels`] | reading a label image |
//! | [`confusion`] | counts of (label, prediction), and all measures that follow from them |
//! | [`run`] | running the network over a data set on all processors |
//! | [`table`] | the result as CSV |
//! | [`exit`] | thresholds of an early exit: choosing them, and what they give |
//! | [`exit_chart`] | that as a picture |
//! | [`chart`], [`page`] | the result as one HTML page |
//!
//! Reads label files and lists folders, but decodes no images (the caller says how), writes no files and prints nothing.

pub mod chart;
pub mod confusion;
pub mod data_set;
pub mod error;
pub mod exit;
pub mod exit_chart;
mod kind;
pub mod labels;
pub mod page;
pub mod run;
pub mod table;

pub use confusion::Confusion;
pub use data_set::{DataSet, Pair};
pub use error::EvaluateError;
pub use kind::Kind;
pub use labels::Labels;
pub use run::{Evaluation, Network, Options, evaluate};
