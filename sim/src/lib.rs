//! The integer golden model of a quantised ItNet and the co-simulation of emitted cores.

pub mod cosim;
pub mod golden;
