//! `hwgen cosim`: an emitted core in Verilator against the golden model.

mod traffic;

use super::error::CliError;
use super::interrupt::Temporary;
use super::maps::{self, Frame};
use super::report::{Report, table};
use super::run::check_iterations;
use super::thresholds::Thresholds;
use super::{Outcome, command, kept, overwrite, picture, write};
use clap::ValueEnum;
use hwgen_network::RgbImage;
use hwgen_quantize::Model;
use hwgen_sim::cosim::{
    self, BuildOptions, CosimError, Differences, FrameInput, Manifest, Pause, Profile, RtlForm, RunOptions, Session,
};
use hwgen_sim::golden::Golden;
use serde::Serialize;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use traffic::Traffic;

/// Simulate an emitted core with Verilator and compare it with the golden model, bit by bit.
///
/// Compared are, of every frame, the states after every iteration, logits, sums, class maps and their side signals, with
/// --deep the data block, expand and depthwise words too; every register, read all the time and after each frame, the
/// answer to each access, and in every cycle the interrupt and whether the video port is ready, with what
/// docs/registers.md says; and, without gaps and stalls and with the feedback on chip or as streams, the cycles of every
/// output of every frame that sends all the outputs that its iterations reach. Pixels of a broken frame are not compared,
/// only that nothing comes of it. The compiled core is kept in a cache (environment variable `HWGEN_CACHE`). Exit status 1
/// if anything differs.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  hwgen cosim itnet_f51_l3_n16 --image street.png --maps out/
  hwgen cosim out/tiny --image street.png --resize --frames 3 --stall 50 --gap 30 --seed 7
  hwgen cosim out/tiny --trace wave.fst --json
  hwgen cosim out/tiny --frames 3 --iterations 4,1,2 --stop 0:1 --broken 1:cut@100 --script accesses.yaml")]
pub struct Args {
    /// Emitted folder.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// PNG or JPEG image; several are sent in turn. Without one, a seeded random image.
    #[arg(long, value_name = "FILE")]
    image: Vec<PathBuf>,
    /// Scale images of another size (area average in integers).
    #[arg(long, requires = "image")]
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
    /// The latency of the feedback memory (--feedback axi) is drawn from 0 to so many cycles.
    #[arg(long, value_name = "CYCLES", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=1000))]
    latency: u32,
    /// Mean length of gaps and stalls in cycles; 0: every cycle is drawn by itself.
    #[arg(long, value_name = "CYCLES", default_value_t = 0)]
    burst: u32,
    /// Seed of gaps, stalls and random images.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Compare data-block, expand and depthwise words too.
    #[arg(long)]
    deep: bool,
    /// Simulate the structure that synthesis sees, not the faster behavioural models of the technology layer.
    #[arg(long)]
    structure: bool,
    /// How to compile the core: auto, quick (seconds), fast, or guided by a profile, which takes half a minute more and on
    /// some machines simulates a third faster, on others not at all. auto is fast, and guided from 100 million cycles on.
    #[arg(long, value_name = "KIND", default_value = "auto")]
    build: BuildKind,
    /// Write a waveform.
    #[arg(long, value_name = "FILE.fst", value_parser = fst)]
    trace: Option<PathBuf>,
    /// Folder for the received maps and their overlays; those of frame 1 and on as `frame_01_m_01.png`.
    #[arg(long, value_name = "DIR")]
    maps: Option<PathBuf>,
    #[command(flatten)]
    traffic: Traffic,
}

/// Value of `--build`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "lower")]
enum BuildKind {
    /// By the length of the simulation.
    Auto,
    /// Seconds.
    Quick,
    /// Optimised.
    Fast,
    /// Optimised for what a run showed.
    Guided,
}

/// Predicted cycles from which a guided build is worth its time even if the core is simulated once: it takes some 30 s,
/// and gains at best a quarter of the simulation's time (0.54 → 0.73 M cycles/s), on other machines nothing.
const LONG: u64 = 100_000_000;

impl BuildKind {
    fn profile(self, manifest: &Manifest, frames: usize) -> Profile {
        let cycles = manifest.prediction.as_ref().map_or(0, |p| p.cycles).saturating_mul(frames as u64);
        match self {
            Self::Quick => Profile::FastBuild,
            Self::Auto if cycles < LONG => Profile::FastRun,
            Self::Fast => Profile::FastRun,
            Self::Auto | Self::Guided => Profile::Guided,
        }
    }
}

#[derive(Serialize)]
struct Body {
    #[serde(flatten)]
    report: cosim::Report,
    timing_as_predicted: Option<bool>,
    /// How the folder differs from what was emitted.
    folder: Differences,
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
    manifest.require_all_probes(&args.folder)?;
    let differences = differences(&args.folder, &manifest, report)?;
    let model = Model::load(&args.folder.join(&manifest.model))?;
    let thresholds = args.traffic.thresholds.as_deref().map(|path| Thresholds::read(path, &model)).transpose()?;
    let thresholds = thresholds.map_or_else(Vec::new, |file| file.of_outputs());
    let golden = Golden::new(&model)?;
    let (images, resized) = images(args, &manifest, report)?;
    let frames = args.frames.map_or(images.len().max(args.traffic.frames()), |k| k as usize);
    if frames < images.len() {
        return Err(CliError::FewerFrames { images: images.len(), frames }.into());
    }
    for &iterations in &args.traffic.iterations {
        check_iterations(iterations, manifest.description.iterations)?;
    }
    args.traffic.check(&manifest, frames)?;
    let script = args.traffic.accesses()?;
    let trace = trace(args, &manifest)?;
    let build = BuildOptions {
        profile: args.build.profile(&manifest, frames),
        form: rtl_form(args.structure),
        trace: args.trace.is_some(),
        ..BuildOptions::default()
    };
    let session = report.during("compiling the core", || Session::build(&args.folder, &build))?;
    if session.library.was_damaged {
        report.warn("the compiled core in the cache had been damaged; it was compiled again");
    }
    let frame = |i: usize| FrameInput {
        thresholds: thresholds.clone(),
        ..args.traffic.frame(i, images[i % images.len()].pixels().to_vec())
    };
    let frames: Vec<FrameInput> = (0..frames).map(frame).collect();
    let pause = |percent| Pause { percent, burst: args.burst };
    let options = RunOptions {
        gap: pause(args.gap),
        stall: pause(args.stall),
        latency: args.latency,
        seed: args.seed,
        script,
        deep: args.deep,
        trace: trace.as_ref().map(|(temporary, _)| temporary.path().to_owned()),
        command: command::as_given(),
        ..RunOptions::default()
    };
    let result = report.during("simulating", || session.run(&golden, &frames, &options));
    if let (Some((temporary, _names)), Some(path)) = (trace, &args.trace) {
        if let Err(CosimError::Waveform { reason, .. }) = result {
            return Err(CosimError::Waveform { path: path.clone(), reason }.into());
        }
        // Kept whatever came out: it is there to find a fault with.
        temporary.rename(path).map_err(|source| CliError::Write { path: path.clone(), source })?;
    }
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
        write_maps(args, folder, &result, &images, &resized, report)?;
    }
    let body = Body { timing_as_predicted: timing(&result), report: result, folder: differences };
    kept::cosim(&args.folder, &body, &images[0], &body.report.maps, report);
    report.result(&body, || text(&body))?;
    let passed = body.report.bit_exact && body.timing_as_predicted != Some(false);
    Ok(if passed { Outcome::Success } else { Outcome::CheckFailed })
}

/// A waveform's path.
fn fst(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    let is_fst = path.extension().is_some_and(|extension| extension == "fst");
    if is_fst { Ok(path) } else { Err("waveforms are written as FST; wanted a name that ends with .fst".to_owned()) }
}

/// Where the waveform is written until it is whole, and the file of names that the simulator keeps beside it meanwhile.
fn trace(args: &Args, manifest: &Manifest) -> Result<Option<(Temporary, Temporary)>, CliError> {
    let Some(path) = &args.trace else { return Ok(None) };
    let emitted: Vec<PathBuf> = manifest.files.keys().map(|name| args.folder.join(name)).collect();
    let inputs: Vec<&Path> = args.image.iter().chain(&emitted).map(PathBuf::as_path).collect();
    overwrite::check_inputs(&inputs, std::slice::from_ref(path))?;
    overwrite::check_file(path)?;
    let temporary = write::temporary(path);
    let mut names = temporary.path().as_os_str().to_owned();
    names.push(".hier");
    // The simulator says little about a file that it cannot open.
    std::fs::File::create(temporary.path()).map_err(|source| CliError::Write { path: path.clone(), source })?;
    Ok(Some((temporary, Temporary::new(names.into()))))
}

/// Changed files are simulated as they are, but not silently; without one of them there is nothing to simulate.
fn differences(folder: &Path, manifest: &Manifest, report: Report) -> Result<Differences, CliError> {
    let differences = Differences::find(folder, manifest)?;
    if let Some(name) = differences.missing.first() {
        return Err(CliError::Missing { path: folder.join(name) });
    }
    if !differences.changed.is_empty() {
        report.warn(format_args!("changed since hwgen emitted them: {}", differences.changed.join(", ")));
    }
    Ok(differences)
}

/// What a flag `--structure` asks for.
pub fn rtl_form(structure: bool) -> RtlForm {
    if structure { RtlForm::Structure } else { RtlForm::Behaviour }
}

/// The images to send, and for each whether it was resized.
fn images(args: &Args, manifest: &Manifest, report: Report) -> Result<(Vec<RgbImage>, Vec<bool>), CliError> {
    let size = manifest.description.image;
    if args.image.is_empty() {
        return Ok((vec![RgbImage::random(size, args.seed)], vec![false]));
    }
    args.image.iter().map(|path| picture::read_sized(path, size, args.resize, report)).collect()
}

/// Whether an error says that the core is wrong, rather than that it could not be tried.
pub fn is_finding(error: &cosim::CosimError) -> bool {
    use cosim::CosimError::{Hang, Protocol, Stopped};
    matches!(error, Hang { .. } | Protocol { .. } | Stopped { .. })
}

/// Whether the outputs of every frame for which there is a prediction came when they were to come; none without one.
pub fn timing(result: &cosim::Report) -> Option<bool> {
    let predicted = result.predicted_output_cycles.as_deref()?;
    let cycles = result.predicted_cycles.is_none_or(|p| predicted.is_empty() || result.cycles == Some(p));
    let looped = result.predicted_loop_cycles.is_none_or(|p| result.loop_cycles == Some(p));
    Some(cycles && looped && late(result).is_none())
}

/// The first output that did not come when it was predicted: as predicted, and as it came.
pub fn late(result: &cosim::Report) -> Option<(cosim::report::OutputCycles, Option<cosim::report::OutputCycles>)> {
    let of = |p: &cosim::report::OutputCycles| {
        result.output_cycles.iter().find(|o| (o.frame, o.output) == (p.frame, p.output)).copied()
    };
    let predicted = result.predicted_output_cycles.iter().flatten();
    predicted.map(|p| (*p, of(p))).find(|(p, got)| got.as_ref() != Some(p))
}

fn write_maps(
    args: &Args,
    folder: &Path,
    result: &cosim::Report,
    images: &[RgbImage],
    resized: &[bool],
    report: Report,
) -> miette::Result<()> {
    let frame = |number: usize| {
        let sent = number % images.len();
        Frame { number, image: &images[sent], resized: resized[sent] }
    };
    let mut files = Vec::new();
    for number in 0..images.len() {
        files.extend(frame(number).image_file(folder)?);
    }
    for map in &result.maps {
        files.extend(frame(map.frame as usize).map_files(folder, map.output, &map.map)?);
    }
    let inputs: Vec<&Path> = args.image.iter().map(PathBuf::as_path).collect();
    Ok(maps::write(folder, files, &inputs, report)?)
}

fn text(body: &Body) -> String {
    let result = &body.report;
    let predicted = |frame, output| {
        let one = result.predicted_output_cycles.iter().flatten().find(|o| (o.frame, o.output) == (frame, output));
        one.map_or_else(|| "-".to_owned(), |o| format!("{}…{}", o.first, o.last))
    };
    let rows: Vec<_> = result
        .output_cycles
        .iter()
        .map(|o| {
            let cycles = format!("{}…{}", o.first, o.last);
            [o.frame.to_string(), o.output.to_string(), cycles, predicted(o.frame, o.output)]
        })
        .collect();
    let mut text = table(["frame", "output", "cycles", "predicted"], &rows);
    let percent = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |v| format!("{:.1} %", 100.0 * v));
    let _ = write!(
        text,
        "\n{}: {} values and {} register accesses compared, the interrupt in every cycle; {} cycles at {:.2} M cycles/s\n",
        if result.bit_exact { "bit-exact" } else { "NOT bit-exact" },
        result.values_compared,
        result.registers_compared,
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
        text += &untimely(result);
    }
    text
}

/// What came when, against the prediction, as one line.
fn untimely(result: &cosim::Report) -> String {
    let Some((predicted, got)) = late(result) else {
        return "the outputs did NOT come when they were predicted\n".to_owned();
    };
    let got = got.map_or_else(|| "never".to_owned(), |got| format!("{}…{}", got.first, got.last));
    format!(
        "output {} of frame {} came in cycles {got} of its frame, predicted {}…{}\n",
        predicted.output, predicted.frame, predicted.first, predicted.last
    )
}

/// A mismatch as one line.
pub fn told(mismatch: &cosim::Mismatch) -> String {
    let at = [
        ("frame", Some(mismatch.frame)),
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
