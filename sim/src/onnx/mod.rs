//! Exported graphs (docs/export.md) in onnxruntime, against the golden model.
//!
//! Owns: running graphs, and the comparison of every value. Leaves alone: making graphs.

mod compare;
mod error;
mod runtime;

pub use compare::{Compared, compare};
pub use error::RuntimeError;
pub use runtime::{Output, Runtime};
