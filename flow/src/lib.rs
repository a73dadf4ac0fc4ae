//! From an emitted folder to a bitstream with open tools: Yosys, nextpnr, the packer of the family.
//!
//! | module | owns |
//! |---|---|
//! | [`family`] | what differs between families: programs, arguments, names |
//! | [`tools`] | finding the programs and running them, with a log each |
//! | [`netlist`] | what Yosys made of the core, counted by instance |
//! | [`timing`] | nextpnr's report: utilisation, clocks, the critical path |
//! | [`pins`] | pins of a design without a board, where nextpnr wants them told |
//! | [`run`] | the order of the stages, and what becomes of their results |
//!
//! Reads the emitted folder as any user of the tools would; knows nothing of the generator.

pub mod error;
pub mod family;
pub mod netlist;
pub mod pins;
pub mod run;
pub mod timing;
pub mod tools;

pub use error::FlowError;
pub use family::Family;
pub use pins::Pin;
pub use run::{Design, Outcome, Report, Target, synthesise};
