//! Number formats, rounding, calibration and the quantised model (docs/arithmetic.md).
//!
//! | module | owns |
//! |---|---|
//! | [`model`] | the quantised model: the language that golden model and emitter share |
//! | [`formats`], [`accumulate`] | ranges of integers, accumulator widths |
//! | [`validate`] | every constraint that the rest of hwgen relies on |
//! | [`random`], [`rng`] | random integer models for fuzzing |
//! | [`ranges`], [`calibrate`], [`histogram`] | clipping ranges and scales, analytic or from images |
//! | [`post_training`], `affine`, [`channel`], [`constant`] | float weights to integers |
//! | [`snr`] | signal-to-noise ratio per tensor |
//! | [`file`] | the model file |
//!
//! Starts no process and prints nothing.

pub mod accumulate;
mod affine;
pub mod calibrate;
pub mod channel;
pub mod constant;
pub mod error;
pub mod file;
mod file_error;
pub mod formats;
pub mod histogram;
pub mod model;
pub mod post_training;
pub mod random;
pub mod ranges;
pub mod rng;
pub mod snr;
pub mod validate;

pub use accumulate::acc_bits;
pub use calibrate::{Seen, calibrate, calibrate_seen};
pub use error::{ModelError, QuantizeError};
pub use file::ModelHash;
pub use file_error::{FileError, LoadError};
pub use formats::{LayerKind, Range};
pub use model::{Bits, Block, Layer, Model, Requant};
pub use post_training::{Quantized, quantize};
pub use ranges::{Means, Ranges, Scales};
pub use snr::SnrTable;
