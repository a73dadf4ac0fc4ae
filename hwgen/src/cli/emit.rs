//! `hwgen emit`: a folder with a core.

mod hardware;
mod rate;
mod suggestion;

use super::bits::BitsArgs;
use super::error::CliError;
use super::library::library;
use super::model::{self, WEIGHTS_FLAGS, WeightsArgs};
use super::network::{HardwareFields, NetworkArgs};
use super::report::{Report, si};
use super::shell::ShellArgs;
use super::thresholds::{self, Thresholds};
use super::{Outcome, calibration, command, overwrite, write};
use hardware::HardwareArgs;
use hwgen_core::rates::{Clock, Rates};
use hwgen_core::{Design, Device};
use hwgen_quantize::Model;
use hwgen_shell::BoardTop;
use serde::Serialize;
use std::path::PathBuf;
use suggestion::Suggestion;

/// Emit a core: Verilog, memory files, manifest, report, build files.
///
/// The network comes from --preset, --config and flags, in rising order, or from --model. The folder stands alone. If
/// there is one of the same name, it is replaced, provided that hwgen emitted it and nobody changed it or put files
/// into it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  hwgen emit --width 51 --scales 3               the paper's network, random weights, into itnet_f51_l3_n16
  hwgen emit --preset tiny --multipliers 64 --feedback stream -o out/tiny
  hwgen emit --weights itnet.safetensors --calib images/ --weight-bits 4 --act-bits 8
  hwgen emit --model itnet.q.safetensors --multipliers 342
  hwgen emit --preset paper --feedback axi --axi-width 128
  hwgen emit --preset paper --multipliers 1368 --pixels-per-beat 4
  hwgen emit --preset camvid-240 --device ecp5-85k       as many multipliers as the device has
  hwgen emit --preset camvid-240 --device ecp5-85k --target-fps 30 --at-iterations 8
  hwgen emit --preset tiny --multipliers 24 --board ulx3s-85f --clock 80 --baud 3000000")]
pub struct Args {
    #[command(flatten)]
    network: NetworkArgs,
    #[command(flatten)]
    bits: BitsArgs,
    #[command(flatten)]
    weights: WeightsArgs,
    /// Quantised model (from `hwgen quantize`).
    #[arg(long, value_name = "FILE", conflicts_with_all = WEIGHTS_FLAGS)]
    model: Option<PathBuf>,
    #[command(flatten)]
    hardware: HardwareArgs,
    #[command(flatten)]
    shell: ShellArgs,
    /// Thresholds of an early exit (from `hwgen evaluate --exit`), for the manifest.
    #[arg(long, value_name = "FILE", requires = "model", conflicts_with_all = WEIGHTS_FLAGS)]
    thresholds: Option<PathBuf>,
    /// Folder to write [default: `itnet_fF_lL_nN`].
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
}

#[derive(Serialize)]
struct Body<'a> {
    folder: PathBuf,
    name: String,
    random_weights: bool,
    model_sha256: String,
    files: usize,
    bytes: usize,
    prediction: &'a hwgen_core::schedule::Prediction,
    /// Frames a second at the expected clock.
    #[serde(skip)]
    rates: Option<Rates>,
    device: Option<Device>,
    board: Option<BoardBody>,
    report: serde_json::Value,
    /// Where the arrays are busy for less than half of the time.
    suggestion: Option<Suggestion>,
}

/// The core on its board.
#[derive(Serialize)]
struct BoardBody {
    name: String,
    title: String,
    clock_mhz: f64,
    baud: u32,
}

impl BoardBody {
    fn new(top: &BoardTop) -> Self {
        let board = &top.board;
        Self { name: board.name.clone(), title: board.title.clone(), clock_mhz: top.clock_mhz(), baud: top.baud }
    }
}

pub fn run(args: &Args, report: Report) -> miette::Result<Outcome> {
    if let Some(folder) = &args.output {
        // Before the work, so that nobody waits for a refusal; and again when the folder is written.
        overwrite::check_folder(folder)?;
    }
    let (model, hardware, random_weights) = obtain(args, report)?;
    let thresholds = args.thresholds.as_deref().map(|path| Thresholds::read(path, &model)).transpose()?;
    let board = args.shell.board()?;
    let device = args.hardware.device(board.as_ref())?;
    let mut options = args.hardware.options(&hardware, device.as_ref())?;
    let shell = args.shell.shell(board, &options)?;
    let clock = clock(shell.board.as_ref(), device.as_ref());
    if let Some(wanted) = args.hardware.target_fps {
        let (Some(device), Some(clock)) = (&device, &clock) else { return Err(CliError::RateOfNoDevice.into()) };
        let goal = rate::Goal::new(wanted, args.hardware.at_iterations, &model, clock, device)?;
        let found = report.during("looking for the smallest core", || goal.solve(&model, &options))?;
        (options.folding, options.mapping) = (Some(found.folding), Some(found.mapping));
    }
    let mut design = report.during("folding and scheduling", || Design::new(&model, &options))?;
    design.clock = clock;
    report.progress("writing Verilog and memories …");
    let sections = vec![thresholds::section(thresholds.as_ref(), &model.description)];
    let mut files =
        hwgen_shell::emit(&design, &shell, &library()?, model.to_bytes()?, &command::normalised(), sections);
    if let Some(bytes) = args.model.as_deref().and_then(|path| calibration::of(path, &model, report)) {
        files.push((calibration::FILE.to_owned(), bytes));
    }
    let folder = args.output.clone().unwrap_or_else(|| PathBuf::from(design.name()));
    write::folder(&folder, &files)?;
    let summary = files.iter().find(|(name, _)| name == "report.json");
    let summary: serde_json::Value =
        summary.and_then(|(_, bytes)| serde_json::from_slice(bytes).ok()).unwrap_or_default();
    let body = Body {
        name: design.name(),
        random_weights,
        model_sha256: model.hash().to_string(),
        files: files.len(),
        bytes: files.iter().map(|(_, bytes)| bytes.len()).sum(),
        prediction: &design.prediction,
        rates: design.rates(),
        device,
        board: shell.board.as_ref().map(BoardBody::new),
        suggestion: summary["macs"].as_u64().and_then(|macs| Suggestion::new(&design, macs)),
        report: summary,
        folder,
    };
    report.clear_progress();
    report.result(&body, || text(&body))?;
    Ok(Outcome::Success)
}

/// The clock that a core may be expected to have: that of its board, else what its device's file says.
fn clock(board: Option<&BoardTop>, device: Option<&Device>) -> Option<Clock> {
    if let Some(board) = board {
        return Some(Clock { mhz: board.clock_mhz(), from: "the board's clock".to_owned() });
    }
    device.map(|device| Clock { mhz: device.expected_clock.mhz, from: device.clock_from() })
}

fn obtain(args: &Args, report: Report) -> miette::Result<(Model, HardwareFields, bool)> {
    if let Some(path) = &args.model {
        let (model, hardware) = model::load(path, &args.network, args.bits)?;
        return Ok((model, hardware, false));
    }
    let made = model::make(&args.network, args.bits, &args.weights, report)?;
    Ok((made.quantized.model, made.hardware, made.random))
}

fn text(body: &Body<'_>) -> String {
    let prediction = body.prediction;
    let busy = 100.0 * body.report["utilization"].as_f64().unwrap_or_default();
    let suggestion = body.suggestion.map(|suggestion| {
        format!(
            "the arrays wait most of the time; with --multipliers {} they would be {:.0} % busy, in {:.2} times the cycles\n",
            suggestion.multipliers,
            100.0 * suggestion.utilization,
            suggestion.cycles as f64 / prediction.cycles as f64,
        )
    });
    let first = prediction.outputs.first().map(|o| format!(", first output after {}", o.frame())).unwrap_or_default();
    let device = body.device.as_ref().map(|device| {
        let number = |key: &str| body.report["estimate"][key].as_u64().unwrap_or_default();
        format!(
            "{}: {} of {} multipliers for {} products a cycle, {} of {} block RAMs, {} of {} LUTs, {} FFs (estimated)\n",
            device.part,
            number("dsp"),
            device.multipliers,
            body.report["multipliers"],
            number("ebr"),
            device.block_rams,
            number("lut"),
            device.luts,
            number("ff"),
        )
    });
    let board = body
        .board
        .as_ref()
        .map(|board| format!("{}: core at {} MHz, serial line at {} baud\n", board.title, board.clock_mhz, board.baud));
    format!(
        "{}: {} files, {}B\npredicted: {} cycles a frame{first}, {} multipliers {busy:.0} % busy\n{}{}{}{}",
        body.folder.display(),
        body.files,
        si(body.bytes as u64),
        prediction.cycles,
        body.report["multipliers"],
        suggestion.unwrap_or_default(),
        device.unwrap_or_default(),
        board.unwrap_or_default(),
        body.rates.as_ref().map(rate::text).unwrap_or_default(),
    )
}
