//! Co-simulation: an emitted core in Verilator against the golden model, value by value.
//!
//! Reads the emitted folder and its manifest (docs/manifest.md), nothing of the generator.
//!
//! | module | owns |
//! |---|---|
//! | [`manifest`] | `manifest.json` |
//! | [`folder`] | whether the folder is still what it says |
//! | [`cache`] | where compiled designs are kept |
//! | `seal` | which of them may be loaded |
//! | [`verilate`] | from Verilog to a library |
//! | [`session`] | one core, and simulations of it |
//! | `waveform` | whether a waveform was written whole |
//! | [`expected`] | what the core has to show |
//! | `memory` | addresses of the feedback in DRAM |
//! | [`script`] | register accesses at given times |
//! | [`report`] | what came out |
//! | [`options`] | how to simulate |
//! | [`pins`] | the core clock by clock, for protocol tests |
//!
//! The cycle loop, the drivers of the ports and the comparison are C++ (`cpp/`), bound by cxx; each design is a
//! library of its own, loaded at run time (docs/adr/0003-simulator-binding.md).

pub mod cache;
mod decode;
pub mod error;
pub mod expected;
mod ffi;
pub mod folder;
pub mod manifest;
mod memory;
pub mod options;
pub mod pins;
mod probe_order;
pub mod report;
pub mod script;
mod seal;
pub mod session;
mod summary;
mod toolchain;
pub mod verilate;
mod waveform;

#[cfg(test)]
mod mock_test;

pub use cache::{Cache, discard_unfinished};
pub use error::CosimError;
pub use expected::{FrameFault, FrameInput};
pub use folder::Differences;
pub use manifest::{Manifest, Prediction};
pub use memory::PIN_BASES;
pub use options::{Pause, RunOptions};
pub use pins::Pins;
pub use report::{Mismatch, Report};
pub use script::{Access, Moment};
pub use session::Session;
pub use verilate::{BuildOptions, Library, Profile, RtlForm};
