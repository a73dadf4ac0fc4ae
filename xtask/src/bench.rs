//! `make bench`: the numbers that the README states, measured in one run and written as ratios where a ratio is what
//! counts. Nothing here decides anything: numbers that miss their mark are printed as they are.

mod golden;
mod onnxruntime;
mod table;

use crate::run::{self, Result, hwgen, number};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;
use table::{REPETITIONS, Table};

const BUDGETS: [&str; 5] = ["16", "64", "342", "1024", "4096"];
/// Cycles of the bare loop; enough for a second or more.
const BARE_CYCLES: u64 = 3_000_000;
const FALLBACK_IMAGE: &str = "examples/tiny/scene.png";

/// Measures everything; whether every co-simulation was bit-exact.
pub fn bench(image: Option<PathBuf>, quick: bool) -> Result<bool> {
    let image = image.or_else(camvid_image).unwrap_or_else(|| PathBuf::from(FALLBACK_IMAGE));
    let image = image.display().to_string();
    let work = tempfile::tempdir()?;
    let mut table = Table::default();

    let (first, second) = (work.path().join("itnet_a"), work.path().join("itnet_b"));
    emission(&mut table, work.path(), &first, &second)?;

    let eight = work.path().join("paper_w8").display().to_string();
    hwgen(&["emit", "--preset", "paper", "--multipliers", "342", "--weight-bits", "8", "-o", &eight])?;
    let four = work.path().join("paper_w4").display().to_string();
    hwgen(&["emit", "--preset", "paper", "--multipliers", "342", "-o", &four])?;
    let cosim = hwgen(&["cosim", &eight, "--image", &image, "--resize", "--build", "guided"])?;
    let mut exact = frame(&mut table, "paper, 342 multipliers, 8-bit weights", &cosim, true)?;
    speed(&mut table, Path::new(&eight), &cosim)?;
    let cosim = hwgen(&["cosim", &four, "--image", &image, "--resize", "--build", "guided"])?;
    exact &= frame(&mut table, "the same, default bits", &cosim, false)?;
    golden(&mut table, work.path(), Path::new(&eight), &image)?;
    onnxruntime::beside(&mut table, work.path(), &image)?;

    for budget in BUDGETS {
        if quick && budget.len() > 3 {
            continue;
        }
        let folder = work.path().join(format!("budget_{budget}")).display().to_string();
        hwgen(&["emit", "--preset", "paper", "--image-size", "96x72", "--multipliers", budget, "-o", &folder])?;
        let cosim = hwgen(&["cosim", &folder])?;
        exact &= frame(&mut table, &format!("paper at 96×72, {budget} multipliers"), &cosim, false)?;
    }

    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("?");
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let text = format!(
        "{threads} processors, load average {load} at the end\n\n| what | reach | measured |\n|---|---|---|\n{}",
        table.text
    );
    std::fs::create_dir_all("out")?;
    run::write(Path::new("out/bench.md"), &text)?;
    println!("{text}\nalso in out/bench.md");
    Ok(exact)
}

/// The first validation image of `CamVid`, where the data set lies beside the project.
fn camvid_image() -> Option<PathBuf> {
    let folder = std::env::var_os("CAMVID").map_or_else(|| PathBuf::from("../shared/camvid"), PathBuf::from);
    let mut images: Vec<PathBuf> = std::fs::read_dir(folder.join("val")).ok()?.flatten().map(|e| e.path()).collect();
    images.sort();
    images.into_iter().next()
}

/// Time, repeatability and size of what is emitted.
fn emission(table: &mut Table, work: &Path, first: &Path, second: &Path) -> Result<()> {
    let mut best = f64::INFINITY;
    for folder in [first, second] {
        let start = Instant::now();
        // The same command line both times: it is part of what is emitted.
        let done = Command::new(run::hwgen_path()?)
            .args(["emit", "--width", "51", "--scales", "3", "-o", "itnet", "--quiet"])
            .current_dir(work)
            .stdout(Stdio::null())
            .status()?;
        best = best.min(start.elapsed().as_secs_f64());
        if !done.success() {
            return Err("hwgen emit failed".into());
        }
        std::fs::rename(work.join("itnet"), folder)?;
    }
    let same = Command::new("diff").arg("-rq").arg(first).arg(second).status()?.success();
    table.row("`hwgen emit --width 51 --scales 3`", "≤ 1 s", &format!("{best:.2} s"));
    table.row("emitted twice", "byte-identical", if same { "byte-identical" } else { "DIFFERENT" });
    let mut lines = 0;
    for folder in ["", "rtl", "rtl/tech/generic"].map(|sub| first.join(sub)) {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|e| e == "sv" || e == "v") {
                lines += std::fs::read_to_string(path)?.lines().count();
            }
        }
    }
    table.row("lines of Verilog, library included", "≤ 5 000", &lines.to_string());
    Ok(())
}

/// One co-simulated frame.
fn frame(table: &mut Table, what: &str, cosim: &Value, marks: bool) -> Result<bool> {
    let exact = cosim["bit_exact"] == true;
    let timing =
        cosim["cycles"] == cosim["predicted_cycles"] && cosim["output_cycles"] == cosim["predicted_output_cycles"];
    let share = number(cosim, "/output_cycles/0/last")? / number(cosim, "/cycles")?;
    let percent = |key: &str| number(cosim, key).map(|share| format!("{:.1} %", 100.0 * share));
    let verdict = format!(
        "{}, cycles {}",
        if exact { "bit-exact" } else { "NOT bit-exact" },
        if timing { "as predicted" } else { "NOT as predicted" }
    );
    if marks {
        table.row(what, "bit-exact, as predicted", &format!("{verdict}: {}", cosim["cycles"]));
        table.row("loop utilisation", "≥ 97 %", &percent("/loop_utilization")?);
        table.row("whole-frame utilisation", "≥ 90 %", &percent("/utilization")?);
        table.row("first output complete after", "≤ 20 % of the frame", &format!("{:.1} %", 100.0 * share));
    } else {
        let busy = format!(
            "{verdict}; loop {}, frame {}, first output after {:.1} %, {} multipliers",
            percent("/loop_utilization")?,
            percent("/utilization")?,
            100.0 * share,
            cosim["multipliers"]
        );
        table.row(what, "—", &busy);
    }
    Ok(exact && timing)
}

/// Simulation speed, by itself and against a loop without driver and checks, compiled alike. Processor time, since
/// that is what a busy machine leaves alone.
fn speed(table: &mut Table, core: &Path, cosim: &Value) -> Result<()> {
    let wall = number(cosim, "/sim_cycles_per_second")?;
    let ours = number(cosim, "/sim_cycles")? / number(cosim, "/sim_cpu_seconds")?;
    let reach = "≥ 0.8 M cycles/s";
    table.row("co-simulation, wall time", reach, &format!("{:.2} M cycles/s", wall / 1e6));
    table.row("co-simulation, processor time", reach, &format!("{:.2} M cycles/s", ours / 1e6));
    let bare = bare_loop(core)?;
    table.row("bare C++ loop / co-simulation", "≤ 1.2", &format!("{:.2}", bare / ours));
    Ok(())
}

/// Cycles a processor second of `sim/cpp/bare.cpp`, the best of several runs.
fn bare_loop(core: &Path) -> Result<f64> {
    let manifest: Value = serde_json::from_str(&std::fs::read_to_string(core.join("manifest.json"))?)?;
    let sources = manifest["sources"].as_array().ok_or("manifest without sources")?;
    let build = Command::new("verilator")
        .args(["--cc", "--exe", "--build", "-O3", "--x-assign", "unique", "--x-initial", "unique", "--noassert"])
        .args(["-Wno-fatal", "-Wno-lint", "-Wno-style", "--prefix", "Vitnet", "--top-module", "itnet_top"])
        .args([
            "--output-split",
            "20000",
            "-CFLAGS",
            "-w",
            "-MAKEFLAGS",
            "-s OPT_FAST='-O3 -march=native' OPT_GLOBAL='-O3 -march=native'",
            "--Mdir",
            "bare",
            "-o",
            "bare",
        ])
        .arg("probes.vlt")
        .args(sources.iter().filter_map(Value::as_str))
        .arg(std::path::absolute("sim/cpp/bare.cpp")?)
        .current_dir(core)
        .output()?;
    if !build.status.success() {
        return Err(format!("the bare loop does not build: {}", String::from_utf8_lossy(&build.stderr)).into());
    }
    let cycles = BARE_CYCLES.to_string();
    let mut best = 0.0_f64;
    for _ in 0..REPETITIONS {
        let output = Command::new(std::path::absolute(core.join("bare/bare"))?)
            .args(["480", "360", &cycles])
            .current_dir(core)
            .output()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let seconds: f64 = text.split_whitespace().nth(2).ok_or("the bare loop printed no time")?.parse()?;
        best = best.max(BARE_CYCLES as f64 / seconds);
    }
    Ok(best)
}

/// The golden model on the same network.
fn golden(table: &mut Table, work: &Path, core: &Path, image: &str) -> Result<()> {
    let model = core.join("model.safetensors").display().to_string();
    let golden::Fastest { seconds, macs } = golden::fastest(&model, &golden::copies(work, image)?, None)?;
    table.row("golden model, paper at 480×360", "≥ 20 G MAC/s", &format!("{:.1} G MAC/s", macs / seconds / 1e9));
    Ok(())
}
