//! A core: folding, mapping, schedule, resources and the files that make it. Starts no process, prints nothing, reads no
//! clock: the same design gives the same bytes. What surrounds a core is `hwgen-shell`.

pub mod array;
pub mod block_ram;
pub mod design;
pub mod device;
pub mod emit;
pub mod error;
pub mod feedback;
pub mod folding;
pub mod interface;
pub mod latency;
pub mod mapping;
pub mod math;
pub mod memory;
pub mod pins;
pub mod plan;
pub mod rates;
pub mod resources;
pub mod schedule;
pub mod solver;
pub mod widths;

pub use design::{Design, Options};
pub use device::Device;
pub use error::Error;
