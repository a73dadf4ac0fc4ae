//! `hwgen cosim`: an emitted core in Verilator against the golden model.

use super::error::CliError;
use super::report::{Report, table};
use super::{Outcome, command, picture, write};
use hwgen_network::RgbImage;
use hwgen_quantize::Model;
use hwgen_sim::cosim::{self, BuildOptions, FrameInput, Layer, Manifest, Pause, Profile, RunOptions, Session};
use hwgen_sim::golden::Golden;
use miette::IntoDiagnostic;
use serde::Serialize;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Simulate an emitted core with Verilator and compare it with the golden model, bit by bit.
///
/// Compared are the states after every iteration, logits, class maps and the registers, with --deep every
/// intermediate; without gaps and stalls the predicted cycles too. The compiled core is kept in a cache
/// (environment variable `HWGEN_CACHE`). Exit status 1 if anything differs.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  hwgen cosim itnet_f51_l3_n16 --image street.png --maps out/
  hwgen cosim out/tiny --image street.png --resize --frames 3 --stall 50 --gap 30 --seed 7
  hwgen cosim out/tiny --trace wave.fst --json")]
pub struct Args {
    /// Emitted folder.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// PNG or JPEG image; several are sent in turn. Without one, a seeded random image.
    #[arg(long, value_name = "FILE")]
    image: Vec<PathBuf>,
    /// Scale images of another size (area average in integers).
    #[arg(long)]
    resize: bool,
    /// Frames back to back [default: one for each image].
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(1..=1000))]
    frames: Option<u32>,
    /// Percent of the cycles in which class words (and feedback words, outwards) are not taken, 0…97.
    #[arg(long, value_name = "P", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=97))]
    stall: u32,
    /// Percent of the cycles in which no pixel (and no feedback word, inwards) is offered, 0…97.
    #[arg(long, value_name = "P", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=97))]
    gap: u32,
    /// Mean length of gaps and stalls in cycles; 0: every cycle is drawn by itself.
    #[arg(long, value_name = "CYCLES", default_value_t = 0)]
    burst: u32,
    /// Seed of gaps, stalls and random images.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Run-time register: iterations.
    #[arg(long, value_name = "N")]
    iterations: Option<u32>,
    /// Run-time register: early-exit threshold; 0: off.
    #[arg(long, value_name = "T", default_value_t = 0)]
    threshold: u32,
    /// Compare data-block, expand and depthwise words too.
    #[arg(long)]
    deep: bool,
    /// Simulate the structure that synthesis sees, not the faster behavioural models of the technology layer.
    #[arg(long)]
    structure: bool,
    /// Write a waveform.
    #[arg(long, value_name = "FILE.fst")]
    trace: Option<PathBuf>,
    /// Folder for the received maps and their overlays.
    #[arg(long, value_name = "DIR")]
    maps: Option<PathBuf>,
}

#[derive(Serialize)]
struct Body {
    #[serde(flatten)]
    report: cosim::Report,
    timing_as_predicted: Option<bool>,
}

/// The result of a simulation that could not be ended: a hang, a broken protocol.
#[derive(Serialize)]
struct Stopped {
    bit_exact: bool,
    error: String,
    command: String,
}

pub fn run(args: &Args, report: Report) -> miette::Result<Outcome> {
    let manifest = Manifest::read(&args.folder)?;
    let golden = Golden::new(&Model::load(&args.folder.join(&manifest.model))?)?;
    let (images, resized) = images(args, &manifest)?;
    let build = BuildOptions {
        profile: Profile::FastRun,
        layer: layer(args.structure),
        trace: args.trace.is_some(),
        ..BuildOptions::default()
    };
    report.progress("compiling the core …");
    let session = Session::build(&args.folder, &build);
    report.clear_progress();
    let session = session?;
    let frames: Vec<FrameInput> = (0..args.frames.map_or(images.len(), |k| k as usize))
        .map(|i| FrameInput {
            iterations: args.iterations,
            threshold: args.threshold,
            ..FrameInput::new(images[i % images.len()].pixels().to_vec())
        })
        .collect();
    let pause = |percent| Pause { percent, burst: args.burst };
    let options = RunOptions {
        gap: pause(args.gap),
        stall: pause(args.stall),
        seed: args.seed,
        deep: args.deep,
        trace: args.trace.clone(),
        command: command::as_given(),
        ..RunOptions::default()
    };
    report.progress("simulating …");
    let result = session.run(&golden, &frames, &options);
    report.clear_progress();
    let result = match result {
        Ok(result) => result,
        Err(error) if is_finding(&error) => {
            let body = Stopped { bit_exact: false, error: error.to_string(), command: command::as_given() };
            eprintln!("{:?}", miette::Report::new(error));
            report.result(&body, String::new)?;
            return Ok(Outcome::CheckFailed);
        }
        Err(error) => return Err(error.into()),
    };
    if let Some(folder) = &args.maps {
        write_maps(folder, &result, &images, &resized)?;
    }
    let body = Body { timing_as_predicted: timing(&result), report: result };
    report.result(&body, || text(&body))?;
    let passed = body.report.bit_exact && body.timing_as_predicted != Some(false);
    Ok(if passed { Outcome::Success } else { Outcome::CheckFailed })
}

/// What a flag `--structure` asks for.
pub fn layer(structure: bool) -> Layer {
    if structure { Layer::Structure } else { Layer::Behaviour }
}

/// The images to send, and for each whether it was resized.
fn images(args: &Args, manifest: &Manifest) -> Result<(Vec<RgbImage>, Vec<bool>), CliError> {
    let size = manifest.description.image;
    if args.image.is_empty() {
        return Ok((vec![RgbImage::random(size, args.seed)], vec![false]));
    }
    args.image.iter().map(|path| picture::read_sized(path, size, args.resize)).collect()
}

/// Whether an error says that the core is wrong, rather than that it could not be tried.
pub fn is_finding(error: &cosim::CosimError) -> bool {
    use cosim::CosimError::{Hang, Protocol, Stopped};
    matches!(error, Hang { .. } | Protocol { .. } | Stopped { .. })
}

/// Whether every output of the first frame came when it was predicted; none without a prediction.
pub fn timing(result: &cosim::Report) -> Option<bool> {
    let first =
        |cycles: &[cosim::report::OutputCycles]| cycles.iter().filter(|o| o.frame == 0).copied().collect::<Vec<_>>();
    let predicted = first(result.predicted_output_cycles.as_deref()?);
    let cycles = result.predicted_cycles.is_none_or(|p| predicted.is_empty() || result.cycles == Some(p));
    let looped = result.predicted_loop_cycles.is_none_or(|p| result.loop_cycles == Some(p));
    Some(cycles && looped && predicted == first(&result.output_cycles))
}

fn write_maps(folder: &Path, result: &cosim::Report, images: &[RgbImage], resized: &[bool]) -> miette::Result<()> {
    let place = |frame: usize, name: String| {
        folder.join(if frame == 0 { name } else { format!("frame_{:02}_{name}", frame + 1) })
    };
    let mut files = Vec::new();
    for (frame, image) in images.iter().enumerate().filter(|(frame, _)| resized[*frame]) {
        files.push((place(frame, "resized.png".to_owned()), picture::rgb_png(image).into_diagnostic()?));
    }
    for map in &result.maps {
        let (frame, output) = (map.frame as usize, map.output);
        let image = &images[frame % images.len()];
        let overlay = picture::overlay(image, &map.map);
        let map = picture::map_png(&map.map, image.size()).into_diagnostic()?;
        files.push((place(frame, format!("m_{output:02}.png")), map));
        files.push((place(frame, format!("overlay_{output:02}.png")), picture::rgb_png(&overlay).into_diagnostic()?));
    }
    Ok(write::files(&files)?)
}

fn text(body: &Body) -> String {
    let result = &body.report;
    let predicted = |frame, output| {
        let list = result.predicted_output_cycles.iter().flatten();
        let one = list.filter(|_| frame == 0).find(|o| (o.frame, o.output) == (frame, output));
        one.map_or_else(|| "-".to_owned(), |o| format!("{}…{}", o.first, o.last))
    };
    let rows: Vec<_> = result
        .output_cycles
        .iter()
        .map(|o| {
            let cycles = format!("{}…{}", o.first, o.last);
            [(o.frame + 1).to_string(), o.output.to_string(), cycles, predicted(o.frame, o.output)]
        })
        .collect();
    let mut text = table(["frame", "output", "cycles", "predicted"], &rows);
    let percent = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |v| format!("{:.1} %", 100.0 * v));
    let _ = write!(
        text,
        "\n{}: {} values compared, {} cycles at {:.2} M cycles/s\n",
        if result.bit_exact { "bit-exact" } else { "NOT bit-exact" },
        result.values_compared,
        result.sim_cycles,
        result.sim_cycles_per_second / 1e6,
    );
    let _ = writeln!(
        text,
        "{} multipliers, {} busy, {} busy in the loop",
        result.multipliers,
        percent(result.utilization),
        percent(result.loop_utilization)
    );
    if let Some(mismatch) = &result.first_mismatch {
        let _ = writeln!(text, "first mismatch: {}\nreproduce: {}", told(mismatch), mismatch.command);
    }
    if body.timing_as_predicted == Some(false) {
        text += "the outputs did NOT come when they were predicted\n";
    }
    text
}

/// A mismatch as one line.
pub fn told(mismatch: &cosim::Mismatch) -> String {
    let at = [
        ("frame", Some(mismatch.frame + 1)),
        ("iteration", mismatch.iteration),
        ("scale", mismatch.scale),
        ("y", mismatch.y),
        ("x", mismatch.x),
        ("channel", mismatch.channel),
    ];
    let at: Vec<_> = at.iter().filter_map(|(name, value)| Some(format!("{name} {}", (*value)?))).collect();
    let show = |value: Option<i64>| value.map_or_else(|| "nothing".to_owned(), |v| v.to_string());
    format!(
        "{} (layer {}) at {}, cycle {}: expected {}, got {}{}",
        mismatch.tensor,
        mismatch.layer.as_deref().unwrap_or("-"),
        at.join(", "),
        mismatch.cycle,
        show(mismatch.expected),
        show(mismatch.got),
        mismatch.note.as_ref().map(|note| format!(" ({note})")).unwrap_or_default(),
    )
}
