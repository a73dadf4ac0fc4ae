//! `hwgen synth`: an emitted core to a bitstream with open tools.

use super::Outcome;
use super::device::{agree, named_device};
use super::error::CliError;
use super::report::{Report, table};
use super::shell::named_board;
use hwgen_core::Device;
use hwgen_core::device::Family;
use hwgen_core::emit::{PINS, PINS_TOP, roles};
use hwgen_core::rates::{Clock, Rate, Rates};
use hwgen_flow::{self as flow, Target};
use hwgen_sim::cosim::Manifest;
use hwgen_sim::cosim::manifest::Board;
use serde::Serialize;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Device unless told.
const DEVICE: &str = "ecp5-85k";
/// Clock to reach unless told, in MHz.
const CLOCK: f64 = 80.0;

/// Synthesise, place and route an emitted core with Yosys, nextpnr and the family's packer.
///
/// A core that was emitted with --board is built for that board: its top, its pins, its clock. Any other, and every one
/// with --device alone, is built behind a wrapper of five pins (`itnet_pins.sv`), as its ports exceed a package. Logs,
/// netlist, timing report, bitstream and `synth.json` are kept in the folder's `synth/`. Exit status 1 if the core does
/// not fit, does not route, or does not reach the clock.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  hwgen synth out/tiny --device ecp5-85k
  hwgen synth out/tiny_on_board --board ulx3s-85f
  hwgen synth itnet_f51_l3_n16 --device ecp5-85k --freq 100 --seed 3 --json")]
pub struct Args {
    /// Emitted folder.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Device: ecp5-25k, ecp5-45k, ecp5-85k or nexus-lifcl40 [default: the board's, else ecp5-85k].
    #[arg(long, value_name = "D")]
    device: Option<String>,
    /// Board that the core was emitted for [default: that of the folder, unless --device is given].
    #[arg(long, value_name = "B")]
    board: Option<String>,
    /// Clock rate to reach, in MHz [default: the board's clock, else 80].
    #[arg(long, value_name = "MHZ")]
    freq: Option<f64>,
    /// Seed of the placers.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u32,
    /// Leave the places of block RAMs and multipliers to nextpnr, whose wires get longer.
    #[arg(long)]
    nextpnr_places_blocks: bool,
    /// Further arguments for nextpnr, separated by spaces, such as \"--router router2\".
    #[arg(
        long = "nextpnr-args",
        value_name = "ARGS",
        allow_hyphen_values = true,
        default_value = "",
        hide_default_value = true
    )]
    further: String,
}

#[derive(Serialize)]
struct Body {
    folder: PathBuf,
    fmax_mhz: Option<f64>,
    #[serde(flatten)]
    synthesis: Synthesis,
    /// The emitter's own estimate, which is one for an ECP5; empty for other families.
    estimate: Estimate,
}

/// `synth.json`.
#[derive(Serialize)]
struct Synthesis {
    #[serde(flatten)]
    report: flow::Report,
    /// Frames a second at the board's clock, else at the one reached; none unless it was routed.
    rates: Option<Rates>,
}

/// What `report.json` says.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Estimate {
    dsp: Option<u64>,
    ebr: Option<u64>,
    lut: Option<u64>,
    ff: Option<u64>,
}

pub fn run(args: &Args, report: Report) -> miette::Result<Outcome> {
    let manifest = Manifest::read(&args.folder)?;
    let board = board(args, &manifest)?;
    let name = args.device.as_deref().or(board.map(|board| board.device.as_str())).unwrap_or(DEVICE);
    let target = target(args, named_device(name)?, board)?;
    let design = match board {
        Some(board) => flow::Design {
            top: board.top.clone(),
            sources: board.sources.iter().chain(&manifest.sources).cloned().collect(),
            constraints: Some(board.constraints.clone()),
            roles: roles(),
        },
        None => flow::Design {
            top: PINS_TOP.to_owned(),
            sources: std::iter::once(PINS.to_owned()).chain(manifest.sources.iter().cloned()).collect(),
            constraints: None,
            roles: roles(),
        },
    };
    let mut progress = |stage: &str, seconds: f64| report.progress(format_args!("{stage} … {seconds:.0} s"));
    let result = flow::synthesise(&args.folder, &design, &target, &mut progress);
    report.clear_progress();
    let result = result?;
    let met = result.outcome == flow::Outcome::Met;
    let fmax_mhz = result.fmax_mhz();
    let synthesis = Synthesis { rates: rates(&manifest, board, fmax_mhz), report: result };
    synthesis.keep(&args.folder)?;
    let estimate = if target.family == flow::Family::Ecp5 { estimate(args) } else { Estimate::default() };
    let body = Body { folder: args.folder.clone(), fmax_mhz, estimate, synthesis };
    report.result(&body, || text(&body))?;
    Ok(if met { Outcome::Success } else { Outcome::CheckFailed })
}

impl Synthesis {
    /// Writes it into the folder.
    fn keep(&self, folder: &Path) -> Result<(), CliError> {
        let path = folder.join("synth/synth.json");
        let text = serde_json::to_string_pretty(self).expect("a report is serialisable") + "\n";
        std::fs::write(&path, text).map_err(|source| CliError::Write { path, source })
    }
}

/// Predicted frames at the clock of the board that is built for, else at the one reached.
fn rates(manifest: &Manifest, board: Option<&Board>, reached: Option<f64>) -> Option<Rates> {
    let prediction = manifest.prediction.as_ref()?;
    let reached = reached?;
    let clock = match board {
        Some(board) => Clock { mhz: board.clock_mhz, from: format!("the clock of {}", board.name) },
        None => Clock { mhz: reached, from: "reached after routing".to_owned() },
    };
    Some(Rates::new(&clock, prediction.outputs.iter().map(|output| (output.output, output.last + 1))))
}

/// What the parts of a core and of its surroundings do.
fn roles() -> flow::Roles {
    let owned = |(instance, role): (&str, &str)| (instance.to_owned(), role.to_owned());
    flow::Roles {
        inside: roles::INSIDE.to_owned(),
        instances: hwgen_shell::roles().map(owned).collect(),
        rest: roles::REST.to_owned(),
    }
}

/// The board to build for: the one that --board names, which must be the folder's, or the folder's own.
fn board<'a>(args: &Args, manifest: &'a Manifest) -> Result<Option<&'a Board>, CliError> {
    let Some(wanted) = &args.board else {
        return Ok(manifest.board.as_ref().filter(|_| args.device.is_none()));
    };
    named_board(wanted)?;
    let found = manifest.board.as_ref().filter(|board| board.name == *wanted);
    let Some(board) = found else {
        let got = manifest.board.as_ref().map_or_else(|| "none".to_owned(), |board| board.name.clone());
        return Err(CliError::OtherBoard { folder: args.folder.clone(), got, wanted: wanted.clone() });
    };
    if let Some(device) = &args.device {
        agree(device, &board.name, &board.device)?;
    }
    Ok(Some(board))
}

/// What to build for. A board's clock is made by its PLL, so that no other can be the one to reach.
fn target(args: &Args, device: Device, board: Option<&Board>) -> Result<Target, CliError> {
    let clock = board.map(|board| board.clock_mhz);
    let freq_mhz = args.freq.or(clock).unwrap_or(CLOCK);
    if !(freq_mhz.is_finite() && freq_mhz >= 1.0) {
        return Err(CliError::Frequency { got: freq_mhz });
    }
    if let Some(clock) = clock.filter(|&clock| freq_mhz < clock) {
        return Err(CliError::BelowClock { got: freq_mhz, clock });
    }
    Ok(Target {
        device: device.name,
        board: board.map(|board| board.name.clone()),
        family: match device.family {
            Family::Ecp5 => flow::Family::Ecp5,
            Family::Nexus => flow::Family::Nexus,
        },
        part: board.map_or(device.part, |board| board.part.clone()),
        arguments: board.map_or(device.nextpnr, |board| board.nextpnr.clone()),
        pins: device.pins.into_iter().map(|(port, pin)| flow::Pin { port, site: pin.site, io: pin.io }).collect(),
        luts: device.luts as u64,
        ffs: device.luts as u64,
        dsps: device.multipliers as u64,
        ebrs: device.block_rams as u64,
        freq_mhz,
        seed: args.seed,
        places_blocks: !args.nextpnr_places_blocks,
        further: args.further.split_whitespace().map(str::to_owned).collect(),
    })
}

fn estimate(args: &Args) -> Estimate {
    let text = std::fs::read(args.folder.join("report.json")).unwrap_or_default();
    let value: serde_json::Value = serde_json::from_slice(&text).unwrap_or_default();
    let number = |key: &str| value["estimate"][key].as_u64();
    Estimate { dsp: number("dsp"), ebr: number("ebr"), lut: number("lut"), ff: number("ff") }
}

fn stretch(of: flow::timing::Stretch) -> [String; 4] {
    [of.signal, format!("{:.2}", of.delay_ns), format!("{:.2}", of.routing_ns), of.cells.to_string()]
}

fn text(body: &Body) -> String {
    let Synthesis { report: result, rates } = &body.synthesis;
    let estimate = |name: &str| match name {
        "dsp" => body.estimate.dsp,
        "ebr" => body.estimate.ebr,
        "lut" => body.estimate.lut,
        "ff" => body.estimate.ff,
        _ => None,
    };
    let rows: Vec<_> = result
        .resources
        .iter()
        .map(|r| {
            let guess = estimate(r.name).map_or_else(|| "-".to_owned(), |n| n.to_string());
            [r.name.to_owned(), r.used.to_string(), r.available.to_string(), format!("{:.1} %", r.percent), guess]
        })
        .collect();
    let mut text = table(["resource", "used", "available", "share", "estimated"], &rows);
    let rows: Vec<_> = result
        .instances
        .iter()
        .map(|part| {
            let c = part.cells;
            [
                part.instance.clone(),
                part.role.clone(),
                c.lut_sites().to_string(),
                c.ff.to_string(),
                c.dsp.to_string(),
                c.ebr.to_string(),
            ]
        })
        .collect();
    let _ = write!(text, "\n{}", table(["instance", "role", "lut", "ff", "dsp", "ebr"], &rows));
    if let (Some(fmax), Some(path)) = (body.fmax_mhz, &result.critical_path) {
        let _ = write!(text, "\n{fmax:.1} MHz after routing; ");
        let _ =
            writeln!(text, "the slowest path takes {:.2} ns, {:.2} of them in wires:", path.delay_ns, path.routing_ns);
        let rows: Vec<_> = path.stretches().into_iter().map(stretch).collect();
        text += &table(["signal", "ns", "in wires", "cells"], &rows);
    }
    if let Some(rates) = rates {
        let _ = writeln!(text, "\nframes/s at {:.1} MHz, by the output that they end with:", rates.clock_mhz);
        let row =
            |rate: &Rate| [rate.output.to_string(), rate.cycles.to_string(), format!("{:.1}", rate.frames_per_second)];
        text += &table(["iterations", "cycles", "frames/s"], &rates.outputs.iter().map(row).collect::<Vec<_>>());
    }
    let _ = match &result.outcome {
        flow::Outcome::Met => Ok(()),
        flow::Outcome::TooLarge { resource, used, available } => writeln!(
            text,
            "\ndoes NOT fit {}: {used} {resource}, {available} there, {} too many",
            result.target.part,
            used - available
        ),
        flow::Outcome::NotRouted { reason } => writeln!(text, "\nNOT routed: {reason}"),
        flow::Outcome::TooSlow { short_mhz } => {
            writeln!(text, "\nmisses {} MHz by {short_mhz:.1}", result.target.freq_mhz)
        }
    };
    if let Some(bitstream) = &result.bitstream {
        let _ = writeln!(text, "bitstream: {}", body.folder.join(bitstream).display());
    }
    text
}
