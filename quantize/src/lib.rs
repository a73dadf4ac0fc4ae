//! Number formats, rounding, calibration and the quantised model (docs/arithmetic.md).

pub mod model;

pub use model::{Bits, Block, Layer, Model, Requant};
