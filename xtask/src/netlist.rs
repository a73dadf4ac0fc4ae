//! `make netlist` and a step of `make test`: simulates what Yosys makes of a core, and compares its class maps with the
//! golden model's.
//!
//! Verilator and Yosys read the same files; where they take a line of them differently, the co-simulation passes and the
//! bitstream is wrong. Two forms: [`Form::Words`], the design as Yosys reads it, which takes a minute; [`Form::Cells`],
//! mapped to the cells of an ECP5, as nextpnr gets it.

use crate::fpga::{TINY, TINY_MODEL};
use crate::run::{self, Result, have, hwgen, number};
use hwgen_flow::Family;
use serde_json::Value;
use std::path::Path;
use std::process::Command;

const OUT: &str = "out/netlist";
const SCENE: &str = "examples/tiny/scene.png";
/// Models of what Yosys maps to.
const CELLS: [&str; 3] =
    ["tests/netlist/ecp5_cells.v", "tests/netlist/ecp5_blocks.v", "tests/netlist/ecp5_multiplier.v"];
const DRIVER: &str = "tests/netlist/main.cpp";

/// How far synthesis goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Registers, memories and operators.
    Words,
    /// The cells of an ECP5.
    Cells,
}

/// Programs that are missing here.
pub fn missing() -> Vec<&'static str> {
    ["verilator", "yosys"].into_iter().filter(|tool| !have(tool)).collect()
}

/// The cores whose netlists are simulated: one pixel a cycle, and two, where rows of multipliers share a weight.
const CORES: [&[&str]; 2] = [TINY.emit, &["--model", TINY_MODEL, "--multipliers", "96", "--pixels-per-cycle", "2"]];

/// Whether every class word of the netlists is the golden model's.
pub fn netlist(form: Form) -> Result<bool> {
    let mut exact = true;
    for emit in CORES {
        exact &= simulate(form, emit)?;
    }
    Ok(exact)
}

/// Whether every class word of the netlist of the core that `hwgen emit` makes with the flags `emit` is the golden model's.
fn simulate(form: Form, emit: &[&str]) -> Result<bool> {
    let core = format!("{OUT}/core");
    // nothing of an earlier run, of the other form perhaps, may stand in for this one
    if Path::new(OUT).exists() {
        std::fs::remove_dir_all(OUT)?;
    }
    std::fs::create_dir_all(OUT)?;
    let emitted = hwgen(&[&["emit", "-o", &core], emit].concat())?;
    synthesise(Path::new(&core), form)?;
    compile(form)?;

    let scene = image::open(SCENE)?.to_rgb8();
    let (width, height) = scene.dimensions();
    std::fs::write(format!("{OUT}/scene.rgb"), scene.as_raw())?;
    let outputs: Vec<u64> = emitted["prediction"]["outputs"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|output| output["output"].as_u64())
        .collect();
    if outputs.is_empty() {
        return Err("hwgen emit named no outputs".into());
    }
    let pixels = (width * height) as usize;
    let run = Command::new(format!("./{OUT}/simulation/Vitnet_top"))
        .args([width.to_string(), height.to_string(), (pixels * outputs.len()).to_string()])
        .args([format!("{OUT}/scene.rgb"), format!("{OUT}/words.bin")])
        .output()?;
    if !run.status.success() {
        eprintln!("error: the netlist gave no whole set of class maps");
        return Ok(false);
    }
    hwgen(&["run", "--model", &format!("{core}/model.safetensors"), "--image", SCENE, "--maps", OUT])?;
    let words = std::fs::read(format!("{OUT}/words.bin"))?;
    let mut exact = true;
    for (place, output) in outputs.iter().enumerate() {
        let golden = image::open(format!("{OUT}/m_{output:02}.png"))?.to_luma8();
        let given = &words[2 * place * pixels..2 * (place + 1) * pixels];
        let wrong = given
            .chunks(2)
            .zip(golden.as_raw())
            .position(|(word, &class)| u64::from(word[0]) != *output || word[1] != class);
        if let Some(pixel) = wrong {
            let (word, class) = (&given[2 * pixel..2 * pixel + 2], golden.as_raw()[pixel]);
            let (x, y) = (pixel as u32 % width, pixel as u32 / width);
            eprintln!(
                "error: output {output}, pixel ({x}, {y}): class {} of output {}, expected {class}",
                word[1], word[0]
            );
            exact = false;
        }
    }
    let cycles = String::from_utf8_lossy(&run.stdout).trim().to_owned();
    let predicted = number(&emitted, "/prediction/cycles")?;
    if exact {
        println!(
            "netlist, {}: {} class words as the golden model's, {cycles} cycles from reset ({predicted} predicted)",
            emit.join(" "),
            words.len() / 2
        );
    }
    Ok(exact)
}

/// The netlist as one Verilog file. Yosys runs in the core's folder, where the memory files are found.
fn synthesise(core: &Path, form: Form) -> Result<()> {
    let manifest: Value = serde_json::from_str(&std::fs::read_to_string(core.join("manifest.json"))?)?;
    let sources: Vec<&str> = manifest["sources"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let sources = sources.join(" ");
    let (reading, mapping) = match form {
        Form::Words => (
            format!("read_verilog -sv -defer {sources}"),
            "hierarchy -top itnet_top; proc; flatten; opt_expr; opt_clean; memory_collect".to_owned(),
        ),
        Form::Cells => (Family::Ecp5.reading(&sources), Family::Ecp5.synthesis("itnet_top")),
    };
    let script = format!("{reading}; {mapping}; write_verilog -noattr netlist.v");
    let newer = std::path::absolute(".venv/bin/pyosys")?;
    // the same Yosys as `hwgen synth`
    let program = if form == Form::Cells && newer.is_file() { newer } else { "yosys".into() };
    let work = std::path::absolute(OUT)?;
    let log = std::fs::File::create(work.join("yosys.log"))?;
    let mut command = Command::new(program);
    command.args(["-q", "-p", &script]).current_dir(core).stdout(log.try_clone()?).stderr(log);
    if !run::succeeds(&mut command)? {
        return Err(format!("Yosys failed: {OUT}/yosys.log").into());
    }
    std::fs::rename(core.join("netlist.v"), work.join("netlist.v"))?;
    Ok(())
}

fn compile(form: Form) -> Result<()> {
    let folder = std::path::absolute(OUT)?.join("simulation");
    let log = std::fs::File::create(format!("{OUT}/verilator.log"))?;
    let mut command = Command::new("verilator");
    command
        .args(["--cc", "--exe", "--build", "-j", "0", "-O3", "--x-assign", "unique", "--x-initial", "unique"])
        .args(["-Wno-fatal", "-Wno-lint", "-Wno-style", "--output-split", "20000", "--top-module", "itnet_top"])
        .args(["-MAKEFLAGS", "OPT_FAST=-O1 OPT_SLOW=-O0 OPT_GLOBAL=-O1", "--Mdir"])
        .arg(&folder)
        .arg(std::path::absolute(OUT)?.join("netlist.v"));
    if form == Form::Cells {
        for file in CELLS {
            command.arg(std::path::absolute(file)?);
        }
    }
    command.arg(std::path::absolute(DRIVER)?).stdout(log.try_clone()?).stderr(log);
    if !run::succeeds(&mut command)? {
        return Err(format!("Verilator failed: {OUT}/verilator.log").into());
    }
    Ok(())
}
