//! `hwgen evaluate --exit`: thresholds of an early exit, chosen on one folder of images and shown on another.

use super::core::Core;
use crate::cli::bits::BitsArgs;
use crate::cli::error::CliError;
use crate::cli::network::NetworkArgs;
use crate::cli::report::{Report, table};
use crate::cli::thresholds::Thresholds;
use crate::cli::{Outcome, model, picture, write};
use hwgen_evaluate::exit::{Frames, Goal, Point, Sample, samples};
use hwgen_evaluate::exit_chart::chart;
use hwgen_evaluate::{DataSet, Kind, Options};
use hwgen_quantize::Model;
use hwgen_sim::golden::Golden;
use serde::Serialize;
use serde_json::json;
use std::fmt::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// Budgets of the curve, evenly between the first output and the best.
const BUDGETS: usize = 16;

/// Early exit.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Early exit")]
pub struct ExitArgs {
    /// Choose a threshold of the confidence for each output on --exit-images, and show on --images what they give.
    #[arg(long, requires_all = ["model", "core", "exit_images", "exit_labels", "goal"])]
    pub exit: bool,
    /// Folder of the images that choose the thresholds; not that of --images.
    #[arg(long, value_name = "DIR", requires = "exit")]
    exit_images: Option<PathBuf>,
    /// Folder of their labels.
    #[arg(long, value_name = "DIR", requires = "exit")]
    exit_labels: Option<PathBuf>,
    /// Wanted: the best mIoU for at most so many cycles a frame, in the mean.
    #[arg(long, value_name = "M", group = "goal", requires = "exit", value_parser = clap::value_parser!(u64).range(1..))]
    budget_cycles: Option<u64>,
    /// Wanted: the best mIoU for at least so many frames a second, in the mean, at the core's clock.
    #[arg(long, value_name = "F", group = "goal", requires = "exit", value_parser = positive)]
    budget_fps: Option<f64>,
    /// Wanted: the fewest cycles for at most so many points of mIoU less than the best output has, in percent.
    #[arg(long, value_name = "P", group = "goal", requires = "exit", value_parser = positive)]
    max_loss: Option<f64>,
}

fn positive(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| format!("`{text}` is no number"))?;
    if number.is_finite() && number > 0.0 { Ok(number) } else { Err(format!("{text} is not above 0")) }
}

/// What thresholds give on both sets.
#[derive(Serialize)]
struct Shown {
    thresholds: Vec<u32>,
    /// On the images that chose them.
    choosing: Point,
    /// On the others.
    showing: Point,
    /// mIoU of the line between fixed stops at as many cycles, on the others.
    line: Option<f64>,
}

impl Shown {
    fn gain(&self) -> Option<f64> {
        self.line.map(|line| self.showing.miou - line)
    }
}

#[derive(Serialize)]
struct Body {
    outputs: Vec<u32>,
    images: usize,
    exit_images: usize,
    goal: String,
    #[serde(flatten)]
    result: Shown,
    /// Share of the frames that end at each output.
    shares: Vec<f64>,
    /// Every frame ended at one output.
    fixed: Vec<Point>,
    /// The best thresholds for budgets between the first output and the best.
    curve: Vec<Shown>,
}

/// What `hwgen evaluate` was asked for.
pub struct Request<'a> {
    pub model: &'a Path,
    pub network: &'a NetworkArgs,
    /// Emitted folder.
    pub core: &'a Path,
    /// Folders of images and labels on which the thresholds are shown.
    pub shown: (&'a Path, &'a Path),
    pub data_set: Kind,
    pub resize: bool,
    pub threads: Option<u32>,
    pub output: Option<&'a Path>,
}

pub fn run(request: &Request<'_>, args: &ExitArgs, report: Report) -> miette::Result<Outcome> {
    let missing = "clap wants it with --exit";
    let (model, _) = model::load(request.model, request.network, BitsArgs::default())?;
    let core = Core::read(request.core, &model.description)?;
    let cycles: Vec<u64> = core.outputs.iter().map(|output| output.cycles).collect();
    if cycles.len() != model.description.outputs.len() {
        return Err(CliError::NoPrediction { folder: request.core.to_owned() }.into());
    }
    let goal = goal(args, &core, &cycles)?;
    let exit_images = args.exit_images.as_deref().expect(missing);
    distinct(request.shown.0, exit_images)?;
    let labels = args.exit_labels.as_deref().expect(missing);
    let classes = model.description.classes;
    let choosing = DataSet::open(request.data_set, exit_images, labels, classes)?;
    let showing = DataSet::open(request.data_set, request.shown.0, request.shown.1, classes)?;

    let golden = Golden::new(&model)?;
    let chosen_on = all(&golden, &choosing, request, report)?;
    let shown_on = all(&golden, &showing, request, report)?;
    let (chosen_on, shown_on) =
        (Frames { samples: &chosen_on, cycles: &cycles }, Frames { samples: &shown_on, cycles: &cycles });
    let shown = |goal: Goal| {
        let thresholds = chosen_on.choose(goal);
        let there = shown_on.point(&thresholds);
        Shown { choosing: chosen_on.point(&thresholds), showing: there, line: shown_on.line(there.cycles), thresholds }
    };
    let fixed: Vec<Point> = (0..cycles.len()).map(|index| chosen_on.fixed(index)).collect();
    let best = fixed.iter().max_by(|a, b| a.miou.total_cmp(&b.miou)).expect("a network has an output");
    let (first, last) = (cycles[0] as f64, best.cycles);
    let budget = |i: usize| Goal::Cycles(first + (last - first) * i as f64 / (BUDGETS - 1) as f64);
    let curve: Vec<Shown> = report.during("choosing thresholds", || (0..BUDGETS).map(budget).map(shown).collect());
    let result = shown(goal);
    let body = Body {
        outputs: model.description.outputs.clone(),
        images: showing.pairs.len(),
        exit_images: choosing.pairs.len(),
        goal: words(args),
        shares: shown_on.shares(&result.thresholds),
        result,
        fixed: (0..cycles.len()).map(|index| shown_on.fixed(index)).collect(),
        curve,
    };
    if let Some(folder) = request.output {
        write::files(&files(&model, &body)?.map(|(name, bytes)| (folder.join(name), bytes)))?;
        report.note(format_args!("wrote {}", folder.join("thresholds.json").display()));
    }
    report.result(&body, || text(&body))?;
    Ok(Outcome::Success)
}

/// The goal, which the core must be able to reach.
fn goal(args: &ExitArgs, core: &Core, cycles: &[u64]) -> Result<Goal, CliError> {
    let least = cycles[0];
    let most = match (args.budget_cycles, args.budget_fps) {
        (Some(cycles), _) => cycles as f64,
        (None, Some(rate)) => {
            let clock = core.clock_mhz.ok_or_else(|| CliError::NoClock { folder: core.folder.clone() })?;
            clock * 1e6 / rate
        }
        (None, None) => return Ok(Goal::Loss(args.max_loss.unwrap_or_default() / 100.0)),
    };
    if most < least as f64 {
        return Err(CliError::Budget { got: most as u64, least });
    }
    Ok(Goal::Cycles(most))
}

fn words(args: &ExitArgs) -> String {
    match (args.budget_cycles, args.budget_fps, args.max_loss) {
        (Some(cycles), ..) => format!("at most {cycles} cycles a frame"),
        (None, Some(rate), _) => format!("at least {rate} frames a second"),
        (None, None, loss) => format!("at most {} points of mIoU below the best output", loss.unwrap_or_default()),
    }
}

/// Refuses to choose and to show on the same folder.
fn distinct(images: &Path, exit_images: &Path) -> Result<(), CliError> {
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    if real(images).is_some() && real(images) == real(exit_images) {
        return Err(CliError::SameImages { path: exit_images.to_owned() });
    }
    Ok(())
}

fn all(golden: &Golden, set: &DataSet, request: &Request<'_>, report: Report) -> miette::Result<Vec<Sample>> {
    let mut options = Options { resize: request.resize, ..Options::default() };
    if let Some(threads) = request.threads {
        options.threads = threads as usize;
    }
    let decode =
        |path: &Path| picture::read(path, report).map_err(|error| Box::new(error) as hwgen_evaluate::error::ImageError);
    let bar = report.bar(set.pairs.len() as u64, "images");
    let progress = |done: usize| {
        bar.set_position(done as u64);
        ControlFlow::Continue(())
    };
    let result = samples(golden, set, &decode, options, &progress);
    bar.finish_and_clear();
    Ok(result?)
}

/// The thresholds, the curve as a table, and as a picture.
fn files(model: &Model, body: &Body) -> miette::Result<[(&'static str, Vec<u8>); 3]> {
    let chosen = json!({"goal": body.goal, "on": body.result.choosing, "shown_on": body.result.showing});
    let thresholds = Thresholds::new(model, &body.result.thresholds, chosen);
    let json = serde_json::to_string_pretty(&thresholds).map_err(|source| CliError::Json { source })? + "\n";
    let mut csv = "kind,cycles,miou,line,chosen_cycles,chosen_miou,thresholds\n".to_owned();
    for point in &body.fixed {
        let _ = writeln!(csv, "fixed,{:.0},{:.6},,,,", point.cycles, point.miou);
    }
    for point in &body.curve {
        let line = point.line.map_or_else(String::new, |line| format!("{line:.6}"));
        let thresholds: Vec<String> = point.thresholds.iter().map(u32::to_string).collect();
        let (there, here) = (point.showing, point.choosing);
        let _ = writeln!(
            csv,
            "adaptive,{:.0},{:.6},{line},{:.0},{:.6},{}",
            there.cycles,
            there.miou,
            here.cycles,
            here.miou,
            thresholds.join(" ")
        );
    }
    let adaptive: Vec<Point> = body.curve.iter().map(|point| point.showing).collect();
    let svg = chart(&body.outputs, &body.fixed, &adaptive)?;
    Ok([("thresholds.json", json.into_bytes()), ("exit.csv", csv.into_bytes()), ("exit.svg", svg.into_bytes())])
}

fn text(body: &Body) -> String {
    let percent = |share: f64| format!("{:.2}", 100.0 * share);
    let rows: Vec<_> = (body.outputs.iter().zip(&body.result.thresholds).zip(&body.fixed).zip(&body.shares))
        .map(|(((output, threshold), fixed), share)| {
            [
                output.to_string(),
                if *threshold == 0 { "never".to_owned() } else { threshold.to_string() },
                format!("{:.0} %", 100.0 * share),
                format!("{:.0}", fixed.cycles),
                percent(fixed.miou),
            ]
        })
        .collect();
    let header = ["output", "threshold", "frames end", "cycles if all end here", "mIoU % then"];
    let mut text = table(header, &rows);
    let result = &body.result;
    let _ = writeln!(
        text,
        "\n{}: {:.0} cycles and mIoU {} % on the {} images that chose, {:.0} cycles and {} % on {} others",
        body.goal,
        result.choosing.cycles,
        percent(result.choosing.miou),
        body.exit_images,
        result.showing.cycles,
        percent(result.showing.miou),
        body.images
    );
    if let Some(gain) = result.gain() {
        let _ = writeln!(text, "{:+.2} points against fixed stops of as many cycles in the mean", 100.0 * gain);
    }
    let rows: Vec<_> = (body.curve.iter())
        .map(|point| {
            [
                format!("{:.0}", point.showing.cycles),
                percent(point.showing.miou),
                point.gain().map_or_else(|| "-".to_owned(), |gain| format!("{:+.2}", 100.0 * gain)),
            ]
        })
        .collect();
    text += "\n";
    text += &table(["mean cycles", "mIoU %", "above fixed stops"], &rows);
    text
}
