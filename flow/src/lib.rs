//! From an emitted folder to a bitstream with open tools: Yosys, nextpnr, the packer of the family.
//!
//! | module | owns |
//! |---|---|
//! | [`family`] | what differs between families: programs, arguments, names |
//! | [`tools`] | finding the programs and running them, with a log each |
//! | [`netlist`] | what Yosys made of a design, counted by instance |
//! | [`blocks`] | where block RAMs and multipliers go, before nextpnr places the rest |
//! | [`floorplan`] | where nextpnr put the cells, by instance |
//! | [`timing`] | nextpnr's report: utilisation, clocks, the critical path |
//! | [`pins`] | pins of a design without a board, where nextpnr wants them told |
//! | [`run`] | the order of the stages, and what becomes of their results |
//!
//! Reads the emitted folder as any user of the tools would; imports nothing of the generator: what the
//! parts of a design are called, it is told.

pub mod blocks;
pub mod error;
pub mod family;
pub mod floorplan;
pub mod netlist;
pub mod pins;
pub mod run;
pub mod timing;
pub mod tools;

pub use error::FlowError;
pub use family::Family;
pub use netlist::Roles;
pub use pins::Pin;
pub use run::{Design, Outcome, Report, Target, synthesise};
