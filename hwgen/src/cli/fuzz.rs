//! `hwgen fuzz`: random cases through emit and cosim.

mod case;
mod lint;
mod onnx;
mod traffic;

use super::interrupt::Temporary;
use super::library::library;
use super::report::Report;
use super::{Outcome, cosim, overwrite, write};
use case::{Case, Registers};
use hwgen_core::feedback::Feedback;
use hwgen_core::schedule::Prediction;
use hwgen_core::{Design, Options, solver};
use hwgen_network::{RgbImage, Weights};
use hwgen_quantize::{Model, Ranges, quantize};
use hwgen_shell::Shell;
use hwgen_sim::cosim::{BuildOptions, FrameInput, Profile, RunOptions, Session};
use hwgen_sim::golden::Golden;
use serde::Serialize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// Try random networks, bit widths, foldings, feedback kinds, images and stalls.
///
/// Each case is emitted, read by Verilator's and Icarus' linters (some by Yosys; tools that are here), which have to be
/// silent, and simulated three times against the golden model and the register map: two frames with gaps and stalls on
/// every stream and other run-time settings in the second frame; some frames, broken ones among them, under random register
/// accesses (any address and strobe, stop, soft reset, drop mode, masks, thresholds); and two frames without disturbance,
/// whose cycles must be as predicted. A case follows from seed and number alone. Large networks get budgets, and long frames
/// pauses, that let a frame end within some 1.5 million cycles. Exit status 1 if any case fails. With --onnx the cases'
/// networks are exported (`hwgen export`) and run in onnxruntime instead, every intermediate compared.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  hwgen fuzz --cases 200 --seed 1
  hwgen fuzz --cases 300 --structure 3                 every third as synthesis sees it
  hwgen fuzz --seed 1 --case 17 --keep out/case17      one case again, keeping what was emitted
  hwgen fuzz --onnx --cases 60 --python .venv/bin/python")]
pub struct Args {
    /// Number of cases.
    #[arg(long, value_name = "K", default_value_t = 20, conflicts_with = "case",
          value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    cases: u64,
    /// Seed.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Only the case of this number.
    #[arg(long, value_name = "I")]
    case: Option<u64>,
    /// Cases at the same time.
    #[arg(long, value_name = "J", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=64))]
    jobs: u32,
    /// Simulate the structure that synthesis sees, not the faster behavioural models of the technology layer; with a number
    /// in every EVERY-th case only.
    #[arg(long, value_name = "EVERY", num_args = 0..=1, default_missing_value = "1",
          value_parser = clap::value_parser!(u64).range(1..))]
    structure: Option<u64>,
    /// Export the networks to ONNX and run them in onnxruntime; nothing is emitted.
    #[arg(long, conflicts_with_all = ["structure", "keep"])]
    onnx: bool,
    /// Python with the packages onnx and onnxruntime (scripts/requirements.txt).
    #[arg(long, value_name = "FILE", default_value = "python3", requires = "onnx",
          conflicts_with_all = ["structure", "keep"])]
    python: PathBuf,
    /// Keep the emitted folder here.
    #[arg(long, value_name = "DIR", requires = "case", conflicts_with = "cases")]
    keep: Option<PathBuf>,
}

#[derive(Serialize)]
struct Body {
    cases: u64,
    passed: u64,
    /// How many of the cases simulated the structure.
    structures: u64,
    failures: Vec<Failure>,
    seed: u64,
    seconds: f64,
}

#[derive(Serialize)]
struct Failure {
    case: u64,
    reason: String,
    command: String,
    configuration: Case,
}

pub fn run(args: &Args, report: Report) -> miette::Result<Outcome> {
    if let Some(folder) = &args.keep {
        overwrite::check_folder(folder)?;
    }
    let pool = args.onnx.then(|| onnx::Pool::new(&args.python)).transpose()?;
    let start = Instant::now();
    let (first, cases) = args.case.map_or((0, args.cases), |case| (case, 1));
    let next = AtomicU64::new(first);
    let failures = Mutex::new(Vec::new());
    let done = AtomicU64::new(0);
    let work = || {
        while let Some(index) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|&i| i < first + cases) {
            let case = Case::new(args.seed, index);
            if let Err(reason) = guarded(&case, args, pool.as_ref()) {
                let command = command(&case, args);
                report.note(format_args!("\rcase {index} FAILED: {reason}\n  reproduce: {command}"));
                let failure = Failure { case: index, reason, command, configuration: case };
                failures.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(failure);
            }
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            report.progress(format_args!("{done} of {cases} cases, {:.0} s", start.elapsed().as_secs_f64()));
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..u64::from(args.jobs).min(cases) {
            scope.spawn(work);
        }
    });
    report.clear_progress();
    let mut failures = failures.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    failures.sort_by_key(|failure| failure.case);
    let passed = cases - failures.len() as u64;
    let structures = (first..first + cases).filter(|&index| as_structure(index, args)).count() as u64;
    let body = Body { cases, passed, structures, failures, seed: args.seed, seconds: start.elapsed().as_secs_f64() };
    report.result(&body, || {
        let of_which = if structures > 0 { format!(" ({structures} of them as structure)") } else { String::new() };
        format!("{passed} of {cases} cases passed{of_which} in {:.0} s\n", body.seconds)
    })?;
    Ok(if body.failures.is_empty() { Outcome::Success } else { Outcome::CheckFailed })
}

/// Whether a case simulates the structure.
fn as_structure(index: u64, args: &Args) -> bool {
    args.structure.is_some_and(|every| index.is_multiple_of(every))
}

/// What runs the case again.
fn command(case: &Case, args: &Args) -> String {
    let kind = if as_structure(case.index, args) {
        " --structure"
    } else if args.onnx {
        " --onnx"
    } else {
        ""
    };
    format!("hwgen fuzz --seed {} --case {}{kind}", args.seed, case.index)
}

/// The case, a panic being one of its possible failures.
fn guarded(case: &Case, args: &Args, pool: Option<&onnx::Pool>) -> Result<(), String> {
    let attempt = || match pool {
        Some(pool) => pool.attempt(case, &model(case)?, &args.python).map_err(|error| told(&*error)),
        None => attempt(case, args),
    };
    catch_unwind(AssertUnwindSafe(attempt)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|&text| text.to_owned()));
        Err(format!("panic: {}", text.unwrap_or_default()))
    })
}

/// Emits the case into a folder of its own and simulates it there.
fn attempt(case: &Case, args: &Args) -> Result<(), String> {
    let model = model(case)?;
    let mut design = design(case, &model)?;
    design.mapping = design.mapping.mixed(case.seed);
    let case = &case.no_slower_than(PAUSED_CYCLES, design.prediction.cycles);
    let command = command(case, args);
    let (bytes, library) = (model.to_bytes().map_err(told)?, library().map_err(told)?);
    let files = hwgen_shell::emit(&design, &Shell::default(), &library, bytes, &command, Vec::new());
    if let Some(folder) = &args.keep {
        write::folder(folder, &files).map_err(told)?;
        lint::lint(folder, case.index)?;
        return simulate(case, &design, folder, args);
    }
    let name = format!("hwgen-fuzz-{}-{}-{}", std::process::id(), args.seed, case.index);
    let folder = Temporary::new(std::env::temp_dir().join(name));
    write::folder(folder.path(), &files).map_err(told)?;
    lint::lint(folder.path(), case.index)?;
    simulate(case, &design, folder.path(), args)
}

/// Cycles of a frame without pauses, where a budget of multipliers below [`ENOUGH`] is the reason for more of them.
const FRAME_CYCLES: u64 = 300_000;
/// Cycles of a frame with pauses, about.
const PAUSED_CYCLES: u64 = 1_500_000;
/// Budgets beyond this are not raised further.
const ENOUGH: usize = 400;

/// The case's design. A small budget for a large network is raised: what is wrong shows in the first thousand cycles of
/// a pixel row as well as in millions of them.
fn design(case: &Case, model: &Model) -> Result<Design, String> {
    let mut multipliers = case.multipliers.max(solver::MIN_MULTIPLIERS * case.pixels);
    loop {
        let (pixels, feedback, beat) = (Some(case.pixels), case.feedback, case.beat);
        let options = Options { multipliers, pixels, feedback, beat, ..Options::default() };
        let design = Design::new(model, &options).map_err(told)?;
        if design.prediction.cycles <= FRAME_CYCLES || multipliers >= ENOUGH {
            return Ok(design);
        }
        multipliers *= 2;
    }
}

fn model(case: &Case) -> Result<Model, String> {
    if case.integer_model {
        return Ok(Model::random(&case.description, &case.bits, case.seed));
    }
    let mut weights = Weights::random(&case.description, case.seed);
    if let Some(part) = case.zeros {
        let tensors = weights.tensors_mut(&case.description).into_iter();
        tensors.filter(|(name, _)| name.contains(part)).for_each(|(_, values)| values.fill(0.0));
    }
    let ranges = Ranges::analytic(&case.description);
    Ok(quantize(&case.description, &weights, &case.bits, &ranges).map_err(told)?.model)
}

fn simulate(case: &Case, design: &Design, folder: &Path, args: &Args) -> Result<(), String> {
    let command = command(case, args);
    let golden = Golden::new(&design.model).map_err(told)?;
    let build = BuildOptions {
        profile: Profile::FastBuild,
        form: cosim::rtl_form(as_structure(case.index, args)),
        keep: false,
        ..BuildOptions::default()
    };
    let session = Session::build(folder, &build).map_err(told)?;
    let frame = |seed: u64, registers: Registers| FrameInput {
        image: RgbImage::random(case.description.image, seed).pixels().to_vec(),
        iterations: registers.iterations,
        mask: registers.mask,
        threshold: registers.threshold,
        thresholds: registers.own_threshold.into_iter().collect(),
        fault: None,
    };
    let first = frame(case.seed, Registers::default());
    let second = frame(case.seed + 1, case.second_frame);
    let [gap, stall, feedback_gap, feedback_stall, host] = case.pauses;
    let paused = RunOptions {
        gap,
        stall,
        feedback_gap: Some(feedback_gap),
        feedback_stall: Some(feedback_stall),
        latency: case.latency,
        host,
        seed: case.seed,
        command: command.clone(),
        ..RunOptions::default()
    };
    let images = [first.image.clone(), second.image.clone()];
    let result = session.run(&golden, &[first.clone(), second], &paused).map_err(told)?;
    exact("with pauses", &result)?;
    let disturbed = RunOptions { script: case.traffic.accesses(design.prediction.cycles), ..paused.clone() };
    let result = session.run(&golden, &case.traffic.frames(&images), &disturbed).map_err(told)?;
    agrees("with register accesses and broken frames", &result)?;
    let free = RunOptions { seed: case.seed, deep: true, command, ..RunOptions::default() };
    let result = session.run(&golden, &[first.clone(), first], &free).map_err(told)?;
    exact("without pauses", &result)?;
    if matches!(case.feedback, Feedback::Axi(_)) {
        return not_before(&design.prediction, &result);
    }
    match cosim::timing(&result) {
        Some(true) => Ok(()),
        None => Err("without pauses: nothing was predicted".to_owned()),
        Some(false) => Err(format!(
            "without pauses: {:?} cycles, predicted {:?}; outputs at {:?}, predicted {:?}; loop {:?}, predicted {:?}",
            result.cycles,
            result.predicted_cycles,
            result.output_cycles,
            result.predicted_output_cycles.unwrap_or_default(),
            result.loop_cycles,
            result.predicted_loop_cycles,
        )),
    }
}

/// With a memory the prediction is a bound: no output may come earlier.
fn not_before(prediction: &Prediction, result: &hwgen_sim::cosim::Report) -> Result<(), String> {
    match prediction.outputs.iter().zip(&result.output_cycles).find(|(bound, got)| got.last < bound.last) {
        None => Ok(()),
        Some((bound, got)) => Err(format!("without pauses: {got:?}, expected not before {bound:?}")),
    }
}

fn exact(when: &str, result: &hwgen_sim::cosim::Report) -> Result<(), String> {
    agrees(when, result)?;
    if result.values_compared == 0 { Err(format!("{when}: no value was compared")) } else { Ok(()) }
}

/// Nothing differs; a frame that is stopped, masked, dropped or broken has no value to compare.
fn agrees(when: &str, result: &hwgen_sim::cosim::Report) -> Result<(), String> {
    match &result.first_mismatch {
        Some(mismatch) => Err(format!("{when}: {}", cosim::told(mismatch))),
        None if result.registers_compared == 0 => Err(format!("{when}: no register was compared")),
        None => Ok(()),
    }
}

/// An error as one line.
fn told(error: impl std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let cause = error.to_string();
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
        source = error.source();
    }
    text
}
