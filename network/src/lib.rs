//! ItNet: description, shapes, cost, float reference and weights.
//!
//! The bottom of the import order `network ← quantize ← sim ← hwgen`. Knows nothing of integers or hardware.

pub mod description;

pub use description::{Description, Mixing, PixelDomain, Size, WeightSets};
