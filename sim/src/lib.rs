//! The integer golden model of a quantised ItNet, the co-simulation of emitted cores, and exported graphs in onnxruntime.

pub mod cosim;
pub mod golden;
pub mod onnx;
