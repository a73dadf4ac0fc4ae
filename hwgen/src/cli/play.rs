//! `hwgen play`: images to a core on a board, maps back, over the board's serial line.

use super::error::CliError;
use super::maps::{self, Frame};
use super::report::{Report, si, table};
use super::run::check_iterations;
use super::shell::BAUD;
use super::thresholds::Thresholds;
use super::{Outcome, picture};
use hwgen_link::{Link, Played};
use hwgen_network::RgbImage;
use hwgen_quantize::Model;
use hwgen_registers as register;
use hwgen_sim::cosim::Manifest;
use hwgen_sim::golden::{Golden, Nothing};
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Send images to a core on a board and write the maps that come back.
///
/// The board holds the bitstream of a core that was emitted with --board. Its first byte resets the core. A row is sent
/// only when the board has room for it, so nothing is lost; every record has a checksum. Maps are written as
/// `hwgen run` writes them, those of the second image and on as `frame_01_m_01.png`. Exit status 1 if --check finds a
/// difference.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  hwgen play --port /dev/ttyUSB0 street.png --maps out/
  hwgen play --port /dev/ttyUSB0 --core out/tiny --check --resize photos/*.jpg
  hwgen play --port /dev/ttyUSB1 --baud 3000000 street.png --iterations 4 --json")]
pub struct Args {
    /// Serial port of the board.
    #[arg(long, value_name = "PORT")]
    port: PathBuf,
    /// Rate in bits a second [default: that of --core, else 1000000].
    #[arg(long, value_name = "RATE")]
    baud: Option<u32>,
    /// PNG or JPEG images, sent in turn.
    #[arg(value_name = "IMAGE", required = true)]
    images: Vec<PathBuf>,
    /// Scale images of another size (area average in integers).
    #[arg(long)]
    resize: bool,
    /// Folder for the maps and their overlays; without it, nothing is written.
    #[arg(long, value_name = "DIR")]
    maps: Option<PathBuf>,
    /// Emitted folder of the core on the board: another core is refused.
    #[arg(long, value_name = "DIR")]
    core: Option<PathBuf>,
    /// Compare the maps with the golden model.
    #[arg(long, requires = "core")]
    check: bool,
    /// Run-time register: iterations, 1…N.
    #[arg(long, value_name = "N")]
    iterations: Option<u32>,
    /// Run-time register: early-exit threshold; 0: off.
    #[arg(long, value_name = "T", default_value_t = 0)]
    threshold: u32,
    /// A threshold for each output (from `hwgen evaluate --exit`).
    #[arg(long, value_name = "FILE", requires = "core", conflicts_with = "threshold")]
    thresholds: Option<PathBuf>,
    /// Seconds without a word from the board after which it is given up.
    #[arg(long, value_name = "S", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=3600))]
    timeout: u32,
}

#[derive(Serialize)]
struct Body {
    port: PathBuf,
    baud: u32,
    /// Whether all maps are the golden model's; none without --check.
    bit_exact: Option<bool>,
    frames: Vec<FrameBody>,
}

#[derive(Serialize)]
struct FrameBody {
    image: PathBuf,
    seconds: f64,
    /// From the first pixel to the last class word, the waiting for the serial line included.
    cycles: u32,
    /// Of these, cycles in which a class word waited for the line.
    stalls: u32,
    confidence: u32,
    outputs: Vec<u8>,
    bit_exact: Option<bool>,
}

/// The core that --core names.
struct Core {
    manifest: Manifest,
    model: Model,
    golden: Option<Golden>,
}

impl Core {
    fn read(folder: &Path, check: bool) -> miette::Result<Self> {
        let manifest = Manifest::read(folder)?;
        let model = Model::load(&folder.join(&manifest.model))?;
        let golden = check.then(|| Golden::new(&model)).transpose()?;
        Ok(Self { manifest, model, golden })
    }

    fn hash(&self) -> Option<u32> {
        let text = self.manifest.config_hash.as_deref()?;
        u32::from_str_radix(text.strip_prefix("0x")?, 16).ok()
    }
}

pub fn run(args: &Args, report: Report) -> miette::Result<Outcome> {
    let core = args.core.as_deref().map(|folder| Core::read(folder, args.check)).transpose()?;
    let baud = args.baud.or(core.as_ref().and_then(|core| core.manifest.board.as_ref()).map(|board| board.baud));
    let baud = baud.unwrap_or(BAUD);
    report.progress(format_args!("{} …", args.port.display()));
    let mut link =
        Link::open(hwgen_link::open(&args.port, baud)?, args.port.clone(), Duration::from_secs(args.timeout.into()))?;
    if let Some(hash) = core.as_ref().and_then(Core::hash) {
        link.wants(register::HASH, hash, "the configuration's hash")?;
    }
    let most = link.read(register::ITERATIONS)?;
    check_iterations(args.iterations.unwrap_or(1), most)?;
    link.write(register::ITERATIONS, args.iterations.unwrap_or(most))?;
    link.write(register::THRESHOLD_OUTPUT, 0)?;
    link.write(register::THRESHOLD, args.threshold)?;
    if let (Some(path), Some(core)) = (&args.thresholds, &core) {
        for (output, threshold) in Thresholds::read(path, &core.model)?.of_outputs() {
            link.write(register::THRESHOLD_OUTPUT, output)?;
            link.write(register::THRESHOLD, threshold)?;
        }
    }

    let read = |path: &PathBuf| picture::read_sized(path, link.size(), args.resize, report);
    let images: Vec<(RgbImage, bool)> = args.images.iter().map(read).collect::<Result<_, CliError>>()?;
    let mut frames = Vec::new();
    let mut files = Vec::new();
    for (number, ((image, resized), path)) in images.iter().zip(&args.images).enumerate() {
        let start = Instant::now();
        let mut tick = |rows: usize, maps: usize| {
            report.progress(format_args!("{}: {rows} rows sent, {maps} maps begun …", path.display()));
        };
        let played = link.play(image, &mut tick)?;
        let seconds = start.elapsed().as_secs_f64();
        if let Some(folder) = &args.maps {
            let frame = Frame { number, image, resized: *resized };
            files.extend(frame.image_file(folder)?);
            for map in &played.maps {
                files.extend(frame.map_files(folder, map.output.into(), &map.classes)?);
            }
        }
        let golden = core.as_ref().and_then(|core| core.golden.as_ref());
        let bit_exact = golden.map(|golden| agrees(golden, image, &played, args, most)).transpose()?;
        frames.push(FrameBody {
            image: path.clone(),
            seconds,
            cycles: played.cycles,
            stalls: played.stalls,
            confidence: played.confidence,
            outputs: played.maps.iter().map(|map| map.output).collect(),
            bit_exact,
        });
    }
    report.clear_progress();
    if let Some(folder) = &args.maps {
        let inputs: Vec<&Path> = args.images.iter().map(PathBuf::as_path).collect();
        maps::write(folder, files, &inputs, report)?;
    }
    let bit_exact = args.check.then(|| frames.iter().all(|frame| frame.bit_exact == Some(true)));
    let body = Body { port: args.port.clone(), baud, bit_exact, frames };
    report.result(&body, || text(&body))?;
    Ok(if bit_exact == Some(false) { Outcome::CheckFailed } else { Outcome::Success })
}

/// Whether the maps are the golden model's: all of them, or with a threshold the first ones.
fn agrees(golden: &Golden, image: &RgbImage, played: &Played, args: &Args, most: u32) -> miette::Result<bool> {
    let iterations = args.iterations.unwrap_or(most) as usize;
    let frame = golden.run(image.pixels(), iterations, u64::MAX, &mut Nothing)?;
    let exits = args.threshold != 0 || args.thresholds.is_some();
    let count = if exits { played.maps.len() } else { frame.maps.len() };
    let wanted = frame.maps.iter().take(count).map(|(output, classes)| (*output, classes.as_slice()));
    Ok(wanted.eq(played.maps.iter().map(|map| (u32::from(map.output), map.classes.as_slice()))))
}

fn text(body: &Body) -> String {
    let row = |frame: &FrameBody| {
        let exact = match frame.bit_exact {
            Some(true) => "yes",
            Some(false) => "NO",
            None => "-",
        };
        [
            frame.image.display().to_string(),
            format!("{:.2} s", frame.seconds),
            si(frame.cycles.into()).trim_end().to_owned(),
            si(frame.stalls.into()).trim_end().to_owned(),
            frame.outputs.len().to_string(),
            exact.to_owned(),
        ]
    };
    let rows: Vec<_> = body.frames.iter().map(row).collect();
    table(["image", "time", "cycles", "of these, stalled", "maps", "bit-exact"], &rows)
}
