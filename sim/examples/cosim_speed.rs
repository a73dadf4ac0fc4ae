//! Measures the co-simulation against a bare Verilator loop on the same emitted folder:
//! `cargo run --release -p hwgen-sim --example cosim_speed -- DIR [repetitions]`.
//!
//! The bare loop is `cpp/bare.cpp`, compiled with the same flags but without probes, driver and comparison. Both
//! simulate as many cycles as one frame takes; the best of the repetitions counts. Seconds are processor seconds, so
//! that other work on the machine disturbs less.

use hwgen_network::RgbImage;
use hwgen_quantize::Model;
use hwgen_sim::cosim::{BuildOptions, FrameInput, RunOptions, Session};
use hwgen_sim::golden::Golden;
use std::error::Error;
use std::path::Path;
use std::process::Command;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("usage: cosim_speed DIR [repetitions]")?;
    let repetitions: u32 = arguments.next().map_or(Ok(3), |text| text.parse())?;
    let folder = Path::new(&folder).canonicalize()?;

    let session = Session::build(&folder, &BuildOptions::default())?;
    let state = if session.library.cached { "from the cache" } else { "built" };
    println!("library {state} in {:.1} s", session.library.seconds);
    let golden = Golden::new(&Model::load(&folder.join(&session.manifest.model))?)?;
    let size = session.manifest.description.image;
    let frame = FrameInput::new(RgbImage::random(size, 1).pixels().to_vec());
    let work = tempfile::tempdir()?;
    build_bare(&folder, &session, work.path())?;

    let (mut driver, mut deep, mut loop_only, mut bare) = (f64::MAX, f64::MAX, f64::MAX, f64::MAX);
    let mut cycles = 0;
    for _ in 0..repetitions {
        for (best, is_deep) in [(&mut driver, false), (&mut deep, true)] {
            let options = RunOptions { deep: is_deep, ..RunOptions::default() };
            let report = session.run(&golden, std::slice::from_ref(&frame), &options)?;
            if let Some(mismatch) = &report.first_mismatch {
                return Err(format!("the core is wrong: {mismatch:?}").into());
            }
            *best = best.min(report.sim_cpu_seconds);
            cycles = report.sim_cycles;
        }
        loop_only = loop_only.min(session.free_run(cycles)?);
        bare = bare.min(run_bare(&folder, size.width, size.height, cycles, work.path())?);
    }
    println!("{cycles} cycles; best of {repetitions}, processor seconds:");
    for (name, seconds) in [
        ("bare C++ loop", bare),
        ("loaded library, only clocked", loop_only),
        ("co-simulation", driver),
        ("co-simulation, deep", deep),
    ] {
        let rate = cycles as f64 / seconds / 1e6;
        println!("{name:30} {seconds:8.3} s {rate:7.3} M cycles/s  ×{:.3}", seconds / bare);
    }
    Ok(())
}

/// Verilates without probes and compiles `bare.cpp` with it.
fn build_bare(folder: &Path, session: &Session, work: &Path) -> Result<(), Box<dyn Error>> {
    let run = |command: &mut Command| -> Result<(), Box<dyn Error>> {
        if command.status()?.success() { Ok(()) } else { Err(format!("{command:?} failed").into()) }
    };
    std::fs::write(work.join("bare.cpp"), include_str!("../cpp/bare.cpp"))?;
    let mut verilator = Command::new("verilator");
    verilator.current_dir(folder).args(["--cc", "--exe", "--build", "-O3", "--noassert", "--prefix", "Vitnet"]);
    verilator.args(["-Wno-fatal", "-Wno-lint", "-Wno-style", "--output-split-cfuncs", "1000", "-j", "2"]);
    let optimised = "OPT_FAST='-O3 -march=native' OPT_GLOBAL='-O3 -march=native'";
    verilator.args(["-MAKEFLAGS", optimised, "--top-module", &session.manifest.top]);
    verilator.arg("--Mdir").arg(work.join("bare")).args(["-o", "bare"]);
    verilator.args(&session.manifest.sources).arg(work.join("bare.cpp"));
    run(verilator.stdout(std::process::Stdio::null()))
}

/// Processor seconds of the bare loop.
fn run_bare(folder: &Path, width: u32, height: u32, cycles: u64, work: &Path) -> Result<f64, Box<dyn Error>> {
    let mut command = Command::new(work.join("bare/bare"));
    command.current_dir(folder).args([width.to_string(), height.to_string(), cycles.to_string()]);
    let text = String::from_utf8(command.output()?.stdout)?;
    Ok(text.split_whitespace().nth(2).ok_or("the bare loop printed nothing")?.parse()?)
}
