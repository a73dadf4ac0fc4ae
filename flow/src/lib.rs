//! From an emitted folder to a bitstream with open tools: Yosys, nextpnr-ecp5, ecppack.
//!
//! | module | owns |
//! |---|---|
//! | [`tools`] | finding the programs and running them, with a log each |
//! | [`netlist`] | what Yosys made of the core, counted by instance |
//! | [`timing`] | nextpnr's report: utilisation, clocks, the critical path |
//! | [`run`] | the order of the stages, and what becomes of their results |
//!
//! Reads the emitted folder as any user of the tools would; knows nothing of the generator.

pub mod error;
pub mod netlist;
pub mod run;
pub mod timing;
pub mod tools;

pub use error::FlowError;
pub use run::{Outcome, Report, Target, synthesise};
