//! Number formats, rounding, calibration and the quantised model (docs/arithmetic.md).

pub mod accumulate;
pub mod error;
pub mod formats;
pub mod model;
pub mod random;
pub mod rng;
pub mod validate;

pub use accumulate::acc_bits;
pub use error::ModelError;
pub use formats::{LayerKind, Range};
pub use model::{Bits, Block, Layer, Model, Requant};
