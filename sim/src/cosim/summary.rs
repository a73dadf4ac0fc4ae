//! From raw counts to the report: cycles relative to the frame, utilisation, predictions, register values.

use super::expected::{Expectation, FrameInput};
use super::ffi::bridge::{Ending, FrameTime, Outcome, RegisterAnswer};
use super::manifest::{Manifest, Prediction};
use super::options::RunOptions;
use super::report::{
    AccessResult, FrameRegisters, FrameResult, MemoryTraffic, Mismatch, OutputCycles, ReceivedMap, Report,
};
use super::verilate::Library;
use hwgen_network::{Cost, Description, WeightSets};
use hwgen_registers as map;

/// Puts the report together.
pub(crate) fn report(
    manifest: &Manifest,
    library: &Library,
    expectations: &[&Expectation],
    inputs: &[FrameInput],
    options: &RunOptions,
    outcome: &Outcome,
    mismatch: Option<Mismatch>,
) -> Report {
    let frames = frames(expectations, outcome);
    let prediction = prediction(manifest, options);
    let cycles = frames.first().and_then(|frame| frame.cycles);
    let first = outcome.frames.first();
    let macs = first.map_or(0, |frame| macs(&manifest.description, frame, outcome));
    let multipliers = manifest.multipliers;
    let iterations = first.map_or(0, |frame| frame.iterations as usize);
    let loop_cycles = frames.first().and_then(|frame| loop_cycles(&frame.starts, iterations));
    let loop_macs = loop_macs(&manifest.description, iterations);
    let predicted = prediction.map(|p| predicted_outputs(p, manifest, outcome));
    let as_configured = first.is_some_and(|frame| is_configured(manifest, frame) && frame.ending == Ending::Complete);
    let quotient = |macs: u64, multipliers: u64, cycles: u64| macs as f64 / (multipliers * cycles) as f64;
    Report {
        bit_exact: mismatch.is_none(),
        values_compared: outcome.values_compared,
        registers_compared: outcome.registers_compared,
        interrupt_edges: outcome.irq_edges,
        frames_sent: inputs.len() as u64,
        first_mismatch: mismatch,
        cycles,
        predicted_cycles: prediction.filter(|_| as_configured).map(|p| p.cycles),
        output_cycles: output_cycles(outcome),
        predicted_output_cycles: predicted,
        macs,
        multipliers: multipliers.total,
        multipliers_by_array: multipliers,
        utilization: cycles.filter(|_| multipliers.total > 0).map(|c| quotient(macs, multipliers.total, c)),
        loop_utilization: loop_cycles
            .filter(|&c| c * multipliers.in_loop() > 0)
            .map(|c| quotient(loop_macs, multipliers.in_loop(), c)),
        loop_cycles,
        predicted_loop_cycles: prediction.filter(|_| as_configured).and_then(|p| p.loop_start_to_start),
        sim_cycles: outcome.cycles,
        sim_seconds: outcome.seconds,
        sim_cpu_seconds: outcome.cpu_seconds,
        sim_cycles_per_second: outcome.cycles as f64 / outcome.seconds.max(1e-9),
        build_seconds: library.seconds,
        build_cached: library.cached,
        seed: options.seed,
        feedback_words: manifest.has_stream().then_some(outcome.feedback_fill),
        memory: manifest.feedback.axi.map(|_| traffic(outcome)),
        frames,
        accesses: outcome.registers.iter().filter(|r| r.frame == u32::MAX).map(access).collect(),
        maps: maps(&manifest.description, outcome),
    }
}

fn traffic(outcome: &Outcome) -> MemoryTraffic {
    let counted = &outcome.memory;
    MemoryTraffic {
        write_bursts: counted.write_bursts,
        read_bursts: counted.read_bursts,
        beats_written: counted.beats_written,
        beats_read: counted.beats_read,
        errors: counted.errors,
    }
}

fn frames(expectations: &[&Expectation], outcome: &Outcome) -> Vec<FrameResult> {
    let one = |(f, expectation): (usize, &&Expectation)| {
        let time = &outcome.frames[f];
        let sent: Vec<_> = outcome.outputs.iter().filter(|o| o.frame as usize == f && o.whole).collect();
        let last = sent.iter().map(|o| o.last).max();
        let starts = outcome.starts.iter().filter(|s| s.frame as usize == f);
        let answers: Vec<&RegisterAnswer> = outcome.registers.iter().filter(|r| r.frame as usize == f).collect();
        let next = outcome.frames.get(f + 1).map_or(0, |next| next.first_pixel);
        let confidence =
            |output| expectation.maps.iter().zip(&expectation.confidences).find(|((n, _), _)| *n == output);
        FrameResult {
            sent: time.item,
            iterations: time.iterations,
            outputs: time.outputs,
            thresholds: time.thresholds.clone(),
            ending: match time.ending {
                Ending::Complete => "complete",
                Ending::Early => "early",
                Ending::Abandoned => "abandoned",
                _ => "open",
            },
            first_pixel: time.first_pixel,
            cycles: last.map(|last| last - time.first_pixel + 1),
            output_stalls: time.output_stalls,
            input_gaps: time.input_gaps,
            starts: starts.map(|s| s.cycle - time.first_pixel).collect(),
            confidences: sent.iter().filter_map(|o| Some(*confidence(o.output)?.1)).collect(),
            registers: (!answers.is_empty()).then(|| registers(&answers, next)),
        }
    };
    expectations.iter().enumerate().map(one).collect()
}

fn registers(answers: &[&RegisterAnswer], next_frame: u64) -> FrameRegisters {
    let value = |address| answers.iter().find(|a| a.address == address).map_or(0, |a| a.value);
    FrameRegisters {
        status: value(map::STATUS),
        confidence: value(map::CONFIDENCE),
        cycles: value(map::CYCLES),
        frames_done: value(map::FRAMES),
        input_gaps: value(map::GAPS),
        output_stalls: value(map::STALLS),
        last_output: value(map::LAST_OUTPUT),
        overlapped: next_frame != 0 && answers.iter().any(|a| a.cycle >= next_frame),
    }
}

/// The prediction, where nothing from outside delays the core.
fn prediction<'a>(manifest: &'a Manifest, options: &'a RunOptions) -> Option<&'a Prediction> {
    // A memory takes its time: the prediction is a bound then, no more.
    if !options.undisturbed(manifest) || manifest.feedback.axi.is_some() {
        return None;
    }
    options.prediction.as_ref().or(manifest.prediction.as_ref())
}

/// Whether a frame runs all iterations and sends all outputs.
fn is_configured(manifest: &Manifest, frame: &FrameTime) -> bool {
    frame.iterations == manifest.description.iterations && sends_all(manifest, frame)
}

/// Whether a frame sends every output that its iterations reach. What comes later changes nothing of what is earlier: its
/// outputs are then the first ones of the prediction.
fn sends_all(manifest: &Manifest, frame: &FrameTime) -> bool {
    manifest.description.outputs.iter().all(|&o| o > frame.iterations || frame.outputs >> (o - 1) & 1 == 1)
}

/// Outputs of every frame for which the prediction holds, as far as they were sent.
fn predicted_outputs(prediction: &Prediction, manifest: &Manifest, outcome: &Outcome) -> Vec<OutputCycles> {
    let of_frame = |(frame, time): (usize, &FrameTime)| {
        let sent = |output| outcome.outputs.iter().any(|o| o.frame as usize == frame && o.output == output && o.whole);
        let reached = move |o: &&super::manifest::PredictedOutput| {
            o.output <= time.iterations && (time.ending == Ending::Complete || sent(o.output))
        };
        let one = move |o: &super::manifest::PredictedOutput| OutputCycles {
            frame: frame as u32,
            output: o.output,
            first: o.first,
            last: o.last,
        };
        // A frame that begins in the middle of another waits until that one is cleared away.
        let after_abandoned = frame > 0 && outcome.frames[frame - 1].ending == Ending::Abandoned;
        let holds = sends_all(manifest, time) && !after_abandoned;
        prediction.outputs.iter().filter(move |_| holds).filter(reached).map(one).collect::<Vec<_>>()
    };
    outcome.frames.iter().enumerate().flat_map(of_frame).collect()
}

/// Whole outputs.
fn output_cycles(outcome: &Outcome) -> Vec<OutputCycles> {
    let one = |o: &super::ffi::bridge::OutputTime| {
        let zero = outcome.frames[o.frame as usize].first_pixel;
        OutputCycles { frame: o.frame, output: o.output, first: o.first - zero, last: o.last - zero }
    };
    outcome.outputs.iter().filter(|o| o.whole).map(one).collect()
}

/// Start of iteration 2 to start of iteration N; none for N < 3.
fn loop_cycles(starts: &[u64], iterations: usize) -> Option<u64> {
    (iterations >= 3 && starts.len() >= iterations).then(|| starts[iterations - 1] - starts[1])
}

/// The MACs executed for the first frame: an early exit leaves the iterations after its output undone.
fn macs(description: &Description, frame: &FrameTime, outcome: &Outcome) -> u64 {
    let outputs: Vec<u32> = outcome.outputs.iter().filter(|o| o.frame == 0 && o.whole).map(|o| o.output).collect();
    let ran = if frame.ending == Ending::Complete { frame.iterations } else { outputs.last().copied().unwrap_or(0) };
    Cost::new(&part(description, ran, outputs)).total.macs
}

/// Those of iterations 2…N − 1.
fn loop_macs(description: &Description, iterations: usize) -> u64 {
    let of = |n: usize| Cost::new(&part(description, n as u32, Vec::new())).blocks.iterative.macs;
    if iterations < 3 { 0 } else { of(iterations - 1) - of(1) }
}

fn part(description: &Description, iterations: u32, outputs: Vec<u32>) -> Description {
    let mut d = description.clone();
    d.iterations = iterations;
    d.outputs = outputs;
    if let WeightSets::Map(map) = &mut d.weight_sets {
        map.truncate(iterations as usize);
    }
    d
}

fn access(answer: &RegisterAnswer) -> AccessResult {
    AccessResult {
        cycle: answer.cycle,
        write: answer.write,
        address: answer.address,
        value: answer.value,
        response: answer.response,
    }
}

fn maps(description: &Description, outcome: &Outcome) -> Vec<ReceivedMap> {
    let mut rest = outcome.classes.as_slice();
    let mut maps = Vec::new();
    for o in &outcome.outputs {
        if !o.whole {
            // Cut short by the end of its frame: its words are those up to the next output's.
            let words = outcome.frames[o.frame as usize].class_words as usize % description.image.pixels();
            rest = rest.get(words..).unwrap_or_default();
            continue;
        }
        let Some((map, behind)) = rest.split_at_checked(description.image.pixels()) else { break };
        maps.push(ReceivedMap { frame: o.frame, output: o.output, map: map.to_vec() });
        rest = behind;
    }
    maps
}
