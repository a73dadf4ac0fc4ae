//! hwgen: folding, schedule and emitter. Starts no process, prints nothing, reads no clock: the same design gives the
//! same bytes. The command line is in the binary.

pub mod board;
pub mod design;
pub mod device;
pub mod emit;
pub mod error;
pub mod feedback;
pub mod folding;
pub mod mapping;
pub mod pins;
pub mod plan;
pub mod pll;
pub mod resources;
pub mod schedule;
pub mod solver;
pub mod widths;

pub use board::{Board, BoardTop};
pub use design::{Design, Options};
pub use device::Device;
pub use error::Error;
