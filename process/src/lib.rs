//! Programs that hwgen starts: how a user names them, that they end when hwgen is interrupted, and what is said when
//! one of them fails.
//!
//! Leaves alone: which programs there are and what their output means.

mod failure;
mod program;
mod running;

pub use failure::Failure;
pub use program::Program;
pub use running::{Running, end_all, output, start};
