//! `hwgen run`: the golden model on an image.

use super::error::CliError;
use super::report::{Report, si, table};
use super::{Outcome, maps, picture};
use hwgen_network::{Cost, Description};
use hwgen_quantize::Model;
use hwgen_sim::golden::{Golden, Nothing};
use miette::IntoDiagnostic;
use serde::Serialize;
use std::path::PathBuf;
use std::time::Instant;

/// Run the integer golden model on an image and write its semantic maps.
///
/// Writes `m_01.png`, `m_02.png`, … (8-bit class indices at the image's size), one for each output, and
/// `overlay_01.png`, … (the image with the classes' colours over it). With --resize, an image of another size is scaled by area average
/// in exact integers, rounded half up; the scaled image is written as `resized.png`. `maps.json` lists the files; those of an
/// earlier run that are not written anew are removed, unless somebody has changed them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  hwgen run --model itnet.q.safetensors --image street.png --maps out/
  hwgen run --model out/tiny/model.safetensors --image photo.jpg --resize --maps out/ --json")]
pub struct Args {
    /// Quantised model.
    #[arg(long, value_name = "FILE")]
    model: PathBuf,
    /// PNG or JPEG image.
    #[arg(long, value_name = "FILE")]
    image: PathBuf,
    /// Folder for the maps; without it, nothing is written.
    #[arg(long, value_name = "DIR")]
    maps: Option<PathBuf>,
    /// Stop after so many iterations, 1…N.
    #[arg(long, value_name = "N")]
    iterations: Option<u32>,
    /// Scale an image of another size.
    #[arg(long)]
    resize: bool,
}

#[derive(Serialize)]
struct Body {
    seconds: f64,
    macs: u64,
    outputs: Vec<MapResult>,
}

#[derive(Serialize)]
struct MapResult {
    output: u32,
    confidence: u32,
    /// Pixels of each class.
    pixels: Vec<u64>,
    map: Option<PathBuf>,
    overlay: Option<PathBuf>,
}

pub fn run(args: &Args, report: Report) -> miette::Result<Outcome> {
    let model = Model::load(&args.model)?;
    let description = &model.description;
    let iterations = iterations(args.iterations, description)?;
    let (image, resized) = picture::read_sized(&args.image, description.image, args.resize, report)?;
    let golden = Golden::new(&model)?;
    let start = Instant::now();
    let frame = golden.run(image.pixels(), iterations as usize, u64::MAX, &mut Nothing)?;
    let seconds = start.elapsed().as_secs_f64();

    let mut files = Vec::new();
    let mut outputs = Vec::new();
    for ((output, classes), &confidence) in frame.maps.iter().zip(&frame.confidences) {
        let mut pixels = vec![0; description.classes as usize];
        for &class in classes {
            pixels[usize::from(class)] += 1;
        }
        let place = |kind: &str| args.maps.as_ref().map(|folder| folder.join(format!("{kind}_{output:02}.png")));
        let (map, overlay) = (place("m"), place("overlay"));
        if let (Some(map), Some(overlay)) = (&map, &overlay) {
            files.push((map.clone(), picture::map_png(classes, description.image).into_diagnostic()?));
            files.push((overlay.clone(), picture::rgb_png(&picture::overlay(&image, classes)).into_diagnostic()?));
        }
        outputs.push(MapResult { output: *output, confidence, pixels, map, overlay });
    }
    if let Some(folder) = args.maps.as_ref().filter(|_| resized) {
        files.push((folder.join("resized.png"), picture::rgb_png(&image).into_diagnostic()?));
    }
    if let Some(folder) = &args.maps {
        maps::write(folder, files, &[&args.model, &args.image], report)?;
    }

    let last = frame.maps.last().map_or(0, |(output, _)| *output);
    let cost = Cost::new(description);
    let macs = cost.outputs.iter().find(|o| o.output == last).map_or(0, |o| o.sums.macs);
    let body = Body { seconds, macs, outputs };
    report.result(&body, || text(&body))?;
    Ok(Outcome::Success)
}

/// The iterations of a run: all of them unless told, and enough for an output.
pub fn iterations(wanted: Option<u32>, network: &Description) -> Result<u32, CliError> {
    let iterations = wanted.unwrap_or(network.iterations);
    check_iterations(iterations, network.iterations)?;
    match network.outputs.first() {
        Some(&first) if first > iterations => Err(CliError::NoOutput { got: iterations, first }),
        _ => Ok(iterations),
    }
}

/// Refuses iterations that the network does not have.
pub fn check_iterations(got: u32, wanted: u32) -> Result<(), CliError> {
    if (1..=wanted).contains(&got) { Ok(()) } else { Err(CliError::Iterations { got, wanted }) }
}

fn text(body: &Body) -> String {
    let row = |output: &MapResult| {
        let most = (0..output.pixels.len()).max_by_key(|&class| (output.pixels[class], std::cmp::Reverse(class)));
        let class = most.map_or_else(String::new, |class| class.to_string());
        let map = output.map.as_ref().map_or_else(String::new, |path| path.display().to_string());
        [output.output.to_string(), output.confidence.to_string(), class, map]
    };
    let rows: Vec<_> = body.outputs.iter().map(row).collect();
    let table = table(["output", "confidence", "commonest class", "map"], &rows);
    let rate = si((body.macs as f64 / body.seconds.max(1e-9)) as u64);
    format!("{table}\n{:.3} s, {rate}MAC/s up to the last output\n", body.seconds)
}
