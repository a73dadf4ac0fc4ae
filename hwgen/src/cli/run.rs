//! `hwgen run`: the golden model on images.

use super::error::CliError;
use super::report::{Report, si, table};
use super::{Outcome, maps, picture};
use hwgen_network::{Cost, Description, RgbImage};
use hwgen_quantize::Model;
use hwgen_sim::golden::{Frame, Golden, Nothing};
use miette::IntoDiagnostic;
use serde::Serialize;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Run the integer golden model on images and write their semantic maps.
///
/// Writes `m_01.png`, `m_02.png`, … (8-bit class indices at the image's size), one for each output, and
/// `overlay_01.png`, … (the image with the classes' colours over it). With --resize, an image of another size is scaled by area average
/// in exact integers, rounded half up; the scaled image is written as `resized.png`. Of several images, or a folder, the files are
/// named after the image: `street_m_01.png` of `street.jpg`. Nothing is written before all images are done. `maps.json` lists
/// the files; those of an earlier run that are not written anew are removed, unless somebody has changed them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  hwgen run --model itnet.q.safetensors --image street.png --maps out/
  hwgen run --model itnet.q.safetensors --image street.png --image park.jpg --image more/ --maps out/
  hwgen run --model out/tiny/model.safetensors --image photo.jpg --resize --maps out/ --json")]
pub struct Args {
    /// Quantised model.
    #[arg(long, value_name = "FILE")]
    model: PathBuf,
    /// PNG or JPEG image, or a folder of them; may be given several times.
    #[arg(long, value_name = "FILE", required = true)]
    image: Vec<PathBuf>,
    /// Folder for the maps; without it, nothing is written.
    #[arg(long, value_name = "DIR")]
    maps: Option<PathBuf>,
    /// Stop after so many iterations, 1…N.
    #[arg(long, value_name = "N")]
    iterations: Option<u32>,
    /// Scale images of another size.
    #[arg(long)]
    resize: bool,
}

#[derive(Serialize)]
struct Body {
    /// Of all images together.
    seconds: f64,
    /// Of one image.
    macs: u64,
    images: Vec<ImageResult>,
    /// Those of the image, where there is but one.
    #[serde(skip_serializing_if = "Option::is_none")]
    outputs: Option<Vec<MapResult>>,
}

#[derive(Clone, Serialize)]
struct ImageResult {
    image: PathBuf,
    seconds: f64,
    outputs: Vec<MapResult>,
}

#[derive(Clone, Serialize)]
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
    let images = images(&args.image, report)?;
    let names = names(&images, args.image.len() == 1 && !args.image[0].is_dir())?;
    let golden = Golden::new(&model)?;
    let bar = (images.len() > 1).then(|| report.bar(images.len() as u64, "images"));
    let mut files = Vec::new();
    let mut results = Vec::new();
    for (path, name) in images.iter().zip(&names) {
        let (image, resized) = picture::read_sized(path, description.image, args.resize, report)?;
        let start = Instant::now();
        let frame = golden.run(image.pixels(), iterations as usize, u64::MAX, &mut Nothing)?;
        let seconds = start.elapsed().as_secs_f64();
        let place = |file: &str| args.maps.as_ref().map(|folder| folder.join(name.clone() + file));
        let outputs = outputs(&frame, &image, description.classes as usize, place, &mut files)?;
        if let Some(folder) = args.maps.as_ref().filter(|_| resized) {
            files.push((folder.join(name.clone() + "resized.png"), picture::rgb_png(&image).into_diagnostic()?));
        }
        results.push(ImageResult { image: path.clone(), seconds, outputs });
        if let Some(bar) = &bar {
            bar.inc(1);
        }
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    if let Some(folder) = &args.maps {
        let inputs: Vec<&Path> = images.iter().chain([&args.model]).map(PathBuf::as_path).collect();
        maps::write(folder, files, &inputs, report)?;
    }

    let last = results.first().and_then(|result| result.outputs.last()).map_or(0, |output| output.output);
    let cost = Cost::new(description);
    let macs = cost.outputs.iter().find(|o| o.output == last).map_or(0, |o| o.sums.macs);
    let outputs = (results.len() == 1).then(|| results[0].outputs.clone());
    let seconds = results.iter().map(|result| result.seconds).sum();
    let body = Body { seconds, macs, images: results, outputs };
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

/// The images that are named, those of folders among them.
fn images(named: &[PathBuf], report: Report) -> Result<Vec<PathBuf>, CliError> {
    let mut images = Vec::new();
    for path in named {
        if path.is_dir() {
            let folder = picture::folder(path)?;
            if let Some(others) = folder.others {
                report.warn(format_args!("folder {}: passed over {others}", path.display()));
            }
            images.extend(folder.images);
        } else {
            images.push(path.clone());
        }
    }
    Ok(images)
}

/// What the names of each image's files begin with: nothing for a single image, else its own name. Maps of two images
/// must not have the same names, not even where a file system tells no capitals.
fn names(images: &[PathBuf], single: bool) -> Result<Vec<String>, CliError> {
    if single {
        return Ok(vec![String::new()]);
    }
    let mut seen: HashMap<String, &PathBuf> = HashMap::new();
    let mut names = Vec::new();
    for image in images {
        let name = image.file_stem().unwrap_or_default().to_string_lossy().into_owned() + "_";
        if let Some(first) = seen.insert(name.to_lowercase(), image) {
            return Err(CliError::SameName { first: first.clone(), second: image.clone() });
        }
        names.push(name);
    }
    Ok(names)
}

/// The result of each output; its map and overlay go to `files`, if `place` has a place for a name.
fn outputs(
    frame: &Frame,
    image: &RgbImage,
    classes: usize,
    place: impl Fn(&str) -> Option<PathBuf>,
    files: &mut Vec<(PathBuf, Vec<u8>)>,
) -> miette::Result<Vec<MapResult>> {
    let mut results = Vec::new();
    for ((output, indices), &confidence) in frame.maps.iter().zip(&frame.confidences) {
        let mut pixels = vec![0; classes];
        for &class in indices {
            pixels[usize::from(class)] += 1;
        }
        let (map, overlay) = (place(&format!("m_{output:02}.png")), place(&format!("overlay_{output:02}.png")));
        if let (Some(map), Some(overlay)) = (&map, &overlay) {
            files.push((map.clone(), picture::map_png(indices, image.size()).into_diagnostic()?));
            files.push((overlay.clone(), picture::rgb_png(&picture::overlay(image, indices)).into_diagnostic()?));
        }
        results.push(MapResult { output: *output, confidence, pixels, map, overlay });
    }
    Ok(results)
}

/// Refuses iterations that the network does not have.
pub fn check_iterations(got: u32, wanted: u32) -> Result<(), CliError> {
    if (1..=wanted).contains(&got) { Ok(()) } else { Err(CliError::Iterations { got, wanted }) }
}

fn text(body: &Body) -> String {
    let several = body.images.len() > 1;
    let row = |image: &ImageResult, output: &MapResult| {
        let most = (0..output.pixels.len()).max_by_key(|&class| (output.pixels[class], std::cmp::Reverse(class)));
        let class = most.map_or_else(String::new, |class| class.to_string());
        let map = output.map.as_ref().map_or_else(String::new, |path| path.display().to_string());
        let cells = [output.output.to_string(), output.confidence.to_string(), class, map];
        (image.image.display().to_string(), cells)
    };
    let rows: Vec<_> =
        body.images.iter().flat_map(|image| image.outputs.iter().map(move |output| row(image, output))).collect();
    let heads = ["output", "confidence", "commonest class", "map"];
    let table = if several {
        let heads = ["image", heads[0], heads[1], heads[2], heads[3]];
        let rows: Vec<_> = rows.into_iter().map(|(image, [a, b, c, d])| [image, a, b, c, d]).collect();
        table(heads, &rows)
    } else {
        table(heads, &rows.into_iter().map(|(_, cells)| cells).collect::<Vec<_>>())
    };
    let macs = body.macs as f64 * body.images.len() as f64;
    let rate = si((macs / body.seconds.max(1e-9)) as u64);
    format!("{table}\n{:.3} s, {rate}MAC/s up to the last output\n", body.seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_after_their_images() {
        let paths = |names: &[&str]| names.iter().map(PathBuf::from).collect::<Vec<_>>();
        assert_eq!(names(&paths(&["a/x.png"]), true).expect("one"), [""]);
        assert_eq!(names(&paths(&["a/x.png", "b/y.z.jpg"]), false).expect("two"), ["x_", "y.z_"]);
        for twice in [["a/x.png", "b/x.jpg"], ["x.png", "X.png"]] {
            assert!(matches!(names(&paths(&twice), false), Err(CliError::SameName { .. })), "{twice:?}");
        }
    }
}
