//! `hwgen evaluate`: how good a network is on a folder of images and labels.

mod core;
mod exit;

use self::core::Core;
use super::bits::BitsArgs;
use super::error::CliError;
use super::network::{NetworkArgs, check_size};
use super::report::{Report, table};
use super::{Outcome, model, picture, write};
use hwgen_evaluate::page::{About, page};
use hwgen_evaluate::run::{Network, OutputScore};
use hwgen_evaluate::table::{images as image_table, outputs as output_table};
use hwgen_evaluate::{DataSet, Evaluation, Kind, Options, evaluate};
use hwgen_network::Description;
use hwgen_network::safetensors_file::WeightsFile;
use hwgen_sim::golden::Golden;
use serde::Serialize;
use std::fmt::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Images shown in the page.
const WORST: usize = 8;

/// Measure a network on a folder of images and labels: mIoU of every output.
///
/// The golden model computes with --model, the float reference with --weights, on all processors. mIoU is the mean over the
/// classes that occur, from the summed confusion matrix; at the network's size, and at the labels' own with the maps
/// enlarged by the nearest pixel. The normalised area under the curve is the paper's. With -o: outputs.csv, images.csv,
/// evaluation.json and index.html, a page with the curve and the worst images side by side.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  hwgen evaluate --model q.safetensors --images CamVid/val --labels CamVid/valannot --data-set camvid --resize
  hwgen evaluate --weights itnet.safetensors --images leftImg8bit/val --labels gtFine/val --data-set cityscapes --resize
  hwgen evaluate --model q.safetensors --images photos --labels masks --core itnet_core -o report --json
  hwgen evaluate --model q.safetensors --images val --labels valannot --core itnet_core -o exits \
      --exit --exit-images train --exit-labels trainannot --budget-cycles 2500000")]
#[command(group(clap::ArgGroup::new("what").required(true).args(["model", "weights"])))]
pub struct Args {
    /// Quantised model, computed by the integer golden model.
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Float weights, computed by the float reference (much slower).
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,
    /// Folder of PNG or JPEG images.
    #[arg(long, value_name = "DIR")]
    images: PathBuf,
    /// Folder of their labels, PNG files of a class index a pixel.
    #[arg(long, value_name = "DIR")]
    labels: PathBuf,
    /// How files are laid out and what label values mean: camvid, cityscapes or plain.
    #[arg(long, value_name = "KIND", default_value_t = Kind::Plain)]
    data_set: Kind,
    /// Scale images of another size as training does (box filter; labels by the nearest pixel).
    #[arg(long)]
    resize: bool,
    /// Emitted folder of this network, for cycles and, where a clock is known, frames a second.
    #[arg(long, value_name = "DIR")]
    core: Option<PathBuf>,
    /// Images at a time [default: the number of processors].
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u32).range(1..=1024))]
    threads: Option<u32>,
    /// Folder for the tables and the page.
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
    #[command(flatten)]
    exit: exit::ExitArgs,
    #[command(flatten)]
    network: NetworkArgs,
}

#[derive(Serialize)]
struct Body<'a> {
    network: &'a str,
    description: &'a Description,
    #[serde(flatten)]
    evaluation: &'a Evaluation,
    #[serde(skip_serializing_if = "Option::is_none")]
    core: Option<&'a Core>,
    seconds: f64,
    images_per_second: f64,
}

pub fn run(args: &Args, report: Report) -> miette::Result<Outcome> {
    if args.exit.exit {
        let request = exit::Request {
            model: args.model.as_deref().expect("clap wants it with --exit"),
            network: &args.network,
            core: args.core.as_deref().expect("clap wants it with --exit"),
            shown: (&args.images, &args.labels),
            data_set: args.data_set,
            resize: args.resize,
            threads: args.threads,
            output: args.output.as_deref(),
        };
        return exit::run(&request, &args.exit, report);
    }
    let network = network(args)?;
    let description = network.description().clone();
    let core = args.core.as_deref().map(|folder| Core::read(folder, &description)).transpose()?;
    let set = DataSet::open(args.data_set, &args.images, &args.labels, description.classes)?;
    let mut options = Options { resize: args.resize, ..Options::default() };
    if let Some(threads) = args.threads {
        options.threads = threads as usize;
    }
    let decode =
        |path: &Path| picture::read(path, report).map_err(|error| Box::new(error) as hwgen_evaluate::error::ImageError);

    report.note(format_args!("evaluating {} images", set.pairs.len()));
    let bar = report.bar(set.pairs.len() as u64, "images");
    let start = Instant::now();
    let progress = |done: usize| {
        bar.set_position(done as u64);
        ControlFlow::Continue(())
    };
    let evaluation = evaluate(&network, &set, &decode, options, &progress);
    let seconds = start.elapsed().as_secs_f64();
    bar.finish_and_clear();
    let evaluation = evaluation?;

    let file = args.model.as_ref().or(args.weights.as_ref()).expect("clap wants one of them");
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let body = Body {
        network: &name,
        description: &description,
        evaluation: &evaluation,
        core: core.as_ref(),
        seconds,
        images_per_second: set.pairs.len() as f64 / seconds.max(1e-9),
    };
    if let Some(folder) = &args.output {
        let timing = core.as_ref().map_or(&[][..], |core| &core.outputs);
        let clock = core.as_ref().and_then(Core::clock);
        let about = About { network: &name, timing, clock: clock.as_deref() };
        let page = page(&evaluation, &about, &network, &set, &decode, options, WORST)?;
        let json = serde_json::to_string_pretty(&evaluation).map_err(|source| CliError::Json { source })? + "\n";
        let files = [
            ("outputs.csv", output_table(&evaluation, timing)?),
            ("images.csv", image_table(&evaluation)?),
            ("evaluation.json", json.into_bytes()),
            ("index.html", page.into_bytes()),
        ];
        write::files(&files.map(|(name, bytes)| (folder.join(name), bytes)))?;
        report.note(format_args!("wrote {}", folder.join("index.html").display()));
    }
    report.result(&body, || text(&body))?;
    Ok(Outcome::Success)
}

/// Loads what is to be evaluated.
fn network(args: &Args) -> miette::Result<Network> {
    if let Some(path) = &args.model {
        let (model, _) = model::load(path, &args.network, BitsArgs::default())?;
        return Ok(Network::Golden(Box::new(Golden::new(&model)?)));
    }
    let file = WeightsFile::open(args.weights.as_ref().expect("clap wants one of them"))?;
    let base = file.description().map(|description| (description, hwgen_quantize::Bits::default()));
    let description = args.network.resolve(BitsArgs::default(), base)?.description;
    check_size(&description)?;
    let weights = Box::new(file.weights(&description)?);
    Ok(Network::Float { description, weights })
}

fn text(body: &Body<'_>) -> String {
    let evaluation = body.evaluation;
    let percent = |share: f64| format!("{:.1}", 100.0 * share);
    let row = |output: &OutputScore| {
        let timing = body.core.and_then(|core| core.outputs.iter().find(|timing| timing.output == output.output));
        let rate = timing.and_then(|timing| timing.frames_per_second);
        [
            output.output.to_string(),
            format!("{:.3}", output.macs as f64 / 1e9),
            timing.map_or_else(|| "-".to_owned(), |timing| timing.cycles.to_string()),
            rate.map_or_else(|| "-".to_owned(), |rate| format!("{rate:.1}")),
            percent(output.network.miou),
            percent(output.network.pixel_accuracy),
            percent(output.labels.miou),
            percent(output.labels.pixel_accuracy),
        ]
    };
    let rows: Vec<_> = evaluation.outputs.iter().map(row).collect();
    let header =
        ["output", "G MACs", "cycles", "frames/s", "mIoU %", "pixels %", "mIoU % at labels' size", "pixels % there"];
    let mut text = table(header, &rows);
    if let (Some(first), Some(last)) = (evaluation.outputs.first(), evaluation.outputs.last()) {
        let row = |(class, name): (usize, &String)| {
            let iou = |output: &OutputScore| output.network.iou[class].map_or_else(|| "-".to_owned(), percent);
            [name.clone(), iou(first), iou(last)]
        };
        let rows: Vec<_> = evaluation.classes.iter().enumerate().map(row).collect();
        let outputs = [first, last].map(|output| format!("IoU % at output {}", output.output));
        text += "\n";
        text += &table(["class", &outputs[0], &outputs[1]], &rows);
    }
    let _ = writeln!(
        text,
        "\nnormalised area under the curve {:.4}, at the labels' size {:.4}",
        evaluation.auc.network, evaluation.auc.labels
    );
    if let Some(clock) = body.core.and_then(Core::clock) {
        let _ = writeln!(text, "frames/s at {clock}, every frame ending with that output");
    }
    let (images, seconds) = (evaluation.images.len(), body.seconds);
    let _ = writeln!(text, "{images} images in {seconds:.1} s, {:.1} images/s", body.images_per_second);
    text
}
