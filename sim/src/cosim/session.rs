//! A built core and the simulations of it.
//!
//! Owns: putting together what one simulation needs and reading its outcome. Leaves alone: building (`verilate`),
//! the cycle loop (`cpp/`), the numbers (`summary`).

use super::decode::Context;
use super::error::CosimError;
use super::expected::{self, Expectation, FrameFault, FrameInput, Reference};
use super::ffi::bridge::{
    self, CoreSpec, Fault, Finding, FrameSpec, Outcome, PauseRate, RegisterWrite, SimConfig, Verdict,
};
use super::manifest::Manifest;
use super::memory::{self, PIN_BASES};
use super::options::{Pause, RunOptions};
use super::pins::Pins;
use super::report::Report;
use super::script::Access;
use super::summary;
use super::verilate::{BuildOptions, Library, build};
use super::waveform;
use crate::golden::Golden;
use hwgen_registers as map;
use std::path::{Path, PathBuf};

/// An emitted core, compiled.
#[derive(Debug)]
pub struct Session {
    /// What the folder says of itself.
    pub manifest: Manifest,
    /// The compiled core.
    pub library: Library,
    folder: PathBuf,
}

impl Session {
    /// Compiles the core in `folder`, or takes it from the cache.
    pub fn build(folder: &Path, options: &BuildOptions) -> Result<Self, CosimError> {
        let manifest = Manifest::read(folder)?;
        let library = build(folder, &manifest, options)?;
        let folder = folder.canonicalize().map_err(CosimError::file("read", folder))?;
        Ok(Self { manifest, library, folder })
    }

    /// Simulates `frames` back to back and compares with the golden model.
    pub fn run(&self, golden: &Golden, frames: &[FrameInput], options: &RunOptions) -> Result<Report, CosimError> {
        if golden.description() != &self.manifest.description {
            return Err(CosimError::Inconsistent {
                what: "the network of the model".to_owned(),
                got: format!("{:?}", golden.description()),
                wanted: format!("{:?}", self.manifest.description),
            });
        }
        let reference = |image: &[u8], iterations, mask, observer: &mut dyn crate::golden::Observer| {
            Ok(golden.run(image, iterations, mask, observer)?)
        };
        self.run_against(&reference, frames, options)
    }

    /// The same against any reference.
    pub(crate) fn run_against(
        &self,
        reference: &Reference<'_>,
        frames: &[FrameInput],
        options: &RunOptions,
    ) -> Result<Report, CosimError> {
        self.check(frames)?;
        let probes = expected::chosen(&self.manifest, options.deep);
        let (images, image_of) = distinct(frames);
        let iterations = most_iterations(&self.manifest, frames, &options.script);
        let mut sets = Vec::new();
        for image in &images {
            sets.push(expected::expect(reference, &self.manifest, &probes, image, iterations)?);
        }
        let config = SimConfig {
            sets: images.iter().zip(&sets).map(|(i, e)| expected::frame_set(&self.manifest, i, e)).collect(),
            probes: expected::probe_specs(&probes, &mut sets),
            ..self.config(frames, &image_of, options)
        };
        let outcome = self.simulate(&config, options)?;
        drop(config);
        let command = options.command.as_str();
        let context =
            Context { manifest: &self.manifest, probes: &probes, frames: &outcome.frames, deep: options.deep, command };
        let mismatch = context.mismatch(&outcome.finding);
        fail(&outcome.finding, command)?;
        let expectations: Vec<&Expectation> = outcome.frames.iter().map(|frame| &sets[frame.set as usize]).collect();
        Ok(summary::report(&self.manifest, &self.library, &expectations, frames, options, &outcome, mismatch))
    }

    /// One instance under control of the caller, clock by clock.
    pub fn pins(&self, seed: u64) -> Result<Pins, CosimError> {
        let feedback = &self.manifest.feedback;
        Pins::new(
            self.open(seed, true)?,
            feedback.depth_words,
            feedback.word_bytes,
            &memory::shape(feedback, PIN_BASES),
        )
    }

    /// Processor seconds that `cycles` clocks take with nothing but Verilator's `eval`, all streams always willing.
    pub fn free_run(&self, cycles: u64) -> Result<f64, CosimError> {
        let image = self.manifest.description.image;
        bridge::free_run(self.open(1, false)?.pin_mut(), image.width, image.height, cycles).map_err(CosimError::load)
    }

    fn open(&self, seed: u64, random_initial: bool) -> Result<cxx::UniquePtr<bridge::Design>, CosimError> {
        let (library, folder) = (self.library.path.to_string_lossy(), self.folder.to_string_lossy());
        bridge::open_design(&library, &folder, seed, random_initial).map_err(CosimError::load)
    }

    fn simulate(&self, config: &SimConfig, options: &RunOptions) -> Result<Outcome, CosimError> {
        let mut design = self.open(options.seed, options.random_initial)?;
        let outcome = bridge::simulate(design.pin_mut(), config).map_err(|error| {
            match (error.what().strip_prefix("waveform: "), &options.trace) {
                (Some(reason), Some(path)) => CosimError::Waveform { path: path.clone(), reason: reason.to_owned() },
                _ => CosimError::load(error),
            }
        })?;
        // Its end writes the rest of the waveform.
        drop(design);
        if let Some(path) = &options.trace {
            waveform::check(path)?;
        }
        Ok(outcome)
    }

    fn check(&self, frames: &[FrameInput]) -> Result<(), CosimError> {
        let wanted = self.manifest.description.image.pixels() * 3;
        match frames.iter().find(|frame| frame.image.len() != wanted) {
            None => Ok(()),
            Some(frame) => Err(CosimError::Inconsistent {
                what: "the image".to_owned(),
                got: format!("{} bytes", frame.image.len()),
                wanted: format!("{wanted} bytes"),
            }),
        }
    }

    /// All but the sets and the probes.
    fn config(&self, frames: &[FrameInput], image_of: &[u32], options: &RunOptions) -> SimConfig {
        let d = &self.manifest.description;
        let feedback = &self.manifest.feedback;
        let row = d.scale(0).width.div_ceil(feedback.pixels_per_word.max(1));
        let pixel_words = u64::from(row) * u64::from(d.scale(0).height) * u64::from(feedback.words_per_pixel);
        // An abandoned frame may lack the `tlast` of its last iteration.
        let whole = options.script.is_empty() && frames.iter().all(|frame| !frame.may_exit() && frame.fault.is_none());
        let rate = |pause: Pause| PauseRate { percent: pause.percent, burst: pause.burst };
        let (source, sink) = options.feedback();
        let patience = Patience::new(&self.manifest, options);
        let latest = options.script.iter().map(Access::cycles).max().unwrap_or(0);
        let writes = settings(&self.manifest, frames, options);
        SimConfig {
            width: d.image.width,
            height: d.image.height,
            beat: self.manifest.pixels_per_beat,
            core: CoreSpec {
                version: self.manifest.version(),
                hash: self.manifest.hash(),
                iterations: d.iterations,
                outputs: d.outputs.iter().fold(0, |mask, &o| mask | 1 << (o - 1)),
                has_base: feedback.axi.is_some(),
                loop_end_cycles: self.manifest.state_words(),
            },
            frames: (frames.iter().zip(image_of).zip(writes))
                .map(|((frame, &set), writes)| {
                    let (fault, fault_at) = fault(frame.fault);
                    FrameSpec { set, writes, fault, fault_at }
                })
                .collect(),
            script: options.script.iter().map(Access::step).collect(),
            registers: options.registers,
            seed: options.seed,
            video: rate(options.gap),
            class_sink: rate(options.stall),
            feedback_source: rate(source),
            feedback_sink: rate(sink),
            axil: rate(options.host),
            feedback_depth: feedback.depth_words,
            feedback_word_bytes: feedback.word_bytes,
            feedback_initial_words: if whole { pixel_words } else { 0 },
            feedback_iteration_words: pixel_words * u64::from(d.blocks),
            memory: memory::shape(feedback, memory::bases(options.seed)),
            memory_latency: options.latency,
            memory_errors: options.bus_errors,
            reset_cycles: 8,
            hang_cycles: patience.idle.max(latest),
            cycle_limit: patience.total.saturating_mul(frames.len() as u64 + 1).saturating_add(latest),
            trace: options.trace.as_ref().map(|path| path.to_string_lossy().into_owned()).unwrap_or_default(),
            ..SimConfig::default()
        }
    }
}

/// How long the driver waits before it speaks of a hang.
struct Patience {
    idle: u64,
    total: u64,
}

impl Patience {
    fn new(manifest: &Manifest, options: &RunOptions) -> Self {
        let (source, sink) = options.feedback();
        let rates = [options.gap, options.stall, source, sink, options.host];
        let percent = rates.iter().map(|pause| pause.percent).max().unwrap_or(0).min(99);
        let burst = rates.iter().map(|pause| pause.burst).max().unwrap_or(0);
        // Pauses stretch at most every cycle; two streams that must meet multiply their rates.
        let slower = u64::from(100 / (100 - percent)).pow(2);
        let image = manifest.description.image.pixels() as u64;
        let frame = manifest.prediction.as_ref().map_or(100_000_000, |p| p.cycles).max(image);
        // In the worst case every word waits for its own way through the memory.
        let slower = slower * (1 + u64::from(options.latency) / 16);
        let idle = (frame / 4 + 20_000) * slower.min(40) + 100 * u64::from(burst);
        let words = image * (1 + manifest.description.outputs.len() as u64);
        Self { idle: options.hang_cycles.unwrap_or(idle), total: (frame * 4 + words + 100_000) * slower }
    }
}

/// A fault as the driver knows it.
fn fault(fault: Option<FrameFault>) -> (Fault, u64) {
    match fault {
        None => (Fault::None, 0),
        Some(FrameFault::Cut(at)) => (Fault::Cut, at),
        Some(FrameFault::Remove(at)) => (Fault::Remove, at),
        Some(FrameFault::Insert(at)) => (Fault::Insert, at),
        Some(FrameFault::ExtraLine) => (Fault::ExtraLine, 0),
        Some(FrameFault::User(at)) => (Fault::User, at),
        Some(FrameFault::Last(at)) => (Fault::Last, at),
    }
}

/// Images without repetition, and for each frame which of them it shows.
fn distinct(frames: &[FrameInput]) -> (Vec<&[u8]>, Vec<u32>) {
    let mut images: Vec<&[u8]> = Vec::new();
    let mut image_of = Vec::new();
    for frame in frames {
        let known = images.iter().position(|image| *image == frame.image);
        image_of.push(known.unwrap_or(images.len()) as u32);
        if known.is_none() {
            images.push(&frame.image);
        }
    }
    (images, image_of)
}

/// The most iterations that a frame may be told to run.
fn most_iterations(manifest: &Manifest, frames: &[FrameInput], script: &[Access]) -> u32 {
    let all = manifest.description.iterations;
    if script.iter().any(|access| access.write.is_some() && access.address == map::ITERATIONS) {
        return all;
    }
    frames.iter().map(|frame| frame.iterations.unwrap_or(all).clamp(1, all)).max().unwrap_or(all)
}

/// Bits of the status that raise the interrupt during a frame, in turn: it follows the core's state from cycle to cycle.
const INTERRUPTS: [u32; 3] = [map::status::BUSY, map::status::FRAME_DONE | map::status::SIZE_ERROR, !map::status::BUSY];

/// The register writes before each frame: what differs from the settings of the frame before.
fn settings(manifest: &Manifest, frames: &[FrameInput], options: &RunOptions) -> Vec<Vec<RegisterWrite>> {
    let configured = manifest.description.outputs.iter().fold(0u64, |mask, &o| mask | 1 << (o - 1));
    let words = |frame: &FrameInput, interrupts: u32| {
        let mask = frame.mask.unwrap_or(configured);
        let iterations = frame.iterations.unwrap_or(manifest.description.iterations);
        [
            (map::ITERATIONS, iterations),
            (map::MASK_LOW, mask as u32),
            (map::MASK_HIGH, (mask >> 32) as u32),
            (map::INT_ENABLE, interrupts),
        ]
    };
    let reset = FrameInput::new(Vec::new());
    let mut now = words(&reset, 0);
    let mut thresholds = (reset.threshold, &reset.thresholds);
    let mut all = Vec::new();
    for (number, frame) in frames.iter().enumerate() {
        let next = words(frame, if options.registers { INTERRUPTS[number % INTERRUPTS.len()] } else { 0 });
        let changed = next.iter().zip(&now).filter(|(next, now)| next != now);
        let changed = changed.map(|(&(address, value), _)| RegisterWrite { address, value, strobe: 0xF });
        let write = |(address, value)| RegisterWrite { address, value, strobe: 0xF };
        let exits = if thresholds == (frame.threshold, &frame.thresholds) { Vec::new() } else { exits(frame) };
        let changed = changed.chain(exits.into_iter().map(write));
        all.push(changed.chain(memory::base_writes(&manifest.feedback, options.seed, number)).collect());
        now = next;
        thresholds = (frame.threshold, &frame.thresholds);
    }
    all
}

/// The writes that give every output its threshold: that of all, then those of their own.
fn exits(frame: &FrameInput) -> Vec<(u8, u32)> {
    let all = std::iter::once((0, frame.threshold));
    let each = all.chain(frame.thresholds.iter().copied());
    each.flat_map(|(output, threshold)| [(map::THRESHOLD_OUTPUT, output), (map::THRESHOLD, threshold)]).collect()
}

/// Findings that are no mismatch but the end.
fn fail(finding: &Finding, command: &str) -> Result<(), CosimError> {
    let (cycle, reason, command) = (finding.cycle, finding.message.clone(), command.to_owned());
    match finding.verdict {
        Verdict::Protocol => Err(CosimError::Protocol { cycle, reason, command }),
        Verdict::Hang => Err(CosimError::Hang { cycle, reason, command }),
        Verdict::Fatal => Err(CosimError::Stopped { cycle, reason, command }),
        _ => Ok(()),
    }
}
