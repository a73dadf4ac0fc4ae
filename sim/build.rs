//! Compiles the C++ half of the co-simulation (`cpp/`) into this crate through cxx.
//!
//! The Verilated designs are not compiled here: they do not exist yet. See `src/cosim/verilate.rs`.

fn main() {
    let sources = ["cpp/design_handle.cpp", "cpp/pins.cpp", "cpp/simulation.cpp"];
    cxx_build::bridge("src/cosim/ffi.rs")
        .files(sources)
        .include("../registers")
        .std("c++17")
        .opt_level(2)
        .warnings(true)
        .compile("hwgen_cosim");
    println!("cargo::rerun-if-changed=src/cosim/ffi.rs");
    println!("cargo::rerun-if-changed=cpp");
    println!("cargo::rerun-if-changed=../registers/itnet_regs.h");
}
