//! Grids of networks and hardware: what every point costs, and which are worth a look.
//!
//! Sits above `core` in the order of imports: `network ← quantize ← core ← explore ← hwgen`.
//!
//! | module | owns |
//! |---|---|
//! | [`grid`] | the YAML file: which values each field takes, and the points that follow |
//! | [`bits`] | the bit widths that a grid can name |
//! | [`point`] | one network with its hardware, and the command that emits it |
//! | [`mod@measure`] | what a point costs, estimated or by the exact schedule |
//! | [`accuracy`] | measured mIoU from a CSV file, joined to the points |
//! | [`front`] | the points that no other one beats |
//! | [`table`], [`page`] | the result as CSV and as one HTML page |
//!
//! Writes no files and prints nothing.

pub mod accuracy;
pub mod bits;
pub mod error;
pub mod front;
pub mod grid;
pub mod measure;
pub mod page;
pub mod point;
pub mod table;

pub use error::ExploreError;
pub use grid::Grid;
pub use measure::{Row, Setting};
pub use point::Point;

/// The grid of the paper's appendix: L, N and K, shared and independent.
pub const PAPER_GRID: &str = include_str!("../paper.yaml");
